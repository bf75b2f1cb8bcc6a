//! Policies that a data source writes, and policies that are texts.

use super::policy::{Found, effect, list_of, meant, scope, texts};
use crate::cloud::aws::{Condition, Decision, Policy, Principal, Principals, Statement};
use crate::read::terraform::context::{Context, Fault, Result, fault};
use crate::read::terraform::hcl::from_json;
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::{Kind, Value};

/// The policy of `aws_iam_policy_document`:
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>.
pub(super) fn policy(mut of: Properties<'_, '_>) -> Found {
    of.fixed("version", "2012-10-17", true);
    of.ignore(&["policy_id", "json", "minified_json", "id"]);
    let (mut statements, mut places) = (Vec::new(), Vec::new());
    for mut entries in of.blocks("statement") {
        match statement(&mut entries) {
            Ok(statement) => {
                statements.push(statement);
                places.push(entries.place().clone());
            }
            Err(error) => {
                entries.give_up();
                entries.fault(&error);
            }
        }
    }
    (Policy { statements }, places)
}

fn statement(entries: &mut Properties<'_, '_>) -> Result<Statement> {
    let (these, others) = (
        principals(entries, "principals")?,
        principals(entries, "not_principals")?,
    );
    Ok(Statement {
        sid: entries.label("sid"),
        effect: entries.maybe("effect", effect)?.unwrap_or(Decision::Allow),
        principal: match (these, others) {
            (these, None) => these.map(meant),
            (None, Some(others)) => Some(Principal::AllBut(others)),
            (Some(_), Some(_)) => {
                return Err(
                    entries.missing("a statement has principals, or all but some, and not both")
                );
            }
        },
        actions: scope(entries, ["actions", "not_actions"], texts)?
            .ok_or_else(|| entries.missing("`actions` is missing"))?,
        resources: scope(entries, ["resources", "not_resources"], Context::terms)?
            .unwrap_or_else(|| Vec::new().into()),
        conditions: conditions(entries)?,
    })
}

fn principals(entries: &mut Properties<'_, '_>, key: &'static str) -> Result<Option<Principals>> {
    let mut found: Option<Principals> = None;
    for mut principals in entries.blocks(key) {
        let sort = principals.need("type", Context::text)?;
        // `*` means everyone, as `*` of the sort `AWS` does.
        let sort = if sort == "*" { "AWS" } else { &sort };
        let whom = principals.need("identifiers", Context::terms)?;
        match list_of(found.get_or_insert_default(), sort) {
            Some(list) => list.extend(whom),
            None => return Err(principals.missing("principals of this sort are not known")),
        }
    }
    Ok(found)
}

fn conditions(entries: &mut Properties<'_, '_>) -> Result<Vec<Condition>> {
    let all = entries.blocks("condition").into_iter();
    all.map(|mut condition| {
        Ok(Condition {
            operator: condition.need("test", Context::text)?.into(),
            key: condition.need("variable", Context::text)?.into(),
            values: condition.need("values", Context::terms)?,
        })
    })
    .collect()
}

/// What stands between the marks is the number of a part of the text that is not known. Neither is in a policy.
const MARKS: [char; 2] = ['\u{F0001}', '\u{F0002}'];

/// A policy that is written as a text, with references in it or without.
pub(super) fn from_text(value: &Value) -> Result<Value> {
    let (text, parts) = match &value.kind {
        Kind::Join(parts) => (marked(parts), Some(parts)),
        _ => (value.written().unwrap_or_default().into(), None),
    };
    match serde_json::from_str(&text) {
        Ok(json) => {
            let read = from_json(&json, &value.place);
            match parts {
                Some(parts) => restored(&read, parts),
                None => Ok(read),
            }
        }
        Err(_) => Err(Fault {
            why: "the policy is no JSON".into(),
            place: value.place.clone(),
        }),
    }
}

/// The text with marks for what is not known.
fn marked(parts: &[Value]) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        match &part.kind {
            Kind::Text(known) => text.push_str(&known.replace(MARKS, "")),
            _ => text.extend(
                [MARKS[0]]
                    .into_iter()
                    .chain(at.to_string().chars())
                    .chain([MARKS[1]]),
            ),
        }
    }
    text
}

/// The value with the parts in the place of their marks.
fn restored(value: &Value, parts: &[Value]) -> Result<Value> {
    let place = &value.place;
    Ok(match &value.kind {
        Kind::Text(text) => pieces(text, parts, value)?,
        Kind::List(_) => {
            let items = value.items().unwrap_or_default().iter();
            let items = items.map(|item| restored(item, parts));
            Value::list(items.collect::<Result<_>>()?, place)
        }
        Kind::Map(_) => {
            let entries = value.entries().unwrap_or_default().iter();
            let entries = entries.map(|(key, item)| {
                if key.contains(MARKS) {
                    return fault(value, "a key of the policy is known after the deploy only");
                }
                Ok((key.clone(), restored(item, parts)?))
            });
            Value::map(entries.collect::<Result<_>>()?, place)
        }
        _ => value.clone(),
    })
}

fn pieces(text: &str, parts: &[Value], value: &Value) -> Result<Value> {
    let mut found = Vec::new();
    for (at, piece) in text.split(MARKS).enumerate() {
        if at % 2 == 0 {
            if !piece.is_empty() {
                found.push(Value::text(piece, &value.place));
            }
            continue;
        }
        match piece.parse().ok().and_then(|at: usize| parts.get(at)) {
            Some(part) => found.push(part.clone()),
            None => return fault(value, "the policy is not understood"),
        }
    }
    Ok(match found.len() {
        0 => Value::text("", &value.place),
        1 => found.remove(0),
        _ => Value::new(Kind::Join(found.into()), &value.place),
    })
}
