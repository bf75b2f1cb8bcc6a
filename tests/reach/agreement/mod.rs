//! The engine and the packet walker agree about every packet, on random networks.

mod azure;
mod azure_networks;
mod networks;

use std::net::IpAddr;

use patternbook::cloud::aws::{self, Block, Resource};
use patternbook::cloud::{self, Placed, Resource as _, ResourceId};
use patternbook::diag::{Place, Source};
use patternbook::net::Cidr;
use patternbook::reach::set::{Addresses, Packet as Point, Packets, Protocol, Set as _};
use patternbook::reach::{End, Matrix, Outside, Seat, Way};
use proptest::prelude::*;

use crate::walker::{Group, Kind, Machine, Packet, Road, is_in};
use crate::walks::{Answer, Corners, Walks};

/// The machines that a seat of the matrix stands for.
struct Crowd {
    end: End,
    machines: Vec<Machine>,
}

/// One network, asked both ways.
struct Case<'r> {
    walks: Walks<'r>,
    matrix: Matrix,
    corners: Corners,
    crowds: Vec<Crowd>,
    /// Addresses of which the engine knows only that AWS picks them.
    hidden: Vec<Cidr>,
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
        Self::apart(resources, resources)
    }

    /// The engine asked of a template, and the walker of one of the networks that it may become.
    fn apart(template: &[Resource], resources: &'r [Resource]) -> Self {
        let matrix = patternbook::reach::aws::matrix(&placed(template), &[]);
        let corners = Corners::of(resources.iter());
        let crowds = crowds(resources, &matrix, &corners);
        Self {
            walks: Walks::new(resources, corners.client_ports.clone()),
            matrix,
            corners,
            crowds,
            hidden: Vec::new(),
        }
    }

    /// Whether the engine says what the walker says. Of what AWS picks, the engine has to think of everything that may happen,
    /// and to rely on nothing else than what always does.
    fn assert_agree(&self, remote: Option<IpAddr>, told: Answer, walked: Answer, what: &str) {
        if self.hidden.is_empty() {
            assert_eq!(told, walked, "(engine, walker) {what}");
        } else {
            assert!(told.some || !walked.some, "{told:?} {walked:?} {what}");
            // An address of the network itself is no remote one, of which something could be relied on.
            let own = remote.is_some_and(|remote| self.hidden.iter().any(|it| is_in(remote, *it)));
            assert!(
                own || walked.every || !told.every,
                "{told:?} {walked:?} {what}"
            );
        }
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
                Kind::Icmp6(kind, code) => Protocol::Icmp6(kind, code),
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
        let walked = self.walks.between(&from.machines, &to.machines, kind);
        // Of which version of IP the ends are, the matrix forgets with their addresses.
        let packet = packet(from.machines[0].address, to.machines[0].address, kind);
        let told = self.told(from.end, to.end, Way::Local, packet);
        let what = format!("{:?} -> {:?} {kind:?}", from.machines, to.machines);
        self.assert_agree(None, told, walked, &what);
    }

    fn outward(&self, from: &Crowd, remote: IpAddr, kind: Kind) {
        for (road, way) in ROADS {
            let walked = self.walks.outward(&from.machines, remote, kind, road);
            let end = End::Outside(Outside::Remote);
            let packet = packet(from.machines[0].address, remote, kind);
            let told = self.told(from.end, end, way, packet);
            let what = format!("{:?} -> {remote} {way:?} {kind:?}", from.machines);
            self.assert_agree(Some(remote), told, walked, &what);
        }
    }

    fn inward(&self, remote: IpAddr, to: &Crowd, kind: Kind) {
        for (road, way) in ROADS {
            let walked = self.walks.inward(remote, &to.machines, kind, road);
            let end = End::Outside(Outside::Remote);
            let packet = packet(remote, to.machines[0].address, kind);
            let told = self.told(end, to.end, way, packet);
            let what = format!("{remote} -> {:?} {way:?} {kind:?}", to.machines);
            self.assert_agree(Some(remote), told, walked, &what);
        }
    }

    fn to_services(&self, from: &Crowd, kind: Kind) {
        let remotes = &self.corners.addresses;
        let walked = self.walks.to_services(&from.machines, remotes, kind);
        let end = End::Outside(Outside::Service("s3"));
        let packet = packet(from.machines[0].address, from.machines[0].address, kind);
        let told = self.told(from.end, end, Way::Endpoint, packet);
        let what = format!("{:?} -> s3 {kind:?}", from.machines);
        self.assert_agree(None, told, walked, &what);
    }

    fn compare(&self) {
        for &kind in &self.corners.kinds {
            for one in &self.crowds {
                for other in &self.crowds {
                    self.between(one, other, kind);
                }
                self.to_services(one, kind);
                for &remote in &self.corners.addresses {
                    self.outward(one, remote, kind);
                    self.inward(remote, one, kind);
                }
            }
        }
    }
}

