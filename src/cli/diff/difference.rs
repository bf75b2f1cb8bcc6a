//! What changes between two templates, and how it is told.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::super::reach::found_json;
use super::super::report::Failure;
use super::super::template::{Rule, Template, unknown_json, unknown_text};
use super::{Change, Side};
use crate::cloud::change::{Changes, Renamed, changes};
use crate::cloud::{Standing, Unknown};
use crate::diag::{Code, Diagnostic, Place};
use crate::plan::{Cloud, Plan};
use crate::reach::diff::opened;
use crate::reach::set::{Addresses, Set};
use crate::reach::words::Found;
use crate::render::Format;

/// What changes between two templates.
pub(in crate::cli) struct Difference {
    pub(super) old: Template,
    pub(super) new: Template,
    /// The pattern and the beginning of the stack that is compared, the new one where both are.
    pub(super) stack: Option<(String, Place)>,
    /// Whether the new side is a stack, whose templates stand nowhere.
    pub(super) is_planned: bool,
    pub(super) opened: Vec<Found>,
    pub(super) closed: Vec<Found>,
    pub(super) gained: Vec<String>,
    pub(super) lost: Vec<String>,
    pub(super) resources: Changes,
    pub(super) unknown: Vec<Unknown>,
}

impl Difference {
    /// Holds two sides against each other. A side that is not there has nothing in it.
    pub(super) fn between(old: Side, new: Side) -> Result<Self, Failure> {
        let plans = [&old.plan, &new.plan];
        let datacenter = datacenter(plans.into_iter().flatten().map(|(plan, _)| plan));
        let guarantees = |plan: &Option<(Plan, Place)>| -> Vec<String> {
            let guarantees = plan.iter().flat_map(|(plan, _)| &plan.guarantees);
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
        let is_planned = new.plan.is_some();
        let stack = new.plan.or(old.plan);
        let stack = stack.map(|(plan, place)| (plan.pattern, place));
        let (old, new) = pair(old.templates, new.templates)?;
        Ok(Self {
            stack,
            is_planned,
            gained,
            lost,
            ..Self::of(old, new, &datacenter, &Renamed::new())
        })
    }

    /// Holds two templates against each other. `renamed` is what resources were called in the old one and are called otherwise now.
    pub(in crate::cli) fn of(
        old: Template,
        new: Template,
        datacenter: &Addresses,
        renamed: &Renamed,
    ) -> Self {
        let (was, is) = (old.matrix(), new.matrix());
        // What is not understood may have changed, unless nothing has.
        let same = old.has_text_of(&new);
        let unknown = was.unknown.iter().chain(&is.unknown).filter(|_| !same);
        Self {
            opened: opened(&was, &is, datacenter),
            closed: opened(&is, &was, datacenter),
            gained: Vec::new(),
            lost: Vec::new(),
            // Each format has names of its own for the same resources.
            resources: if old.format == new.format {
                compare(&old, &new, renamed)
            } else {
                Changes::default()
            },
            unknown: unknown.cloned().collect(),
            old,
            new,
            stack: None,
            is_planned: false,
        }
    }

    /// The kinds of changes that there are.
    pub(in crate::cli) fn kinds(&self) -> BTreeSet<Change> {
        let resources = &self.resources;
        let kinds = [
            (Change::Opened, self.opened.is_empty()),
            (Change::Unknown, self.unknown.is_empty()),
            (Change::Lost, self.lost.is_empty()),
            (Change::Closed, self.closed.is_empty()),
            (Change::Moved, resources.moved.is_empty()),
            (Change::Replaced, resources.replaced.is_empty()),
            (Change::Removed, resources.removed.is_empty()),
            (Change::Changed, resources.changed.is_empty()),
            (Change::Added, resources.added.is_empty()),
            (Change::Gained, self.gained.is_empty()),
        ];
        let kinds = kinds.into_iter().filter(|(_, none)| !none);
        kinds.map(|(kind, _)| kind).collect()
    }

    /// What changes, as lists by the kind of change.
    pub(in crate::cli) fn lists(&self) -> Vec<(&'static str, Vec<Json>)> {
        let flows = |template: &Template, flows: &[Found]| -> Vec<Json> {
            let flows = flows.iter().map(|found| {
                let why = template.descriptions(&found.reasons);
                found_json(template, found, &why)
            });
            flows.collect()
        };
        let texts = |texts: &[String]| texts.iter().map(|it| json!(it)).collect();
        let resources = &self.resources;
        let moved = resources.moved.iter().map(|(subnet, from, to)| {
            json!({ "subnet": subnet, "from": blocks(from), "to": blocks(to) })
        });
        let replaced = resources.replaced.iter();
        vec![
            ("opened", flows(&self.new, &self.opened)),
            ("closed", flows(&self.old, &self.closed)),
            ("moved", moved.collect()),
            (
                "replaced",
                replaced.map(|(resource, _)| json!(resource)).collect(),
            ),
            ("added", texts(&resources.added)),
            ("removed", texts(&resources.removed)),
            ("changed", texts(&resources.changed)),
            ("guarantees_gained", texts(&self.gained)),
            ("guarantees_lost", texts(&self.lost)),
            ("unknown", self.unknown.iter().map(unknown_json).collect()),
        ]
    }

    /// How many resources stay as they are.
    pub(in crate::cli) fn kept(&self) -> usize {
        self.resources.kept.len()
    }

    /// What changes, for people, behind a margin.
    pub(in crate::cli) fn text(&self, margin: &str) -> String {
        let mut text = String::new();
        for (title, lines) in self.sections() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{margin}{title}");
            for line in lines {
                let _ = writeln!(text, "{margin}  {line}");
            }
        }
        text
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
            ("Changed where it stands", resources.changed.clone()),
            ("Added", resources.added.clone()),
            ("Guarantees gained", self.gained.clone()),
        ];
        sections.retain(|(_, lines)| !lines.is_empty());
        sections
    }
}

