//! Route tables and the NAT gateway: by which way a subnet's traffic leaves.
//!
//! No table learns the gateway's routes. Routes to the datacenter stand in the tables as themselves, which Azure honours
//! with propagation off
//! (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#border-gateway-protocol>), so that
//! what the other side announces can never move a subnet's traffic.

use super::names::block;
use super::{Lowering, vpn};
use crate::cloud::azure::{NatGateway, NextHop, Resource, Route, RouteTable};
use crate::net::{Cidr, IpVersion, Traffic};
use crate::plan::{Allow, DefaultRoute, Network, Peer, Purpose, SubnetGroup};

/// What the NAT gateway's public address is called.
pub(super) const NAT: &str = "nat";

pub(super) fn lower(lowering: &mut Lowering<'_>, network: &Network) -> Vec<Resource> {
    let mut items = Vec::new();
    for group in &network.subnets {
        refuse_what_cannot_work(lowering, network, group);
        refuse_what_nat_drops(lowering, network, group);
        let routes = routes(lowering, network, group);
        if !routes.is_empty() {
            items.push(Resource::RouteTable(RouteTable {
                id: lowering.names.route_table(network, group),
                gateway_routes: false,
                routes,
            }));
        }
    }
    if has_nat(network) {
        items.push(Resource::NatGateway(NatGateway {
            id: lowering.names.nat_gateway(network),
            public_ips: vec![lowering.names.public_ip(network, NAT).id()],
            idle_minutes: 4,
        }));
    }
    items
}

/// Whether any subnet goes out through a NAT gateway.
pub(super) fn has_nat(network: &Network) -> bool {
    network.subnets.iter().any(|group| {
        group.purpose == Purpose::Instances && group.default_route == DefaultRoute::Nat
    })
}

/// Whether a subnet group needs a table of its own.
pub(super) fn has_table(lowering: &Lowering<'_>, network: &Network, group: &SubnetGroup) -> bool {
    !routes(lowering, network, group).is_empty()
}

fn routes(lowering: &Lowering<'_>, network: &Network, group: &SubnetGroup) -> Vec<Route> {
    // A table with a default route on the gateway's own subnet would cut the gateway off
    // (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub). Those of Bastion and of a
    // route server take none (https://learn.microsoft.com/azure/bastion/bastion-faq#udr,
    // https://learn.microsoft.com/azure/route-server/route-server-faq), and a firewall wants the Internet
    // (https://learn.microsoft.com/azure/firewall/forced-tunneling).
    if group.purpose.is_reserved() {
        return Vec::new();
    }
    let mut routes = Vec::new();
    if network.vpn.is_some() && meets_datacenter(lowering, network, group) {
        let ranges = vpn::ranges(lowering).into_iter();
        routes.extend(ranges.map(|range| Route {
            name: format!("datacenter-{}", block(range)),
            prefix: range,
            next_hop: NextHop::VirtualNetworkGateway,
        }));
    }
    if let Some(next_hop) = default_hop(lowering, network, group) {
        let defaults = network.versions().iter().map(|version| {
            let (name, prefix) = match version {
                IpVersion::V4 => ("default", Cidr::ANY_V4),
                IpVersion::V6 => ("default-ipv6", Cidr::ANY_V6),
            };
            Route {
                name: name.to_owned(),
                prefix,
                next_hop: next_hop.clone(),
            }
        });
        routes.extend(defaults);
    }
    routes
}

/// Where a subnet's default route leads, when Azure's own would not do.
fn default_hop(lowering: &Lowering<'_>, network: &Network, group: &SubnetGroup) -> Option<NextHop> {
    let exposed = lowering
        .tiers_of(network, group)
        .any(|tier| lowering.is_exposed(network, tier));
    match group.default_route {
        DefaultRoute::Datacenter => Some(NextHop::VirtualNetworkGateway),
        DefaultRoute::None if !exposed => Some(NextHop::None),
        // Answers to the Internet's clients go out by Azure's own default route. Where a gateway has a default site, that
        // site would get them: "a Default Site tunnels all subnets" unless a route says otherwise
        // (https://learn.microsoft.com/azure/vpn-gateway/site-to-site-tunneling).
        DefaultRoute::None | DefaultRoute::Nat => {
            network.vpn.is_some().then_some(NextHop::Internet)
        }
    }
}

/// Whether anything in a subnet speaks with the datacenter or by way of it.
fn meets_datacenter(lowering: &Lowering<'_>, network: &Network, group: &SubnetGroup) -> bool {
    group.default_route == DefaultRoute::Datacenter
        || lowering.tiers_of(network, group).any(|tier| {
            lowering
                .flows_of(tier)
                .any(|flow| flow.from == Peer::Datacenter || flow.to == Peer::Datacenter)
        })
}

/// A NAT gateway translates TCP and UDP and nothing else.
fn refuse_what_nat_drops(lowering: &mut Lowering<'_>, network: &Network, group: &SubnetGroup) {
    if group.default_route != DefaultRoute::Nat {
        return;
    }
    let tiers: Vec<_> = lowering.tiers_of(network, group).collect();
    for tier in tiers {
        let own = Peer::Named(tier.name.clone());
        let flows: Vec<_> = lowering
            .flows_of(tier)
            .filter(|flow| flow.from == own && flow.to == Peer::Internet)
            .filter(|flow| matches!(flow.allow, Allow::Traffic(Traffic::All | Traffic::Icmp(_))))
            .collect();
        for flow in flows {
            lowering.unsupported(
                &format!(
                    "`{}` from `{}` to `{}` through a NAT gateway",
                    flow.allow, flow.from, flow.to
                ),
                "a NAT gateway carries TCP and UDP only; list their ports, as in `tcp/443` \
                 (https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource)",
            );
        }
    }
}

fn refuse_what_cannot_work(lowering: &mut Lowering<'_>, network: &Network, group: &SubnetGroup) {
    if group.default_route != DefaultRoute::Datacenter || group.purpose.is_reserved() {
        return;
    }
    if network.vpn.is_none() {
        lowering.unsupported(
            &format!(
                "a default route through the datacenter for `{}`",
                group.name
            ),
            "give the network a `vpn`",
        );
    }
    let exposed: Vec<_> = lowering
        .tiers_of(network, group)
        .filter(|tier| lowering.is_exposed(network, tier))
        .map(|tier| tier.name.clone())
        .collect();
    for tier in exposed {
        lowering.unsupported(
            &format!("a public tier `{tier}` in the subnet `{}`, whose default route leads to the datacenter", group.name),
            "answers to the Internet's clients would leave through the datacenter and be dropped; put the tier on a \
             subnet of its own (https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview)",
        );
    }
}
