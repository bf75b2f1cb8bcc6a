//! Where a subnet's packets go.
//!
//! The longest prefix decides; among equals a user-defined route goes before one that a gateway has learned, and that before
//! Azure's own (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route>).

use std::collections::BTreeMap;

use super::bounds::Bounds;
use super::ranges;
use super::survey::At;
use crate::cloud::azure::{NextHop, RouteTable};
use crate::net::Cidr;
use crate::reach::set::{Addresses, Set};

/// What a route leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Hop {
    /// The virtual network itself.
    Local,
    /// A peered virtual network.
    Peered,
    /// The virtual network's gateway.
    Gateway,
    /// A machine that passes on what it likes.
    Appliance,
    /// The Internet.
    Internet,
    /// Nothing: it is dropped.
    Nowhere,
}

/// A route of a table: the positions of the table and of the route in it.
pub(super) type Written = (usize, usize);

/// Some of the addresses, and where their packets go.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) hop: Hop,
    pub(super) to: Bounds<Addresses>,
    pub(super) written: Option<Written>,
}

/// Where a subnet's packets go, by their destination.
#[derive(Clone, Debug)]
pub(super) struct Routes {
    legs: Vec<Leg>,
    by: BTreeMap<Hop, Bounds<Addresses>>,
    nothing: Bounds<Addresses>,
}

/// What a subnet's routes are made of beside its table.
pub(super) struct Around<'a> {
    /// The blocks of its virtual network.
    pub(super) space: &'a [Cidr],
    /// The blocks of the networks that it is peered with.
    pub(super) peered: &'a [Cidr],
    /// The blocks that the network's gateway is told of.
    pub(super) sites: &'a [Cidr],
    /// Whether the gateway speaks BGP, and so learns more than the template says.
    pub(super) bgp: bool,
}

/// Which of two routes with one prefix goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Written,
    Learned,
    System,
}

struct Candidate {
    prefix: Cidr,
    rank: Rank,
    hop: Hop,
    written: Option<Written>,
}

impl Routes {
    pub(super) fn new(table: Option<At<'_, RouteTable>>, around: &Around<'_>) -> Self {
        let learns = table.is_none_or(|table| table.it.gateway_routes);
        let mut candidates = system(around);
        if learns {
            candidates.extend(learned(around));
        }
        candidates.extend(table.into_iter().flat_map(written));
        // A stable sort: what stands first in a table goes first, where Azure would refuse the second.
        candidates.sort_by_key(|route| (u8::MAX - route.prefix.prefix_len(), route.rank));
        let own = around.space.iter().chain(around.peered);
        let own: Addresses = own.copied().collect();
        let mut left = Addresses::everything();
        let mut legs = Vec::new();
        for route in candidates {
            let mut to = left.intersection(&route.prefix.into());
            if route.rank == Rank::Learned {
                to = to.difference(&own);
            }
            if to.is_nothing() {
                continue;
            }
            left = left.difference(&to);
            legs.push(Leg {
                hop: route.hop,
                to: Bounds::sure(to),
                written: route.written,
            });
        }
        if learns && around.bgp {
            let private: Addresses = ranges::private_blocks().collect();
            may_learn(&mut legs, &private.difference(&own));
        }
        Self::of(legs)
    }

    fn of(legs: Vec<Leg>) -> Self {
        let mut by = BTreeMap::<_, Bounds<Addresses>>::new();
        for leg in &legs {
            let sum = by.entry(leg.hop).or_insert_with(Bounds::nothing);
            *sum = sum.union(&leg.to);
        }
        Self {
            legs,
            by,
            nothing: Bounds::nothing(),
        }
    }

    /// Routes of which nothing is known.
    pub(super) fn unknown() -> Self {
        let hops = [
            Hop::Local,
            Hop::Peered,
            Hop::Gateway,
            Hop::Internet,
            Hop::Appliance,
            Hop::Nowhere,
        ];
        let leg = |hop| Leg {
            hop,
            to: Bounds::maybe(Addresses::everything()),
            written: None,
        };
        Self::of(hops.map(leg).to_vec())
    }

    /// The destinations that go by a hop.
    pub(super) fn by(&self, hop: Hop) -> &Bounds<Addresses> {
        self.by.get(&hop).unwrap_or(&self.nothing)
    }

    /// The routes of tables that lead by a hop, each with its destinations.
    pub(super) fn written(&self, hop: Hop) -> impl Iterator<Item = (Written, &Addresses)> {
        let legs = self.legs.iter().filter(move |leg| leg.hop == hop);
        legs.filter_map(|leg| Some((leg.written?, &leg.to.some)))
    }
}

/// What the other side of a BGP session may tell: with longer prefixes than any that a table has.
fn may_learn(legs: &mut Vec<Leg>, told: &Addresses) {
    for leg in legs.iter_mut().filter(|leg| leg.hop != Hop::Gateway) {
        leg.to.every = leg.to.every.difference(told);
    }
    legs.push(Leg {
        hop: Hop::Gateway,
        to: Bounds::maybe(told.clone()),
        written: None,
    });
}

/// The routes that every subnet has. IPv6 has no private ranges that are dropped.
fn system(around: &Around<'_>) -> Vec<Candidate> {
    let route = |prefix, hop| Candidate {
        prefix,
        rank: Rank::System,
        hop,
        written: None,
    };
    let own = around.space.iter().map(|&block| route(block, Hop::Local));
    let peered = around.peered.iter();
    let peered = peered.map(|&block| route(block, Hop::Peered));
    let private = ranges::private_blocks()
        // A private range that is the network's own is not dropped.
        .filter(|block| !around.space.contains(block) && !around.peered.contains(block))
        .map(|block| route(block, Hop::Nowhere));
    let default = [Cidr::ANY_V4, Cidr::ANY_V6].map(|block| route(block, Hop::Internet));
    own.chain(peered).chain(private).chain(default).collect()
}

/// What the gateway is told of. Azure's own routes inside the network go before these even when these are more specific.
fn learned(around: &Around<'_>) -> impl Iterator<Item = Candidate> {
    around.sites.iter().map(|&prefix| Candidate {
        prefix,
        rank: Rank::Learned,
        hop: Hop::Gateway,
        written: None,
    })
}

fn written(table: At<'_, RouteTable>) -> impl Iterator<Item = Candidate> {
    let routes = table.it.routes.iter().enumerate();
    routes.map(move |(at, route)| Candidate {
        prefix: route.prefix,
        rank: Rank::Written,
        hop: match route.next_hop {
            NextHop::VnetLocal => Hop::Local,
            NextHop::VirtualNetworkGateway => Hop::Gateway,
            NextHop::Internet => Hop::Internet,
            NextHop::VirtualAppliance(_) => Hop::Appliance,
            NextHop::None => Hop::Nowhere,
        },
        written: Some((table.position, at)),
    })
}
