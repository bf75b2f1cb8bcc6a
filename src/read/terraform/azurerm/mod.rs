//! hashicorp/azurerm: from the tree to resources of Azure.
//!
//! Knows the arguments of resources as the provider documents them, in its versions 3 to 5.

mod assembly;
mod association;
mod balancer;
mod compute;
mod filter;
mod interface;
mod names;
mod network;
mod route;
mod types;
mod vpn;
mod words;

use self::assembly::{Assembly, Piece, Read};
use self::association::Association;
use super::context::{Context, Result};
use super::properties::Properties;
use super::tree::Configuration;
use crate::cloud::azure::{Kind, Resource};
use crate::cloud::{self, Output, ResourceId, Term};
use crate::diag::Diagnostics;
use crate::read::{Reading, Unknown};

/// Reads the resources of Azure in a configuration.
///
/// # Errors
/// When a value is one that Azure refuses, as a CIDR block that is none.
pub(super) fn read(tree: &Configuration) -> std::result::Result<Reading<Resource>, Diagnostics> {
    let context = Context::new(tree, &names::Names, names::ids(tree));
    let assembly = resources(&context);
    let outputs = outputs(&context);
    let (resources, wrong) = assembly.finish();
    let (mut unknown, parameters) = context.finish()?;
    unknown.extend(wrong);
    Ok(Reading {
        resources,
        unknown,
        parameters,
        outputs,
    })
}

/// What every resource says of itself and what no path depends on: its name, which its id is made of, where it is kept,
/// and labels.
const BESIDE: [&str; 6] = [
    "edge_zone",
    "location",
    "name",
    "resource_group_name",
    "tags",
    "timeouts",
];

/// Every resource, then what belongs to one of them, and then what ties them together.
fn resources<'t>(context: &Context<'t>) -> Assembly<'t> {
    let mut assembly = Assembly::with_capacity(context.tree.instances.len());
    let (mut parts, mut ties) = (Vec::new(), Vec::new());
    for instance in &context.tree.instances {
        let mut of = Properties::new(context, instance);
        if let Some(association) = Association::of(&instance.kind) {
            ties.push((association, of));
            continue;
        }
        match context.id(instance) {
            Some(id) if is_part(id) => parts.push((id.clone(), of)),
            Some(id) => {
                of.ignore(&BESIDE);
                resource(id.clone(), &mut of, &mut assembly);
            }
            None => other(&mut of),
        }
    }
    for (id, mut of) in parts {
        of.ignore(&BESIDE);
        part(id, &mut of, &mut assembly);
    }
    for (association, mut of) in ties {
        of.ignore(&["resource_group_name", "timeouts"]);
        if let Err(error) = association.put(&mut of, &mut assembly) {
            of.give_up();
            of.fault(&error);
        }
    }
    assembly
}

/// Whether a resource is a part of another one.
fn is_part(id: &ResourceId) -> bool {
    match id.kind {
        cloud::Kind::Azure(kind) => kind.whole().is_some(),
        cloud::Kind::Aws(_) => false,
    }
}

/// A resource of a type that is not read. Of what surely lets nothing pass, nothing is said.
fn other(of: &mut Properties<'_, '_>) {
    of.give_up();
    let kind = &of.owner.kind;
    if types::kind(kind).is_some() {
        of.unknown("what it belongs to is not known", &of.owner.place);
    } else if !types::is_inert(kind) {
        of.unknown("resources of this type are not read", &of.owner.place);
    }
}

fn resource<'t>(id: ResourceId, of: &mut Properties<'_, 't>, assembly: &mut Assembly<'t>) {
    match typed(id, of, assembly) {
        Ok(Some(read)) => assembly.add(read, of.owner),
        Ok(None) => {}
        Err(error) => {
            of.give_up();
            of.fault(&error);
        }
    }
}

/// A resource of a type that has a place of its own; nothing where it needs none.
fn typed<'t>(
    id: ResourceId,
    of: &mut Properties<'_, 't>,
    assembly: &mut Assembly<'t>,
) -> Result<Option<Read>> {
    let cloud::Kind::Azure(kind) = id.kind else {
        return Ok(None);
    };
    let read = match kind {
        Kind::VirtualNetwork => network::network(id, of, assembly)?,
        Kind::Subnet => network::subnet(id, of)?,
        Kind::Peering => network::peering(id, of)?,
        Kind::PublicIp => network::public_ip(id, of)?,
        Kind::PublicIpPrefix => network::public_ip_prefix(id, of)?,
        Kind::RouteTable => route::table(id, of, assembly),
        Kind::NatGateway => route::nat_gateway(id, of)?,
        Kind::VirtualNetworkGateway => vpn::gateway(id, of)?,
        Kind::LocalNetworkGateway => vpn::local_gateway(id, of)?,
        Kind::Connection => vpn::connection(id, of)?,
        Kind::ApplicationSecurityGroup => filter::application_group(id),
        Kind::NetworkSecurityGroup => filter::group(id, of, assembly),
        Kind::LoadBalancer => balancer::load_balancer(id, of),
        Kind::Interface => interface::interface(id, of)?,
        Kind::ScaleSet => compute::scale_set(id, of)?,
        Kind::AutoscaleSetting => return Ok(compute::autoscale(id, of)),
        Kind::SecurityRule
        | Kind::FrontendIp
        | Kind::BackendPool
        | Kind::Probe
        | Kind::BalancingRule
        | Kind::NatRule
        | Kind::OutboundRule => return Ok(None),
    };
    Ok(Some(read))
}

/// A part of a resource that is written beside it.
fn part<'t>(id: ResourceId, of: &mut Properties<'_, 't>, assembly: &mut Assembly<'t>) {
    let cloud::Kind::Azure(kind) = id.kind else {
        return;
    };
    let place = of.owner.place.clone();
    if kind == Kind::SecurityRule {
        of.ignore(&["network_security_group_name"]);
        return match filter::rule(id.clone(), of) {
            Ok(rule) => assembly.piece(filter::group_of(&rule), Piece::Rule(rule), &place, of),
            Err(error) => {
                of.give_up();
                assembly.wrong_rule(&id, error, of);
            }
        };
    }
    let balancer = names::whole(&id, Kind::LoadBalancer);
    let piece = match kind {
        Kind::BackendPool => Ok(Piece::Pool(balancer::pool(id, of))),
        Kind::Probe => balancer::probe(id, of).map(Piece::Probe),
        Kind::BalancingRule => balancer::rule(id, of).map(Piece::BalancingRule),
        Kind::NatRule => balancer::nat_rule(id, of).map(Piece::NatRule),
        _ => balancer::outbound_rule(id, of).map(Piece::OutboundRule),
    };
    match piece {
        Ok(piece) => assembly.piece(balancer, piece, &place, of),
        Err(error) => {
            of.give_up();
            of.fault(&error);
        }
    }
}

/// What is given back after the deploy. Nothing passes by it: what is not understood is noted all the same.
fn outputs(context: &Context<'_>) -> Vec<Output> {
    let all = context.tree.outputs.iter();
    all.map(|output| {
        let value = context.term(&output.value).unwrap_or_else(|fault| {
            context.note(Unknown {
                name: output.name.clone(),
                what: "output".into(),
                why: fault.why,
                place: fault.place,
            });
            Term::EMPTY
        });
        Output {
            name: output.name.clone(),
            help: output.help.clone(),
            value,
            secret: output.secret,
        }
    })
    .collect()
}
