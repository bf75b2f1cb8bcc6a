//! Whether one request is allowed.
//!
//! The order is that of IAM: an explicit deny anywhere refuses; then somebody must allow; and an endpoint on the way must
//! allow as well.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
//!
//! A condition says the same of a value in whatever request it is. What each says of each value is therefore worked out once,
//! and a request is a choice among the answers.

use std::collections::BTreeSet;
use std::ops::Range;

use super::case::{Case, Fit};
use super::condition::{Fact, Test};
use super::model::Standing;
use super::origin::Origin;
use super::region::Dimension;
use super::tri::Tri;
use super::who::{Meant, Who};
use crate::cloud::Part;
use crate::cloud::aws::Decision;
use crate::reach::grant::Basis;

/// A case, with the answers of its conditions to everything that it leaves open.
pub(super) struct Hearing<'c> {
    case: &'c Case<'c>,
    identity: Vec<Heard<'c>>,
    boundary: Option<Vec<Heard<'c>>>,
    resource: Vec<Heard<'c>>,
    /// The rules of the endpoint by which each origin comes; nothing where it comes by none of the template's.
    passing: Vec<Option<Vec<Heard<'c>>>>,
    /// What the conditions of all these rules say.
    answers: Vec<Answers>,
}

/// A rule that may hold in some request.
struct Heard<'c> {
    fit: &'c Fit<'c>,
    /// Whether it is about the case, as far as no request decides it.
    about: Tri,
    /// Where what its conditions say stands among all answers.
    answers: Range<usize>,
}

/// What a condition says of everything that a request may say.
struct Answers {
    of: Asked,
    to: Vec<Tri>,
}

/// What a condition is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// Where the request comes from.
    Origin,
    /// The dimension at this position.
    Dimension(usize),
}

/// What is left open in a [`Case`], by positions: the origin, and the value in each dimension.
pub(super) struct Request {
    pub(super) origin: usize,
    pub(super) values: Vec<usize>,
}

/// That a request is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Verdict {
    pub(super) basis: Basis,
    pub(super) certain: bool,
}

/// The statements that allow a request.
pub(super) type Reasons = BTreeSet<(usize, Option<Part>)>;

