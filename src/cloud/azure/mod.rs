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

/// Lowers a plan.
pub fn lower(
    plan: &crate::plan::Plan,
) -> Result<super::Resources<Resource>, Vec<super::LoweringError>> {
    Ok(super::Resources {
        header: super::Header {
            stack: plan.stack.clone(),
            pattern: format!("{}@{}", plan.pattern, plan.version),
            title: plan.title.clone(),
            region: plan.region.clone(),
            tags: plan.tags.clone(),
        },
        parameters: plan.parameters.values().cloned().collect(),
        items: Vec::new(),
        outputs: Vec::new(),
    })
}
