//! The engine and the packet walker agree about every packet, on random networks.

mod corners;
mod networks;

use std::net::IpAddr;

use patternbook::cloud::aws::{self, Resource};
use patternbook::cloud::{self, Placed, Resource as _, ResourceId};
use patternbook::diag::{Place, Source};
use patternbook::reach::set::{Packet as Point, Packets, Protocol};
use patternbook::reach::{End, Matrix, Outside, Way};
use proptest::prelude::*;

use self::corners::Corners;
use crate::walker::{Kind, Luck, Machine, Network, Packet, Road};

/// The machines that a seat of the matrix stands for.
struct Crowd {
    end: End,
    machines: Vec<Machine>,
}

/// One network, asked both ways.
struct Case<'r> {
    network: Network<'r>,
    matrix: Matrix,
    corners: Corners,
    crowds: Vec<Crowd>,
    /// Whether a customer's device tells of addresses by BGP.
    by_bgp: bool,
    nat_ports: Vec<u16>,
}

/// What a walk says for every choice that nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Answer {
    some: bool,
    every: bool,
}

impl Answer {
    fn of(walks: impl Iterator<Item = bool>) -> Self {
        let mut answer = Self {
            some: false,
            every: true,
        };
        for passes in walks {
            answer.some |= passes;
            answer.every &= passes;
            if answer.some && !answer.every {
                break;
            }
        }
        answer
    }
}

fn placed(resources: &[Resource]) -> Vec<Placed<Resource>> {
    let source = Source::new("network", "");
    let placed = resources.iter().map(|resource| Placed {
        resource: resource.clone(),
        place: Place::start_of(&source),
        parts: Vec::new(),
    });
    placed.collect()
}

impl<'r> Case<'r> {
    fn new(resources: &'r [Resource]) -> Self {
        let matrix = patternbook::reach::aws::matrix(&placed(resources), &[]);
        let corners = Corners::of(resources);
        let crowds = crowds(resources, &matrix, &corners);
        let by_bgp = resources
            .iter()
            .any(|resource| matches!(resource, Resource::VpnConnection(it) if !it.static_routes));
        let has_nat = resources
            .iter()
            .any(|resource| matches!(resource, Resource::NatGateway(_)));
        Self {
            network: Network(resources),
            matrix,
            nat_ports: if has_nat {
                corners.client_ports.clone()
            } else {
                vec![1024]
            },
            corners,
            crowds,
            by_bgp,
        }
    }

    /// The ports that a client may connect from, where it has any.
    fn client_ports(&self, kind: Kind) -> &[u16] {
        match kind {
            Kind::Tcp(_) | Kind::Udp(_) => &self.corners.client_ports,
            Kind::Icmp(..) | Kind::Other(_) => &[0],
        }
    }

    fn lucks(&self, announced: bool) -> impl Iterator<Item = Luck> {
        let ports = self.nat_ports.iter();
        ports.map(move |&nat_port| Luck {
            nat_port,
            announced,
        })
    }

    /// What walks say of some machines and a remote end. What a customer's device may tell beyond what it is asked for can
    /// happen, and is not relied on.
    fn answer(
        &self,
        machines: &[Machine],
        kind: Kind,
        walk: impl Fn(&Machine, u16, Luck) -> bool,
    ) -> Answer {
        let walks = |announced| {
            let walk = &walk;
            machines.iter().flat_map(move |machine| {
                let ports = self.client_ports(kind).iter();
                ports.flat_map(move |&port| {
                    let lucks = self.lucks(announced);
                    lucks.map(move |luck| walk(machine, port, luck))
                })
            })
        };
        let mut answer = Answer::of(walks(false));
        answer.some |= self.by_bgp && Answer::of(walks(true)).some;
        answer
    }

    /// What the matrix says of a packet.
    fn told(&self, from: End, to: End, way: Way, packet: Packet) -> Answer {
        let point = Point {
            source: packet.source,
            destination: packet.destination,
            source_port: packet.source_port,
            protocol: match packet.kind {
                Kind::Tcp(port) => Protocol::Tcp(port),
                Kind::Udp(port) => Protocol::Udp(port),
                Kind::Icmp(kind, code) => Protocol::Icmp(kind, code),
                Kind::Other(number) => Protocol::Other(number),
            },
        };
        let passages = self.matrix.passages.iter();
        let mut asked = passages.filter(|it| it.from == from && it.to == to && it.way == way);
        let has = |packets: &Packets| packets.contains(&point);
        let mut clone = asked.clone();
        Answer {
            some: asked.any(|it| has(&it.some)),
            every: clone.any(|it| has(&it.every)),
        }
    }

