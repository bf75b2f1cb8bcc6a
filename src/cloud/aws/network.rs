//! Networks, subnets and their blocks.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};
use crate::net::Cidr;

/// A VPC.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Vpc {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// Its first address space.
    pub cidr: Cidr,
    /// Whether it has a DNS server.
    pub dns_support: bool,
    /// Whether instances get DNS names. With it and `dns_support`, private names of endpoints work
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>).
    pub dns_names: bool,
}

/// One more address space of a VPC.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpcCidr {
    /// Its id.
    pub id: ResourceId,
    /// The VPC.
    pub vpc: Term,
    /// The block.
    pub block: Block,
}

/// A block that a template says or leaves to AWS.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// This block.
    Known(Cidr),
    /// A block of public IPv6 addresses of this length, which AWS picks during the deploy: for a VPC, a /56
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>).
    SomeIpv6(u8),
}

/// A subnet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Subnet {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// Its block.
    pub cidr: Cidr,
    /// Its block of IPv6, where it has one.
    pub ipv6: Option<Block>,
    /// The availability zone's name.
    pub zone: Term,
    /// Whether an instance gets a public address when nobody says otherwise.
    pub public_addresses: bool,
    /// Whether an instance gets an address of IPv6 when nobody says otherwise.
    pub ipv6_addresses: bool,
    /// What must stand before it is made: the address space that its block is of, where that is not the VPC's first.
    pub after: Vec<Term>,
}
