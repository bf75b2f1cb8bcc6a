//! Sets of packets: unions of boxes.

use std::fmt;
use std::net::IpAddr;

use super::{Addresses, Intervals, Protocol, Set, TrafficSet};

/// The packets whose fields are each in a set of their own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PacketBox {
    /// Where they come from.
    pub source: Addresses,
    /// Where they go to.
    pub destination: Addresses,
    /// The ports that they come from; for protocols without ports, every one.
    pub source_ports: Intervals<u16>,
    /// What they are.
    pub traffic: TrafficSet,
}

/// One packet: a new connection's first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Packet {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes to.
    pub destination: IpAddr,
    /// The port that it comes from.
    pub source_port: u16,
    /// What it is.
    pub protocol: Protocol,
}

impl fmt::Display for Packet {
    /// As in `10.0.0.5 -> 10.0.1.7 tcp/443`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} -> {} {}",
            self.source, self.destination, self.protocol
        )
    }
}

impl PacketBox {
    /// Whether a packet is in it.
    #[must_use]
    pub fn contains(&self, packet: &Packet) -> bool {
        self.source.contains(packet.source)
            && self.destination.contains(packet.destination)
            && self.source_ports.contains(packet.source_port)
            && self.traffic.contains(packet.protocol)
    }

    /// Adds to `left` what is in it and not in `other`.
    fn cut(mut self, other: &Self, left: &mut Vec<Self>) {
        if !self.overlaps(other) {
            return left.push(self);
        }
        if !other.source.covers(&self.source) {
            left.push(Self {
                source: self.source.difference(&other.source),
                ..self.clone()
            });
            self.source = self.source.intersection(&other.source);
        }
        if !other.destination.covers(&self.destination) {
            left.push(Self {
                destination: self.destination.difference(&other.destination),
                ..self.clone()
            });
            self.destination = self.destination.intersection(&other.destination);
        }
        if !other.source_ports.covers(&self.source_ports) {
            left.push(Self {
                source_ports: self.source_ports.difference(&other.source_ports),
                ..self.clone()
            });
            self.source_ports = self.source_ports.intersection(&other.source_ports);
        }
        if !other.traffic.covers(&self.traffic) {
            self.traffic = self.traffic.difference(&other.traffic);
            left.push(self);
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.traffic.overlaps(&other.traffic)
            && self.source.overlaps(&other.source)
            && self.destination.overlaps(&other.destination)
            && self.source_ports.overlaps(&other.source_ports)
    }

    /// Whether all of its packets are in another one, field by field.
    fn is_within(&self, other: &Self) -> bool {
        other.source.covers(&self.source)
            && other.destination.covers(&self.destination)
            && other.source_ports.covers(&self.source_ports)
            && other.traffic.covers(&self.traffic)
    }

    fn intersection(&self, other: &Self) -> Self {
        Self {
            source: self.source.intersection(&other.source),
            destination: self.destination.intersection(&other.destination),
            source_ports: self.source_ports.intersection(&other.source_ports),
            traffic: self.traffic.intersection(&other.traffic),
        }
    }

    fn is_nothing(&self) -> bool {
        self.source.is_nothing()
            || self.destination.is_nothing()
            || self.source_ports.is_nothing()
            || self.traffic.is_nothing()
    }
}

impl Default for PacketBox {
    /// Every packet.
    fn default() -> Self {
        Self {
            source: Addresses::everything(),
            destination: Addresses::everything(),
            source_ports: Intervals::everything(),
            traffic: TrafficSet::everything(),
        }
    }
}

/// A set of packets.
///
/// INVARIANT: no two boxes share a packet, and none is empty.
#[derive(Clone, Debug)]
pub struct Packets(Vec<PacketBox>);

impl Packets {
    /// The boxes that it is made of.
    #[must_use]
    pub fn boxes(&self) -> &[PacketBox] {
        &self.0
    }

