//! What each cloud calls it: typed resources, and the lowering that makes them from a plan.
//!
//! The room knows plans. It knows no text format: the same resources become CloudFormation or Terraform, and a
//! reader makes the same resources from the text again.

pub mod aws;
pub mod azure;
pub mod change;
mod joined;
mod path;
mod placed;
mod term;
pub(crate) mod told;

use indexmap::IndexMap;

use crate::net::Cidr;

pub use crate::plan::{DeployKind as ParameterKind, DeployParameter as Parameter};
pub use change::Standing;
pub use joined::Joined;
pub use path::Path;
pub use placed::{Part, Placed, Unknown};
pub use term::{Attribute, Environment, Kind, ResourceId, TERM_KEY, Term};

/// The resources of one template, with what stands around them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resources<R> {
    /// What the template says of itself.
    pub header: Header,
    /// What the deployer gives, in order: only what a resource uses.
    pub parameters: Vec<Parameter>,
    /// The resources, in the order in which a reader meets them.
    pub items: Vec<R>,
    /// What the next team needs to know after the deploy.
    pub outputs: Vec<Output>,
}

/// What a template says of itself.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Header {
    /// Name of the stack, with its environment where it has several.
    pub stack: String,
    /// Id and version of the pattern, as in `aws-private-vpn@1.0.0`.
    pub pattern: String,
    /// Title of the pattern.
    pub title: String,
    /// Region or location, where the stack names one.
    pub region: Option<String>,
    /// Tags of every resource that can carry tags, in order.
    pub tags: IndexMap<String, String>,
}

/// A value that a template gives back after the deploy.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Output {
    /// Name in snake case.
    pub name: String,
    /// One sentence.
    pub help: String,
    /// The value.
    pub value: Term,
    /// Whether the value must not be printed.
    pub secret: bool,
}

/// A file that goes out beside a template, as a function's code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
pub struct Asset {
    /// Path under `templates/functions/`, as in `launch/index.py`.
    pub path: String,
}

/// A resource of either cloud.
pub trait Resource: serde::Serialize {
    /// What other resources call it.
    fn id(&self) -> &ResourceId;
    /// The part of the template that it stands in.
    fn section(&self) -> Section;
    /// What a part of it says of itself, for people.
    fn description(&self, _: Part) -> Option<&str> {
        None
    }
    /// What of it the cloud cannot change where it stands, each property with what it says, for comparison only.
    fn fixed(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// Its blocks, as people are told of them, when it is a subnet.
    fn subnet(&self) -> Option<Vec<String>> {
        None
    }
    /// The files that it takes with it.
    fn assets(&self) -> Vec<&Asset> {
        Vec::new()
    }
}

/// The parts of a template, in the order in which a reader meets them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Section {
    /// Networks and subnets.
    Network,
    /// Route tables and the gateways that they point to.
    Routing,
    /// The VPN.
    Vpn,
    /// Security groups, NSGs, NACLs.
    Filters,
    /// Load balancers.
    Balancing,
    /// Instances.
    Compute,
    /// Buckets.
    Storage,
    /// Functions, events, topics.
    Services,
    /// Roles and what they may do.
    Access,
    /// Logs.
    Logs,
}

impl Section {
    /// The heading above the section.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Network => "Network",
            Self::Routing => "Routing",
            Self::Vpn => "VPN to the datacenter",
            Self::Filters => "Who may reach whom",
            Self::Balancing => "Load balancing",
            Self::Compute => "Instances",
            Self::Storage => "Buckets",
            Self::Services => "Functions, events and messages",
            Self::Access => "Roles and their permissions",
            Self::Logs => "Logs",
        }
    }

    /// The name of the section's file, where a format has several.
    #[must_use]
    pub fn file_stem(self) -> &'static str {
        match self {
            Self::Network => "main",
            Self::Routing => "routing",
            Self::Vpn => "vpn",
            Self::Filters => "security",
            Self::Balancing => "load_balancing",
            Self::Compute => "compute",
            Self::Storage => "storage",
            Self::Services => "services",
            Self::Access => "access",
            Self::Logs => "logs",
        }
    }
}

/// Something that the cloud would refuse, found while a plan is lowered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LoweringError {
    /// A limit of the cloud.
    #[error("{what} would have {count}, and {cloud} allows {limit}")]
    Limit {
        /// What is too large, in the user's words.
        what: String,
        /// How many there would be.
        count: usize,
        /// How many there may be.
        limit: usize,
        /// Whose limit it is.
        cloud: &'static str,
        /// Where the provider says so.
        source_page: &'static str,
    },
    /// A text that the cloud does not take where the user wants it.
    #[error("{what} has {found}, which {cloud} does not take there")]
    Text {
        /// Which text, in the user's words.
        what: String,
        /// What is wrong in it.
        found: String,
        /// Whose rule it is.
        cloud: &'static str,
        /// What would be right.
        help: String,
    },
    /// A block of addresses that is too big or too small.
    #[error("{what} has the block {block}, which {cloud} does not take there")]
    Size {
        /// Whose block, in the user's words.
        what: String,
        /// The block.
        block: Cidr,
        /// Whose rule it is.
        cloud: &'static str,
        /// What would be right.
        help: String,
    },
    /// Something in the plan that this cloud cannot do.
    #[error("{what} is not possible on {cloud}")]
    Unsupported {
        /// What, in the user's words.
        what: String,
        /// Whose limit it is.
        cloud: &'static str,
        /// What would be right.
        help: String,
    },
}
