//! The address allocator: gives every named block of a network its place.
//!
//! A pure function from requests to blocks. The room knows no cloud, no format, no YAML and no disk: what a cloud
//! reserves, and which ranges are to be left alone, is passed in.
//!
//! The order in which blocks are placed is part of the promise, because a block that moves is a subnet that is
//! destroyed:
//!
//! 1. Blocks that are already held stay where they are.
//! 2. Then the requests, one generation after the other (`since`), so that what is added later moves nothing older.
//! 3. Within a generation the biggest first, so that small blocks never break up the room of big ones; then by key.
//! 4. Each takes the start of the smallest hole that it fits into, and of equal holes the one with the lowest address.
//!    A hole is a free block that is aligned and as big as it can be within one block of the network.
//!
//! The order of the input decides nothing.

mod blocks;
mod error;
mod free;
mod held;
mod sizing;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod second_opinion;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use blocks::Blocks;
pub use error::{AddressError, DoesNotFit, HeldProblem, Missing};
pub use sizing::{prefix_len_for_hosts, zone_block, zone_slots};

use crate::net::{Cidr, Span};
use free::FreeList;
use held::Held;

/// A block that somebody asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The name of the block, which stays the same for as long as the block is wanted.
    pub key: String,
    /// How big the block is, as the length of its prefix.
    pub prefix_len: u8,
    /// The generation in which the block was first wanted. Lower ones are placed first.
    pub since: u32,
}

/// Where blocks may lie.
#[derive(Clone, Copy, Debug)]
pub struct Space<'a> {
    /// The blocks of the network. What is given away lies within one of them, even where two of them touch: the
    /// block of a subnet is a block of its network or a part of one
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
    pub blocks: &'a [Cidr],
    /// Ranges to leave alone. They may overlap each other and reach beyond the network.
    pub avoid: &'a [Cidr],
}

/// Who has which block, and what is left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// Every block that was asked for or held, by its key.
    pub blocks: Blocks,
    /// What is left, as the fewest and biggest blocks, by address. Ranges to avoid are not in it.
    pub free: Vec<Cidr>,
}

impl Allocation {
    /// The biggest block that is free, and of equal ones the lowest.
    #[must_use]
    pub fn largest_free(&self) -> Option<Cidr> {
        self.free
            .iter()
            .copied()
            .min_by_key(|block| (block.prefix_len(), *block))
    }

    /// The part of the usable addresses that is given away, from 0 to 1. Ranges to avoid are not usable.
    #[must_use]
    pub fn utilisation(&self) -> f64 {
        let taken = addresses(self.blocks.values());
        let usable = taken + addresses(&self.free);
        if usable > 0.0 { taken / usable } else { 1.0 }
    }
}

/// A rough number of addresses, good enough for a ratio.
#[expect(
    clippy::cast_precision_loss,
    reason = "block sizes are powers of two, which a float holds exactly"
)]
fn addresses<'a>(blocks: impl IntoIterator<Item = &'a Cidr>) -> f64 {
    blocks.into_iter().map(|block| block.size() as f64).sum()
}

/// Gives every request a block in `space`, by the order that the head of this module promises.
///
/// Blocks in `held` that nobody asks for stay taken: who no longer wants one takes it out of `held`.
///
/// # Errors
/// When the network is no network, a request makes no sense, a held block cannot stay where it is, or the
/// requests do not all fit. Then nothing is given away.
pub fn allocate(
    space: Space<'_>,
    requests: Vec<Request>,
    held: &BTreeMap<String, Cidr>,
) -> Result<Allocation, AddressError> {
    let network = network(space.blocks)?;
    let sorted = by_key(requests)?;
    check_prefix_lens(&sorted, network.address_bits)?;
    let avoid = network.outermost(space.avoid);
    let held = Held::new(&sorted, held);
    held.check(&network.blocks, &avoid, &sorted)?;

    let taken = in_order(avoid.into_iter().map(Cidr::span), held.spans());
    let mut free = FreeList::new(network.address_bits, &network.blocks, taken);
    let placed = place(&sorted, &held, &mut free)
        .map_err(|missing| does_not_fit(&sorted, &held, missing))?;

    let unasked = held.unasked(&sorted);
    let mut given = Vec::with_capacity(sorted.len());
    let placed = sorted.into_iter().zip(placed);
    given.extend(placed.filter_map(|(request, block)| Some((request.key, block?))));
    Ok(Allocation {
        blocks: Blocks::of(given, unasked),
        free: free.into_blocks(),
    })
}

/// Spans of two parts, each of which is in order, in the order of all: a walk along both, where a sort would look at each several times.
fn in_order(
    one: impl Iterator<Item = Span>,
    other: impl Iterator<Item = Span>,
) -> impl Iterator<Item = Span> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second < first => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// Blocks of one family, none of which overlap, by address.
struct Network {
    blocks: Vec<Cidr>,
    address_bits: u8,
}

impl Network {
    /// Those of the ranges that are of the network's family and lie in no other one, by address.
    fn outermost(&self, ranges: &[Cidr]) -> Vec<Cidr> {
        let same_family = |range: &&Cidr| range.address_bits() == self.address_bits;
        let mut ranges: Vec<_> = ranges.iter().filter(same_family).copied().collect();
        ranges.sort_unstable();
        ranges.dedup_by(|inner, outer| outer.contains(*inner));
        ranges
    }
}

