//! Log groups and flow logs.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// A log group. `CloudWatch` encrypts it with its own key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LogGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// Its own name, where it is the name that a function writes to unless told otherwise; else AWS or Terraform makes one.
    pub path: Option<String>,
    /// Days for which its entries are kept.
    pub days: u32,
    /// Whether it outlives its stack, as evidence must.
    pub keep: bool,
}

/// The record of a VPC's traffic, what passed and what was refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FlowLog {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC.
    pub vpc: Term,
    /// The log group's ARN.
    pub log_group: Term,
    /// The ARN of the role that writes.
    pub role: Term,
}
