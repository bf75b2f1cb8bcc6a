//! Load balancers: what they hand on to whom, and who may send to the Internet by them.

use std::collections::{BTreeMap, BTreeSet};

use super::seats::{Balancer, Stand};
use super::survey::Survey;
use crate::cloud::azure::{AddressSku, FrontendAddress, LoadBalancer, Transport};
use crate::cloud::{Part, Term};
use crate::net::IpVersion;
use crate::reach::set::{Addresses, Intervals, Set, TrafficSet};

/// What a rule of a load balancer hands on.
pub(super) struct Handed {
    /// The rule.
    pub(super) part: Part,
    /// What arrives at the front end.
    pub(super) front: TrafficSet,
    /// What arrives at the machines: a filter sees the port behind the translation
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).
    pub(super) back: TrafficSet,
    /// Where it listens.
    pub(super) at: Listens,
    /// The version of IP in which it listens, and in which it hands on: nothing is translated into the other
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#capabilities>). Nothing where the
    /// template does not show it: then it is that of the machines, or Azure would refuse it.
    version: Option<IpVersion>,
}

/// Where a front end listens.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Listens {
    /// On the Internet, or nobody knows where.
    Public,
    /// In a subnet, at one of these addresses.
    Inside(Addresses),
}

/// What a load balancer does for somebody.
#[derive(Default)]
pub(super) struct Service<'s> {
    pub(super) hands: Vec<&'s Handed>,
    /// What may be sent to the Internet by it.
    pub(super) sends: Option<TrafficSet>,
}

/// What may be sent to the Internet by the front ends of some versions of IP; of any where the template does not show it.
struct Sends {
    traffic: TrafficSet,
    versions: Vec<Option<IpVersion>>,
}

/// What all load balancers do, by pool and by inbound NAT rule.
#[derive(Default)]
pub(super) struct Balancing<'a> {
    handed: BTreeMap<&'a Term, Vec<(usize, Handed)>>,
    named: BTreeMap<Term, (usize, Handed)>,
    sends: BTreeMap<&'a Term, Vec<(usize, Sends)>>,
    pools: BTreeSet<Term>,
}

impl<'a> Balancing<'a> {
    pub(super) fn new(survey: &Survey<'a>, balancers: &[Balancer<'a>]) -> Self {
        let mut all = Self::default();
        for (at, balancer) in balancers.iter().enumerate() {
            all.add(survey, at, balancer.it);
        }
        all
    }

    fn add(&mut self, survey: &Survey<'_>, at: usize, balancer: &'a LoadBalancer) {
        self.pools
            .extend(balancer.pools.iter().map(|pool| pool.id.id()));
        for (position, rule) in balancer.rules.iter().enumerate() {
            let listens = listens(survey, balancer, &rule.frontend);
            let public = listens == Listens::Public;
            let version = version(survey, balancer, &rule.frontend);
            let handed = Handed {
                part: Part::BalancingRule(position),
                front: carried(rule.protocol, rule.frontend_port, rule.frontend_port),
                back: match rule.backend_port {
                    0 => carried(rule.protocol, rule.frontend_port, rule.frontend_port),
                    port => carried(rule.protocol, port, port),
                },
                at: listens,
                version,
            };
            self.handed
                .entry(&rule.pool)
                .or_default()
                .push((at, handed));
            if public && let Some(traffic) = snat(balancer.sku, rule.outbound_snat, rule.protocol) {
                let versions = vec![version];
                let sends = Sends { traffic, versions };
                self.sends.entry(&rule.pool).or_default().push((at, sends));
            }
        }
        for (position, rule) in balancer.nat_rules.iter().enumerate() {
            let handed = Handed {
                part: Part::NatRule(position),
                front: carried(rule.protocol, rule.first_port, rule.last_port),
                back: carried(rule.protocol, rule.backend_port, rule.backend_port),
                at: listens(survey, balancer, &rule.frontend),
                version: version(survey, balancer, &rule.frontend),
            };
            match &rule.pool {
                Some(pool) => self.handed.entry(pool).or_default().push((at, handed)),
                None => {
                    self.named.insert(rule.id.id(), (at, handed));
                }
            }
        }
        for rule in &balancer.outbound_rules {
            let frontends = rule.frontends.iter();
            let sends = Sends {
                traffic: carried(rule.protocol, 0, 0),
                versions: frontends
                    .map(|frontend| version(survey, balancer, frontend))
                    .collect(),
            };
            self.sends.entry(&rule.pool).or_default().push((at, sends));
        }
    }

    /// Whether a load balancer of the template has a pool.
    pub(super) fn knows(&self, pool: &Term) -> bool {
        self.pools.contains(pool)
    }

    /// What load balancers do for some machines, by the load balancer's place in the list.
    pub(super) fn behind(&self, stand: &Stand<'_>) -> BTreeMap<usize, Service<'_>> {
        let mut behind = BTreeMap::<usize, Service<'_>>::new();
        let by_pool = stand
            .pools
            .iter()
            .filter_map(|pool| self.handed.get::<Term>(pool));
        let by_name = stand
            .nat_rules
            .iter()
            .filter_map(|rule| self.named.get::<Term>(rule));
        let is_own = |version: &Option<IpVersion>| version.is_none_or(|it| it == stand.version);
        let handed = by_pool.flatten().chain(by_name);
        for (at, handed) in handed.filter(|(_, handed)| is_own(&handed.version)) {
            behind.entry(*at).or_default().hands.push(handed);
        }
        let sends = stand
            .pools
            .iter()
            .filter_map(|pool| self.sends.get::<Term>(pool));
        let sends = sends.flatten();
        for (at, sends) in sends.filter(|(_, sends)| sends.versions.iter().any(is_own)) {
            let known = &mut behind.entry(*at).or_default().sends;
            *known = Some(match known {
                Some(known) => known.union(&sends.traffic),
                None => sends.traffic.clone(),
            });
        }
        behind
    }
}

