//! The free space of a network, as holes: aligned free blocks that are as big as they can be.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::net::{Cidr, Span};

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
    /// What `blocks` leave free beside `taken`. Both are in order; the blocks do not overlap, what is taken may.
    pub(super) fn new(
        address_bits: u8,
        blocks: &[Cidr],
        taken: impl Iterator<Item = Span>,
    ) -> Self {
        let mut list = Self {
            holes: vec![BinaryHeap::new(); usize::from(address_bits) + 1],
            address_bits,
        };
        let mut taken = taken.peekable();
        // The first address behind all that was taken so far; none when that reaches to the end of all addresses.
        let mut next = Some(0);
        for block in blocks {
            let block = block.span();
            while let Some(span) = taken.next_if(|span| span.first <= block.last) {
                let Some(behind) = next else { return list };
                let from = block.first.max(behind);
                if from < span.first {
                    list.add_all(from, span.first - 1);
                }
                next = span.last.checked_add(1).map(|end| end.max(behind));
            }
            let Some(behind) = next else { return list };
            let from = block.first.max(behind);
            if from <= block.last {
                list.add_all(from, block.last);
            }
        }
        list
    }

    /// Adds the addresses from one to another, as the biggest blocks that they make.
    fn add_all(&mut self, mut from: u128, to: u128) {
        loop {
            let longest = u32::from(self.address_bits);
            // At most as many as are left, and no more than the first address begins.
            let left = (to - from).checked_add(1).map_or(128, u128::ilog2);
            let bits = left.min(from.trailing_zeros()).min(longest);
            // INVARIANT: no block is bigger than all addresses of the family.
            let prefix_len = u8::try_from(longest - bits).unwrap_or(0);
            if let Some(hole) = Cidr::at(from, prefix_len, self.address_bits) {
                self.add(hole);
            }
            let size = 1_u128.checked_shl(bits);
            match size.and_then(|size| from.checked_add(size)) {
                Some(next) if next <= to => from = next,
                _ => return,
            }
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
