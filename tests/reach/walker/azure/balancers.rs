//! Load balancers: what they hand on to a machine, and what they let it send.

use patternbook::cloud::Term;
use patternbook::cloud::azure::{AddressSku, Frontend, FrontendAddress, LoadBalancer, Transport};

use super::Machine;
use super::network::Network;
use crate::walker::Kind;

/// A rule that hands something on: from ports of a front end to a port of the machines, where 0 is the same port.
pub(super) struct Hand<'r> {
    pub(super) balancer: &'r LoadBalancer,
    /// The subnet in which the front end has its address; nothing where that is a public one.
    pub(super) inside: Option<&'r Term>,
    protocol: Transport,
    /// The first and the last port of the front end; 0 is every port.
    front: (u16, u16),
    back: u16,
}

fn carries(protocol: Transport, kind: Kind) -> Option<u16> {
    match (protocol, kind) {
        (Transport::Tcp | Transport::All, Kind::Tcp(port))
        | (Transport::Udp | Transport::All, Kind::Udp(port)) => Some(port),
        _ => None,
    }
}

impl Hand<'_> {
    /// Whether what arrives at a machine can be from the front end: filters see the port behind the translation
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).
    pub(super) fn gives(&self, kind: Kind) -> bool {
        carries(self.protocol, kind).is_some_and(|port| match (self.back, self.front.0) {
            (0, 0) => true,
            (0, _) => self.front.0 <= port && port <= self.front.1,
            (back, _) => port == back,
        })
    }

    /// What may have been sent to the front end of what arrives: the ends of its ports.
    pub(super) fn sent(&self, kind: Kind) -> Vec<Kind> {
        let same_port = self.back == 0 || self.front == (self.back, self.back);
        if same_port {
            return vec![kind];
        }
        let ports = match self.front {
            (0, _) => vec![1, u16::MAX],
            (first, last) => vec![first, last],
        };
        let both = ports
            .into_iter()
            .flat_map(|port| [Kind::Tcp(port), Kind::Udp(port)]);
        both.filter(|kind| carries(self.protocol, *kind).is_some())
            .collect()
    }
}

/// The ports that the rules of a load balancer speak of.
pub(crate) fn fronts(balancer: &LoadBalancer) -> Vec<u16> {
    let rules = balancer.rules.iter();
    let rules = rules.flat_map(|rule| [rule.frontend_port, rule.backend_port]);
    let nat = balancer.nat_rules.iter();
    let nat = nat.flat_map(|rule| [rule.first_port, rule.last_port, rule.backend_port]);
    rules.chain(nat).filter(|port| *port > 0).collect()
}

impl<'r> Network<'r> {
    /// What load balancers hand on to a machine: by the pools that it is in and by the inbound NAT rules that name it.
    pub(super) fn hands(self, machine: &Machine) -> Vec<Hand<'r>> {
        let mut hands = Vec::new();
        for balancer in self.balancers() {
            let found = |frontend: &Term| -> Option<&Frontend> {
                let mut all = balancer.frontends.iter();
                all.find(|it| it.id.id() == *frontend)
            };
            // No version of IP is translated into the other
            // (https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#capabilities).
            let speaks = |frontend: &Term| self.speaks(found(frontend), machine.address);
            let inside = |frontend: &Term| {
                found(frontend).and_then(|it| match &it.address {
                    FrontendAddress::Subnet(subnet) => Some(subnet),
                    FrontendAddress::PublicIp(_) => None,
                })
            };
            for rule in &balancer.rules {
                if machine.pools.contains(&rule.pool) && speaks(&rule.frontend) {
                    hands.push(Hand {
                        balancer,
                        inside: inside(&rule.frontend),
                        protocol: rule.protocol,
                        front: (rule.frontend_port, rule.frontend_port),
                        back: rule.backend_port,
                    });
                }
            }
            for rule in &balancer.nat_rules {
                let named = match &rule.pool {
                    Some(pool) => machine.pools.contains(pool),
                    None => machine.nat_rules.contains(&rule.id.id()),
                };
                if named && speaks(&rule.frontend) {
                    hands.push(Hand {
                        balancer,
                        inside: inside(&rule.frontend),
                        protocol: rule.protocol,
                        front: (rule.first_port, rule.last_port),
                        back: rule.backend_port,
                    });
                }
            }
        }
        hands
    }

    /// Whether a machine may send to the Internet by load balancers, and whether a packet is carried: by outbound rules, and
    /// by rules of public front ends that say so; a Basic load balancer does it unasked
    /// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-outbound-connections>).
    pub(super) fn sends(self, machine: &Machine, kind: Kind) -> Option<bool> {
        let mut sends = None;
        let mut add = |protocol| {
            let carried = carries(protocol, kind).is_some();
            sends = Some(sends.unwrap_or(false) || carried);
        };
        for balancer in self.balancers() {
            let rules = balancer.rules.iter();
            for rule in rules.filter(|rule| machine.pools.contains(&rule.pool)) {
                let mut frontends = balancer.frontends.iter();
                let frontend = frontends.find(|it| it.id.id() == rule.frontend);
                if !self.speaks(frontend, machine.address) {
                    continue;
                }
                let public =
                    frontend.is_none_or(|it| matches!(it.address, FrontendAddress::PublicIp(_)));
                match balancer.sku {
                    AddressSku::Basic if public => add(Transport::All),
                    AddressSku::Standard if public && rule.outbound_snat => add(rule.protocol),
                    _ => {}
                }
            }
            let rules = balancer.outbound_rules.iter();
            for rule in rules.filter(|rule| machine.pools.contains(&rule.pool)) {
                let mut named = rule.frontends.iter().map(|term| {
                    let mut frontends = balancer.frontends.iter();
                    frontends.find(|it| it.id.id() == *term)
                });
                if named.any(|it| self.speaks(it, machine.address)) {
                    add(rule.protocol);
                }
            }
        }
        sends
    }
}
