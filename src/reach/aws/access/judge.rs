//! Whether one request is allowed.
//!
//! The order is that of IAM: an explicit deny anywhere refuses; then somebody must allow; and an endpoint on the way must
//! allow as well.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
//!
//! A condition says the same of a value in whatever request it is. What each says of each value is therefore worked out once,
//! and a request is a choice among the answers.

use std::ops::Range;

use smallvec::SmallVec;

use super::answers::Answers;
use super::bits::Bits;
use super::case::{Case, Fit};
use super::condition::Fact;
use super::model::Standing;
use super::origin::Origin;
use super::region::Dimension;
use super::tri::Tri;
use super::who::Who;
use crate::cloud::Part;
use crate::cloud::aws::Decision;
use crate::reach::grant::Basis;

/// A case, with the answers of its conditions to everything that it leaves open.
pub(super) struct Hearing<'c> {
    case: &'c Case<'c>,
    /// Every rule that may hold in some request.
    heard: Vec<Heard<'c>>,
    /// What the conditions of all these rules say.
    answers: Answers,
    /// Whether each origin is an endpoint of the template, whose policy must let a request pass.
    gates: SmallVec<[bool; 4]>,
    /// What is left open: the origins, and then every dimension.
    pub(super) axes: SmallVec<[Axis; 4]>,
}

/// A rule that may hold in some request.
struct Heard<'c> {
    fit: &'c Fit<'c>,
    policy: Policy,
    /// Whether it is about the case, as far as no request decides it.
    about: Tri,
    /// Where what its conditions say stands among all answers.
    answers: Range<usize>,
    /// How many of the first axes say whether it holds.
    axes: usize,
}

/// The policy to which a rule belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Policy {
    /// One of whoever asks.
    Identity,
    /// The boundary of whoever asks.
    Boundary,
    /// That of the resource.
    Resource,
    /// That of the endpoint by which the origin at this position comes.
    Endpoint(usize),
}

/// What a request may say in one respect, by positions.
pub(super) struct Axis {
    /// The class of each value: those of one class have the same answers.
    pub(super) class: SmallVec<[usize; 8]>,
    /// The first value of each class.
    pub(super) first: SmallVec<[usize; 8]>,
}

/// What is left open in a [`Case`], by the positions of values on each axis.
type Request = SmallVec<[usize; 8]>;

/// That a request is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Verdict {
    pub(super) basis: Basis,
    pub(super) certain: bool,
}

/// What comes of a request.
#[derive(Clone, Default, Debug)]
pub(super) struct Outcome {
    /// Nothing where it is not allowed.
    pub(super) verdict: Option<Verdict>,
    /// The positions of the rules that allow it.
    pub(super) reasons: Bits,
}

/// The statements that allow a request, in order.
pub(super) type Reasons = Vec<(usize, Option<Part>)>;

/// What the policies say of a request, each side for itself.
struct Says {
    denied: Tri,
    identity: Tri,
    bounds: Tri,
    /// Of the resource's policy.
    resource: Tri,
    /// Of the resource's policy, by something else than the name of the account.
    itself: Tri,
    passing: Tri,
}

