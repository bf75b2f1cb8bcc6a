//! Network ACLs: filters without memory at the edge of subnets.
//!
//! Entries are tried by number, the lowest first, and the first that fits decides; what none fits is denied
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>). They are not asked inside one subnet. The answer
//! to a connection is a packet of its own and must pass too
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>).

use super::traffic::of_rule;
use super::world::allows;
use crate::cloud::Part;
use crate::cloud::aws::{AclEntry, NetworkAcl};
use crate::reach::Reason;
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Protocol, Set, TrafficSet};

/// What a network ACL lets pass, each way, whether it starts a connection or answers one.
pub(super) struct Acl {
    position: usize,
    /// Whether it has more entries than are compared.
    cut: bool,
    /// What may come in. The source is the other end.
    ingress: Side,
    /// What may go out. The destination is the other end.
    egress: Side,
}

struct Side {
    packets: Packets,
    /// The connections of the other direction whose answers pass.
    answered: Packets,
    /// What each entry lets pass that no entry before it has decided on.
    entries: Vec<(usize, Packets)>,
}

/// The most entries of one direction that are compared. AWS takes 20, and 40 on request
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls>).
const MOST_ENTRIES: usize = 100;

/// Which field of a packet is the other end of an entry.
#[derive(Clone, Copy)]
enum Far {
    Source,
    Destination,
}

impl Acl {
    pub(super) fn new(position: usize, acl: &NetworkAcl) -> Self {
        let is_cut = |entries: &[AclEntry]| entries.len() > MOST_ENTRIES;
        Self {
            position,
            cut: is_cut(&acl.ingress) || is_cut(&acl.egress),
            ingress: Side::new(&acl.ingress, Far::Source),
            egress: Side::new(&acl.egress, Far::Destination),
        }
    }

    /// Whether it has more entries than are compared. What it lets pass is then not known.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The connections whose first packet may go out of the subnet and whose answers may come in.
    pub(super) fn outward(&self, packets: &Packets) -> Packets {
        let begun = packets.intersection(&self.egress.packets);
        begun.intersection(&self.ingress.answered)
    }

    /// The connections whose first packet may come into the subnet and whose answers may go out.
    pub(super) fn inward(&self, packets: &Packets) -> Packets {
        let begun = packets.intersection(&self.ingress.packets);
        begun.intersection(&self.egress.answered)
    }

    /// The entries by which the first packet of an outward connection passes.
    pub(super) fn outward_reasons(&self) -> impl Iterator<Item = Reason> {
        self.reasons(&self.egress, Part::Egress)
    }

    /// The entries by which the first packet of an inward connection passes.
    pub(super) fn inward_reasons(&self) -> impl Iterator<Item = Reason> {
        self.reasons(&self.ingress, Part::Ingress)
    }

    fn reasons(&self, side: &Side, part: fn(usize) -> Part) -> impl Iterator<Item = Reason> {
        side.entries.iter().map(move |(at, packets)| Reason {
            resource: self.position,
            part: Some(part(*at)),
            packets: Some(packets.clone()),
        })
    }
}

impl Side {
    fn new(entries: &[AclEntry], far: Far) -> Self {
        let mut numbered: Vec<_> = entries.iter().enumerate().collect();
        numbered.sort_by_key(|(_, entry)| entry.number);
        numbered.truncate(MOST_ENTRIES);
        let mut undecided = Packets::everything();
        let mut side = Self {
            packets: Packets::nothing(),
            answered: Packets::nothing(),
            entries: Vec::new(),
        };
        for (at, entry) in numbered {
            let fits = Packets::of(fits(entry, far));
            if allows(entry.effect) {
                let passes = undecided.intersection(&fits);
                side.packets.add(&passes);
                side.entries.push((at, passes));
            }
            undecided = undecided.without(&fits);
        }
        side.answered = answered(&side.packets);
        side
    }
}

fn fits(entry: &AclEntry, far: Far) -> PacketBox {
    let traffic = of_rule(entry.traffic);
    let end = Addresses::from(entry.cidr);
    match far {
        Far::Source => PacketBox {
            source: end,
            traffic,
            ..PacketBox::default()
        },
        Far::Destination => PacketBox {
            destination: end,
            traffic,
            ..PacketBox::default()
        },
    }
}

/// The connections that are answered when `answers` pass.
///
/// An answer goes to the port that the connection came from. Of ICMP, only echo requests ask for an answer; other protocols
/// without ports are answered by themselves.
fn answered(answers: &Packets) -> Packets {
    const ECHO: u8 = 8;
    const ECHO_REPLY: u8 = 0;
    const ECHO_V6: u8 = 128;
    const ECHO_REPLY_V6: u8 = 129;
    let mut answered = Packets::nothing();
    for part in answers.boxes() {
        let turned = PacketBox {
            source: part.destination.clone(),
            destination: part.source.clone(),
            ..PacketBox::default()
        };
        let mut add = |source_ports: Intervals<u16>, traffic: TrafficSet| {
            if source_ports.is_nothing() || traffic.is_nothing() {
                return;
            }
            answered.insert(PacketBox {
                source_ports,
                traffic,
                ..turned.clone()
            });
        };
        add(part.traffic.tcp.clone(), TrafficSet::protocol(6));
        add(part.traffic.udp.clone(), TrafficSet::protocol(17));
        if part.traffic.contains(Protocol::Icmp(ECHO_REPLY, 0)) {
            add(Intervals::everything(), TrafficSet::icmp(ECHO, None));
        }
        if part.traffic.contains(Protocol::Icmp6(ECHO_REPLY_V6, 0)) {
            add(Intervals::everything(), TrafficSet::icmp6(ECHO_V6, None));
        }
        add(
            Intervals::everything(),
            TrafficSet {
                other: part.traffic.other.clone(),
                ..TrafficSet::nothing()
            },
        );
    }
    let unasked = TrafficSet::protocol(1)
        .union(&TrafficSet::protocol(58))
        .difference(&TrafficSet::icmp(ECHO, None))
        .difference(&TrafficSet::icmp6(ECHO_V6, None));
    answered.insert(PacketBox {
        traffic: unasked,
        ..PacketBox::default()
    });
    answered
}
