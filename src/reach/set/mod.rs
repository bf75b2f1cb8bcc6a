//! Sets of packets: exact, and closed under union, intersection and difference.
//!
//! Every field of a filter's rule is a list of ranges, so that a set of packets is a list of boxes of ranges; no solver is
//! needed to compare two of them. Knows the words of IP and nothing of any cloud.

mod addresses;
mod intervals;
#[cfg(test)]
mod laws;
mod packets;
mod traffic;

pub use addresses::Addresses;
pub use intervals::{Intervals, Point};
pub use packets::{Packet, PacketBox, Packets};
pub use traffic::{Protocol, TrafficSet};

/// A set that can be compared with others of its kind, exactly.
pub trait Set: Clone + PartialEq {
    /// The set of nothing.
    fn nothing() -> Self;
    /// The set of everything.
    fn everything() -> Self;
    /// Whether nothing is in it.
    fn is_nothing(&self) -> bool;
    /// What is in either.
    #[must_use]
    fn union(&self, other: &Self) -> Self;
    /// What is in both.
    #[must_use]
    fn intersection(&self, other: &Self) -> Self;
    /// What is in this one and not in the other.
    #[must_use]
    fn difference(&self, other: &Self) -> Self;

    /// Whether everything of `other` is in this one.
    fn covers(&self, other: &Self) -> bool {
        other.difference(self).is_nothing()
    }

    /// Whether something is in both.
    fn overlaps(&self, other: &Self) -> bool {
        !self.intersection(other).is_nothing()
    }

    /// What is not in it.
    #[must_use]
    fn complement(&self) -> Self {
        Self::everything().difference(self)
    }
}
