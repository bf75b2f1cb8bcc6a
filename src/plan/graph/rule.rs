//! What a rule of a group is made of, and which rule makes another one superfluous.

use std::fmt;

use crate::net::{Cidr, Traffic};

/// The other end of a rule.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum End {
    /// The instances of a tier, by the tier's name.
    Group(String),
    /// Addresses.
    Block(Cidr),
    /// Every address that is neither in the network nor in the datacenter.
    Internet,
    /// A load balancer that looks whether instances are well, by its name.
    LoadBalancer(String),
    /// A cloud's own service behind a gateway endpoint, by the endpoint's name.
    Service(String),
}

impl End {
    /// Whether everything that `other` names, this names as well.
    ///
    /// Only blocks hold one another. A block, however large, says nothing about a group or the Internet: which
    /// addresses these have is not known here. The Internet holds no block, because a block may lie in the network
    /// or in the datacenter.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Block(wide), Self::Block(narrow)) => wide.contains(*narrow),
            _ => self == other,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block(block) => block.fmt(f),
            Self::Internet => f.write_str("internet"),
            Self::Group(name) | Self::LoadBalancer(name) | Self::Service(name) => f.write_str(name),
        }
    }
}

/// Which way a rule looks, seen from the tier that holds it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// What arrives at the tier.
    Ingress,
    /// What leaves it.
    Egress,
}

/// One rule of a group: what may pass between the tier and the other end.
///
/// Rules sort by direction, ingress first, then by slot. Rules of one slot, such as those for the ranges of the
/// datacenter, sort by what they name, so that another range changes the order of none.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rule {
    /// Which way it looks.
    pub direction: Direction,
    /// The place of its flow among the rules. Several rules of a group can share it: those for the ranges of the
    /// datacenter do. In an expanded plan the slot and the end together are unique for one direction of a group.
    pub slot: u32,
    /// Whom it lets in, or whom it lets the tier reach.
    pub end: End,
    /// What passes.
    pub traffic: Traffic,
    /// The reason, as the flow gives it.
    pub why: String,
    /// The load balancer, gateway or endpoint that the flow passes, by name. It is told for those who write or explain
    /// the rule; it is no part of what the rule admits.
    pub through: Option<String>,
}

impl Rule {
    /// Whether everything that `other` admits, this admits as well.
    ///
    /// `through` does not count: a group sees the packet and not the way it came, so a rule for traffic through a
    /// balancer admits the same packets as one for traffic without.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.direction == other.direction
            && self.end.covers(&other.end)
            && self.traffic.covers(other.traffic)
    }
}