impl<'c> Hearing<'c> {
    /// Asks the conditions of every rule about all that a request may say.
    pub(super) fn new(
        case: &'c Case<'c>,
        origins: &[Origin],
        dimensions: &[Dimension<'_>],
    ) -> Self {
        let mut hearing = Self {
            case,
            heard: Vec::new(),
            answers: Answers::default(),
            gates: SmallVec::new(),
            axes: SmallVec::new(),
        };
        for (at, origin) in origins.iter().enumerate() {
            let fits = endpoint(case, origin);
            hearing.gates.push(fits.is_some());
            let fits = fits.unwrap_or_default();
            hearing.hear(Policy::Endpoint(at), fits, origins, dimensions);
        }
        let boundary = case.boundary.as_deref().unwrap_or_default();
        hearing.hear(Policy::Identity, &case.identity, origins, dimensions);
        hearing.hear(Policy::Resource, &case.resource, origins, dimensions);
        hearing.hear(Policy::Boundary, boundary, origins, dimensions);
        let counts = dimensions.iter().map(|it| it.facts.len());
        let counts = std::iter::once(origins.len()).chain(counts);
        hearing.axes = { counts.enumerate() }
            .map(|(axis, count)| hearing.axis(axis, count))
            .collect();
        hearing
    }

    /// Adds the rules of a policy that may hold in some request.
    fn hear(
        &mut self,
        policy: Policy,
        fits: &'c [Fit<'c>],
        origins: &[Origin],
        dimensions: &[Dimension<'_>],
    ) {
        for fit in fits {
            let who = self.case.asker.who;
            let (mut about, first) = (fit.about, self.answers.count());
            for test in &fit.rule.tests {
                if !self.answers.ask(test, origins, dimensions) {
                    let fact = who.fact(&test.key).unwrap_or(Fact::Unread);
                    about = about.and(test.holds(&fact));
                }
            }
            if about == Tri::No {
                self.answers.forget(first);
                continue;
            }
            let answers = first..self.answers.count();
            let of_policy = matches!(policy, Policy::Endpoint(_)).into();
            let axes = self.answers.axes(answers.clone()).max(of_policy);
            self.heard.push(Heard {
                fit,
                policy,
                about,
                answers,
                axes,
            });
        }
    }

    /// What so many values of one axis are to the conditions.
    fn axis(&self, of: usize, count: usize) -> Axis {
        let own_way = |at: usize| of == 0 && self.gates.get(at).copied().unwrap_or_default();
        let same = |one: usize, other: usize| {
            !own_way(one) && !own_way(other) && self.answers.are_same(of, one, other)
        };
        let mut axis = Axis {
            class: SmallVec::new(),
            first: SmallVec::new(),
        };
        for at in 0..count {
            let known = axis.first.iter().position(|&first| same(first, at));
            axis.class.push(known.unwrap_or(axis.first.len()));
            if known.is_none() {
                axis.first.push(at);
            }
        }
        axis
    }

    /// What comes of every request that is not like another one, in the order of the axes.
    pub(super) fn outcomes(&self) -> SmallVec<[Outcome; 8]> {
        let mut outcomes = SmallVec::new();
        self.try_out(&self.axes, &mut Request::new(), &mut outcomes);
        outcomes
    }

    fn try_out(&self, left: &[Axis], request: &mut Request, outcomes: &mut SmallVec<[Outcome; 8]>) {
        if self.is_denied(request) {
            // Whatever else the request says.
            let count = left.iter().map(|axis| axis.first.len()).product();
            outcomes.extend(std::iter::repeat_n(Outcome::default(), count));
            return;
        }
        let Some((axis, rest)) = left.split_first() else {
            outcomes.push(self.judge(request));
            return;
        };
        for &value in &axis.first {
            request.push(value);
            self.try_out(rest, request, outcomes);
            request.pop();
        }
    }

    /// Whether a request is surely denied by a rule about which only the last of these values was missing.
    fn is_denied(&self, request: &[usize]) -> bool {
        let origin = request.first().copied().unwrap_or_default();
        let denies = |it: &&Heard<'_>| {
            it.fit.rule.effect == Decision::Deny
                && it.axes == request.len()
                && !matches!(it.policy, Policy::Endpoint(of) if of != origin)
        };
        let mut denying = self.heard.iter().filter(denies);
        denying.any(|it| it.fit.meant.at_all.and(self.holds(it, request)) == Tri::Yes)
    }

