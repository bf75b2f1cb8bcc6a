//! Sets of IP addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use super::{Intervals, Set};
use crate::net::{Cidr, IpVersion};

/// A set of addresses of both families.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Addresses {
    v4: Intervals<u32>,
    v6: Intervals<u128>,
}

impl Addresses {
    /// Every IPv4 address.
    #[must_use]
    pub fn v4() -> Self {
        Self {
            v4: Intervals::everything(),
            v6: Intervals::nothing(),
        }
    }

    /// The set of one address.
    #[must_use]
    pub fn one(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self {
                v4: Intervals::one(address.to_bits()),
                v6: Intervals::nothing(),
            },
            IpAddr::V6(address) => Self {
                v4: Intervals::nothing(),
                v6: Intervals::one(address.to_bits()),
            },
        }
    }

    /// The addresses that can come from the Internet or be reached there: none that IANA keeps for other uses
    /// (<https://www.iana.org/assignments/iana-ipv4-special-registry>,
    /// <https://www.iana.org/assignments/iana-ipv6-special-registry>).
    #[must_use]
    pub fn public() -> Self {
        static PUBLIC: LazyLock<Addresses> = LazyLock::new(Addresses::given_out);
        PUBLIC.clone()
    }

    fn given_out() -> Self {
        const SPECIAL: [(u32, u8); 11] = [
            (Ipv4Addr::UNSPECIFIED.to_bits(), 8),
            (Ipv4Addr::new(10, 0, 0, 0).to_bits(), 8),
            (Ipv4Addr::new(100, 64, 0, 0).to_bits(), 10),
            (Ipv4Addr::new(127, 0, 0, 0).to_bits(), 8),
            (Ipv4Addr::new(169, 254, 0, 0).to_bits(), 16),
            (Ipv4Addr::new(172, 16, 0, 0).to_bits(), 12),
            (Ipv4Addr::new(192, 0, 0, 0).to_bits(), 24),
            (Ipv4Addr::new(192, 168, 0, 0).to_bits(), 16),
            (Ipv4Addr::new(198, 18, 0, 0).to_bits(), 15),
            (Ipv4Addr::new(224, 0, 0, 0).to_bits(), 4),
            (Ipv4Addr::new(240, 0, 0, 0).to_bits(), 4),
        ];
        let special = SPECIAL
            .iter()
            .map(|&(first, length)| (first, first | (u32::MAX >> length)));
        // Of IPv6, only 2000::/3 is given out: https://www.iana.org/assignments/ipv6-address-space.
        let unicast = Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0).to_bits();
        Self {
            v4: special.collect::<Intervals<u32>>().complement(),
            v6: Intervals::range(unicast, unicast | (u128::MAX >> 3)),
        }
    }

    /// Every IPv6 address.
    #[must_use]
    pub fn v6() -> Self {
        Self {
            v4: Intervals::nothing(),
            v6: Intervals::everything(),
        }
    }

    /// Every address of a version of IP.
    #[must_use]
    pub fn of_version(version: IpVersion) -> Self {
        match version {
            IpVersion::V4 => Self::v4(),
            IpVersion::V6 => Self::v6(),
        }
    }

    /// The IPv4 part.
    #[must_use]
    pub fn only_v4(&self) -> Self {
        Self {
            v4: self.v4.clone(),
            v6: Intervals::nothing(),
        }
    }

    /// The IPv6 part.
    #[must_use]
    pub fn only_v6(&self) -> Self {
        Self {
            v4: Intervals::nothing(),
            v6: self.v6.clone(),
        }
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contains(address.to_bits()),
            IpAddr::V6(address) => self.v6.contains(address.to_bits()),
        }
    }

    /// The lowest address, IPv4 first.
    #[must_use]
    pub fn lowest(&self) -> Option<IpAddr> {
        let v4 = self
            .v4
            .lowest()
            .map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits)));
        let v6 = || {
            let bits = self.v6.lowest()?;
            Some(IpAddr::V6(Ipv6Addr::from_bits(bits)))
        };
        v4.or_else(v6)
    }

    /// The fewest blocks that make it up, in order.
    #[must_use]
    pub fn cidrs(&self) -> Vec<Cidr> {
        let v4 = self.v4.ranges().iter().flat_map(|&(first, last)| {
            let (first, last) = (Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(last));
            let nets = ipnet::Ipv4Subnets::new(first, last, 0);
            nets.map(|net| (IpAddr::V4(net.network()), net.prefix_len()))
        });
        let v6 = self.v6.ranges().iter().flat_map(|&(first, last)| {
            let (first, last) = (Ipv6Addr::from_bits(first), Ipv6Addr::from_bits(last));
            let nets = ipnet::Ipv6Subnets::new(first, last, 0);
            nets.map(|net| (IpAddr::V6(net.network()), net.prefix_len()))
        });
        v4.chain(v6)
            .filter_map(|(first, length)| Cidr::holding(first, length).ok())
            .collect()
    }
}

impl From<Cidr> for Addresses {
    fn from(cidr: Cidr) -> Self {
        match (cidr.first(), cidr.last()) {
            (IpAddr::V4(first), IpAddr::V4(last)) => Self {
                v4: Intervals::range(first.to_bits(), last.to_bits()),
                v6: Intervals::nothing(),
            },
            (IpAddr::V6(first), IpAddr::V6(last)) => Self {
                v4: Intervals::nothing(),
                v6: Intervals::range(first.to_bits(), last.to_bits()),
            },
            // No block has ends of two families.
            _ => Self::nothing(),
        }
    }
}

impl FromIterator<Cidr> for Addresses {
    fn from_iter<I: IntoIterator<Item = Cidr>>(cidrs: I) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for cidr in cidrs {
            match (cidr.first(), cidr.last()) {
                (IpAddr::V4(first), IpAddr::V4(last)) => v4.push((first.to_bits(), last.to_bits())),
                (IpAddr::V6(first), IpAddr::V6(last)) => v6.push((first.to_bits(), last.to_bits())),
                _ => {}
            }
        }
        Self {
            v4: v4.into_iter().collect(),
            v6: v6.into_iter().collect(),
        }
    }
}

impl FromIterator<Addresses> for Addresses {
    /// What is in any of the sets: all at once, where one after the other would sort them each time.
    fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for set in sets {
            v4.extend_from_slice(set.v4.ranges());
            v6.extend_from_slice(set.v6.ranges());
        }
        Self {
            v4: v4.into_iter().collect(),
            v6: v6.into_iter().collect(),
        }
    }
}

impl Set for Addresses {
    fn nothing() -> Self {
        Self {
            v4: Intervals::nothing(),
            v6: Intervals::nothing(),
        }
    }

    fn everything() -> Self {
        Self {
            v4: Intervals::everything(),
            v6: Intervals::everything(),
        }
    }

    fn is_nothing(&self) -> bool {
        self.v4.is_nothing() && self.v6.is_nothing()
    }

    fn union(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.union(&other.v4),
            v6: self.v6.union(&other.v6),
        }
    }

    fn intersection(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.intersection(&other.v4),
            v6: self.v6.intersection(&other.v6),
        }
    }

    fn difference(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.difference(&other.v4),
            v6: self.v6.difference(&other.v6),
        }
    }

    fn covers(&self, other: &Self) -> bool {
        self.v4.covers(&other.v4) && self.v6.covers(&other.v6)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.v4.overlaps(&other.v4) || self.v6.overlaps(&other.v6)
    }
}
