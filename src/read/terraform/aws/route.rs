//! Route tables, who uses them, and the routes in them.

use super::assembly::Read;
use crate::cloud::aws::{
    Kind, Resource, Route, RouteDestination, RoutePropagation, RouteTable, RouteTableAssociation,
    RouteTarget,
};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table>
pub(super) fn table(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let table = RouteTable {
        vpc: of.need("vpc_id", Context::term)?,
        note: None,
        name: of.name(),
        id,
    };
    let mut beside: Vec<(Resource, _)> = Vec::new();
    for (at, mut inline) in of.blocks("route").into_iter().enumerate() {
        match inline_route(&table.id, at, &mut inline) {
            Ok(route) => beside.push((route.into(), inline.place().clone())),
            Err(error) => {
                inline.give_up();
                inline.fault(&error);
            }
        }
    }
    let learns = of.maybe("propagating_vgws", Context::terms)?;
    for (at, gateway) in learns.unwrap_or_default().into_iter().enumerate() {
        let propagation = RoutePropagation {
            id: child(&table.id, Kind::RoutePropagation, at),
            tables: vec![table.id.id()],
            gateway,
        };
        beside.push((propagation.into(), of.place().clone()));
    }
    let mut read = Read::from(table);
    read.beside = beside;
    Ok(read)
}

fn child(table: &ResourceId, kind: Kind, at: usize) -> ResourceId {
    table.child(crate::cloud::Kind::Aws(kind), at.to_string())
}

/// A route that stands inside its table.
fn inline_route(table: &ResourceId, at: usize, of: &mut Properties<'_, '_>) -> Result<Route> {
    let keys = [
        "cidr_block",
        "ipv6_cidr_block",
        "destination_prefix_list_id",
    ];
    Ok(Route {
        id: child(table, Kind::Route, at),
        table: table.id(),
        destination: destination(of, keys)?,
        target: target(of)?,
        after: Vec::new(),
    })
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table_association>
pub(super) fn association(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(RouteTableAssociation {
        id,
        table: of.need("route_table_id", Context::term)?,
        subnet: of.need("subnet_id", Context::term)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpn_gateway_route_propagation>
pub(super) fn propagation(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(RoutePropagation {
        id,
        tables: vec![of.need("route_table_id", Context::term)?],
        gateway: of.need("vpn_gateway_id", Context::term)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route>
pub(super) fn route(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // A state says who made it.
    of.ignore(&["origin"]);
    let keys = [
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
        "destination_prefix_list_id",
    ];
    Ok(Route {
        id,
        table: of.need("route_table_id", Context::term)?,
        destination: destination(of, keys)?,
        target: target(of)?,
        after: after(of),
    }
    .into())
}

/// The destination, of blocks or a list. A plan, and a list of blocks that is written as an argument, have empty texts for
/// what nobody wrote.
fn destination(of: &mut Properties<'_, '_>, keys: [&str; 3]) -> Result<RouteDestination> {
    let mut found = Vec::new();
    for (key, is_list) in keys.into_iter().zip([false, false, true]) {
        let Some(value) = of.take(key).filter(|value| !value.is_empty()) else {
            continue;
        };
        found.push(if is_list {
            RouteDestination::PrefixList(of.context.term(value)?)
        } else {
            RouteDestination::Cidr(of.context.cidr(value)?)
        });
    }
    match <[RouteDestination; 1]>::try_from(found) {
        Ok([destination]) => Ok(destination),
        Err(_) => Err(of.missing("the route does not have exactly one destination")),
    }
}

/// Makes a target of what an argument names.
type Made = fn(Term) -> RouteTarget;

fn target(of: &mut Properties<'_, '_>) -> Result<RouteTarget> {
    let targets: [(&str, Made); 11] = [
        ("gateway_id", RouteTarget::Gateway),
        ("nat_gateway_id", RouteTarget::NatGateway),
        ("egress_only_gateway_id", RouteTarget::EgressOnlyGateway),
        ("vpc_peering_connection_id", RouteTarget::Peering),
        ("transit_gateway_id", RouteTarget::TransitGateway),
        // The provider's name before version 4.
        ("instance_id", RouteTarget::Instance),
        ("network_interface_id", RouteTarget::Interface),
        ("vpc_endpoint_id", RouteTarget::Endpoint),
        ("carrier_gateway_id", RouteTarget::OtherGateway),
        ("local_gateway_id", RouteTarget::OtherGateway),
        ("core_network_arn", RouteTarget::OtherGateway),
    ];
    let mut found = Vec::new();
    for (key, target) in targets {
        if let Some(value) = of.take(key).filter(|value| !value.is_empty()) {
            found.push(target(of.context.term(value)?));
        }
    }
    match <[RouteTarget; 1]>::try_from(found) {
        Ok([target]) => Ok(target),
        Err(_) => Err(of.missing("the route does not have exactly one target")),
    }
}

/// What a resource waits for. What is not read is left out: the order of making things lets nothing pass.
pub(super) fn after(of: &Properties<'_, '_>) -> Vec<Term> {
    let waits = of.owner.depends_on.iter();
    let known = waits.filter_map(|reference| {
        let instance = of.context.tree.find(&reference.address)?;
        let id = of.context.id(instance)?;
        Some(id.attribute(Attribute::Itself))
    });
    known.collect()
}