/// The version of IP of a front end: that of its public address. Those inside are read of IPv4 only.
fn version(survey: &Survey<'_>, balancer: &LoadBalancer, frontend: &Term) -> Option<IpVersion> {
    let mut frontends = balancer.frontends.iter();
    let found = frontends.find(|known| known.id.id() == *frontend)?;
    match &found.address {
        FrontendAddress::PublicIp(address) => Some(survey.public_ip(address)?.it.version),
        FrontendAddress::Subnet(_) => Some(IpVersion::V4),
    }
}

/// Where a front end listens. One in a subnet has an address that the template need not tell.
fn listens(survey: &Survey<'_>, balancer: &LoadBalancer, frontend: &Term) -> Listens {
    let mut frontends = balancer.frontends.iter();
    let found = frontends.find(|known| known.id.id() == *frontend);
    let Some(FrontendAddress::Subnet(term)) = found.map(|found| &found.address) else {
        return Listens::Public;
    };
    Listens::Inside(match survey.subnet(term) {
        Some(subnet) => {
            let blocks = subnet.it.prefixes.iter();
            blocks.copied().collect::<Addresses>().only_v4()
        }
        None => Addresses::everything(),
    })
}

/// What a balancing rule lets the machines send to the Internet: of the rule's own protocol, where the rule says so. A Basic
/// load balancer does it unasked
/// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-outbound-connections>).
fn snat(sku: AddressSku, asked: bool, protocol: Transport) -> Option<TrafficSet> {
    match (sku, asked) {
        (AddressSku::Standard, false) => None,
        (AddressSku::Standard, true) => Some(carried(protocol, 0, 0)),
        (AddressSku::Basic, _) => Some(carried(Transport::All, 0, 0)),
    }
}

/// Traffic of a protocol to ports; port 0 is every port.
fn carried(protocol: Transport, first: u16, last: u16) -> TrafficSet {
    let ports = match first {
        0 => Intervals::everything(),
        first => Intervals::range(first, last),
    };
    match protocol {
        Transport::Tcp => TrafficSet::tcp(ports),
        Transport::Udp => TrafficSet::udp(ports),
        Transport::All => TrafficSet::tcp(ports.clone()).union(&TrafficSet::udp(ports)),
    }
}
