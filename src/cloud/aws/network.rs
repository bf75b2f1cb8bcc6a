//! Networks, subnets and their blocks.

use std::fmt;

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
    /// The block of IPv6 that it gets, which is a [`VpcCidr`] beside it. Terraform says of a VPC whether AWS gives it one; what is
    /// read has the block as the [`VpcCidr`] alone.
    pub ipv6: Option<Block>,
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
    /// The pool of the customer's own addresses that the block is from: AWS knows a block of IPv6 by it
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html>).
    pub pool: Option<Term>,
}

impl VpcCidr {
    /// The last part of the id of the block of IPv6 that a VPC is made with.
    pub const IPV6: &'static str = "ipv6";
    /// The same of a block of IPv6 that was brought to AWS, and which the VPC gets when it stands.
    pub const BROUGHT: &'static str = "brought-ipv6";
}

/// A block that a template says or leaves to AWS.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// This block.
    Known(Cidr),
    /// A block of public IPv6 addresses of this length, which AWS picks during the deploy: for a VPC, a /56
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>).
    SomeIpv6(u8),
    /// The /64 of this number in a /56 of IPv6 that AWS picks during the deploy.
    Part {
        /// The block that AWS picks: [`Attribute::Ipv6Block`](crate::cloud::Attribute::Ipv6Block) of the VPC.
        of: Term,
        /// 0 to 255.
        number: u8,
    },
}

impl Block {
    /// The block, if a template says it.
    #[must_use]
    pub fn known(&self) -> Option<Cidr> {
        match self {
            Self::Known(block) => Some(*block),
            Self::SomeIpv6(_) | Self::Part { .. } => None,
        }
    }

    /// The same in a VPC, which has no part of what another one is given.
    #[must_use]
    pub fn in_vpc(self, vpc: &Term) -> Self {
        match (&self, vpc) {
            (
                Self::Part {
                    of: Term::Attribute(of, _),
                    ..
                },
                Term::Attribute(vpc, _),
            ) if of == vpc => self,
            (Self::Part { .. }, _) => Self::SomeIpv6(64),
            _ => self,
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(block) => block.fmt(f),
            Self::SomeIpv6(length) => write!(f, "some /{length} of IPv6"),
            Self::Part { number, .. } => write!(f, "/64 number {number}"),
        }
    }
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
