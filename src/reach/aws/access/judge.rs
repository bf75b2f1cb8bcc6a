//! Whether one request is allowed.
//!
//! The order is that of IAM: an explicit deny anywhere refuses; then somebody must allow; and an endpoint on the way must
//! allow as well.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::condition::{Fact, Test};
use super::model::{Endpoint, Guarded, Identity, Standing};
use super::origin::Origin;
use super::rule::Rule;
use super::tri::Tri;
use super::verb::Verb;
use super::who::{Meant, Who};
use crate::cloud::Part;
use crate::cloud::aws::Decision;
use crate::reach::grant::{Basis, Deed};

/// One principal, one action and one resource: what is left open is where the request comes from and what else it says.
pub(super) struct Case<'a> {
    who: &'a Who,
    verb: &'a Verb,
    guarded: Option<&'a Guarded>,
    identity: Vec<Fit<'a>>,
    boundary: Option<Vec<Fit<'a>>>,
    resource: Vec<Fit<'a>>,
    endpoints: Vec<(&'a Endpoint, Vec<Fit<'a>>)>,
    /// What came of tests already: the same few facts come back in every combination.
    known: RefCell<HashMap<Asked, Tri>>,
}

/// A test and the fact that it was held against, each by where it is: both outlive the case.
type Asked = (*const Test, *const ());

/// A rule that is about the case.
struct Fit<'a> {
    rule: &'a Rule,
    /// Whether it really is.
    about: Tri,
    meant: Meant,
}

impl PartialEq for Fit<'_> {
    /// Whether it is one rule, which is about both alike.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.rule, other.rule)
            && (self.about, self.meant) == (other.about, other.meant)
    }
}

/// What is left open in a [`Case`].
pub(super) struct Request<'a> {
    pub(super) origin: &'a Origin,
    /// What the request says besides.
    pub(super) given: BTreeMap<&'a str, &'a Fact>,
}

/// That a request is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Verdict {
    pub(super) basis: Basis,
    pub(super) certain: bool,
}

/// The statements that allow a request.
pub(super) type Reasons = BTreeSet<(usize, Option<Part>)>;

impl<'a> Case<'a> {
    /// The case, unless it is clear that nothing of it is allowed.
    pub(super) fn new(
        who: &'a Who,
        role: Option<&'a Identity>,
        verb: &'a Verb,
        guarded: Option<&'a Guarded>,
        endpoints: &'a [Endpoint],
        about: &dyn Fn(&Rule) -> (Tri, Meant),
    ) -> Option<Self> {
        let fits = |rules: &'a [Rule]| -> Vec<Fit<'a>> {
            let fits = rules.iter().map(|rule| {
                let (about, meant) = about(rule);
                Fit { rule, about, meant }
            });
            fits.filter(|fit| fit.about.and(fit.meant.at_all).possible())
                .collect()
        };
        let case = Self {
            who,
            verb,
            guarded,
            identity: role.map_or_else(Vec::new, |role| fits(&role.rules)),
            boundary: role.and_then(|role| role.boundary.as_deref()).map(fits),
            resource: guarded.map_or_else(Vec::new, |guarded| fits(&guarded.rules)),
            endpoints: endpoints
                .iter()
                .filter(|endpoint| endpoint.service == verb.service)
                .map(|endpoint| (endpoint, fits(&endpoint.rules)))
                .collect(),
            known: RefCell::default(),
        };
        let allows = |fits: &[Fit<'_>]| fits.iter().any(|fit| fit.rule.effect == Decision::Allow);
        let may = allows(&case.identity) || allows(&case.resource) || case.may_be_left_open();
        may.then_some(case)
    }

    /// Whether the same is allowed in both cases, of one principal and one resource, because the same rules are about both:
    /// of its action, a case knows nothing but that.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let same = |one: Option<&Guarded>, other: Option<&Guarded>| match (one, other) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let ways = self.endpoints.iter().zip(&other.endpoints);
        std::ptr::eq(self.who, other.who)
            && same(self.guarded, other.guarded)
            && self.identity == other.identity
            && self.boundary == other.boundary
            && self.resource == other.resource
            && self.endpoints.len() == other.endpoints.len()
            && { ways }
                .all(|((one, fits), (other, others))| std::ptr::eq(*one, *other) && fits == others)
            && self.may_be_left_open() == other.may_be_left_open()
    }

