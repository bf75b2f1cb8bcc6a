//! AWS: typed resources, the lowering from a plan, and the limits that AWS sets.
//!
//! The types hold what a template can say and a reader can read back; how a format writes it (a rule inside its group
//! or beside it, a bucket as one resource or as six) is the templates' business.

mod compute;
mod endpoint;
mod filter;
mod fixed;
mod gateway;
mod iam;
mod interface;
mod key;
mod limits;
mod logs;
mod lower;
mod network;
mod other;
mod peering;
mod policy;
mod prefix_list;
mod public_access;
mod queue;
mod route;
mod service;
mod storage;
mod traffic;
mod vpn;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

pub use compute::{AutoScalingGroup, Image, LaunchTemplate, Shutdown, Tagged};
pub use endpoint::{EndpointWay, VpcEndpoint};
pub use filter::{
    AclEntry, DefaultSecurityGroup, Direction, Effect, NetworkAcl, Rule, RulePeer, SecurityGroup,
    SecurityGroupRule,
};
pub use gateway::{
    EgressOnlyInternetGateway, ElasticIp, ElasticIpAssociation, InternetGateway,
    InternetGatewayAttachment, NatGateway,
};
pub use iam::{InstanceProfile, ManagedPolicy, Role, User, UserGroup};
pub use interface::{Interface, SubnetGroup};
pub use key::{Key, KeyAlias};
pub use logs::{FlowLog, LogGroup};
#[cfg(test)]
pub(crate) use lower::fixtures;
pub use lower::{lower, names};
pub use network::{Block, Subnet, Vpc, VpcCidr};
pub use other::Other;
pub use peering::{Peering, TransitGateway, TransitGatewayAttachment};
pub use policy::{Condition, Decision, Policy, Principal, Principals, Scope, Statement};
pub use prefix_list::PrefixList;
pub use public_access::{BlockedAccess, VpcPublicAccess, VpcPublicAccessExclusion};
pub use queue::{Queue, QueuePolicy};
pub use route::{
    Route, RouteDestination, RoutePropagation, RouteTable, RouteTableAssociation, RouteTarget,
};
pub use service::{
    Caller, Event, EventRule, Function, Permission, Subscriber, Subscription, Topic, TopicPolicy,
};
pub use storage::{Archive, Bucket, BucketPolicy, Notification, Ownership, PublicAccessBlock};
pub use traffic::RuleTraffic;
pub use vpn::{
    CustomerGateway, Tunnel, VpnConnection, VpnConnectionRoute, VpnGateway, VpnGatewayAttachment,
};

use super::{Asset, Part, ResourceId, Section};

/// Makes [`Kind`] and [`Resource`] of one list: a resource type is its struct, its section, and a line here.
macro_rules! resources {
    ($($(#[$doc:meta])* $name:ident in $section:ident;)+) => {
        /// A type of AWS resource.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// Its name, as in `SecurityGroup`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
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

            fn description(&self, part: Part) -> Option<&str> {
                let why = match (self, part) {
                    (Self::SecurityGroup(it), Part::Ingress(at)) => &it.ingress.get(at)?.description,
                    (Self::SecurityGroup(it), Part::Egress(at)) => &it.egress.get(at)?.description,
                    (Self::NetworkAcl(it), Part::Ingress(at)) => &it.ingress.get(at)?.why,
                    (Self::NetworkAcl(it), Part::Egress(at)) => &it.egress.get(at)?.why,
                    _ => return None,
                };
                Some(why)
            }

            fn fixed(&self) -> Vec<(&'static str, String)> {
                fixed::fixed(self)
            }

            fn subnet(&self) -> Option<Vec<String>> {
                match self {
                    Self::Subnet(subnet) => {
                        let ipv6 = subnet.ipv6.iter().map(ToString::to_string);
                        Some(std::iter::once(subnet.cidr.to_string()).chain(ipv6).collect())
                    }
                    _ => None,
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
    /// One more address space of a VPC.
    VpcCidr in Network;
    /// What Internet gateways of all VPCs refuse.
    VpcPublicAccess in Network;
    /// A VPC or a subnet that this does not hold for.
    VpcPublicAccessExclusion in Network;
    /// A list of blocks under one name.
    PrefixList in Network;
    /// A route table.
    RouteTable in Routing;
    /// Which table a subnet uses.
    RouteTableAssociation in Routing;
    /// A route.
    Route in Routing;
    /// Which tables learn routes from a VPN gateway.
    RoutePropagation in Routing;
    /// What a VPC reaches the Internet through.
    InternetGateway in Routing;
    /// What ties an Internet gateway to a VPC.
    InternetGatewayAttachment in Routing;
    /// What a VPC reaches the Internet through over IPv6, and is not reached through.
    EgressOnlyInternetGateway in Routing;
    /// What lets private addresses reach elsewhere.
    NatGateway in Routing;
    /// A public address that stays the same.
    ElasticIp in Routing;
    /// What gives a public address to an instance.
    ElasticIpAssociation in Routing;
    /// A way between two VPCs.
    Peering in Routing;
    /// A router between VPCs.
    TransitGateway in Routing;
    /// What ties a VPC to a transit gateway.
    TransitGatewayAttachment in Routing;
    /// An endpoint that leads to a service.
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
    /// A rule for a security group that stands elsewhere.
    SecurityGroupRule in Filters;
    /// A network ACL.
    NetworkAcl in Filters;
    /// What an instance starts from.
    LaunchTemplate in Compute;
    /// Instances whose number follows the load.
    AutoScalingGroup in Compute;
    /// A network interface, whatever it belongs to.
    Interface in Compute;
    /// Subnets under one name.
    SubnetGroup in Compute;
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
    /// A queue.
    Queue in Services;
    /// What a queue lets whom do.
    QueuePolicy in Services;
    /// A key of KMS.
    Key in Services;
    /// A name of a key.
    KeyAlias in Services;
    /// A resource of a type that is not read.
    Other in Services;
    /// A role.
    Role in Access;
    /// What gives a role to an instance.
    InstanceProfile in Access;
    /// A policy with an ARN.
    ManagedPolicy in Access;
    /// A user.
    User in Access;
    /// Users who may do the same.
    UserGroup in Access;
    /// A log group.
    LogGroup in Logs;
    /// The record of a VPC's traffic.
    FlowLog in Logs;
}

impl Kind {
    /// The id of the resource of this type with this name.
    #[must_use]
    pub fn named(self, path: impl IntoIterator<Item = impl Into<SmolStr>>) -> ResourceId {
        ResourceId {
            kind: super::Kind::Aws(self),
            path: path.into_iter().collect(),
        }
    }
}
