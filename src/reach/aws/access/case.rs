//! One principal, one action and one resource, with every rule that is about them.

use std::rc::Rc;

use super::model::{Endpoint, Guarded, Identity, Standing};
use super::origin::Origin;
use super::rule::Rule;
use super::tri::Tri;
use super::verb::Verb;
use super::who::{Meant, Who};
use crate::cloud::aws::Decision;

/// Somebody who asks.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) who: &'a Who,
    /// The role, when it is one of the template's.
    pub(super) role: Option<&'a Identity>,
    /// Whether it may be a principal of the account that the template does not make.
    pub(super) is_at_home: bool,
}

impl<'a> Asker<'a> {
    pub(super) fn new(who: &'a Who, role: Option<&'a Identity>) -> Self {
        Self {
            who,
            role,
            is_at_home: who.is_at_home(),
        }
    }

    /// Whether policies that stand elsewhere may allow something that touches data: those of the account, or of what is
    /// elsewhere.
    fn may_be_left_open(&self, guarded: Option<&Guarded>, by_endpoint: bool) -> bool {
        match guarded {
            None => by_endpoint && !matches!(self.who, Who::Role(..) | Who::Service(_)),
            Some(guarded) => guarded.standing != Standing::SufficeAlways && self.is_at_home,
        }
    }

    /// Whether some action on a resource may be allowed. `allows` says whether some rule that allows is about the resource
    /// and this one.
    pub(super) fn may_do_something(
        &self,
        guarded: Option<&Guarded>,
        endpoints: &[Endpoint],
        allows: impl Fn(&[Rule]) -> bool,
    ) -> bool {
        let by_endpoint = !endpoints.is_empty();
        self.role.is_some_and(|role| allows(&role.rules))
            || guarded.is_some_and(|guarded| allows(&guarded.rules))
            || self.may_be_left_open(guarded, by_endpoint)
            // Of some actions, what guards a resource is not asked.
            || self.may_be_left_open(None, by_endpoint)
    }
}

/// One principal, one action and one resource: what is left open is where the request comes from and what else it says.
pub(super) struct Case<'a> {
    pub(super) asker: Asker<'a>,
    /// What guards the resource with a policy of its own.
    pub(super) guarded: Option<&'a Guarded>,
    /// The rules of the principal's own policies.
    pub(super) identity: Vec<Fit<'a>>,
    pub(super) boundary: Option<Vec<Fit<'a>>>,
    /// The rules of the resource's own policy.
    pub(super) resource: Vec<Fit<'a>>,
    pub(super) endpoints: Vec<(&'a Endpoint, Vec<Fit<'a>>)>,
    /// Whether policies that stand elsewhere may allow it. Of these only what touches data is of interest: whoever governs
    /// the account can change the template's policies as well.
    pub(super) may_be_left_open: bool,
}

/// A rule that is about a case.
pub(super) struct Fit<'a> {
    pub(super) rule: &'a Rule,
    /// Whether it really is.
    pub(super) about: Tri,
    pub(super) meant: Meant,
}

impl PartialEq for Fit<'_> {
    /// Whether it is one rule, which is about both alike.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.rule, other.rule)
            && (self.about, self.meant) == (other.about, other.meant)
    }
}

impl<'a> Case<'a> {
    /// The case, unless it is clear that nothing of it is allowed.
    pub(super) fn new(
        asker: Asker<'a>,
        verb: &Verb,
        guarded: Option<&'a Guarded>,
        endpoints: &'a [Endpoint],
        about: impl Fn(&Rule) -> (Tri, Meant),
    ) -> Option<Self> {
        let fits = |rules: &'a [Rule]| -> Vec<Fit<'a>> {
            let fits = rules.iter().map(|rule| {
                let (about, meant) = about(rule);
                Fit { rule, about, meant }
            });
            fits.filter(|fit| fit.about.and(fit.meant.at_all).possible())
                .collect()
        };
        let mut endpoints = endpoints.iter().filter(|it| it.service == verb.service);
        let by_endpoint = endpoints.clone().next().is_some();
        let may_be_left_open = verb.touches_data() && asker.may_be_left_open(guarded, by_endpoint);
        let allows = |rules: &[Rule]| {
            let mut allowing = rules.iter().filter(|rule| rule.effect == Decision::Allow);
            allowing.any(|rule| {
                let (about, meant) = about(rule);
                about.and(meant.at_all).possible()
            })
        };
        let identity = asker.role.map_or(&[][..], |role| &role.rules);
        let resource = guarded.map_or(&[][..], |guarded| &guarded.rules);
        (may_be_left_open || allows(identity) || allows(resource)).then(|| Self {
            asker,
            guarded,
            identity: fits(identity),
            boundary: asker.role.and_then(|it| it.boundary.as_deref()).map(fits),
            resource: fits(resource),
            endpoints: endpoints
                .by_ref()
                .map(|endpoint| (endpoint, fits(&endpoint.rules)))
                .collect(),
            may_be_left_open,
        })
    }

    /// Whether the same is allowed in both cases because the same rules are about both: of its action and its resource, a
    /// case knows nothing else.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        // Of what guards a resource nothing but that counts beside its rules.
        let standing = |it: Option<&Guarded>| it.map(|it| (it.standing, it.closed_to_the_public));
        let ways = self.endpoints.iter().zip(&other.endpoints);
        std::ptr::eq(self.asker.who, other.asker.who)
            && standing(self.guarded) == standing(other.guarded)
            && self.identity == other.identity
            && self.boundary == other.boundary
            && self.resource == other.resource
            && self.endpoints.len() == other.endpoints.len()
            && { ways }
                .all(|((one, fits), (other, others))| std::ptr::eq(*one, *other) && fits == others)
            && self.may_be_left_open == other.may_be_left_open
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
        let endpoints = self.endpoints.iter();
        endpoints.map(|(endpoint, _)| Origin::Endpoint(Rc::clone(&endpoint.gate)))
    }
}
