//! `patternbook diff`

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Value as Json, json};

use super::catalog::{self, Catalog};
use super::forbidden::{Forbid, Ranges};
use super::jobs::{self, Known};
use super::ledgers::{Ledgers, Use};
use super::reach::found_json;
use super::report::{Exit, Failure, Report};
use super::template::{Rule, Template, unknown_json, unknown_text};
use super::{Answer, Global, emit, judge};
use crate::cloud::Unknown;
use crate::cloud::change::{Changes, changes};
use crate::diag::{Code, Diagnostic};
use crate::net::Cidr;
use crate::plan::Plan;
use crate::reach::diff::opened;
use crate::reach::set::{Addresses, Set};
use crate::reach::words::Found;

/// Shows what changes between two stacks or templates: first what is opened and closed, then what moves or is made anew
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook diff vpc.yaml out/vpc\n  patternbook diff old/template.yaml new/template.yaml --format markdown\n  patternbook diff old.json new.json --fail-on opened,replaced"
)]
pub(super) struct Args {
    /// What was: a stack, a template, a folder of Terraform, or a folder that `build` wrote
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// What is now
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The environment of stacks, when they have several
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// What ends the command with 1; any change when nothing is said
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    fail_on: Vec<Change>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DiffFormat,
    #[command(flatten)]
    forbid: Forbid,
}

impl Args {
    /// How mistakes are told.
    pub(super) fn answer(&self) -> Answer {
        match self.format {
            DiffFormat::Json => Answer::Json,
            DiffFormat::Text | DiffFormat::Markdown => Answer::Text,
        }
    }
}

/// How a difference is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum DiffFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a pull request
    Markdown,
}

/// A kind of change, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
enum Change {
    /// Something passes that did not
    Opened,
    /// Something is not understood
    Unknown,
    /// A guarantee is no longer given
    Lost,
    /// Something does not pass that did
    Closed,
    /// A subnet has another block
    Moved,
    /// The cloud makes a resource anew
    Replaced,
    /// A resource goes
    Removed,
    /// A resource comes
    Added,
    /// A guarantee is new
    Gained,
}

/// One of the two.
struct Side {
    /// A stack's plan.
    plan: Option<Plan>,
    /// What it is as templates, in each format that there is.
    templates: Vec<Template>,
}

/// What changes.
struct Difference {
    old: Template,
    new: Template,
    opened: Vec<Found>,
    closed: Vec<Found>,
    gained: Vec<String>,
    lost: Vec<String>,
    resources: Changes,
    unknown: Vec<Unknown>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let old = Side::open(&args.old, args, global)?;
    let new = Side::open(&args.new, args, global)?;
    let difference = Difference::between(old, new)?;
    match args.format {
        DiffFormat::Json => Report::json(&difference.json())?,
        DiffFormat::Text => Report::result(&difference.text())?,
        DiffFormat::Markdown => Report::result(&difference.markdown())?,
    }
    let kinds = difference.kinds();
    let wanted = |kind: &Change| args.fail_on.is_empty() || args.fail_on.contains(kind);
    Ok(if kinds.iter().any(wanted) {
        Exit::Findings
    } else {
        Exit::Done
    })
}

impl Side {
    fn open(path: &Path, args: &Args, global: &Global) -> Result<Self, Failure> {
        if !is_stack(path) {
            let templates = Template::open(path, None)?;
            return Ok(Self {
                plan: None,
                templates,
            });
        }
        let catalog = Catalog::open(global)?;
        let ledgers = Ledgers::open([&path.to_owned()], Use::Read)?;
        let what = "a difference";
        let known = Known {
            catalog: &catalog,
            ledgers: &ledgers,
            ranges: &Ranges::open(&args.forbid)?,
        };
        let job = jobs::read_one(path, args.env.as_ref(), known, what)?;
        let plan = job.plan()?;
        let resources = emit::lower(&plan, &job.stack)?;
        let formats = emit::formats(plan.cloud);
        let files = emit::emit(&resources, &formats, &catalog::library(global)?)?;
        let mut templates = judge::read(plan.cloud, &files)?;
        for template in &mut templates {
            template.name = path.display().to_string();
        }
        Ok(Self {
            plan: Some(plan),
            templates,
        })
    }
}

