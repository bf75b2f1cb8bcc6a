//! CIDR blocks that cannot hold host bits.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::IpVersion;

/// A block of addresses in canonical form: the address is the first one of the block.
///
/// INVARIANT: the wrapped network has no host bits, because clouds rewrite `10.0.0.9/8` to `10.0.0.0/8`
/// and a rewritten block no longer equals the text that was approved
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
///
/// Blocks sort by their first address, and the biggest first where that is the same; IPv4 stands before IPv6.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cidr(IpNet);

/// The addresses of a block as numbers. Spans of one family sort as their blocks do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    /// The first address.
    pub(crate) first: u128,
    /// The last address.
    pub(crate) last: u128,
}

impl Span {
    /// Whether every address of `other` is in this one.
    pub(crate) fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

impl Ord for Span {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let first = self.first.cmp(&other.first);
        first.then_with(|| other.last.cmp(&self.last))
    }
}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Why a text is not a [`Cidr`].
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CidrError {
    /// The text is no address with a prefix length.
    #[error("`{0}` is not a CIDR block")]
    Syntax(String),
    /// The address is not the first of its block.
    #[error("`{given}` has bits set behind its prefix length")]
    HostBits {
        /// What was written.
        given: String,
        /// The block that holds the address.
        canonical: Cidr,
    },
}

impl Cidr {
    /// The whole IPv4 address space, `0.0.0.0/0`.
    pub const ANY_V4: Self = Self(IpNet::V4(Ipv4Net::new_assert(
        std::net::Ipv4Addr::UNSPECIFIED,
        0,
    )));

    /// The whole IPv6 address space, `::/0`.
    pub const ANY_V6: Self = Self(IpNet::V6(Ipv6Net::new_assert(
        std::net::Ipv6Addr::UNSPECIFIED,
        0,
    )));

    /// A block of IPv4 that stands in the program.
    ///
    /// # Panics
    /// When the text of the program is wrong: with host bits, or a prefix of more than 32 bits. A constant cannot fail after
    /// it was compiled.
    #[must_use]
    pub(crate) const fn v4(first: [u8; 4], prefix_len: u8) -> Self {
        let [a, b, c, d] = first;
        let hosts = u32::MAX.checked_shr(prefix_len as u32);
        let behind = match hosts {
            Some(mask) => u32::from_be_bytes(first) & mask,
            None => 0,
        };
        assert!(behind == 0, "a block has no host bits");
        let first = std::net::Ipv4Addr::new(a, b, c, d);
        Self(IpNet::V4(Ipv4Net::new_assert(first, prefix_len)))
    }

    /// The block of IPv6 that begins at zero.
    #[must_use]
    pub(crate) const fn counted_v6(prefix_len: u8) -> Self {
        Self(IpNet::V6(Ipv6Net::new_assert(
            std::net::Ipv6Addr::UNSPECIFIED,
            prefix_len,
        )))
    }

    /// The /64 that is counted as this number from zero.
    #[must_use]
    pub(crate) fn numbered_v6(number: u8) -> Self {
        let first = std::net::Ipv6Addr::from(u128::from(number) << 64);
        Self(IpNet::V6(Ipv6Net::new_assert(first, 64)))
    }

    /// The block of `prefix_len` bits that holds `address`; bits behind the prefix are cleared.
    ///
    /// # Errors
    /// When `prefix_len` is over 32 (IPv4) or 128 (IPv6).
    pub fn holding(address: IpAddr, prefix_len: u8) -> Result<Self, CidrError> {
        IpNet::new(address, prefix_len)
            .map(|net| Self(net.trunc()))
            .map_err(|_| CidrError::Syntax(format!("{address}/{prefix_len}")))
    }

    /// The block that begins at this number, of a family with addresses of so many bits; nothing when there is none.
    #[must_use]
    pub(crate) fn at(first: u128, prefix_len: u8, address_bits: u8) -> Option<Self> {
        let address = if address_bits == 32 {
            std::net::Ipv4Addr::from(u32::try_from(first).ok()?).into()
        } else {
            std::net::Ipv6Addr::from(first).into()
        };
        Self::holding(address, prefix_len).ok()
    }

    /// The block as numbers: much is faster with them than with addresses.
    #[must_use]
    pub(crate) fn span(self) -> Span {
        let first = match self.0 {
            IpNet::V4(net) => u32::from(net.network()).into(),
            IpNet::V6(net) => net.network().into(),
        };
        let hosts = self.address_bits() - self.prefix_len();
        let size = 1_u128.checked_shl(hosts.into()).unwrap_or(0);
        Span {
            first,
            last: first.wrapping_add(size).wrapping_sub(1),
        }
    }

    /// The first address.
    #[must_use]
    pub fn first(self) -> IpAddr {
        self.0.network()
    }

    /// The last address.
    #[must_use]
    pub fn last(self) -> IpAddr {
        self.0.broadcast()
    }

