//! Flows as rules at both of their ends.
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
use crate::plan::{Allow, DefaultRoute, Flow, Network, Peer, Tier};

pub(super) fn lower(lowering: &mut Lowering<'_>, network: &Network) -> Vec<Resource> {
    let tiers: Vec<_> = lowering.tiers(network).collect();
    let groups = tiers.iter().map(|tier| {
        Resource::ApplicationSecurityGroup(ApplicationSecurityGroup {
            id: lowering.names.group(network, &tier.name),
        })
    });
    let mut items: Vec<_> = groups.collect();
    for tier in tiers {
        items.push(Resource::NetworkSecurityGroup(filter(
            lowering, network, tier,
        )));
    }
    items
}

fn filter(lowering: &mut Lowering<'_>, network: &Network, tier: &Tier) -> NetworkSecurityGroup {
    let id = lowering.names.filter(network, &tier.name);
    let mut rules = Vec::new();
    for flow in lowering.flows_of(tier) {
        let Allow::Traffic(allowed) = flow.allow else {
            continue;
        };
        let own = Peer::Named(tier.name.clone());
        for (direction, far) in [
            (Direction::Inbound, (flow.to == own).then_some(&flow.from)),
            (Direction::Outbound, (flow.from == own).then_some(&flow.to)),
        ] {
            let end = End {
                network,
                tier,
                group: &id,
                direction,
            };
            if let Some(rule) = far.and_then(|far| end.allow(lowering, flow, far, allowed)) {
                // Two flows that differ in their way only, as through a load balancer and straight, need one rule.
                if !rules.iter().any(|known: &SecurityRule| known.id == rule.id) {
                    rules.push(rule);
                }
            }
        }
    }
    for direction in [Direction::Inbound, Direction::Outbound] {
        let end = End {
            network,
            tier,
            group: &id,
            direction,
        };
        rules.extend(end.deny_known(lowering, &rules));
        rules.push(end.deny_rest());
    }
    rules.sort_by_key(|rule| (rule.direction, rule.priority));
    NetworkSecurityGroup { id, rules }
}

/// One direction of a tier's group.
struct End<'a> {
    network: &'a Network,
    tier: &'a Tier,
    group: &'a ResourceId,
    direction: Direction,
}

impl End<'_> {
    /// The rule that lets a flow pass at this end; `far` is its other one.
    fn allow(
        &self,
        lowering: &mut Lowering<'_>,
        flow: &Flow,
        far: &Peer,
        allowed: Traffic,
    ) -> Option<SecurityRule> {
        let far_side = self.far_side(lowering, far)?;
        let (protocol, ports) = filtered(lowering, allowed)?;
        let priority = priority::of(flow)
            .map_err(|error| lowering.errors.push(error))
            .ok()?;
        let word = match self.direction {
            Direction::Inbound => "from",
            Direction::Outbound => "to",
        };
        let name = format!("allow-{}-{word}-{}", traffic(allowed), peer(far));
        let own = Side::Groups(vec![
            lowering.names.group(self.network, &self.tier.name).id(),
        ]);
        let (source, destination) = self.sides(own, far_side);
        Some(SecurityRule {
            id: child(self.group, Kind::SecurityRule, &name),
            description: flow.why.clone(),
            priority,
            direction: self.direction,
            access: Access::Allow,
            protocol,
            source,
            destination,
            ports,
        })
    }

    /// A side of a rule for the other end of a flow.
    fn far_side(&self, lowering: &mut Lowering<'_>, far: &Peer) -> Option<Side> {
        match far {
            Peer::Internet => Some(self.internet()),
            Peer::Datacenter => Some(Side::Blocks(widest(datacenter(lowering)))),
            Peer::Block(cidr) => Some(Side::Blocks(vec![*cidr])),
            Peer::Named(name) if self.network.load_balancers.contains_key(name) => {
                if self.direction == Direction::Outbound {
                    lowering.unsupported(
                        &format!(
                            "a flow from `{}` to the load balancer `{name}`",
                            self.tier.name
                        ),
                        "let the flow end at the tier behind it",
                    );
                    return None;
                }
                // Its probes, and only they, come from this tag
                // (https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview#probe-source-ip-address).
                Some(Side::Tag("AzureLoadBalancer".to_owned()))
            }
            Peer::Named(name) => self.tier_side(lowering, name),
        }
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
        let known = self.network.cidrs.iter().copied();
        let known = widest(known.chain(datacenter(lowering)));
        let (what, source, destination) = match self.direction {
            Direction::Inbound => ("inbound", Side::Blocks(known), Side::Any),
            Direction::Outbound => ("outbound", Side::Any, Side::Blocks(known)),
        };
        Some(SecurityRule {
            id: child(self.group, Kind::SecurityRule, &format!("deny-own-ranges-{what}")),
            description: "The network and the datacenter are not the Internet, whatever the rules below let through."
                .to_owned(),
            priority: priority::DENY_KNOWN,
            direction: self.direction,
            access: Access::Deny,
            protocol: Protocol::Any,
            source,
            destination,
            ports: Vec::new(),
        })
    }

    fn deny_rest(&self) -> SecurityRule {
        let (name, description) = match self.direction {
            Direction::Inbound => (
                "deny-all-inbound",
                "Nothing else comes in, not even from the same subnet, which Azure's own rules would allow.",
            ),
            Direction::Outbound => (
                "deny-all-outbound",
                "Nothing else goes out, neither to the network nor to the Internet, which Azure's own rules would allow.",
            ),
        };
        SecurityRule {
            id: child(self.group, Kind::SecurityRule, name),
            description: description.to_owned(),
            priority: priority::DENY_REST,
            direction: self.direction,
            access: Access::Deny,
            protocol: Protocol::Any,
            source: Side::Any,
            destination: Side::Any,
            ports: Vec::new(),
        }
    }

    /// Source and destination.
    fn sides(&self, own: Side, far: Side) -> (Side, Side) {
        match self.direction {
            Direction::Inbound => (far, own),
            Direction::Outbound => (own, far),
        }
    }
}

/// The customer's own ranges.
fn datacenter<'a>(lowering: &Lowering<'a>) -> impl Iterator<Item = Cidr> + use<'a> {
    let sides = lowering.plan.datacenter.iter();
    sides.flat_map(|side| side.ranges.iter().copied())
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

fn listed(ports: Ports) -> Vec<Ports> {
    if ports == Ports::ALL {
        Vec::new()
    } else {
        vec![ports]
    }
}

/// The blocks without those that another one holds: Azure takes no blocks that overlap in one rule.
fn widest(blocks: impl Iterator<Item = Cidr>) -> Vec<Cidr> {
    let blocks: Vec<_> = blocks.collect();
    let mut kept: Vec<Cidr> = Vec::new();
    for block in &blocks {
        let held = blocks
            .iter()
            .any(|other| other != block && other.contains(*block));
        if !held && !kept.contains(block) {
            kept.push(*block);
        }
    }
    kept
}
