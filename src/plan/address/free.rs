//! The free space of a network, as holes: aligned free blocks that are as big as they can be.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::net::Cidr;

use super::sizing;

/// The holes of a network, by their size.
///
/// INVARIANT: no two holes are the halves of one block within the network. Space is only ever taken, and what is left
/// of a hole lies beside the part that was taken, so holes never have to be joined.
#[derive(Clone, Debug)]
pub(super) struct FreeList {
    /// At place `n` the holes with a prefix of `n` bits, the lowest address on top.
    holes: Vec<BinaryHeap<Reverse<Cidr>>>,
    address_bits: u8,
}

impl FreeList {
    /// What `blocks` leave free beside `taken`. The blocks do not overlap; what is taken may.
    pub(super) fn new(address_bits: u8, blocks: &[Cidr], mut taken: Vec<Cidr>) -> Self {
        let mut list = Self {
            holes: vec![BinaryHeap::new(); usize::from(address_bits) + 1],
            address_bits,
        };
        taken.sort_unstable();
        taken.dedup_by(|inner, outer| outer.contains(*inner));
        for block in blocks {
            let inside: Vec<Cidr> = taken
                .iter()
                .copied()
                .filter(|other| other.overlaps(*block))
                .collect();
            list.add_rest(*block, &inside);
        }
        list
    }

    /// Adds what `taken`, which is in order and touches `block`, leaves of `block`.
    fn add_rest(&mut self, block: Cidr, taken: &[Cidr]) {
        let Some(first) = taken.first() else {
            self.add(block);
            return;
        };
        if first.contains(block) {
            return;
        }
        if let Some((low, high)) = block.halves() {
            let middle = taken.partition_point(|other| *other < high);
            let (below, above) = taken.split_at(middle);
            self.add_rest(low, below);
            self.add_rest(high, above);
        }
    }

    fn add(&mut self, hole: Cidr) {
        self.holes[usize::from(hole.prefix_len())].push(Reverse(hole));
    }

    /// Takes the start of the smallest hole that holds a block of this size.
    pub(super) fn take(&mut self, prefix_len: u8) -> Option<Cidr> {
        let Reverse(mut block) = self
            .holes
            .get_mut(..=usize::from(prefix_len))?
            .iter_mut()
            .rev()
            .find_map(BinaryHeap::pop)?;
        while block.prefix_len() < prefix_len {
            let (low, high) = block.halves()?;
            self.add(high);
            block = low;
        }
        Some(block)
    }

    /// The biggest hole, and of equal ones the lowest.
    pub(super) fn largest(&self) -> Option<Cidr> {
        self.holes
            .iter()
            .find_map(BinaryHeap::peek)
            .map(|Reverse(hole)| *hole)
    }

    /// The number of free addresses, at most `u128::MAX`.
    pub(super) fn addresses(&self) -> u128 {
        (0..)
            .zip(&self.holes)
            .filter(|(_, holes)| !holes.is_empty())
            .fold(0, |sum, (prefix_len, holes)| {
                let each = sizing::addresses(self.address_bits, prefix_len);
                each.saturating_mul(holes.len() as u128).saturating_add(sum)
            })
    }

    /// The number of bits of an address.
    pub(super) fn address_bits(&self) -> u8 {
        self.address_bits
    }

    /// All holes by address.
    pub(super) fn into_blocks(self) -> Vec<Cidr> {
        let mut blocks: Vec<Cidr> = self
            .holes
            .into_iter()
            .flatten()
            .map(|Reverse(hole)| hole)
            .collect();
        blocks.sort_unstable();
        blocks
    }
}
