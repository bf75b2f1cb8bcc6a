//! Network interfaces: what ties a machine to subnets. Templates of others have them; ours are parts of scale sets.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};
use crate::net::IpVersion;

/// A network interface of a virtual machine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Interface {
    /// What others call it.
    pub id: ResourceId,
    /// Its network security group, by id.
    pub network_security_group: Option<Term>,
    /// Whether it takes what is for other addresses, as that of a virtual appliance does.
    pub forwarding: bool,
    /// Its addresses; all are of one virtual network.
    pub configurations: Vec<IpConfiguration>,
}

/// An address of a network interface.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct IpConfiguration {
    /// Its name in the interface.
    pub name: String,
    /// The version of IP that it is of.
    pub version: IpVersion,
    /// Its subnet, by id.
    pub subnet: Term,
    /// The address, where it is fixed.
    pub address: Option<Term>,
    /// Its public address, by id.
    pub public_ip: Option<Term>,
    /// Its application security groups, by id.
    pub groups: Vec<Term>,
    /// The pools that it is in, by id.
    pub pools: Vec<Term>,
    /// The inbound NAT rules that lead to it, by id.
    pub nat_rules: Vec<Term>,
}
