//! `patternbook.lock`: which block each subnet of each stack was given, and the pattern that it came from.
//!
//! What stands in a ledger never moves by itself. A name that is no longer used keeps its block until somebody releases it, so
//! that nothing else is put where something may still stand.
//!
//! The room knows plans, and the text of a ledger. It touches no disk: who reads and writes the file is somebody else.

mod clash;
mod line;
mod mirrored;
mod release;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use litemap::LiteMap;
use sha2::{Digest, Sha256};

use crate::diag::Place;
use crate::net::{Cidr, IpVersion};
use crate::plan::{Network, Plan, Recorded, RecordedFlow, Subnet, SubnetGroup, Surroundings};
use crate::spec::Former;

pub use release::ReleaseError;

/// The name of the file, beside the stacks.
pub const FILE: &str = "patternbook.lock";

/// A stack in one of its environments.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct StackKey {
    stack: String,
    environment: Option<String>,
}

/// Everything that was given away to the stacks of one folder.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    stacks: BTreeMap<StackKey, Entry>,
}

/// What one stack was given. There are few of each, and thousands of stacks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Entry {
    pattern: Option<PatternLine>,
    networks: LiteMap<String, Given>,
    /// Flows by their slots.
    flows: LiteMap<u32, RecordedFlow>,
}

/// The pattern that a stack was last built from.
#[derive(Clone, PartialEq, Eq, Debug)]
struct PatternLine {
    id: String,
    version: String,
    digest: String,
}

/// What one network was given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Given {
    /// Its address space.
    cidrs: Vec<Cidr>,
    /// Whether it is tied to other networks, so that no other one that is may overlap it.
    tied: bool,
    /// Where the network is written, when it was read.
    place: Option<Place>,
    /// Blocks by the names of subnets, and by the version of IP that they are of.
    rooms: LiteMap<RoomKey, Room>,
}

/// The name of a subnet, and a version of IP: what a subnet has of one never moves what it has of the other.
type RoomKey = (String, IpVersion);

/// The block of a subnet.
#[derive(Clone, Debug)]
struct Room {
    cidr: Cidr,
    zones: LiteMap<u8, Cidr>,
    /// Whether the pattern still has the subnet. What is gone keeps its block.
    live: bool,
    place: Option<Place>,
}

impl PartialEq for Room {
    /// Where something is written says nothing of what it is.
    fn eq(&self, other: &Self) -> bool {
        (self.cidr, &self.zones, self.live) == (other.cidr, &other.zones, other.live)
    }
}

impl Eq for Room {}

impl Ledger {
    /// What stands around a stack: the blocks that it was given before.
    #[must_use]
    pub fn surroundings(&self, stack: &str, environment: Option<&str>) -> Surroundings {
        let key = StackKey {
            stack: stack.to_owned(),
            environment: environment.map(ToOwned::to_owned),
        };
        let mut surroundings = Surroundings::default();
        let Some(entry) = self.stacks.get(&key) else {
            return surroundings;
        };
        surroundings.flows = entry.flows.values().cloned().collect();
        for (name, given) in &entry.networks {
            let of = |version| {
                given
                    .rooms
                    .iter()
                    .filter(move |((_, it), _)| *it == version)
            };
            let recorded = |((subnet, _), room): (&RoomKey, &Room)| {
                let recorded = Recorded {
                    room: room.cidr,
                    zones: room.zones.clone(),
                    // INVARIANT: what a plan is made in was read, and has its place.
                    place: room.place.clone()?,
                };
                Some((subnet.clone(), recorded))
            };
            let v4 = of(IpVersion::V4).filter_map(recorded).collect();
            surroundings.recorded.insert(name.clone(), v4);
            let v6 = of(IpVersion::V6).filter_map(recorded).collect();
            surroundings.recorded_ipv6.insert(name.clone(), v6);
        }
        surroundings
    }

    /// Records what a plan was given, and the [`digest`] of its pattern's text.
    pub fn record(&mut self, plan: &Plan, digest: &str) {
        let key = StackKey {
            stack: plan.stack.clone(),
            environment: plan.environment.clone(),
        };
        let entry = self.stacks.entry(key).or_default();
        entry.pattern = Some(PatternLine {
            id: plan.pattern.clone(),
            version: plan.version.clone(),
            digest: digest.to_owned(),
        });
        let flows = plan.flows.iter();
        entry.flows = flows.map(|flow| (flow.slot, flow.into())).collect();
        for network in &plan.networks {
            let given = entry.networks.entry(network.name.clone()).or_default();
            given.cidrs = network.recorded_space().collect();
            given.tied = plan.tied;
            given.record(network, &plan.renamed.subnets);
        }
    }
}

impl Given {
    fn record(&mut self, network: &Network, former: &Former) {
        for room in self.rooms.iter_mut().map(|(_, room)| room) {
            room.live = false;
        }
        for group in &network.subnets {
            self.rooms.retain(|(name, _), room| {
                let has = |cidr| Some(room.cidr) == cidr;
                let taken_over = has(Some(group.room)) || has(group.ipv6_room);
                !(taken_over && former.today(name) == Some(&group.name))
            });
            self.record_room(group, group.room, |member| Some(member.cidr));
            if let Some(room) = group.ipv6_room {
                self.record_room(group, room, |member| Some(member.ipv6?.recorded()));
            }
        }
    }

    /// Records what a subnet was given of one version of IP.
    fn record_room(
        &mut self,
        group: &SubnetGroup,
        cidr: Cidr,
        block: impl Fn(&Subnet) -> Option<Cidr>,
    ) {
        let key = (group.name.clone(), cidr.version());
        let zones = group.members.iter();
        let zones = zones.filter_map(|member| Some((member.zone?, block(member)?)));
        let known = self.rooms.remove(&key);
        // A zone that is gone keeps its block as well.
        let (mut all, place) = known.map_or_else(
            || (LiteMap::new(), None),
            |known| (known.zones, known.place),
        );
        all.extend(zones);
        let room = Room {
            cidr,
            zones: all,
            live: true,
            place,
        };
        self.rooms.insert(key, room);
    }
}

/// The digest of a pattern's text, the same on every system: of its lines, whatever ends them.
#[must_use]
pub fn digest(text: &str) -> String {
    let mut hash = Sha256::new();
    for line in text.lines() {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    format!(
        "sha256:{}",
        base16ct::lower::encode_string(&hash.finalize())
    )
}
