//! The plan and its parts, almost without behaviour.

use std::net::IpAddr;

use indexmap::IndexMap;

use super::{Flow, Guarantee, Ipv6, Ipv6Block, Service};
use crate::net::{Cidr, Traffic};
use crate::spec::{Pattern, Renames};

/// The cloud that a pattern is made for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
}

impl Cloud {
    /// The cloud of a pattern.
    #[must_use]
    pub fn of(pattern: &Pattern) -> Self {
        if pattern.cloud == "aws" {
            Self::Aws
        } else {
            Self::Azure
        }
    }

    /// Its name, as people write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
        }
    }
}

/// A value that is known now, or that the deployer gives to the template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bound<T> {
    /// Known when the template is built.
    Known(T),
    /// The name of the [`DeployParameter`] that will hold it.
    Deploy(String),
}

/// A stack expanded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The stack's name: lower-case letters, digits and hyphens, at most 32 characters, a letter first.
    pub stack: String,
    /// The environment, when the stack has several.
    pub environment: Option<String>,
    /// The pattern's id.
    pub pattern: String,
    /// The pattern's version.
    pub version: String,
    /// The pattern's title.
    pub title: String,
    /// The cloud that it is for.
    pub cloud: Cloud,
    /// The region or location, when the stack names one.
    pub region: Option<String>,
    /// Tags that the user wants on everything, in the user's order.
    pub tags: IndexMap<String, String>,
    /// What the deployer gives: only parameters that something in the plan may use.
    pub parameters: IndexMap<String, DeployParameter>,
    /// The networks, in the pattern's order.
    pub networks: Vec<Network>,
    /// The customer's own side, when the pattern has one.
    pub datacenter: Option<Datacenter>,
    /// Whether its networks are tied to others: then no other network that is may have the same addresses.
    pub tied: bool,
    /// Tiers by name.
    pub tiers: IndexMap<String, Tier>,
    /// Services by name.
    pub services: IndexMap<String, Service>,
    /// What may pass, in the pattern's order. Nothing else may.
    pub flows: Vec<Flow>,
    /// What is promised of the flows.
    pub guarantees: Vec<Guarantee>,
    /// What its parts were called in earlier versions of the pattern.
    pub renamed: Renames,
}

impl Plan {
    /// How people are told which stack it is, and in which environment.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.environment {
            Some(environment) => format!("{}/{environment}", self.stack),
            None => self.stack.clone(),
        }
    }
}

/// A parameter of the template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeployParameter {
    /// Its name in the pattern, in snake case.
    pub name: String,
    /// What it holds.
    pub kind: DeployKind,
    /// One sentence for the person who fills it in.
    pub help: String,
    /// What stands there when nothing is given. Never set for a secret.
    pub default: Option<String>,
}

/// What a [`DeployParameter`] holds, and so how a template constrains it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DeployKind {
    /// A public IPv4 address.
    Address,
    /// A list of CIDR blocks.
    Cidrs,
    /// A secret that no file may hold.
    Secret,
    /// An availability zone of the region.
    Zone,
    /// A machine image: an SSM parameter's path (AWS), or `publisher:offer:sku:version` (Azure).
    Image,
    /// An OpenSSH public key.
    PublicKey,
    /// An e-mail address.
    Email,
    /// A list of ARNs of IAM principals.
    Principals,
    /// The ARN of a KMS key.
    KmsKey,
    /// The id of an AWS managed prefix list.
    PrefixList,
    /// A text of any number of lines, none among them, that machines run.
    Script,
    /// Any text.
    Text,
}

impl DeployKind {
    /// Whether it holds a list. A default is then written with commas between the items, none of which has one.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::Cidrs | Self::Principals)
    }
}

