//! What would become of the addresses of a stack if it grew, before anything is deployed.
//!
//! Nothing is given away here: the stack is planned as it is, and then planned again with what is supposed, around what it was
//! given first. The room knows plans and stacks, and neither files nor clouds.

use litemap::LiteMap;

use super::expand::expand_in;
use super::{Plan, Recorded, Subnet, SubnetGroup, Surroundings};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::{Cidr, IpVersion};
use crate::spec::{Pattern, Stack};
use crate::yaml::nearest;

/// How big a subnet is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// Big enough for so many hosts.
    Hosts(u32),
    /// The length of its prefix.
    PrefixLen(u8),
}

/// Something that is supposed of a subnet, though its pattern does not say it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Supposed {
    /// The name of the subnet.
    pub subnet: String,
    /// How big it is.
    pub extent: Extent,
    /// Whether it comes to those that there are.
    pub is_new: bool,
    /// Where this is written.
    pub place: Place,
}

/// What would become of the addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Growth {
    /// Everything stays where it is.
    Fits {
        /// What would be given in addition.
        added: Vec<Block>,
    },
    /// Some subnets would move, and be destroyed by it.
    Moves {
        /// Those that would.
        moved: Vec<Move>,
        /// What would be given in addition.
        added: Vec<Block>,
        /// What would have to be reserved now, so that nothing moves later.
        reserve: Vec<Reserve>,
    },
    /// There is no room, wherever things are put.
    DoesNotFit(Diagnostics),
}

/// A block of a subnet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Block {
    /// The name of the subnet, as in `private-1`.
    pub subnet: String,
    /// The version of IP that it is of.
    pub version: IpVersion,
    /// Its block, or which part it is of what the cloud gives.
    pub block: String,
}

impl Block {
    /// Whether it is what the same subnet has of the same version of IP.
    fn is_of(&self, other: &Self) -> bool {
        self.subnet == other.subnet && self.version == other.version
    }
}

/// A subnet with another block than it had.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Move {
    /// The name of the subnet, as in `private-1`.
    pub subnet: String,
    /// Its block now.
    pub from: String,
    /// Its block then.
    pub to: String,
}

/// Room that a subnet would need from the beginning.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reserve {
    /// The subnet's name in the pattern.
    pub subnet: String,
    /// The prefix length of its whole block.
    pub prefix_len: u8,
}

/// Plans a stack as it is `now`, and says what would become of its addresses `then`.
///
/// # Errors
/// With everything that is wrong with one of the two, but for what has no room.
pub fn what_if(
    pattern: &Pattern,
    now: &Stack,
    then: &Stack,
    supposed: &[Supposed],
    surroundings: &Surroundings,
) -> Result<Growth, Diagnostics> {
    let before = expand_in(pattern, now, surroundings)?;
    check_names(&before, supposed)?;
    let mut around = surroundings.clone();
    around.record(&before, &now.place_of_network());
    around.supposed = supposed.to_vec();
    if let Some(after) = room_for(expand_in(pattern, then, &around))? {
        return Ok(Growth::Fits {
            added: added(&before, &after),
        });
    }
    // First only what has outgrown its block moves, and then, if that is not enough, whatever may.
    around.may_move = true;
    let mut after = room_for(expand_in(pattern, then, &around))?;
    around.forget(&before);
    let fresh = match room_or_why(expand_in(pattern, then, &around))? {
        Ok(plan) => plan,
        Err(why) => return Ok(Growth::DoesNotFit(why)),
    };
    let reserve = reserve(&before, &fresh);
    let after = after.take().unwrap_or(fresh);
    Ok(Growth::Moves {
        moved: moves(&before, &after),
        added: added(&before, &after),
        reserve,
    })
}

/// Checks that there are the subnets that are to change, and none that is to be added.
fn check_names(plan: &Plan, supposed: &[Supposed]) -> Result<(), Diagnostics> {
    let groups = plan.networks.iter().flat_map(|network| &network.subnets);
    let known: Vec<_> = groups.map(|group| group.name.as_str()).collect();
    let mut diags = Diagnostics::new();
    for it in supposed {
        let (code, message, help) = match (it.is_new, known.contains(&&*it.subnet)) {
            (true, true) => (
                Code::InvalidName,
                format!("there is a subnet `{}` already", it.subnet),
                format!("ask for `hosts.{}=…` to see it grow", it.subnet),
            ),
            (false, false) => (
                Code::UnknownReference,
                format!("there is no subnet `{}`", it.subnet),
                match nearest(&it.subnet, known.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("there is `{}`", known.join("`, `")),
                },
            ),
            _ => continue,
        };
        diags.push(
            Diagnostic::new(code, message)
                .at(it.place.clone())
                .help(help),
        );
    }
    diags.into_result(())
}

