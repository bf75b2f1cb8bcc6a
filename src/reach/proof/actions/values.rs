//! Values of a template beside those of a plan.

use smol_str::SmolStr;

use crate::cloud::{Environment, ResourceId, Term};
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

/// The sort of thing that an ARN of EC2 names, as in `subnet`, where it is one of the stack's own account and region, or an
/// image, which belongs to no account.
pub(super) fn kind_in(arn: &Term) -> Option<SmolStr> {
    let text = spelt(arn);
    let name = text.strip_prefix("arn:aws:ec2:\0Region:")?;
    let (account, name) = name.split_once(':')?;
    let (kind, _) = name.split_once('/')?;
    let is_own = account == "\0AccountId" || (account.is_empty() && kind == "image");
    is_own.then(|| kind.into())
}

/// A value as text; what only a deploy tells stands behind a mark that no text has.
fn spelt(term: &Term) -> String {
    // Room for most ARNs.
    let mut text = String::with_capacity(128);
    spell(term, &mut text);
    text
}

fn spell(term: &Term, text: &mut String) {
    match term {
        Term::Text(known) if is_marked(known) => text.extend(known.split('\0')),
        Term::Text(known) => text.push_str(known),
        Term::Environment(Environment::AccountId) => text.push_str("\0AccountId"),
        Term::Environment(Environment::Region) => text.push_str("\0Region"),
        Term::Environment(Environment::Partition) => text.push_str("\0Partition"),
        Term::Join(terms) => terms.iter().for_each(|term| spell(term, text)),
        Term::Parameter(_) | Term::Attribute(..) => text.push('\0'),
    }
}

/// Whether the mark is in a text.
fn is_marked(text: &str) -> bool {
    text.as_bytes().contains(&0)
}

/// The resource that a value ends with.
pub(super) fn thing_in(term: &Term) -> Option<&ResourceId> {
    match parts(term).last() {
        Some(Term::Attribute(id, _)) => Some(id),
        _ => None,
    }
}

/// Whether a value ends with a text.
pub(super) fn ends_with(term: &Term, end: &str) -> bool {
    match parts(term).last() {
        // Mostly the last part says so.
        Some(Term::Text(last)) if last.ends_with(end) && !is_marked(last) => true,
        _ => spelt(term).ends_with(end),
    }
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
            matches!(term, Term::Text(text) if values.any(|value| *text == value.to_string()))
        }
        Bound::Deploy(name) => matches!(term, Term::Parameter(own) if sounds_like(own, name)),
    }
}

/// Whether two values are one: formats write names of parameters in their own way.
pub(super) fn same(one: &Term, other: &Term) -> bool {
    match (one, other) {
        (Term::Parameter(one), Term::Parameter(other)) => sounds_like(one, other),
        (one, other) => one == other,
    }
}

/// Whether a resource has the name of a peer: formats have no hyphens, or underscores in their place.
pub(super) fn named(id: &ResourceId, name: &str) -> bool {
    sounds_like(id.name(), name)
}

/// Whether two names have the same letters and digits.
fn sounds_like(one: &str, other: &str) -> bool {
    one == other || plain(one).eq(plain(other))
}

/// Whether a value is this text.
pub(super) fn is_text(value: &Term, text: &str) -> bool {
    matches!(value, Term::Text(own) if own == text)
}

fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric())
}
