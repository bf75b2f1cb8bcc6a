//! Arithmetic of `Fn::Cidr`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::Cidr;

/// The most blocks that one call gives:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>.
pub(super) const MAX_BLOCKS: i64 = 256;

/// The first `count` blocks with `host_bits` bits each in `block`, or nothing when it does not hold them.
pub(super) fn split(block: Cidr, count: i64, host_bits: i64) -> Option<Vec<Cidr>> {
    if !(1..=MAX_BLOCKS).contains(&count) {
        return None;
    }
    let host_bits = u8::try_from(host_bits).ok().filter(|bits| *bits > 0)?;
    let prefix = block.address_bits().checked_sub(host_bits)?;
    if prefix < block.prefix_len() {
        return None;
    }
    let step = 1_u128.checked_shl(host_bits.into())?;
    let first = match block.first() {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    (0..u128::try_from(count).ok()?)
        .map(|index| {
            let at = first.checked_add(step.checked_mul(index)?)?;
            let address = if block.is_v4() {
                Ipv4Addr::from(u32::try_from(at).ok()?).into()
            } else {
                Ipv6Addr::from(at).into()
            };
            let part = Cidr::holding(address, prefix).ok()?;
            block.contains(part).then_some(part)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(block: &str, count: i64, bits: i64) -> Option<String> {
        let blocks = split(block.parse().unwrap(), count, bits)?;
        let texts: Vec<_> = blocks.iter().map(ToString::to_string).collect();
        Some(texts.join(" "))
    }

    #[test]
    fn blocks_stand_one_after_the_other() {
        assert_eq!(
            shown("192.168.0.0/24", 3, 5).unwrap(),
            "192.168.0.0/27 192.168.0.32/27 192.168.0.64/27"
        );
        assert_eq!(
            shown("fd00::/56", 2, 64).unwrap(),
            "fd00::/64 fd00:0:0:1::/64"
        );
    }

    #[test]
    fn what_does_not_fit_is_nothing() {
        for (count, bits) in [(9, 5), (0, 5), (257, 1), (1, 9), (1, 40), (1, -1), (1, 0)] {
            assert_eq!(shown("10.0.0.0/24", count, bits), None, "{count} {bits}");
        }
        assert_eq!(shown("255.255.255.0/24", 2, 8), None);
    }
}
