//! Virtual networks, subnets, peerings, routes and public addresses.

use std::rc::Rc;

use super::assembly::{Assembly, Piece, Read};
use super::context::Context;
use super::names;
use super::properties::{Properties, word};
use super::value::{Result, Value};
use crate::cloud::azure::{
    AddressSku, Kind, NatGateway, NextHop, Peering, PublicIp, PublicIpPrefix, Route, RouteTable,
    Subnet, VirtualNetwork,
};
use crate::cloud::{Attribute, ResourceId};
use crate::net::{Cidr, IpVersion};

/// <https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks>
pub(super) fn network(
    id: &ResourceId,
    body: &mut Properties<'_, '_>,
    assembly: &mut Assembly,
) -> Result<()> {
    let mut of = body.inside_or_empty("properties");
    // Names, protection against floods, and how fast flows are forgotten.
    of.ignore(&[
        "dhcpOptions",
        "enableDdosProtection",
        "ddosProtectionPlan",
        "enableVmProtection",
        "flowTimeoutInMinutes",
    ]);
    let network = space(id.clone(), &mut of);
    let owner = Rc::clone(&body.owner);
    match network {
        Ok(network) => assembly.add(network.into(), owner.place.clone(), &owner),
        Err(error) => {
            of.give_up();
            return Err(error);
        }
    }
    for (key, kind) in [
        ("subnets", Kind::Subnet),
        ("virtualNetworkPeerings", Kind::Peering),
    ] {
        for mut entry in of.list(key) {
            let (name, place) = entry.name();
            entry.ignore(&["id", "etag", "type"]);
            let id = names::child(id, kind, name);
            let read = match kind {
                Kind::Subnet => subnet(id, &mut entry),
                _ => peering(id, &mut entry),
            };
            match read {
                Ok(read) => assembly.add(read, place, &owner),
                Err(error) => {
                    entry.give_up();
                    entry.fault(&error);
                }
            }
        }
    }
    Ok(())
}

