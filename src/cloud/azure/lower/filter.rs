//! The rules of the security-group graph as Azure's own.
//!
//! Each tier has an application security group and a network security group of its own, which hangs at its machines'
//! interfaces. Azure's own rules let everything inside a network pass and everything out; they cannot be removed, so that
//! each group ends in two rules that deny the rest
//! (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules>).
//!
//! No rule names the tag `VirtualNetwork`: it holds the datacenter too, and with a default route to the gateway any
//! address at all (<https://learn.microsoft.com/azure/virtual-network/service-tags-overview>).

use super::names::{child, peer, traffic};
use super::{Lowering, priority};
use crate::cloud::ResourceId;
use crate::cloud::azure::{
    Access, ApplicationSecurityGroup, Direction, Kind, NetworkSecurityGroup, Protocol, Resource,
    SecurityRule, Side,
};
use crate::net::{Cidr, Ports, Traffic};
use crate::plan::graph::{self, End, Rule};
use crate::plan::{DefaultRoute, Network, Peer, Tier};

const INBOUND: &str = "deny-all-inbound";
const OUTBOUND: &str = "deny-all-outbound";

pub(super) fn lower(lowering: &mut Lowering<'_>, network: &Network) -> Vec<Resource> {
    let tiers: Vec<_> = lowering.tiers(network).collect();
    let groups = tiers.iter().map(|tier| {
        Resource::ApplicationSecurityGroup(ApplicationSecurityGroup {
            id: lowering.names.group(network, &tier.name),
        })
    });
    let mut items: Vec<_> = groups.collect();
    let graph = graph::groups(lowering.plan);
    for tier in tiers {
        let rules = graph
            .iter()
            .find(|group| group.tier == tier.name)
            .map_or(&[][..], |group| &group.rules);
        items.push(Resource::NetworkSecurityGroup(filter(
            lowering, network, tier, rules,
        )));
    }
    items
}

/// The rules that close a tier's group. Machines wait for them, so that none is open while it starts.
pub(super) fn closing(group: &ResourceId) -> [ResourceId; 2] {
    [INBOUND, OUTBOUND].map(|name| child(group, Kind::SecurityRule, name))
}

fn filter(
    lowering: &mut Lowering<'_>,
    network: &Network,
    tier: &Tier,
    edges: &[Rule],
) -> NetworkSecurityGroup {
    let id = lowering.names.filter(network, &tier.name);
    let mut rules = Vec::new();
    for direction in [Direction::Inbound, Direction::Outbound] {
        let half = Half {
            network,
            tier,
            group: &id,
            direction,
        };
        // The graph has a rule for each range of the datacenter; one of Azure's holds them all.
        for slot in edges
            .chunk_by(|a, b| (a.direction, a.slot, a.traffic) == (b.direction, b.slot, b.traffic))
        {
            rules.extend(half.allow(lowering, slot));
        }
        rules.extend(half.deny_known(lowering, &rules));
        rules.push(half.deny_rest());
    }
    rules.sort_by_key(|rule| (rule.direction, rule.priority));
    NetworkSecurityGroup { id, rules }
}

/// One direction of a tier's group.
struct Half<'a> {
    network: &'a Network,
    tier: &'a Tier,
    group: &'a ResourceId,
    direction: Direction,
}

