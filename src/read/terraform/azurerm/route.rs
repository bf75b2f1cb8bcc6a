//! Route tables, the routes in them, and NAT gateways.

use super::assembly::{Assembly, Piece, Read};
use super::words::{small, word};
use crate::cloud::ResourceId;
use crate::cloud::azure::{Kind, NatGateway, NextHop, Route, RouteTable};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/route_table>
pub(super) fn table<'t>(
    id: ResourceId,
    of: &mut Properties<'_, 't>,
    assembly: &mut Assembly<'t>,
) -> Read {
    if of.has("route") {
        assembly.says_all(&id, Kind::RouteTable);
    }
    for mut entry in of.blocks("route") {
        match route(&mut entry) {
            Ok(route) => assembly.piece(id.clone(), Piece::Route(route), entry.place(), of),
            Err(error) => {
                entry.give_up();
                entry.fault(&error);
            }
        }
    }
    // The provider's name before version 4, which says the opposite.
    let closed = of.or("disable_bgp_route_propagation", Context::boolean, false);
    RouteTable {
        id,
        gateway_routes: of.or("bgp_route_propagation_enabled", Context::boolean, !closed),
        routes: Vec::new(),
    }
    .into()
}

/// A route, inside its table or beside it.
/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/route>
pub(super) fn route(of: &mut Properties<'_, '_>) -> Result<Route> {
    Ok(Route {
        name: of.label("name"),
        prefix: of.need("address_prefix", Context::cidr)?,
        next_hop: next_hop(of)?,
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
    let word = of.need("next_hop_type", |context, value| {
        let words = [
            ("VirtualNetworkGateway", Word::Gateway),
            ("VnetLocal", Word::Network),
            ("Internet", Word::Internet),
            ("VirtualAppliance", Word::Appliance),
            ("None", Word::Nothing),
        ];
        word(context, value, &words)
    })?;
    let key = "next_hop_in_ip_address";
    let address = of.take(key).filter(|value| !value.is_empty());
    Ok(match (word, address) {
        (Word::Appliance, Some(address)) => NextHop::VirtualAppliance(of.context.term(address)?),
        (Word::Appliance, None) => return Err(of.missing(&format!("`{key}` is missing"))),
        (_, Some(_)) => {
            return Err(of.missing("only an appliance is the next hop by its address"));
        }
        (Word::Gateway, None) => NextHop::VirtualNetworkGateway,
        (Word::Network, None) => NextHop::VnetLocal,
        (Word::Internet, None) => NextHop::Internet,
        (Word::Nothing, None) => NextHop::None,
    })
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/nat_gateway>
pub(super) fn nat_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["zones"]);
    of.fixed("sku_name", "Standard", true);
    // The provider's way before there were associations.
    let public_ips = of.maybe("public_ip_address_ids", Context::terms)?;
    Ok(NatGateway {
        id,
        public_ips: public_ips.unwrap_or_default(),
        idle_minutes: of.or("idle_timeout_in_minutes", small, 4),
    }
    .into())
}
