//! What resources of Azure let through.
//!
//! A packet between two ends passes when routes lead it there and its answer back, and when every network security group on
//! the way lets it pass. Each rule of evaluation stands beside the page on which Azure says so. Where the resources leave
//! room, `some` of a passage is what may pass and `every` what surely does.

mod balancer;
mod bounds;
mod card;
mod census;
mod filter;
mod fronts;
mod gateway;
mod ground;
mod inside;
mod internal;
mod judge;
mod outside;
mod passage;
mod ranges;
mod routes;
mod rule;
mod seats;
mod survey;
#[cfg(test)]
mod tests;
mod unused;

use std::cell::RefCell;

use crate::cloud::azure::Resource;
use crate::cloud::{Placed, Unknown};
use crate::net::IpVersion;
use crate::reach::matrix::{Assumption, Matrix};
use balancer::Balancing;
use judge::Judge;
use survey::Survey;

/// What no template shows.
const ASSUMPTIONS: [Assumption; 7] = [
    // https://learn.microsoft.com/azure/virtual-network-manager/concept-security-admins
    Assumption(
        "No security admin rule of a Virtual Network Manager opens or closes anything before the network security groups are asked.",
    ),
    Assumption("Firewalls on the machines themselves let everything pass."),
    // https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#azure-platform-considerations
    Assumption(
        "Azure's own addresses 168.63.129.16 and 169.254.169.254 answer the machines whatever the rules say, unless a rule names their service tags.",
    ),
    Assumption(
        "Nobody has addresses that are kept for loopback, multicast, tests or a single link.",
    ),
    Assumption(
        "The other side of a VPN that speaks BGP tells what route tables send to the gateway, and beside that private ranges at the most.",
    ),
    // https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access
    Assumption(
        "In a subnet that allows default outbound access, every machine without another way out gets it from Azure.",
    ),
    Assumption("Machines that the template does not show are in none of its subnets."),
];

/// Who is there without a machine.
const AS_IF: Assumption = Assumption(
    "A network security group that nothing uses yet is judged as if machines with it stood in every subnet, in the application security groups that its rules name as their own end.",
);

/// What is not known of networks with IPv6
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations>).
const IPV6: Assumption = Assumption(
    "Network security groups know no ICMP of IPv6 by its name: a rule for every protocol is taken to hold for it as well.",
);

/// What resources let through, of which `unknown` is not understood.
#[must_use]
pub fn matrix(resources: &[Placed<Resource>], unknown: &[Unknown]) -> Matrix {
    let survey = Survey::new(resources, unknown);
    let networks = ground::networks(&survey);
    let grounds = ground::grounds(&survey, &networks);
    let census = census::census(&survey, grounds);
    fronts::note(&survey, &census.balancers);
    let mut judge = Judge {
        balancing: Balancing::new(&survey, &census.balancers),
        census,
        networks,
        passages: Vec::new(),
        budget: RefCell::default(),
        exhausted: RefCell::default(),
    };
    judge.note(&survey);
    judge.inside();
    judge.outside();
    judge.note_exhausted(&survey);
    let Judge {
        census, passages, ..
    } = judge;
    let as_if = census.as_if.then_some(AS_IF);
    let mut stands = census.stands.iter();
    let ipv6 = stands.any(|stand| stand.version == IpVersion::V6);
    let ipv6 = ipv6.then_some(IPV6);
    Matrix {
        peers: census.peers,
        passages,
        grants: Vec::new(),
        unknown: survey.into_unknown(),
        assumptions: ASSUMPTIONS.into_iter().chain(as_if).chain(ipv6).collect(),
    }
}