    /// The number of leading bits that all addresses share: 0 to 32 (IPv4) or 128 (IPv6).
    #[must_use]
    pub fn prefix_len(self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether this is an IPv4 block.
    #[must_use]
    pub fn is_v4(self) -> bool {
        matches!(self.0, IpNet::V4(_))
    }

    /// The version of IP that its addresses are of.
    #[must_use]
    pub fn version(self) -> IpVersion {
        match self.0 {
            IpNet::V4(_) => IpVersion::V4,
            IpNet::V6(_) => IpVersion::V6,
        }
    }

    /// The number of bits of an address of this family: 32 (IPv4) or 128 (IPv6).
    #[must_use]
    pub fn address_bits(self) -> u8 {
        self.0.max_prefix_len()
    }

    /// The lower and the upper half, or nothing for a block of one address.
    #[must_use]
    pub fn halves(self) -> Option<(Self, Self)> {
        let prefix_len = self.prefix_len() + 1;
        let half = |address| Self::holding(address, prefix_len).ok();
        (prefix_len <= self.address_bits())
            .then(|| half(self.first()).zip(half(self.last())))
            .flatten()
    }

    /// Whether every address of `other` is in this block. Blocks of different families never hold each other.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0.contains(&other.0)
    }

    /// Whether the two blocks share an address.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// The number of addresses, `u128::MAX` for `::/0`.
    #[must_use]
    pub fn size(self) -> u128 {
        let host_bits = self.0.max_prefix_len() - self.prefix_len();
        1_u128.checked_shl(host_bits.into()).unwrap_or(u128::MAX)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpNet::V4(net) => dotted(net, f),
            IpNet::V6(net) => net.fmt(f),
        }
    }
}

/// Writes a block of IPv4 at once: there are many of them, and each number by itself takes as long as all of this.
fn dotted(net: Ipv4Net, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0; "255.255.255.255/32".len()];
    let mut length = 0;
    let mut push = |byte| {
        text[length] = byte;
        length += 1;
    };
    let numbers = net.addr().octets().into_iter().chain([net.prefix_len()]);
    for (at, number) in numbers.enumerate() {
        match at {
            0 => {}
            1..4 => push(b'.'),
            _ => push(b'/'),
        }
        if number >= 100 {
            push(b'0' + number / 100);
        }
        if number >= 10 {
            push(b'0' + number / 10 % 10);
        }
        push(b'0' + number % 10);
    }
    // Digits, dots and a slash are text.
    f.write_str(std::str::from_utf8(&text[..length]).unwrap_or_default())
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let net: IpNet = text.parse().map_err(|_| CidrError::Syntax(text.into()))?;
        let canonical = Self(net.trunc());
        if canonical.0 == net {
            Ok(canonical)
        } else {
            Err(CidrError::HostBits {
                given: text.into(),
                canonical,
            })
        }
    }
}

impl From<Ipv4Net> for Cidr {
    fn from(net: Ipv4Net) -> Self {
        Self(IpNet::V4(net.trunc()))
    }
}

impl serde::Serialize for Cidr {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn host_bits_are_refused_with_the_block_that_was_meant() {
        assert_eq!(
            "10.0.0.9/8".parse::<Cidr>(),
            Err(CidrError::HostBits {
                given: "10.0.0.9/8".into(),
                canonical: cidr("10.0.0.0/8"),
            })
        );
    }

    #[test]
    fn a_block_is_written_as_it_is_read() {
        for text in [
            "0.0.0.0/0",
            "9.10.99.0/24",
            "100.64.0.0/10",
            "255.255.255.255/32",
            "2001:db8::/32",
        ] {
            assert_eq!(cidr(text).to_string(), text);
        }
    }

    #[test]
    fn a_bare_address_is_no_block() {
        assert!(matches!(
            "10.0.0.1".parse::<Cidr>(),
            Err(CidrError::Syntax(_))
        ));
    }

    #[test]
    fn halves_make_up_the_block() {
        assert_eq!(
            cidr("10.0.0.0/8").halves(),
            Some((cidr("10.0.0.0/9"), cidr("10.128.0.0/9")))
        );
        assert_eq!(
            cidr("::/0").halves(),
            Some((cidr("::/1"), cidr("8000::/1")))
        );
        assert_eq!(cidr("10.0.0.1/32").halves(), None);
        assert_eq!(cidr("::1/128").halves(), None);
    }

    #[test]
    fn blocks_sort_by_address_and_then_the_biggest_first() {
        assert!(cidr("10.0.0.0/8") < cidr("10.0.0.0/9"));
        assert!(cidr("10.0.0.0/9") < cidr("10.128.0.0/9"));
    }

    #[test]
    fn families_never_overlap() {
        assert!(!cidr("0.0.0.0/0").overlaps(cidr("::/0")));
    }

    #[test]
    fn overlap_is_containment_either_way() {
        assert!(cidr("10.0.0.0/8").overlaps(cidr("10.9.0.0/16")));
        assert!(cidr("10.9.0.0/16").overlaps(cidr("10.0.0.0/8")));
        assert!(!cidr("10.9.0.0/16").overlaps(cidr("10.8.0.0/16")));
    }
}
