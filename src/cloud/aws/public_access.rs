//! VPC Block Public Access: one setting of an account that stands above routes, and its exceptions.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// What Internet gateways of all VPCs of an account and region refuse.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpcPublicAccess {
    /// Its id.
    pub id: ResourceId,
    /// What is refused.
    pub blocked: BlockedAccess,
}

/// What [`VpcPublicAccess`] refuses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockedAccess {
    /// Nothing.
    Nothing,
    /// What comes in. What goes out through NAT gateways and egress-only gateways passes, with its answers.
    Ingress,
    /// Everything.
    Bidirectional,
}

/// A VPC or a subnet that [`VpcPublicAccess`] does not hold for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpcPublicAccessExclusion {
    /// Its id.
    pub id: ResourceId,
    /// The VPC or the subnet.
    pub of: Term,
    /// Whether all may pass, or only what goes out.
    pub ingress: bool,
}
