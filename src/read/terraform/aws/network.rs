//! Networks, subnets, routes and gateway endpoints.

use super::assembly::Read;
use super::policy::policy;
use crate::cloud::aws::{
    Policy, Principal, Route, RouteTable, RouteTableAssociation, Statement, Subnet, Vpc,
    VpcEndpoint,
};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc>
pub(super) fn vpc(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("enable_dns_support", "true", true);
    of.fixed("enable_dns_hostnames", "true", false);
    of.fixed("instance_tenancy", "default", true);
    of.ignore(&["enable_network_address_usage_metrics"]);
    let cidr = of.need("cidr_block", Context::cidr)?;
    let name = of.name();
    Ok(Vpc { id, name, cidr }.into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/subnet>
pub(super) fn subnet(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["availability_zone_id"]);
    Ok(Subnet {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        cidr: of.need("cidr_block", Context::cidr)?,
        // Only where it stands, not what reaches it: an unknown zone is noted, and the subnet is read.
        zone: of.or("availability_zone", Context::term, Term::Text(String::new())),
        public_addresses: of
            .maybe("map_public_ip_on_launch", Context::boolean)?
            .unwrap_or(false),
        name: of.name(),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table>
pub(super) fn route_table(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let table = RouteTable {
        vpc: of.need("vpc_id", Context::term)?,
        note: None,
        name: of.name(),
        id,
    };
    let mut beside = Vec::new();
    for mut inline in of.blocks("route") {
        match inline_route(&table.id, &mut inline) {
            Ok(route) => beside.push((route.into(), inline.place().clone())),
            Err(error) => {
                inline.give_up();
                inline.fault(&error);
            }
        }
    }
    Ok(Read {
        beside,
        ..Read::from(table)
    })
}

/// A route that stands inside its table.
fn inline_route(table: &ResourceId, of: &mut Properties<'_, '_>) -> Result<Route> {
    let key = if of.has("ipv6_cidr_block") {
        "ipv6_cidr_block"
    } else {
        "cidr_block"
    };
    let destination = of.need(key, Context::cidr)?;
    let kind = crate::cloud::Kind::Aws(crate::cloud::aws::Kind::Route);
    Ok(Route {
        id: table.child(kind, destination.to_string()),
        table: table.id(),
        destination,
        gateway: of.need("gateway_id", Context::term)?,
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

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route>
pub(super) fn route(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let key = if of.has("destination_ipv6_cidr_block") {
        "destination_ipv6_cidr_block"
    } else {
        "destination_cidr_block"
    };
    Ok(Route {
        id,
        table: of.need("route_table_id", Context::term)?,
        destination: of.need(key, Context::cidr)?,
        gateway: of.need("gateway_id", Context::term)?,
        after: after(of),
    }
    .into())
}

/// What a resource waits for. What is not read is left out: the order of making things lets nothing pass.
fn after(of: &Properties<'_, '_>) -> Vec<Term> {
    let waits = of.owner.depends_on.iter();
    let known = waits.filter_map(|reference| {
        let instance = of.context.tree.find(&reference.address)?;
        let id = of.context.id(instance)?;
        Some(id.attribute(Attribute::Itself))
    });
    known.collect()
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint>
pub(super) fn endpoint(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("vpc_endpoint_type", "Gateway", true);
    let (policy, places) = if of.has("policy") {
        policy(of, "policy")?
    } else {
        (full_access(), vec![of.place().clone()])
    };
    let endpoint = VpcEndpoint {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        service: of.need("service_name", Context::term)?,
        tables: of
            .maybe("route_table_ids", Context::terms)?
            .unwrap_or_default(),
        policy,
        name: of.name(),
    };
    Ok(Read::from(endpoint).statements(places))
}

/// What an endpoint lets through when nothing is said:
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy>
fn full_access() -> Policy {
    let statement = Statement::allow("", &["*"], vec!["*".into()]);
    Policy {
        statements: vec![statement.to(Principal::Everyone)],
    }
}
