//! Standard load balancers and their parts.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// A Standard load balancer with its parts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LoadBalancer {
    /// What others call it.
    pub id: ResourceId,
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
}

/// Where a load balancer listens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Frontend {
    /// Its id; the load balancer's name stands first.
    pub id: ResourceId,
    /// Its public address.
    pub public_ip: Term,
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
    /// The port there.
    pub frontend_port: u16,
    /// The pool, by id.
    pub pool: Term,
    /// The port at the machines.
    pub backend_port: u16,
    /// The probe, by id.
    pub probe: Term,
    /// Whether the machines may send out through the front end as well.
    pub outbound_snat: bool,
}

/// Gives each machine of a pool a front-end port of its own.
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
    /// The pool, by id.
    pub pool: Term,
    /// The port at the machines.
    pub backend_port: u16,
}
