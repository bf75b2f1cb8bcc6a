//! Gives every subnet of a network its block: the one that is recorded, or a free one.

use std::collections::BTreeMap;

use super::fence::{self, Fence};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::Cidr;
use crate::plan::address::{self, AddressError, Allocation, HeldProblem, Request, Space};
use crate::plan::{DefaultRoute, Purpose, Recorded, Subnet, SubnetGroup};

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
    /// What is forbidden of them, by address.
    pub(super) fences: &'a [Fence<'a>],
    pub(super) zones: u8,
    pub(super) max_zones: u8,
    /// Where the network's blocks are written.
    pub(super) place: &'a Place,
    /// What was given before, by the names of subnets.
    pub(super) recorded: &'a BTreeMap<String, Recorded>,
}

/// What a subnet asks for once it is known what it has.
struct Asked<'w> {
    wanted: &'w Wanted,
    room: u8,
    member: u8,
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
        let fences = self.fences.iter().map(|fence| fence.range);
        let avoid: Vec<_> = self.avoid.iter().copied().chain(fences).collect();
        let allocation = match self.allocate(&asked, &avoid) {
            Ok(allocation) => allocation,
            Err(error) => {
                self.explain(&error, &asked, diags);
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

    fn allocate(&self, asked: &[Asked<'_>], avoid: &[Cidr]) -> Result<Allocation, AddressError> {
        let requests = asked.iter().map(|asked| Request {
            key: asked.wanted.name.clone(),
            prefix_len: asked.room,
            since: asked.wanted.since,
        });
        let space = Space {
            blocks: self.cidrs,
            avoid,
        };
        let held = self.recorded.iter();
        let held = held.map(|(name, recorded)| (name.clone(), recorded.room));
        address::allocate(space, requests.collect(), &held.collect())
    }

    /// What a subnet needs: what it has, where that is enough.
    fn ask<'w>(&self, wanted: &'w Wanted, diags: &mut Diagnostics) -> Option<Asked<'w>> {
        let Some(recorded) = self.recorded.get(&wanted.name) else {
            return Some(Asked {
                wanted,
                room: self.room_for(wanted),
                member: wanted.prefix_len,
            });
        };
        let member = recorded.member_prefix_len();
        if let Some(why) = self.outgrown(wanted, recorded) {
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
        Some(Asked {
            wanted,
            room: recorded.room.prefix_len(),
            member,
        })
    }

    /// Why what a subnet has is not enough for what it wants now.
    fn outgrown(&self, wanted: &Wanted, recorded: &Recorded) -> Option<String> {
        let member = recorded.member_prefix_len();
        if wanted.spread == recorded.zones.is_empty() {
            let now = if wanted.spread { "now" } else { "no longer" };
            return Some(format!("is {now} to be spread over zones"));
        }
        if wanted.prefix_len < member {
            return Some(format!(
                "a /{} is asked for where it has a /{member}",
                wanted.prefix_len
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

    /// The prefix length of a group's whole block, with room for as many zones as there may ever be.
    fn room_for(&self, wanted: &Wanted) -> u8 {
        let slots = if wanted.spread {
            address::zone_slots(self.max_zones)
        } else {
            0
        };
        wanted.prefix_len.saturating_sub(slots)
    }

    fn group(&self, asked: &Asked<'_>, room: Cidr) -> Option<SubnetGroup> {
        let wanted = asked.wanted;
        let members = if wanted.spread {
            let recorded = self.recorded.get(&wanted.name);
            // Slots that no zone uses yet are room, but room that is spoken for: they are not reported as free.
            let member_of = |zone| {
                let known = recorded.and_then(|recorded| recorded.zones.get(&zone).copied());
                let cidr = known.or_else(|| address::zone_block(room, asked.member, zone))?;
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
            members,
        })
    }

    fn explain(&self, error: &AddressError, asked: &[Asked<'_>], diags: &mut Diagnostics) {
        match error {
            AddressError::DoesNotFit(problem) => {
                let mut diagnostic = Diagnostic::new(Code::DoesNotFit, error.to_string());
                let mut help = self.would_do(problem.would_do);
                // Only what makes the difference is worth a word.
                if !self.fences.is_empty() && self.allocate(asked, self.avoid).is_ok() {
                    help = format!(
                        "it would fit if nothing of the network were forbidden: {}; {help}",
                        fence::list(self.fences)
                    );
                    let place = self.fences.iter().find_map(|fence| fence.place);
                    diagnostic
                        .secondary
                        .extend(place.map(|place| (place.clone(), "a forbidden range".into())));
                }
                diags.push(diagnostic.at(self.place.clone()).help(help));
            }
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
        match would_do {
            Some(prefix_len) => format!(
                "the smallest network that would do is a /{prefix_len}; or ask for fewer hosts{room}"
            ),
            None => format!("no network would do: ask for fewer hosts{room}"),
        }
    }

    /// A recorded block that cannot stay, with the place where it is recorded and that of what is in its way.
    fn cannot_stay(&self, problem: &HeldProblem) -> Diagnostic {
        let fence = self.in_the_way(problem);
        let message = match (fence, problem) {
            (Some(fence), HeldProblem::Avoided { key, block, .. }) => {
                format!("`{key}` holds `{block}`, which overlaps {fence}")
            }
            _ => problem.to_string(),
        };
        let mut diagnostic = Diagnostic::new(Code::Recorded, message);
        let (key, other) = match problem {
            HeldProblem::Overlap { key, other_key, .. } => (key, Some(other_key)),
            HeldProblem::Outside { key, .. }
            | HeldProblem::Avoided { key, .. }
            | HeldProblem::Size { key, .. } => (key, None),
        };
        diagnostic.primary = self.recorded.get(key).map(|it| it.place.clone());
        let fence = fence.and_then(|fence| fence.place);
        diagnostic = match (fence, other.and_then(|key| self.recorded.get(key))) {
            (Some(fence), _) => diagnostic.also(fence.clone(), "the forbidden range"),
            (None, Some(other)) => diagnostic.also(other.place.clone(), "the other block"),
            (None, None) => diagnostic.also(self.place.clone(), "the network"),
        };
        diagnostic.help(
            "what is recorded never moves by itself: put back what changed; or free the block with `patternbook release`, and the \
             next build puts the subnet elsewhere, which destroys what is in it",
        )
    }

    /// The forbidden range that a recorded block meets.
    fn in_the_way(&self, problem: &HeldProblem) -> Option<&Fence<'_>> {
        let HeldProblem::Avoided { avoided, .. } = problem else {
            return None;
        };
        self.fences.iter().find(|fence| fence.range == *avoided)
    }
}

fn member(name: String, zone: Option<u8>, cidr: Cidr) -> Subnet {
    Subnet {
        name,
        zone,
        cidr,
        usable: cidr.size().saturating_sub(RESERVED.into()),
    }
}
