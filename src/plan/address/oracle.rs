//! A slow and plain allocator: a table of 256 addresses, tried one by one. It shares no code with the fast one.

use std::cmp::Reverse;

/// A block as the table sees it: its first address and how many it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) len: usize,
}

/// Which block of the network an address is in, or none when it may not be given away (any more).
pub(super) struct Table([Option<usize>; 256]);

impl Table {
    /// The network without what is avoided or held.
    pub(super) fn new(network: &[Span], taken: &[Span]) -> Self {
        let mut table = [None; 256];
        for (index, span) in network.iter().enumerate() {
            table[span.first..][..span.len].fill(Some(index));
        }
        for span in taken {
            table[span.first..][..span.len].fill(None);
        }
        Self(table)
    }

    /// Whether all of a block is free and in one block of the network.
    fn is_free(&self, span: Span) -> bool {
        let cells = &self.0[span.first..][..span.len];
        cells[0].is_some() && cells.iter().all(|cell| *cell == cells[0])
    }

    /// The size of the biggest free aligned block around a free one.
    fn hole_around(&self, span: Span) -> usize {
        let around = |len| Span {
            first: span.first / len * len,
            len,
        };
        (0..=8)
            .map(|bits| 1 << bits)
            .filter(|&len| len >= span.len && self.is_free(around(len)))
            .max()
            .unwrap()
    }

    fn take(&mut self, len: usize) -> Option<Span> {
        let place = (0..256)
            .step_by(len)
            .map(|first| Span { first, len })
            .filter(|span| self.is_free(*span))
            .min_by_key(|span| (self.hole_around(*span), span.first))?;
        self.0[place.first..][..len].fill(None);
        Some(place)
    }

    /// Places requests of a key, a number of addresses and a generation, in the documented order.
    pub(super) fn place(
        &mut self,
        requests: &[(String, usize, u32)],
    ) -> Vec<(String, Option<Span>)> {
        let mut queue = requests.to_vec();
        queue.sort_by_key(|(key, len, since)| (*since, Reverse(*len), key.clone()));
        queue
            .into_iter()
            .map(|(key, len, _)| (key, self.take(len)))
            .collect()
    }

    /// Whether an address is free.
    pub(super) fn free(&self, address: usize) -> bool {
        self.0[address].is_some()
    }
}
