//! AWS: typed resources, the lowering from a plan, and the limits that AWS sets.

use serde::{Deserialize, Serialize};

/// A type of AWS resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Kind {
    /// A VPC.
    Vpc,
    /// A subnet.
    Subnet,
}

/// A resource of AWS.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Resource {}

impl super::Resource for Resource {
    fn id(&self) -> &super::ResourceId {
        match *self {}
    }

    fn section(&self) -> super::Section {
        match *self {}
    }
}
