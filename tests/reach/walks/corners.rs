//! The packets at which an answer can change: the ends of every range that a network speaks of, and their neighbours.
//!
//! Filters and routes compare fields with ranges, each field by itself. Two answers that are the same at every corner of
//! every box are the same everywhere.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use patternbook::cloud::aws::{Resource, RouteDestination, RulePeer, RuleTraffic};
use patternbook::net::{Cidr, Ports, Traffic};

use crate::walker::Kind;

/// The corners of one network.
pub(crate) struct Corners {
    /// What packets are.
    pub(crate) kinds: Vec<Kind>,
    /// Addresses all over the world.
    pub(crate) addresses: Vec<IpAddr>,
    /// Ports that clients connect from, 1024 to 65535.
    pub(crate) client_ports: Vec<u16>,
    blocks: BTreeSet<Cidr>,
}

impl Corners {
    pub(crate) fn of(resources: &[Resource]) -> Self {
        let mut blocks = BTreeSet::new();
        let mut kinds = BTreeSet::from([
            Kind::Tcp(1),
            Kind::Tcp(u16::MAX),
            Kind::Udp(u16::MAX),
            Kind::Icmp(8, 0),
            Kind::Icmp(3, 4),
            Kind::Other(50),
            Kind::Other(51),
        ]);
        let mut client_ports = BTreeSet::from([1024, u16::MAX]);
        for resource in resources {
            match resource {
                Resource::Vpc(it) => {
                    blocks.insert(it.cidr);
                }
                Resource::Subnet(it) => {
                    blocks.insert(it.cidr);
                }
                Resource::SecurityGroup(it) => {
                    for rule in it.ingress.iter().chain(&it.egress) {
                        if let RulePeer::Cidr(block) = rule.peer {
                            blocks.insert(block);
                        }
                        kinds.extend(kinds_of(rule.traffic));
                    }
                }
                Resource::NetworkAcl(it) if !it.subnets.is_empty() => {
                    for entry in it.ingress.iter().chain(&it.egress) {
                        blocks.insert(entry.cidr);
                        kinds.extend(kinds_of(entry.traffic));
                        client_ports.extend(ports_of(entry.traffic));
                    }
                }
                Resource::Route(it) => {
                    if let RouteDestination::Cidr(block) = it.destination {
                        blocks.insert(block);
                    }
                }
                Resource::VpnConnectionRoute(it) => {
                    blocks.insert(it.destination);
                }
                _ => {}
            }
        }
        let addresses: BTreeSet<_> = blocks.iter().flat_map(|block| around(*block)).collect();
        Self {
            kinds: kinds.into_iter().collect(),
            addresses: addresses.into_iter().collect(),
            client_ports: client_ports
                .into_iter()
                .filter(|port| *port >= 1024)
                .collect(),
            blocks,
        }
    }

    /// One address of a block for each way in which the blocks of the network tell its addresses apart.
    pub(crate) fn of_block(&self, block: Cidr) -> Vec<IpAddr> {
        let mut seen = BTreeSet::new();
        let mut addresses = every_address(block);
        addresses.retain(|address| {
            let class: Vec<_> = self
                .blocks
                .iter()
                .map(|block| block.contains(Cidr::holding(*address, 32).unwrap()))
                .collect();
            seen.insert(class)
        });
        addresses
    }
}

/// Every address of a small block.
fn every_address(block: Cidr) -> Vec<IpAddr> {
    let (IpAddr::V4(first), IpAddr::V4(last)) = (block.first(), block.last()) else {
        return Vec::new();
    };
    let bits = first.to_bits()..=last.to_bits();
    bits.map(|bits| Ipv4Addr::from_bits(bits).into()).collect()
}

/// The first and the last address of a block, and the ones before and behind it.
fn around(block: Cidr) -> Vec<IpAddr> {
    let (IpAddr::V4(first), IpAddr::V4(last)) = (block.first(), block.last()) else {
        return Vec::new();
    };
    let (first, last) = (first.to_bits(), last.to_bits());
    let bits = [first.saturating_sub(1), first, last, last.saturating_add(1)];
    bits.map(|bits| Ipv4Addr::from_bits(bits).into()).to_vec()
}

fn kinds_of(traffic: RuleTraffic) -> Vec<Kind> {
    match traffic {
        RuleTraffic::Of(Traffic::Tcp(ports)) => ends(ports).into_iter().map(Kind::Tcp).collect(),
        RuleTraffic::Of(Traffic::Udp(ports)) => ends(ports).into_iter().map(Kind::Udp).collect(),
        RuleTraffic::Of(Traffic::Icmp(Some(kind))) => vec![
            Kind::Icmp(kind, 0),
            Kind::Icmp(kind, 255),
            Kind::Icmp(kind.wrapping_sub(1), 255),
            Kind::Icmp(kind.wrapping_add(1), 0),
        ],
        RuleTraffic::IcmpCode { kind, code } => vec![
            Kind::Icmp(kind, code),
            Kind::Icmp(kind, code.wrapping_sub(1)),
            Kind::Icmp(kind, code.wrapping_add(1)),
        ],
        RuleTraffic::Protocol(number) => vec![Kind::Other(number)],
        _ => vec![Kind::Icmp(0, 0)],
    }
}

fn ports_of(traffic: RuleTraffic) -> Vec<u16> {
    match traffic {
        RuleTraffic::Of(Traffic::Tcp(ports) | Traffic::Udp(ports)) => ends(ports),
        _ => Vec::new(),
    }
}

/// The ends of a range of ports, and their neighbours. There is no port 0.
fn ends(ports: Ports) -> Vec<u16> {
    let (first, last) = (ports.from().number(), ports.to().number());
    let mut ends = vec![first, last];
    ends.extend(first.checked_sub(1).filter(|port| *port > 0));
    ends.extend(last.checked_add(1));
    ends
}
