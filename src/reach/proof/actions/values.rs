//! Values of a template beside those of a plan.

use crate::cloud::{ResourceId, Term};
use crate::plan::{Bound, Plan, Service};
use crate::reach::grant::{Given, Grant};

/// The key that a bucket or a topic is encrypted with, where the plan names one.
pub(super) fn key_of(plan: &Plan, name: &str) -> Option<Term> {
    let key = match plan.services.get(name)? {
        Service::Bucket(bucket) => bucket.kms_key.as_ref(),
        Service::Topic(topic) => topic.kms_key.as_ref(),
        Service::Function(_) => None,
    };
    key.cloned().map(Term::from)
}

/// Whether a request must say something of a key, and only what is right.
pub(super) fn only(grant: &Grant, key: &str, right: impl Fn(&Term) -> bool) -> bool {
    let mut demands = grant.demands.iter();
    demands.any(|demand| {
        demand.key == key
            && demand.values.iter().all(|given| match given {
                Given::Nothing => false,
                Given::Value(value) => right(value),
            })
    })
}

/// The sort of thing that an ARN of EC2 names, as in `subnet`: what stands before its first slash.
pub(super) fn kind_in(arn: &Term) -> Option<&str> {
    let mut texts = parts(arn).iter().filter_map(|part| match part {
        Term::Text(text) => text.split_once('/'),
        _ => None,
    });
    let (before, _) = texts.next()?;
    before.rsplit(':').next()
}

/// The resources that a value is made of.
pub(super) fn ids(term: &Term) -> impl Iterator<Item = &ResourceId> {
    parts(term).iter().filter_map(|part| match part {
        Term::Attribute(id, _) => Some(id),
        _ => None,
    })
}

fn parts(term: &Term) -> &[Term] {
    match term {
        Term::Join(parts) => parts,
        term => std::slice::from_ref(term),
    }
}

/// Whether a list of the plan has a value of the template.
pub(super) fn holds<T: ToString>(bound: &Bound<Vec<T>>, term: &Term) -> bool {
    match bound {
        Bound::Known(values) => {
            let mut values = values.iter();
            values.any(|value| *term == Term::Text(value.to_string()))
        }
        Bound::Deploy(name) => same(term, &Term::Parameter(name.clone())),
    }
}

/// Whether two values are one: formats write names of parameters in their own way.
pub(super) fn same(one: &Term, other: &Term) -> bool {
    match (one, other) {
        (Term::Parameter(one), Term::Parameter(other)) => plain(one) == plain(other),
        (one, other) => one == other,
    }
}

/// Whether a resource has the name of a peer: formats have no hyphens, or underscores in their place.
pub(super) fn named(id: &ResourceId, name: &str) -> bool {
    plain(id.name()) == plain(name)
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}