    fn between(&self, from: &Crowd, to: &Crowd, kind: Kind) {
        let ports = self.client_ports(kind);
        let walks = from.machines.iter().flat_map(|source| {
            to.machines.iter().flat_map(move |target| {
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
        });
        let walked = Answer::of(walks);
        let packet = Packet {
            source: from.machines[0].address,
            destination: to.machines[0].address,
            source_port: 1024,
            kind,
        };
        let told = self.told(from.end, to.end, Way::Local, packet);
        assert_eq!(
            told, walked,
            "(engine, walker) {:?} -> {:?} {kind:?}",
            from.machines, to.machines
        );
    }

    fn outward(&self, from: &Crowd, remote: IpAddr, kind: Kind) {
        for (road, way) in ROADS {
            let packet = |source: &Machine, source_port| Packet {
                source: source.address,
                destination: remote,
                source_port,
                kind,
            };
            let answer = self.answer(&from.machines, kind, |source, port, luck| {
                self.network.outward(source, packet(source, port), luck) == Some(road)
            });
            let walked = self.certain(road, answer);
            let end = End::Outside(Outside::Remote);
            let told = self.told(from.end, end, way, packet(&from.machines[0], 1024));
            assert_eq!(
                told, walked,
                "(engine, walker) {:?} -> {remote} {way:?} {kind:?}",
                from.machines
            );
        }
    }

    fn inward(&self, remote: IpAddr, to: &Crowd, kind: Kind) {
        for (road, way) in ROADS {
            let packet = |target: &Machine, source_port| Packet {
                source: remote,
                destination: target.address,
                source_port,
                kind,
            };
            let answer = self.answer(&to.machines, kind, |target, port, luck| {
                self.network
                    .inward(road, packet(target, port), target, luck)
            });
            let mut walked = self.certain(road, answer);
            // A packet over a VPN does its work even where its answer is lost.
            walked.some |= road == Road::Vpn
                && self
                    .answer(&to.machines, kind, |target, port, luck| {
                        let packet = packet(target, port);
                        self.network.unanswered(packet, target, luck)
                    })
                    .some;
            let end = End::Outside(Outside::Remote);
            let told = self.told(end, to.end, way, packet(&to.machines[0], 1024));
            assert_eq!(
                told, walked,
                "(engine, walker) {remote} -> {:?} {way:?} {kind:?}",
                to.machines
            );
        }
    }

    /// What can be relied on: nothing of what another VPC does, or somebody whom the template does not have.
    fn certain(&self, road: Road, answer: Answer) -> Answer {
        Answer {
            every: answer.every && !matches!(road, Road::Peering | Road::Local),
            ..answer
        }
    }

    fn compare(&self) {
        for &kind in &self.corners.kinds {
            for one in &self.crowds {
                for other in &self.crowds {
                    self.between(one, other, kind);
                }
                for &remote in &self.corners.addresses {
                    self.outward(one, remote, kind);
                    self.inward(remote, one, kind);
                }
            }
        }
    }
}

/// The roads, as the matrix calls them.
const ROADS: [(Road, Way); 5] = [
    (Road::Local, Way::Local),
    (Road::Internet, Way::Internet),
    (Road::Nat, Way::Nat),
    (Road::Vpn, Way::Vpn),
    (Road::Peering, Way::Peering),
];

/// Whoever the seats of a matrix are: each machine once for each address that the network tells apart.
fn crowds(resources: &[Resource], matrix: &Matrix, corners: &Corners) -> Vec<Crowd> {
    let mut crowds = Vec::new();
    for (at, peer) in matrix.peers.iter().enumerate() {
        let groups = peer.resources.iter();
        let groups = groups.filter(|id| id.kind == cloud::Kind::Aws(aws::Kind::SecurityGroup));
        let groups: Vec<_> = groups.cloned().collect();
        for (seat_at, seat) in peer.seats.iter().enumerate() {
            let names = seat.subnet.as_deref().unwrap_or_default();
            let mut machines = Vec::new();
            for name in names.split(", ").filter(|name| !name.is_empty()) {
                let subnet = aws::Kind::Subnet.named([name]);
                machines.extend(machines_in(resources, corners, &groups, &subnet));
            }
            // A group of a VPC without subnets stands nowhere that could be walked from.
            if !machines.is_empty() {
                crowds.push(Crowd {
                    end: End::Seat(at, seat_at),
                    machines,
                });
            }
        }
    }
    crowds
}

fn machines_in(
    resources: &[Resource],
    corners: &Corners,
    groups: &[ResourceId],
    subnet: &ResourceId,
) -> Vec<Machine> {
    let block = resources.iter().find_map(|resource| match resource {
        Resource::Subnet(it) if it.id == *subnet => Some(it.cidr),
        _ => None,
    });
    // Nobody says of a group without members whether they would have public addresses.
    let publicity: &[bool] = match publicity(resources, groups, subnet) {
        Some(true) => &[true],
        Some(false) => &[false],
        None => &[false, true],
    };
    let addresses = corners.of_block(block.unwrap());
    let machines = addresses.into_iter().flat_map(|address| {
        publicity.iter().map(move |&public| Machine {
            groups: groups.to_vec(),
            subnet: subnet.clone(),
            address,
            public,
        })
    });
    machines.collect()
}

/// Whether the machine with these groups in this subnet has a public address.
fn publicity(resources: &[Resource], groups: &[ResourceId], subnet: &ResourceId) -> Option<bool> {
    let wanted: Vec<_> = groups.iter().map(ResourceId::id).collect();
    resources.iter().find_map(|resource| match resource {
        Resource::Interface(it) => {
            let same = it.groups.as_ref() == Some(&wanted) && it.subnets == [subnet.id()];
            same.then_some(it.public_address).flatten()
        }
        _ => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_engine_agrees_with_the_walker(sketch in networks::sketch()) {
        let resources = sketch.resources();
        let unknown = resources.iter().filter(|it| it.id().path.is_empty());
        prop_assert_eq!(unknown.count(), 0);
        Case::new(&resources).compare();
    }
}
