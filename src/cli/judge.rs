//! Proofs of templates against a plan, and what users are told of them.

use std::fmt::Write as _;
use std::sync::Arc;

use super::reach::line as flow;
use super::template::Template;
use crate::cloud::{Unknown, aws, azure};
use crate::diag::{Code, Diagnostic, Diagnostics, Source};
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

    /// The error that a template is not what its plan says, at the rules that make it so.
    pub(super) fn breach(&self, plan: &Plan, breach: Breach<'_>, finding: &Finding) -> Diagnostic {
        let (code, what) = match breach {
            Breach::Missing => (
                Code::FlowMissing,
                "does not let a flow of the design pass".to_owned(),
            ),
            Breach::Extra => (
                Code::NotProved,
                "lets pass what the design does not".to_owned(),
            ),
            Breach::Guarantee(text) => (
                Code::GuaranteeBroken,
                format!("breaks the guarantee that {text}"),
            ),
        };
        let flow = flow(&finding.found);
        let message = format!("{} {what}: {}", self.subject(plan), flow.trim_end());
        let mut rules = self.template.rules(&finding.found.reasons).into_iter();
        let mut diagnostic = Diagnostic::new(code, message).help(finding.why.clone());
        diagnostic.primary = rules.next().map(|rule| rule.place);
        for rule in rules {
            diagnostic = diagnostic.also(rule.place, "passes by this as well");
        }
        diagnostic
    }

    /// The error that something in a template is not understood.
    pub(super) fn not_understood(&self, plan: &Plan, unknown: &Unknown) -> Diagnostic {
        let message = format!(
            "{} has something that is not understood: {} ({}): {}",
            self.subject(plan),
            unknown.name,
            unknown.what,
            unknown.why
        );
        Diagnostic::new(Code::NotUnderstood, message)
            .at(unknown.place.clone())
            .help("what it lets pass is not known")
    }

    /// The template in a sentence. What was emitted has the name of its format.
    fn subject(&self, plan: &Plan) -> String {
        let (name, format) = (&self.template.name, self.template.format.as_str());
        if name == format {
            format!("the {name} template of `{}`", plan.name())
        } else {
            format!("`{name}`")
        }
    }
}

/// How a template is not what its plan says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Breach<'a> {
    /// A flow of the plan does not pass.
    Missing,
    /// What passes is no flow of the plan.
    Extra,
    /// This guarantee does not hold.
    Guarantee(&'a str),
}

/// Proves what is about to be written, in every format.
///
/// # Errors
/// When something passes that the plan does not have, or does not pass, or is not understood.
pub(super) fn demand(plan: &Plan, emitted: &[(Format, Vec<File>)]) -> Result<(), Diagnostics> {
    let mut diags = Diagnostics::new();
    for (format, files) in emitted {
        if let Err(wrong) = demand_one(plan, *format, files) {
            diags.extend(wrong);
        }
    }
    diags.into_result(())
}

/// Proves what is about to be written in one format.
///
/// # Errors
/// As [`demand`].
pub(super) fn demand_one(plan: &Plan, format: Format, files: &[File]) -> Result<(), Diagnostics> {
    let mut diags = Diagnostics::new();
    let judged = Judged::new(plan, read_one(plan.cloud, format, files)?);
    refuse(plan, &judged, &mut diags);
    diags.into_result(())
}

/// Says in one line what was proved of a plan in some formats.
pub(super) fn proved(plan: &Plan, formats: &[Format]) -> String {
    let formats: Vec<_> = formats.iter().map(|format| format.as_str()).collect();
    format!(
        "proved {}: {}, no more and no less, and {}, in {}\n",
        plan.name(),
        counted(plan.flows.len(), "flow"),
        counted(plan.guarantees.len(), "guarantee"),
        formats.join(" and "),
    )
}

fn counted(number: usize, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}

/// The findings of a template that must not be written.
fn refuse(plan: &Plan, judged: &Judged, diags: &mut Diagnostics) {
    let proof = &judged.proof;
    let broken = proof.guarantees.iter();
    let broken =
        broken.filter_map(|it| Some((Breach::Guarantee(&it.text), it.counterexample.as_ref()?)));
    let found = proof.missing.iter().map(|it| (Breach::Missing, it));
    let found = found.chain(proof.extra.iter().map(|it| (Breach::Extra, it)));
    let found = found.chain(broken);
    let found = found.map(|(breach, finding)| judged.breach(plan, breach, finding));
    let unknown = proof.unknown.iter();
    let unknown = unknown.map(|it| judged.not_understood(plan, it));
    diags.extend(found.chain(unknown).map(|mut diagnostic| {
        let why = diagnostic.help.unwrap_or_default();
        diagnostic.help = Some(format!("{why}; nothing was written"));
        diagnostic
    }));
}

/// Reads back what is about to be written, in every format.
pub(super) fn read(
    cloud: Cloud,
    emitted: &[(Format, Vec<File>)],
) -> Result<Vec<Template>, Diagnostics> {
    let emitted = emitted.iter();
    let read = emitted.map(|(format, files)| read_one(cloud, *format, files));
    read.collect()
}

/// Reads back what is about to be written in one format.
fn read_one(cloud: Cloud, format: Format, files: &[File]) -> Result<Template, Diagnostics> {
    let sources: Vec<_> = files.iter().filter_map(source).collect();
    Template::read(format.as_str().to_owned(), format, Some(cloud), &sources)
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