/// A VPC or virtual network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Network {
    /// Its name in the pattern; `main` when the pattern has one network only.
    pub name: String,
    /// Its address space.
    pub cidrs: Vec<Cidr>,
    /// How many availability zones it uses, 1 to 6.
    pub zones: u8,
    /// Subnet groups in the pattern's order.
    pub subnets: Vec<SubnetGroup>,
    /// What is left of the address space: the largest aligned blocks, in order.
    pub free: Vec<Cidr>,
    /// Its addresses of IPv6 beside these, when it has any.
    pub ipv6: Option<Ipv6>,
    /// The way to the datacenter.
    pub vpn: Option<Vpn>,
    /// Load balancers by name.
    pub load_balancers: IndexMap<String, LoadBalancer>,
    /// Gateway endpoints to a cloud's own services, by name.
    pub endpoints: IndexMap<String, Endpoint>,
    /// Whether subnets of different zones are kept from talking to each other by stateless filters.
    pub isolate_zones: bool,
    /// For how many days the network's flow logs are kept; nothing when there are none.
    pub flow_log_days: Option<u32>,
}

/// One subnet of the pattern: one block in each zone that it is spread over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubnetGroup {
    /// Its name in the pattern.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Where traffic to the rest of the world goes.
    pub default_route: DefaultRoute,
    /// The whole block: that of its one subnet, or the one that has room for as many zones as there may ever be.
    pub room: Cidr,
    /// The whole block of IPv6, where the network has any: a /64 for each subnet. In what the cloud gives, it is counted from
    /// zero ([`Ipv6Space::COUNTED`](super::Ipv6Space::COUNTED)).
    pub ipv6_room: Option<Cidr>,
    /// The version of the pattern in which it was added, as a number that grows; 0 for what was there from the beginning.
    pub since: u32,
    /// Its blocks, one for each zone, in order of zones; a single one without a zone on clouds whose subnets span zones.
    pub members: Vec<Subnet>,
}

/// What a subnet is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Instances.
    Instances,
    /// The cloud's own VPN gateway, which wants a subnet for itself (Azure).
    VpnGateway,
    /// The cloud's own way in for administrators (Azure Bastion).
    Bastion,
    /// The cloud's own firewall (Azure Firewall).
    Firewall,
    /// What tells machines and gateways of each other's routes (Azure Route Server).
    RouteServer,
    /// NAT gateways, one in each zone, which stand in a subnet with a way to the Internet (AWS).
    NatGateway,
}

impl Purpose {
    /// Every purpose, with the name by which patterns call it.
    pub const ALL: [(&'static str, Self); 6] = [
        ("instances", Self::Instances),
        ("vpn_gateway", Self::VpnGateway),
        ("bastion", Self::Bastion),
        ("firewall", Self::Firewall),
        ("route_server", Self::RouteServer),
        ("nat_gateway", Self::NatGateway),
    ];

    /// The name by which patterns call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        // INVARIANT: `ALL` has every purpose.
        let mut all = Self::ALL.iter();
        all.find(|(_, purpose)| *purpose == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether a service of the cloud has the subnet for itself, which then has a name, a size and routes that the cloud wants.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self.cloud().is_some()
    }

    /// The cloud whose service has the subnet for itself.
    #[must_use]
    pub fn cloud(self) -> Option<Cloud> {
        match self {
            Self::Instances => None,
            Self::VpnGateway | Self::Bastion | Self::Firewall | Self::RouteServer => {
                Some(Cloud::Azure)
            }
            Self::NatGateway => Some(Cloud::Aws),
        }
    }
}

/// Where a subnet's traffic to the rest of the world goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefaultRoute {
    /// Nowhere.
    None,
    /// Out through a NAT gateway, or whatever else a version of IP has for it, and nothing comes in by it.
    Nat,
    /// Through the VPN, and so through the customer's own network.
    Datacenter,
}

/// One block of a subnet group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subnet {
    /// Name, unique in the network: `private-1`, or the group's own name where there is no zone.
    pub name: String,
    /// The zone, counted from 1. Which zone of the region it is, the deployer says.
    pub zone: Option<u8>,
    /// Its block.
    pub cidr: Cidr,
    /// Its block of IPv6, a /64.
    pub ipv6: Option<Ipv6Block>,
    /// Addresses left for instances after the cloud has taken its own.
    pub usable: u128,
}

