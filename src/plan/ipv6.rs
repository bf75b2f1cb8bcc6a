//! What a network is in both versions of IP. Knows addresses, and no cloud.

use std::fmt;

use super::{Bound, Network};
use crate::net::{Cidr, IpVersion};

impl Network {
    /// The versions of IP that its instances speak.
    #[must_use]
    pub fn versions(&self) -> &'static [IpVersion] {
        match self.ipv6 {
            Some(_) => &IpVersion::BOTH,
            None => &[IpVersion::V4],
        }
    }

    /// Its address space, of both versions of IP, as far as it is known before the deploy.
    pub fn space(&self) -> impl Iterator<Item = Cidr> {
        let ipv6 = self.ipv6.iter().filter_map(|ipv6| ipv6.space.known());
        self.cidrs.iter().copied().chain(ipv6)
    }

    /// The same as it is recorded: a block that the cloud gives is [`Ipv6Space::COUNTED`].
    pub fn recorded_space(&self) -> impl Iterator<Item = Cidr> {
        let ipv6 = self.ipv6.iter().map(|ipv6| ipv6.space.ground());
        self.cidrs.iter().copied().chain(ipv6)
    }
}

/// The IPv6 addresses of a network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ipv6 {
    /// Where its block is from.
    pub space: Ipv6Space,
    /// What is left of it, as the largest aligned blocks of [`Ipv6Space::ground`], in order.
    pub free: Vec<Cidr>,
}

/// The block of IPv6 of a network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ipv6Space {
    /// The user's own block.
    Own {
        /// The block.
        block: Cidr,
        /// The pool of the user's own addresses that the cloud takes it from, where it wants that told (AWS).
        pool: Option<Bound<String>>,
    },
    /// A /56 that the cloud picks during the deploy (AWS). Subnets are known by their numbers in it.
    Provided,
}

impl Ipv6Space {
    /// The addresses of a block that nobody knows yet, counted from zero. No network can have them: `::/8` is given to nobody
    /// (<https://www.iana.org/assignments/ipv6-address-space>).
    pub const COUNTED: Cidr = Cidr::counted_v6(56);

    /// The block, if it is known.
    #[must_use]
    pub fn known(&self) -> Option<Cidr> {
        match self {
            Self::Own { block, .. } => Some(*block),
            Self::Provided => None,
        }
    }

    /// The block in which subnets are placed: the own one, or one that is counted from zero.
    #[must_use]
    pub fn ground(&self) -> Cidr {
        self.known().unwrap_or(Self::COUNTED)
    }

    /// What a /64 of [`Self::ground`] is.
    pub(super) fn part(&self, cidr: Cidr) -> Ipv6Block {
        match self {
            Self::Own { .. } => Ipv6Block::Known(cidr),
            // INVARIANT: `COUNTED` has 256 blocks of a /64, and so a number for each of them.
            Self::Provided => {
                Ipv6Block::Part(u8::try_from(cidr.span().first >> 64).unwrap_or(u8::MAX))
            }
        }
    }
}

/// The block of IPv6 of a subnet, a /64.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ipv6Block {
    /// This one.
    Known(Cidr),
    /// The one of this number in what the cloud gives to the network.
    Part(u8),
}

impl Ipv6Block {
    /// The block, if it is known.
    #[must_use]
    pub fn known(self) -> Option<Cidr> {
        match self {
            Self::Known(block) => Some(block),
            Self::Part(_) => None,
        }
    }

    /// The block as it is recorded: in what the cloud gives, addresses are counted from zero.
    #[must_use]
    pub fn recorded(self) -> Cidr {
        match self {
            Self::Known(block) => block,
            Self::Part(number) => Cidr::numbered_v6(number),
        }
    }
}

impl fmt::Display for Ipv6Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(block) => block.fmt(f),
            Self::Part(number) => write!(f, "/64 number {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_block_that_is_recorded_and_the_other_way_round() {
        let space = Ipv6Space::Provided;
        for number in 0..=u8::MAX {
            let recorded = Ipv6Block::Part(number).recorded();
            assert!(Ipv6Space::COUNTED.contains(recorded), "{recorded}");
            assert_eq!(space.part(recorded), Ipv6Block::Part(number));
        }
        assert_eq!(Ipv6Block::Part(42).recorded().to_string(), "0:0:0:2a::/64");
        assert_eq!(space.known(), None);
    }

    #[test]
    fn a_block_of_ones_own_is_recorded_as_it_is() {
        let block: Cidr = "2600:1f18:ab00::/56".parse().unwrap();
        let space = Ipv6Space::Own { block, pool: None };
        let part: Cidr = "2600:1f18:ab00:4::/64".parse().unwrap();
        assert_eq!(space.ground(), block);
        assert_eq!(space.part(part).recorded(), part);
    }
}
