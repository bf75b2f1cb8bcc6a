//! What may be and what surely is, where a template leaves room between the two.

use crate::reach::set::Set;

/// A value that is known only between two bounds.
///
/// INVARIANT for sets: everything of `every` is in `some`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bounds<T> {
    /// What may be in it.
    pub(super) some: T,
    /// What surely is.
    pub(super) every: T,
}

impl<T: Clone> Bounds<T> {
    /// A value that is known exactly.
    pub(super) fn sure(value: T) -> Self {
        Self {
            some: value.clone(),
            every: value,
        }
    }
}

impl<T: Set> Bounds<T> {
    /// A set of which nothing is sure.
    pub(super) fn maybe(some: T) -> Self {
        Self {
            some,
            every: T::nothing(),
        }
    }

    pub(super) fn nothing() -> Self {
        Self::sure(T::nothing())
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self {
            some: self.some.union(&other.some),
            every: self.every.union(&other.every),
        }
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        Self {
            some: self.some.intersection(&other.some),
            every: self.every.intersection(&other.every),
        }
    }

    /// The part of it that is in a known set.
    pub(super) fn within(&self, set: &T) -> Self {
        Self {
            some: self.some.intersection(set),
            every: self.every.intersection(set),
        }
    }

    /// Nothing can be in it.
    pub(super) fn is_nothing(&self) -> bool {
        self.some.is_nothing()
    }
}