/// The addresses of the customer's own side in any of these plans.
pub(in crate::cli) fn datacenter<'p>(plans: impl IntoIterator<Item = &'p Plan>) -> Addresses {
    let ranges = plans
        .into_iter()
        .filter_map(|plan| plan.datacenter.as_ref());
    ranges
        .flat_map(|datacenter| &datacenter.ranges)
        .fold(Addresses::nothing(), |all, range| {
            all.union(&Addresses::from(*range))
        })
}

/// What becomes of the resources of one template in another one of its format.
fn compare(old: &Template, new: &Template, renamed: &Renamed) -> Changes {
    if renamed.is_empty() {
        return changes(&old.standing(), &new.standing());
    }
    let of = |standing: Standing| match (old.cloud(), old.format) {
        // Terraform can be told that a resource has another name, and AWS calls resources by ids of its own.
        (Cloud::Aws, Format::Terraform) => standing,
        (Cloud::Aws, _) => standing.with_fixed_name("name in the template"),
        (Cloud::Azure, _) => standing.with_fixed_name("name"),
    };
    let old = old.standing().into_iter().map(of);
    let old: Vec<_> = old.map(|it| it.renamed(renamed)).collect();
    let new: Vec<_> = new.standing().into_iter().map(of).collect();
    changes(&old, &new)
}

/// The kinds of lists that every answer in JSON has.
const LISTS: [&str; 10] = [
    "opened",
    "closed",
    "moved",
    "replaced",
    "added",
    "removed",
    "changed",
    "guarantees_gained",
    "guarantees_lost",
    "unknown",
];

/// What changes in several templates, as one answer.
pub(super) fn as_json(differences: &[(Option<String>, Difference)]) -> Json {
    let mut answer = Map::new();
    answer.insert("schema_version".into(), json!(1));
    for kind in LISTS {
        answer.insert(kind.into(), json!([]));
    }
    for (_, difference) in differences {
        for (kind, items) in difference.lists() {
            if let Some(Json::Array(all)) = answer.get_mut(kind) {
                all.extend(items);
            }
        }
    }
    Json::Object(answer)
}

/// What changes, for people. Each difference stands under its name, when it has one.
pub(super) fn as_text(differences: &[(Option<String>, Difference)]) -> String {
    let mut text = String::new();
    for (name, difference) in differences {
        let margin = if name.is_some() { "  " } else { "" };
        let told = difference.text(margin);
        if let (Some(name), false) = (name, told.is_empty()) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{name}");
        }
        text.push_str(&told);
    }
    if text.is_empty() {
        text.push_str("nothing changes\n");
    }
    text
}

/// What changes, for a pull request.
pub(super) fn as_markdown(differences: &[(Option<String>, Difference)]) -> String {
    let mut text = String::new();
    for (name, difference) in differences {
        let sections = difference.sections();
        if let (Some(name), false) = (name, sections.is_empty()) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "## {name}\n");
        }
        for (title, lines) in sections {
            let _ = writeln!(text, "### {title} ({})\n", lines.len());
            for line in lines {
                let _ = writeln!(text, "- `{}`", line.replace('`', "'"));
            }
            text.push('\n');
        }
    }
    if text.is_empty() {
        text.push_str("Nothing changes.\n");
    }
    text.trim_end().to_owned() + "\n"
}

/// Blocks in one text.
pub(super) fn blocks(blocks: &[String]) -> String {
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
