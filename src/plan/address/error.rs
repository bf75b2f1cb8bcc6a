//! Why blocks cannot be given away, told in the words of the one who asked.

use crate::net::Cidr;

/// How many names a message lists before it says how many more there are.
const NAMES_IN_A_MESSAGE: usize = 10;

/// Why there is no allocation.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// There is nothing to allocate from.
    #[error("the network has no address block")]
    NoNetwork,
    /// A network is of one family; a network of both is two networks here.
    #[error("the network mixes IPv4 and IPv6 blocks: `{0}` and `{1}`")]
    MixedFamilies(Cidr, Cidr),
    /// Two blocks of the network, the outer one first.
    #[error("two blocks of the network overlap: `{0}` and `{1}`")]
    NetworkOverlap(Cidr, Cidr),
    /// Keys that several requests have, each named once, in order.
    #[error("several blocks have the same name: {}", names(.0.iter()))]
    DuplicateKeys(Vec<String>),
    /// A prefix is longer than an address.
    #[error(
        "`{key}` asks for a /{prefix_len}, but the longest prefix in this network is /{longest}"
    )]
    PrefixLen {
        /// Whose request it is.
        key: String,
        /// What was asked for.
        prefix_len: u8,
        /// The number of bits of an address.
        longest: u8,
    },
    /// Blocks that were given away earlier cannot stay where they are. There is at least one.
    #[error("{}", join(.0))]
    Held(Vec<HeldProblem>),
    /// There is not enough room.
    #[error(transparent)]
    DoesNotFit(#[from] DoesNotFit),
}

/// Why a held block cannot stay where it is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeldProblem {
    /// It is not within one block of the network.
    #[error("`{key}` holds `{block}`, which is outside the network")]
    Outside {
        /// Whose block it is.
        key: String,
        /// The block.
        block: Cidr,
    },
    /// It overlaps a range to avoid.
    #[error("`{key}` holds `{block}`, which overlaps `{avoided}`, a range to avoid")]
    Avoided {
        /// Whose block it is.
        key: String,
        /// The block.
        block: Cidr,
        /// The lowest range to avoid that it overlaps.
        avoided: Cidr,
    },
    /// It overlaps another held block.
    #[error("`{key}` holds `{block}`, which overlaps `{other}`, held by `{other_key}`")]
    Overlap {
        /// Whose block it is.
        key: String,
        /// The block.
        block: Cidr,
        /// Whose the other block is.
        other_key: String,
        /// The other block, which is as big or bigger.
        other: Cidr,
    },
    /// It has another size than the request of the same key.
    #[error("`{key}` holds `{block}`, but a /{asked} is asked for")]
    Size {
        /// Whose block it is.
        key: String,
        /// The block.
        block: Cidr,
        /// The prefix length that is asked for.
        asked: u8,
    },
}

/// Requests for which there is no room.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.story())]
pub struct DoesNotFit {
    /// Every request that does not fit beside those placed before it, in the order of placing. There is at least one.
    pub missing: Vec<Missing>,
    /// The prefix length of the smallest network that would hold every block, both held and asked for, if it were
    /// one block with nothing to avoid and every block were placed afresh. Nothing when no network would.
    pub would_do: Option<u8>,
}

/// A request for which there is no room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The name of the block.
    pub key: String,
    /// The prefix length that was asked for.
    pub prefix_len: u8,
    /// The number of addresses of such a block.
    pub addresses: u128,
    /// The biggest block that was still free when this request's turn came.
    pub largest_free: Option<Cidr>,
    /// The number of addresses that were still free then.
    pub free_addresses: u128,
}

impl DoesNotFit {
    /// The message: the first that does not fit with the reason, then the others, then what would do.
    fn story(&self) -> String {
        let mut parts = Vec::new();
        if let Some((first, others)) = self.missing.split_first() {
            parts.push(first.story());
            if !others.is_empty() {
                let others = names(others.iter().map(|missing| &missing.key));
                parts.push(format!("nor is there room for {others}"));
            }
        }
        parts.push(match self.would_do {
            Some(prefix_len) => {
                format!("a single /{prefix_len} with nothing to avoid would hold every block")
            }
            None => "no network is big enough to hold every block".into(),
        });
        parts.join("; ")
    }
}

impl Missing {
    fn story(&self) -> String {
        let asked = format!(
            "`{}` does not fit: it needs a /{} of {}",
            self.key,
            self.prefix_len,
            count(self.addresses)
        );
        match self.largest_free {
            None => format!("{asked}, but no address is free"),
            Some(hole) => format!(
                "{asked}, but the largest free block, `{hole}`, has {}, and {} in all",
                hole.size(),
                match self.free_addresses {
                    1 => "1 is free".into(),
                    many => format!("{many} are free"),
                }
            ),
        }
    }
}

/// A number of addresses in words.
fn count(addresses: u128) -> String {
    match addresses {
        1 => "1 address".into(),
        many => format!("{many} addresses"),
    }
}

/// Names in backticks; of a long list the first few and the number of the rest.
fn names<'a>(keys: impl ExactSizeIterator<Item = &'a String>) -> String {
    let rest = keys.len().saturating_sub(NAMES_IN_A_MESSAGE);
    let mut shown: Vec<String> = keys
        .take(NAMES_IN_A_MESSAGE)
        .map(|key| format!("`{key}`"))
        .collect();
    if rest > 0 {
        shown.push(format!("{rest} more"));
    }
    match shown.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => shown.concat(),
    }
}

/// Problems as one message.
fn join(problems: &[HeldProblem]) -> String {
    let stories: Vec<String> = problems.iter().map(ToString::to_string).collect();
    stories.join("; ")
}
