//! Where a subnet sends a packet: the longest prefix, and among equals a route of the user's before one that a gateway has
//! learned, and that before Azure's own
//! (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route>).

use std::net::IpAddr;

use patternbook::cloud::azure::{NextHop, RouteTable, Subnet};
use patternbook::net::Cidr;

use super::Perhaps;
use super::network::{Network, is_private, private};
use crate::walker::is_in;

/// Where a packet goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hop {
    Local,
    Peered,
    Gateway,
    Internet,
    Appliance,
    Nowhere,
}

impl<'r> Network<'r> {
    pub(super) fn table_of(self, subnet: &Subnet) -> Option<&'r RouteTable> {
        self.table(subnet.route_table.as_ref()?)
    }

    /// Whether a packet to an address goes by a hop.
    pub(super) fn goes(self, subnet: &Subnet, to: IpAddr, hop: Hop) -> Perhaps {
        let chosen = self.chosen(subnet, to);
        // What BGP tells of private addresses has longer prefixes than anything that is written.
        if chosen != Hop::Gateway && self.may_be_learned(subnet, to) {
            return if hop == chosen || hop == Hop::Gateway {
                Perhaps::May
            } else {
                Perhaps::No
            };
        }
        Perhaps::of(hop == chosen)
    }

    /// Whether a packet finds its way to an address inside of the networks. An appliance passes on what it likes.
    pub(super) fn finds(self, subnet: &Subnet, to: IpAddr, hop: Hop) -> Perhaps {
        let by_appliance = self.goes(subnet, to, Hop::Appliance).and(Perhaps::May);
        self.goes(subnet, to, hop).or(by_appliance)
    }

    fn learns(self, subnet: &Subnet) -> bool {
        self.table_of(subnet)
            .is_none_or(|table| table.gateway_routes)
    }

    /// The blocks of the network and of those that it is peered with.
    fn around(self, subnet: &Subnet) -> (Vec<Cidr>, Vec<Cidr>) {
        let home = self.home(subnet);
        let peers = self.peers(home).into_iter();
        let peered = peers.flat_map(|(far, _)| far.address_space.clone());
        (home.address_space.clone(), peered.collect())
    }

    fn may_be_learned(self, subnet: &Subnet, to: IpAddr) -> bool {
        let (own, peered) = self.around(subnet);
        let inside = own.iter().chain(&peered).any(|block| is_in(to, *block));
        let gateway = self.gateway(self.home(subnet));
        let bgp = gateway.is_some_and(|gateway| gateway.bgp);
        self.learns(subnet) && bgp && is_private(to) && !inside
    }

    fn chosen(self, subnet: &Subnet, to: IpAddr) -> Hop {
        let (own, peered) = self.around(subnet);
        let mut routes: Vec<(Cidr, u8, Hop)> = Vec::new();
        routes.extend(own.iter().map(|block| (*block, 2, Hop::Local)));
        routes.extend(peered.iter().map(|block| (*block, 2, Hop::Peered)));
        let dropped = private().filter(|block| !own.contains(block) && !peered.contains(block));
        routes.extend(dropped.map(|block| (block, 2, Hop::Nowhere)));
        let everywhere = [Cidr::ANY_V4, Cidr::ANY_V6];
        routes.extend(everywhere.map(|block| (block, 2, Hop::Internet)));
        let inside = own.iter().chain(&peered).any(|block| is_in(to, *block));
        // Inside of the networks, Azure's own routes go before learned ones, even where these are longer.
        if self.learns(subnet)
            && !inside
            && let Some(gateway) = self.gateway(self.home(subnet))
        {
            routes.extend(gateway.sites.iter().map(|block| (*block, 1, Hop::Gateway)));
        }
        let written = self.table_of(subnet).map_or(&[][..], |table| &table.routes);
        routes.extend(written.iter().map(|route| {
            let hop = match route.next_hop {
                NextHop::VirtualNetworkGateway => Hop::Gateway,
                NextHop::VnetLocal => Hop::Local,
                NextHop::Internet => Hop::Internet,
                NextHop::VirtualAppliance(_) => Hop::Appliance,
                NextHop::None => Hop::Nowhere,
            };
            (route.prefix, 0, hop)
        }));
        routes.retain(|(block, ..)| is_in(to, *block));
        routes.sort_by_key(|(block, rank, _)| (u8::MAX - block.prefix_len(), *rank));
        routes.first().map_or(Hop::Nowhere, |(_, _, hop)| *hop)
    }
}
