//! Policies of IAM: JSON that is written by `jsonencode`, as a text, or by a data source.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::document;
use crate::cloud::Term;
use crate::cloud::aws::{Condition, Decision, Policy, Principal, Statement};
use crate::diag::Place;
use crate::read::terraform::context::{Context, Fault, Result, fault};
use crate::read::terraform::properties::{Properties, word};
use crate::read::terraform::tree::{Kind, Value};

/// A policy, and where its statements stand.
pub(super) type Found = (Policy, Vec<Place>);

/// The policy in an argument. Statements that are not understood are noted.
pub(super) fn policy(of: &mut Properties<'_, '_>, key: &str) -> Result<Found> {
    let Some(value) = of.take(key) else {
        return Err(of.missing(&format!("the policy in `{key}` is missing")));
    };
    if let Kind::Reference(reference) = &value.kind
        && let Some(instance) = of.context.tree.find(&reference.address)
        && &*instance.kind == "aws_iam_policy_document"
    {
        // Both give the same policy, with white space and without.
        return match &*reference.path {
            "json" | "minified_json" => document::policy(Properties::new(of.context, instance)),
            _ => fault(value, "the document has no such policy"),
        };
    }
    let parsed = document_of(value)?;
    let mut document = of.map(key, &parsed)?;
    // Policies of the older version have no variables:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    document.fixed("Version", "2012-10-17", false);
    document.ignore(&["Id"]);
    if !document.has("Statement") {
        document.unknown("`Statement` is missing", document.place());
    }
    let (mut statements, mut places) = (Vec::new(), Vec::new());
    for mut entries in document.blocks("Statement") {
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
    drop(document);
    Ok((Policy { statements }, places))
}

/// The map that a policy is.
fn document_of(value: &Value) -> Result<Value> {
    match &value.kind {
        Kind::Json(inner) => Ok((**inner).clone()),
        Kind::Text(_) | Kind::Join(_) => document::from_text(value),
        Kind::Map(_) => Ok(value.clone()),
        Kind::File(path) => fault(value, format!("the file `{path}` is not read")),
        Kind::Unknown(why) => fault(value, why.to_string()),
        _ => fault(value, "the policy is known after the deploy only"),
    }
}

fn statement(entries: &mut Properties<'_, '_>) -> Result<Statement> {
    let place = entries.place().clone();
    let effect = entries.need("Effect", effect)?;
    for key in ["NotAction", "NotResource", "NotPrincipal"] {
        if entries.take(key).is_some() {
            return Err(Fault {
                why: format!("a statement with `{key}` has no place here"),
                place,
            });
        }
    }
    Ok(Statement {
        sid: entries.label("Sid"),
        effect,
        principal: entries.maybe("Principal", principal)?,
        actions: entries.need("Action", texts)?,
        resources: entries
            .maybe("Resource", Context::terms)?
            .unwrap_or_default(),
        conditions: entries
            .maybe("Condition", conditions)?
            .unwrap_or_default(),
    })
}

pub(super) fn effect(context: &Context<'_>, value: &Value) -> Result<Decision> {
    let words = [("Allow", Decision::Allow), ("Deny", Decision::Deny)];
    word(context, value, &words)
}

pub(super) fn texts(context: &Context<'_>, value: &Value) -> Result<Vec<String>> {
    let items = context.list(value).into_iter();
    items.map(|item| context.text(item)).collect()
}

fn principal(context: &Context<'_>, value: &Value) -> Result<Principal> {
    let Some(entries) = value.entries() else {
        let terms = context.terms(value)?;
        return if is_everyone(&terms) {
            Ok(Principal::Everyone)
        } else {
            fault(value, "the principal is not understood")
        };
    };
    match entries {
        [(kind, whom)] => principal_of(context, kind, whom),
        _ => fault(value, "principals of several sorts have no place here"),
    }
}

fn is_everyone(terms: &[Term]) -> bool {
    matches!(terms, [one] if *one == "*".into())
}

/// Principals of one sort: `AWS` or `Service`.
pub(super) fn principal_of(context: &Context<'_>, kind: &str, whom: &Value) -> Result<Principal> {
    match kind {
        "AWS" | "*" => {
            let arns = context.terms(whom)?;
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
            Ok(if is_everyone(&arns) {
                Principal::Everyone
            } else {
                Principal::Aws(arns)
            })
        }
        "Service" => match texts(context, whom)?.as_slice() {
            [one] => Ok(Principal::Service(one.clone())),
            _ => fault(whom, "a statement has a place for one service only"),
        },
        _ => fault(whom, "principals of this sort have no place here"),
    }
}

fn conditions(context: &Context<'_>, value: &Value) -> Result<Vec<Condition>> {
    let mut found = Vec::new();
    let Some(operators) = value.entries() else {
        return fault(value, "a map of conditions belongs here");
    };
    for (operator, keys) in operators {
        let Some(keys) = keys.entries() else {
            return fault(keys, "a map of keys belongs here");
        };
        for (key, values) in keys {
            found.push(Condition {
                operator: operator.to_string().into(),
                key: key.to_string().into(),
                values: context.terms(values)?,
            });
        }
    }
    Ok(found)
}
