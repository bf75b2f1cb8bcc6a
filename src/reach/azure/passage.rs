//! From what the filters let through to a [`Passage`]: which fields are forgotten, and by what reasons.

use super::bounds::Bounds;
use super::routes::Written;
use crate::cloud::Part;
use crate::reach::matrix::{End, Passage, Reason, Way};
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set};

/// The first port that a client's connection may come from.
const FIRST_CLIENT_PORT: u16 = 1024;

/// What passes filters, and by which of their rules.
#[derive(Clone)]
pub(super) struct Passed {
    pub(super) packets: Bounds<Packets>,
    pub(super) reasons: Vec<Reason>,
}

impl Passed {
    /// What passes where nothing filters.
    pub(super) fn open(all: PacketBox) -> Self {
        Self {
            packets: Bounds::sure(Packets::of(all)),
            reasons: Vec::new(),
        }
    }

    /// What passes both.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.packets = self.packets.intersection(&other.packets);
        self.reasons.extend(other.reasons);
        self
    }

    pub(super) fn within(mut self, packets: &Bounds<Packets>) -> Self {
        self.packets = self.packets.intersection(packets);
        self
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.packets.is_nothing()
    }
}

/// Which end is machines whose addresses are forgotten.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Source,
    Destination,
    Both,
}

/// From whom to whom by which way, and the addresses that both may have.
pub(super) struct Course<'s> {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) way: Way,
    pub(super) own: Own,
    pub(super) source: &'s Addresses,
    pub(super) destination: &'s Addresses,
}

impl Course<'_> {
    /// The passage, when there is anything that passes.
    pub(super) fn passage(&self, passed: Passed) -> Option<Passage> {
        let all = self.all();
        let some = passed.packets.some.intersection(&all);
        if some.is_nothing() {
            return None;
        }
        let reasons = passed.reasons.into_iter();
        let reasons = reasons.filter_map(|reason| self.reason(reason, &some));
        let reasons = reasons.collect();
        Some(Passage {
            from: self.from,
            to: self.to,
            way: self.way,
            every: self.every(&all, &passed.packets.every),
            some: self.forget(&some),
            reasons,
        })
    }

    /// Whatever can be asked for: both ends speak the same version of IP.
    fn all(&self) -> Packets {
        let v4 = Addresses::v4();
        let v6 = v4.complement();
        let mut all = Packets::nothing();
        for family in [v4, v6] {
            all.insert(PacketBox {
                source: self.source.intersection(&family),
                destination: self.destination.intersection(&family),
                ..PacketBox::default()
            });
        }
        all
    }

    /// What passes whatever addresses the machines have, from every port of a client.
    fn every(&self, all: &Packets, passed: &Packets) -> Packets {
        let ports = Intervals::range(FIRST_CLIENT_PORT, u16::MAX);
        let for_all = |part: &PacketBox| {
            (self.own == Own::Destination || part.source.covers(self.source))
                && (self.own == Own::Source || part.destination.covers(self.destination))
                && part.source_ports.covers(&ports)
        };
        if passed.boxes().iter().all(for_all) {
            return self.forget(&passed.intersection(all));
        }
        let clients = Packets::of(PacketBox {
            source_ports: ports,
            ..PacketBox::default()
        });
        let asked = all.intersection(&clients);
        let missing = asked.difference(passed);
        self.forget(&asked).without(&self.forget(&missing))
    }

    fn forget(&self, packets: &Packets) -> Packets {
        packets.for_some(|part| {
            part.source_ports = Intervals::everything();
            if self.own != Own::Destination {
                part.source = Addresses::everything();
            }
            if self.own != Own::Source {
                part.destination = Addresses::everything();
            }
        })
    }

    fn reason(&self, mut reason: Reason, some: &Packets) -> Option<Reason> {
        if let Some(packets) = &reason.packets {
            let packets = packets.intersection(some);
            if packets.is_nothing() {
                return None;
            }
            reason.packets = Some(self.forget(&packets));
        }
        Some(reason)
    }
}

/// A route as a reason: for what is sent by it, or for whose answers are.
pub(super) fn route((table, route): Written, packets: PacketBox) -> Reason {
    Reason {
        resource: table,
        part: Some(Part::Route(route)),
        packets: Some(Packets::of(packets)),
    }
}
