//! What stands around a stack before it becomes a plan: the blocks that were given away before.
//!
//! Knows blocks and where they are recorded; knows neither how they are kept nor who reads them.

use std::collections::BTreeMap;

use super::growth::Supposed;
use crate::diag::Place;
use crate::net::Cidr;

/// What is known before a stack is expanded. Nothing, for a stack that was never built.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Surroundings {
    /// What was given to the subnets of each network, by the network's name and then by the subnet's.
    pub recorded: BTreeMap<String, BTreeMap<String, Recorded>>,
    /// What all environments of a stack want together, where they are to have the same addresses: by the network's name and
    /// then by the subnet's.
    pub wishes: BTreeMap<String, BTreeMap<String, Wish>>,
    /// What is supposed of subnets, to see what would become of the addresses.
    pub supposed: Vec<Supposed>,
    /// Whether a subnet that has outgrown its block is given another one, instead of being an error.
    pub may_move: bool,
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
    pub zones: BTreeMap<u8, Cidr>,
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
