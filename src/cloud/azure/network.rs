//! Virtual networks, subnets, routes and public addresses.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};
use crate::net::{Cidr, IpVersion};

/// A virtual network.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VirtualNetwork {
    /// What others call it.
    pub id: ResourceId,
    /// Its blocks of addresses.
    pub address_space: Vec<Cidr>,
}

/// A subnet of a virtual network.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Subnet {
    /// What others call it; the virtual network's name stands first.
    pub id: ResourceId,
    /// Name of the virtual network that it is in.
    pub network: Term,
    /// Its blocks of addresses.
    pub prefixes: Vec<Cidr>,
    /// Whether Azure gives its machines a way out of its own accord. What is meant when a template says nothing
    /// depends on the API's version, so that it is always said
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access>).
    pub default_outbound_access: bool,
    /// Its route table.
    pub route_table: Option<Term>,
    /// Its NAT gateway.
    pub nat_gateway: Option<Term>,
    /// The network security group of the whole subnet.
    pub network_security_group: Option<Term>,
}

/// A route table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RouteTable {
    /// What others call it.
    pub id: ResourceId,
    /// Whether its subnets learn the routes of the virtual network's gateway.
    pub gateway_routes: bool,
    /// Its own routes.
    pub routes: Vec<Route>,
}

/// A route.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Route {
    /// Its name in the table.
    pub name: String,
    /// Where to.
    pub prefix: Cidr,
    /// By what.
    pub next_hop: NextHop,
}

/// What a route leads to, in Azure's words.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum NextHop {
    /// The virtual network's VPN gateway.
    VirtualNetworkGateway,
    /// The virtual network itself.
    VnetLocal,
    /// The Internet.
    Internet,
    /// The machine with this address. None of ours leads to one.
    VirtualAppliance(Term),
    /// Nothing: what goes there is dropped.
    None,
}

/// A NAT gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NatGateway {
    /// What others call it.
    pub id: ResourceId,
    /// The public addresses that it sends from.
    pub public_ips: Vec<Term>,
    /// Minutes after which it forgets an idle connection, 4 to 120.
    pub idle_minutes: u8,
}

/// A public address. Ours are static ones.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PublicIp {
    /// What others call it.
    pub id: ResourceId,
    /// Its make.
    pub sku: AddressSku,
    /// The version of IP that it is of.
    pub version: IpVersion,
    /// The zones that it survives in: all three, one, or none named.
    pub zones: Vec<String>,
}

/// The make of a public address or of a load balancer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum AddressSku {
    /// Open unless a rule closes it. None can be made any more
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance>).
    Basic,
    /// Closed unless a rule opens it.
    Standard,
}

/// A block of public IPv4 addresses that follow each other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PublicIpPrefix {
    /// What others call it.
    pub id: ResourceId,
    /// Its prefix length, 28 to 31.
    pub length: u8,
    /// The zones that it survives in.
    pub zones: Vec<String>,
}