fn space(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<VirtualNetwork> {
    let mut space = of.inside_or_empty("addressSpace");
    let address_space = space.need("addressPrefixes", Context::cidrs)?;
    Ok(VirtualNetwork { id, address_space })
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks/subnets>
pub(super) fn subnet(id: ResourceId, body: &mut Properties<'_, '_>) -> Result<Read> {
    let api_version = body.owner.api_version.clone();
    let mut of = body.inside_or_empty("properties");
    // What a service may do with the subnet, and rules for private endpoints, which are not read.
    of.ignore(&[
        "delegations",
        "privateEndpointNetworkPolicies",
        "privateLinkServiceNetworkPolicies",
    ]);
    let read = read_subnet(id, &mut of, &api_version);
    if read.is_err() {
        of.give_up();
    }
    read
}

fn read_subnet(id: ResourceId, of: &mut Properties<'_, '_>, api_version: &str) -> Result<Read> {
    let mut prefixes: Vec<Cidr> = of
        .maybe("addressPrefix", Context::cidr)?
        .into_iter()
        .collect();
    prefixes.extend(
        of.maybe("addressPrefixes", Context::cidrs)?
            .unwrap_or_default(),
    );
    if prefixes.is_empty() {
        return Err(of.missing("the subnet has no block of addresses"));
    }
    let network = super::assembly::whole(&id, Kind::VirtualNetwork);
    Ok(Subnet {
        id,
        network: network.attribute(Attribute::Name),
        prefixes,
        default_outbound_access: of.or(
            "defaultOutboundAccess",
            Context::boolean,
            is_open_by_default(api_version),
        ),
        route_table: of.id("routeTable")?,
        nat_gateway: of.id("natGateway")?,
        network_security_group: of.id("networkSecurityGroup")?,
    }
    .into())
}

/// Whether Azure gives a subnet a way out when a template says nothing: not from this version of the API on
/// (<https://techcommunity.microsoft.com/blog/azurenetworkingblog/default-outbound-access/4513778>).
fn is_open_by_default(api_version: &str) -> bool {
    api_version < "2025-07-01"
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks/virtualnetworkpeerings>
pub(super) fn peering(id: ResourceId, body: &mut Properties<'_, '_>) -> Result<Read> {
    let mut of = body.inside_or_empty("properties");
    of.ignore(&[
        "peeringState",
        "remoteAddressSpace",
        "remoteVirtualNetworkAddressSpace",
    ]);
    let remote = match of.id("remoteVirtualNetwork") {
        Ok(Some(remote)) => remote,
        Ok(None) => {
            of.give_up();
            return Err(of.missing("`remoteVirtualNetwork` is missing"));
        }
        Err(error) => {
            of.give_up();
            return Err(error);
        }
    };
    Ok(Peering {
        id,
        remote,
        access: of.or("allowVirtualNetworkAccess", Context::boolean, true),
        forwarded: of.or("allowForwardedTraffic", Context::boolean, false),
        gateway_transit: of.or("allowGatewayTransit", Context::boolean, false),
        remote_gateways: of.or("useRemoteGateways", Context::boolean, false),
    }
    .into())
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/routetables>
pub(super) fn route_table(
    id: ResourceId,
    body: &mut Properties<'_, '_>,
    assembly: &mut Assembly,
) -> Read {
    let mut of = body.inside_or_empty("properties");
    for mut entry in of.list("routes") {
        let (name, place) = entry.name();
        match route(name, &mut entry) {
            Ok(route) => assembly.piece(id.clone(), Piece::Route(route), place, &entry),
            Err(error) => {
                entry.give_up();
                entry.fault(&error);
            }
        }
    }
    let closed = of.or("disableBgpRoutePropagation", Context::boolean, false);
    RouteTable {
        id,
        gateway_routes: !closed,
        routes: Vec::new(),
    }
    .into()
}

/// A route, inside its table or beside it.
/// <https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#custom-routes>
pub(super) fn route(name: String, body: &mut Properties<'_, '_>) -> Result<Route> {
    body.ignore(&["id", "etag", "type"]);
    let mut of = body.inside_or_empty("properties");
    let hop = next_hop(&mut of);
    let prefix = of.need("addressPrefix", Context::cidr);
    if hop.is_err() || prefix.is_err() {
        of.give_up();
    }
    Ok(Route {
        name,
        prefix: prefix?,
        next_hop: hop?,
    })
}

fn next_hop(of: &mut Properties<'_, '_>) -> Result<NextHop> {
    /// The words of the type, of which one needs an address.
    #[derive(Clone, Copy)]
    enum Word {
        Gateway,
        Network,
        Internet,
        Appliance,
        Nothing,
    }
    let word = of.need("nextHopType", |context, value| {
        let words = [
            ("VirtualNetworkGateway", Word::Gateway),
            ("VnetLocal", Word::Network),
            ("Internet", Word::Internet),
            ("VirtualAppliance", Word::Appliance),
            ("None", Word::Nothing),
        ];
        word(context, value, &words)
    })?;
    Ok(match word {
        Word::Gateway => NextHop::VirtualNetworkGateway,
        Word::Network => NextHop::VnetLocal,
        Word::Internet => NextHop::Internet,
        Word::Appliance => NextHop::VirtualAppliance(of.need("nextHopIpAddress", Context::term)?),
        Word::Nothing => NextHop::None,
    })
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/natgateways>
pub(super) fn nat_gateway(id: ResourceId, body: &mut Properties<'_, '_>) -> Read {
    body.inside_or_empty("sku").fixed("name", "Standard", true);
    let mut of = body.inside_or_empty("properties");
    NatGateway {
        id,
        public_ips: of.ids("publicIpAddresses"),
        idle_minutes: of.or("idleTimeoutInMinutes", small, 4),
    }
    .into()
}

fn small(context: &Context<'_>, value: &Value) -> Result<u8> {
    match u8::try_from(context.number(value)?) {
        Ok(number) => Ok(number),
        Err(_) => value.fault("the number is out of range"),
    }
}

/// The make in `sku`. Basic is meant where nothing is said
/// (<https://learn.microsoft.com/azure/templates/microsoft.network/publicipaddresses>).
pub(super) fn sku(body: &mut Properties<'_, '_>) -> AddressSku {
    let mut sku = body.inside_or_empty("sku");
    sku.fixed("tier", "Regional", true);
    let read = |context: &Context<'_>, value: &Value| {
        let words = [
            ("Basic", AddressSku::Basic),
            ("Standard", AddressSku::Standard),
        ];
        word(context, value, &words)
    };
    sku.or("name", read, AddressSku::Basic)
}

/// The version of IP in a property; IPv4 is meant where nothing is said
/// (<https://learn.microsoft.com/azure/templates/microsoft.network/publicipaddresses>).
pub(super) fn version(of: &mut Properties<'_, '_>, key: &str) -> IpVersion {
    let read = |context: &Context<'_>, value: &Value| {
        let words = IpVersion::BOTH.map(|version| (version.as_str(), version));
        word(context, value, &words)
    };
    of.or(key, read, IpVersion::V4)
}

pub(super) fn public_ip(id: ResourceId, body: &mut Properties<'_, '_>) -> Result<Read> {
    let sku = sku(body);
    let zones = body.maybe("zones", Context::words)?.unwrap_or_default();
    let mut of = body.inside_or_empty("properties");
    // Names, how long an idle connection is kept, and whether the address stays the same.
    of.ignore(&[
        "dnsSettings",
        "idleTimeoutInMinutes",
        "publicIPAllocationMethod",
        "deleteOption",
    ]);
    Ok(PublicIp {
        id,
        sku,
        version: version(&mut of, "publicIPAddressVersion"),
        zones,
    }
    .into())
}

pub(super) fn public_ip_prefix(id: ResourceId, body: &mut Properties<'_, '_>) -> Result<Read> {
    body.inside_or_empty("sku").fixed("name", "Standard", true);
    let zones = body.maybe("zones", Context::words)?.unwrap_or_default();
    let mut of = body.inside_or_empty("properties");
    of.fixed("publicIPAddressVersion", "IPv4", true);
    let length = of.need("prefixLength", small)?;
    Ok(PublicIpPrefix { id, length, zones }.into())
}
