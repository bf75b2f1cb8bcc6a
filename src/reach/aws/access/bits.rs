//! Sets of small numbers, as positions in short lists are.

use smallvec::SmallVec;

/// A set of small numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Bits(SmallVec<[u64; 2]>);

impl Bits {
    /// Adds a number.
    pub(super) fn insert(&mut self, number: usize) {
        let (word, bit) = (number / 64, number % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Adds all numbers of another set.
    pub(super) fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own |= other;
        }
    }

    /// The numbers, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate();
        words.flat_map(|(at, word)| {
            let set = move |bit: &usize| word & (1 << bit) != 0;
            (0..64).filter(set).map(move |bit| at * 64 + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    proptest::proptest! {
        #[test]
        fn they_are_sets_of_numbers(
            one in proptest::collection::btree_set(0_usize..300, 0..8),
            other in proptest::collection::btree_set(0_usize..300, 0..8),
        ) {
            let bits = |numbers: &BTreeSet<usize>| {
                let mut bits = Bits::default();
                for number in numbers {
                    bits.insert(*number);
                }
                bits
            };
            let mut both = bits(&one);
            both.add(&bits(&other));
            let union: BTreeSet<_> = one.union(&other).copied().collect();
            proptest::prop_assert_eq!(both.iter().collect::<BTreeSet<_>>(), union);
            proptest::prop_assert_eq!(bits(&one) == bits(&other), one == other);
        }
    }
}
