//! Gives every subnet of a network its block: the one that is recorded, or a free one.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::Cidr;
use crate::plan::address::{self, AddressError, HeldProblem, Request, Space};
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
}

/// What there is to give away.
pub(super) struct Ground<'a> {
    /// The network's blocks.
    pub(super) cidrs: &'a [Cidr],
    /// What is not to be used of them.
    pub(super) avoid: &'a [Cidr],
    pub(super) zones: u8,
    pub(super) max_zones: u8,
    /// Where the network's blocks are written.
    pub(super) place: &'a Place,
    /// What was given before, by the names of subnets.
    pub(super) recorded: &'a BTreeMap<String, Recorded>,
    /// What other environments with the same addresses want as well, by the names of subnets.
    pub(super) wishes: &'a BTreeMap<String, Wish>,
    /// Whether a subnet that has outgrown its block is given another one.
    pub(super) may_move: bool,
}

/// What a subnet asks for once it is known what it has.
struct Asked<'w> {
    wanted: &'w Wanted,
    wish: Wish,
    /// What it has, and keeps.
    recorded: Option<&'w Recorded>,
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
        let own = asked.iter().map(|asked| (&asked.wanted.name, asked.wish));
        let others = self.wishes.iter().filter(|(name, _)| {
            !wanted.iter().any(|wanted| wanted.name == **name) && !self.recorded.contains_key(*name)
        });
        let others = others.map(|(name, wish)| (name, *wish));
        let requests = own.chain(others).map(|(name, wish)| Request {
            key: name.clone(),
            prefix_len: wish.room(),
            since: wish.since,
        });
        let space = Space {
            blocks: self.cidrs,
            avoid: self.avoid,
        };
        let moves = |name: &str| {
            let own = asked.iter().find(|asked| asked.wanted.name == name);
            own.is_some_and(|asked| asked.recorded.is_none())
        };
        let held = self.recorded.iter().filter(|(name, _)| !moves(name));
        let held = held.map(|(name, recorded)| (name.clone(), recorded.room));
        let allocation = match address::allocate(space, requests.collect(), &held.collect()) {
            Ok(allocation) => allocation,
            Err(error) => {
                self.explain(&error, diags);
                return None;
            }
        };
        let groups = asked.iter().map(|asked| {
            let room = *allocation.blocks.get(&asked.wanted.name)?;
            self.group(asked, room)
        });
        let groups: Option<Vec<_>> = groups.collect();
        let mut free = allocation.free;
        free.sort_unstable();
        Some((groups?, free))
    }

    /// What a subnet needs: what it has, where that is enough.
    fn ask<'w>(&'w self, wanted: &'w Wanted, diags: &mut Diagnostics) -> Option<Asked<'w>> {
        let wish = self.wish_of(wanted);
        let Some(recorded) = self.recorded.get(&wanted.name) else {
            return Some(Asked {
                wanted,
                wish,
                recorded: None,
            });
        };
        if let Some(why) = self.outgrown(wanted, wish, recorded) {
            if self.may_move {
                return Some(Asked {
                    wanted,
                    wish,
                    recorded: None,
                });
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
        let zone_bits = if wanted.spread {
            address::zone_slots(self.max_zones)
        } else {
            0
        };
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
                Some(member(format!("{}-{zone}", wanted.name), Some(zone), cidr))
            };
            (1..=self.zones)
                .map(member_of)
                .collect::<Option<Vec<_>>>()?
        } else {
            vec![member(wanted.name.clone(), None, room)]
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

    fn explain(&self, error: &AddressError, diags: &mut Diagnostics) {
        match error {
            AddressError::DoesNotFit(problem) => diags.push(
                Diagnostic::new(Code::DoesNotFit, error.to_string())
                    .at(self.place.clone())
                    .help(self.would_do(problem.would_do)),
            ),
            AddressError::Held(problems) => {
                diags.extend(problems.iter().map(|problem| self.cannot_stay(problem)));
            }
            AddressError::PrefixLen { .. } => diags
                .push(Diagnostic::new(Code::NetworkSize, error.to_string()).at(self.place.clone())),
            _ => {
                let diagnostic = Diagnostic::new(Code::Overlap, error.to_string());
                diags.push(diagnostic.at(self.place.clone()));
            }
        }
    }

    fn would_do(&self, would_do: Option<u8>) -> String {
        let room = match self.max_zones {
            1 => String::new(),
            zones => format!(
                "; each block holds the subnets of up to {zones} zones, so that a zone added later moves nothing"
            ),
        };
        // The size of a subnet is the user's choice with IPv4 only.
        let fewer = if self.cidrs.iter().all(|block| block.is_v4()) {
            "hosts"
        } else {
            "subnets"
        };
        match would_do {
            Some(prefix_len) => format!(
                "the smallest network that would do is a /{prefix_len}; or ask for fewer {fewer}{room}"
            ),
            None => format!("no network would do: ask for fewer {fewer}{room}"),
        }
    }

    /// A recorded block that cannot stay, with the place where it is recorded and that of what is in its way.
    fn cannot_stay(&self, problem: &HeldProblem) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(Code::Recorded, problem.to_string());
        let (key, other) = match problem {
            HeldProblem::Overlap { key, other_key, .. } => (key, Some(other_key)),
            HeldProblem::Outside { key, .. }
            | HeldProblem::Avoided { key, .. }
            | HeldProblem::Size { key, .. } => (key, None),
        };
        diagnostic.primary = self.recorded.get(key).map(|it| it.place.clone());
        diagnostic = match other.and_then(|key| self.recorded.get(key)) {
            Some(other) => diagnostic.also(other.place.clone(), "the other block"),
            None => diagnostic.also(self.place.clone(), "the network"),
        };
        diagnostic.help(
            "what is recorded never moves by itself: change the value back; or free the block with `patternbook release`, and the \
             next build puts the subnet elsewhere, which destroys what is in it",
        )
    }
}

fn member(name: String, zone: Option<u8>, cidr: Cidr) -> Subnet {
    Subnet {
        name,
        zone,
        cidr,
        ipv6: None,
        usable: cidr.size().saturating_sub(RESERVED.into()),
    }
}
