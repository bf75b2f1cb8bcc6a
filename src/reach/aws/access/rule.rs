//! Statements in the form in which they are judged: every policy of a template, of whatever kind, is a list of these.

use std::hash::{Hash, Hasher};

use super::condition::{How, Test};
use super::naming::Naming;
use super::tri::Tri;
use super::value::{Value, Wild};
use crate::cloud::aws::{self, Caller, Decision, Permission, Principal, Principals, Statement};
use crate::cloud::{Part, Term};

/// What a statement names: these, or all but these.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Scope {
    /// These patterns.
    These(Vec<Value>),
    /// Whatever fits none of these.
    AllBut(Vec<Value>),
}

/// The actions of a statement. Letters may be large or small:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Actions {
    /// As they are written.
    pub(super) written: Scope,
    /// In small letters, as they are compared.
    lower: Scope,
}

impl Hash for Actions {
    /// What is written says all: the small letters follow from it.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.written.hash(state);
    }
}

impl From<Scope> for Actions {
    fn from(written: Scope) -> Self {
        Self {
            lower: written.lower(),
            written,
        }
    }
}

/// Whom a statement is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Whom {
    /// Whoever has the policy.
    Holder,
    /// Everyone, with an identity or without.
    Everyone,
    /// These.
    These(Vec<Named>),
    /// All but these.
    AllBut(Vec<Named>),
}

/// A principal that a statement names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Named {
    /// An ARN, an account, or `*`.
    Aws(Value),
    /// A service.
    Service(Value),
}

/// A statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Rule {
    /// What it does.
    pub(super) effect: Decision,
    /// Whom it is about.
    pub(super) whom: Whom,
    /// The actions.
    pub(super) actions: Actions,
    /// The resources; nothing where the policy belongs to the one resource that it is about.
    pub(super) resources: Option<Scope>,
    /// What else must hold.
    pub(super) tests: Vec<Test>,
    /// Its number among all rules.
    pub(super) number: usize,
    /// The position of its resource in what was read.
    pub(super) resource: usize,
    /// The part of the resource.
    pub(super) part: Option<Part>,
}

impl Rule {
    /// A statement of the policy of the resource at `resource`.
    pub(super) fn of(
        statement: &Statement,
        naming: &Naming<'_>,
        at: (usize, Option<Part>),
    ) -> Self {
        let named_resources = statement.resources.named();
        let actions = Scope::of(&statement.actions, |action| action.as_str().into());
        Self {
            effect: statement.effect,
            whom: Whom::of(statement.principal.as_ref(), naming),
            actions: actions.into(),
            resources: (!named_resources.is_empty())
                .then(|| Scope::of(&statement.resources, |term| naming.value(term))),
            tests: statement
                .conditions
                .iter()
                .map(|condition| Test::of(condition, naming))
                .collect(),
            number: 0,
            resource: at.0,
            part: at.1,
        }
    }

    /// A permission of a function, which is a statement of its policy:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.
    pub(super) fn of_permission(
        permission: &Permission,
        function: &Value,
        naming: &Naming<'_>,
        at: usize,
    ) -> Self {
        let keys = [
            (How::Arn, "aws:sourcearn", &permission.source),
            (How::Text, "aws:sourceaccount", &permission.source_account),
            (How::Text, "aws:principalorgid", &permission.organization),
        ];
        let tests = keys.into_iter().filter_map(|(how, key, value)| {
            let value = naming.value(value.as_ref()?);
            Some(Test::that(how, key, value))
        });
        let actions = Scope::These(vec![permission.action.as_str().into()]);
        Self {
            effect: Decision::Allow,
            whom: match &permission.caller {
                Caller::Service(name) => Whom::These(vec![Named::Service(name.as_str().into())]),
                Caller::Principal(arn) => Whom::These(vec![Named::Aws(naming.value(arn))]),
                Caller::Everyone => Whom::Everyone,
            },
            actions: actions.into(),
            resources: Some(Scope::These(vec![function.clone()])),
            tests: tests.collect(),
            number: 0,
            resource: at,
            part: None,
        }
    }
}

impl Actions {
    /// Them in small letters, as they are compared.
    pub(super) fn lower(&self) -> &Scope {
        &self.lower
    }

    /// Whether an action is among them, given in small letters.
    pub(super) fn has(&self, verb: &Value) -> Tri {
        self.lower.has(|pattern| pattern.fits(verb, Wild::Glob))
    }
}

impl Scope {
    fn of<T>(scope: &aws::Scope<T>, value: impl Fn(&T) -> Value) -> Self {
        let named = scope.named().iter().map(value).collect();
        match scope {
            aws::Scope::These(_) => Self::These(named),
            aws::Scope::AllBut(_) => Self::AllBut(named),
        }
    }

    /// Whether something is meant that `fits` those patterns.
    pub(super) fn has(&self, fits: impl Fn(&Value) -> Tri) -> Tri {
        match self {
            Self::These(patterns) => Tri::any(patterns.iter().map(fits)),
            Self::AllBut(patterns) => Tri::any(patterns.iter().map(fits)).not(),
        }
    }

    /// The same in small letters.
    fn lower(&self) -> Self {
        let lower = |named: &[Value]| named.iter().map(Value::lower).collect();
        match self {
            Self::These(named) => Self::These(lower(named)),
            Self::AllBut(named) => Self::AllBut(lower(named)),
        }
    }

    /// What is named, whether it is meant or left out.
    pub(super) fn named(&self) -> &[Value] {
        match self {
            Self::These(named) | Self::AllBut(named) => named,
        }
    }
}

impl Whom {
    fn of(principal: Option<&Principal>, naming: &Naming<'_>) -> Self {
        let named = |principals: &Principals| {
            let value = |term: &Term| naming.value(term);
            let aws = principals.aws.iter().map(value).map(Named::Aws);
            let services = principals.services.iter().map(value).map(Named::Service);
            let others = principals.federated.iter().chain(&principals.canonical);
            aws.chain(services)
                .chain(others.map(value).map(Named::Aws))
                .collect()
        };
        match principal {
            None => Self::Holder,
            Some(Principal::Everyone) => Self::Everyone,
            Some(Principal::These(these)) => Self::These(named(these)),
            Some(Principal::AllBut(others)) => Self::AllBut(named(others)),
        }
    }

    /// The principals that are named, whether they are meant or left out.
    pub(super) fn named(&self) -> &[Named] {
        match self {
            Self::These(named) | Self::AllBut(named) => named,
            Self::Holder | Self::Everyone => &[],
        }
    }
}
