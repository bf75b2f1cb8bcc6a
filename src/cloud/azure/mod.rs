//! Azure: typed resources, the lowering from a plan, and the limits that Azure sets.

use serde::{Deserialize, Serialize};

/// A type of Azure resource, or a part of one that others refer to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Kind {
    /// A virtual network.
    VirtualNetwork,
    /// A subnet of a virtual network.
    Subnet,
}

/// A resource of Azure.
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
