//! IAM policies, as they stand in roles, buckets, topics and endpoints.

use std::borrow::Cow;

use indexmap::IndexMap;
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
    pub actions: Vec<String>,
    /// The resources; a role's trust has none.
    pub resources: Vec<Term>,
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

/// Whom a [`Statement`] is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Principal {
    /// Everyone, with or without an identity.
    Everyone,
    /// IAM principals by their ARNs.
    Aws(Vec<Term>),
    /// A service of AWS, as in `lambda.amazonaws.com`.
    Service(String),
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
            actions: actions.iter().map(|&action| action.into()).collect(),
            resources,
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
        if let Some(principal) = &self.principal {
            map.serialize_entry("Principal", principal)?;
        }
        map.serialize_entry("Action", &OneOrMany(&self.actions))?;
        if !self.resources.is_empty() {
            map.serialize_entry("Resource", &OneOrMany(&self.resources))?;
        }
        if !self.conditions.is_empty() {
            map.serialize_entry("Condition", &Conditions(&self.conditions))?;
        }
        map.end()
    }
}

impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match self {
            Self::Everyone => return serializer.serialize_str("*"),
            _ => serializer.serialize_map(Some(1))?,
        };
        match self {
            Self::Aws(arns) => map.serialize_entry("AWS", &OneOrMany(arns))?,
            Self::Service(name) => map.serialize_entry("Service", name)?,
            Self::Everyone => {}
        }
        map.end()
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
        let mut by_operator: IndexMap<&str, IndexMap<&str, OneOrMany<'_, Term>>> = IndexMap::new();
        for condition in self.0 {
            by_operator
                .entry(&*condition.operator)
                .or_default()
                .insert(&*condition.key, OneOrMany(&condition.values));
        }
        by_operator.serialize(serializer)
    }
}
