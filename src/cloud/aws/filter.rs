//! Security groups and network ACLs.

use serde::Serialize;

use super::RuleTraffic;
use crate::cloud::{ResourceId, Term};
use crate::net::Cidr;

/// The group that a VPC makes by itself, and that everything gets which is launched without one.
///
/// Terraform can empty it. CloudFormation has no resource for it
/// (<https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/658>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DefaultSecurityGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
}

/// A security group with its rules. Nothing else passes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// What may come in: from addresses first, then from groups.
    pub ingress: Vec<Rule>,
    /// What may go out: to addresses first, then to groups.
    pub egress: Vec<Rule>,
}

/// A rule of a security group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Rule {
    /// Its name among the rules of its direction, made of the peer and the traffic.
    pub name: String,
    /// The other end.
    pub peer: RulePeer,
    /// What passes.
    pub traffic: RuleTraffic,
    /// The reason.
    pub description: String,
}

/// The other end of a [`Rule`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RulePeer {
    /// A block of addresses.
    Cidr(Cidr),
    /// The members of a group.
    Group(Term),
    /// The addresses of a service of AWS.
    PrefixList {
        /// The list's id, of the endpoint that leads to the service.
        of_endpoint: Term,
        /// The list's id, from the deployer: CloudFormation does not tell the endpoint's.
        given: Term,
        /// How many rules it counts for.
        weight: usize,
    },
}

/// A rule for a group that the template does not have as a [`SecurityGroup`]: the one that a VPC makes by itself, or one
/// that the deployer names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SecurityGroupRule {
    /// Its id.
    pub id: ResourceId,
    /// The group.
    pub group: Term,
    /// Which way it lets traffic pass.
    pub direction: Direction,
    /// What it lets pass.
    pub rule: Rule,
}

/// The direction of a [`SecurityGroupRule`], as the group's members see it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into them.
    Ingress,
    /// Out of them.
    Egress,
}

/// A network ACL: a filter without memory at the edge of subnets. What no entry allows is denied.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NetworkAcl {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// The subnets that it guards, with a name for each.
    pub subnets: Vec<Term>,
    /// Entries for what comes in, by number.
    pub ingress: Vec<AclEntry>,
    /// Entries for what goes out, by number.
    pub egress: Vec<AclEntry>,
}

/// An entry of a network ACL.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AclEntry {
    /// The lowest number that fits decides.
    pub number: u16,
    /// What happens.
    pub effect: Effect,
    /// The other end.
    pub cidr: Cidr,
    /// What passes or does not.
    pub traffic: RuleTraffic,
    /// The reason.
    pub why: String,
}

/// What an entry of a network ACL does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Lets it pass.
    Allow,
    /// Drops it.
    Deny,
}
