//! Statements in the form in which they are judged: every policy of a template, of whatever kind, is a list of these.

use std::hash::{Hash, Hasher};

use super::condition::{How, Test};
use super::naming::Naming;
use super::tri::Tri;
use super::value::{Value, Wild};
use super::verb::Verb;
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

/// The actions of a statement: these, or all but these. Letters may be large or small:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Actions {
    pub(super) named: Vec<Action>,
    /// Whether these are left out.
    pub(super) all_but: bool,
}

/// An action that a statement names, or a pattern of actions.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// One of the table, by its position there.
    Known(usize, &'static Verb),
    /// Another one, or a pattern.
    Other {
        /// As it is written.
        written: Value,
        /// In small letters, as it is compared.
        lower: Value,
    },
}

impl Action {
    /// What is compared, in small letters.
    pub(super) fn lower(&self) -> &Value {
        match self {
            Self::Known(_, verb) => &verb.lower,
            Self::Other { lower, .. } => lower,
        }
    }

    /// Whether everything is meant.
    pub(super) fn is_everything(&self) -> bool {
        matches!(self, Self::Other { written, .. } if written.as_text() == Some("*"))
    }
}

impl From<&str> for Action {
    fn from(name: &str) -> Self {
        if let Some((at, verb)) = Verb::known(name) {
            return Self::Known(at, verb);
        }
        let written = Value::from(name);
        Self::Other {
            lower: written.lower(),
            written,
        }
    }
}

impl PartialEq for Action {
    /// Whether the same is named. What is written says all: the small letters follow from it.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one, _), Self::Known(other, _)) => one == other,
            (Self::Other { written, .. }, Self::Other { written: other, .. }) => written == other,
            _ => false,
        }
    }
}

impl Eq for Action {}

impl Hash for Action {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Known(at, _) => at.hash(state),
            Self::Other { written, .. } => written.hash(state),
        }
    }
}

impl Actions {
    /// These actions.
    pub(super) fn these(names: &[&str]) -> Self {
        Self {
            named: names.iter().map(|&name| name.into()).collect(),
            all_but: false,
        }
    }

    fn of(scope: &aws::Scope<String>) -> Self {
        let named = scope.named().iter();
        Self {
            named: named.map(|name| name.as_str().into()).collect(),
            all_but: matches!(scope, aws::Scope::AllBut(_)),
        }
    }

    /// Whether an action is among them, given in small letters.
    pub(super) fn has(&self, verb: &Value) -> Tri {
        let named = self.named.iter();
        let so = Tri::any(named.map(|action| action.lower().fits(verb, Wild::Glob)));
        if self.all_but { so.not() } else { so }
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
        Self {
            effect: statement.effect,
            whom: Whom::of(statement.principal.as_ref(), naming),
            actions: Actions::of(&statement.actions),
            resources: (!named_resources.is_empty())
                .then(|| Scope::of(&statement.resources, naming)),
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
        Self {
            effect: Decision::Allow,
            whom: match &permission.caller {
                Caller::Service(name) => Whom::These(vec![Named::Service(name.as_str().into())]),
                Caller::Principal(arn) => Whom::These(vec![Named::Aws(naming.value(arn))]),
                Caller::Everyone => Whom::Everyone,
            },
            actions: Actions::these(&[&permission.action]),
            resources: Some(Scope::These(vec![function.clone()])),
            tests: tests.collect(),
            number: 0,
            resource: at,
            part: None,
        }
    }
}

impl Scope {
    fn of(scope: &aws::Scope<Term>, naming: &Naming<'_>) -> Self {
        let named = scope.named().iter().map(|term| naming.value(term));
        let named = named.collect();
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
