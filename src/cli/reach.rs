//! `patternbook reach`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::output::Table;
use super::report::{Exit, Failure, Report};
use super::template::{Template, unknown_json, unknown_text};
use super::{Answer, Global};
use crate::reach::flows::{Wanted, flows};
use crate::reach::words::Found;
use crate::reach::{Assumption, Matrix};

/// Shows what templates let through, whoever wrote them
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook reach template.yaml\n  patternbook reach template.yaml --from internet\n  patternbook reach infra/ --to database"
)]
pub(super) struct Args {
    /// Templates, each a file or a folder of Terraform; `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Only what this peer may start: `internet`, `datacenter`, a peer's name, an address or a CIDR block
    #[arg(long, value_name = "PEER")]
    from: Option<String>,
    /// Only what may reach this peer
    #[arg(long, value_name = "PEER")]
    to: Option<String>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Answer,
}

/// What one template lets through.
struct Answered {
    template: Template,
    matrix: Matrix,
    flows: Vec<Found>,
}

pub(super) fn run(args: &Args, _: &Global, _: &Report) -> Result<Exit, Failure> {
    let from = args.from.as_deref().map(Wanted::read);
    let to = args.to.as_deref().map(Wanted::read);
    let mut answers = Vec::with_capacity(args.paths.len());
    for path in &args.paths {
        for template in Template::open(path, None)? {
            let matrix = template.matrix();
            let flows = flows(&matrix, from.as_ref(), to.as_ref());
            answers.push(Answered {
                template,
                matrix,
                flows,
            });
        }
    }
    let why = from.is_some() || to.is_some();
    match args.format {
        Answer::Json => Report::json(&as_json(&answers))?,
        Answer::Text => Report::result(&as_text(&answers, why))?,
    }
    Ok(Exit::Done)
}

fn as_json(answers: &[Answered]) -> Json {
    let peers = answers.iter().flat_map(|answer| {
        answer.matrix.peers.iter().map(|peer| {
            let resources = peer.resources.iter().map(|id| id.path.join("."));
            json!({
                "name": peer.name,
                "kind": peer.kind,
                "resources": resources.collect::<Vec<_>>(),
            })
        })
    });
    let flows = answers.iter().flat_map(|answer| {
        let flows = answer.flows.iter();
        flows.map(|found| {
            let why = answer.template.descriptions(&found.reasons);
            found_json(&answer.template, found, &why)
        })
    });
    let unknown = answers.iter().flat_map(|answer| &answer.matrix.unknown);
    json!({
        "schema_version": 1,
        "peers": peers.collect::<Vec<_>>(),
        "flows": flows.collect::<Vec<_>>(),
        "unknown": unknown.map(unknown_json).collect::<Vec<_>>(),
        "assumptions": assumptions(answers.iter().map(|answer| &answer.matrix)),
    })
}

/// Something that passes, as every JSON answer has it.
pub(super) fn found_json(template: &Template, found: &Found, why: &str) -> Json {
    let rules = template.rules(&found.reasons);
    json!({
        "from": found.from,
        "to": found.to,
        "allow": found.allow,
        "why": why,
        "through": found.through,
        "packet": found.packet.map(|packet| packet.to_string()),
        "template": template.name,
        "rules": rules.iter().map(super::template::Rule::json).collect::<Vec<_>>(),
    })
}

/// The assumptions of several matrices, each once.
pub(super) fn assumptions<'a>(matrices: impl Iterator<Item = &'a Matrix>) -> Vec<Assumption> {
    let mut all: Vec<Assumption> = Vec::new();
    for assumption in matrices.flat_map(|matrix| &matrix.assumptions) {
        if !all.contains(assumption) {
            all.push(*assumption);
        }
    }
    all
}

fn as_text(answers: &[Answered], why: bool) -> String {
    let mut text = String::new();
    for answer in answers {
        if answers.len() > 1 {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}", answer.template.name);
        }
        if answer.flows.is_empty() {
            text.push_str("nothing passes\n");
        } else if why {
            text.push_str(&explained(answer));
        } else {
            text.push_str(&table(&answer.flows));
        }
        if !answer.matrix.unknown.is_empty() {
            text.push_str("\nnot understood, so that more may pass:\n");
            for unknown in &answer.matrix.unknown {
                let _ = writeln!(text, "  {}", unknown_text(unknown));
            }
        }
    }
    text.push_str("\nunder these assumptions:\n");
    for Assumption(sentence) in assumptions(answers.iter().map(|answer| &answer.matrix)) {
        let _ = writeln!(text, "  {sentence}");
    }
    text
}

fn table(flows: &[Found]) -> String {
    let mut table = Table::new(["FROM", "TO", "ALLOW", "THROUGH"]);
    for found in flows {
        table.row([
            found.from.clone(),
            found.to.clone(),
            found.allow.clone(),
            found.through.clone().unwrap_or_default(),
        ]);
    }
    table.to_string()
}

/// Each flow with the rules that let it pass.
fn explained(answer: &Answered) -> String {
    let mut text = String::new();
    for found in &answer.flows {
        text.push_str(&line(found));
        for rule in answer.template.rules(&found.reasons) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "    {}", rule.text());
        }
    }
    text
}

/// What passes, in one line.
pub(super) fn line(found: &Found) -> String {
    let through = match &found.through {
        Some(through) => format!(" through {through}"),
        None => String::new(),
    };
    format!("{} -> {}  {}{through}\n", found.from, found.to, found.allow)
}
