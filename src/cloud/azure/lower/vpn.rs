//! The VPN gateway, the customer's side and the connection.

use std::net::{IpAddr, Ipv4Addr};

use super::ranges::widest;
use super::{Lowering, check};
use crate::cloud::azure::{
    BgpPeer, Connection, IpsecPolicy, LocalNetworkGateway, Resource, VirtualNetworkGateway,
};
use crate::cloud::{LoweringError, Term};
use crate::net::Cidr;
use crate::plan::{Bound, DefaultRoute, Network, Purpose, Vpn, VpnRouting};

/// The smallest SKU that is not on its way out
/// (<https://learn.microsoft.com/azure/vpn-gateway/gateway-sku-consolidation>).
const SKU: &str = "VpnGw1AZ";

/// The number that Azure's gateways have unless they are given another
/// (<https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview>).
pub(super) const AZURE_ASN: u32 = 65515;

/// Numbers that Azure keeps for itself, and those that no one may use between two sites (same page).
const RESERVED_ASNS: [std::ops::RangeInclusive<u32>; 6] = [
    8074..=8075,
    12076..=12076,
    23456..=23456,
    64496..=64511,
    65515..=65520,
    65535..=65551,
];

pub(super) fn lower(lowering: &mut Lowering<'_>, network: &Network) -> Vec<Resource> {
    let Some(vpn) = &network.vpn else {
        return Vec::new();
    };
    let names = &lowering.names;
    let gateway = names.vpn_gateway(network, &vpn.name);
    let remote = names.local_gateway(network);
    let connection = names.connection(network);
    let public_ip = names.public_ip(network, &vpn.name).id();
    let Some((subnet, shared_key)) = subnet(lowering, network).zip(key(lowering, vpn)) else {
        return Vec::new();
    };
    let bgp = bgp(lowering, vpn);
    let forced = network
        .subnets
        .iter()
        .any(|group| group.default_route == DefaultRoute::Datacenter);
    let ranges = ranges(lowering);
    check_sides(lowering, &ranges, vpn);
    vec![
        Resource::LocalNetworkGateway(LocalNetworkGateway {
            id: remote.clone(),
            address: address(&vpn.device),
            // With BGP the device announces its ranges, and 0.0.0.0/0 where traffic for the Internet is to pass it.
            address_space: if bgp.is_some() { Vec::new() } else { ranges },
            bgp: bgp.clone(),
        }),
        Resource::VirtualNetworkGateway(VirtualNetworkGateway {
            id: gateway.clone(),
            sku: SKU.to_owned(),
            subnet,
            public_ip,
            asn: bgp.as_ref().map(|_| AZURE_ASN),
            // A subnet's route to the gateway is not enough: the gateway itself must know a way on
            // (https://learn.microsoft.com/azure/vpn-gateway/about-site-to-site-tunneling).
            default_site: (forced && bgp.is_none()).then(|| remote.id()),
        }),
        Resource::Connection(Connection {
            id: connection,
            gateway: gateway.id(),
            remote: remote.id(),
            shared_key,
            bgp: bgp.is_some(),
            policy: policy(),
        }),
    ]
}

/// The datacenter's ranges, none of which holds another: Azure takes a range once.
pub(super) fn ranges(lowering: &Lowering<'_>) -> Vec<Cidr> {
    let sides = lowering.plan.datacenter.iter();
    widest(sides.flat_map(|side| side.ranges.iter().copied()))
}

/// Ranges that Azure never routes, and a device that the Internet does not reach.
fn check_sides(lowering: &mut Lowering<'_>, ranges: &[Cidr], vpn: &Vpn) {
    for range in ranges {
        let wrong = check::forbidden("the datacenter's range", *range);
        lowering.errors.extend(wrong);
    }
    if let Bound::Known(IpAddr::V4(device)) = vpn.device
        && !is_public(device)
    {
        lowering.errors.push(LoweringError::Text {
            what: "the public address of the VPN device".into(),
            found: format!("{device}, a private or reserved address"),
            cloud: super::CLOUD,
            help: "give the address at which the Internet reaches the device \
                   (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#lng)"
                .into(),
        });
    }
}

/// Whether an address can be one of the Internet's. Those for documentation count, so that examples can have some.
fn is_public(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || shared
        || first == 0
        || first >= 224)
}

/// The strongest algorithms that Azure and common devices share.
fn policy() -> IpsecPolicy {
    IpsecPolicy {
        ike_encryption: "AES256".into(),
        ike_integrity: "SHA384".into(),
        dh_group: "ECP384".into(),
        ipsec_encryption: "GCMAES256".into(),
        ipsec_integrity: "GCMAES256".into(),
        pfs_group: "ECP384".into(),
        sa_lifetime_seconds: 27_000,
        sa_data_size_kilobytes: 102_400_000,
    }
}

fn address(device: &Bound<IpAddr>) -> Term {
    match device {
        Bound::Known(address) => address.to_string().into(),
        Bound::Deploy(name) => Term::Parameter(name.into()),
    }
}

fn subnet(lowering: &mut Lowering<'_>, network: &Network) -> Option<Term> {
    let group = network
        .subnets
        .iter()
        .find(|group| group.purpose == Purpose::VpnGateway);
    let found = group.and_then(|group| {
        let member = group.members.first()?;
        Some(lowering.names.subnet(network, group, member).id())
    });
    if found.is_none() {
        lowering.unsupported(
            "a VPN without a subnet for its gateway",
            "add a subnet with `purpose: vpn_gateway`, /27 or larger",
        );
    }
    found
}

fn key(lowering: &mut Lowering<'_>, vpn: &Vpn) -> Option<Term> {
    if vpn.key.is_none() {
        lowering.unsupported(
            "a VPN without a pre-shared key",
            "give the `vpn` a `key`, bound to a parameter of type `secret`",
        );
    }
    vpn.key.as_ref().map(|name| Term::Parameter(name.into()))
}

fn bgp(lowering: &mut Lowering<'_>, vpn: &Vpn) -> Option<BgpPeer> {
    let VpnRouting::Bgp { asn } = vpn.routing else {
        return None;
    };
    if RESERVED_ASNS.iter().any(|range| range.contains(&asn)) {
        lowering.errors.push(LoweringError::Text {
            what: "the autonomous system number of your side".into(),
            found: asn.to_string(),
            cloud: super::CLOUD,
            help: "take a number that is neither Azure's nor reserved, as 65000 is \
                   (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview)"
                .into(),
        });
    }
    let Some(peer) = &vpn.bgp_peer else {
        lowering.errors.push(LoweringError::Unsupported {
            what: "BGP without the address at which your device speaks it".into(),
            cloud: super::CLOUD,
            help: "give the VPN its `bgp_peer`".into(),
        });
        return None;
    };
    let address = match peer {
        Bound::Known(address) => address.to_string().into(),
        Bound::Deploy(name) => Term::Parameter(name.into()),
    };
    Some(BgpPeer { asn, address })
}
