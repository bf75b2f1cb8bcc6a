//! From machines to machines of the same networks.

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::Bounds;
use super::filter::Party;
use super::ground::Ground;
use super::judge::{Judge, STRANGER};
use super::passage::{Course, Own};
use super::routes::Hop;
use super::seats::Stand;
use crate::cloud::azure::Direction;
use crate::reach::budget::Budget;
use crate::reach::matrix::{Passage, Way};
use crate::reach::set::{Addresses, PacketBox, Packets, Set};

/// Whom some machines may have to do with in one direction, as far as their filters say at first sight. It spares the
/// question for every pair of machines: most filters name a few groups.
struct Candidates {
    /// Whether somebody passes who is in no group that a rule names.
    anyone: bool,
    /// The members of the groups that rules name.
    named: BTreeSet<usize>,
}

impl Judge<'_> {
    /// Judges every pair of machines that can meet, those of one seat among themselves too.
    pub(super) fn inside(&mut self) {
        let members = self.members();
        let candidates = |direction| -> Vec<_> {
            let stands = self.census.stands.iter();
            stands
                .map(|stand| self.candidates(stand, direction, &members))
                .collect()
        };
        let inbound = candidates(Direction::Inbound);
        let outbound = candidates(Direction::Outbound);
        let mut named_by = BTreeMap::<usize, BTreeSet<usize>>::new();
        let mut open = BTreeSet::new();
        for (from, out) in outbound.iter().enumerate() {
            if out.anyone {
                open.insert(from);
            }
            for &to in &out.named {
                named_by.entry(to).or_default().insert(from);
            }
        }
        let nobody = BTreeSet::new();
        let mut passages = Vec::new();
        for (to, stand) in self.census.stands.iter().enumerate() {
            let Some(inbound) = inbound.get(to) else {
                continue;
            };
            let named = named_by.get(&to).unwrap_or(&nobody);
            let froms: BTreeSet<usize> = if inbound.anyone {
                open.union(named).copied().collect()
            } else {
                let callers = inbound.named.iter().copied();
                callers
                    .filter(|from| open.contains(from) || named.contains(from))
                    .collect()
            };
            let callers = froms
                .iter()
                .filter_map(|&from| self.census.stands.get(from));
            let behind = self.internal(stand);
            for from in callers {
                passages.extend(self.between(from, stand));
                passages.extend(
                    behind
                        .iter()
                        .filter_map(|hand| self.handed(from, stand, hand)),
                );
            }
        }
        self.passages.extend(passages);
    }

    /// The machines in each application security group.
    fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.census.groups.count()];
        for (at, stand) in self.census.stands.iter().enumerate() {
            for &group in &stand.groups {
                if let Some(members) = members.get_mut(group) {
                    members.push(at);
                }
            }
        }
        members
    }

    fn candidates(
        &self,
        stand: &Stand<'_>,
        direction: Direction,
        members: &[Vec<usize>],
    ) -> Candidates {
        let mut found = Candidates {
            anyone: self.lets_strangers_pass(stand, direction),
            named: BTreeSet::new(),
        };
        let first = stand.filters.first();
        if let Some(filter) = first.and_then(|&at| self.census.filters.get(at)) {
            for group in filter.far_groups(direction) {
                found.anyone |= !self.census.groups.knows(group);
                found.named.extend(members.get(group).into_iter().flatten());
            }
        }
        found
    }

    /// Whether anybody inside of the networks passes who is in no group.
    fn lets_strangers_pass(&self, stand: &Stand<'_>, direction: Direction) -> bool {
        let Some(ground) = self.ground(stand) else {
            return true;
        };
        let everybody = self.everybody(ground);
        let far = Party {
            addresses: &everybody,
            groups: STRANGER,
            probe: false,
        };
        let own = stand.party();
        let passed = match direction {
            Direction::Inbound => self.pass(stand, direction, far, own),
            Direction::Outbound => self.pass(stand, direction, own, far),
        };
        // Machines whose groups the template does not show may be in any.
        !passed.is_nothing() || stand.groups.iter().any(|&id| !self.census.groups.knows(id))
    }

    fn everybody(&self, ground: &Ground<'_>) -> Addresses {
        let own = ground.network.and_then(|at| self.networks.get(at));
        match own {
            Some(network) => {
                let peers = network.peers.iter().filter_map(|&at| self.networks.get(at));
                let own = network.space.union(&ground.addresses);
                peers.fold(own, |sum, peer| sum.union(&peer.space))
            }
            None => Addresses::everything(),
        }
    }

    /// The way between two subnets: of one network, or of two that are peered.
    pub(super) fn way(&self, near: &Ground<'_>, far: &Ground<'_>) -> Option<Way> {
        match (near.network, far.network) {
            (Some(one), Some(other)) if one != other => {
                let peers = &self.networks.get(one)?.peers;
                peers.contains(&other).then_some(Way::Peering)
            }
            _ => Some(Way::Local),
        }
    }

    /// What passes from some machines to others. Packets and their answers must find their way inside of the network.
    fn between(&self, from: &Stand<'_>, to: &Stand<'_>) -> Option<Passage> {
        if from.end == to.end && !from.several {
            return None;
        }
        let (near, far) = (self.ground(from)?, self.ground(to)?);
        let way = self.way(near, far)?;
        if !self.allows(Budget::PASSAGE) {
            let subnet = far.subnet.as_ref().map(|subnet| subnet.position);
            self.exhausted.borrow_mut().extend(to.owner.or(subnet));
            return None;
        }
        let hop = match way {
            Way::Peering => Hop::Peered,
            _ => Hop::Local,
        };
        let there = leads(near, hop, &to.addresses);
        let back = leads(far, hop, &from.addresses);
        if there.is_nothing() || back.is_nothing() {
            return None;
        }
        let source = from.party();
        let destination = to.party();
        let out = self.pass(from, Direction::Outbound, source, destination);
        if out.is_nothing() {
            return None;
        }
        let passed = out.and(self.pass(to, Direction::Inbound, source, destination));
        let course = Course {
            from: from.seat(),
            to: to.seat(),
            way,
            own: Own::Both,
            source: &from.addresses,
            destination: &to.addresses,
        };
        course.passage(passed.within(&routed(back, there)))
    }
}

/// The addresses to which a subnet's packets find their way, by a hop or by an appliance, which passes on what it likes.
pub(super) fn leads(ground: &Ground<'_>, hop: Hop, to: &Addresses) -> Bounds<Addresses> {
    let appliance = ground.routes.by(Hop::Appliance);
    let sure = ground.routes.by(hop);
    if appliance.is_nothing() {
        return sure.within(to);
    }
    let appliance = Bounds::maybe(appliance.some.clone());
    sure.union(&appliance).within(to)
}

/// The packets that find their way, and whose answers find theirs.
pub(super) fn routed(back: Bounds<Addresses>, there: Bounds<Addresses>) -> Bounds<Packets> {
    let part = |source, destination| {
        Packets::of(PacketBox {
            source,
            destination,
            ..PacketBox::default()
        })
    };
    Bounds {
        some: part(back.some, there.some),
        every: part(back.every, there.every),
    }
}
