//! Where a request comes from: through an endpoint, or from addresses.

use std::borrow::Cow;
use std::rc::Rc;

use super::condition::{Fact, How};
use super::rule::Rule;
use super::value::Value;
use crate::cloud::{ResourceId, Term};
use crate::net::Cidr;

/// Addresses that conditions tell apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Address {
    /// Those that a parameter will hold.
    Given(Term),
    /// Those of a block, without the smaller blocks in it that are named as well.
    Block(Cidr),
    /// Those that nobody names.
    Rest,
}

/// An endpoint of the template.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Gate {
    pub(super) id: ResourceId,
    /// What the network's keys say of it.
    pub(super) value: Value,
    /// What they say of its VPC.
    pub(super) vpc: Value,
}

/// Where a request comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Origin {
    /// Through an endpoint of the template.
    Endpoint(Rc<Gate>),
    /// Through an endpoint that the template names and does not make.
    NamedEndpoint(Value),
    /// Through some endpoint of a VPC that the template names.
    NamedVpc(Value),
    /// Through an endpoint that nobody names.
    OtherEndpoint,
    /// From addresses, through no endpoint.
    Addresses(Address),
}

impl Origin {
    /// What the keys of the network say. A request through an endpoint comes from a private address, which
    /// `aws:SourceIp` never tells:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>.
    pub(super) fn fact(&self, key: &str) -> Fact<'_> {
        let is = |value| Fact::Is(Cow::Borrowed(value));
        match (key, self) {
            ("aws:sourceip", Self::Addresses(address)) => Fact::From(address),
            ("aws:sourcevpce", Self::Endpoint(gate)) => is(&gate.value),
            ("aws:sourcevpce", Self::NamedEndpoint(endpoint)) => is(endpoint),
            ("aws:sourcevpc", Self::Endpoint(gate)) => is(&gate.vpc),
            ("aws:sourcevpc", Self::NamedVpc(vpc)) => is(vpc),
            ("aws:sourcevpce", Self::NamedVpc(_) | Self::OtherEndpoint)
            | ("aws:sourcevpc", Self::NamedEndpoint(_) | Self::OtherEndpoint) => {
                is(Value::nobody())
            }
            _ => Fact::Missing,
        }
    }

    /// Whether a key speaks of the network.
    pub(super) fn has(key: &str) -> bool {
        matches!(key, "aws:sourceip" | "aws:sourcevpce" | "aws:sourcevpc")
    }
}

/// Every origin that some rules tell apart, beside the template's own endpoints.
pub(super) fn origins<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    endpoints: impl Iterator<Item = Origin>,
) -> Vec<Origin> {
    let own: Vec<_> = endpoints.collect();
    let mut found = Vec::new();
    let is_own = |value: &Value| {
        own.iter().any(|origin| match origin {
            Origin::Endpoint(gate) => gate.value == *value || gate.vpc == *value,
            _ => false,
        })
    };
    for test in rules.flat_map(|rule| &rule.tests) {
        let values = test.values.iter();
        match test.key.as_str() {
            key @ ("aws:sourcevpce" | "aws:sourcevpc") => {
                let values = values.filter(|_| !is_null(test.operator));
                let named = values.map(Value::specimen).filter(|named| !is_own(named));
                let origin = match key {
                    "aws:sourcevpce" => Origin::NamedEndpoint,
                    _ => Origin::NamedVpc,
                };
                found.extend(named.map(origin));
                found.push(Origin::OtherEndpoint);
            }
            "aws:sourceip" => {
                let addresses = values.filter_map(|value| {
                    value.block().map(Address::Block).or_else(|| {
                        let given = value.as_symbol()?;
                        Some(Address::Given(given.clone()))
                    })
                });
                found.extend(addresses.map(Origin::Addresses));
            }
            _ => {}
        }
    }
    found.push(Origin::Addresses(Address::Rest));
    found.extend(own);
    found.sort_unstable();
    found.dedup();
    found
}

fn is_null(operator: Option<super::condition::Operator>) -> bool {
    operator.is_some_and(|operator| operator.how == How::Null)
}
