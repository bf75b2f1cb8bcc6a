//! Ranges of whole numbers.

use std::fmt::Debug;
use std::hash::Hash;

use smallvec::{Array, SmallVec};

use super::Set;

/// A whole number that knows its neighbours.
pub trait Point: Copy + Ord + Hash + Debug {
    /// As many ranges as are kept without asking for memory: nearly every set has one or two.
    type Few: Array<Item = (Self, Self)> + Clone + Ord + Hash + Debug;
    /// The lowest.
    const LOWEST: Self;
    /// The highest.
    const HIGHEST: Self;
    /// The next one, or nothing behind the highest.
    fn next(self) -> Option<Self>;
    /// The one before, or nothing before the lowest.
    fn previous(self) -> Option<Self>;
}

macro_rules! points {
    ($($number:ty, $few:literal;)+) => {
        $(impl Point for $number {
            type Few = [(Self, Self); $few];
            const LOWEST: Self = <$number>::MIN;
            const HIGHEST: Self = <$number>::MAX;

            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }

            fn previous(self) -> Option<Self> {
                self.checked_sub(1)
            }
        })+
    };
}

points!(u8, 8; u16, 4; u32, 2; u128, 1;);

/// A set of whole numbers.
///
/// INVARIANT: the ranges are in order, none is empty, and between two of them at least one number is missing. Two sets are
/// therefore equal exactly when their ranges are.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Intervals<T: Point>(SmallVec<T::Few>);

impl<T: Point> Clone for Intervals<T> {
    fn clone(&self) -> Self {
        match &*self.0 {
            [] => Self::nothing(),
            // All of them at once: `SmallVec`'s own way takes one range after the other.
            many => Self(SmallVec::from_slice(many)),
        }
    }
}

impl<T: Point> Intervals<T> {
    /// The numbers from `first` to `last`, both included; nothing when they stand the wrong way round.
    #[must_use]
    pub fn range(first: T, last: T) -> Self {
        if first <= last {
            Self(SmallVec::from_slice(&[(first, last)]))
        } else {
            Self::nothing()
        }
    }

    /// The set of one number.
    #[must_use]
    pub fn one(number: T) -> Self {
        Self::range(number, number)
    }

    /// The ranges, in order, both ends included.
    #[must_use]
    pub fn ranges(&self) -> &[(T, T)] {
        &self.0
    }

    /// The set of ranges that stand in order, with at least one number missing between two of them.
    pub(super) fn in_order(ranges: &[(T, T)]) -> Self {
        Self(SmallVec::from_slice(ranges))
    }

    /// The lowest number.
    #[must_use]
    pub fn lowest(&self) -> Option<T> {
        self.0.first().map(|(first, _)| *first)
    }

    /// Whether a number is in it.
    #[must_use]
    pub fn contains(&self, number: T) -> bool {
        let behind = self.0.partition_point(|(first, _)| *first <= number);
        behind
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
            .is_some_and(|(_, last)| number <= *last)
    }
}

impl<T: Point> FromIterator<(T, T)> for Intervals<T> {
    /// Ranges in any order, which may overlap.
    fn from_iter<I: IntoIterator<Item = (T, T)>>(ranges: I) -> Self {
        let mut ranges: SmallVec<T::Few> = ranges
            .into_iter()
            .filter(|(first, last)| first <= last)
            .collect();
        ranges.sort_unstable();
        ranges.dedup_by(|(first, last), (_, end)| {
            let joined = end.next().is_none_or(|behind| *first <= behind);
            if joined {
                *end = (*last).max(*end);
            }
            joined
        });
        Self(ranges)
    }
}

impl<T: Point> Set for Intervals<T> {
    fn nothing() -> Self {
        Self(SmallVec::new())
    }

    fn everything() -> Self {
        Self(SmallVec::from_slice(&[(T::LOWEST, T::HIGHEST)]))
    }

    fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    fn union(&self, other: &Self) -> Self {
        if self.covers(other) {
            return self.clone();
        }
        if other.covers(self) {
            return other.clone();
        }
        self.0.iter().chain(&other.0).copied().collect()
    }

    fn intersection(&self, other: &Self) -> Self {
        // Nearly all that meets is one range, or none.
        match (&*self.0, &*other.0) {
            ([], _) | (_, []) => return Self::nothing(),
            ([(a, b)], [(c, d)]) => return Self::range(*a.max(c), *b.min(d)),
            _ => {}
        }
        let (mut own, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = SmallVec::new();
        while let (Some(&&(a, b)), Some(&&(c, d))) = (own.peek(), others.peek()) {
            if a.max(c) <= b.min(d) {
                common.push((a.max(c), b.min(d)));
            }
            if b < d {
                own.next();
            } else {
                others.next();
            }
        }
        Self(common)
    }

    fn difference(&self, other: &Self) -> Self {
        if !self.overlaps(other) {
            return self.clone();
        }
        let mut left = SmallVec::new();
        let mut others = other.0.iter().peekable();
        for &(first, last) in &self.0 {
            let mut rest = Some(first);
            while let (Some(from), Some(&&(cut, until))) = (rest, others.peek()) {
                if until < from {
                    others.next();
                    continue;
                }
                if cut > last {
                    break;
                }
                if let Some(before) = cut.previous().filter(|before| from <= *before) {
                    left.push((from, before));
                }
                rest = until.next().filter(|next| *next <= last);
                if rest.is_some() {
                    others.next();
                }
            }
            if let Some(from) = rest {
                left.push((from, last));
            }
        }
        Self(left)
    }

    fn covers(&self, other: &Self) -> bool {
        let mut own = match (&*self.0, &*other.0) {
            (_, []) => return true,
            ([], _) => return false,
            // What one range covers lies between its ends.
            ([(a, b)], [(first, _), ..]) => {
                return a <= first && other.0.last().is_none_or(|(_, last)| last <= b);
            }
            (own, _) => own.iter().peekable(),
        };
        other.0.iter().all(|(first, last)| {
            while own.next_if(|(_, end)| end < first).is_some() {}
            own.peek().is_some_and(|(a, b)| a <= first && last <= b)
        })
    }

    fn overlaps(&self, other: &Self) -> bool {
        let mut own = match (&*self.0, &*other.0) {
            ([], _) | (_, []) => return false,
            ([(a, b)], [(c, d)]) => return a <= d && c <= b,
            (own, _) => own.iter().peekable(),
        };
        other.0.iter().any(|(first, last)| {
            while own.next_if(|(_, end)| end < first).is_some() {}
            own.peek().is_some_and(|(a, _)| a <= last)
        })
    }
}
