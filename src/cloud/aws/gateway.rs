//! Gateways between a VPC and the Internet, and the public addresses that AWS keeps for them.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// What a VPC reaches the Internet through, and is reached through.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct InternetGateway {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
}

/// What ties an Internet gateway to a VPC. Without it, a route to the gateway leads nowhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct InternetGatewayAttachment {
    /// Its id.
    pub id: ResourceId,
    /// The VPC.
    pub vpc: Term,
    /// The gateway.
    pub gateway: Term,
}

/// What lets a VPC reach the Internet over IPv6, and is never reached through
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EgressOnlyInternetGateway {
    /// Its id.
    pub id: ResourceId,
    /// The VPC.
    pub vpc: Term,
}

/// What lets private addresses reach elsewhere under its own address. It takes the route of the subnet that it stands in
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NatGateway {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The subnet that it stands in.
    pub subnet: Term,
    /// Whether it has a public address. A private one leads to other networks only.
    pub public: bool,
    /// Its public address, where a template says which.
    pub address: Option<Term>,
    /// What must stand before it is made: a way to the Internet
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html>).
    pub after: Vec<Term>,
}

/// A public address that stays the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ElasticIp {
    /// Its id.
    pub id: ResourceId,
    /// The instance that has it, where the address says so itself.
    pub target: Option<Term>,
    /// What must stand before it is made: a way to the Internet
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html>).
    pub after: Vec<Term>,
}

/// What gives a public address to an instance or to one of its interfaces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ElasticIpAssociation {
    /// Its id.
    pub id: ResourceId,
    /// The address.
    pub address: Term,
    /// The instance or the interface.
    pub target: Term,
}
