//! What stands around a stack before it becomes a plan: the blocks that were given away before, and the ranges that others have.
//!
//! Knows blocks and where they are written; knows neither how they are kept nor who reads them.

use std::sync::Arc;

use litemap::LiteMap;

use super::growth::Supposed;
use super::mirror::Wishes;
use super::{Allow, Flow, Peer};
use crate::diag::Place;
use crate::net::Cidr;
use crate::spec::Forbidden;

/// What is known before a stack is expanded. Nothing, for a stack that was never built.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Surroundings {
    /// What was given to the subnets of each network, by the network's name and then by the subnet's.
    pub recorded: LiteMap<String, LiteMap<String, Recorded>>,
    /// The same of IPv6.
    pub recorded_ipv6: LiteMap<String, LiteMap<String, Recorded>>,
    /// Ranges in which nothing of the stack may lie, list by list: one of a file is shared by all stacks that name it. The clouds'
    /// own ranges need not be in them.
    pub forbidden: Vec<Arc<[Forbidden]>>,
    /// Which numbers its flows have among the rules.
    pub flows: Vec<RecordedFlow>,
    /// What all environments of a stack want together, where they are to have the same addresses: by the network's name and
    /// then by the subnet's.
    pub wishes: Wishes,
    /// What is supposed of subnets, to see what would become of the addresses.
    pub supposed: Vec<Supposed>,
    /// Whether a subnet that has outgrown its block is given another one, instead of being an error.
    pub may_move: bool,
}

/// The number that a flow has among the rules.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RecordedFlow {
    /// Its slot, as in [`Flow::slot`].
    pub slot: u32,
    /// Who starts it.
    pub from: Peer,
    /// Who is reached.
    pub to: Peer,
    /// What passes.
    pub allow: Allow,
    /// What it must pass.
    pub through: Option<String>,
}

impl RecordedFlow {
    /// Whether this is the record of a flow.
    #[must_use]
    pub fn is(&self, flow: &Flow) -> bool {
        self.has_ends_of(flow) && self.allow == flow.allow
    }

    /// Whether this is the record of a flow with the same two ends.
    #[must_use]
    pub fn has_ends_of(&self, flow: &Flow) -> bool {
        self.from == flow.from && self.to == flow.to && self.through == flow.through
    }
}

impl From<&Flow> for RecordedFlow {
    fn from(flow: &Flow) -> Self {
        Self {
            slot: flow.slot,
            from: flow.from.clone(),
            to: flow.to.clone(),
            allow: flow.allow,
            through: flow.through.clone(),
        }
    }
}

/// How big a subnet is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wish {
    /// The prefix length of each of its blocks.
    pub prefix_len: u8,
    /// How many bits of the address tell its blocks apart; none for a subnet that is not spread over zones.
    pub zone_bits: u8,
    /// The version of the pattern in which it was added, as a number that grows.
    pub since: u32,
}

impl Wish {
    /// The prefix length of the whole block.
    #[must_use]
    pub fn room(self) -> u8 {
        self.prefix_len.saturating_sub(self.zone_bits)
    }

    /// What does for both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            prefix_len: self.prefix_len.min(other.prefix_len),
            zone_bits: self.zone_bits.max(other.zone_bits),
            since: self.since.min(other.since),
        }
    }
}

/// The block that a subnet was given. It never moves by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// The whole block, with the room for zones that may come.
    pub room: Cidr,
    /// The blocks of its zones, counted from 1; none for a subnet that is not spread over zones.
    pub zones: LiteMap<u8, Cidr>,
    /// Where this is written.
    pub place: Place,
}

impl Recorded {
    /// The prefix length of each of its subnets.
    #[must_use]
    pub fn member_prefix_len(&self) -> u8 {
        let first = self.zones.values().next();
        first.unwrap_or(&self.room).prefix_len()
    }
}