    /// Whether a packet is in it.
    #[must_use]
    pub fn contains(&self, packet: &Packet) -> bool {
        self.0.iter().any(|part| part.contains(packet))
    }

    /// Adds the packets of a box.
    pub fn insert(&mut self, part: PacketBox) {
        if part.is_nothing() {
            return;
        }
        if !self.meets(&part) {
            return self.0.push(part);
        }
        let mut fresh = vec![part];
        for known in &self.0 {
            fresh = cut(fresh, known);
        }
        self.0.append(&mut fresh);
    }

    /// Adds the packets of another set.
    pub fn add(&mut self, other: &Self) {
        for part in &other.0 {
            self.insert(part.clone());
        }
    }

    /// The packets without those of another set, as [`Set::difference`] without a copy.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        Self(other.0.iter().fold(self.0, cut))
    }

    /// The packets without those of a box.
    #[must_use]
    pub fn without_part(self, part: &PacketBox) -> Self {
        Self(cut(self.0, part))
    }

    /// Whether some packet of a box is in it.
    #[must_use]
    pub fn meets(&self, part: &PacketBox) -> bool {
        self.0.iter().any(|own| own.overlaps(part))
    }

    /// The packets of a box, alone.
    #[must_use]
    pub fn of(part: PacketBox) -> Self {
        if part.is_nothing() {
            return Self::nothing();
        }
        Self(vec![part])
    }

    /// One packet that is in it.
    #[must_use]
    pub fn example(&self) -> Option<Packet> {
        let part = self.0.first()?;
        Some(Packet {
            source: part.source.lowest()?,
            destination: part.destination.lowest()?,
            source_port: part.source_ports.lowest()?,
            protocol: part.traffic.example()?,
        })
    }

    /// The packets with a field replaced by everything, so that only the other fields matter any more: what is left is
    /// there for *some* value of the field.
    #[must_use]
    pub fn for_some(&self, forget: impl Fn(&mut PacketBox)) -> Self {
        let mut packets = Self::nothing();
        for part in &self.0 {
            let mut part = part.clone();
            forget(&mut part);
            packets.insert(part);
        }
        packets
    }
}

impl FromIterator<PacketBox> for Packets {
    /// What is in any of the boxes.
    fn from_iter<I: IntoIterator<Item = PacketBox>>(boxes: I) -> Self {
        let mut packets = Self::nothing();
        for part in boxes {
            packets.insert(part);
        }
        packets
    }
}

impl PartialEq for Packets {
    /// Whether both hold the same packets, whatever boxes they are cut into.
    fn eq(&self, other: &Self) -> bool {
        self.covers(other) && other.covers(self)
    }
}

impl Set for Packets {
    fn nothing() -> Self {
        Self(Vec::new())
    }

    fn everything() -> Self {
        Self(vec![PacketBox::default()])
    }

    fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    fn union(&self, other: &Self) -> Self {
        let mut union = self.clone();
        union.add(other);
        union
    }

    fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        for one in &self.0 {
            for other in other.0.iter().filter(|other| one.overlaps(other)) {
                common.push(one.intersection(other));
            }
        }
        Self(common)
    }

    fn difference(&self, other: &Self) -> Self {
        // What goes as a whole needs no copy.
        let own = self.0.iter();
        let left = own.filter(|part| !other.0.iter().any(|other| part.is_within(other)));
        Self(left.cloned().collect()).without(other)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let mut own = self.0.iter();
        own.any(|one| other.0.iter().any(|other| one.overlaps(other)))
    }
}

/// What is left of boxes, in their order, without the packets of another.
fn cut(mut boxes: Vec<PacketBox>, other: &PacketBox) -> Vec<PacketBox> {
    // Mostly all of a box goes, or nothing of it.
    boxes.retain(|part| !part.is_within(other));
    if !boxes.iter().any(|part| part.overlaps(other)) {
        return boxes;
    }
    let mut left = Vec::with_capacity(boxes.len());
    for part in boxes {
        part.cut(other, &mut left);
    }
    left
}
