//! Policies of IAM: JSON that is written by `jsonencode`, as a text, or by a data source.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::document;
use crate::cloud::Term;
use crate::cloud::aws::{Condition, Decision, Policy, Principal, Principals, Scope, Statement};
use crate::diag::Place;
use crate::read::terraform::context::{Context, Result, fault};
use crate::read::terraform::properties::{Properties, word};
use crate::read::terraform::tree::{Kind, Value};

/// A policy, and where its statements stand.
pub(super) type Found = (Policy, Vec<Place>);

/// The policy in an argument. Statements that are not understood are noted.
pub(super) fn policy(of: &mut Properties<'_, '_>, key: &'static str) -> Result<Found> {
    let Some(value) = of.take(key) else {
        return Err(of.missing(&format!("the policy in `{key}` is missing")));
    };
    if let Kind::Reference(reference) = &value.kind
        && let Some(instance) = of.context.tree.find(&reference.address)
        && &*instance.kind == "aws_iam_policy_document"
    {
        // Both give the same policy, with white space and without.
        return match &*reference.path {
            "json" | "minified_json" => Ok(document::policy(Properties::new(of.context, instance))),
            _ => fault(value, "the document has no such policy"),
        };
    }
    let parsed = document_of(value)?;
    let mut document = of.map(key, &parsed)?;
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
    // Policies of the older version, which counts when none is said, differ in that they have no variables:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    let version = document.maybe("Version", Context::text)?;
    let is_right = match version.as_deref() {
        Some("2012-10-17") => true,
        None | Some("2008-10-17") => !statements.iter().any(has_variables),
        Some(_) => false,
    };
    if !is_right {
        let why = "`Version` is not `2012-10-17`, and there is no place for anything else";
        document.unknown(why, document.place());
    }
    drop(document);
    Ok((Policy { statements }, places))
}

/// Whether a statement has something that is replaced when a request comes, as `${aws:username}`.
fn has_variables(statement: &Statement) -> bool {
    fn in_term(term: &Term) -> bool {
        match term {
            Term::Text(text) => text.contains("${"),
            Term::Join(parts) => parts.iter().any(in_term),
            _ => false,
        }
    }
    let values = statement.conditions.iter();
    let values = values.flat_map(|condition| &condition.values);
    let resources = statement.resources.named().iter();
    resources.chain(values).any(in_term)
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
    let effect = entries.need("Effect", effect)?;
    let these = entries.maybe("Principal", principal)?;
    let others = entries.maybe("NotPrincipal", others)?;
    if these.is_some() && others.is_some() {
        return Err(entries.missing(BOTH));
    }
    Ok(Statement {
        sid: entries.label("Sid"),
        effect,
        principal: these.or(others),
        actions: scope(entries, ["Action", "NotAction"], texts)?
            .ok_or_else(|| entries.missing("`Action` is missing"))?,
        resources: scope(entries, ["Resource", "NotResource"], Context::terms)?
            .unwrap_or_else(|| Vec::new().into()),
        conditions: entries.maybe("Condition", conditions)?.unwrap_or_default(),
    })
}

/// Why a statement that says what it is about and what it is not about is not read.
const BOTH: &str = "a statement says what it is about or what it is not about, and not both";

/// What is meant, or what is left out.
pub(super) fn scope<'t, T>(
    entries: &mut Properties<'_, 't>,
    [these, all_but]: [&str; 2],
    read: fn(&Context<'t>, &Value) -> Result<Vec<T>>,
) -> Result<Option<Scope<T>>> {
    // A plan has an empty list for what nobody wrote.
    let these = entries.maybe(these, read)?;
    let others = entries
        .maybe(all_but, read)?
        .filter(|others| !others.is_empty());
    match (these, others) {
        (Some(these), None) => Ok(Some(Scope::These(these))),
        (None, Some(others)) => Ok(Some(Scope::AllBut(others))),
        (None, None) => Ok(None),
        (Some(these), Some(others)) if these.is_empty() => Ok(Some(Scope::AllBut(others))),
        (Some(_), Some(_)) => Err(entries.missing(BOTH)),
    }
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
    if value.entries().is_none() {
        let terms = context.terms(value)?;
        return if is_everyone(&terms) {
            Ok(Principal::Everyone)
        } else {
            fault(value, "the principal is not understood")
        };
    }
    Ok(meant(principals(context, value)?))
}

fn others(context: &Context<'_>, value: &Value) -> Result<Principal> {
    principals(context, value).map(Principal::AllBut)
}

fn principals(context: &Context<'_>, value: &Value) -> Result<Principals> {
    let mut found = Principals::default();
    for (sort, whom) in value.entries().unwrap_or_default() {
        let terms = context.terms(whom)?;
        match list_of(&mut found, sort) {
            Some(list) => list.extend(terms),
            None => return fault(whom, "principals of this sort are not known"),
        }
    }
    Ok(found)
}

/// The list for principals of a sort.
pub(super) fn list_of<'p>(all: &'p mut Principals, sort: &str) -> Option<&'p mut Vec<Term>> {
    Some(match sort {
        "AWS" => &mut all.aws,
        "Service" => &mut all.services,
        "Federated" => &mut all.federated,
        "CanonicalUser" => &mut all.canonical,
        _ => return None,
    })
}

/// Principals that a statement is about. `*` alone is everyone:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous>.
pub(super) fn meant(principals: Principals) -> Principal {
    let only_aws = principals.services.is_empty()
        && principals.federated.is_empty()
        && principals.canonical.is_empty();
    if only_aws && is_everyone(&principals.aws) {
        Principal::Everyone
    } else {
        Principal::These(principals)
    }
}

fn is_everyone(terms: &[Term]) -> bool {
    matches!(terms, [one] if *one == "*".into())
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