fn packet(source: IpAddr, destination: IpAddr, kind: Kind) -> Packet {
    Packet {
        source,
        destination,
        source_port: 1024,
        kind,
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
                let standing = machines_in(resources, corners, &groups, &subnet).into_iter();
                machines.extend(standing.filter(|it| holds(seat, it.address)));
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

/// Whether an address is one of a seat: machines with addresses of both versions of IP are two seats.
fn holds(seat: &Seat, address: IpAddr) -> bool {
    let one = if address.is_ipv4() { 32 } else { 128 };
    let one = Cidr::holding(address, one).unwrap();
    seat.addresses.overlaps(&Addresses::from(one))
}

fn machines_in(
    resources: &[Resource],
    corners: &Corners,
    groups: &[ResourceId],
    subnet: &ResourceId,
) -> Vec<Machine> {
    let found = resources.iter().find_map(|resource| match resource {
        Resource::Subnet(it) if it.id == *subnet => Some(it),
        _ => None,
    });
    let found = found.unwrap();
    // Nobody says of a group without members whether they would have public addresses.
    let publicity: &[bool] = match publicity(resources, groups, subnet) {
        Some(true) => &[true],
        Some(false) => &[false],
        None => &[false, true],
    };
    let mut own: Vec<_> = groups.iter().cloned().map(Group::Named).collect();
    if own.is_empty() {
        own.push(Group::Default(found.vpc.clone()));
    }
    let mut addresses = corners.of_block(found.cidr);
    if let Some(Block::Known(block)) = found.ipv6 {
        addresses.extend(corners.of_block(block));
    }
    let machines = addresses.into_iter().flat_map(|address| {
        let own = &own;
        publicity.iter().map(move |&public| Machine {
            groups: own.clone(),
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

/// The template of which a network is made in which AWS picks the blocks of IPv6, and the blocks.
fn without_ipv6_blocks(resources: &[Resource]) -> (Vec<Resource>, Vec<Cidr>) {
    let mut hidden = Vec::new();
    let template = resources.iter().cloned().map(|mut resource| {
        match &mut resource {
            Resource::VpcCidr(it) => {
                hidden.extend(it.block.known());
                it.block = Block::SomeIpv6(56);
            }
            Resource::Subnet(it) if it.ipv6.is_some() => it.ipv6 = Some(Block::SomeIpv6(64)),
            _ => {}
        }
        resource
    });
    (template.collect(), hidden)
}

/// How many networks are tried: some, or as many as `PROPTEST_CASES` says.
fn cases(otherwise: u32) -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(otherwise)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_block_of_ipv6_aws_picks_the_engine_has_thought_of_it(sketch in networks::sketch()) {
        let resources = sketch.resources();
        let (template, hidden) = without_ipv6_blocks(&resources);
        if !hidden.is_empty() {
            let case = Case { hidden, ..Case::apart(&template, &resources) };
            case.compare();
        }
    }

    #[test]
    fn the_engine_agrees_with_the_walker(sketch in networks::sketch()) {
        let resources = sketch.resources();
        let unknown = resources.iter().filter(|it| it.id().path.is_empty());
        prop_assert_eq!(unknown.count(), 0);
        Case::new(&resources).compare();
    }
}
