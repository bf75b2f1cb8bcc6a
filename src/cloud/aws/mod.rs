//! AWS: typed resources, the lowering from a plan, and the limits that AWS sets.
//!
//! The types hold what a template can say and a reader can read back; how a format writes it (a rule inside its group
//! or beside it, a bucket as one resource or as six) is the templates' business.

mod compute;
mod filter;
mod iam;
mod limits;
mod logs;
mod lower;
mod network;
mod policy;
mod service;
mod storage;
mod vpn;

use serde::{Deserialize, Serialize};

pub use compute::{AutoScalingGroup, Image, LaunchTemplate, Shutdown};
pub use filter::{
    AclEntry, AclTraffic, DefaultSecurityGroup, Effect, NetworkAcl, Rule, RulePeer, SecurityGroup,
};
pub use iam::{InstanceProfile, Role};
pub use logs::{FlowLog, LogGroup};
#[cfg(test)]
pub(crate) use lower::fixtures;
pub use lower::lower;
pub use network::{Route, RouteTable, RouteTableAssociation, Subnet, Vpc, VpcEndpoint};
pub use policy::{Condition, Decision, Policy, Principal, Statement};
pub use service::{EventRule, Function, Permission, Subscription, Topic, TopicPolicy};
pub use storage::{Archive, Bucket, BucketPolicy};
pub use vpn::{
    CustomerGateway, Tunnel, VpnConnection, VpnConnectionRoute, VpnGateway, VpnGatewayAttachment,
};

use super::{Asset, ResourceId, Section};

/// Makes [`Kind`] and [`Resource`] of one list: a resource type is its struct, its section, and a line here.
macro_rules! resources {
    ($($(#[$doc:meta])* $name:ident in $section:ident;)+) => {
        /// A type of AWS resource.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        /// A resource of AWS.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize)]
        #[serde(untagged)]
        pub enum Resource {
            $($(#[$doc])* $name($name),)+
        }

        impl super::Resource for Resource {
            fn id(&self) -> &ResourceId {
                match self {
                    $(Self::$name(resource) => &resource.id,)+
                }
            }

            fn section(&self) -> Section {
                match self {
                    $(Self::$name(_) => Section::$section,)+
                }
            }

            fn assets(&self) -> Vec<&Asset> {
                match self {
                    Self::Function(function) => vec![&function.code],
                    Self::LaunchTemplate(template) => template.user_data.iter().collect(),
                    _ => Vec::new(),
                }
            }
        }

        $(impl From<$name> for Resource {
            fn from(resource: $name) -> Self {
                Self::$name(resource)
            }
        })+
    };
}

resources! {
    /// A VPC.
    Vpc in Network;
    /// A subnet.
    Subnet in Network;
    /// A route table.
    RouteTable in Routing;
    /// Which table a subnet uses.
    RouteTableAssociation in Routing;
    /// A route.
    Route in Routing;
    /// A gateway endpoint to a service of AWS.
    VpcEndpoint in Routing;
    /// The AWS side of a VPN.
    VpnGateway in Vpn;
    /// What ties a VPN gateway to a VPC.
    VpnGatewayAttachment in Vpn;
    /// The customer's side of a VPN.
    CustomerGateway in Vpn;
    /// The two tunnels between the sides.
    VpnConnection in Vpn;
    /// A range that is sent through the tunnels.
    VpnConnectionRoute in Vpn;
    /// The group that a VPC makes by itself.
    DefaultSecurityGroup in Filters;
    /// A security group.
    SecurityGroup in Filters;
    /// A network ACL.
    NetworkAcl in Filters;
    /// What an instance starts from.
    LaunchTemplate in Compute;
    /// Instances whose number follows the load.
    AutoScalingGroup in Compute;
    /// A bucket.
    Bucket in Storage;
    /// What a bucket lets whom do.
    BucketPolicy in Storage;
    /// A function.
    Function in Services;
    /// Who may start a function.
    Permission in Services;
    /// An event and whom it starts.
    EventRule in Services;
    /// A topic.
    Topic in Services;
    /// What a topic lets whom do.
    TopicPolicy in Services;
    /// Who gets a topic's messages.
    Subscription in Services;
    /// A role.
    Role in Access;
    /// What gives a role to an instance.
    InstanceProfile in Access;
    /// A log group.
    LogGroup in Logs;
    /// The record of a VPC's traffic.
    FlowLog in Logs;
}

impl Kind {
    /// The id of the resource of this type with this name.
    #[must_use]
    pub fn named(self, path: impl IntoIterator<Item = impl Into<String>>) -> ResourceId {
        ResourceId {
            kind: super::Kind::Aws(self),
            path: path.into_iter().map(Into::into).collect(),
        }
    }
}
