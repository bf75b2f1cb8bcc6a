//! Where a request comes from: through an endpoint, or from addresses.

use std::collections::BTreeSet;

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

/// Where a request comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Origin {
    /// Through an endpoint of the template: its id, and its VPC.
    Endpoint(ResourceId, Value, Value),
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
    pub(super) fn fact(&self, key: &str) -> Fact {
        match (key, self) {
            ("aws:sourceip", Self::Addresses(address)) => Fact::From(address.clone()),
            ("aws:sourcevpce", Self::Endpoint(_, endpoint, _) | Self::NamedEndpoint(endpoint)) => {
                Fact::Is(endpoint.clone())
            }
            ("aws:sourcevpc", Self::Endpoint(_, _, vpc) | Self::NamedVpc(vpc)) => {
                Fact::Is(vpc.clone())
            }
            ("aws:sourcevpce", Self::NamedVpc(_) | Self::OtherEndpoint)
            | ("aws:sourcevpc", Self::NamedEndpoint(_) | Self::OtherEndpoint) => {
                Fact::Is(Value::other())
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
    let mut found: BTreeSet<Origin> = endpoints.collect();
    let own: Vec<_> = found.iter().cloned().collect();
    let is_own = |value: &Value| {
        own.iter().any(
            |origin| matches!(origin, Origin::Endpoint(_, id, vpc) if id == value || vpc == value),
        )
    };
    for test in rules.flat_map(|rule| &rule.tests) {
        for value in &test.values {
            let named = value.specimen();
            match test.key.as_str() {
                "aws:sourcevpce" if !is_null(test.operator) && !is_own(&named) => {
                    found.insert(Origin::NamedEndpoint(named));
                }
                "aws:sourcevpc" if !is_null(test.operator) && !is_own(&named) => {
                    found.insert(Origin::NamedVpc(named));
                }
                "aws:sourceip" => {
                    let address = match (value.block(), value.as_symbol()) {
                        (Some(block), _) => Address::Block(block),
                        (None, Some(given)) => Address::Given(given.clone()),
                        _ => continue,
                    };
                    found.insert(Origin::Addresses(address));
                }
                _ => {}
            }
        }
        if matches!(test.key.as_str(), "aws:sourcevpce" | "aws:sourcevpc") {
            found.insert(Origin::OtherEndpoint);
        }
    }
    found.insert(Origin::Addresses(Address::Rest));
    found.into_iter().collect()
}

fn is_null(operator: Option<super::condition::Operator>) -> bool {
    operator.is_some_and(|operator| operator.how == How::Null)
}