/// Checks that `blocks` can be one network.
fn network(blocks: &[Cidr]) -> Result<Network, AddressError> {
    let mut blocks = blocks.to_vec();
    blocks.sort_unstable();
    let ([first, ..], [.., last]) = (&*blocks, &*blocks) else {
        return Err(AddressError::NoNetwork);
    };
    if first.is_v4() != last.is_v4() {
        return Err(AddressError::MixedFamilies(*first, *last));
    }
    for pair in blocks.windows(2) {
        // Blocks nest or are apart, so of any two that overlap the outer one also overlaps its neighbour.
        if let [outer, inner] = *pair
            && outer.overlaps(inner)
        {
            return Err(AddressError::NetworkOverlap(outer, inner));
        }
    }
    Ok(Network {
        address_bits: first.address_bits(),
        blocks,
    })
}

/// The requests by their keys, none of which is there twice.
fn by_key(mut requests: Vec<Request>) -> Result<Vec<Request>, AddressError> {
    // Numbers sort faster than texts do, so texts are compared only where their heads are the same. What all keys
    // begin with tells nothing, so a head starts behind it.
    let shared = shared_prefix(&requests);
    let mut order: Vec<(u64, usize)> = requests
        .iter()
        .enumerate()
        .map(|(index, request)| (head(&request.key, shared), index))
        .collect();
    order.sort_unstable();
    let mut twice = Vec::new();
    for alike in order.chunk_by_mut(|(a, _), (b, _)| a == b) {
        let key = |(_, index): &(u64, usize)| requests[*index].key.as_str();
        alike.sort_unstable_by(|a, b| key(a).cmp(key(b)));
        let same = alike.chunk_by(|a, b| key(a) == key(b));
        twice.extend(same.filter_map(|same| match same {
            [first, _, ..] => Some(key(first).to_owned()),
            _ => None,
        }));
    }
    if !twice.is_empty() {
        return Err(AddressError::DuplicateKeys(twice));
    }

    let move_out = |(_, index): (u64, usize)| {
        let request = &mut requests[index];
        let key = std::mem::take(&mut request.key);
        Request { key, ..*request }
    };
    Ok(order.into_iter().map(move_out).collect())
}

/// The number of bytes with which all keys begin alike.
fn shared_prefix(requests: &[Request]) -> usize {
    let Some(Request { key: one, .. }) = requests.first() else {
        return 0;
    };
    requests.iter().fold(one.len(), |shared, request| {
        let alike = one.bytes().zip(request.key.bytes()).take(shared);
        alike.take_while(|(a, b)| a == b).count()
    })
}

/// The bytes of a key behind the first `skip`, as a number that sorts as they do.
fn head(key: &str, skip: usize) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(key.bytes().skip(skip)) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

/// Checks that addresses are long enough for every prefix that is asked for.
fn check_prefix_lens(requests: &[Request], longest: u8) -> Result<(), AddressError> {
    match requests.iter().find(|request| request.prefix_len > longest) {
        None => Ok(()),
        Some(request) => Err(AddressError::PrefixLen {
            key: request.key.clone(),
            prefix_len: request.prefix_len,
            longest,
        }),
    }
}

/// Gives each request that holds no block yet its block, and hands the blocks of all back in the order of `sorted`.
///
/// What does not fit is passed over, so that the error can name all of it.
fn place(
    sorted: &[Request],
    held: &Held<'_>,
    free: &mut FreeList,
) -> Result<Vec<Option<Cidr>>, Vec<Missing>> {
    // In order of their keys, which the sort leaves alone where generation and size are the same.
    let mut queue: Vec<(u32, u8, usize)> = asked(sorted, held)
        .map(|(rank, request)| (request.since, request.prefix_len, rank))
        .collect();
    queue.sort_by_key(|(since, prefix_len, _)| (*since, *prefix_len));

    let mut placed = held.of.clone();
    let mut missing = Vec::new();
    for (_, prefix_len, rank) in queue {
        let block = free.take(prefix_len);
        if block.is_none() {
            missing.push(Missing {
                key: sorted[rank].key.clone(),
                prefix_len,
                addresses: sizing::addresses(free.address_bits(), prefix_len),
                largest_free: free.largest(),
                free_addresses: free.addresses(),
            });
        }
        placed[rank] = block;
    }
    if missing.is_empty() {
        Ok(placed)
    } else {
        Err(missing)
    }
}

/// The requests that hold no block yet, each with its place among all.
fn asked<'a>(
    sorted: &'a [Request],
    held: &'a Held<'_>,
) -> impl Iterator<Item = (usize, &'a Request)> {
    let all = sorted.iter().zip(&held.of).enumerate();
    all.filter(|(_, (_, block))| block.is_none())
        .map(|(rank, (request, _))| (rank, request))
}

/// The story of what does not fit, with the network that would do.
fn does_not_fit(sorted: &[Request], held: &Held<'_>, missing: Vec<Missing>) -> AddressError {
    let asked = asked(sorted, held).map(|(_, request)| request.prefix_len);
    let kept = held.prefix_lens();
    DoesNotFit {
        missing,
        would_do: sizing::network_for(asked.chain(kept)),
    }
    .into()
}
