//! Who may reach whom: application security groups, network security groups and their rules.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};
use crate::net::{Cidr, Ports};

/// A name for a set of network interfaces, so that rules need not name addresses.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ApplicationSecurityGroup {
    /// What others call it.
    pub id: ResourceId,
}

/// A network security group with its rules.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NetworkSecurityGroup {
    /// What others call it.
    pub id: ResourceId,
    /// Its rules, inbound first, in order of priority.
    pub rules: Vec<SecurityRule>,
}

/// A rule of a network security group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SecurityRule {
    /// Its id; the group's name stands first.
    pub id: ResourceId,
    /// Why it is there.
    pub description: String,
    /// 100 to 4096; the lowest that matches decides.
    pub priority: u16,
    /// Which way.
    pub direction: Direction,
    /// What it does with what matches.
    pub access: Access,
    /// Which protocol.
    pub protocol: Protocol,
    /// From whom.
    pub source: Side,
    /// To whom.
    pub destination: Side,
    /// From which ports; every one when there are none here. Ours name none.
    pub source_ports: Vec<Ports>,
    /// To which ports; every one when there are none here.
    pub ports: Vec<Ports>,
}

/// Which way a rule looks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Direction {
    /// At what comes to the machine.
    Inbound,
    /// At what leaves it.
    Outbound,
}

/// What a rule does with what matches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Access {
    /// It passes.
    Allow,
    /// It is dropped.
    Deny,
}

/// A protocol in Azure's words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Protocol {
    /// Every one.
    #[serde(rename = "*")]
    Any,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP of every type.
    Icmp,
    /// The payload of `IPsec`.
    Esp,
    /// The authentication header of `IPsec`.
    Ah,
}

/// One side of a rule.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Side {
    /// Any address.
    Any,
    /// A service tag, as in `Internet`.
    Tag(String),
    /// Blocks of addresses.
    Blocks(Vec<Cidr>),
    /// Blocks of addresses and service tags together. Ours have one or the other.
    Mixed {
        /// The blocks.
        blocks: Vec<Cidr>,
        /// The tags.
        tags: Vec<String>,
    },
    /// Application security groups, by id.
    Groups(Vec<Term>),
}
