//! IPv6 on AWS: the VPC's block, the /64 of each subnet, and what AWS carries by IPv4 only.
//!
//! Each flow of a network of both versions of IP holds for both, so that what carries one of them only is refused there.

use super::network::vpc_id;
use super::{Lowering, names};
use crate::cloud::aws::{Block, Kind, VpcCidr};
use crate::cloud::{Attribute, ResourceId};
use crate::net::Traffic;
use crate::plan::{Allow, Ipv6, Ipv6Block, Ipv6Space, Network, Subnet};

/// The length of the block that AWS gives
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-ipv6>).
const PROVIDED: u8 = 56;

impl Lowering<'_> {
    /// The VPC's block of IPv6.
    pub(super) fn ipv6(&mut self, network: &Network, ipv6: &Ipv6) {
        self.refuse_ipv6(network);
        let block = whole(ipv6);
        let pool = match &ipv6.space {
            Ipv6Space::Provided => None,
            Ipv6Space::Own { block, pool } => {
                if pool.is_none() {
                    self.unsupported(
                        format!("the IPv6 block {block} without the pool that it is from"),
                        "name the pool of your own addresses with `ipv6_pool`, or write `ipv6: provided` (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-byoip.html)",
                    );
                }
                pool.as_ref().map(names::value)
            }
        };
        self.add(VpcCidr {
            id: space_id(network, ipv6),
            vpc: vpc_id(network).id(),
            block,
            pool,
        });
    }

    fn refuse_ipv6(&mut self, network: &Network) {
        if network.vpn.is_some() {
            self.unsupported(
                "a VPN gateway in a network with IPv6",
                "a VPN gateway carries IPv4 only: leave out `ipv6` (https://docs.aws.amazon.com/vpn/latest/s2svpn/ipv4-ipv6.html)",
            );
        }
        for endpoint in network.endpoints.keys() {
            self.unsupported(
                format!("the endpoint `{endpoint}` in a network with IPv6"),
                "its flows would pass by IPv4 alone: leave out `ipv6` (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html)",
            );
        }
        if network.isolate_zones {
            self.unsupported(
                "zones that are kept apart in a network with IPv6",
                "entries of network ACLs are made for IPv4 only: leave out `isolate_zones`, or `ipv6`",
            );
        }
        let plan = self.plan;
        let icmp = |allow| matches!(allow, Allow::Traffic(Traffic::Icmp(_)));
        for flow in plan.flows.iter().filter(|flow| icmp(flow.allow)) {
            self.unsupported(
                format!(
                    "`{}` from `{}` to `{}` in a network with IPv6",
                    flow.allow, flow.from, flow.to
                ),
                "messages of ICMP have other numbers in IPv6: list ports of TCP and UDP",
            );
        }
    }
}

/// The block of a VPC.
pub(super) fn whole(ipv6: &Ipv6) -> Block {
    let known = ipv6.space.known();
    known.map_or(Block::SomeIpv6(PROVIDED), Block::Known)
}

/// The /64 of a subnet.
pub(super) fn block(network: &Network, member: &Subnet) -> Option<Block> {
    Some(match member.ipv6? {
        Ipv6Block::Known(block) => Block::Known(block),
        Ipv6Block::Part(number) => Block::Part {
            of: vpc_id(network).attribute(Attribute::Ipv6Block),
            number,
        },
    })
}

/// The id of what gives a VPC its block of IPv6.
pub(super) fn space_id(network: &Network, ipv6: &Ipv6) -> ResourceId {
    let name = match ipv6.space {
        Ipv6Space::Provided => VpcCidr::IPV6,
        Ipv6Space::Own { .. } => VpcCidr::BROUGHT,
    };
    vpc_id(network).child(crate::cloud::Kind::Aws(Kind::VpcCidr), name)
}
