//! What the next team needs to know.

use super::vpn::AZURE_ASN;
use super::{Lowering, balancer, routing};
use crate::cloud::{Attribute, Output, ResourceId, Term};
use crate::net::IpVersion;
use crate::plan::{DefaultRoute, Network, Purpose, VpnRouting};

pub(super) fn lower(lowering: &Lowering<'_>, network: &Network) -> Vec<Output> {
    let names = &lowering.names;
    let prefix = if network.name == "main" {
        String::new()
    } else {
        format!("{}_", snake(&network.name))
    };
    let mut outputs = Vec::new();
    let mut add = |name: String, help: String, value: Term| {
        outputs.push(Output {
            name: format!("{prefix}{name}"),
            help,
            value,
            secret: false,
        });
    };
    for (name, help, value) in front_ends(lowering, network) {
        add(name, help, value);
    }
    if routing::has_nat(network) {
        add(
            "nat_address".into(),
            "Public address that instances come from when they reach the Internet.".into(),
            address(&names.public_ip(network, routing::NAT)),
        );
    }
    if let Some(vpn) = &network.vpn {
        add(
            "vpn_gateway_address".into(),
            "Public address of Azure's side of the VPN, for the device on your side.".into(),
            address(&names.public_ip(network, &vpn.name)),
        );
        if matches!(vpn.routing, VpnRouting::Bgp { .. }) {
            add(
                "vpn_gateway_bgp_address".into(),
                "Address at which Azure's gateway speaks BGP.".into(),
                names
                    .vpn_gateway(network, &vpn.name)
                    .attribute(Attribute::BgpAddress),
            );
            add(
                "vpn_gateway_asn".into(),
                "Autonomous system number of Azure's gateway.".into(),
                AZURE_ASN.to_string().into(),
            );
        }
        let ranges: Vec<_> = network.cidrs.iter().map(ToString::to_string).collect();
        add(
            "network_ranges".into(),
            format!(
                "Addresses of the virtual network, which your side routes into the VPN.{}",
                your_side(network, vpn.routing)
            ),
            ranges.join(", ").into(),
        );
    }
    add(
        "virtual_network_id".into(),
        "Id of the virtual network.".into(),
        names.network(network).id(),
    );
    for group in &network.subnets {
        // The gateway is built here; who builds the others has to find their subnets.
        if group.purpose == Purpose::VpnGateway {
            continue;
        }
        for member in &group.members {
            add(
                format!("{}_subnet_id", snake(&member.name)),
                format!("Id of the subnet `{}`.", member.name),
                names.subnet(network, group, member).id(),
            );
        }
    }
    for tier in lowering.tiers(network) {
        add(
            format!("{}_network_security_group_id", snake(&tier.name)),
            format!(
                "Id of the network security group of the {} tier.",
                tier.name
            ),
            names.filter(network, &tier.name).id(),
        );
        add(
            format!("{}_application_security_group_id", snake(&tier.name)),
            format!(
                "Id of the application security group that makes a machine one of the {} tier.",
                tier.name
            ),
            names.group(network, &tier.name).id(),
        );
    }
    outputs
}

/// The addresses that clients connect to: one of each version of IP in which a load balancer listens.
fn front_ends(lowering: &Lowering<'_>, network: &Network) -> Vec<(String, String, Term)> {
    let balancers = network.load_balancers.values().flat_map(|it| {
        let versions = balancer::versions(lowering, network, it);
        versions.map(|version| {
            let (suffix, what) = match version {
                IpVersion::V4 => ("", ""),
                IpVersion::V6 => ("_ipv6", " of IPv6"),
            };
            (
                format!("{}{suffix}_address", snake(&it.name)),
                format!("Public address{what} that clients connect to."),
                address(&balancer::address(lowering, network, it, version)),
            )
        })
    });
    balancers.collect()
}

/// What the device must do where a subnet's way to the Internet leads through the datacenter
/// (<https://learn.microsoft.com/azure/vpn-gateway/about-site-to-site-tunneling>).
fn your_side(network: &Network, routing: VpnRouting) -> &'static str {
    let mut groups = network.subnets.iter();
    let forced = groups.any(|group| group.default_route == DefaultRoute::Datacenter);
    match routing {
        _ if !forced => "",
        VpnRouting::Static => " Its device must accept traffic selectors of 0.0.0.0/0.",
        VpnRouting::Bgp { .. } => " Its device must advertise 0.0.0.0/0.",
    }
}

fn address(public_ip: &ResourceId) -> Term {
    public_ip.attribute(Attribute::Address)
}

fn snake(name: &str) -> String {
    name.replace('-', "_")
}
