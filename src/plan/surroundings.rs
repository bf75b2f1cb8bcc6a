//! What stands around a stack before it becomes a plan: the blocks that were given away before, and the ranges that others have.
//!
//! Knows blocks and where they are written; knows neither how they are kept nor who reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::Place;
use crate::net::Cidr;
use crate::spec::Forbidden;

/// What is known before a stack is expanded. Nothing, for a stack that was never built.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Surroundings {
    /// What was given to the subnets of each network, by the network's name and then by the subnet's.
    pub recorded: BTreeMap<String, BTreeMap<String, Recorded>>,
    /// Ranges in which nothing of the stack may lie, list by list: one of a file is shared by all stacks that name it. The clouds'
    /// own ranges need not be in them.
    pub forbidden: Vec<Arc<[Forbidden]>>,
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
