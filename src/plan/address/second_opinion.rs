//! What another allocator says, which was written by others: `subnet-garden-core`. It takes the lowest free block that fits.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use subnet_garden_core::pool::SubnetPool;

use super::{Request, Space, allocate};
use crate::net::Cidr;

const NETWORK: &str = "10.0.0.0/16";

fn other() -> SubnetPool {
    SubnetPool::new(NETWORK.parse().unwrap())
}

/// What the other allocator gives; nothing when it has no room.
fn ask(pool: &mut SubnetPool, key: &str, prefix_len: u8) -> Option<Cidr> {
    let given = pool.allocate(32 - prefix_len, Some(key)).ok()?;
    Some(given.to_string().parse().unwrap_or_else(|_| host(&given)))
}

/// A block of one address, which the other one writes without its prefix length.
fn host(given: &cidr::IpCidr) -> Cidr {
    format!("{given}/32").parse().unwrap()
}

fn ours(requests: Vec<Request>, held: &BTreeMap<String, Cidr>) -> Option<BTreeMap<String, Cidr>> {
    let blocks = [NETWORK.parse().unwrap()];
    let space = Space {
        blocks: &blocks,
        avoid: &[],
    };
    allocate(space, requests, held)
        .ok()
        .map(|it| it.blocks.into())
}

fn request(key: &str, prefix_len: u8) -> Request {
    Request {
        key: key.to_owned(),
        prefix_len,
        since: 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// In an empty network the biggest come first, and the lowest place is also the one that fits best.
    #[test]
    fn both_fill_an_empty_network_alike(lengths in vec(18_u8..=32, 0..60)) {
        let requests: Vec<_> = lengths.iter().enumerate()
            .map(|(at, length)| request(&format!("{at:02}"), *length))
            .collect();
        let mut order: Vec<_> = requests.iter().collect();
        order.sort_by_key(|it| (Reverse(32 - it.prefix_len), it.key.clone()));
        let mut pool = other();
        let theirs: Option<BTreeMap<String, Cidr>> = order.iter()
            .map(|it| Some((it.key.clone(), ask(&mut pool, &it.key, it.prefix_len)?)))
            .collect();
        prop_assert_eq!(ours(requests, &BTreeMap::new()), theirs);
    }

    /// Among blocks that are held, both find room for one more, or none does.
    #[test]
    fn both_have_room_or_none_has(taken in btree_set(0_u8..64, 0..64), length in 16_u8..=26) {
        let mut pool = other();
        let mut held = BTreeMap::new();
        for block in taken {
            let text = format!("10.0.{}.0/22", u16::from(block) * 4);
            pool.claim(&text.parse().unwrap(), Some(&text)).unwrap();
            held.insert(text.clone(), text.parse().unwrap());
        }
        let theirs = ask(&mut pool, "one", length);
        let ours = ours(vec![request("one", length)], &held);
        prop_assert_eq!(ours.is_some(), theirs.is_some());
    }
}
