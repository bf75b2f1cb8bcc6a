//! Policies of IAM.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::properties::{Properties, word};
use super::value::{Context, Fault, Result, fault};
use crate::cloud::Term;
use crate::cloud::aws::{Condition, Decision, Policy, Principal, Principals, Scope, Statement};
use crate::diag::Place;
use crate::yaml::{Kind, Node};

/// A policy, and where its statements stand.
pub(super) type Found = (Policy, Vec<Place>);

/// The older version of the language, written or not.
const OLDER: [Option<&str>; 2] = [Some("2008-10-17"), None];

/// The policy in a property. Statements that are not understood are noted.
pub(super) fn policy(of: &mut Properties<'_, '_>, key: &'static str) -> Result<Found> {
    let Some(mut document) = of.inside(key) else {
        return Err(Fault {
            why: format!("the policy in `{key}` is missing or not understood"),
            place: of.place().clone(),
        });
    };
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
    // Policies of the older version, which counts when none is said, differ in that they have no variables:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    if OLDER.contains(&document.peek("Version")) && !statements.iter().any(has_variables) {
        document.ignore(&["Version"]);
    } else {
        document.fixed("Version", "2012-10-17", false);
    }
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
    let conditions = statement.conditions.iter();
    let values = conditions.flat_map(|condition| &condition.values);
    statement
        .resources
        .named()
        .iter()
        .chain(values)
        .any(in_term)
}

fn statement(entries: &mut Properties<'_, '_>) -> Result<Statement> {
    let effect = entries.need("Effect", |context, node| {
        word(
            context,
            node,
            &[("Allow", Decision::Allow), ("Deny", Decision::Deny)],
        )
    })?;
    let sid = entries.label("Sid");
    let principal = match (entries.take("Principal"), entries.take("NotPrincipal")) {
        (Some(node), None) => Some(self::principal(entries.context, node)?),
        (None, Some(node)) => Some(all_but(entries.context, node)?),
        (None, None) => None,
        (Some(_), Some(_)) => return Err(entries.missing(BOTH)),
    };
    let conditions = match entries.take("Condition") {
        Some(node) => self::conditions(entries.context, node)?,
        None => Vec::new(),
    };
    Ok(Statement {
        sid,
        effect,
        principal,
        actions: scope(entries, ["Action", "NotAction"], texts)?
            .ok_or_else(|| entries.missing("`Action` is missing"))?,
        resources: scope(entries, ["Resource", "NotResource"], Context::terms)?
            .unwrap_or_else(|| Scope::These(Vec::new())),
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

const BOTH: &str = "a statement says what it is about or what it is not about, never both";

/// What a statement is about, or what it is not about.
fn scope<'t, T>(
    entries: &mut Properties<'_, 't>,
    [these, all_but]: [&str; 2],
    read: fn(&Context<'t>, &'t Node) -> Result<Vec<T>>,
) -> Result<Option<Scope<T>>> {
    match (entries.maybe(these, read)?, entries.maybe(all_but, read)?) {
        (Some(these), None) => Ok(Some(Scope::These(these))),
        (None, Some(others)) => Ok(Some(Scope::AllBut(others))),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(entries.missing(BOTH)),
    }
}

fn principal<'t>(context: &Context<'t>, node: &'t Node) -> Result<Principal> {
    let found = principals(context, node)?;
    let others = [&found.services, &found.federated, &found.canonical];
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    if found.aws.contains(&"*".into()) && others.iter().all(|names| names.is_empty()) {
        return Ok(Principal::Everyone);
    }
    Ok(Principal::These(found))
}

fn all_but<'t>(context: &Context<'t>, node: &'t Node) -> Result<Principal> {
    principals(context, node).map(Principal::AllBut)
}

/// Principals by their sorts. A text alone can only be everyone.
fn principals<'t>(context: &Context<'t>, node: &'t Node) -> Result<Principals> {
    let Ok(Some(map)) = context.map(node) else {
        return match context.terms(node)?.as_slice() {
            [one] if *one == "*".into() => Ok(Principals {
                aws: vec!["*".into()],
                ..Principals::default()
            }),
            _ => fault(node, "the principal is not understood"),
        };
    };
    let mut found = Principals::default();
    let Kind::Map(entries) = &map.kind else {
        return fault(node, "the principal is not understood");
    };
    for (key, names) in entries {
        let sort = match key.text.as_str() {
            "AWS" => &mut found.aws,
            "Service" => &mut found.services,
            "Federated" => &mut found.federated,
            "CanonicalUser" => &mut found.canonical,
            _ => return fault(node, "principals of this sort are not known"),
        };
        sort.extend(context.terms(names)?);
    }
    Ok(found)
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
                operator: operator.text.as_str().to_owned().into(),
                key: key.text.as_str().to_owned().into(),
                values: context.terms(values)?,
            });
        }
    }
    Ok(found)
}
