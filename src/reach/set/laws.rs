//! The laws of sets, each against counting on a universe that is small enough to count.

use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::*;
use crate::net::Cidr;

fn numbers() -> impl Strategy<Value = Intervals<u8>> {
    prop::collection::vec((any::<u8>(), any::<u8>()), 0..6)
        .prop_map(|ranges| ranges.into_iter().collect())
}

fn members(set: &Intervals<u8>) -> Vec<u8> {
    (0..=u8::MAX)
        .filter(|&number| set.contains(number))
        .collect()
}

/// Boxes whose corners lie close together, so that they meet often: addresses of 10.0.0.0/29, ports 0 to 7.
fn boxes() -> impl Strategy<Value = Vec<PacketBox>> {
    let address = (0_u8..8, 29_u8..=32).prop_map(|(last, length)| {
        Addresses::from(Cidr::holding(Ipv4Addr::new(10, 0, 0, last).into(), length).unwrap())
    });
    let ports = || (0_u16..8, 0_u16..8).prop_map(|(a, b)| Intervals::range(a.min(b), a.max(b)));
    let one = (address.clone(), address, ports(), ports(), any::<bool>());
    let one = one.prop_map(
        |(source, destination, source_ports, ports, tcp)| PacketBox {
            source,
            destination,
            source_ports,
            traffic: if tcp {
                TrafficSet::tcp(ports)
            } else {
                TrafficSet::udp(ports)
            },
        },
    );
    prop::collection::vec(one, 0..5)
}

fn packets(boxes: &[PacketBox]) -> Packets {
    let mut packets = Packets::nothing();
    for part in boxes {
        packets.insert(part.clone());
    }
    packets
}

fn packet() -> impl Strategy<Value = Packet> {
    let address = || (0_u8..8).prop_map(|last| IpAddr::from(Ipv4Addr::new(10, 0, 0, last)));
    let all = (address(), address(), 0_u16..8, 0_u16..8, any::<bool>());
    all.prop_map(|(source, destination, source_port, port, tcp)| Packet {
        source,
        destination,
        source_port,
        protocol: if tcp {
            Protocol::Tcp(port)
        } else {
            Protocol::Udp(port)
        },
    })
}

proptest! {
    #[test]
    fn intervals_are_the_sets_of_their_numbers(a in numbers(), b in numbers()) {
        let (left, right) = (members(&a), members(&b));
        let both = |number: &u8| left.contains(number) && right.contains(number);
        let either: Vec<u8> =
            (0..=u8::MAX).filter(|number| left.contains(number) || right.contains(number)).collect();
        prop_assert_eq!(members(&a.union(&b)), either);
        prop_assert_eq!(
            members(&a.intersection(&b)),
            left.iter().copied().filter(|number| both(number)).collect::<Vec<_>>()
        );
        prop_assert_eq!(
            members(&a.difference(&b)),
            left.iter().copied().filter(|number| !right.contains(number)).collect::<Vec<_>>()
        );
        prop_assert_eq!(a.covers(&b), right.iter().all(|number| left.contains(number)));
        prop_assert_eq!(a.overlaps(&b), right.iter().any(|number| left.contains(number)));
        prop_assert_eq!(a == b, left == right);
        prop_assert_eq!(a.lowest(), left.first().copied());
        prop_assert_eq!(a.complement().complement(), a);
    }

    #[test]
    fn a_packet_is_in_a_set_by_its_boxes(one in boxes(), two in boxes(), packet in packet()) {
        let (a, b) = (packets(&one), packets(&two));
        let in_a = one.iter().any(|part| part.contains(&packet));
        let in_b = two.iter().any(|part| part.contains(&packet));
        prop_assert_eq!(a.contains(&packet), in_a);
        prop_assert_eq!(a.union(&b).contains(&packet), in_a || in_b);
        prop_assert_eq!(a.intersection(&b).contains(&packet), in_a && in_b);
        prop_assert_eq!(a.difference(&b).contains(&packet), in_a && !in_b);
        if a.covers(&b) {
            prop_assert!(!in_b || in_a);
        } else {
            let example = b.difference(&a).example().unwrap();
            prop_assert!(b.contains(&example) && !a.contains(&example));
        }
    }

    #[test]
    fn boxes_never_share_a_packet(all in boxes()) {
        let set = packets(&all);
        for (at, one) in set.boxes().iter().enumerate() {
            for other in &set.boxes()[..at] {
                prop_assert!(!Packets::of(one.clone()).overlaps(&Packets::of(other.clone())));
            }
        }
    }

    #[test]
    fn forgetting_a_field_keeps_what_is_there_for_some_value(all in boxes(), packet in packet()) {
        let set = packets(&all);
        let any_port = set.for_some(|part| part.source_ports = Intervals::everything());
        let there = (0..8).any(|source_port| set.contains(&Packet { source_port, ..packet }));
        prop_assert_eq!(any_port.contains(&packet), there);
    }

    #[test]
    fn blocks_make_up_the_addresses(blocks in prop::collection::vec((any::<u32>(), 0_u8..=32), 0..6)) {
        let blocks = blocks.into_iter();
        let set: Addresses = blocks
            .map(|(bits, length)| Cidr::holding(Ipv4Addr::from_bits(bits).into(), length).unwrap())
            .collect();
        prop_assert_eq!(set.cidrs().into_iter().collect::<Addresses>(), set);
    }
}

#[test]
fn icmp_is_no_port() {
    let icmp = TrafficSet::protocol(1);
    let tcp = TrafficSet::protocol(6);
    assert!(!icmp.overlaps(&tcp));
    assert!(TrafficSet::everything().covers(&icmp.union(&tcp)));
    assert!(icmp.contains(Protocol::Icmp(8, 0)) && !tcp.contains(Protocol::Icmp(8, 0)));
}

#[test]
fn words_are_those_of_flows() {
    let words = |set: TrafficSet| set.words().join(" ");
    assert_eq!(words(TrafficSet::everything()), "all");
    for text in ["tcp/443", "udp/1024-65535", "icmp", "icmp/8"] {
        let traffic: crate::net::Traffic = text.parse().unwrap();
        assert_eq!(words(traffic.into()), text);
    }
    assert_eq!(words(TrafficSet::protocol(50)), "protocol/50");
    assert_eq!(words(TrafficSet::icmp(3, Some(4))), "icmp/3 code 4");
    assert_eq!(words(TrafficSet::protocol(6)), "tcp/1-65535");
}

#[test]
fn public_addresses_are_those_of_nobody_else() {
    let public = Addresses::public();
    for (text, is_public) in [
        ("8.8.8.8", true),
        ("10.0.0.1", false),
        ("172.32.0.1", true),
        ("172.31.0.1", false),
        ("192.168.1.1", false),
        ("100.64.0.1", false),
        ("169.254.169.254", false),
        ("255.255.255.255", false),
        ("127.0.0.1", false),
        ("2001:4860::1", true),
        ("fd00::1", false),
        ("::1", false),
    ] {
        assert_eq!(public.contains(text.parse().unwrap()), is_public, "{text}");
    }
}
