//! Policies of IAM.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::properties::{Properties, word};
use super::value::{Context, Fault, Result, fault};
use crate::cloud::aws::{Condition, Decision, Policy, Principal, Statement};
use crate::diag::Place;
use crate::yaml::{Kind, Node};

/// A policy, and where its statements stand.
pub(super) type Found = (Policy, Vec<Place>);

/// The policy in a property. Statements that are not understood are noted.
pub(super) fn policy(of: &mut Properties<'_, '_>, key: &str) -> Result<Found> {
    let Some(mut document) = of.inside(key) else {
        return Err(Fault {
            why: format!("the policy in `{key}` is missing or not understood"),
            place: of.place().clone(),
        });
    };
    // Policies of the older version have no variables:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    document.fixed("Version", "2012-10-17", false);
    document.ignore(&["Id"]);
    if !document.has("Statement") {
        document.unknown("`Statement` is missing", document.place());
    }
    let (mut statements, mut places) = (Vec::new(), Vec::new());
    for mut entries in document.list("Statement") {
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
    Ok((Policy { statements }, places))
}

fn statement(entries: &mut Properties<'_, '_>) -> Result<Statement> {
    let place = entries.place();
    let effect = entries.need("Effect", |context, node| {
        word(
            context,
            node,
            &[("Allow", Decision::Allow), ("Deny", Decision::Deny)],
        )
    })?;
    let not_read = ["NotAction", "NotResource", "NotPrincipal"];
    for key in not_read {
        if entries.take(key).is_some() {
            return Err(Fault {
                why: format!("a statement with `{key}` has no place here"),
                place: place.clone(),
            });
        }
    }
    let sid = entries.label("Sid");
    let principal = match entries.take("Principal") {
        Some(node) => Some(self::principal(entries.context, node)?),
        None => None,
    };
    let conditions = match entries.take("Condition") {
        Some(node) => self::conditions(entries.context, node)?,
        None => Vec::new(),
    };
    Ok(Statement {
        sid,
        effect,
        principal,
        actions: entries.need("Action", texts)?.into(),
        resources: entries
            .maybe("Resource", Context::terms)?
            .unwrap_or_default()
            .into(),
        conditions,
    })
}

fn texts<'t>(context: &Context<'t>, node: &'t Node) -> Result<Vec<String>> {
    let terms = context.terms(node)?;
    let known = terms.iter().map(|term| context.known(term)).collect();
    match known {
        Some(texts) => Ok(texts),
        None => fault(node, "the actions are known after the deploy only"),
    }
}

fn principal<'t>(context: &Context<'t>, node: &'t Node) -> Result<Principal> {
    let everyone = |texts: &[crate::cloud::Term]| matches!(texts, [one] if *one == "*".into());
    let Ok(Some(map)) = context.map(node) else {
        let terms = context.terms(node)?;
        return if everyone(&terms) {
            Ok(Principal::Everyone)
        } else {
            fault(node, "the principal is not understood")
        };
    };
    let Kind::Map(entries) = &map.kind else {
        return fault(node, "the principal is not understood");
    };
    match entries.as_slice() {
        [(key, arns)] if key.text == "AWS" => {
            let arns = context.terms(arns)?;
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
            Ok(if everyone(&arns) {
                Principal::Everyone
            } else {
                Principal::aws(arns)
            })
        }
        [(key, service)] if key.text == "Service" => match texts(context, service)?.as_slice() {
            [one] => Ok(Principal::service(one.clone())),
            _ => fault(service, "a statement has a place for one service only"),
        },
        _ => fault(node, "principals of this sort have no place here"),
    }
}

fn conditions<'t>(context: &Context<'t>, node: &'t Node) -> Result<Vec<Condition>> {
    let mut found = Vec::new();
    let Some(Node {
        kind: Kind::Map(operators),
        ..
    }) = context.map(node)?
    else {
        return Ok(found);
    };
    for (operator, keys) in operators {
        let Some(Node {
            kind: Kind::Map(keys),
            ..
        }) = context.map(keys)?
        else {
            continue;
        };
        for (key, values) in keys {
            found.push(Condition {
                operator: operator.text.clone().into(),
                key: key.text.clone().into(),
                values: context.terms(values)?,
            });
        }
    }
    Ok(found)
}
