//! Statements in the form in which they are judged: every policy of a template, of whatever kind, is a list of these.

use super::condition::Test;
use super::naming::Naming;
use super::tri::Tri;
use super::value::{Value, Wild};
use crate::cloud::Part;
use crate::cloud::aws::{Decision, Principal, Statement};

/// What a statement names: these, or all but these.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    /// These patterns.
    These(Vec<Value>),
    /// Whatever fits none of these.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "no reader has a place for `NotAction` yet")
    )]
    AllBut(Vec<Value>),
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
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "no reader has a place for `NotPrincipal` yet")
    )]
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
    pub(super) actions: Scope,
    /// The resources; nothing where the policy belongs to the one resource that it is about.
    pub(super) resources: Option<Scope>,
    /// What else must hold.
    pub(super) tests: Vec<Test>,
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
        let resources = statement.resources.iter().map(|term| naming.value(term));
        Self {
            effect: statement.effect,
            whom: match &statement.principal {
                None => Whom::Holder,
                Some(Principal::Everyone) => Whom::Everyone,
                Some(Principal::Aws(arns)) => Whom::These(
                    arns.iter()
                        .map(|arn| Named::Aws(naming.value(arn)))
                        .collect(),
                ),
                Some(Principal::Service(name)) => {
                    Whom::These(vec![Named::Service(name.as_str().into())])
                }
            },
            actions: Scope::These(
                statement
                    .actions
                    .iter()
                    .map(|action| action.as_str().into())
                    .collect(),
            ),
            resources: (!statement.resources.is_empty()).then(|| Scope::These(resources.collect())),
            tests: statement
                .conditions
                .iter()
                .map(|condition| Test::of(condition, naming))
                .collect(),
            resource: at.0,
            part: at.1,
        }
    }

    /// Whether it is about an action. Letters may be large or small:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>.
    pub(super) fn is_about_action(&self, verb: &Value) -> Tri {
        let verb = verb.lower();
        self.actions
            .has(|pattern| pattern.lower().fits(&verb, Wild::Glob))
    }

    /// Whether it is about a resource.
    pub(super) fn is_about_resource(&self, arn: &Value) -> Tri {
        let resources = self.resources.as_ref();
        resources.map_or(Tri::Yes, |scope| {
            scope.has(|pattern| pattern.fits(arn, Wild::Glob))
        })
    }
}

impl Scope {
    fn has(&self, fits: impl Fn(&Value) -> Tri) -> Tri {
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
    /// The principals that are named, whether they are meant or left out.
    pub(super) fn named(&self) -> &[Named] {
        match self {
            Self::These(named) | Self::AllBut(named) => named,
            Self::Holder | Self::Everyone => &[],
        }
    }
}
