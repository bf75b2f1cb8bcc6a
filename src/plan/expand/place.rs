//! Gives every subnet of a network its block: the one that is recorded, or a free one.

use litemap::LiteMap;

use super::fence::Fence;
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::Cidr;
use crate::plan::address::{self, AddressError, Allocation, Request, Space};
use crate::plan::{DefaultRoute, Purpose, Recorded, Subnet, SubnetGroup, Wish};

/// Addresses that AWS and Azure keep for themselves in every subnet
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>,
/// <https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq>).
pub(super) const RESERVED: u64 = 5;

/// A subnet as it is wanted, before it has a block.
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) purpose: Purpose,
    pub(super) default_route: DefaultRoute,
    pub(super) prefix_len: u8,
    pub(super) spread: bool,
    pub(super) since: u32,
    /// Its block, where somebody says which it is: with the room for zones.
    pub(super) pinned: Option<Pinned>,
}

/// A block that somebody wants for a subnet.
pub(super) struct Pinned {
    pub(super) cidr: Cidr,
    /// Where it is written.
    pub(super) place: Place,
}

/// A range of the network that is left alone, and where it is written.
pub(super) struct Avoided {
    pub(super) range: Cidr,
    pub(super) place: Place,
}

/// What there is to give away.
pub(super) struct Ground<'a> {
    /// The network's blocks.
    pub(super) cidrs: &'a [Cidr],
    /// What is not to be used of them.
    pub(super) avoid: &'a [Avoided],
    /// What is forbidden of them, by address.
    pub(super) fences: &'a [Fence<'a>],
    pub(super) zones: u8,
    pub(super) max_zones: u8,
    /// Where the network's blocks are written.
    pub(super) place: &'a Place,
    /// What was given before, by the names of subnets.
    pub(super) recorded: &'a LiteMap<String, Recorded>,
    /// What other environments with the same addresses want as well, by the names of subnets.
    pub(super) wishes: &'a LiteMap<String, Wish>,
    /// Whether a subnet that has outgrown its block is given another one.
    pub(super) may_move: bool,
}

/// What a subnet asks for once it is known what it has.
pub(super) struct Asked<'w> {
    pub(super) wanted: &'w Wanted,
    wish: Wish,
    /// What it has, and keeps.
    recorded: Option<&'w Recorded>,
}

impl<'w> Asked<'w> {
    /// The block that it is to have, where it has none.
    pub(super) fn pinned(&self) -> Option<&'w Pinned> {
        let pinned = self.wanted.pinned.as_ref();
        pinned.filter(|_| self.recorded.is_none())
    }
}

