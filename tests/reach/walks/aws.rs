//! Walks through networks of AWS.

use std::net::IpAddr;

use patternbook::cloud::aws::{Resource, RulePeer};

use super::Answer;
use crate::walker::{Kind, Luck, Machine, Network, Packet, Road};

/// One network, and what is tried in it wherever nobody knows.
pub(crate) struct Walks<'r> {
    network: Network<'r>,
    /// Whether a customer's device tells of addresses by BGP.
    by_bgp: bool,
    /// Whether rules name prefix lists that the template does not have.
    by_lists: bool,
    nat_ports: Vec<u16>,
    client_ports: Vec<u16>,
}

impl<'r> Walks<'r> {
    pub(crate) fn new(resources: &'r [Resource], client_ports: Vec<u16>) -> Self {
        let has = |what: fn(&Resource) -> bool| resources.iter().any(what);
        let has_nat = has(|resource| matches!(resource, Resource::NatGateway(_)));
        Self {
            network: Network(resources),
            by_bgp: has(
                |resource| matches!(resource, Resource::VpnConnection(it) if !it.static_routes),
            ),
            by_lists: has(names_a_list),
            nat_ports: if has_nat {
                client_ports.clone()
            } else {
                vec![1024]
            },
            client_ports,
        }
    }

    /// The ports that a client may connect from, where it has any.
    fn client_ports(&self, kind: Kind) -> &[u16] {
        match kind {
            Kind::Tcp(_) | Kind::Udp(_) => &self.client_ports,
            Kind::Icmp(..) | Kind::Icmp6(..) | Kind::Other(_) => &[0],
        }
    }

    /// What walks say of some machines and a remote end. What a customer's device may tell beyond what it is asked for, and
    /// what a prefix list may hold, can happen and is not relied on.
    fn answer(
        &self,
        machines: &[Machine],
        remote: IpAddr,
        kind: Kind,
        walk: impl Fn(&Machine, u16, Luck) -> bool,
    ) -> Answer {
        let mut machines = machines.to_vec();
        machines.retain(|machine| machine.address.is_ipv4() == remote.is_ipv4());
        let walks = |announced, listed| {
            let walk = &walk;
            machines.iter().flat_map(move |machine| {
                let ports = self.client_ports(kind).iter();
                ports.flat_map(move |&port| {
                    let lucks = self.nat_ports.iter();
                    lucks.map(move |&nat_port| {
                        let luck = Luck {
                            nat_port,
                            announced,
                            listed,
                        };
                        walk(machine, port, luck)
                    })
                })
            })
        };
        let mut answer = Answer::of(walks(false, false));
        for (announced, listed) in [(false, true), (true, false), (true, true)] {
            let possible = (!announced || self.by_bgp) && (!listed || self.by_lists);
            answer.some |= possible && Answer::of(walks(announced, listed)).some;
        }
        answer
    }

    /// What passes from some machines to others.
    pub(crate) fn between(&self, from: &[Machine], to: &[Machine], kind: Kind) -> Answer {
        let ports = self.client_ports(kind);
        Answer::of(from.iter().flat_map(|source| {
            let same = |target: &&Machine| target.address.is_ipv4() == source.address.is_ipv4();
            to.iter().filter(same).flat_map(move |target| {
                ports.iter().map(move |&source_port| {
                    let packet = Packet {
                        source: source.address,
                        destination: target.address,
                        source_port,
                        kind,
                    };
                    self.network.between(source, target, packet)
                })
            })
        }))
    }

    /// What passes from machines to a remote address by a road.
    pub(crate) fn outward(
        &self,
        from: &[Machine],
        remote: IpAddr,
        kind: Kind,
        road: Road,
    ) -> Answer {
        let answer = self.answer(from, remote, kind, |source, source_port, luck| {
            let packet = Packet {
                source: source.address,
                destination: remote,
                source_port,
                kind,
            };
            self.network.outward(source, packet, luck) == Some(road)
        });
        certain(road, answer)
    }

    /// What passes from a remote address to machines by a road.
    pub(crate) fn inward(&self, remote: IpAddr, to: &[Machine], kind: Kind, road: Road) -> Answer {
        let packet = |target: &Machine, source_port| Packet {
            source: remote,
            destination: target.address,
            source_port,
            kind,
        };
        let answer = self.answer(to, remote, kind, |target, port, luck| {
            let packet = packet(target, port);
            self.network.inward(road, packet, target, luck)
        });
        let mut answer = certain(road, answer);
        // A packet over a VPN does its work even where its answer is lost.
        answer.some |= road == Road::Vpn
            && self
                .answer(to, remote, kind, |target, port, luck| {
                    let packet = packet(target, port);
                    self.network.unanswered(packet, target, luck)
                })
                .some;
        answer
    }

    /// What passes from machines to services by gateway endpoints, at any of these addresses.
    pub(crate) fn to_services(&self, from: &[Machine], remotes: &[IpAddr], kind: Kind) -> Answer {
        let remotes = remotes.iter().copied();
        let remotes: Vec<_> = remotes
            .filter(|it| it.is_ipv4() && crate::walker::is_public(*it))
            .collect();
        let ports = self.client_ports(kind);
        let from = from.iter().filter(|source| source.address.is_ipv4());
        Answer::of(from.flat_map(|source| {
            remotes.iter().flat_map(move |&destination| {
                ports.iter().map(move |&source_port| {
                    let packet = Packet {
                        source: source.address,
                        destination,
                        source_port,
                        kind,
                    };
                    self.network.to_service(source, packet)
                })
            })
        }))
    }
}

/// What can be relied on: nothing of what another VPC does, or somebody whom the template does not have.
fn certain(road: Road, answer: Answer) -> Answer {
    Answer {
        every: answer.every && !matches!(road, Road::Peering | Road::Local),
        ..answer
    }
}

fn names_a_list(resource: &Resource) -> bool {
    let rules = match resource {
        Resource::SecurityGroup(it) => it.ingress.iter().chain(&it.egress).collect(),
        Resource::SecurityGroupRule(it) => vec![&it.rule],
        _ => Vec::new(),
    };
    let mut peers = rules.into_iter().map(|rule| &rule.peer);
    peers.any(|peer| matches!(peer, RulePeer::PrefixList { .. }))
}