    /// Every rule that is about the case.
    pub(super) fn rules(&self) -> impl Iterator<Item = &'a Rule> {
        let endpoints = self.endpoints.iter().flat_map(|(_, fits)| fits);
        let boundary = self.boundary.iter().flatten();
        let fits = self.identity.iter().chain(&self.resource).chain(endpoints);
        fits.chain(boundary).map(|fit| fit.rule)
    }

    /// The template's own endpoints on the way.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = Origin> {
        self.endpoints.iter().map(|(endpoint, _)| {
            Origin::Endpoint(
                endpoint.id.clone(),
                endpoint.value.clone(),
                endpoint.vpc.clone(),
            )
        })
    }

    /// Whether policies that stand elsewhere may allow it: those of the account, or of what is elsewhere. Of these only what
    /// touches data is of interest: whoever governs the account can change the template's policies as well.
    fn may_be_left_open(&self) -> bool {
        let touches = !matches!(self.verb.deed, Deed::Govern | Deed::Other);
        touches
            && match self.guarded {
                None => {
                    !self.endpoints.is_empty()
                        && !matches!(self.who, Who::Role(..) | Who::Service(_))
                }
                Some(guarded) => {
                    guarded.standing != Standing::SufficeAlways && self.who.is_at_home()
                }
            }
    }

    /// Whether a request is allowed, and by what.
    pub(super) fn judge(&self, request: &Request<'_>) -> Option<(Verdict, Reasons)> {
        let passing: &[Fit<'_>] = match request.origin {
            Origin::Endpoint(id, ..) => self
                .endpoints
                .iter()
                .find(|(endpoint, _)| endpoint.id == *id)
                .map_or(&[], |(_, fits)| fits),
            _ => &[],
        };
        let through = matches!(request.origin, Origin::Endpoint(..));
        let all = self.identity.iter().chain(&self.resource).chain(passing);
        let all = all.chain(self.boundary.iter().flatten());
        let denied = Tri::any(
            all.filter(|fit| fit.rule.effect == Decision::Deny)
                .map(|fit| fit.meant.at_all.and(self.holds(fit, request))),
        );
        let allowed = |fits: &[Fit<'_>], whole: bool| {
            Tri::any(
                fits.iter()
                    .filter(|fit| fit.rule.effect == Decision::Allow)
                    .map(|fit| fit.meant.by(whole).and(self.holds(fit, request))),
            )
        };
        let rest = denied.not().and(if through {
            allowed(passing, true)
        } else {
            Tri::Yes
        });
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
        let Some(guarded) = self.guarded else {
            return identity;
        };
        match self.who {
            Who::Role(..) if guarded.standing == Standing::NeedThePolicy => {
                resource(false).or(identity.and(resource(true)))
            }
            Who::Role(..) => identity.or(resource(false)),
            Who::Account => resource(false),
            Who::Service(_) => resource(true),
            // A principal whose account is not known may be one of the account.
            Who::Principal(_) if guarded.closed_to_the_public && self.who.is_at_home() => {
                resource(true).and(Tri::Maybe)
            }
            _ if guarded.closed_to_the_public => Tri::No,
            _ => resource(true),
        }
    }

    fn left_open(&self, resource: Tri, through: bool) -> Tri {
        if !self.may_be_left_open() {
            return Tri::No;
        }
        match self.guarded.map(|guarded| guarded.standing) {
            Some(Standing::NeedThePolicy) => resource,
            Some(_) => Tri::Yes,
            None => through.into(),
        }
    }

    fn holds(&self, fit: &Fit<'_>, request: &Request<'_>) -> Tri {
        let mut so = fit.about;
        for test in &fit.rule.tests {
            so = so.and(self.answer(test, request));
            if so == Tri::No {
                break;
            }
        }
        so
    }

    fn answer(&self, test: &Test, request: &Request<'_>) -> Tri {
        let fact: *const () = if Origin::has(&test.key) {
            std::ptr::from_ref(request.origin).cast()
        } else {
            let given = request.given.get(test.key.as_str());
            given.map_or(std::ptr::null(), |fact| {
                std::ptr::from_ref::<Fact>(fact).cast()
            })
        };
        let asked = (std::ptr::from_ref(test), fact);
        if let Some(known) = self.known.borrow().get(&asked) {
            return *known;
        }
        let so = test.holds(&self.fact(&test.key, request));
        self.known.borrow_mut().insert(asked, so);
        so
    }

    fn fact(&self, key: &str, request: &Request<'_>) -> Fact {
        if Origin::has(key) {
            return request.origin.fact(key);
        }
        let of_who = || self.who.fact(key);
        let given = request.given.get(key).map(|fact| (*fact).clone());
        given.or_else(of_who).unwrap_or(Fact::Unread)
    }

    fn reasons(&self, passing: &[Fit<'_>], request: &Request<'_>) -> Reasons {
        let all = self.identity.iter().chain(&self.resource).chain(passing);
        all.filter(|fit| fit.rule.effect == Decision::Allow)
            .filter(|fit| fit.meant.at_all.and(self.holds(fit, request)).possible())
            .map(|fit| (fit.rule.resource, fit.rule.part))
            .collect()
    }
}

impl Meant {
    fn by(self, whole: bool) -> Tri {
        if whole { self.at_all } else { self.itself }
    }
}
