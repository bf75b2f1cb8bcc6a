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

    fn difference(&self, other: &Self) -> Vec<Self> {
        if self.intersection(other).is_nothing() {
            return vec![self.clone()];
        }
        let mut left = Vec::new();
        let mut rest = self.clone();
        let mut keep = |part: Self| {
            if !part.is_nothing() {
                left.push(part);
            }
        };
        keep(Self {
            source: rest.source.difference(&other.source),
            ..rest.clone()
        });
        rest.source = rest.source.intersection(&other.source);
        keep(Self {
            destination: rest.destination.difference(&other.destination),
            ..rest.clone()
        });
        rest.destination = rest.destination.intersection(&other.destination);
        keep(Self {
            source_ports: rest.source_ports.difference(&other.source_ports),
            ..rest.clone()
        });
        rest.source_ports = rest.source_ports.intersection(&other.source_ports);
        keep(Self {
            traffic: rest.traffic.difference(&other.traffic),
            ..rest.clone()
        });
        left
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
        let mut fresh = vec![part];
        for known in &self.0 {
            fresh = fresh
                .iter()
                .flat_map(|part| part.difference(known))
                .collect();
        }
        self.0
            .extend(fresh.into_iter().filter(|part| !part.is_nothing()));
    }

    /// The packets of a box, alone.
    #[must_use]
    pub fn of(part: PacketBox) -> Self {
        let mut packets = Self::nothing();
        packets.insert(part);
        packets
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
        for part in &other.0 {
            union.insert(part.clone());
        }
        union
    }

    fn intersection(&self, other: &Self) -> Self {
        let pairs = self
            .0
            .iter()
            .flat_map(|one| other.0.iter().map(move |other| one.intersection(other)));
        Self(pairs.filter(|part| !part.is_nothing()).collect())
    }

    fn difference(&self, other: &Self) -> Self {
        let mut left = self.0.clone();
        for cut in &other.0 {
            left = left.iter().flat_map(|part| part.difference(cut)).collect();
        }
        Self(left)
    }
}
