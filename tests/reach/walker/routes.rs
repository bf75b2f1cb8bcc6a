//! What a route table does with a packet.

use std::net::IpAddr;

use patternbook::cloud::Term;
use patternbook::cloud::aws::{
    NatGateway, Peering, Resource, RouteDestination, RouteTarget, Subnet,
};
use patternbook::net::Cidr;

use super::Luck;
use super::network::{Network, is_in};

/// Where a route table sends a packet.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Next<'r> {
    /// To its destination in the same VPC.
    Local,
    /// To an Internet gateway that is attached to the VPC.
    Internet,
    /// To an egress-only Internet gateway.
    EgressOnly,
    /// To a NAT gateway.
    Nat(&'r NatGateway),
    /// To a VPN gateway that is attached to the VPC and knows a tunnel for it.
    Vpn,
    /// To another VPC.
    Peering(&'r Peering),
    /// Nowhere: it is dropped.
    Nowhere,
}

/// Which of two routes with equally long prefixes is taken: the lowest
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Local,
    Static,
    PrefixList,
    Propagated,
}

impl<'r> Network<'r> {
    /// What the route table of a subnet does with a packet to an address.
    pub(super) fn next(self, subnet: &'r Subnet, to: IpAddr, luck: Luck) -> Next<'r> {
        let mut routes: Vec<(Cidr, Origin, Next<'r>)> = Vec::new();
        for block in self.blocks(&subnet.vpc) {
            routes.push((block, Origin::Local, Next::Local));
        }
        if let Some(table) = self.table(&subnet.id) {
            self.written(table, subnet, to, &mut routes);
            self.learned(table, subnet, to, luck, &mut routes);
        }
        routes.retain(|(block, _, _)| is_in(to, *block));
        routes.sort_by_key(|(block, origin, _)| (u8::MAX - block.prefix_len(), *origin));
        routes.first().map_or(Next::Nowhere, |(_, _, next)| *next)
    }

    fn written(
        self,
        table: &Term,
        subnet: &'r Subnet,
        to: IpAddr,
        routes: &mut Vec<(Cidr, Origin, Next<'r>)>,
    ) {
        for resource in self.0 {
            let Resource::Route(route) = resource else {
                continue;
            };
            if route.table != *table {
                continue;
            }
            let next = self.target(&route.target, subnet, to);
            match &route.destination {
                RouteDestination::Cidr(block) => routes.push((*block, Origin::Static, next)),
                RouteDestination::PrefixList(list) => {
                    let entries = self.prefix_list(list).map_or(&[][..], |list| &list.entries);
                    let entries = entries.iter();
                    routes.extend(entries.map(|block| (*block, Origin::PrefixList, next)));
                }
            }
        }
    }

    /// The routes that a table learns from VPN gateways: the static routes of their connections, and what the customer's
    /// device tells by BGP (<https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html>). The VPC's own routes come
    /// first, even where a learned one is longer
    /// (<https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>).
    fn learned(
        self,
        table: &Term,
        subnet: &'r Subnet,
        to: IpAddr,
        luck: Luck,
        routes: &mut Vec<(Cidr, Origin, Next<'r>)>,
    ) {
        // No IPv6 over a VPN gateway: https://docs.aws.amazon.com/vpn/latest/s2svpn/ipv4-ipv6.html.
        if self.holds(&subnet.vpc, to) || to.is_ipv6() {
            return;
        }
        for gateway in self.propagating(table) {
            if !self.is_attached(gateway, &subnet.vpc) {
                continue;
            }
            for connection in self.connections(gateway) {
                for block in self.static_blocks(connection) {
                    if connection.static_routes {
                        routes.push((block, Origin::Propagated, Next::Vpn));
                    }
                }
                if !connection.static_routes && luck.announced {
                    let host = Cidr::holding(to, 32).unwrap();
                    routes.push((host, Origin::Propagated, Next::Vpn));
                }
            }
        }
    }

    fn target(self, target: &'r RouteTarget, subnet: &'r Subnet, to: IpAddr) -> Next<'r> {
        match target {
            RouteTarget::Gateway(gateway) => self.gateway(gateway, subnet, to),
            RouteTarget::NatGateway(gateway) => {
                self.nat_gateway(gateway).map_or(Next::Nowhere, Next::Nat)
            }
            RouteTarget::EgressOnlyGateway(gateway)
                if self.is_egress_only(gateway, &subnet.vpc) =>
            {
                Next::EgressOnly
            }
            RouteTarget::Peering(peering) => match self.peering(peering) {
                Some(it) if it.vpc == subnet.vpc || it.peer == subnet.vpc => Next::Peering(it),
                _ => Next::Nowhere,
            },
            _ => Next::Nowhere,
        }
    }

    fn gateway(self, gateway: &Term, subnet: &Subnet, to: IpAddr) -> Next<'r> {
        if *gateway == Term::Text("local".into()) {
            return Next::Local;
        }
        if !self.is_attached(gateway, &subnet.vpc) {
            return Next::Nowhere;
        }
        if self.internet_gateway(gateway).is_some() {
            return Next::Internet;
        }
        if self.is_vpn_gateway(gateway) && self.tunnel(gateway, to) {
            return Next::Vpn;
        }
        Next::Nowhere
    }

    /// Whether a VPN gateway has a tunnel for an address: it drops what it has no route for
    /// (<https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>).
    fn tunnel(self, gateway: &Term, to: IpAddr) -> bool {
        to.is_ipv4()
            && self.connections(gateway).any(|connection| {
                let blocks = self.static_blocks(connection);
                // Who sends a block to a customer's device knows that the device tells of it.
                !connection.static_routes || blocks.iter().any(|block| is_in(to, *block))
            })
    }
}