    /// The statements of rules at some positions.
    pub(super) fn reasons(&self, rules: &Bits) -> Reasons {
        let rules = rules.iter().filter_map(|at| self.heard.get(at));
        let mut reasons: Reasons = { rules }
            .map(|it| (it.fit.rule.resource, it.fit.rule.part))
            .collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// Whether a request is allowed, and by what.
    fn judge(&self, request: &[usize]) -> Outcome {
        let origin = request.first().copied().unwrap_or_default();
        let through = self.gates.get(origin).copied().unwrap_or_default();
        let (says, reasons) = self.says(origin, request);
        Outcome {
            verdict: self.verdict(&says, through),
            reasons,
        }
    }

    /// What all rules say of a request, and which of them may allow it.
    fn says(&self, origin: usize, request: &[usize]) -> (Says, Bits) {
        let mut reasons = Bits::default();
        let mut says = Says {
            denied: Tri::No,
            identity: Tri::No,
            bounds: Tri::No,
            resource: Tri::No,
            itself: Tri::No,
            passing: Tri::No,
        };
        for (at, it) in self.heard.iter().enumerate() {
            if matches!(it.policy, Policy::Endpoint(of) if of != origin) {
                continue;
            }
            let holds = self.holds(it, request);
            let meant = it.fit.meant;
            let so = meant.at_all.and(holds);
            if it.fit.rule.effect == Decision::Deny {
                says.denied = says.denied.or(so);
                continue;
            }
            match it.policy {
                Policy::Identity => says.identity = says.identity.or(so),
                Policy::Boundary => says.bounds = says.bounds.or(so),
                Policy::Endpoint(_) => says.passing = says.passing.or(so),
                Policy::Resource => {
                    says.resource = says.resource.or(so);
                    says.itself = says.itself.or(meant.itself.and(holds));
                }
            }
            if it.policy != Policy::Boundary && so.possible() {
                reasons.insert(at);
            }
        }
        (says, reasons)
    }

    fn verdict(&self, says: &Says, through: bool) -> Option<Verdict> {
        let passing = if through { says.passing } else { Tri::Yes };
        let rest = says.denied.not().and(passing);
        if rest == Tri::No {
            return None;
        }
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        let bounds = self
            .case
            .boundary
            .as_ref()
            .map_or(Tri::Yes, |_| says.bounds);
        let granted = self.granted(says.identity.and(bounds), says.itself, says.resource);
        let (basis, so) = match granted.and(rest) {
            Tri::No => {
                let left_open = self.left_open(says.resource, through);
                (Basis::LeftOpen, left_open.and(rest))
            }
            so => (Basis::Granted, so),
        };
        so.possible().then(|| Verdict {
            basis,
            certain: so == Tri::Yes,
        })
    }

    /// Whether the policies of the template allow it, before any deny. In one account one of the two policies suffices;
    /// somebody of another account needs both, of which the template shows the resource's.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
    fn granted(&self, identity: Tri, itself: Tri, resource: Tri) -> Tri {
        let Some(guarded) = self.case.guarded else {
            return identity;
        };
        match self.case.asker.who {
            Who::Role(..) if guarded.standing == Standing::NeedThePolicy => {
                itself.or(identity.and(resource))
            }
            Who::Role(..) => identity.or(itself),
            Who::Account => itself,
            Who::Service(_) => resource,
            // A principal whose account is not known may be one of the account.
            Who::Principal(_) if guarded.closed_to_the_public && self.case.asker.is_at_home => {
                resource.and(Tri::Maybe)
            }
            _ if guarded.closed_to_the_public => Tri::No,
            _ => resource,
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

    /// Whether a rule is about a request, and its conditions hold.
    fn holds(&self, rule: &Heard<'_>, request: &[usize]) -> Tri {
        rule.about
            .and(self.answers.hold(rule.answers.clone(), request))
    }
}

/// The rules of the endpoint by which an origin comes; nothing where it comes by none of the template's.
fn endpoint<'c>(case: &'c Case<'c>, origin: &Origin) -> Option<&'c [Fit<'c>]> {
    let Origin::Endpoint(gate) = origin else {
        return None;
    };
    let mut endpoints = case.endpoints.iter();
    let own = endpoints.find(|(endpoint, _)| endpoint.gate.id == gate.id);
    own.map(|(_, fits)| fits.as_slice())
}
