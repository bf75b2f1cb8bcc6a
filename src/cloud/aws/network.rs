//! Networks, subnets, routes and gateway endpoints.

use serde::Serialize;

use super::Policy;
use crate::cloud::{ResourceId, Term};
use crate::net::Cidr;

/// A VPC. DNS support and DNS host names are on: gateway endpoints need both
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Vpc {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// Its address space.
    pub cidr: Cidr,
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
    /// The availability zone's name.
    pub zone: Term,
    /// Whether an instance gets a public address when nobody says otherwise.
    pub public_addresses: bool,
}

/// A route table.
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

/// A route to a VPN gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Route {
    /// Its id.
    pub id: ResourceId,
    /// The table that it stands in.
    pub table: Term,
    /// Where the traffic is going.
    pub destination: Cidr,
    /// The VPN gateway that takes it there.
    pub gateway: Term,
    /// What must stand before it is made: the gateway's attachment, without which AWS refuses the route.
    pub after: Vec<Term>,
}

/// A gateway endpoint: a route to a service of AWS that costs nothing and does not cross the Internet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpcEndpoint {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// The service's name, as in `com.amazonaws.eu-west-1.s3`.
    pub service: Term,
    /// The tables that get the route.
    pub tables: Vec<Term>,
    /// What may be done through it.
    pub policy: Policy,
}
