//! `patternbook plan --what-if`: whether a stack has room to grow.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::super::jobs::Job;
use super::super::report::{Exit, Failure, Report};
use super::super::set;
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::plan::growth::{self, Extent, Growth, Supposed};
use crate::spec::{Pattern, Stack, check_word};
use crate::yaml::Key;

/// Answers whether it fits, and what would move.
pub(super) fn run(changes: &[String], job: &Job<'_>, as_json: bool) -> Result<Exit, Failure> {
    let mut then = job.stack.clone();
    let mut supposed = Vec::new();
    let mut diags = Diagnostics::new();
    for change in changes {
        match read(change, &job.pattern) {
            Ok(Change::Subnet(it)) => supposed.push(it),
            Ok(Change::Parameter(key, node)) => put(&mut then, key, node),
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    diags.into_result(())?;
    let growth = growth::what_if(
        &job.pattern,
        &job.stack,
        &then,
        &supposed,
        &job.surroundings,
    )?;
    if as_json {
        Report::json(&json_of(changes, &job.stack, &growth))?;
    } else {
        Report::result(&text_of(changes, &growth))?;
    }
    Ok(match growth {
        Growth::Fits { .. } => Exit::Done,
        Growth::Moves { .. } | Growth::DoesNotFit(_) => Exit::Findings,
    })
}

/// Something that is supposed.
enum Change {
    Subnet(Supposed),
    Parameter(Key, crate::yaml::Node),
}

fn read(change: &str, pattern: &Pattern) -> Result<Change, Diagnostic> {
    let source = Source::new("--what-if", change);
    let whole = Place::new(&source, 0..change.len());
    let Some((key, value)) = change.split_once('=') else {
        let message = format!(
            "`{}` says nothing of what would be",
            crate::yaml::shorten(change)
        );
        return Err(Diagnostic::new(Code::MissingValue, message)
            .at(whole)
            .help("write `zones=3`, `hosts.app=500` or `add-subnet=cache:/26`"));
    };
    let at_value = Place::new(&source, key.len() + 1..change.len());
    let supposed = |subnet: &str, extent: &str, is_new| {
        Ok(Change::Subnet(Supposed {
            subnet: subnet.to_owned(),
            extent: read_extent(extent, &at_value)?,
            is_new,
            place: whole.clone(),
        }))
    };
    if key == "add-subnet" {
        let (name, extent) = value.split_once(':').unwrap_or((value, ""));
        check_word(name, "a subnet", &at_value)?;
        return supposed(name, extent, true);
    }
    if let Some(("hosts" | "size", subnet)) = key.split_once('.') {
        return supposed(subnet, value, false);
    }
    let place = Place::new(&source, 0..key.len());
    let Some(parameter) = pattern.parameters.get(key) else {
        return Err(pattern.unknown_parameter(key, &place));
    };
    let node = set::node(value, parameter, &at_value);
    let text = key.into();
    Ok(Change::Parameter(Key { text, place }, node))
}

/// Reads `/26` or a number of hosts.
fn read_extent(text: &str, place: &Place) -> Result<Extent, Diagnostic> {
    let length = text.strip_prefix('/').map(str::parse::<u8>);
    match (length, text.parse::<u32>()) {
        (Some(Ok(length)), _) if length <= 32 => Ok(Extent::PrefixLen(length)),
        (None, Ok(hosts)) if hosts > 0 => Ok(Extent::Hosts(hosts)),
        _ => {
            let message = format!("`{}` is no size of a subnet", crate::yaml::shorten(text));
            let diagnostic = Diagnostic::new(Code::WrongType, message).at(place.clone());
            Err(diagnostic
                .help("write a number of hosts such as `500`, or a prefix length such as `/26`"))
        }
    }
}

/// Gives a parameter another value.
fn put(stack: &mut Stack, key: Key, node: crate::yaml::Node) {
    stack.parameters.retain(|(known, _)| known.text != key.text);
    stack.parameters.push((key, node));
}

fn word(growth: &Growth) -> &'static str {
    match growth {
        Growth::Fits { .. } => "fits",
        Growth::Moves { .. } => "moves",
        Growth::DoesNotFit(_) => "does not fit",
    }
}

fn text_of(changes: &[String], growth: &Growth) -> String {
    let mut text = format!("{}: {}\n", changes.join(", "), word(growth));
    let added = match growth {
        Growth::Fits { added } => added,
        Growth::Moves {
            moved,
            added,
            reserve,
        } => {
            for it in moved {
                // Writing to a string does not fail.
                let _ = writeln!(
                    text,
                    "  {} would move from {} to {}, and be destroyed",
                    it.subnet, it.from, it.to
                );
            }
            for it in reserve {
                let _ = writeln!(
                    text,
                    "  reserve a /{} for {} now, and nothing moves later",
                    it.prefix_len, it.subnet
                );
            }
            added
        }
        Growth::DoesNotFit(why) => {
            for diagnostic in why {
                let _ = writeln!(text, "  {}", diagnostic.message);
                let help = diagnostic.help.iter();
                help.for_each(|help| {
                    let _ = writeln!(text, "  {help}");
                });
            }
            return text;
        }
    };
    for it in added {
        let _ = writeln!(text, "  {} would get {}", it.subnet, it.block);
    }
    text
}

fn json_of(changes: &[String], stack: &Stack, growth: &Growth) -> Json {
    let mut answer = json!({
        "schema_version": 1,
        "stack": stack.name,
        "environment": stack.environment,
        "what_if": changes,
        "answer": word(growth),
        "moved": [],
        "added": [],
        "reserve": [],
        "why": [],
    });
    let blocks = |blocks: &[growth::Block]| -> Json {
        let blocks = blocks.iter();
        blocks
            .map(|it| json!({ "subnet": it.subnet, "cidr": it.block }))
            .collect()
    };
    match growth {
        Growth::Fits { added } => answer["added"] = blocks(added),
        Growth::Moves {
            moved,
            added,
            reserve,
        } => {
            answer["added"] = blocks(added);
            let moved = moved.iter();
            let moved =
                moved.map(|it| json!({ "subnet": it.subnet, "from": it.from, "to": it.to }));
            answer["moved"] = moved.collect();
            let reserve = reserve.iter();
            let reserve =
                reserve.map(|it| json!({ "subnet": it.subnet, "prefix_length": it.prefix_len }));
            answer["reserve"] = reserve.collect();
        }
        Growth::DoesNotFit(why) => answer["why"] = why.iter().map(crate::diag::to_json).collect(),
    }
    answer
}
