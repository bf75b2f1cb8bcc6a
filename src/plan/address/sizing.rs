//! How big blocks have to be: for hosts, for zones, and for everything at once.

use crate::net::Cidr;

/// The longest prefix whose block holds `hosts` addresses beside the `reserved` ones, or nothing when even the whole
/// address space is too small. `address_bits` is 32 (IPv4) or 128 (IPv6).
///
/// Both AWS and Azure reserve five addresses of every subnet
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>,
/// <https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq>).
#[must_use]
pub fn prefix_len_for_hosts(hosts: u64, reserved: u64, address_bits: u8) -> Option<u8> {
    let needed = u128::from(hosts) + u128::from(reserved);
    (0..=address_bits)
        .rev()
        .find(|&prefix_len| addresses(address_bits, prefix_len) >= needed)
}

/// By how many bits the block of a zone group is shorter in its prefix than the block of one zone.
///
/// The group has room for `max_zones` zones, rounded up to a power of two: for three zones that is 2.
#[must_use]
pub fn zone_slots(max_zones: u8) -> u8 {
    (0..8)
        .find(|&bits| 1_u16 << bits >= max_zones.into())
        .unwrap_or(8)
}

/// The block of one zone, counted from 1, in the block of its zone group.
///
/// A zone's place depends on nothing but its number, so a zone that is added later moves no other. Nothing when there
/// is no such zone or the group has no room for it.
#[must_use]
pub fn zone_block(group: Cidr, member_prefix_len: u8, zone: u8) -> Option<Cidr> {
    let slot = zone.checked_sub(1)?;
    let bits = member_prefix_len.checked_sub(group.prefix_len())?;
    let room = 1_u128.checked_shl(bits.into()).unwrap_or(u128::MAX);
    if u128::from(slot) >= room {
        return None;
    }
    // From the top bit of the slot down, each bit says which half to go into.
    (0..bits).rev().try_fold(group, |block, bit| {
        let (low, high) = block.halves()?;
        let upper = slot.checked_shr(bit.into()).unwrap_or(0) & 1 == 1;
        Some(if upper { high } else { low })
    })
}

/// The number of addresses of a block, `u128::MAX` for the whole of IPv6.
pub(super) fn addresses(address_bits: u8, prefix_len: u8) -> u128 {
    let host_bits = address_bits.saturating_sub(prefix_len);
    1_u128.checked_shl(host_bits.into()).unwrap_or(u128::MAX)
}

/// The prefix length of the smallest empty block that holds blocks of all these sizes, or nothing when no block does.
///
/// This is exact in whatever order they are placed. As long as there is one block and nothing to avoid, best fit
/// leaves at most one hole of each size. Then a block fits if and only if as many addresses are free as it has.
pub(super) fn network_for(prefix_lens: impl Iterator<Item = u8>) -> Option<u8> {
    let mut counts = [0_u128; 129];
    let mut shortest = 128;
    for prefix_len in prefix_lens {
        *counts.get_mut(usize::from(prefix_len))? += 1;
        shortest = shortest.min(prefix_len);
    }
    // How many blocks of this size it takes to hold everything that is as small or smaller.
    let mut needed = 0_u128;
    for (prefix_len, count) in (0_u8..=128).zip(counts).rev() {
        needed = needed.div_ceil(2) + count;
        if needed <= 1 && prefix_len <= shortest {
            return Some(prefix_len);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn hosts_share_their_block_with_the_reserved_addresses() {
        assert_eq!(prefix_len_for_hosts(11, 5, 32), Some(28));
        assert_eq!(prefix_len_for_hosts(12, 5, 32), Some(27));
        assert_eq!(prefix_len_for_hosts(3, 5, 32), Some(29));
        assert_eq!(prefix_len_for_hosts(251, 5, 32), Some(24));
        assert_eq!(prefix_len_for_hosts(252, 5, 32), Some(23));
        assert_eq!(prefix_len_for_hosts(0, 0, 32), Some(32));
        assert_eq!(prefix_len_for_hosts(1 << 32, 0, 32), Some(0));
        assert_eq!(prefix_len_for_hosts(1 << 32, 1, 32), None);
        assert_eq!(prefix_len_for_hosts(u64::MAX, u64::MAX, 128), Some(63));
    }

    #[test]
    fn a_zone_group_has_room_for_a_power_of_two_of_zones() {
        let bits: Vec<u8> = [0, 1, 2, 3, 4, 5, 128, 129, 255].map(zone_slots).into();
        assert_eq!(bits, [0, 0, 1, 2, 2, 3, 7, 8, 8]);
    }

    #[test]
    fn each_zone_has_its_own_slot() {
        let group = cidr("10.0.4.0/22");
        let zones: Vec<_> = (0..=5).map(|zone| zone_block(group, 24, zone)).collect();
        assert_eq!(
            zones,
            [
                None,
                Some(cidr("10.0.4.0/24")),
                Some(cidr("10.0.5.0/24")),
                Some(cidr("10.0.6.0/24")),
                Some(cidr("10.0.7.0/24")),
                None,
            ]
        );
    }

    #[test]
    fn a_zone_block_is_never_bigger_than_its_group_nor_smaller_than_an_address() {
        assert_eq!(zone_block(cidr("10.0.0.0/24"), 23, 1), None);
        assert_eq!(zone_block(cidr("10.0.0.0/24"), 33, 1), None);
        assert_eq!(
            zone_block(cidr("10.0.0.0/24"), 24, 1),
            Some(cidr("10.0.0.0/24"))
        );
        assert_eq!(zone_block(cidr("10.0.0.0/24"), 24, 2), None);
        assert_eq!(zone_block(cidr("::/0"), 128, 255), Some(cidr("::fe/128")));
    }

    #[test]
    fn the_network_for_blocks_is_as_big_as_their_sum() {
        let network = |lens: &[u8]| network_for(lens.iter().copied());
        assert_eq!(network(&[24]), Some(24));
        assert_eq!(network(&[24, 24]), Some(23));
        assert_eq!(network(&[24, 25, 26, 26]), Some(23));
        assert_eq!(network(&[24, 25, 26, 26, 32]), Some(22));
        assert_eq!(network(&[1, 1]), Some(0));
        assert_eq!(network(&[1, 1, 128]), None);
        assert_eq!(network(&[128]), Some(128));
    }
}
