//! Ranges of whole numbers.

use std::fmt::Debug;

use super::Set;

/// A whole number that knows its neighbours.
pub trait Point: Copy + Ord + Debug {
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
    ($($number:ty)+) => {
        $(impl Point for $number {
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

points!(u8 u16 u32 u128);

/// A set of whole numbers.
///
/// INVARIANT: the ranges are in order, none is empty, and between two of them at least one number is missing. Two sets are
/// therefore equal exactly when their ranges are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Intervals<T>(Vec<(T, T)>);

impl<T: Point> Intervals<T> {
    /// The numbers from `first` to `last`, both included; nothing when they stand the wrong way round.
    #[must_use]
    pub fn range(first: T, last: T) -> Self {
        if first <= last {
            Self(vec![(first, last)])
        } else {
            Self(Vec::new())
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
        let mut sorted: Vec<_> = ranges
            .into_iter()
            .filter(|(first, last)| first <= last)
            .collect();
        sorted.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(sorted.len());
        for (first, last) in sorted {
            match merged.last_mut() {
                Some((_, end)) if end.next().is_none_or(|behind| first <= behind) => {
                    *end = last.max(*end);
                }
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }
}

impl<T: Point> Set for Intervals<T> {
    fn nothing() -> Self {
        Self(Vec::new())
    }

    fn everything() -> Self {
        Self(vec![(T::LOWEST, T::HIGHEST)])
    }

    fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    fn union(&self, other: &Self) -> Self {
        if other.0.is_empty() {
            return self.clone();
        }
        self.0.iter().chain(&other.0).copied().collect()
    }

    fn intersection(&self, other: &Self) -> Self {
        let (mut own, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = Vec::new();
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
        let mut left = Vec::new();
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
}
