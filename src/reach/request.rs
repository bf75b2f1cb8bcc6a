//! What a grant lets happen, in words.

use super::grant::{Given, Grant, Origin, Target, Who};
use super::words::Found;
use crate::cloud::{Environment, Term};

/// What a grant lets happen, as in `analysis may s3:GetObject on intake through the endpoint storage`.
#[must_use]
pub fn request(grant: &Grant) -> String {
    let (from, to) = (who(&grant.from), target(&grant.to));
    let mut text = format!("{from} may {} on {to}", grant.verb);
    if !grant.origins.is_empty() {
        let origins: Vec<_> = grant.origins.iter().map(origin).collect();
        text += " ";
        text += &origins.join(" or ");
    }
    let demands = grant.demands.iter().map(|demand| {
        let values: Vec<_> = demand.values.iter().map(given).collect();
        format!("{} is {}", demand.key, values.join(" or "))
    });
    let demands: Vec<_> = demands.collect();
    if !demands.is_empty() {
        text += " when ";
        text += &demands.join(" and ");
    }
    text
}

/// What a grant lets happen, in the words of flows: one for each endpoint of the template that requests may come through, and
/// one for all other ways together. What may come by every way is told once.
#[must_use]
pub fn found(grant: &Grant) -> Vec<Found> {
    let action = grant.action.map(|action| action.as_str().to_owned());
    let allow = action.unwrap_or_else(|| grant.verb.clone());
    let way = |through| Found {
        from: who(&grant.from),
        to: to(grant),
        allow: allow.clone(),
        through,
        packet: None,
        reasons: grant.reasons.clone(),
    };
    let mut ways: Vec<_> = grant.origins.iter().map(through).collect();
    if ways.is_empty() {
        ways.push(None);
    }
    ways.sort_by_key(Option::is_none);
    ways.dedup();
    ways.into_iter().map(way).collect()
}

/// The endpoint of the template by which requests come.
pub(super) fn through(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Endpoint(id) => Some(id.name().to_owned()),
        _ => None,
    }
}

/// On what, by its name among the resources where it has one.
fn to(grant: &Grant) -> String {
    match &*grant.to {
        Target::Thing(thing, _) => thing.id.name().to_owned(),
        Target::Outside(name) => term(name),
    }
}

fn who(who: &Who) -> String {
    match who {
        Who::Thing(thing) => thing.id.name().to_owned(),
        Who::Principal(name) | Who::Service(name) => term(name),
        Who::Organization(name) => format!("everybody in the organization {}", term(name)),
        Who::Account => "everybody else in the account".to_owned(),
        Who::Outsider => "everybody else with an identity in AWS".to_owned(),
        Who::Anonymous => "everybody without an identity".to_owned(),
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Thing(thing, name) => format!("{} ({})", thing.id.name(), term(name)),
        Target::Outside(name) => term(name),
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Endpoint(id) => format!("through the endpoint {}", id.name()),
        Origin::NamedEndpoint(name) => format!("through the endpoint {}", term(name)),
        Origin::NamedNetwork(name) => format!("through an endpoint of {}", term(name)),
        Origin::OtherEndpoint => "through another endpoint".to_owned(),
        Origin::Addresses(name) => format!("from {}", term(name)),
        Origin::Elsewhere => "from any other address".to_owned(),
    }
}

fn given(given: &Given) -> String {
    match given {
        Given::Nothing => "missing".to_owned(),
        Given::Value(Term::Text(text)) if text == "*" => "something else".to_owned(),
        Given::Value(value) => term(value),
    }
}

/// A value in words.
fn term(value: &Term) -> String {
    match value {
        Term::Text(text) => text.as_str().to_owned(),
        Term::Parameter(name) => format!("<{name}>"),
        Term::Attribute(id, _) => format!("<{}>", id.name()),
        Term::Environment(Environment::AccountId) => "ACCOUNT".to_owned(),
        Term::Environment(Environment::Region) => "REGION".to_owned(),
        Term::Environment(Environment::Partition) => "aws".to_owned(),
        Term::Join(parts) => parts.iter().map(term).collect(),
    }
}
