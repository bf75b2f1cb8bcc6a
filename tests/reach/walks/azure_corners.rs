//! The packets at which an answer can change on Azure.

use std::collections::BTreeSet;
use std::net::IpAddr;

use patternbook::cloud::azure::{Protocol, Resource, SecurityRule, Side};
use patternbook::net::{Cidr, Ports};

use super::corners::{SPECIAL, around, ends};
use crate::walker::azure::fronts;
use crate::walker::{Kind, is_in, is_public};

/// The corners of networks.
#[derive(Default)]
pub(crate) struct AzureCorners {
    /// What packets are.
    pub(crate) kinds: Vec<Kind>,
    /// Addresses all over the world.
    pub(crate) addresses: Vec<IpAddr>,
    /// Ports that connections come from.
    pub(crate) source_ports: Vec<u16>,
    blocks: BTreeSet<Cidr>,
    ports: BTreeSet<u16>,
}

impl AzureCorners {
    pub(crate) fn of<'r>(resources: impl Iterator<Item = &'r Resource>) -> Self {
        let mut corners = Self::default();
        let private = SPECIAL.iter().map(|text| text.parse::<Cidr>().unwrap());
        let (private, of_v6): (Vec<_>, Vec<_>) = private.partition(|block| block.is_v4());
        corners.blocks.extend(private);
        corners.blocks.insert(Cidr::ANY_V4);
        let mut kinds = BTreeSet::from([
            Kind::Tcp(1),
            Kind::Tcp(u16::MAX),
            Kind::Udp(u16::MAX),
            Kind::Icmp(8, 0),
            Kind::Other(47),
        ]);
        let mut sources = BTreeSet::from([1, 1024, u16::MAX]);
        for resource in resources {
            corners.meet(resource);
            if let Resource::NetworkSecurityGroup(it) = resource {
                for rule in &it.rules {
                    kinds.extend(kinds_of(rule));
                    sources.extend(rule.source_ports.iter().flat_map(|range| ends(*range)));
                }
            }
        }
        // Where nothing is of IPv6, nobody can be reached by it.
        let dual = corners.blocks.iter().any(|block| !block.is_v4());
        if dual {
            corners.blocks.extend(of_v6);
            corners.blocks.insert(Cidr::ANY_V6);
        }
        for &port in &corners.ports {
            kinds.extend(
                near(port)
                    .into_iter()
                    .flat_map(|port| [Kind::Tcp(port), Kind::Udp(port)]),
            );
        }
        corners.kinds = kinds.into_iter().collect();
        corners.source_ports = sources.into_iter().collect();
        let addresses: BTreeSet<_> = corners.blocks.iter().flat_map(|it| around(*it)).collect();
        corners.addresses = addresses
            .into_iter()
            .filter(|address| dual || address.is_ipv4())
            .collect();
        corners
    }

    fn meet(&mut self, resource: &Resource) {
        match resource {
            Resource::VirtualNetwork(it) => self.blocks.extend(&it.address_space),
            Resource::Subnet(it) => self.blocks.extend(&it.prefixes),
            Resource::RouteTable(it) => {
                self.blocks
                    .extend(it.routes.iter().map(|route| route.prefix));
            }
            Resource::LocalNetworkGateway(it) => self.blocks.extend(&it.address_space),
            Resource::NetworkSecurityGroup(it) => {
                let sides = it
                    .rules
                    .iter()
                    .flat_map(|rule| [&rule.source, &rule.destination]);
                self.blocks.extend(sides.flat_map(blocks));
            }
            Resource::LoadBalancer(it) => self.ports.extend(fronts(it)),
            _ => {}
        }
    }

    /// One corner of each class that is told apart.
    pub(crate) fn fewer(mut self, rules: &[&SecurityRule]) -> Self {
        let mut seen = BTreeSet::new();
        let blocks = &self.blocks;
        self.addresses.retain(|address| {
            let class: Vec<_> = blocks.iter().map(|block| is_in(*address, *block)).collect();
            seen.insert((address.is_ipv4(), is_public(*address), class))
        });
        let mut seen = BTreeSet::new();
        let ports = &self.ports;
        self.kinds.retain(|kind| {
            let (shape, port) = match *kind {
                Kind::Tcp(port) => (0, port),
                Kind::Udp(port) => (1, port),
                Kind::Icmp(..) => (2, 0),
                Kind::Icmp6(..) => (3, 0),
                Kind::Other(number) => (4 + u16::from(number), 0),
            };
            let in_ranges = rules.iter().map(|rule| holds(&rule.ports, port));
            let class: Vec<_> = in_ranges.collect();
            seen.insert((shape, class, ports.contains(&port).then_some(port)))
        });
        let mut seen = BTreeSet::new();
        self.source_ports.retain(|port| {
            let in_ranges = rules.iter().map(|rule| holds(&rule.source_ports, *port));
            seen.insert((*port >= 1024, in_ranges.collect::<Vec<_>>()))
        });
        self
    }

    /// One address of a block for each way in which the blocks of the network tell its addresses apart.
    pub(crate) fn of_block(&self, block: Cidr) -> Vec<IpAddr> {
        let mut seen = BTreeSet::new();
        let corners = self.blocks.iter().flat_map(|it| around(*it));
        let mut addresses: Vec<_> = around(block).into_iter().chain(corners).collect();
        addresses.retain(|address| {
            let class: Vec<_> = self.blocks.iter().map(|it| is_in(*address, *it)).collect();
            is_in(*address, block) && seen.insert(class)
        });
        addresses
    }
}

fn blocks(side: &Side) -> Vec<Cidr> {
    match side {
        Side::Blocks(blocks) | Side::Mixed { blocks, .. } => blocks.clone(),
        Side::Any | Side::Tag(_) | Side::Groups(_) => Vec::new(),
    }
}

fn holds(ranges: &[Ports], port: u16) -> bool {
    let mut all = ranges.iter();
    ranges.is_empty() || all.any(|it| it.from().number() <= port && port <= it.to().number())
}

/// A port and its neighbours.
fn near(port: u16) -> Vec<u16> {
    let below = port.checked_sub(1).filter(|port| *port > 0);
    [Some(port), below, port.checked_add(1)]
        .into_iter()
        .flatten()
        .collect()
}

fn kinds_of(rule: &SecurityRule) -> Vec<Kind> {
    let ports = rule.ports.iter().flat_map(|range| ends(*range));
    let mut kinds: Vec<_> = ports
        .flat_map(|port| [Kind::Tcp(port), Kind::Udp(port)])
        .collect();
    match rule.protocol {
        Protocol::Esp => kinds.push(Kind::Other(50)),
        Protocol::Ah => kinds.push(Kind::Other(51)),
        _ => {}
    }
    kinds
}
