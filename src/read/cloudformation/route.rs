//! Route tables, who uses them, and the routes in them.

use super::assembly::Read;
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{
    Route, RouteDestination, RoutePropagation, RouteTable, RouteTableAssociation, RouteTarget,
};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::yaml::Node;

pub(super) fn table(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(RouteTable {
        id,
        vpc: of.need("VpcId", Context::term)?,
        note: None,
        name: of.name(),
    }
    .into())
}

pub(super) fn association(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(RouteTableAssociation {
        id,
        table: of.need("RouteTableId", Context::term)?,
        subnet: of.need("SubnetId", Context::term)?,
    }
    .into())
}

pub(super) fn propagation(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(RoutePropagation {
        id,
        tables: of.need("RouteTableIds", Context::terms)?,
        gateway: of.need("VpnGatewayId", Context::term)?,
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html>
pub(super) fn route(
    id: ResourceId,
    of: &mut Properties<'_, '_>,
    depends_on: Option<&Node>,
) -> Result<Read> {
    Ok(Route {
        id,
        table: of.need("RouteTableId", Context::term)?,
        destination: destination(of)?,
        target: target(of)?,
        after: after(of.context, depends_on),
    }
    .into())
}

fn destination(of: &mut Properties<'_, '_>) -> Result<RouteDestination> {
    let mut found = Vec::new();
    for key in ["DestinationCidrBlock", "DestinationIpv6CidrBlock"] {
        found.extend(of.maybe(key, Context::cidr)?.map(RouteDestination::Cidr));
    }
    let list = of.maybe("DestinationPrefixListId", Context::term)?;
    found.extend(list.map(RouteDestination::PrefixList));
    match <[RouteDestination; 1]>::try_from(found) {
        Ok([destination]) => Ok(destination),
        Err(_) => Err(of.missing("the route does not have exactly one destination")),
    }
}

/// Makes a target of what a property names.
type Made = fn(Term) -> RouteTarget;

fn target(of: &mut Properties<'_, '_>) -> Result<RouteTarget> {
    let targets: [(&str, Made); 11] = [
        ("GatewayId", RouteTarget::Gateway),
        ("NatGatewayId", RouteTarget::NatGateway),
        (
            "EgressOnlyInternetGatewayId",
            RouteTarget::EgressOnlyGateway,
        ),
        ("VpcPeeringConnectionId", RouteTarget::Peering),
        ("TransitGatewayId", RouteTarget::TransitGateway),
        ("InstanceId", RouteTarget::Instance),
        ("NetworkInterfaceId", RouteTarget::Interface),
        ("VpcEndpointId", RouteTarget::Endpoint),
        ("CarrierGatewayId", RouteTarget::OtherGateway),
        ("LocalGatewayId", RouteTarget::OtherGateway),
        ("CoreNetworkArn", RouteTarget::OtherGateway),
    ];
    let mut found = Vec::new();
    for (key, target) in targets {
        found.extend(of.maybe(key, Context::term)?.map(target));
    }
    match <[RouteTarget; 1]>::try_from(found) {
        Ok([target]) => Ok(target),
        Err(_) => Err(of.missing("the route does not have exactly one target")),
    }
}

/// What a resource waits for. What is not read is left out: the order of making things lets nothing pass.
pub(super) fn after(context: &Context<'_>, depends_on: Option<&Node>) -> Vec<Term> {
    let names = match depends_on.map(|node| (&node.kind, node)) {
        Some((crate::yaml::Kind::List(items), _)) => items.iter().collect(),
        Some((_, node)) => vec![node],
        None => Vec::new(),
    };
    let resources = &context.template.resources;
    let known = names.into_iter().filter_map(|node| {
        let declared = resources.get(node.as_text()?)?;
        Some(declared.id.attribute(Attribute::Itself))
    });
    known.collect()
}