impl<'c> Hearing<'c> {
    /// Asks the conditions of every rule about all that a request may say.
    pub(super) fn new(case: &'c Case<'c>, origins: &[Origin], dimensions: &[Dimension]) -> Self {
        let mut answers = Vec::new();
        let mut hear = |fits: &'c [Fit<'c>]| -> Vec<Heard<'c>> {
            let who = case.asker.who;
            let heard = fits.iter();
            heard
                .filter_map(|fit| Heard::new(fit, who, origins, dimensions, &mut answers))
                .collect()
        };
        let passing = origins.iter().map(|origin| {
            let Origin::Endpoint(gate) = origin else {
                return None;
            };
            let mut endpoints = case.endpoints.iter();
            let own = endpoints.find(|(endpoint, _)| endpoint.gate.id == gate.id);
            own.map(|(_, fits)| hear(fits))
        });
        Self {
            case,
            passing: passing.collect(),
            identity: hear(&case.identity),
            resource: hear(&case.resource),
            boundary: case.boundary.as_deref().map(hear),
            answers,
        }
    }

    /// A number for each of `count` values that a request may say: values with the same number have the same answers.
    pub(super) fn alike(&self, asked: Asked, count: usize) -> Vec<usize> {
        if count < 2 {
            return (0..count).collect();
        }
        let own_way =
            |at: usize| asked == Asked::Origin && self.passing.get(at).is_some_and(Option::is_some);
        let same = |one: usize, other: usize| {
            let mut answers = self.answers.iter().filter(|it| it.of == asked);
            !own_way(one) && !own_way(other) && answers.all(|it| it.to.get(one) == it.to.get(other))
        };
        (0..count)
            .map(|at| (0..at).find(|&before| same(before, at)).unwrap_or(at))
            .collect()
    }

    /// Whether a request is allowed, and by what.
    pub(super) fn judge(&self, request: &Request) -> Option<(Verdict, Reasons)> {
        let passing = self.passing.get(request.origin).and_then(Option::as_deref);
        let (through, passing) = (passing.is_some(), passing.unwrap_or_default());
        let all = self.identity.iter().chain(&self.resource).chain(passing);
        let all = all.chain(self.boundary.iter().flatten());
        let denied = Tri::any(
            all.filter(|it| it.fit.rule.effect == Decision::Deny)
                .map(|it| it.fit.meant.at_all.and(self.holds(it, request))),
        );
        let allowed = |rules: &[Heard<'_>], whole: bool| {
            Tri::any(
                rules
                    .iter()
                    .filter(|it| it.fit.rule.effect == Decision::Allow)
                    .map(|it| it.fit.meant.by(whole).and(self.holds(it, request))),
            )
        };
        let rest = denied.not().and(if through {
            allowed(passing, true)
        } else {
            Tri::Yes
        });
        if rest == Tri::No {
            return None;
        }
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        let bounds = self.boundary.as_ref();
        let bounds = bounds.map_or(Tri::Yes, |bounds| allowed(bounds, true));
        let identity = allowed(&self.identity, true).and(bounds);
        let granted = self.granted(identity, |whole| allowed(&self.resource, whole));
        let left_open = || self.left_open(allowed(&self.resource, true), through);
        let (basis, so) = match granted.and(rest) {
            Tri::No => (Basis::LeftOpen, left_open().and(rest)),
            so => (Basis::Granted, so),
        };
        let verdict = Verdict {
            basis,
            certain: so == Tri::Yes,
        };
        so.possible()
            .then(|| (verdict, self.reasons(passing, request)))
    }

    /// Whether the policies of the template allow it, before any deny. In one account one of the two policies suffices;
    /// somebody of another account needs both, of which the template shows the resource's.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
    fn granted(&self, identity: Tri, resource: impl Fn(bool) -> Tri) -> Tri {
        let Some(guarded) = self.case.guarded else {
            return identity;
        };
        match self.case.asker.who {
            Who::Role(..) if guarded.standing == Standing::NeedThePolicy => {
                resource(false).or(identity.and(resource(true)))
            }
            Who::Role(..) => identity.or(resource(false)),
            Who::Account => resource(false),
            Who::Service(_) => resource(true),
            // A principal whose account is not known may be one of the account.
            Who::Principal(_) if guarded.closed_to_the_public && self.case.asker.is_at_home => {
                resource(true).and(Tri::Maybe)
            }
            _ if guarded.closed_to_the_public => Tri::No,
            _ => resource(true),
        }
    }

    fn left_open(&self, resource: Tri, through: bool) -> Tri {
        if !self.case.may_be_left_open {
            return Tri::No;
        }
        match self.case.guarded.map(|guarded| guarded.standing) {
            Some(Standing::NeedThePolicy) => resource,
            Some(_) => Tri::Yes,
            None => through.into(),
        }
    }

    fn reasons(&self, passing: &[Heard<'_>], request: &Request) -> Reasons {
        let all = self.identity.iter().chain(&self.resource).chain(passing);
        all.filter(|it| it.fit.rule.effect == Decision::Allow)
            .filter(|it| it.fit.meant.at_all.and(self.holds(it, request)).possible())
            .map(|it| (it.fit.rule.resource, it.fit.rule.part))
            .collect()
    }

    /// Whether a rule is about a request, and its conditions hold.
    fn holds(&self, rule: &Heard<'_>, request: &Request) -> Tri {
        let mut so = rule.about;
        let answers = self.answers.get(rule.answers.clone());
        for answers in answers.unwrap_or_default() {
            let position = match answers.of {
                Asked::Origin => Some(&request.origin),
                Asked::Dimension(at) => request.values.get(at),
            };
            let answer = position.and_then(|at| answers.to.get(*at));
            so = so.and(answer.copied().unwrap_or(Tri::Maybe));
            if so == Tri::No {
                break;
            }
        }
        so
    }
}

impl<'c> Heard<'c> {
    /// A rule, with what its conditions say behind all other answers; nothing where it holds in no request.
    fn new(
        fit: &'c Fit<'c>,
        who: &Who,
        origins: &[Origin],
        dimensions: &[Dimension],
        answers: &mut Vec<Answers>,
    ) -> Option<Self> {
        let (mut about, first) = (fit.about, answers.len());
        for test in &fit.rule.tests {
            if let Some(found) = ask(test, origins, dimensions) {
                answers.push(found);
            } else {
                let fact = who.fact(&test.key).unwrap_or(Fact::Unread);
                about = about.and(test.holds(&fact));
            }
            if about == Tri::No {
                answers.truncate(first);
                return None;
            }
        }
        Some(Self {
            fit,
            about,
            answers: first..answers.len(),
        })
    }
}

/// What a condition says of all that a request may say; nothing where who asks decides it.
fn ask(test: &Test, origins: &[Origin], dimensions: &[Dimension]) -> Option<Answers> {
    if Origin::has(&test.key) {
        let facts = origins.iter().map(|origin| origin.fact(&test.key));
        return Some(Answers {
            of: Asked::Origin,
            to: facts.map(|fact| test.holds(&fact)).collect(),
        });
    }
    let at = dimensions.iter().position(|it| it.key == test.key)?;
    let facts = &dimensions.get(at)?.facts;
    Some(Answers {
        of: Asked::Dimension(at),
        to: facts.iter().map(|fact| test.holds(fact)).collect(),
    })
}

impl Meant {
    fn by(self, whole: bool) -> Tri {
        if whole { self.at_all } else { self.itself }
    }
}
