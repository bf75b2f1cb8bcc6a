//! IAM policies, as they stand in roles, buckets, topics and endpoints.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::cloud::Term;

/// A policy document. It is written in IAM's own words, so that every format writes the same document.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its name in the policy: letters and digits.
    pub sid: String,
    /// What it does when everything fits.
    pub effect: Decision,
    /// Whom it is about, in a policy of a resource.
    pub principal: Option<Principal>,
    /// The actions, with `*` for any characters.
    pub actions: Scope<String>,
    /// The resources; a role's trust has none.
    pub resources: Scope<Term>,
    /// What else must hold: all of them.
    pub conditions: Vec<Condition>,
}

/// What a [`Statement`] does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Decision {
    /// Allows, unless another statement denies.
    Allow,
    /// Denies, whatever other statements allow.
    Deny,
}

/// What a [`Statement`] is about, or what it is not about: `Action` and `NotAction`, `Resource` and `NotResource`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope<T> {
    /// These.
    These(Vec<T>),
    /// All but these.
    AllBut(Vec<T>),
}

impl<T> Scope<T> {
    /// What is named, whether it is meant or left out.
    #[must_use]
    pub fn named(&self) -> &[T] {
        match self {
            Self::These(named) | Self::AllBut(named) => named,
        }
    }
}

impl<T> From<Vec<T>> for Scope<T> {
    fn from(these: Vec<T>) -> Self {
        Self::These(these)
    }
}

/// Whom a [`Statement`] is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Principal {
    /// Everyone, with or without an identity.
    Everyone,
    /// These.
    These(Principals),
    /// All but these: `NotPrincipal`.
    AllBut(Principals),
}

impl Principal {
    /// Principals of IAM by their ARNs.
    #[must_use]
    pub fn aws(arns: Vec<Term>) -> Self {
        Self::These(Principals {
            aws: arns,
            ..Principals::default()
        })
    }

    /// A service of AWS.
    #[must_use]
    pub fn service(name: impl Into<Term>) -> Self {
        Self::These(Principals {
            services: vec![name.into()],
            ..Principals::default()
        })
    }
}

/// Principals by their sorts:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Principals {
    /// Principals of IAM by their ARNs, or accounts by their numbers. `*` is everyone.
    pub aws: Vec<Term>,
    /// Services of AWS, as in `lambda.amazonaws.com`.
    pub services: Vec<Term>,
    /// Users of other identity providers.
    pub federated: Vec<Term>,
    /// Accounts by the names that S3 has for them.
    pub canonical: Vec<Term>,
}

/// A condition: it holds when the request's `key` fits one of `values` (or, for an operator with `Not`, none of them).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// The operator, as in `ArnNotLike`.
    pub operator: Cow<'static, str>,
    /// The key of the request, as in `aws:SourceIp`.
    pub key: Cow<'static, str>,
    /// The values. One alone may be a parameter that holds a list.
    pub values: Vec<Term>,
}

impl Condition {
    /// A condition with one value.
    #[must_use]
    pub fn one(operator: &'static str, key: &'static str, value: impl Into<Term>) -> Self {
        Self {
            operator: operator.into(),
            key: key.into(),
            values: vec![value.into()],
        }
    }
}

impl Statement {
    /// What a role may do.
    #[must_use]
    pub fn allow(sid: impl Into<String>, actions: &[&str], resources: Vec<Term>) -> Self {
        Self {
            sid: sid.into(),
            effect: Decision::Allow,
            principal: None,
            actions: Scope::These(actions.iter().map(|&action| action.into()).collect()),
            resources: resources.into(),
            conditions: Vec::new(),
        }
    }

    /// What a resource refuses to everyone for whom the conditions hold.
    #[must_use]
    pub fn deny(sid: impl Into<String>, actions: &[&str], resources: Vec<Term>) -> Self {
        Self {
            effect: Decision::Deny,
            ..Self::allow(sid, actions, resources).to(Principal::Everyone)
        }
    }

    /// The same statement about `principal`.
    #[must_use]
    pub fn to(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// The same statement with one more condition.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        // The newest version of the language, not a date of ours:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
        map.serialize_entry("Version", "2012-10-17")?;
        map.serialize_entry("Statement", &self.statements)?;
        map.end()
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Sid", &self.sid)?;
        map.serialize_entry("Effect", &self.effect)?;
        match &self.principal {
            Some(Principal::Everyone) => map.serialize_entry("Principal", "*")?,
            Some(Principal::These(these)) => map.serialize_entry("Principal", these)?,
            Some(Principal::AllBut(others)) => map.serialize_entry("NotPrincipal", others)?,
            None => {}
        }
        scope(&mut map, ["Action", "NotAction"], &self.actions)?;
        scope(&mut map, ["Resource", "NotResource"], &self.resources)?;
        if !self.conditions.is_empty() {
            map.serialize_entry("Condition", &Conditions(&self.conditions))?;
        }
        map.end()
    }
}

impl Serialize for Principals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sorts = [
            ("AWS", &self.aws),
            ("Service", &self.services),
            ("Federated", &self.federated),
            ("CanonicalUser", &self.canonical),
        ];
        let named = sorts.into_iter().filter(|(_, names)| !names.is_empty());
        serializer.collect_map(named.map(|(sort, names)| (sort, OneOrMany(names))))
    }
}

/// Writes a scope under the first key, or under the second when it says what is left out.
fn scope<M: SerializeMap, T: Serialize>(
    map: &mut M,
    [these, all_but]: [&str; 2],
    scope: &Scope<T>,
) -> Result<(), M::Error> {
    match scope {
        Scope::These(named) if named.is_empty() => Ok(()),
        Scope::These(named) => map.serialize_entry(these, &OneOrMany(named)),
        Scope::AllBut(named) => map.serialize_entry(all_but, &OneOrMany(named)),
    }
}

/// IAM takes one value without a list, and that is how people write it. It is also what lets one parameter be the list.
struct OneOrMany<'a, T>(&'a [T]);

impl<T: Serialize> Serialize for OneOrMany<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

/// Conditions by operator and then by key, which is how IAM wants them.
struct Conditions<'a>(&'a [Condition]);

impl Serialize for Conditions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let operators = firsts(self.0.iter().map(|condition| &*condition.operator));
        serializer.collect_map(operators.map(|operator| (operator, Keys(self.0, operator))))
    }
}

/// Those of the conditions that have this operator, by key.
struct Keys<'a>(&'a [Condition], &'a str);

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(all, operator) = *self;
        let own = || all.iter().filter(move |it| it.operator == operator);
        // Of two conditions with the same key, the last one counts.
        let last = |key: &str| {
            own()
                .rfind(|it| it.key == key)
                .map(|it| OneOrMany(&it.values))
        };
        let keys = firsts(own().map(|it| &*it.key));
        serializer.collect_map(keys.map(|key| (key, last(key))))
    }
}

/// Each text once, where it stands first. There are never more than a few.
fn firsts<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> impl Iterator<Item = &'a str> {
    let all = texts.clone();
    let seen = move |at: usize, text: &str| all.clone().take(at).any(|other| other == text);
    let texts = texts.enumerate();
    texts.filter_map(move |(at, text)| (!seen(at, text)).then_some(text))
}