impl Ground<'_> {
    /// Gives every subnet its block, and says what is left.
    pub(super) fn place(
        &self,
        wanted: &[Wanted],
        diags: &mut Diagnostics,
    ) -> Option<(Vec<SubnetGroup>, Vec<Cidr>)> {
        let asked: Vec<_> = wanted
            .iter()
            .filter_map(|wanted| self.ask(wanted, diags))
            .collect();
        if asked.len() < wanted.len() {
            return None;
        }
        let allocation = match self.allocate(&asked, self.fences) {
            Ok(allocation) => allocation,
            Err(error) => {
                self.explain(&error, &asked, diags);
                return None;
            }
        };
        let groups = asked.iter().map(|asked| {
            let room = allocation.blocks.get(&asked.wanted.name)?;
            self.group(asked, room)
        });
        let groups: Option<Vec<_>> = groups.collect();
        let mut free = allocation.free;
        free.sort_unstable();
        Some((groups?, free))
    }

    /// Gives out what is asked for beside what is recorded and pinned, as far from `fences` as from what is to be avoided.
    pub(super) fn allocate(
        &self,
        asked: &[Asked<'_>],
        fences: &[Fence<'_>],
    ) -> Result<Allocation, AddressError> {
        let own = asked.iter().map(|asked| (&asked.wanted.name, asked.wish));
        let others = self.wishes.iter().filter(|(name, _)| {
            !asked.iter().any(|asked| asked.wanted.name == **name)
                && !self.recorded.contains_key(*name)
        });
        let others = others.map(|(name, wish)| (name, *wish));
        let requests = own.chain(others).map(|(name, wish)| Request {
            key: name.clone(),
            prefix_len: wish.room(),
            since: wish.since,
        });
        let avoid = self.avoid.iter().map(|avoided| avoided.range);
        let avoid: Vec<_> = avoid
            .chain(fences.iter().map(|fence| fence.range))
            .collect();
        let space = Space {
            blocks: self.cidrs,
            avoid: &avoid,
        };
        let moves = |name: &str| {
            let own = asked.iter().find(|asked| asked.wanted.name == name);
            own.is_some_and(|asked| asked.recorded.is_none())
        };
        let recorded = self.recorded.iter().filter(|(name, _)| !moves(name));
        let recorded = recorded.map(|(name, recorded)| (name.clone(), recorded.room));
        let pinned = asked.iter().filter_map(|asked| {
            let pinned = asked.pinned()?;
            Some((asked.wanted.name.clone(), pinned.cidr))
        });
        let held = recorded.chain(pinned).collect();
        address::allocate(space, requests.collect(), &held)
    }

    /// What a subnet needs: what it has, where that is enough.
    fn ask<'w>(&'w self, wanted: &'w Wanted, diags: &mut Diagnostics) -> Option<Asked<'w>> {
        let wish = self.wish_of(wanted);
        let Some(recorded) = self.recorded.get(&wanted.name) else {
            return self.ask_anew(wanted, wish, diags);
        };
        if let Some(pinned) = &wanted.pinned
            && pinned.cidr != recorded.room
        {
            if self.may_move {
                return self.ask_anew(wanted, wish, diags);
            }
            diags.push(pinned_elsewhere(wanted, pinned, recorded));
            return None;
        }
        if let Some(why) = self.outgrown(wanted, wish, recorded) {
            if self.may_move {
                return self.ask_anew(wanted, wish, diags);
            }
            let message = format!("`{}` has `{}`, and {why}", wanted.name, recorded.room);
            let diagnostic = Diagnostic::new(Code::Recorded, message)
                .at(recorded.place.clone())
                .help(
                    "a subnet cannot be resized where it stands: keep it as it is and add another one; or free its block with \
                     `patternbook release`, and the next build puts it elsewhere, which destroys what is in it",
                );
            diags.push(diagnostic);
            return None;
        }
        let prefix_len = recorded.member_prefix_len();
        let wish = Wish {
            prefix_len,
            zone_bits: prefix_len.saturating_sub(recorded.room.prefix_len()),
            ..wish
        };
        Some(Asked {
            wanted,
            wish,
            recorded: Some(recorded),
        })
    }

    /// What a subnet needs that has nothing yet: the block that somebody says, where that is enough.
    fn ask_anew<'w>(
        &self,
        wanted: &'w Wanted,
        wish: Wish,
        diags: &mut Diagnostics,
    ) -> Option<Asked<'w>> {
        let asked = Asked {
            wanted,
            wish,
            recorded: None,
        };
        let Some(pinned) = &wanted.pinned else {
            return Some(asked);
        };
        let (given, needed) = (pinned.cidr.prefix_len(), wish.room());
        if given > needed {
            let zones = match self.max_zones {
                2.. if wanted.spread => format!(" with room for {} zones", self.max_zones),
                _ => String::new(),
            };
            let message = format!(
                "`{}` is to have `{}`, and needs a /{needed}{zones}",
                wanted.name, pinned.cidr
            );
            let diagnostic = Diagnostic::new(Code::DoesNotFit, message).at(pinned.place.clone());
            diags.push(diagnostic.help("pin a bigger block, or ask for fewer hosts"));
            return None;
        }
        // A bigger block than is needed makes bigger subnets.
        let prefix_len = given + (wish.prefix_len - needed);
        Some(Asked {
            wish: Wish { prefix_len, ..wish },
            ..asked
        })
    }

    /// Why what a subnet has is not enough for what it wants now.
    fn outgrown(&self, wanted: &Wanted, wish: Wish, recorded: &Recorded) -> Option<String> {
        let member = recorded.member_prefix_len();
        if wanted.spread == recorded.zones.is_empty() {
            let now = if wanted.spread { "now" } else { "no longer" };
            return Some(format!("is {now} to be spread over zones"));
        }
        if wish.prefix_len < member {
            return Some(format!(
                "a /{} is asked for where it has a /{member}",
                wish.prefix_len
            ));
        }
        let slots = 1_u16 << member.saturating_sub(recorded.room.prefix_len()).min(8);
        (wanted.spread && u16::from(self.zones) > slots).then(|| {
            format!(
                "{} zones are asked for where it has room for {slots}",
                self.zones
            )
        })
    }

    /// What a subnet wants, with room for as many zones as there may ever be, and what it is wanted for elsewhere.
    fn wish_of(&self, wanted: &Wanted) -> Wish {
        let zone_bits = slots(wanted.spread, self.max_zones);
        let wish = Wish {
            prefix_len: wanted.prefix_len,
            zone_bits,
            since: wanted.since,
        };
        match self.wishes.get(&wanted.name) {
            Some(other) => wish.and(*other),
            None => wish,
        }
    }

    fn group(&self, asked: &Asked<'_>, room: Cidr) -> Option<SubnetGroup> {
        let wanted = asked.wanted;
        let members = if wanted.spread {
            // Slots that no zone uses yet are room, but room that is spoken for: they are not reported as free.
            let member_of = |zone| {
                let known = asked.recorded.and_then(|it| it.zones.get(&zone).copied());
                let cidr =
                    known.or_else(|| address::zone_block(room, asked.wish.prefix_len, zone))?;
                Some(member(&wanted.name, Some(zone), cidr))
            };
            (1..=self.zones)
                .map(member_of)
                .collect::<Option<Vec<_>>>()?
        } else {
            vec![member(&wanted.name, None, room)]
        };
        Some(SubnetGroup {
            name: wanted.name.clone(),
            purpose: wanted.purpose,
            default_route: wanted.default_route,
            room,
            ipv6_room: None,
            since: wanted.since,
            members,
        })
    }
}

/// By how many bits the prefix of a group's whole block is shorter than that of one of its subnets.
pub(super) fn slots(spread: bool, max_zones: u8) -> u8 {
    if spread {
        address::zone_slots(max_zones)
    } else {
        0
    }
}

fn pinned_elsewhere(wanted: &Wanted, pinned: &Pinned, recorded: &Recorded) -> Diagnostic {
    let message = format!(
        "`{}` is to have `{}`, and has `{}`",
        wanted.name, pinned.cidr, recorded.room
    );
    Diagnostic::new(Code::Recorded, message)
        .at(pinned.place.clone())
        .also(recorded.place.clone(), "what it has")
        .help(
            "what is recorded never moves by itself: pin what it has; or free that with `patternbook release`, and the next build \
             moves the subnet, which destroys what is in it",
        )
}

fn member(group: &str, zone: Option<u8>, cidr: Cidr) -> Subnet {
    Subnet {
        name: Subnet::name_in(group, zone),
        zone,
        cidr,
        ipv6: None,
        usable: cidr.size().saturating_sub(RESERVED.into()),
    }
}
