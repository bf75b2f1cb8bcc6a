//! The packets at which an answer can change: the ends of every range that a network of AWS speaks of, and their neighbours.
//!
//! Filters and routes compare fields with ranges, each field by itself. Two answers that are the same at every corner of
//! every box are the same everywhere.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use patternbook::cloud::aws::{Block, Resource, RouteDestination, Rule, RulePeer, RuleTraffic};
use patternbook::net::{Cidr, Ports, Traffic};

use crate::walker::{Kind, is_about, is_in, is_public};

/// The corners of networks.
#[derive(Default)]
pub(crate) struct Corners {
    /// What packets are.
    pub(crate) kinds: Vec<Kind>,
    /// Addresses all over the world.
    pub(crate) addresses: Vec<IpAddr>,
    /// Ports that clients connect from, 1024 to 65535.
    pub(crate) client_ports: Vec<u16>,
    blocks: BTreeSet<Cidr>,
    /// What rules and entries are about.
    traffic: BTreeSet<RuleTraffic>,
    /// What entries of network ACLs are about, which look at answers too.
    answers: BTreeSet<RuleTraffic>,
}

impl Corners {
    pub(crate) fn of<'r>(resources: impl Iterator<Item = &'r Resource>) -> Self {
        let mut corners = Self::default();
        for resource in resources {
            corners.meet(resource);
        }
        let mut kinds = BTreeSet::from([
            Kind::Tcp(1),
            Kind::Tcp(u16::MAX),
            Kind::Udp(u16::MAX),
            Kind::Icmp(8, 0),
            Kind::Icmp(3, 4),
            Kind::Other(50),
            Kind::Other(51),
        ]);
        if corners.blocks.iter().any(|block| !block.is_v4()) {
            kinds.extend([Kind::Icmp6(128, 0), Kind::Icmp6(3, 0)]);
        }
        kinds.extend(corners.traffic.iter().flat_map(|it| kinds_of(*it)));
        corners.kinds = kinds.into_iter().collect();
        let mut ports = BTreeSet::from([1024, u16::MAX]);
        ports.extend(corners.answers.iter().flat_map(|it| ports_of(*it)));
        corners.client_ports = ports.into_iter().filter(|port| *port >= 1024).collect();
        let addresses: BTreeSet<_> = corners.blocks.iter().flat_map(|it| around(*it)).collect();
        corners.addresses = addresses.into_iter().collect();
        corners
    }

    fn meet(&mut self, resource: &Resource) {
        match resource {
            Resource::Vpc(it) => {
                self.blocks.insert(it.cidr);
            }
            Resource::VpcCidr(it) => self.blocks.extend(it.block.known()),
            Resource::Subnet(it) => {
                self.blocks.insert(it.cidr);
                self.blocks.extend(it.ipv6.as_ref().and_then(Block::known));
            }
            Resource::PrefixList(it) => self.blocks.extend(&it.entries),
            Resource::SecurityGroup(it) => self.meet_rules(it.ingress.iter().chain(&it.egress)),
            Resource::SecurityGroupRule(it) => self.meet_rules([&it.rule].into_iter()),
            Resource::NetworkAcl(it) if !it.subnets.is_empty() => {
                for entry in it.ingress.iter().chain(&it.egress) {
                    self.blocks.insert(entry.cidr);
                    self.traffic.insert(entry.traffic);
                    self.answers.insert(entry.traffic);
                }
            }
            Resource::Route(it) => {
                if let RouteDestination::Cidr(block) = it.destination {
                    self.blocks.insert(block);
                }
            }
            Resource::VpnConnectionRoute(it) => {
                self.blocks.insert(it.destination);
            }
            _ => {}
        }
    }

    fn meet_rules<'r>(&mut self, rules: impl Iterator<Item = &'r Rule>) {
        for rule in rules {
            if let RulePeer::Cidr(block) = rule.peer {
                self.blocks.insert(block);
            }
            self.traffic.insert(rule.traffic);
        }
    }

    /// One corner of each class that the filters and routes tell apart, which are enough to tell two networks apart.
    pub(crate) fn fewer(mut self) -> Self {
        let special = SPECIAL.iter().map(|text| text.parse::<Cidr>().unwrap());
        let special = special.flat_map(around);
        let mut seen = BTreeSet::new();
        let mut addresses: Vec<_> = self.addresses.iter().copied().chain(special).collect();
        addresses.retain(|it| seen.insert((it.is_ipv4(), is_public(*it), self.class(*it))));
        self.addresses = addresses;
        let mut seen = BTreeSet::new();
        let traffic = &self.traffic;
        self.kinds.retain(|kind| {
            let class: Vec<_> = traffic.iter().map(|it| is_about(*it, *kind)).collect();
            seen.insert((shape(*kind), class))
        });
        let mut seen = BTreeSet::new();
        let answers = &self.answers;
        self.client_ports.retain(|port| {
            let about = |it: &RuleTraffic| {
                (
                    is_about(*it, Kind::Tcp(*port)),
                    is_about(*it, Kind::Udp(*port)),
                )
            };
            seen.insert(answers.iter().map(about).collect::<Vec<_>>())
        });
        self
    }

    fn class(&self, address: IpAddr) -> Vec<bool> {
        self.blocks
            .iter()
            .map(|block| is_in(address, *block))
            .collect()
    }

    /// One address of a block for each way in which the blocks of the network tell its addresses apart.
    pub(crate) fn of_block(&self, block: Cidr) -> Vec<IpAddr> {
        let mut seen = BTreeSet::new();
        let corners = self.blocks.iter().flat_map(|it| around(*it));
        let mut addresses: Vec<_> = around(block).into_iter().chain(corners).collect();
        addresses.retain(|it| is_in(*it, block) && seen.insert(self.class(*it)));
        addresses
    }
}