/// Whether a file is a stack: no template has these two keys at its top.
fn is_stack(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("stack:") && has("pattern:")
}

impl Difference {
    fn between(old: Side, new: Side) -> Result<Self, Failure> {
        let plans = [&old.plan, &new.plan];
        let ranges = plans
            .into_iter()
            .flatten()
            .filter_map(|plan| plan.datacenter.as_ref());
        let datacenter = ranges
            .flat_map(|datacenter| &datacenter.ranges)
            .fold(Addresses::nothing(), |all, range| {
                all.union(&Addresses::from(*range))
            });
        let guarantees = |plan: &Option<Plan>| -> Vec<String> {
            let guarantees = plan.iter().flat_map(|plan| &plan.guarantees);
            guarantees.map(ToString::to_string).collect()
        };
        // A template by itself promises nothing, and so loses nothing.
        let both = old.plan.is_some() && new.plan.is_some();
        let (before, after) = (guarantees(&old.plan), guarantees(&new.plan));
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            let only = these.iter().filter(|it| both && !those.contains(it));
            only.cloned().collect()
        };
        let (gained, lost) = (only(&after, &before), only(&before, &after));
        let (old, new) = pair(old.templates, new.templates)?;
        let (was, is) = (old.matrix(), new.matrix());
        let unknown = was.unknown.iter().chain(&is.unknown);
        Ok(Self {
            opened: opened(&was, &is, &datacenter),
            closed: opened(&is, &was, &datacenter),
            gained,
            lost,
            // Each format has names of its own for the same resources.
            resources: if old.format == new.format {
                changes(&old.standing(), &new.standing())
            } else {
                Changes::default()
            },
            unknown: unknown.cloned().collect(),
            old,
            new,
        })
    }

    fn kinds(&self) -> BTreeSet<Change> {
        let resources = &self.resources;
        let kinds = [
            (Change::Opened, self.opened.is_empty()),
            (Change::Unknown, self.unknown.is_empty()),
            (Change::Lost, self.lost.is_empty()),
            (Change::Closed, self.closed.is_empty()),
            (Change::Moved, resources.moved.is_empty()),
            (Change::Replaced, resources.replaced.is_empty()),
            (Change::Removed, resources.removed.is_empty()),
            (Change::Added, resources.added.is_empty()),
            (Change::Gained, self.gained.is_empty()),
        ];
        let kinds = kinds.into_iter().filter(|(_, none)| !none);
        kinds.map(|(kind, _)| kind).collect()
    }

    fn json(&self) -> Json {
        let flows = |template: &Template, flows: &[Found]| -> Json {
            let flows = flows.iter().map(|found| {
                let why = template.descriptions(&found.reasons);
                found_json(template, found, &why)
            });
            flows.collect()
        };
        let moved = self.resources.moved.iter().map(|(subnet, from, to)| {
            json!({ "subnet": subnet, "from": blocks(from), "to": blocks(to) })
        });
        let replaced = self.resources.replaced.iter().map(|(resource, _)| resource);
        json!({
            "schema_version": 1,
            "opened": flows(&self.new, &self.opened),
            "closed": flows(&self.old, &self.closed),
            "moved": moved.collect::<Vec<_>>(),
            "replaced": replaced.collect::<Vec<_>>(),
            "added": self.resources.added,
            "removed": self.resources.removed,
            "guarantees": { "gained": self.gained, "lost": self.lost },
            "unknown": self.unknown.iter().map(unknown_json).collect::<Vec<_>>(),
        })
    }

    /// What changes, the worst first: a title and a line for each.
    fn sections(&self) -> Vec<(&'static str, Vec<String>)> {
        let resources = &self.resources;
        let moved = resources
            .moved
            .iter()
            .map(|(subnet, from, to)| format!("{subnet}  {} -> {}", blocks(from), blocks(to)));
        let replaced = resources.replaced.iter().map(|(resource, property)| {
            format!(
                "{resource} (its {} cannot change where it stands)",
                property.replace('_', " ")
            )
        });
        let mut sections = vec![
            ("Opened", lines(&self.new, &self.opened)),
            (
                "Not understood, so that more may have changed",
                self.unknown.iter().map(unknown_text).collect(),
            ),
            ("Guarantees lost", self.lost.clone()),
            ("Closed", lines(&self.old, &self.closed)),
            ("Subnets moved", moved.collect()),
            ("Made anew by the cloud", replaced.collect()),
            ("Removed", resources.removed.clone()),
            ("Added", resources.added.clone()),
            ("Guarantees gained", self.gained.clone()),
        ];
        sections.retain(|(_, lines)| !lines.is_empty());
        sections
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (title, lines) in self.sections() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{title}");
            for line in lines {
                let _ = writeln!(text, "  {line}");
            }
        }
        if text.is_empty() {
            text.push_str("nothing changes\n");
        }
        text
    }

    fn markdown(&self) -> String {
        let mut text = String::new();
        for (title, lines) in self.sections() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "### {title} ({})\n", lines.len());
            for line in lines {
                let _ = writeln!(text, "- `{}`", line.replace('`', "'"));
            }
            text.push('\n');
        }
        if text.is_empty() {
            text.push_str("Nothing changes.\n");
        }
        text.trim_end().to_owned() + "\n"
    }
}

