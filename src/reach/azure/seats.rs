//! Machines and load balancers: what there is to know of them before anything is judged.

use super::filter::{Filter, GroupId, Groups, Party};
use super::ground::Ground;
use crate::cloud::Term;
use crate::cloud::azure::{AddressSku, LoadBalancer};
use crate::net::IpVersion;
use crate::reach::matrix::{End, Peer};
use crate::reach::set::Addresses;

/// Machines that are all guarded and reached alike.
pub(super) struct Stand<'a> {
    /// The positions of the peer and of the seat in it.
    pub(super) end: (usize, usize),
    /// The subnet.
    pub(super) ground: usize,
    /// The filters, by their place in the list of filters: the interface's and the subnet's. Both must let a packet pass.
    pub(super) filters: Vec<usize>,
    /// Whether there is a filter more, which the template does not show.
    pub(super) hidden: bool,
    pub(super) groups: Vec<GroupId>,
    /// The pools of load balancers that it is in.
    pub(super) pools: Vec<&'a Term>,
    /// The inbound NAT rules that lead to it.
    pub(super) nat_rules: Vec<&'a Term>,
    /// Each machine's own public address.
    pub(super) public: Option<Address>,
    /// The version of IP of the addresses: what has addresses of both is two of these.
    pub(super) version: IpVersion,
    /// The addresses that the machines may have.
    pub(super) addresses: Addresses,
    /// The resource that describes the machine.
    pub(super) owner: Option<usize>,
    /// Whether there may be more than one machine.
    pub(super) several: bool,
}

/// A public address of a machine's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// Of this make.
    Of(AddressSku),
    /// Of a make that the template does not show.
    Hidden,
}

/// A load balancer.
pub(super) struct Balancer<'a> {
    /// Its position among the peers.
    pub(super) peer: usize,
    /// Its position in what was read.
    pub(super) position: usize,
    pub(super) it: &'a LoadBalancer,
}

/// Everybody who is there.
pub(super) struct Census<'a> {
    pub(super) peers: Vec<Peer>,
    pub(super) stands: Vec<Stand<'a>>,
    pub(super) balancers: Vec<Balancer<'a>>,
    pub(super) filters: Vec<Filter<'a>>,
    pub(super) groups: Groups<'a>,
    pub(super) grounds: Vec<Ground<'a>>,
    /// Whether some are there only as if.
    pub(super) as_if: bool,
}

impl Stand<'_> {
    pub(super) fn seat(&self) -> End {
        End::Seat(self.end.0, self.end.1)
    }

    /// These machines as one end of packets.
    pub(super) fn party(&self) -> Party<'_> {
        Party {
            addresses: &self.addresses,
            groups: &self.groups,
            probe: false,
        }
    }

    /// Whether nothing filters: what comes from the Internet by public addresses of Standard make is then dropped
    /// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-overview#securebydefault>), and everything else
    /// passes.
    pub(super) fn is_bare(&self) -> bool {
        self.filters.is_empty() && !self.hidden
    }

    /// Whether other machines are guarded and reached alike, and so are on the same seat.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.ground == other.ground
            && self.filters == other.filters
            && self.hidden == other.hidden
            && self.groups == other.groups
            && self.pools == other.pools
            && self.nat_rules == other.nat_rules
            && self.public == other.public
            && self.version == other.version
            && self.addresses == other.addresses
    }
}
