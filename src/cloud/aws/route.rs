//! Route tables, who uses them, and the routes in them.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};
use crate::net::Cidr;

/// A route table. The routes to the VPC's own blocks are in every table and stand in no template.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RouteTable {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// Why it has the routes that it has, for whoever reads the template.
    pub note: Option<String>,
}

/// Which table a subnet uses. A subnet without one uses the VPC's main table, which no template shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RouteTableAssociation {
    /// Its id.
    pub id: ResourceId,
    /// The table.
    pub table: Term,
    /// The subnet.
    pub subnet: Term,
}

/// Which tables learn routes from a VPN gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RoutePropagation {
    /// Its id.
    pub id: ResourceId,
    /// The tables.
    pub tables: Vec<Term>,
    /// The gateway.
    pub gateway: Term,
}

/// A route.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Route {
    /// Its id.
    pub id: ResourceId,
    /// The table that it stands in.
    pub table: Term,
    /// Where the traffic is going.
    pub destination: RouteDestination,
    /// What takes it there.
    #[serde(flatten)]
    pub target: RouteTarget,
    /// What must stand before it is made: a gateway's attachment, without which AWS refuses the route.
    pub after: Vec<Term>,
}

/// Where the traffic of a [`Route`] is going.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(untagged)]
pub enum RouteDestination {
    /// To a block of addresses.
    Cidr(Cidr),
    /// To every block of a prefix list.
    PrefixList(Term),
}

/// What takes the traffic of a [`Route`], by the property that names it:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html>.
///
/// A term that is a resource of the template says by its kind what it is. A parameter says no more than this.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteTarget {
    /// An Internet gateway, a VPN gateway, or the text `local`.
    Gateway(Term),
    /// A NAT gateway.
    NatGateway(Term),
    /// An egress-only Internet gateway.
    EgressOnlyGateway(Term),
    /// A peering connection.
    Peering(Term),
    /// A transit gateway.
    TransitGateway(Term),
    /// An instance that forwards what it gets.
    Instance(Term),
    /// The interface of something that forwards what it gets.
    Interface(Term),
    /// An endpoint of a Gateway Load Balancer.
    Endpoint(Term),
    /// A gateway of an Outpost, of a telephone network or of a core network.
    OtherGateway(Term),
}

impl RouteTarget {
    /// What is named.
    #[must_use]
    pub fn term(&self) -> &Term {
        match self {
            Self::Gateway(term)
            | Self::NatGateway(term)
            | Self::EgressOnlyGateway(term)
            | Self::Peering(term)
            | Self::TransitGateway(term)
            | Self::Instance(term)
            | Self::Interface(term)
            | Self::Endpoint(term)
            | Self::OtherGateway(term) => term,
        }
    }
}
