//! The IPv6 addresses of a network: a block of the user's own or one that the cloud gives, and a /64 of it for each subnet of
//! instances.
//!
//! They are placed by the same allocator as those of IPv4, keyed by the names of subnets. What a cloud makes of them is not
//! known here.

use litemap::LiteMap;

use super::fence::{self, Fence};
use super::network::refuse_overlap;
use super::place::{Ground, Wanted};
use super::reader::Reader;
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::{Cidr, IpVersion};
use crate::plan::{Cloud, Ipv6, Ipv6Space, Purpose, Recorded, SubnetGroup, Wish};
use crate::spec::PROVIDED;
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

/// The smallest block of a user's own that AWS takes, and by how much longer each bigger one's prefix is
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-ipv6>).
const AWS_SMALLEST: u8 = 60;
const AWS_STEP: u8 = 4;

/// Public addresses, which are all that AWS takes from a user's own pool
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-byoip.html>).
const PUBLIC: &str = "2000::/3";

/// A network's block of IPv6, and where it is written.
pub(super) struct Given {
    space: Ipv6Space,
    place: Place,
}

/// The block that stands here; nothing when its condition does not hold. `pool` is where the pool is named that it is from.
pub(super) fn read(
    node: &Node,
    pool: Option<&Node>,
    cloud: Cloud,
    reader: &mut Reader<'_>,
) -> Option<Given> {
    let place = reader.origin(node);
    let texts = reader.texts(node);
    let space = match texts.as_slice() {
        [] => return None,
        [text] if text == PROVIDED && cloud == Cloud::Azure => {
            reader.push(
                Code::Unsupported,
                "Azure gives a network no block of IPv6",
                &place,
                "right would be a block of your own, such as `fd00:1234::/48`",
            );
            return None;
        }
        [text] if text == PROVIDED => Ipv6Space::Provided,
        texts => {
            let blocks = reader.parse_cidrs(texts, node);
            let block = own_block(&blocks, cloud, &place, reader)?;
            let pool = pool.and_then(|node| reader.bound_text(node));
            Ipv6Space::Own { block, pool }
        }
    };
    Some(Given { space, place })
}

/// The one block of IPv6 that a network of this cloud can have.
fn own_block(
    blocks: &[Cidr],
    cloud: Cloud,
    place: &Place,
    reader: &mut Reader<'_>,
) -> Option<Cidr> {
    let (&block, others) = blocks.split_first()?;
    let mut refuse = |code, message, help: &str| {
        reader.push(code, message, place, help);
        None
    };
    if block.version() != IpVersion::V6 || !others.is_empty() {
        return refuse(
            Code::InvalidCidr,
            format!("`{block}` is not the one IPv6 block of a network"),
            "right would be a block such as `fd00:1234::/48`",
        );
    }
    let length = block.prefix_len();
    let sized = (LARGEST..=SUBNET).contains(&length);
    let on_aws = || length <= AWS_SMALLEST && length.is_multiple_of(AWS_STEP);
    if !sized || (cloud == Cloud::Aws && !on_aws()) {
        return refuse(
            Code::NetworkSize,
            format!("`{block}` cannot be the IPv6 block of a network"),
            match cloud {
                Cloud::Azure => "it must be from a /48 to a /64: each subnet gets a /64 of it",
                Cloud::Aws => "it must be a /48, /52, /56 or /60: each subnet gets a /64 of it",
            },
        );
    }
    let usable: &[&str] = match cloud {
        Cloud::Azure => &USABLE,
        Cloud::Aws => &[PUBLIC],
    };
    let mut usable = usable.iter().filter_map(|text| text.parse::<Cidr>().ok());
    if !usable.any(|usable| usable.contains(block)) {
        return refuse(
            Code::InvalidCidr,
            format!("`{block}` is no block that a network can have"),
            match cloud {
                Cloud::Azure => {
                    "take one of your own out of `2000::/3`, or a private one out of `fd00::/8`"
                }
                Cloud::Aws => {
                    "take one out of `2000::/3` that you have brought to AWS, or write `provided`"
                }
            },
        );
    }
    Some(block)
}

/// What is forbidden of a network's block of IPv6. A block that is forbidden itself, or lies in the datacenter, is refused.
pub(super) fn fences<'a>(
    given: Option<&Given>,
    all: &[Fence<'a>],
    datacenter: &[Cidr],
    reader: &mut Reader<'_>,
) -> Vec<Fence<'a>> {
    // What the cloud gives, nobody has, and nobody forbids.
    let Some((given, block)) = given.and_then(|given| Some((given, given.space.known()?))) else {
        return Vec::new();
    };
    refuse_overlap(&[block], &given.place, datacenter, reader);
    fence::refuse(&[block], &given.place, all, datacenter, &mut reader.diags);
    let within = all.iter().filter(|it| block.overlaps(it.range));
    within.copied().collect()
}

impl Given {
    /// Gives every subnet of instances its block of IPv6, and says what is left. `ground` is what there is of IPv4.
    pub(super) fn place(
        &self,
        ground: &Ground<'_>,
        fences: &[Fence<'_>],
        recorded: &LiteMap<String, Recorded>,
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
            cidrs: &[self.space.ground()],
            fences,
            place: &self.place,
            recorded,
            wishes: &wishes.collect(),
            ..*ground
        };
        let mut found = Diagnostics::new();
        let placed = ground.place(&wanted, &mut found);
        diags.extend(found.into_iter().map(|it| self.said(it)));
        let (placed, free) = placed?;
        for (group, placed) in groups.iter_mut().zip(placed) {
            group.ipv6_room = Some(placed.room);
            for (member, placed) in group.members.iter_mut().zip(placed.members) {
                member.ipv6 = Some(self.space.part(placed.cidr));
            }
        }
        Some(Ipv6 {
            space: self.space.clone(),
            free,
        })
    }
}

impl Given {
    /// What is wrong, in words for a block that nobody knows yet.
    fn said(&self, diagnostic: Diagnostic) -> Diagnostic {
        if self.space != Ipv6Space::Provided || diagnostic.code != Code::DoesNotFit {
            return diagnostic;
        }
        let message = "the /56 of IPv6 that AWS gives has no room for all subnets";
        Diagnostic::new(Code::DoesNotFit, message)
            .at(self.place.clone())
            .help("it has 256, and room for all zones that there may be is kept: ask for fewer subnets, or bring a bigger block")
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
