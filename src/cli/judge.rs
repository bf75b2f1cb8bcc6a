//! Proofs of templates against a plan, and what users are told of them.

use std::fmt::Write as _;
use std::sync::Arc;

use super::reach::line as flow;
use super::template::Template;
use crate::cloud::{aws, azure};
use crate::diag::{Diagnostics, Source};
use crate::plan::{Cloud, Plan};
use crate::reach::proof::{Finding, Proof, Verdict, prove};
use crate::render::{File, Format};

/// A template with its proof.
pub(super) struct Judged {
    pub(super) template: Template,
    pub(super) proof: Proof,
}

impl Judged {
    /// Proves a template against a plan.
    pub(super) fn new(plan: &Plan, template: Template) -> Self {
        let names = match plan.cloud {
            Cloud::Aws => aws::names(plan),
            Cloud::Azure => azure::names(plan),
        };
        let proof = prove(plan, &names, &template.matrix());
        Self { template, proof }
    }
}

/// Reads back what is about to be written, in every format that is read.
pub(super) fn read(emitted: &[(Format, Vec<File>)]) -> Result<Vec<Template>, Diagnostics> {
    let read = emitted
        .iter()
        .filter(|(format, _)| *format == Format::CloudFormation);
    read.map(|(format, files)| {
        let sources = files.iter().filter_map(source);
        let sources: Vec<_> = sources.collect();
        Template::read(format.as_str().to_owned(), &sources)
    })
    .collect()
}

/// The text of a file; nothing for one that holds no text.
fn source(file: &File) -> Option<Arc<Source>> {
    let text = std::str::from_utf8(&file.contents).ok()?;
    Some(Source::new(&file.path, text))
}

/// The verdict on several templates together: the worst.
pub(super) fn verdict(judged: &[Judged]) -> Verdict {
    let verdicts: Vec<_> = judged.iter().map(|it| it.proof.verdict()).collect();
    if verdicts.contains(&Verdict::Refuted) {
        Verdict::Refuted
    } else if verdicts.contains(&Verdict::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Proved
    }
}

/// A verdict in words.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "proved",
        Verdict::Refuted => "refuted",
        Verdict::Unknown => "unknown",
    }
}

/// What is said of one template.
pub(super) fn line(plan: &Plan, judged: &Judged) -> String {
    let (flows, guarantees) = (plan.flows.len(), plan.guarantees.len());
    let verdict = judged.proof.verdict();
    let name = &judged.template.name;
    match verdict {
        Verdict::Proved => {
            format!("proved {name}: {flows} flows, no more and no less; {guarantees} guarantees\n")
        }
        _ => format!("{} {name}\n", word(verdict)),
    }
}

/// The findings of one template, with the rules.
pub(super) fn findings(judged: &Judged) -> String {
    let mut text = String::new();
    let mut tell = |kind: &str, finding: &Finding| {
        // Writing to a string does not fail.
        let _ = write!(text, "  {kind}  {}", flow(&finding.found));
        let _ = writeln!(text, "           {}", finding.why);
        for rule in judged.template.rules(&finding.found.reasons) {
            let _ = writeln!(text, "           {}", rule.text());
        }
    };
    judged
        .proof
        .missing
        .iter()
        .for_each(|it| tell("missing", it));
    judged.proof.extra.iter().for_each(|it| tell("extra  ", it));
    text
}
