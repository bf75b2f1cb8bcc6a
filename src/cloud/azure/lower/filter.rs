//! The rules of the security-group graph as Azure's own.
//!
//! Each tier has an application security group and a network security group of its own, which hangs at its machines'
//! interfaces. Application security groups, the tag `Internet` and `*` name addresses of both versions of IP. Azure's own rules let everything inside a network pass and everything out; they cannot be removed, so that
//! each group ends in two rules that deny the rest
//! (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules>).
//!
//! No rule names the tag `VirtualNetwork`: it holds the datacenter too, and with a default route to the gateway any
//! address at all (<https://learn.microsoft.com/azure/virtual-network/service-tags-overview>).

use std::collections::{BTreeMap, BTreeSet};

use super::Lowering;
use super::names::{child, kebab};
use super::priority::{self, Far, Place};
use super::ranges::{apart, blocks, widest};
use crate::cloud::azure::{
    Access, ApplicationSecurityGroup, Direction, Kind, NetworkSecurityGroup, Protocol, Resource,
    SecurityRule, Side,
};
use crate::cloud::{ResourceId, Term};
use crate::net::{Cidr, IpVersion, Ports, Traffic};
use crate::plan::graph::{self, End, Rule};
use crate::plan::{DefaultRoute, Flow, Network, Peer, Tier};

const INBOUND: &str = "deny-all-inbound";
const OUTBOUND: &str = "deny-all-outbound";

