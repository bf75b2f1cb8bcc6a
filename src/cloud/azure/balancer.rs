//! Load balancers and their parts.

use serde::Serialize;

use super::AddressSku;
use crate::cloud::{ResourceId, Term};

/// A load balancer with its parts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LoadBalancer {
    /// What others call it.
    pub id: ResourceId,
    /// Its make. Ours are Standard.
    pub sku: AddressSku,
    /// Where it listens.
    pub frontends: Vec<Frontend>,
    /// Whom it serves.
    pub pools: Vec<BackendPool>,
    /// How it asks whether a machine is well.
    pub probes: Vec<Probe>,
    /// What it spreads over a pool.
    pub rules: Vec<BalancingRule>,
    /// What it hands to one machine each.
    pub nat_rules: Vec<NatRule>,
    /// How a pool's machines reach the Internet by it.
    pub outbound_rules: Vec<OutboundRule>,
}

/// Where a load balancer listens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Frontend {
    /// Its id; the load balancer's name stands first.
    pub id: ResourceId,
    /// Its address.
    #[serde(flatten)]
    pub address: FrontendAddress,
}

/// The address of a front end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FrontendAddress {
    /// A public one, by id.
    PublicIp(Term),
    /// One of a subnet, by the subnet's id.
    Subnet(Term),
}

/// A pool of machines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BackendPool {
    /// Its id; the load balancer's name stands first.
    pub id: ResourceId,
}

/// A health probe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Probe {
    /// Its id; the load balancer's name stands first.
    pub id: ResourceId,
    /// The TCP port that it asks.
    pub port: u16,
    /// The path that it asks for by HTTP; it only opens a TCP connection when there is none.
    pub path: Option<String>,
    /// Seconds between two questions.
    pub interval_seconds: u16,
    /// How many answers in a row change its mind.
    pub threshold: u8,
}

/// What a load balancer carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// Every protocol.
    All,
}

/// Spreads connections to a port over a pool.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BalancingRule {
    /// Its id; the load balancer's name stands first.
    pub id: ResourceId,
    /// What it carries.
    pub protocol: Transport,
    /// The front end, by id.
    pub frontend: Term,
    /// The port there; 0 is every port.
    pub frontend_port: u16,
    /// The pool, by id.
    pub pool: Term,
    /// The port at the machines; 0 is that of the front end.
    pub backend_port: u16,
    /// The probe, by id.
    pub probe: Option<Term>,
    /// Whether the machines may send out through the front end as well.
    pub outbound_snat: bool,
}

/// Gives each machine of a pool, or one interface, a front-end port of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NatRule {
    /// Its id; the load balancer's name stands first.
    pub id: ResourceId,
    /// What it carries.
    pub protocol: Transport,
    /// The front end, by id.
    pub frontend: Term,
    /// The first port there.
    pub first_port: u16,
    /// The last port there.
    pub last_port: u16,
    /// The pool, by id; the interface that names the rule when there is none.
    pub pool: Option<Term>,
    /// The port at the machines.
    pub backend_port: u16,
}

/// Lets a pool's machines send to the Internet from public addresses of front ends
/// (<https://learn.microsoft.com/azure/load-balancer/outbound-rules>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OutboundRule {
    /// Its id; the load balancer's name stands first.
    pub id: ResourceId,
    /// What it carries.
    pub protocol: Transport,
    /// The front ends, by id.
    pub frontends: Vec<Term>,
    /// The pool, by id.
    pub pool: Term,
}
