//! Network interfaces, whatever they belong to.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// A network interface, or several that are alike: of an instance, a database, a load balancer, a function in a VPC, an
/// endpoint. For what passes on a network, all of them are one thing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Interface {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag, or that of what it belongs to.
    pub name: String,
    /// The provider's type of what has it, as in `AWS::EC2::Instance`.
    pub what: String,
    /// The resource that has it, where that is a resource of its own here: a function, an endpoint.
    pub owner: Option<Term>,
    /// The subnets that it stands in, one interface in each. Without any, it stands in the account's default VPC. A subnet
    /// group of the template is spelt out.
    pub subnets: Vec<Term>,
    /// The security groups that guard it; an empty list is the VPC's default group. Nothing where no group guards it,
    /// as with a Network Load Balancer that was made without one
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html>).
    pub groups: Option<Vec<Term>>,
    /// Whether it has a public address; nothing where the subnet decides.
    pub public_address: Option<bool>,
    /// The launch template that says what is not said here.
    pub template: Option<Term>,
    /// Whether it may get what is not for it, and pass it on, as a NAT instance does.
    pub forwards: bool,
}

/// Subnets under one name, as databases take them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SubnetGroup {
    /// Its id.
    pub id: ResourceId,
    /// The subnets.
    pub subnets: Vec<Term>,
}