/// Blocks in one text.
fn blocks(blocks: &[Cidr]) -> String {
    let blocks: Vec<_> = blocks.iter().map(ToString::to_string).collect();
    blocks.join(", ")
}

/// Flows in lines: one for each pair of peers that is joined by the same rules.
fn lines(template: &Template, flows: &[Found]) -> Vec<String> {
    let mut lines: Vec<(String, String, Vec<&str>)> = Vec::new();
    for found in flows {
        let through = found.through.as_deref();
        let through = through
            .map(|it| format!(" through {it}"))
            .unwrap_or_default();
        let rules: Vec<_> = template
            .rules(&found.reasons)
            .iter()
            .map(Rule::text)
            .collect();
        let by = match rules.as_slice() {
            [] => String::new(),
            rules => format!(" ({})", rules.join("; ")),
        };
        let (ends, by) = (format!("{} -> {}", found.from, found.to), through + &by);
        let mut known = lines.iter_mut();
        match known.find(|(other, way, _)| *other == ends && *way == by) {
            Some((.., allows)) => allows.push(&found.allow),
            None => lines.push((ends, by, vec![&found.allow])),
        }
    }
    let lines = lines.into_iter();
    lines
        .map(|(ends, by, allows)| format!("{ends}  {}{by}", allows.join(", ")))
        .collect()
}

/// The two templates that are compared: those of the first format that both sides have.
fn pair(old: Vec<Template>, new: Vec<Template>) -> Result<(Template, Template), Failure> {
    let mut new: Vec<_> = new.into_iter().map(Some).collect();
    let mut rest = Vec::new();
    for old in old {
        let same = new.iter_mut().find(|it| {
            let template = it.as_ref();
            template.is_some_and(|new| new.format == old.format && new.cloud() == old.cloud())
        });
        if let Some(new) = same.and_then(Option::take) {
            return Ok((old, new));
        }
        rest.push(old);
    }
    let of_cloud = |old: &Template, new: &Template| old.cloud() == new.cloud();
    let (old, new) = (rest.into_iter().next(), new.into_iter().flatten().next());
    match (old, new) {
        (Some(old), Some(new)) if of_cloud(&old, &new) => Ok((old, new)),
        (Some(old), Some(new)) => {
            let message = format!("`{}` and `{}` are of two clouds", old.name, new.name);
            Err(Diagnostic::new(Code::Unsupported, message)
                .help("compare two templates of one cloud")
                .into())
        }
        _ => Err(Diagnostic::new(Code::Internal, "there is no template").into()),
    }
}
