//! Security groups: one for each tier, with a rule for each flow at each end.

use super::network::vpc_id;
use super::{Lowering, names};
use crate::cloud::aws::{Kind, Rule, RulePeer, SecurityGroup};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::net::{Cidr, Port, Ports, Traffic};
use crate::plan::{Allow, Endpoint, EndpointService, Flow, Network, Peer, Tier};

/// The end of a flow that a rule stands at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// The rule lets something in.
    Destination,
    /// The rule lets something out.
    Source,
}

impl Lowering<'_> {
    pub(super) fn security_group(&mut self, tier: &Tier) {
        let plan = self.plan;
        let Some(network) = plan.networks.iter().find(|it| it.name == tier.network) else {
            return self.unsupported(
                format!("the tier `{}` outside of a network", tier.name),
                "put it into a subnet",
            );
        };
        let id = group_id(&tier.name);
        let ingress = self.rules(network, tier, End::Destination);
        let egress = self.rules(network, tier, End::Source);
        self.add(SecurityGroup {
            id: id.clone(),
            name: self.name(&tier.name),
            description: format!(
                "Members of the tier {}. Nothing passes but what a rule allows.",
                tier.name
            ),
            vpc: vpc_id(network).id(),
            ingress,
            egress,
        });
        self.output(
            format!("{}_security_group_id", names::output(&tier.name)),
            format!(
                "Id of the security group of the tier {}: what carries it is a member.",
                tier.name
            ),
            id.id(),
        );
    }

    /// The rules of a tier's group at one end of its flows: those about addresses first, then those about groups.
    fn rules(&mut self, network: &Network, tier: &Tier, end: End) -> Vec<Rule> {
        let plan = self.plan;
        let mut rules = Vec::new();
        for flow in &plan.flows {
            let (own, other) = match end {
                End::Destination => (&flow.to, &flow.from),
                End::Source => (&flow.from, &flow.to),
            };
            if *own != Peer::Named(tier.name.clone()) {
                continue;
            }
            match flow.allow {
                Allow::Traffic(traffic) => {
                    for (name, peer) in self.addresses(other) {
                        rules.push(rule(end, &name, peer, traffic, flow));
                    }
                }
                Allow::Action(_) if end == End::Source => {
                    rules.extend(self.service_rule(network, tier, flow));
                }
                // What is done to a tier by its cloud (as launching it) needs no way on the network.
                Allow::Action(_) => {}
            }
        }
        let mut rules = prune(rules);
        rules.sort_by_key(|rule| matches!(rule.peer, RulePeer::Group(_)));
        rules
    }

    /// What a security group can call a peer, with a name for each.
    fn addresses(&mut self, peer: &Peer) -> Vec<(String, RulePeer)> {
        let plan = self.plan;
        match peer {
            Peer::Internet => vec![("internet".into(), RulePeer::Cidr(Cidr::ANY_V4))],
            Peer::Block(block) => self.blocks("", &[*block]),
            Peer::Datacenter => match &plan.datacenter {
                Some(datacenter) => self.blocks("datacenter-", &datacenter.ranges),
                None => Vec::new(),
            },
            Peer::Named(name) if plan.tiers.contains_key(name) => {
                vec![(name.clone(), RulePeer::Group(group_id(name).id()))]
            }
            Peer::Named(name) => {
                self.unsupported(
                    format!("traffic of a network to or from `{name}`"),
                    "name a tier, the datacenter, the internet or a block",
                );
                Vec::new()
            }
        }
    }

    fn blocks(&mut self, prefix: &str, blocks: &[Cidr]) -> Vec<(String, RulePeer)> {
        if let Some(block) = blocks.iter().find(|block| !block.is_v4()) {
            self.unsupported(
                format!("the IPv6 block {block} in a VPC of IPv4"),
                "name IPv4 blocks",
            );
        }
        let named = |&block: &Cidr| {
            (
                format!("{prefix}{}", names::cidr(block)),
                RulePeer::Cidr(block),
            )
        };
        blocks.iter().map(named).collect()
    }

    /// The way from a tier to a service: out to the addresses of the endpoint's service, and nowhere else.
    fn service_rule(&mut self, network: &Network, tier: &Tier, flow: &Flow) -> Option<Rule> {
        let through = flow.through.as_deref().unwrap_or_default();
        let Some(endpoint) = network.endpoints.get(through) else {
            self.unsupported(
                format!(
                    "{} from `{}` to `{}` without an endpoint",
                    flow.allow, tier.name, flow.to
                ),
                "add an endpoint to the network and name it in `through`",
            );
            return None;
        };
        let Some(parameter) = &endpoint.prefix_list else {
            self.unsupported(
                format!("the endpoint `{}` without a prefix list", endpoint.name),
                "give the endpoint a parameter for the id of the service's prefix list",
            );
            return None;
        };
        let peer = prefix_list(network, endpoint, parameter);
        Some(rule(End::Source, &endpoint.name, peer, https(), flow))
    }
}

/// The addresses of an endpoint's service.
fn prefix_list(network: &Network, endpoint: &Endpoint, parameter: &str) -> RulePeer {
    let id = super::in_network(network, Kind::VpcEndpoint, &endpoint.name);
    RulePeer::PrefixList {
        of_endpoint: id.attribute(Attribute::PrefixList),
        given: Term::Parameter(parameter.to_owned()),
        // https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
        weight: match endpoint.service {
            EndpointService::S3 => 1,
        },
    }
}

/// What the APIs of AWS are reached by.
pub(super) fn https() -> Traffic {
    // 443 is no 0 and under 65536.
    Traffic::Tcp(Port::new(443).map_or(Ports::ALL, Ports::one))
}

fn rule(end: End, name: &str, peer: RulePeer, traffic: Traffic, flow: &Flow) -> Rule {
    let word = match end {
        End::Destination => "from",
        End::Source => "to",
    };
    Rule {
        name: format!("{word}-{name}-{}", names::traffic(traffic)),
        peer,
        traffic,
        description: flow.why.clone(),
    }
}

/// Leaves out each rule that another one covers. Of equal ones the first stays and says the reasons of all.
fn prune(rules: Vec<Rule>) -> Vec<Rule> {
    let mut kept: Vec<Rule> = Vec::new();
    for rule in rules {
        let equal = |known: &&mut Rule| known.peer == rule.peer && known.traffic == rule.traffic;
        match kept.iter_mut().find(equal) {
            Some(known) if !known.description.contains(&rule.description) => {
                known.description = format!("{} {}", known.description, rule.description);
            }
            Some(_) => {}
            None => kept.push(rule),
        }
    }
    let all = kept.clone();
    kept.retain(|rule| !all.iter().any(|other| other != rule && covers(other, rule)));
    kept
}

/// Whether `wide` lets everything pass that `narrow` does.
fn covers(wide: &Rule, narrow: &Rule) -> bool {
    let peer = match (&wide.peer, &narrow.peer) {
        (RulePeer::Cidr(wide), RulePeer::Cidr(narrow)) => wide.contains(*narrow),
        (wide, narrow) => wide == narrow,
    };
    peer && wide.traffic.covers(narrow.traffic)
}

/// The id of a tier's security group.
pub(super) fn group_id(tier: &str) -> ResourceId {
    Kind::SecurityGroup.named([tier])
}