/// What is not the Internet's, and what is not IPv4's.
pub(super) const SPECIAL: [&str; 12] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "2000::/3",
    "fd00::/8",
];

/// What tells kinds of packets apart beside the rules: how they are answered.
fn shape(kind: Kind) -> u8 {
    match kind {
        Kind::Tcp(_) => 0,
        Kind::Udp(_) => 1,
        Kind::Icmp(8, _) => 2,
        Kind::Icmp(..) => 3,
        Kind::Icmp6(128, _) => 4,
        Kind::Icmp6(..) => 5,
        Kind::Other(_) => 6,
    }
}

/// The first and the last address of a block, and the ones before and behind it.
pub(super) fn around(block: Cidr) -> Vec<IpAddr> {
    match (block.first(), block.last()) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            let (first, last) = (first.to_bits(), last.to_bits());
            let bits = [first.saturating_sub(1), first, last, last.saturating_add(1)];
            bits.map(|bits| Ipv4Addr::from_bits(bits).into()).to_vec()
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => {
            let (first, last) = (first.to_bits(), last.to_bits());
            let bits = [first.saturating_sub(1), first, last, last.saturating_add(1)];
            bits.map(|bits| Ipv6Addr::from_bits(bits).into()).to_vec()
        }
        _ => Vec::new(),
    }
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
        RuleTraffic::Icmp6(Some((kind, code))) => vec![
            Kind::Icmp6(kind, code.unwrap_or(0)),
            Kind::Icmp6(kind, code.unwrap_or(0).wrapping_add(1)),
            Kind::Icmp6(kind.wrapping_sub(1), 0),
            Kind::Icmp6(kind.wrapping_add(1), 0),
        ],
        RuleTraffic::Icmp6(None) => vec![Kind::Icmp6(128, 0), Kind::Icmp6(129, 0)],
        RuleTraffic::Protocol(number) => vec![Kind::Other(number)],
        RuleTraffic::Of(Traffic::All | Traffic::Icmp(None)) => vec![Kind::Icmp(0, 0)],
    }
}

fn ports_of(traffic: RuleTraffic) -> Vec<u16> {
    match traffic {
        RuleTraffic::Of(Traffic::Tcp(ports) | Traffic::Udp(ports)) => ends(ports),
        _ => Vec::new(),
    }
}

/// The ends of a range of ports, and their neighbours. There is no port 0.
pub(super) fn ends(ports: Ports) -> Vec<u16> {
    let (first, last) = (ports.from().number(), ports.to().number());
    let mut ends = vec![first, last];
    ends.extend(first.checked_sub(1).filter(|port| *port > 0));
    ends.extend(last.checked_add(1));
    ends
}
