//! What the rules of a guard let pass: to or from machines of another crowd, and to or from addresses outside.

use super::passages::{Direction, facing};
use super::rules::{Allowed, Far, Rules};
use super::seats::Crowd;
use crate::reach::Reason;
use crate::reach::set::{Addresses, PacketBox, Packets, Set, TrafficSet};

/// What the rules of one guard let pass to or from another crowd.
pub(super) struct Openings<'a, 'r> {
    /// Whatever address the other end has.
    pub(super) whole: TrafficSet,
    /// For some of its addresses.
    pub(super) parts: Vec<(Addresses, TrafficSet)>,
    rules: Vec<&'a Allowed<'r>>,
}

impl<'a, 'r> Openings<'a, 'r> {
    pub(super) fn of(rules: &'a Rules<'r>, other: &Crowd<'r>, addresses: &Addresses) -> Self {
        let mut openings = Self {
            whole: TrafficSet::nothing(),
            parts: Vec::new(),
            rules: Vec::new(),
        };
        for rule in rules.about(&other.groups) {
            match &rule.far {
                Far::Group(_) => openings.whole = openings.whole.union(&rule.traffic),
                Far::Blocks(blocks) if blocks.covers(addresses) => {
                    openings.whole = openings.whole.union(&rule.traffic);
                }
                Far::Blocks(blocks) if blocks.overlaps(addresses) => {
                    openings.parts.push((blocks.clone(), rule.traffic.clone()));
                }
                Far::Blocks(_) | Far::Service => continue,
            }
            openings.rules.push(rule);
        }
        openings
    }

    /// Whether no rule is about it.
    pub(super) fn are_none(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many pieces the rules may cut each other into.
    pub(super) fn pieces(&self) -> usize {
        self.parts.len().saturating_pow(2)
    }

    pub(super) fn packets(&self, direction: Direction) -> Packets {
        let mut packets = Packets::of(PacketBox {
            traffic: self.whole.clone(),
            ..PacketBox::default()
        });
        for (blocks, traffic) in &self.parts {
            packets.insert(facing(direction, blocks.clone(), traffic.clone()));
        }
        packets
    }

    /// The rules that let something of `some` pass.
    pub(super) fn reasons(&self, some: &Packets) -> impl Iterator<Item = Reason> {
        self.rules.iter().filter_map(|rule| {
            let mut boxes = some.boxes().iter();
            boxes
                .any(|part| part.traffic.overlaps(&rule.traffic))
                .then(|| Reason {
                    packets: Some(Packets::of(PacketBox {
                        traffic: rule.traffic.clone(),
                        ..PacketBox::default()
                    })),
                    ..rule.reason()
                })
        })
    }
}

/// What the rules of one guard let pass to or from remote addresses.
pub(super) struct Opened {
    /// Whatever addresses stand in lists that are not in the template.
    pub(super) packets: Packets,
    /// Without such lists, where there are any.
    pub(super) surely: Option<Packets>,
    pub(super) reasons: Vec<Reason>,
}

impl Opened {
    /// What rules let pass of a domain; nothing where they let nothing pass. `listed` says whether a list that is not in the
    /// template counts.
    pub(super) fn of(
        rules: &Rules<'_>,
        direction: Direction,
        domain: &Packets,
        listed: impl Fn() -> bool,
    ) -> Option<Self> {
        let public = Addresses::public();
        let mut parts = Vec::new();
        let mut reasons = Vec::new();
        for rule in rules.iter() {
            let (far, sure) = match &rule.far {
                Far::Blocks(blocks) => (blocks, true),
                Far::Service if listed() => (&public, false),
                Far::Service | Far::Group(_) => continue,
            };
            let mut boxes = domain.boxes().iter();
            if !boxes.any(|part| {
                rule.traffic.overlaps(&part.traffic) && direction.far(part).overlaps(far)
            }) {
                continue;
            }
            let part = facing(direction, far.clone(), rule.traffic.clone());
            reasons.push(Reason {
                packets: Some(Packets::of(part.clone())),
                ..rule.reason()
            });
            parts.push((part, sure));
        }
        if parts.is_empty() {
            return None;
        }
        let surely = parts.iter().any(|(_, sure)| !sure).then(|| {
            let sure = parts.iter().filter(|(_, sure)| *sure);
            sure.map(|(part, _)| part.clone()).collect()
        });
        Some(Self {
            packets: parts.into_iter().map(|(part, _)| part).collect(),
            surely,
            reasons,
        })
    }
}