/// Addresses that are not the Internet's: private ones (<https://www.rfc-editor.org/rfc/rfc1918>), and those between a
/// provider and its customers (<https://www.rfc-editor.org/rfc/rfc6598>).
const PRIVATE: [&str; 4] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
];

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
        let ends = half.ends(lowering);
        for (place, edges) in half.bundles(lowering, edges) {
            rules.extend(half.allow(lowering, &ends, place, &edges));
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

/// The names of the other ends, by the flow's place in the pattern and the kind of end.
type Ends<'a> = BTreeMap<(u32, Far), BTreeSet<&'a str>>;

impl Half<'_> {
    /// The other ends of every flow that this direction has, also of those that others cover: a rule keeps its name when
    /// another flow begins or ends to cover a part of it.
    fn ends<'a>(&self, lowering: &Lowering<'a>) -> Ends<'a> {
        let mut ends = Ends::new();
        for flow in &lowering.plan.flows {
            let (near, far) = self.sides(flow);
            if !matches!(near, Peer::Named(name) if *name == self.tier.name) {
                continue;
            }
            let name = match far {
                Peer::Internet => "internet",
                Peer::Datacenter => "datacenter",
                Peer::Block(block) => match block.version() {
                    IpVersion::V4 => "listed-addresses",
                    IpVersion::V6 => "listed-addresses-ipv6",
                },
                Peer::Named(name) => name,
            };
            let place = (priority::flow(flow.slot), self.far(lowering, flow));
            ends.entry(place).or_default().insert(name);
        }
        ends
    }

    /// This end of a flow and the other one.
    fn sides<'f>(&self, flow: &'f Flow) -> (&'f Peer, &'f Peer) {
        match self.direction {
            Direction::Inbound => (&flow.to, &flow.from),
            Direction::Outbound => (&flow.from, &flow.to),
        }
    }

    fn far(&self, lowering: &Lowering<'_>, flow: &Flow) -> Far {
        match self.sides(flow).1 {
            Peer::Internet => Far::Internet,
            Peer::Datacenter => Far::Datacenter,
            Peer::Block(block) => {
                let guest = self.direction == Direction::Inbound && flow.through.is_some();
                match (block.version(), guest) {
                    (IpVersion::V4, true) => Far::Guests,
                    (IpVersion::V4, false) => Far::Blocks,
                    (IpVersion::V6, true) => Far::Ipv6Guests,
                    (IpVersion::V6, false) => Far::Ipv6Blocks,
                }
            }
            Peer::Named(name) if lowering.plan.tiers.contains_key(name) => Far::Tiers,
            Peer::Named(_) => Far::Part,
        }
    }

    /// The edges of the graph, by the rule that they make: a list in a flow is a list in its rule, so that another item
    /// changes that rule and moves none.
    ///
    /// A rule lets each of its ends pass to each of its ports. Where the graph leaves out a pair of both, another rule
    /// lets it pass already, and the flow itself allows it.
    fn bundles<'e>(
        &self,
        lowering: &Lowering<'_>,
        edges: &'e [Rule],
    ) -> BTreeMap<Place, Vec<&'e Rule>> {
        let own = match self.direction {
            Direction::Inbound => graph::Direction::Ingress,
            Direction::Outbound => graph::Direction::Egress,
        };
        let mut bundles = BTreeMap::<Place, Vec<&Rule>>::new();
        for edge in edges.iter().filter(|edge| edge.direction == own) {
            let mut flows = lowering.plan.flows.iter();
            if let Some(flow) = flows.find(|flow| flow.slot == edge.slot) {
                let place = Place {
                    flow: priority::flow(flow.slot),
                    far: self.far(lowering, flow),
                    protocol: protocol(edge.traffic),
                };
                bundles.entry(place).or_default().push(edge);
            }
        }
        bundles
    }

    /// The rule that lets one flow of the pattern pass at this end.
    fn allow(
        &self,
        lowering: &mut Lowering<'_>,
        ends: &Ends<'_>,
        place: Place,
        edges: &[&Rule],
    ) -> Option<SecurityRule> {
        let far_side = self.far_side(lowering, edges)?;
        let ports = ports(lowering, edges)?;
        let priority = place
            .priority()
            .map_err(|error| lowering.errors.push(error))
            .ok()?;
        let own = Side::Groups(vec![
            lowering.names.group(self.network, &self.tier.name).id(),
        ]);
        let (source, destination) = match self.direction {
            Direction::Inbound => (far_side, own),
            Direction::Outbound => (own, far_side),
        };
        Some(SecurityRule {
            id: child(self.group, Kind::SecurityRule, &self.name(ends, place)),
            description: edges.first()?.why.clone(),
            priority,
            direction: self.direction,
            access: Access::Allow,
            protocol: place.protocol,
            source,
            destination,
            source_ports: Vec::new(),
            ports,
        })
    }

    /// The name of a rule: its protocol and its other end, never an item of a list. Of the flows with the same other end,
    /// all but the first carry their number.
    fn name(&self, ends: &Ends<'_>, place: Place) -> String {
        let word = |place: (u32, Far)| match ends.get(&place) {
            Some(names) if names.len() == 1 => names.iter().map(|name| kebab(name)).collect(),
            _ if place.1 == Far::Tiers => "tiers".to_owned(),
            _ => "load-balancers".to_owned(),
        };
        let way = match self.direction {
            Direction::Inbound => "from",
            Direction::Outbound => "to",
        };
        let protocol = match place.protocol {
            Protocol::Any => "all",
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Icmp => "icmp",
            Protocol::Esp => "esp",
            Protocol::Ah => "ah",
        };
        let own = (place.flow, place.far);
        let far = word(own);
        let second = ends.keys().any(|other| *other < own && word(*other) == far);
        let number = if second {
            format!("-flow-{}", place.flow + 1)
        } else {
            String::new()
        };
        format!("allow-{protocol}-{way}-{far}{number}")
    }

    /// A side of a rule for the other end.
    fn far_side(&self, lowering: &mut Lowering<'_>, edges: &[&Rule]) -> Option<Side> {
        let what = match &edges.first()?.end {
            End::Internet => return Some(self.internet()),
            End::Block(_) => return Some(Side::Blocks(blocks(edges))),
            End::Group(_) => return self.tiers_side(lowering, edges),
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

    fn tiers_side(&self, lowering: &mut Lowering<'_>, edges: &[&Rule]) -> Option<Side> {
        let names: BTreeSet<_> = edges
            .iter()
            .filter_map(|edge| match &edge.end {
                End::Group(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let groups: Vec<_> = names
            .into_iter()
            .map(|name| self.tier_group(lowering, name))
            .collect();
        let groups: Option<Vec<_>> = groups.into_iter().collect();
        groups.map(Side::Groups)
    }

    /// A tier of the same network: groups name its machines, wherever their addresses are.
    fn tier_group(&self, lowering: &mut Lowering<'_>, name: &str) -> Option<Term> {
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
        Some(lowering.names.group(self.network, name).id())
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

    /// Where the Internet is let through and there is a VPN: the addresses that are not the Internet's, whether or not the
    /// pattern says whose they are. A peer of the datacenter must not pass for the Internet.
    fn deny_known(&self, lowering: &Lowering<'_>, rules: &[SecurityRule]) -> Option<SecurityRule> {
        let open = rules
            .iter()
            .any(|rule| rule.direction == self.direction && rule.priority > priority::DENY_KNOWN);
        if !open || self.network.vpn.is_none() {
            return None;
        }
        let sides = lowering.plan.datacenter.iter();
        let ranges = sides.flat_map(|side| side.ranges.iter().copied());
        let private = PRIVATE.iter().filter_map(|text| text.parse().ok());
        let own = self.network.cidrs.iter().copied();
        let known = Side::Blocks(widest(own.chain(ranges).chain(private)));
        let (name, source, destination) = match self.direction {
            Direction::Inbound => ("deny-own-ranges-inbound", known, Side::Any),
            Direction::Outbound => ("deny-own-ranges-outbound", Side::Any, known),
        };
        let description = "The network, the datacenter and private addresses are not the Internet, whatever the rules below let through.";
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
            source_ports: Vec::new(),
            ports: Vec::new(),
        }
    }
}

fn protocol(traffic: Traffic) -> Protocol {
    match traffic {
        Traffic::All => Protocol::Any,
        Traffic::Tcp(_) => Protocol::Tcp,
        Traffic::Udp(_) => Protocol::Udp,
        Traffic::Icmp(_) => Protocol::Icmp,
    }
}

/// The ports of edges of one protocol; none stands for all of them.
fn ports(lowering: &mut Lowering<'_>, edges: &[&Rule]) -> Option<Vec<Ports>> {
    let mut ports = Vec::new();
    for edge in edges {
        match edge.traffic {
            Traffic::All | Traffic::Icmp(None) => return Some(Vec::new()),
            Traffic::Tcp(range) | Traffic::Udp(range) => ports.push(range),
            Traffic::Icmp(Some(_)) => {
                lowering.unsupported(
                    &format!("a rule for `{}`", edge.traffic),
                    "a rule knows ICMP as a whole; write `icmp` \
                     (https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview)",
                );
                return None;
            }
        }
    }
    let ports = apart(ports);
    Some(if ports == [Ports::ALL] {
        Vec::new()
    } else {
        ports
    })
}
