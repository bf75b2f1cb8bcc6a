//! Whether blocks that were given away earlier can stay where they are.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::net::{Cidr, Span};

use super::Request;
use super::error::{AddressError, HeldProblem};

/// The blocks that were given away earlier, in the orders in which they are looked for. There may be a hundred thousand of them:
/// they are held against others in walks along both, and not one by one.
pub(super) struct Held<'a> {
    /// By key.
    all: &'a BTreeMap<String, Cidr>,
    /// That of each request, in the order of the requests.
    pub(super) of: Vec<Option<Cidr>>,
    /// By address, each with its rank by key.
    by_address: Vec<(Span, usize)>,
}

impl<'a> Held<'a> {
    /// Looks up what requests, which are in the order of their keys, hold already.
    pub(super) fn new(sorted: &[Request], all: &'a BTreeMap<String, Cidr>) -> Self {
        let mut held = all.iter().peekable();
        let of = sorted.iter().map(|request| {
            while let Some((key, block)) = held.peek() {
                match key.as_str().cmp(&request.key) {
                    Ordering::Less => held.next(),
                    Ordering::Equal => return Some(**block),
                    Ordering::Greater => return None,
                };
            }
            None
        });
        let of = of.collect();
        let spans: Vec<_> = all.values().map(|block| block.span()).collect();
        Self {
            all,
            of,
            by_address: by_address(&spans),
        }
    }

    /// The blocks by address.
    pub(super) fn spans(&self) -> impl Iterator<Item = Span> {
        self.by_address.iter().map(|(span, _)| *span)
    }

    /// The prefix lengths of the blocks.
    pub(super) fn prefix_lens(&self) -> impl Iterator<Item = u8> {
        self.all.values().map(|block| block.prefix_len())
    }

    /// Those that nobody asks for any more, by key.
    pub(super) fn unasked(&self, sorted: &[Request]) -> Vec<(String, Cidr)> {
        if self.of.iter().flatten().count() == self.all.len() {
            return Vec::new();
        }
        let mut requests = sorted.iter().peekable();
        let unasked = self.all.iter().filter(|(key, _)| {
            while requests.next_if(|it| it.key < **key).is_some() {}
            requests.peek().is_none_or(|it| it.key != **key)
        });
        unasked.map(|(key, block)| (key.clone(), *block)).collect()
    }

    /// Checks every held block and names all that is wrong, block by block in the order of their keys. The blocks of the network
    /// are in order, and so are the ranges to `avoid`, none of which holds another.
    pub(super) fn check(
        &self,
        network: &[Cidr],
        avoid: &[Cidr],
        sorted: &[Request],
    ) -> Result<(), AddressError> {
        let mut problems = Vec::new();
        let same = |(request, held): (&Request, &Option<Cidr>)| {
            held.is_none_or(|block| block.prefix_len() == request.prefix_len)
        };
        // Only where something is wrong is it asked what that is.
        if !self.well_placed(network, avoid) || !sorted.iter().zip(&self.of).all(same) {
            let mut requests = sorted.iter().peekable();
            for (key, &block) in self.all {
                problems.extend(misplaced(network, avoid, key, block));
                while requests.next_if(|it| it.key < *key).is_some() {}
                let request = requests.peek().filter(|it| it.key == *key);
                problems.extend(request.and_then(|request| resized(request, block)));
            }
        }
        problems.extend(self.overlaps());
        if problems.is_empty() {
            Ok(())
        } else {
            Err(AddressError::Held(problems))
        }
    }

    /// Whether every block is within one of the network, and meets no range to avoid.
    fn well_placed(&self, network: &[Cidr], avoid: &[Cidr]) -> bool {
        // Blocks of the other family have numbers as well.
        let v4 = network.first().is_none_or(|block| block.is_v4());
        if self.all.values().any(|block| block.is_v4() != v4) {
            return false;
        }
        let mut network = network.iter().map(|block| block.span()).peekable();
        let mut avoid = avoid.iter().map(|range| range.span()).peekable();
        self.spans().all(|span| {
            while network.next_if(|it| it.last < span.first).is_some() {}
            while avoid.next_if(|it| it.last < span.first).is_some() {}
            network.peek().is_some_and(|it| it.contains(span))
                && avoid.peek().is_none_or(|it| it.first > span.last)
        })
    }

    /// Every held block that lies in another one.
    fn overlaps(&self) -> Vec<HeldProblem> {
        let mut inside = Vec::new();
        let mut outer: Option<(Span, usize)> = None;
        for &(span, rank) in &self.by_address {
            match outer {
                Some((other, other_rank)) if other.contains(span) => {
                    inside.push((rank, other_rank));
                }
                _ => outer = Some((span, rank)),
            }
        }
        if inside.is_empty() {
            return Vec::new();
        }
        let all: Vec<_> = self.all.iter().collect();
        let story = |(rank, other): (usize, usize)| {
            let ((key, block), (other_key, other)) = (all.get(rank)?, all.get(other)?);
            Some(HeldProblem::Overlap {
                key: (*key).clone(),
                block: **block,
                other_key: (*other_key).clone(),
                other: **other,
            })
        };
        inside.into_iter().filter_map(story).collect()
    }
}

/// Spans in order, each with its place among those that were given.
fn by_address(spans: &[Span]) -> Vec<(Span, usize)> {
    // An address of IPv4 and a place are one number, and numbers sort several times faster than spans.
    let numbers: Option<Vec<u64>> = spans
        .iter()
        .zip(0_u32..)
        .map(|(span, at)| {
            let first = u32::try_from(span.first).ok()?;
            Some(u64::from(first) << 32 | u64::from(at))
        })
        .collect();
    let Some(mut numbers) = numbers else {
        let mut sorted: Vec<_> = spans.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        return sorted;
    };
    numbers.sort_unstable();
    let found = numbers.into_iter().filter_map(|number| {
        let at = usize::try_from(number & u64::from(u32::MAX)).ok()?;
        Some((*spans.get(at)?, at))
    });
    let mut sorted: Vec<_> = found.collect();
    for alike in sorted.chunk_by_mut(|(one, _), (other, _)| one.first == other.first) {
        alike.sort_unstable();
    }
    sorted
}

/// What is wrong with the place of a block.
fn misplaced(network: &[Cidr], avoid: &[Cidr], key: &str, block: Cidr) -> Option<HeldProblem> {
    if !network.iter().any(|whole| whole.contains(block)) {
        return Some(HeldProblem::Outside {
            key: key.into(),
            block,
        });
    }
    let avoided = avoided(avoid, block)?;
    Some(HeldProblem::Avoided {
        key: key.into(),
        block,
        avoided,
    })
}

/// The lowest range that a block overlaps, of those that are in order and of which none holds another.
fn avoided(avoid: &[Cidr], block: Cidr) -> Option<Cidr> {
    let at = avoid.partition_point(|range| *range < block);
    let (before, behind) = avoid.split_at(at);
    let near = [before.last(), behind.first()];
    let mut near = near.into_iter().flatten().copied();
    near.find(|range| range.overlaps(block))
}

/// Whether a block has another size than the one that is asked for now.
fn resized(request: &Request, block: Cidr) -> Option<HeldProblem> {
    (request.prefix_len != block.prefix_len()).then(|| HeldProblem::Size {
        key: request.key.clone(),
        block,
        asked: request.prefix_len,
    })
}
