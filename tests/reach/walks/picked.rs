//! What AWS picks during a deploy, picked before a walk: a walker knows every address.

use std::collections::BTreeMap;

use patternbook::cloud::Term;
use patternbook::cloud::aws::{Block, Resource};
use patternbook::net::Cidr;

/// The same resources with blocks of IPv6 in the place of those that AWS picks: one for each VPC, the one behind the other from
/// the block of this number. A subnet of which nobody knows the number has one that no other has.
pub(crate) fn picked(resources: &[Resource], from: u8) -> Vec<Resource> {
    let mut vpcs: BTreeMap<Term, u8> = BTreeMap::new();
    let mut others = 0..=u8::MAX;
    let mut whole = |vpc: &Term| -> u8 {
        let next = u8::try_from(vpcs.len()).unwrap();
        from.wrapping_add(*vpcs.entry(vpc.clone()).or_insert(next))
    };
    let resources = resources.iter().cloned().map(|mut resource| {
        match &mut resource {
            Resource::VpcCidr(it) if it.block.known().is_none() => {
                it.block = Block::Known(block(whole(&it.vpc), 0, 56));
            }
            Resource::Subnet(it) => {
                let vpc = it.vpc.clone();
                let number = match &it.ipv6 {
                    Some(Block::Part { number, .. }) => Some(*number),
                    Some(Block::SomeIpv6(_)) => others.next_back(),
                    _ => None,
                };
                if let Some(number) = number {
                    it.ipv6 = Some(Block::Known(block(whole(&vpc), number, 64)));
                }
            }
            _ => {}
        }
        resource
    });
    resources.collect()
}

/// A part of a block that AWS could pick.
fn block(whole: u8, part: u8, length: u8) -> Cidr {
    format!("2600:1f18:ab00:{whole:x}{part:02x}::/{length}")
        .parse()
        .unwrap()
}
