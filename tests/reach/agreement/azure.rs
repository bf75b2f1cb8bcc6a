//! The engine and the packet walker of Azure agree about every packet, on random networks.

use std::net::IpAddr;

use patternbook::cloud::azure::Resource;
use patternbook::cloud::{self, Placed, ResourceId, azure};
use patternbook::diag::{Place, Source};
use patternbook::reach::set::{Packet as Point, Packets, Protocol};
use patternbook::reach::{End, Matrix, Outside, Way};
use proptest::prelude::*;

use super::azure_networks::sketch;
use crate::same::crowds;
use crate::walker::Kind;
use crate::walker::azure::{Machine, Road};
use crate::walks::{Answer, AzureCorners, AzureWalks};

/// One network, asked both ways.
struct Case<'r> {
    walks: AzureWalks<'r>,
    matrix: Matrix,
    corners: &'r AzureCorners,
    crowds: Vec<(End, Vec<Machine>)>,
}

impl<'r> Case<'r> {
    fn new(resources: &'r [Resource], corners: &'r AzureCorners) -> Self {
        let source = Source::new("network", "");
        let placed = resources.iter().map(|resource| Placed {
            resource: resource.clone(),
            place: Place::start_of(&source),
            parts: Vec::new(),
        });
        let placed: Vec<_> = placed.collect();
        let matrix = patternbook::reach::azure::matrix(&placed, &[]);
        Self {
            walks: AzureWalks::new(resources, corners),
            crowds: seated(resources, &matrix, corners),
            matrix,
            corners,
        }
    }

    /// What the matrix says of packets.
    fn told(&self, from: End, to: End, way: Way, remote: IpAddr, kind: Kind) -> Answer {
        let point = Point {
            source: remote,
            destination: remote,
            source_port: 1024,
            protocol: match kind {
                Kind::Tcp(port) => Protocol::Tcp(port),
                Kind::Udp(port) => Protocol::Udp(port),
                Kind::Icmp(kind, code) => Protocol::Icmp(kind, code),
                Kind::Icmp6(kind, code) => Protocol::Icmp6(kind, code),
                Kind::Other(number) => Protocol::Other(number),
            },
        };
        let passages = self.matrix.passages.iter();
        let asked = passages.filter(|it| it.from == from && it.to == to && it.way == way);
        let has = |packets: &Packets| packets.contains(&point);
        Answer {
            some: asked.clone().any(|it| has(&it.some)),
            every: asked.clone().any(|it| has(&it.every)),
        }
    }

    fn balancer(&self, id: &ResourceId) -> usize {
        let mut peers = self.matrix.peers.iter();
        peers.position(|peer| peer.resources.contains(id)).unwrap()
    }

    fn way(&self, road: &Road) -> Way {
        match road {
            Road::Local => Way::Local,
            Road::Internet => Way::Internet,
            Road::Nat => Way::Nat,
            Road::Vpn => Way::Vpn,
            Road::Appliance => Way::Peering,
            Road::Balancer(id) => Way::Balancer(self.balancer(id)),
        }
    }

    fn inside(&self, from: &(End, Vec<Machine>), to: &(End, Vec<Machine>), kind: Kind) {
        let any = to.1[0].address;
        let walked = self.walks.between(&from.1, &to.1, kind);
        let told = [Way::Local, Way::Peering].map(|way| self.told(from.0, to.0, way, any, kind));
        assert_eq!(told, walked, "(engine, walker) {from:?} -> {to:?} {kind:?}");
        for (road, walked) in self.walks.handed(&from.1, &to.1, kind) {
            let told = self.told(from.0, to.0, self.way(&road), any, kind);
            assert_eq!(
                told, walked,
                "(engine, walker) {from:?} -> {to:?} {road:?} {kind:?}"
            );
        }
    }

    fn outside(&self, own: &(End, Vec<Machine>), road: &Road, kind: Kind) {
        let remote = End::Outside(Outside::Remote);
        let way = self.way(road);
        for &address in &self.corners.addresses {
            let walked = self.walks.outward(&own.1, address, kind, road);
            let told = self.told(own.0, remote, way, address, kind);
            assert_eq!(
                told, walked,
                "(engine, walker) {own:?} -> {address} {way:?} {kind:?}"
            );
            let walked = self.walks.inward(address, &own.1, kind, road);
            let told = self.told(remote, own.0, way, address, kind);
            assert_eq!(
                told, walked,
                "(engine, walker) {address} -> {own:?} {way:?} {kind:?}"
            );
        }
        if let Road::Balancer(id) = road {
            let probe = End::Outside(Outside::Probe(self.balancer(id)));
            let own_is_v4 = own.1[0].address.is_ipv4();
            let from: IpAddr = if own_is_v4 {
                [168, 63, 129, 16].into()
            } else {
                "fe80::1234:5678:9abc".parse().unwrap()
            };
            let walked = self.walks.probed(road, &own.1, kind);
            let told = self.told(probe, own.0, Way::Local, from, kind);
            assert_eq!(
                told, walked,
                "(engine, walker) {road:?} asks {own:?} {kind:?}"
            );
        }
    }

    fn compare(&self) {
        let roads = self.walks.roads();
        for &kind in &self.corners.kinds {
            for one in &self.crowds {
                for other in self.crowds.iter().filter(|other| other.0 != one.0) {
                    self.inside(one, other, kind);
                }
                for road in &roads {
                    self.outside(one, road, kind);
                }
            }
        }
    }
}

/// The machines of each interface with their seat, which the networks make so that it is theirs alone.
fn seated(
    resources: &[Resource],
    matrix: &Matrix,
    corners: &AzureCorners,
) -> Vec<(End, Vec<Machine>)> {
    let mut seated = Vec::new();
    for ((id, _), machines) in crowds(resources, corners) {
        assert_eq!(id.kind, cloud::Kind::Azure(azure::Kind::Interface));
        let mut peers = matrix.peers.iter();
        let peer = peers.position(|peer| peer.resources.contains(&id)).unwrap();
        let subnet = machines[0].subnet.name();
        let mut seats = matrix.peers[peer].seats.iter();
        let address = machines[0].address;
        let seat = seats.position(|seat| {
            seat.subnet.as_deref() == Some(subnet) && seat.addresses.contains(address)
        });
        seated.push((End::Seat(peer, seat.unwrap()), machines));
    }
    seated
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: super::cases(10),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_engine_agrees_with_the_walker_on_azure(sketch in sketch()) {
        let resources = sketch.resources();
        let corners = AzureCorners::of(resources.iter());
        Case::new(&resources, &corners).compare();
    }
}
