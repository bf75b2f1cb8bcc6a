//! The packet walker of Azure: one packet at a time, as its documentation tells the story.
//!
//! What Azure leaves open — what a service tag holds under a route of one's own, what is learned by BGP, what a virtual
//! appliance passes on — is asked twice: once for the best, where whatever may let a packet pass does, and once for the worst.

mod balancers;
mod filters;
mod network;
mod paths;
mod routes;

use std::net::IpAddr;

use patternbook::cloud::azure::AddressSku;
use patternbook::cloud::{ResourceId, Term};

pub(crate) use balancers::fronts;
pub(crate) use network::Network;

/// One address of a network interface.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) subnet: ResourceId,
    /// The network security group of the interface.
    pub(crate) filter: Option<Term>,
    /// The application security groups.
    pub(crate) groups: Vec<Term>,
    /// The pools of load balancers.
    pub(crate) pools: Vec<Term>,
    /// The inbound NAT rules that name it.
    pub(crate) nat_rules: Vec<Term>,
    /// The make of its own public address.
    pub(crate) public: Option<AddressSku>,
    pub(crate) address: IpAddr,
}

/// How what is not known turns out: for a packet, or against it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Luck {
    Best,
    Worst,
}

/// How a packet gets from one end to the other.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Road {
    /// Inside the network.
    Local,
    /// By a public address of the machine's own.
    Internet,
    /// By shared public addresses, which let nobody in.
    Nat,
    /// By a VPN gateway.
    Vpn,
    /// By a virtual appliance, whose ways nobody knows.
    Appliance,
    /// By a load balancer.
    Balancer(ResourceId),
}

/// Whether something is so, is not, or may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Perhaps {
    Yes,
    May,
    No,
}

impl Perhaps {
    fn of(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::May, _) | (_, Self::May) => Self::May,
            _ => Self::No,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::May, _) | (_, Self::May) => Self::May,
            _ => Self::Yes,
        }
    }

    /// Whether it is so for a packet that it helps.
    fn helps(self, luck: Luck) -> bool {
        self == Self::Yes || self == Self::May && luck == Luck::Best
    }
}

/// One end of a packet.
#[derive(Clone, Copy)]
struct End<'m> {
    address: IpAddr,
    groups: &'m [Term],
    /// Whether it is Azure itself, asking whether a machine is well.
    probe: bool,
}

impl Machine {
    fn end(&self) -> End<'_> {
        End {
            address: self.address,
            groups: &self.groups,
            probe: false,
        }
    }
}
