//! `patternbook prove`

mod suites;

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::catalog::{self, Catalog};
use super::forbidden::{Forbid, Ranges};
use super::jobs::{self, Job, Known};
use super::judge::{self, Judged};
use super::ledgers::{Ledgers, Use};
use super::reach::{found_json, line};
use super::report::{Exit, Failure, Report};
use super::template::{Template, unknown_json, unknown_text};
use super::told::{Form, Told};
use super::{Global, emit};
use crate::diag::Place;
use crate::findings::Suite;
use crate::plan::Plan;
use crate::reach::Assumption;
use crate::reach::proof::{Finding, Verdict};

/// Proves that a template lets through exactly what a stack says
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook prove vpc.yaml\n  patternbook prove vpc.yaml out/vpc/cloudformation/template.yaml\n  patternbook prove vpc.yaml out/vpc/terraform\n  patternbook prove vpc.yaml out/vpc --format github"
)]
pub(super) struct Args {
    /// The stack's file, or `-` for standard input
    #[arg(value_name = "STACK")]
    stack: PathBuf,
    /// A template, a folder of Terraform, or a plan as JSON; what `build` would write when nothing is said
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// The environment that is proved, when the stack has several
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Form,
    #[command(flatten)]
    forbid: Forbid,
}

/// A stack with the proof of each of its templates.
struct Proved {
    /// Where the stack begins.
    stack: Place,
    plan: Plan,
    judged: Vec<Judged>,
}

/// All that was proved.
struct Proofs {
    stacks: Vec<Proved>,
    /// Whether the templates stand on the disk, and are not what `build` would write.
    stands: bool,
}

impl Told for Proofs {
    fn text(&self) -> String {
        let texts: Vec<_> = self.stacks.iter().map(as_text).collect();
        texts.join("\n")
    }

    fn json(&self) -> Json {
        // An answer in JSON is of one stack: nothing else gets here.
        self.stacks.first().map_or(Json::Null, as_json)
    }

    fn suites(&self) -> Vec<Suite> {
        let stacks = self.stacks.iter();
        stacks.flat_map(|it| suites::of(it, self.stands)).collect()
    }
}

pub(super) fn run(args: &Args, global: &Global, report: &Report) -> Result<Exit, Failure> {
    let catalog = Catalog::open(global)?;
    let ledgers = Ledgers::open([&args.stack], Use::Read)?;
    let known = Known {
        catalog: &catalog,
        ledgers: &ledgers,
        ranges: &Ranges::open(&args.forbid)?,
    };
    let environment = args.env.as_ref();
    let one = |what| jobs::read_one(&args.stack, environment, known, what);
    let jobs = if args.path.is_some() {
        vec![one("a template")?]
    } else if args.format == Form::Json {
        vec![one("an answer in JSON")?]
    } else {
        jobs::read_some(&args.stack, environment, known)?
    };
    let stacks = jobs::each(&jobs, |job| {
        let plan = job.plan()?;
        let judged = judge(args, global, job, &plan)?;
        let stack = job.stack.place.clone();
        Ok(Proved {
            stack,
            plan,
            judged,
        })
    })?;
    let proofs = Proofs {
        stacks,
        stands: args.path.is_some(),
    };
    let mut verdicts = proofs.stacks.iter().map(|it| judge::verdict(&it.judged));
    let exit = if verdicts.all(|it| it == Verdict::Proved) {
        Exit::Done
    } else {
        Exit::Findings
    };
    report.tell(&proofs, exit)
}

/// The template that was named, or those that `build` would write, each with its proof.
fn judge(args: &Args, global: &Global, job: &Job<'_>, plan: &Plan) -> Result<Vec<Judged>, Failure> {
    let templates = if let Some(path) = &args.path {
        // A design that the cloud would refuse is not worth a proof.
        emit::lower(plan, &job.stack)?;
        Template::open(path, Some(plan.cloud))?
    } else {
        let library = catalog::library(global)?;
        let formats = emit::formats(plan.cloud);
        judge::read(
            plan.cloud,
            &emit::emit(plan, &job.stack, &formats, &library)?,
        )?
    };
    let templates = templates.into_iter();
    Ok(templates
        .map(|template| Judged::new(plan, template))
        .collect())
}

fn as_json(proved: &Proved) -> Json {
    let (plan, judged) = (&proved.plan, &proved.judged);
    let findings = |of: fn(&Judged) -> &[Finding]| -> Vec<Json> {
        let all = judged
            .iter()
            .flat_map(|it| of(it).iter().map(move |finding| (it, finding)));
        all.map(|(it, finding)| found_json(&it.template, &finding.found, &finding.why))
            .collect()
    };
    let guarantees = plan.guarantees.iter().enumerate().map(|(at, guarantee)| {
        let broken = judged.iter().find_map(|it| {
            let checked = it.proof.guarantees.get(at)?;
            Some((it, checked.counterexample.as_ref()?))
        });
        json!({
            "text": guarantee.to_string(),
            "holds": broken.is_none(),
            "counterexample": broken.map(|(it, finding)| {
                found_json(&it.template, &finding.found, &finding.why)
            }),
        })
    });
    let unknown = judged.iter().flat_map(|it| &it.proof.unknown);
    json!({
        "schema_version": 1,
        "verdict": judge::verdict(judged),
        "templates": judged.iter().map(|it| &it.template.name).collect::<Vec<_>>(),
        "flows": plan.flows.len(),
        "missing": findings(|it| &it.proof.missing),
        "extra": findings(|it| &it.proof.extra),
        "guarantees": guarantees.collect::<Vec<_>>(),
        "unknown": unknown.map(unknown_json).collect::<Vec<_>>(),
        "assumptions": assumptions(judged),
    })
}

/// The assumptions of all proofs, each once.
fn assumptions(judged: &[Judged]) -> Vec<Assumption> {
    let mut all: Vec<Assumption> = Vec::new();
    for assumption in judged.iter().flat_map(|it| &it.proof.assumptions) {
        if !all.contains(assumption) {
            all.push(*assumption);
        }
    }
    all
}

fn as_text(proved: &Proved) -> String {
    let (plan, judged) = (&proved.plan, &proved.judged);
    let mut text = String::new();
    for it in judged {
        text.push_str(&judge::line(plan, it));
        text.push_str(&judge::findings(it));
        for unknown in &it.proof.unknown {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  not understood: {}", unknown_text(unknown));
        }
    }
    for (at, guarantee) in plan.guarantees.iter().enumerate() {
        let broken = judged.iter().find_map(|it| {
            let checked = it.proof.guarantees.get(at)?;
            Some((it, checked.counterexample.as_ref()?))
        });
        match broken {
            None => {
                let _ = writeln!(text, "holds   {guarantee}");
            }
            Some((it, finding)) => {
                let _ = writeln!(text, "BROKEN  {guarantee}");
                let _ = write!(text, "        {}", line(&finding.found));
                for rule in it.template.rules(&finding.found.reasons) {
                    let _ = writeln!(text, "          {}", rule.text());
                }
            }
        }
    }
    text.push_str("under these assumptions:\n");
    for Assumption(sentence) in assumptions(judged) {
        let _ = writeln!(text, "  {sentence}");
    }
    let _ = writeln!(
        text,
        "{}: {}",
        plan.name(),
        judge::word(judge::verdict(judged))
    );
    text
}
