//! A second evaluator: it walks one packet at a time through a network of AWS, as its documentation tells the story.
//!
//! It shares nothing with `patternbook::reach`: no sets, no intervals, no index. Every question is answered by going through
//! the list of resources again. It is slow and plain on purpose, so that a mistake in the engine is not made here as well.
//!
//! A packet is the first one of a connection. It *passes* when it arrives and its answer comes back.

pub(crate) mod azure;
mod filters;
mod network;
mod paths;
pub(crate) mod requests;
mod routes;

use std::net::IpAddr;

use patternbook::cloud::{ResourceId, Term};

pub(crate) use filters::is_about;
pub(crate) use network::{Network, is_in};
pub(crate) use paths::is_public;

/// What the first packet of a connection is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    /// TCP to a port.
    Tcp(u16),
    /// UDP to a port.
    Udp(u16),
    /// ICMP of a type and a code.
    Icmp(u8, u8),
    /// ICMP for IPv6 of a type and a code.
    Icmp6(u8, u8),
    /// Another protocol by its number.
    Other(u8),
}

/// A packet on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Packet {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) source_port: u16,
    pub(crate) kind: Kind,
}

impl Packet {
    /// The answer to it, where it asks for one.
    ///
    /// An answer goes to the port that the packet came from. Of ICMP, only an echo request (type 8) is answered, by an echo
    /// reply (type 0): <https://www.rfc-editor.org/rfc/rfc792>. For IPv6 these are 128 and 129:
    /// <https://www.rfc-editor.org/rfc/rfc4443>.
    pub(crate) fn answer(self) -> Option<Self> {
        let (source_port, kind) = match self.kind {
            Kind::Tcp(port) => (port, Kind::Tcp(self.source_port)),
            Kind::Udp(port) => (port, Kind::Udp(self.source_port)),
            Kind::Icmp(8, _) => (0, Kind::Icmp(0, 0)),
            Kind::Icmp6(128, _) => (0, Kind::Icmp6(129, 0)),
            Kind::Icmp(..) | Kind::Icmp6(..) => return None,
            Kind::Other(number) => (0, Kind::Other(number)),
        };
        Some(Self {
            source: self.destination,
            destination: self.source,
            source_port,
            kind,
        })
    }
}

/// A security group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Group {
    /// One of the template.
    Named(ResourceId),
    /// The one that the VPC of this id makes by itself.
    Default(Term),
}

/// One machine: an interface with one private address.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// Its security groups.
    pub(crate) groups: Vec<Group>,
    /// The subnet that it stands in.
    pub(crate) subnet: ResourceId,
    /// Its private address.
    pub(crate) address: IpAddr,
    /// Whether it has a public address of IPv4 beside it.
    pub(crate) public: bool,
}

/// How a packet gets from one end to the other, where one end is outside of the template.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Road {
    /// Inside the VPC.
    Local,
    /// Through an Internet gateway.
    Internet,
    /// Through a NAT gateway or an egress-only Internet gateway, which let nobody in.
    Nat,
    /// Through a VPN gateway.
    Vpn,
    /// Through a peering connection.
    Peering,
}

/// What a template leaves to others, and a walk has to suppose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Luck {
    /// The port that a NAT gateway gives to the connection.
    pub(crate) nat_port: u16,
    /// Whether the customer's device tells by BGP of the remote address, and not only of what the tables send to it anyway.
    pub(crate) announced: bool,
    /// Whether the remote address is one of those in the prefix lists that the template only names.
    pub(crate) listed: bool,
}
