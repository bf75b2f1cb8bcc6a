//! Walks through networks of Azure.

use std::net::IpAddr;

use patternbook::cloud::azure::Resource;
use patternbook::net::Cidr;

use super::{Answer, AzureCorners};
use crate::walker::azure::{Luck, Machine, Network, Road};
use crate::walker::{Kind, Packet};

/// One network, and what is tried in it.
pub(crate) struct AzureWalks<'r> {
    network: Network<'r>,
    corners: &'r AzureCorners,
    /// The addresses at which load balancers listen inside, each once for each class of addresses.
    fronts: Vec<(Road, Vec<IpAddr>)>,
}

/// The first port that a client's connection may be relied on to come from.
const FIRST_CLIENT_PORT: u16 = 1024;

impl<'r> AzureWalks<'r> {
    pub(crate) fn new(resources: &'r [Resource], corners: &'r AzureCorners) -> Self {
        let network = Network(resources);
        let fronts = network.inner_fronts().into_iter();
        let fronts = fronts.map(|(road, block): (Road, Cidr)| (road, corners.of_block(block)));
        Self {
            network,
            corners,
            fronts: fronts.collect(),
        }
    }

    fn ports(&self, kind: Kind) -> &[u16] {
        match kind {
            Kind::Tcp(_) | Kind::Udp(_) => &self.corners.source_ports,
            _ => &[0],
        }
    }

    /// What may happen from some port with luck, and what surely happens from every port of a client without.
    fn answer(&self, kind: Kind, walk: impl Fn(u16, Luck) -> Answer) -> Answer {
        let ports = self.ports(kind);
        let mut some = ports.iter().map(|port| walk(*port, Luck::Best));
        let mut relied_on = ports
            .iter()
            .filter(|port| **port == 0 || **port >= FIRST_CLIENT_PORT);
        let some = some.any(|answer| answer.some);
        Answer {
            some,
            every: some && relied_on.all(|port| walk(*port, Luck::Worst).every),
        }
    }

    fn one(
        &self,
        machines: &[Machine],
        kind: Kind,
        walk: impl Fn(&Machine, u16, Luck) -> bool,
    ) -> Answer {
        self.answer(kind, |port, luck| {
            Answer::of(machines.iter().map(|machine| walk(machine, port, luck)))
        })
    }

    /// What passes from some machines to others: inside of a network, and by a peering.
    pub(crate) fn between(&self, from: &[Machine], to: &[Machine], kind: Kind) -> [Answer; 2] {
        [false, true].map(|peered| {
            self.answer(kind, |source_port, luck| {
                Answer::of(from.iter().flat_map(|source| {
                    to.iter().map(move |target| {
                        let packet = Packet {
                            source: source.address,
                            destination: target.address,
                            source_port,
                            kind,
                        };
                        self.network.between(source, target, packet, luck) == Some(peered)
                    })
                }))
            })
        })
    }

    /// What passes by load balancers that listen inside.
    pub(crate) fn handed(
        &self,
        from: &[Machine],
        to: &[Machine],
        kind: Kind,
    ) -> Vec<(Road, Answer)> {
        let all = self.fronts.iter().map(|(road, addresses)| {
            let answer = self.answer(kind, |source_port, luck| {
                Answer::of(from.iter().flat_map(|source| {
                    to.iter().flat_map(move |target| {
                        addresses.iter().map(move |&front| {
                            let packet = Packet {
                                source: source.address,
                                destination: target.address,
                                source_port,
                                kind,
                            };
                            self.network
                                .handed(source, target, packet, (road, front), luck)
                        })
                    })
                }))
            });
            (road.clone(), answer)
        });
        all.collect()
    }

    /// What passes from machines to a remote address by a road.
    pub(crate) fn outward(
        &self,
        from: &[Machine],
        remote: IpAddr,
        kind: Kind,
        road: &Road,
    ) -> Answer {
        self.one(from, kind, |source, source_port, luck| {
            let packet = Packet {
                source: source.address,
                destination: remote,
                source_port,
                kind,
            };
            self.network.outward(source, packet, road, luck)
        })
    }

    /// What passes from a remote address to machines by a road.
    pub(crate) fn inward(&self, remote: IpAddr, to: &[Machine], kind: Kind, road: &Road) -> Answer {
        self.one(to, kind, |target, source_port, luck| {
            let packet = Packet {
                source: remote,
                destination: target.address,
                source_port,
                kind,
            };
            self.network.inward(packet, target, road, luck)
        })
    }

    /// What a load balancer that asks whether machines are well may ask.
    pub(crate) fn probed(&self, by: &Road, to: &[Machine], kind: Kind) -> Answer {
        self.one(to, kind, |target, source_port, luck| {
            let packet = Packet {
                source: target.address,
                destination: target.address,
                source_port,
                kind,
            };
            self.network.probed(by, target, packet, luck)
        })
    }

    /// Every road that there may be.
    pub(crate) fn roads(&self) -> Vec<Road> {
        let balancers = self.network.balancers();
        let balancers = balancers.map(|it| Road::Balancer(it.id.clone()));
        let plain = [
            Road::Local,
            Road::Internet,
            Road::Nat,
            Road::Vpn,
            Road::Appliance,
        ];
        plain.into_iter().chain(balancers).collect()
    }
}