/// The subnets that have another block in the second plan than in the first, by name.
#[must_use]
pub fn moves(before: &Plan, after: &Plan) -> Vec<Move> {
    let after = blocks(after);
    let moved = blocks(before).into_iter().filter_map(|block| {
        let now = after.iter().find(|it| it.is_of(&block))?;
        (now.block != block.block).then(|| Move {
            subnet: block.subnet,
            from: block.block,
            to: now.block.clone(),
        })
    });
    moved.collect()
}

fn added(before: &Plan, after: &Plan) -> Vec<Block> {
    let before = blocks(before);
    let after = blocks(after).into_iter();
    let new = after.filter(|block| !before.iter().any(|it| it.is_of(block)));
    new.collect()
}

fn blocks(plan: &Plan) -> Vec<Block> {
    let groups = plan.networks.iter().flat_map(|network| &network.subnets);
    let members = groups.flat_map(|group| &group.members);
    let blocks = members.flat_map(|member| {
        let v4 = (IpVersion::V4, member.cidr.to_string());
        let v6 = member.ipv6.map(|block| (IpVersion::V6, block.to_string()));
        std::iter::once(v4).chain(v6).map(|(version, block)| Block {
            subnet: member.name.clone(),
            version,
            block,
        })
    });
    blocks.collect()
}

/// The subnets whose whole block is bigger in the second plan, or that are only there.
fn reserve(before: &Plan, after: &Plan) -> Vec<Reserve> {
    let rooms = |plan: &Plan| -> Vec<Reserve> {
        let groups = plan.networks.iter().flat_map(|network| &network.subnets);
        let rooms = groups.map(|group| Reserve {
            subnet: group.name.clone(),
            prefix_len: group.room.prefix_len(),
        });
        rooms.collect()
    };
    let before = rooms(before);
    let enough = |it: &Reserve| {
        let known = before.iter().find(|known| known.subnet == it.subnet);
        known.is_some_and(|known| known.prefix_len <= it.prefix_len)
    };
    rooms(after).into_iter().filter(|it| !enough(it)).collect()
}

/// The plan, or nothing where there is no room for it.
fn room_for(plan: Result<Plan, Diagnostics>) -> Result<Option<Plan>, Diagnostics> {
    Ok(room_or_why(plan)?.ok())
}

/// The plan, or why there is no room for it.
fn room_or_why(plan: Result<Plan, Diagnostics>) -> Result<Result<Plan, Diagnostics>, Diagnostics> {
    match plan {
        Ok(plan) => Ok(Ok(plan)),
        Err(why) => {
            let no_room = |code| matches!(code, Code::DoesNotFit | Code::Recorded);
            if why.iter().all(|it| no_room(it.code)) {
                Ok(Err(why))
            } else {
                Err(why)
            }
        }
    }
}

impl Surroundings {
    /// Forgets the blocks of subnets that a plan has. What a subnet that is gone had stays.
    fn forget(&mut self, plan: &Plan) {
        let groups = plan.networks.iter().flat_map(|network| &network.subnets);
        let live: Vec<_> = groups.map(|group| group.name.as_str()).collect();
        let both = [&mut self.recorded, &mut self.recorded_ipv6];
        for (_, rooms) in both.into_iter().flat_map(|rooms| rooms.iter_mut()) {
            rooms.retain(|name, _| !live.contains(&name.as_str()));
        }
    }

    /// Adds what a plan was given, as if it had been recorded at `place`.
    fn record(&mut self, plan: &Plan, place: &Place) {
        for network in &plan.networks {
            let rooms = self.recorded.entry(network.name.clone()).or_default();
            let rooms_ipv6 = self.recorded_ipv6.entry(network.name.clone()).or_default();
            for group in &network.subnets {
                let blocks = |member: &Subnet| Some(member.cidr);
                record_group(rooms, group, group.room, blocks, place);
                if let Some(room) = group.ipv6_room {
                    let blocks = |member: &Subnet| Some(member.ipv6?.recorded());
                    record_group(rooms_ipv6, group, room, blocks, place);
                }
            }
        }
    }
}

fn record_group(
    rooms: &mut LiteMap<String, Recorded>,
    group: &SubnetGroup,
    room: Cidr,
    block: impl Fn(&Subnet) -> Option<Cidr>,
    place: &Place,
) {
    let members = group.members.iter();
    let zones = members.filter_map(|member| Some((member.zone?, block(member)?)));
    let known = rooms.entry(group.name.clone());
    let known = known.or_insert_with(|| Recorded {
        room,
        zones: LiteMap::new(),
        place: place.clone(),
    });
    known.zones.extend(zones);
}
