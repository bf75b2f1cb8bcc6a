//! The IPv6 addresses of a network: a block that is given, and a /64 of it for each subnet of instances.
//!
//! They are placed by the same allocator as those of IPv4, keyed by the names of subnets. What a cloud makes of them is not
//! known here.

use std::collections::BTreeMap;

use super::fence::{self, Fence};
use super::network::refuse_overlap;
use super::place::{Ground, Wanted};
use super::reader::Reader;
use crate::diag::{Code, Diagnostics, Place};
use crate::net::{Cidr, IpVersion};
use crate::plan::{Ipv6, Purpose, Recorded, SubnetGroup, Wish};
use crate::yaml::Node;

/// The size of every subnet: Azure takes no other
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#capabilities>), and AWS gives this one
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
const SUBNET: u8 = 64;

/// The largest block that a network can have: a site has a /48 (<https://www.rfc-editor.org/rfc/rfc6177>).
const LARGEST: u8 = 48;

/// Addresses that networks have: unique local ones (<https://www.rfc-editor.org/rfc/rfc4193>), and those that are given out
/// for the Internet (<https://www.iana.org/assignments/ipv6-address-space>).
const USABLE: [&str; 2] = ["fd00::/8", "2000::/3"];

/// A network's block of IPv6, and where it is written.
pub(super) struct Given {
    pub(super) block: Cidr,
    pub(super) place: Place,
}

/// The block that stands here; nothing when its condition does not hold.
pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Given> {
    let place = reader.origin(node);
    let blocks = reader.cidrs(node);
    let (&block, others) = blocks.split_first()?;
    let mut refuse = |code, message, help: &str| reader.push(code, message, &place, help);
    if block.version() != IpVersion::V6 || !others.is_empty() {
        refuse(
            Code::InvalidCidr,
            format!("`{block}` is not the one IPv6 block of a network"),
            "right would be a block such as `fd00:1234::/48`",
        );
        return None;
    }
    if !(LARGEST..=SUBNET).contains(&block.prefix_len()) {
        refuse(
            Code::NetworkSize,
            format!("`{block}` cannot be the IPv6 block of a network"),
            "it must be from a /48 to a /64: each subnet gets a /64 of it",
        );
        return None;
    }
    let usable = USABLE.iter().filter_map(|text| text.parse::<Cidr>().ok());
    if !usable.into_iter().any(|usable| usable.contains(block)) {
        refuse(
            Code::InvalidCidr,
            format!("`{block}` is no block that a network can have"),
            "take one of your own out of `2000::/3`, or a private one out of `fd00::/8`",
        );
        return None;
    }
    Some(Given { block, place })
}

/// What is forbidden of a network's block of IPv6. A block that is forbidden itself, or lies in the datacenter, is refused.
pub(super) fn fences<'a>(
    given: Option<&Given>,
    all: &[Fence<'a>],
    datacenter: &[Cidr],
    reader: &mut Reader<'_>,
) -> Vec<Fence<'a>> {
    let Some(given) = given else {
        return Vec::new();
    };
    let blocks = [given.block];
    refuse_overlap(&blocks, &given.place, datacenter, reader);
    fence::refuse(&blocks, &given.place, all, datacenter, &mut reader.diags);
    let within = all.iter().filter(|it| given.block.overlaps(it.range));
    within.copied().collect()
}

impl Given {
    /// Gives every subnet of instances its block of IPv6, and says what is left. `ground` is what there is of IPv4.
    pub(super) fn place(
        &self,
        ground: &Ground<'_>,
        fences: &[Fence<'_>],
        recorded: &BTreeMap<String, Recorded>,
        groups: &mut [SubnetGroup],
        diags: &mut Diagnostics,
    ) -> Option<Ipv6> {
        let of_instances = |group: &&mut SubnetGroup| group.purpose == Purpose::Instances;
        let mut groups: Vec<_> = groups.iter_mut().filter(of_instances).collect();
        let wanted: Vec<_> = groups.iter().map(|group| wanted(group)).collect();
        // Environments with the same addresses have the same subnets of both versions of IP.
        let wishes = ground.wishes.iter().map(|(name, wish)| {
            let wish = Wish {
                prefix_len: SUBNET,
                ..*wish
            };
            (name.clone(), wish)
        });
        let ground = Ground {
            cidrs: &[self.block],
            fences,
            place: &self.place,
            recorded,
            wishes: &wishes.collect(),
            ..*ground
        };
        let (placed, free) = ground.place(&wanted, diags)?;
        for (group, placed) in groups.iter_mut().zip(placed) {
            group.ipv6_room = Some(placed.room);
            for (member, placed) in group.members.iter_mut().zip(placed.members) {
                member.ipv6 = Some(placed.cidr);
            }
        }
        Some(Ipv6 {
            block: self.block,
            free,
        })
    }
}

fn wanted(group: &SubnetGroup) -> Wanted {
    Wanted {
        name: group.name.clone(),
        purpose: group.purpose,
        default_route: group.default_route,
        prefix_len: SUBNET,
        spread: group.members.iter().any(|member| member.zone.is_some()),
        since: group.since,
        pinned: None,
    }
}