impl Subnet {
    /// The name of the subnet that a group has in a zone, or of its only one.
    #[must_use]
    pub fn name_in(group: &str, zone: Option<u8>) -> String {
        match zone {
            Some(zone) => format!("{group}-{zone}"),
            None => group.to_owned(),
        }
    }
}

/// The VPN to the datacenter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vpn {
    /// Name in the pattern.
    pub name: String,
    /// Public address of the customer's device.
    pub device: Bound<IpAddr>,
    /// The pre-shared key, where the cloud does not make one itself. Always a deploy-time secret.
    pub key: Option<String>,
    /// How the two sides learn routes.
    pub routing: VpnRouting,
    /// The address at which the customer's device speaks BGP, where the cloud wants it told (Azure).
    pub bgp_peer: Option<Bound<IpAddr>>,
}

/// How a VPN's two sides learn routes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VpnRouting {
    /// Both sides are told.
    Static,
    /// By BGP; the customer's autonomous system number.
    Bgp {
        /// 1 to 4294967294.
        asn: u32,
    },
}

/// The customer's own side.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Datacenter {
    /// Address ranges behind the VPN.
    pub ranges: Vec<Cidr>,
    /// Public addresses that it comes from when it uses a service over the Internet.
    pub addresses: Option<Bound<Vec<Cidr>>>,
    /// IAM principals that it signs with.
    pub principals: Option<Bound<Vec<String>>>,
}

/// A load balancer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoadBalancer {
    /// Name in the pattern.
    pub name: String,
    /// What the health probe of the instances behind it asks: a TCP port, and a path for HTTP.
    pub probe: Traffic,
    /// The path that an HTTP probe asks for; a TCP probe when there is none.
    pub probe_path: Option<String>,
}

/// A gateway endpoint: the way from subnets to a cloud service that does not cross the Internet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Name in the pattern.
    pub name: String,
    /// The service.
    pub service: EndpointService,
    /// The deploy-time parameter with the service's prefix list, where the format cannot look it up.
    pub prefix_list: Option<String>,
}

/// A service that a gateway endpoint leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndpointService {
    /// Amazon S3.
    S3,
}

/// A set of instances that share one job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tier {
    /// Name in the pattern.
    pub name: String,
    /// The network it is in.
    pub network: String,
    /// The subnet group it is in.
    pub subnet: String,
    /// Its machines; nothing when the user places machines of their own into the tier.
    pub machines: Option<Machines>,
}

/// The machines of a tier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Machines {
    /// How many there are.
    pub scale: Scale,
    /// The image that they start from.
    pub image: Bound<String>,
    /// The cloud's name for their size, as in `t3.micro` or `Standard_B2s`.
    pub size: String,
    /// Size of the system disk in GiB.
    pub disk_gib: u32,
    /// Who may log in, where the cloud wants an account at creation (Azure).
    pub login: Option<Login>,
    /// Whether each has a public address of its own.
    pub public_addresses: bool,
    /// A script under `templates/functions/` that each runs at its first start.
    pub bootstrap: Option<String>,
    /// A cloud-init document that installs what each runs; an empty one is none.
    pub cloud_init: Option<Bound<String>>,
    /// Name of the load balancer in front.
    pub behind: Option<String>,
    /// Whether one whose probe fails for long is replaced.
    pub repair: bool,
}

/// How many machines a tier has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// Between `min` and `max`, by load.
    Automatic {
        /// At least so many.
        min: u32,
        /// At most so many.
        max: u32,
    },
    /// None, until a function launches one; it ends itself, after this many minutes at the latest.
    OnDemand {
        /// Its longest life.
        max_minutes: u32,
    },
}

/// The account that a machine is made with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Login {
    /// Name of the account.
    pub user: String,
    /// Its OpenSSH public key.
    pub key: Bound<String>,
}
