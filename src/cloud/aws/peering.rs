//! Ways between VPCs.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// A way between two VPCs, and no further: it does not lead through one to a third
/// (<https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Peering {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that asks for it.
    pub vpc: Term,
    /// The other VPC.
    pub peer: Term,
    /// The account of the other VPC, where the template names one.
    pub peer_account: Option<Term>,
    /// The region of the other VPC, where the template names one.
    pub peer_region: Option<Term>,
}

/// A router between VPCs, VPNs and other regions. What its own tables say is no part of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TransitGateway {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
}

/// What ties a VPC to a transit gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TransitGatewayAttachment {
    /// Its id.
    pub id: ResourceId,
    /// The transit gateway.
    pub gateway: Term,
    /// The VPC.
    pub vpc: Term,
    /// The subnets that it stands in.
    pub subnets: Vec<Term>,
}
