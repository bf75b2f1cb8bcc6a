//! Scale sets and the settings that grow and shrink them.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// A virtual machine scale set of Linux machines that are all alike.
///
/// It is of uniform orchestration: hashicorp/azurerm cannot give a flexible one secure boot, a vTPM or a load balancer's
/// probe as its health signal (<https://github.com/hashicorp/terraform-provider-azurerm/issues/19339>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ScaleSet {
    /// What others call it.
    pub id: ResourceId,
    /// Size of a machine, as in `Standard_D2as_v5`.
    pub size: String,
    /// How many machines it begins with.
    pub instances: u32,
    /// The zones that it spreads over.
    pub zones: Vec<String>,
    /// What the machines' own names begin with.
    pub computer_name_prefix: String,
    /// The administrator's account.
    pub admin_user: String,
    /// The only way into that account.
    pub admin_key: Term,
    /// The image, as `publisher:offer:sku:version`.
    pub image: Term,
    /// Size of the system disk in GiB.
    pub disk_gib: u32,
    /// Make of the system disk.
    pub disk_type: String,
    /// Whether disks and caches are encrypted on the machine's host.
    pub encryption_at_host: bool,
    /// Whether only signed boot loaders and kernels start.
    pub secure_boot: bool,
    /// Whether each machine has a virtual TPM.
    pub vtpm: bool,
    /// The machines' network interface.
    pub interface: NetworkInterface,
    /// A cloud-init document that each machine runs at its first start; an empty one is none.
    pub cloud_init: Option<Term>,
    /// How it is told whether a machine is well.
    pub health: Option<Health>,
    /// What must stand before the first machine does, and is no part of it: its filter's rules, because Azure's own would
    /// leave it open; its subnet's routes and its way out, which the first start may need; and the load balancer's rules,
    /// because without one that uses it Azure takes no probe as a sign of health
    /// (<https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs>).
    pub after: Vec<Term>,
}

/// How it is told whether a machine is well.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Health {
    /// The load balancer's probe that tells it, by id.
    pub probe: Term,
    /// Whether a machine that is not well, once half an hour has passed since it was made, is replaced. Without a service
    /// that answers the probe, machines would be replaced for ever.
    pub repair: bool,
}

/// The network interface of a scale set's machines. Each has an address of IPv4, and may have one of IPv6 beside it
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NetworkInterface {
    /// Its subnet, by id.
    pub subnet: Term,
    /// Its network security group, by id.
    pub network_security_group: Option<Term>,
    /// Its application security groups, by id.
    pub groups: Vec<Term>,
    /// The pools that it is in, by id.
    pub pools: Vec<Term>,
    /// A public address of its own.
    pub public_address: Option<InstanceAddress>,
    /// Its address of IPv6.
    pub ipv6: Option<Ipv6Configuration>,
}

/// The address of IPv6 of a scale set's machines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Ipv6Configuration {
    /// Its subnet, by id.
    pub subnet: Term,
    /// Its application security groups, by id: those of the address of IPv4, or Azure refuses it.
    pub groups: Vec<Term>,
    /// The pools that it is in, by id.
    pub pools: Vec<Term>,
}

/// A public address for each machine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct InstanceAddress {
    /// The block that it is taken from, by id; ours always have one. A block is always of Standard make, and so are its addresses; a scale set
    /// of uniform orchestration cannot say of what make they are
    /// (<https://learn.microsoft.com/javascript/api/@azure/arm-compute/virtualmachinescalesetpublicipaddressconfiguration>).
    pub prefix: Option<Term>,
}

/// Grows and shrinks a scale set by load.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AutoscaleSetting {
    /// What others call it.
    pub id: ResourceId,
    /// The scale set, by id.
    pub target: Term,
    /// At least so many machines.
    pub minimum: u32,
    /// At most so many.
    pub maximum: u32,
    /// When it does what.
    pub rules: Vec<ScaleRule>,
}

/// A change of size at a load of the processors.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ScaleRule {
    /// Whether a machine is added; one is taken away otherwise.
    pub out: bool,
    /// Per cent of the processors' time, averaged over five minutes: above it going out, below it going in.
    pub cpu_percent: u8,
}
