//! The names of Azure's resources: what it is, the stack, and the name in the pattern.
//!
//! The abbreviations are those of
//! <https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-abbreviations>. The
//! stack stands in each name, because two stacks may share a resource group.

use crate::cloud::azure::Kind;
use crate::cloud::{self, ResourceId};
use crate::net::{Cidr, Traffic};
use crate::plan::{Network, Plan, Purpose, Subnet, SubnetGroup};

/// The network that needs no name, because it is the only one.
const ONLY_NETWORK: &str = "main";

pub(super) struct Names {
    stack: String,
}

impl Names {
    pub(super) fn new(plan: &Plan) -> Self {
        let stack = match &plan.environment {
            Some(environment) => format!("{}-{environment}", plan.stack),
            None => plan.stack.clone(),
        };
        Self { stack }
    }

    /// The stack, with its environment where it has several.
    pub(super) fn stack(&self) -> &str {
        &self.stack
    }

    /// The id of a resource of its own; `part` is empty for the one that the network has of its kind.
    fn id(&self, kind: Kind, abbreviation: &str, network: &Network, part: &str) -> ResourceId {
        let mut name = format!("{abbreviation}-{}", self.stack);
        let network = if network.name == ONLY_NETWORK {
            ""
        } else {
            &network.name
        };
        for word in [network, part] {
            if !word.is_empty() {
                name.push('-');
                name.push_str(&kebab(word));
            }
        }
        ResourceId::new(cloud::Kind::Azure(kind), name)
    }

    pub(super) fn network(&self, network: &Network) -> ResourceId {
        self.id(Kind::VirtualNetwork, "vnet", network, "")
    }

    /// A subnet. That of a service of Azure's has the one name by which Azure knows it ([`RESERVED`]).
    pub(super) fn subnet(
        &self,
        network: &Network,
        group: &SubnetGroup,
        subnet: &Subnet,
    ) -> ResourceId {
        let mut reserved = RESERVED.iter();
        let name = reserved
            .find(|reserved| reserved.purpose == group.purpose)
            .map_or_else(
                || format!("snet-{}", kebab(&subnet.name)),
                |reserved| reserved.name.to_owned(),
            );
        child(&self.network(network), Kind::Subnet, &name)
    }

    pub(super) fn route_table(&self, network: &Network, group: &SubnetGroup) -> ResourceId {
        self.id(Kind::RouteTable, "rt", network, &group.name)
    }

    pub(super) fn nat_gateway(&self, network: &Network) -> ResourceId {
        self.id(Kind::NatGateway, "ng", network, "")
    }

    pub(super) fn public_ip(&self, network: &Network, owner: &str) -> ResourceId {
        self.id(Kind::PublicIp, "pip", network, owner)
    }

    pub(super) fn public_ip_prefix(&self, network: &Network, tier: &str) -> ResourceId {
        self.id(Kind::PublicIpPrefix, "ippre", network, tier)
    }

    pub(super) fn vpn_gateway(&self, network: &Network, vpn: &str) -> ResourceId {
        self.id(Kind::VirtualNetworkGateway, "vgw", network, vpn)
    }

    pub(super) fn local_gateway(&self, network: &Network) -> ResourceId {
        self.id(Kind::LocalNetworkGateway, "lgw", network, "datacenter")
    }

    pub(super) fn connection(&self, network: &Network) -> ResourceId {
        self.id(Kind::Connection, "con", network, "datacenter")
    }

    pub(super) fn group(&self, network: &Network, tier: &str) -> ResourceId {
        self.id(Kind::ApplicationSecurityGroup, "asg", network, tier)
    }

    pub(super) fn filter(&self, network: &Network, tier: &str) -> ResourceId {
        self.id(Kind::NetworkSecurityGroup, "nsg", network, tier)
    }

    pub(super) fn load_balancer(&self, network: &Network, balancer: &str) -> ResourceId {
        self.id(Kind::LoadBalancer, "lb", network, balancer)
    }

    pub(super) fn scale_set(&self, network: &Network, tier: &str) -> ResourceId {
        self.id(Kind::ScaleSet, "vmss", network, tier)
    }

    pub(super) fn autoscale(&self, network: &Network, tier: &str) -> ResourceId {
        self.id(Kind::AutoscaleSetting, "autoscale", network, tier)
    }
}

/// A subnet that a service of Azure's has for itself.
pub(super) struct Reserved {
    pub(super) purpose: Purpose,
    /// The one name by which Azure knows it.
    pub(super) name: &'static str,
    /// The longest prefix that Azure takes, or wants for new ones.
    pub(super) longest_prefix: u8,
    /// Whether it may have a network security group.
    pub(super) filtered: bool,
    /// Where Azure says so.
    pub(super) page: &'static str,
}

/// The subnets that services of Azure's have for themselves.
pub(super) const RESERVED: [Reserved; 4] = [
    Reserved {
        purpose: Purpose::VpnGateway,
        name: "GatewaySubnet",
        longest_prefix: 27,
        filtered: false,
        page: "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub",
    },
    Reserved {
        purpose: Purpose::Bastion,
        name: "AzureBastionSubnet",
        longest_prefix: 26,
        filtered: true,
        page: "https://learn.microsoft.com/azure/bastion/configuration-settings#subnet",
    },
    Reserved {
        purpose: Purpose::Firewall,
        name: "AzureFirewallSubnet",
        longest_prefix: 26,
        filtered: false,
        page: "https://learn.microsoft.com/azure/firewall/firewall-faq",
    },
    // A /27 was enough once, and pages of others still say so; one that is a /26 pleases both.
    Reserved {
        purpose: Purpose::RouteServer,
        name: "RouteServerSubnet",
        longest_prefix: 26,
        filtered: false,
        page: "https://learn.microsoft.com/azure/route-server/route-server-faq",
    },
];

/// A part of a resource, or a resource inside it.
pub(super) fn child(parent: &ResourceId, kind: Kind, name: &str) -> ResourceId {
    parent.child(cloud::Kind::Azure(kind), name)
}

/// A name of the pattern with hyphens between its words.
pub(super) fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

/// Traffic as a part of a name, as in `tcp-443`.
pub(super) fn traffic(traffic: Traffic) -> String {
    traffic.to_string().replace('/', "-")
}

/// A block as a part of a name, as in `10-0-0-0-8`.
pub(super) fn block(cidr: Cidr) -> String {
    cidr.to_string().replace(['.', '/', ':'], "-")
}
