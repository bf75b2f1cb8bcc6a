//! The security-group graph: which rules each tier's group must hold so that the flows of a plan pass, and no more.
//!
//! Nodes are tiers and the other peers of traffic; edges are flows. Each end of an edge that is a tier gets a rule:
//! egress where the flow starts, ingress where it arrives. A rule names a tier's group and never its addresses, so a
//! cycle is nothing special here: two tiers that talk to each other, or a tier that talks to itself.
//!
//! A pure function from a plan to rules. The room knows no cloud's resource types, no YAML and no format: how a group,
//! the Internet or a gateway endpoint is written, and how many rules a group may hold, is the cloud's business.

mod prune;
mod rule;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use prune::prune;
pub use rule::{Direction, End, Rule};

use crate::net::{Port, Ports, Traffic};
use crate::plan::{Allow, Flow, Peer, Plan, Tier};

/// The rules of one tier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The tier's name.
    pub tier: String,
    /// Its rules, pruned and in order: ingress first, then by slot, then by what they name.
    pub rules: Vec<Rule>,
}

impl Group {
    /// The rules for what arrives, in order.
    pub fn ingress(&self) -> impl Iterator<Item = &Rule> {
        self.towards(Direction::Ingress)
    }

    /// The rules for what leaves, in order.
    pub fn egress(&self) -> impl Iterator<Item = &Rule> {
        self.towards(Direction::Egress)
    }

    fn towards(&self, direction: Direction) -> impl Iterator<Item = &Rule> {
        self.rules
            .iter()
            .filter(move |rule| rule.direction == direction)
    }
}

/// The rules of every tier, in the plan's order. A tier that no flow touches has no rules.
///
/// - Traffic with the datacenter makes one rule for each of its ranges, and none when it has no ranges.
/// - An action on a service makes a rule only where a tier does it `through` a gateway endpoint of its own network:
///   HTTPS to that endpoint. All other actions are a matter of policies, not of groups. Two actions through one
///   endpoint make one rule, with the reason of the first.
/// - A flow through a load balancer makes the same rule as one without: what the balancer passes on arrives with the
///   address of the client.
/// - A peer that is neither a tier nor a load balancer has no addresses that a rule could name, and makes none.
#[must_use]
pub fn groups(plan: &Plan) -> Vec<Group> {
    let mut edges = Edges {
        plan,
        balancers: load_balancers(plan),
        rules: vec![Vec::new(); plan.tiers.len()],
    };
    for flow in &plan.flows {
        edges.add(flow);
    }
    let pruned = edges.rules.into_iter().map(prune);
    plan.tiers
        .keys()
        .zip(pruned)
        .map(|(tier, rules)| Group {
            tier: tier.clone(),
            rules,
        })
        .collect()
}

fn load_balancers(plan: &Plan) -> BTreeSet<&str> {
    let networks = plan.networks.iter();
    networks
        .flat_map(|network| network.load_balancers.keys().map(String::as_str))
        .collect()
}

/// The rules that the flows make, before they are pruned.
struct Edges<'p> {
    plan: &'p Plan,
    balancers: BTreeSet<&'p str>,
    /// One list for each tier, in the order of the plan's tiers.
    rules: Vec<Vec<Rule>>,
}

impl Edges<'_> {
    fn add(&mut self, flow: &Flow) {
        match flow.allow {
            Allow::Traffic(traffic) => {
                self.rule(&flow.from, Direction::Egress, &flow.to, traffic, flow);
                self.rule(&flow.to, Direction::Ingress, &flow.from, traffic, flow);
            }
            Allow::Action(_) => self.service(flow),
        }
    }

    /// One end of an edge: a rule at `at` that names `other`, if `at` is a tier.
    fn rule(
        &mut self,
        at: &Peer,
        direction: Direction,
        other: &Peer,
        traffic: Traffic,
        flow: &Flow,
    ) {
        let Some(tier) = self.tier(at) else { return };
        for end in self.ends(other) {
            self.rules[tier].push(rule(direction, end, traffic, flow));
        }
    }

    /// An action that a tier does through a gateway endpoint.
    fn service(&mut self, flow: &Flow) {
        let Some(tier) = self.tier(&flow.from) else {
            return;
        };
        let Some(endpoint) = &flow.through else {
            return;
        };
        if self.leads_to(&self.plan.tiers[tier], endpoint) {
            let end = End::Service(endpoint.clone());
            let https = Traffic::Tcp(Ports::one(Port::HTTPS));
            self.rules[tier].push(rule(Direction::Egress, end, https, flow));
        }
    }

    /// Whether the network of a tier has a gateway endpoint of this name.
    fn leads_to(&self, tier: &Tier, endpoint: &str) -> bool {
        let mut networks = self.plan.networks.iter();
        networks
            .any(|network| network.name == tier.network && network.endpoints.contains_key(endpoint))
    }

    fn tier(&self, peer: &Peer) -> Option<usize> {
        match peer {
            Peer::Named(name) => self.plan.tiers.get_index_of(name),
            _ => None,
        }
    }

    /// What a rule names in order to name a peer.
    fn ends(&self, peer: &Peer) -> Vec<End> {
        match peer {
            Peer::Internet => vec![End::Internet],
            Peer::Datacenter => {
                let ranges = self.plan.datacenter.iter().flat_map(|side| &side.ranges);
                ranges.map(|range| End::Block(*range)).collect()
            }
            Peer::Block(block) => vec![End::Block(*block)],
            Peer::Named(name) if self.plan.tiers.contains_key(name) => {
                vec![End::Group(name.clone())]
            }
            Peer::Named(name) if self.balancers.contains(name.as_str()) => {
                vec![End::LoadBalancer(name.clone())]
            }
            Peer::Named(_) => Vec::new(),
        }
    }
}

fn rule(direction: Direction, end: End, traffic: Traffic, flow: &Flow) -> Rule {
    Rule {
        direction,
        slot: flow.slot,
        end,
        traffic,
        why: flow.why.clone(),
        through: flow.through.clone(),
    }
}
