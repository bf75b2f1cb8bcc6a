//! Azure: typed resources, the lowering from a plan, and the limits that Azure sets.
//!
//! A resource's id is made of the names that Azure itself knows it by, parents first, so that a reader of either
//! format finds the same ids again.

mod balancer;
mod compute;
mod filter;
mod fixed;
#[cfg(test)]
pub(crate) mod fixtures;
mod interface;
mod lower;
mod network;
mod peering;
mod vpn;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

pub use balancer::{
    BackendPool, BalancingRule, Frontend, FrontendAddress, LoadBalancer, NatRule, OutboundRule,
    Probe, Transport,
};
pub use compute::{
    AutoscaleSetting, Health, InstanceAddress, Ipv6Configuration, NetworkInterface, ScaleRule,
    ScaleSet,
};
pub use filter::{
    Access, ApplicationSecurityGroup, Direction, NetworkSecurityGroup, Protocol, SecurityRule, Side,
};
pub use interface::{Interface, IpConfiguration};
pub use lower::{lower, names};
pub use network::{
    AddressSku, NatGateway, NextHop, PublicIp, PublicIpPrefix, Route, RouteTable, Subnet,
    VirtualNetwork,
};
pub use peering::Peering;
pub use vpn::{BgpPeer, Connection, IpsecPolicy, LocalNetworkGateway, VirtualNetworkGateway};

use super::{Part, ResourceId, Section};

/// Makes [`Kind`] of one list.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A type of Azure resource, or a part of one that others refer to.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// Its name, as in `LoadBalancer`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

kinds! {
    /// A virtual network.
    VirtualNetwork,
    /// A subnet of a virtual network.
    Subnet,
    /// A route table.
    RouteTable,
    /// A peering of a virtual network with another one.
    Peering,
    /// A NAT gateway.
    NatGateway,
    /// A public address.
    PublicIp,
    /// A block of public addresses.
    PublicIpPrefix,
    /// A VPN gateway.
    VirtualNetworkGateway,
    /// The customer's side of a VPN.
    LocalNetworkGateway,
    /// A connection between two gateways.
    Connection,
    /// An application security group.
    ApplicationSecurityGroup,
    /// A network security group.
    NetworkSecurityGroup,
    /// A rule of a network security group.
    SecurityRule,
    /// A load balancer.
    LoadBalancer,
    /// A front end of a load balancer.
    FrontendIp,
    /// A pool of machines behind a load balancer.
    BackendPool,
    /// A health probe of a load balancer.
    Probe,
    /// A rule of a load balancer.
    BalancingRule,
    /// An inbound NAT rule of a load balancer.
    NatRule,
    /// An outbound rule of a load balancer.
    OutboundRule,
    /// A network interface.
    Interface,
    /// A virtual machine scale set.
    ScaleSet,
    /// An autoscale setting.
    AutoscaleSetting,
}

impl Kind {
    /// The id of the resource of this type with this name.
    #[must_use]
    pub fn named(self, path: impl IntoIterator<Item = impl Into<SmolStr>>) -> ResourceId {
        ResourceId {
            kind: super::Kind::Azure(self),
            path: path.into_iter().collect(),
        }
    }

    /// The type of the resource that things of this type are written inside of, when they are parts of one.
    #[must_use]
    pub fn whole(self) -> Option<Self> {
        match self {
            Self::SecurityRule => Some(Self::NetworkSecurityGroup),
            Self::FrontendIp
            | Self::BackendPool
            | Self::Probe
            | Self::BalancingRule
            | Self::NatRule
            | Self::OutboundRule => Some(Self::LoadBalancer),
            _ => None,
        }
    }
}

/// A resource of Azure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "a template has tens of resources, and each is made once"
)]
pub enum Resource {
    /// A virtual network.
    VirtualNetwork(VirtualNetwork),
    /// A subnet.
    Subnet(Subnet),
    /// A route table.
    RouteTable(RouteTable),
    /// A NAT gateway.
    NatGateway(NatGateway),
    /// A public address.
    PublicIp(PublicIp),
    /// A block of public addresses.
    PublicIpPrefix(PublicIpPrefix),
    /// A VPN gateway.
    VirtualNetworkGateway(VirtualNetworkGateway),
    /// The customer's side of a VPN.
    LocalNetworkGateway(LocalNetworkGateway),
    /// A connection between two gateways.
    Connection(Connection),
    /// An application security group.
    ApplicationSecurityGroup(ApplicationSecurityGroup),
    /// A network security group with its rules.
    NetworkSecurityGroup(NetworkSecurityGroup),
    /// A load balancer with its parts.
    LoadBalancer(LoadBalancer),
    /// A peering of a virtual network with another one.
    Peering(Peering),
    /// A network interface.
    Interface(Interface),
    /// A virtual machine scale set.
    ScaleSet(ScaleSet),
    /// An autoscale setting.
    AutoscaleSetting(AutoscaleSetting),
}

impl super::Resource for Resource {
    fn id(&self) -> &ResourceId {
        match self {
            Self::VirtualNetwork(item) => &item.id,
            Self::Subnet(item) => &item.id,
            Self::RouteTable(item) => &item.id,
            Self::NatGateway(item) => &item.id,
            Self::PublicIp(item) => &item.id,
            Self::PublicIpPrefix(item) => &item.id,
            Self::VirtualNetworkGateway(item) => &item.id,
            Self::LocalNetworkGateway(item) => &item.id,
            Self::Connection(item) => &item.id,
            Self::ApplicationSecurityGroup(item) => &item.id,
            Self::NetworkSecurityGroup(item) => &item.id,
            Self::LoadBalancer(item) => &item.id,
            Self::Peering(item) => &item.id,
            Self::Interface(item) => &item.id,
            Self::ScaleSet(item) => &item.id,
            Self::AutoscaleSetting(item) => &item.id,
        }
    }

    fn fixed(&self) -> Vec<(&'static str, String)> {
        fixed::fixed(self)
    }

    fn subnet(&self) -> Option<Vec<String>> {
        match self {
            Self::Subnet(subnet) => Some(subnet.prefixes.iter().map(ToString::to_string).collect()),
            _ => None,
        }
    }

    fn description(&self, part: Part) -> Option<&str> {
        match (self, part) {
            (Self::NetworkSecurityGroup(it), Part::Rule(at)) => {
                Some(&it.rules.get(at)?.description)
            }
            _ => None,
        }
    }

    fn section(&self) -> Section {
        match self {
            Self::VirtualNetwork(_)
            | Self::Subnet(_)
            | Self::Peering(_)
            | Self::PublicIp(_)
            | Self::PublicIpPrefix(_) => Section::Network,
            Self::RouteTable(_) | Self::NatGateway(_) => Section::Routing,
            Self::VirtualNetworkGateway(_) | Self::LocalNetworkGateway(_) | Self::Connection(_) => {
                Section::Vpn
            }
            Self::ApplicationSecurityGroup(_) | Self::NetworkSecurityGroup(_) => Section::Filters,
            Self::LoadBalancer(_) => Section::Balancing,
            Self::Interface(_) | Self::ScaleSet(_) | Self::AutoscaleSetting(_) => Section::Compute,
        }
    }
}
