//! Blocks by their keys, as they were given away.

use std::collections::BTreeMap;

use crate::net::Cidr;

/// Blocks by their keys, each of which is there once. They come out of the allocator in the order of their keys, and a list keeps that
/// without comparing a hundred thousand of them again, as a map would.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Blocks(Vec<(String, Cidr)>);

impl Blocks {
    /// Those of two parts, each of which is in the order of its keys. No key is in both.
    pub(super) fn of(mut blocks: Vec<(String, Cidr)>, others: Vec<(String, Cidr)>) -> Self {
        if !others.is_empty() {
            blocks.extend(others);
            // Two runs that are in order are put together, and not sorted.
            blocks.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        Self(blocks)
    }

    /// The block with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Cidr> {
        let found = self
            .0
            .binary_search_by(|(known, _)| known.as_str().cmp(key));
        self.0.get(found.ok()?).map(|(_, block)| *block)
    }

    /// The keys and the blocks, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cidr)> {
        self.0.iter().map(|(key, block)| (key.as_str(), *block))
    }

    /// The blocks, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Cidr> {
        self.0.iter().map(|(_, block)| block)
    }
}

impl From<Blocks> for BTreeMap<String, Cidr> {
    fn from(blocks: Blocks) -> Self {
        blocks.0.into_iter().collect()
    }
}