impl Half<'_> {
    /// The rule that lets one flow pass at this end.
    fn allow(&self, lowering: &mut Lowering<'_>, edges: &[Rule]) -> Option<SecurityRule> {
        let (edge, word) = match (edges.first()?, self.direction) {
            (edge, Direction::Inbound) if edge.direction == graph::Direction::Ingress => {
                (edge, "from")
            }
            (edge, Direction::Outbound) if edge.direction == graph::Direction::Egress => {
                (edge, "to")
            }
            _ => return None,
        };
        let far = self.far(lowering, edge)?;
        let far_side = self.far_side(lowering, edges)?;
        let (protocol, ports) = filtered(lowering, edge.traffic)?;
        let priority = priority::of(edge)
            .map_err(|error| lowering.errors.push(error))
            .ok()?;
        let name = format!("allow-{}-{word}-{}", traffic(edge.traffic), peer(far));
        let own = Side::Groups(vec![
            lowering.names.group(self.network, &self.tier.name).id(),
        ]);
        let (source, destination) = match self.direction {
            Direction::Inbound => (far_side, own),
            Direction::Outbound => (own, far_side),
        };
        Some(SecurityRule {
            id: child(self.group, Kind::SecurityRule, &name),
            description: edge.why.clone(),
            priority,
            direction: self.direction,
            access: Access::Allow,
            protocol,
            source,
            destination,
            ports,
        })
    }

    /// The other end of the flow that an edge comes from, as the pattern calls it.
    fn far<'a>(&self, lowering: &Lowering<'a>, edge: &Rule) -> Option<&'a Peer> {
        let mut flows = lowering.plan.flows.iter();
        let flow = flows.find(|flow| flow.slot == edge.slot)?;
        Some(match self.direction {
            Direction::Inbound => &flow.from,
            Direction::Outbound => &flow.to,
        })
    }

    /// A side of a rule for the other end.
    fn far_side(&self, lowering: &mut Lowering<'_>, edges: &[Rule]) -> Option<Side> {
        let what = match &edges.first()?.end {
            End::Internet => return Some(self.internet()),
            End::Block(_) => return Some(Side::Blocks(blocks(edges))),
            End::Group(name) => return self.tier_side(lowering, name),
            // Its probes, and only they, come from this tag
            // (https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview#probe-source-ip-address).
            End::LoadBalancer(_) if self.direction == Direction::Inbound => {
                return Some(Side::Tag("AzureLoadBalancer".to_owned()));
            }
            End::LoadBalancer(name) => format!("the load balancer `{name}`"),
            End::Service(name) => format!("the service behind `{name}`"),
        };
        lowering.unsupported(
            &format!("a flow from `{}` to {what}", self.tier.name),
            "let the flow end at a tier, at addresses or at the Internet",
        );
        None
    }

    /// A tier of the same network: groups name its machines, wherever their addresses are.
    fn tier_side(&self, lowering: &mut Lowering<'_>, name: &str) -> Option<Side> {
        let here = lowering
            .plan
            .tiers
            .get(name)
            .is_some_and(|tier| tier.network == self.network.name);
        if !here {
            lowering.unsupported(
                &format!("a flow between `{}` and `{name}`", self.tier.name),
                "both ends of a flow must be tiers of one network, because a rule can name groups of one network only \
                 (https://learn.microsoft.com/azure/virtual-network/application-security-groups)",
            );
            return None;
        }
        let group = lowering.names.group(self.network, name);
        Some(Side::Groups(vec![group.id()]))
    }

    /// The Internet. Where the way out leads through the datacenter, the tag `Internet` does not say which addresses are
    /// meant; what is not the Internet's is denied before.
    fn internet(&self) -> Side {
        let forced = self.network.subnets.iter().any(|group| {
            group.name == self.tier.subnet && group.default_route == DefaultRoute::Datacenter
        });
        if forced && self.direction == Direction::Outbound {
            Side::Blocks(vec![Cidr::ANY_V4])
        } else {
            Side::Tag("Internet".to_owned())
        }
    }

    /// Where the Internet is let through and there is a datacenter: the addresses that are not the Internet's.
    fn deny_known(&self, lowering: &Lowering<'_>, rules: &[SecurityRule]) -> Option<SecurityRule> {
        let open = rules
            .iter()
            .any(|rule| rule.direction == self.direction && rule.priority > priority::DENY_KNOWN);
        if !open || self.network.vpn.is_none() {
            return None;
        }
        let sides = lowering.plan.datacenter.iter();
        let ranges = sides.flat_map(|side| side.ranges.iter().copied());
        let known = Side::Blocks(widest(self.network.cidrs.iter().copied().chain(ranges)));
        let (name, source, destination) = match self.direction {
            Direction::Inbound => ("deny-own-ranges-inbound", known, Side::Any),
            Direction::Outbound => ("deny-own-ranges-outbound", Side::Any, known),
        };
        let description = "The network and the datacenter are not the Internet, whatever the rules below let through.";
        Some(SecurityRule {
            priority: priority::DENY_KNOWN,
            ..self.deny(name, description, source, destination)
        })
    }

    fn deny_rest(&self) -> SecurityRule {
        let (name, description) = match self.direction {
            Direction::Inbound => (
                INBOUND,
                "Nothing else comes in, not even from the same subnet, which Azure's own rules would allow.",
            ),
            Direction::Outbound => (
                OUTBOUND,
                "Nothing else goes out, neither to the network nor to the Internet, which Azure's own rules would allow.",
            ),
        };
        self.deny(name, description, Side::Any, Side::Any)
    }

    fn deny(&self, name: &str, why: &str, source: Side, destination: Side) -> SecurityRule {
        SecurityRule {
            id: child(self.group, Kind::SecurityRule, name),
            description: why.to_owned(),
            priority: priority::DENY_REST,
            direction: self.direction,
            access: Access::Deny,
            protocol: Protocol::Any,
            source,
            destination,
            ports: Vec::new(),
        }
    }
}

/// Traffic in the words of a rule.
fn filtered(lowering: &mut Lowering<'_>, traffic: Traffic) -> Option<(Protocol, Vec<Ports>)> {
    match traffic {
        Traffic::All => Some((Protocol::Any, Vec::new())),
        Traffic::Tcp(ports) => Some((Protocol::Tcp, listed(ports))),
        Traffic::Udp(ports) => Some((Protocol::Udp, listed(ports))),
        Traffic::Icmp(None) => Some((Protocol::Icmp, Vec::new())),
        Traffic::Icmp(Some(_)) => {
            lowering.unsupported(
                &format!("a rule for `{traffic}`"),
                "a rule knows ICMP as a whole; write `icmp` \
                 (https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview)",
            );
            None
        }
    }
}

/// A range of ports; none stands for all of them.
fn listed(ports: Ports) -> Vec<Ports> {
    if ports == Ports::ALL {
        Vec::new()
    } else {
        vec![ports]
    }
}

fn blocks(edges: &[Rule]) -> Vec<Cidr> {
    let blocks = edges.iter().filter_map(|edge| match edge.end {
        End::Block(block) => Some(block),
        _ => None,
    });
    widest(blocks)
}

/// The blocks without those that another one holds: Azure takes no blocks that overlap in one rule.
fn widest(blocks: impl Iterator<Item = Cidr>) -> Vec<Cidr> {
    let mut blocks: Vec<_> = blocks.collect();
    // The biggest of those that begin with one address stands first, and holds what follows it up to its end.
    blocks.sort_unstable();
    blocks.dedup_by(|next, kept| kept.contains(*next));
    blocks
}
