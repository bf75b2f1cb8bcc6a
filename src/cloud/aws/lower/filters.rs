//! Security groups: one for each tier, with the rules of the security-group graph in the words of EC2.

use super::network::vpc_id;
use super::{Lowering, in_network, names};
use crate::cloud::aws::{Kind, Rule, RulePeer, SecurityGroup};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::net::{Cidr, IpVersion, Port, Ports, Traffic};
use crate::plan::graph::{self, Direction, End, Group};
use crate::plan::{Allow, EndpointService, Network, Peer, Tier};

impl Lowering<'_> {
    pub(super) fn security_groups(&mut self) {
        let plan = self.plan;
        for group in graph::groups(plan) {
            let Some(tier) = plan.tiers.get(&group.tier) else {
                continue;
            };
            match plan.networks.iter().find(|it| it.name == tier.network) {
                Some(network) => self.security_group(network, tier, &group),
                None => self.unsupported(
                    format!("the tier `{}` outside of a network", tier.name),
                    "put it into a subnet",
                ),
            }
        }
        self.unreachable_peers();
    }

    fn security_group(&mut self, network: &Network, tier: &Tier, group: &Group) {
        let id = group_id(&tier.name);
        let ingress = self.rules(network, group.ingress());
        let egress = self.rules(network, group.egress());
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

    /// One direction of a group: rules about addresses first, then those about groups.
    fn rules<'r>(
        &mut self,
        network: &Network,
        edges: impl Iterator<Item = &'r graph::Rule>,
    ) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for edge in edges {
            for (name, peer) in self.ends(network, &edge.end) {
                // The Internet and a block of all addresses are one peer to EC2, which takes no rule twice.
                let known = |rule: &Rule| rule.peer == peer && rule.traffic == edge.traffic.into();
                if rules.iter().any(known) {
                    continue;
                }
                let word = match edge.direction {
                    Direction::Ingress => "from",
                    Direction::Egress => "to",
                };
                rules.push(Rule {
                    name: format!("{word}-{name}-{}", names::traffic(edge.traffic)),
                    peer,
                    traffic: edge.traffic.into(),
                    description: edge.why.clone(),
                });
            }
        }
        rules.sort_by_key(|rule| matches!(rule.peer, RulePeer::Group(_)));
        rules
    }

    /// What EC2 calls the other end of a rule, with a name for it: the Internet by its addresses of each version of IP. A group
    /// is of both.
    fn ends(&mut self, network: &Network, end: &End) -> Vec<(String, RulePeer)> {
        let versions = network.versions();
        match end {
            End::Group(tier) => vec![(tier.clone(), RulePeer::Group(group_id(tier).id()))],
            End::Internet => {
                let each = versions.iter().map(|version| match version {
                    IpVersion::V4 => ("internet".into(), RulePeer::Cidr(Cidr::ANY_V4)),
                    IpVersion::V6 => ("internet-ipv6".into(), RulePeer::Cidr(Cidr::ANY_V6)),
                });
                each.collect()
            }
            End::Block(block) if versions.contains(&block.version()) => {
                let name = names::cidr(*block);
                let datacenter = self.plan.datacenter.as_ref();
                let name = match datacenter.filter(|side| side.ranges.contains(block)) {
                    Some(_) => format!("datacenter-{name}"),
                    None => name,
                };
                vec![(name, RulePeer::Cidr(*block))]
            }
            End::Block(block) => {
                self.unsupported(
                    format!("the IPv6 block {block} in a VPC of IPv4"),
                    "give the network a block of IPv6 with `ipv6`, or name IPv4 blocks",
                );
                Vec::new()
            }
            End::Service(endpoint) => {
                let peer = self.prefix_list(network, endpoint);
                let peer = peer.map(|peer| (endpoint.clone(), peer));
                peer.into_iter().collect()
            }
            // A load balancer is refused where the network has it.
            End::LoadBalancer(_) => Vec::new(),
        }
    }

    /// The addresses of the service that an endpoint leads to.
    fn prefix_list(&mut self, network: &Network, endpoint: &str) -> Option<RulePeer> {
        let endpoint = network.endpoints.get(endpoint)?;
        let Some(parameter) = &endpoint.prefix_list else {
            self.unsupported(
                format!("the endpoint `{}` without a prefix list", endpoint.name),
                "give the endpoint a parameter for the id of the service's prefix list",
            );
            return None;
        };
        let id = in_network(network, Kind::VpcEndpoint, &endpoint.name);
        Some(RulePeer::PrefixList {
            of_endpoint: id.attribute(Attribute::PrefixList),
            given: Term::Parameter(parameter.into()),
            // https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
            weight: match endpoint.service {
                EndpointService::S3 => 1,
            },
        })
    }

    /// Refuses flows of tiers that the graph makes no rule of, and that would be cut in silence.
    fn unreachable_peers(&mut self) {
        let plan = self.plan;
        for flow in &plan.flows {
            match (&flow.from, &flow.to, flow.allow) {
                (Peer::Named(tier), to, Allow::Action(_)) if plan.tiers.contains_key(tier) => {
                    let way = |through| {
                        plan.networks
                            .iter()
                            .any(|it| it.endpoints.contains_key(through))
                    };
                    if !flow.through.as_ref().is_some_and(way) {
                        self.unsupported(
                            format!("{} from `{tier}` to `{to}` without an endpoint", flow.allow),
                            "add an endpoint to the network and name it in `through`",
                        );
                    }
                }
                (from, to, Allow::Traffic(traffic)) => {
                    for peer in [from, to] {
                        if let Peer::Named(name) = peer
                            && !plan.tiers.contains_key(name)
                        {
                            self.unsupported(
                                format!("{traffic} to or from `{name}`"),
                                "name a tier, the datacenter, the internet or a block",
                            );
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// What the APIs of AWS are reached by.
pub(super) fn https() -> Traffic {
    Traffic::Tcp(Ports::one(Port::HTTPS))
}

/// The id of a tier's security group.
pub(super) fn group_id(tier: &str) -> ResourceId {
    Kind::SecurityGroup.named([tier])
}
