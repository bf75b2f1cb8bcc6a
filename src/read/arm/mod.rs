//! ARM templates (JSON) into resources of Azure.
//!
//! Knows the grammar of templates, the language of their expressions and the properties of resources as Azure documents
//! them. A property is read into its place in the typed resource, or known to let nothing pass, or noted as unknown: there
//! is no fourth way.

mod assembly;
mod balancer;
mod compute;
mod context;
mod evaluate;
mod expression;
mod filter;
mod function;
mod instance;
mod interface;
mod known;
mod names;
mod network;
mod properties;
mod references;
mod template;
mod value;
mod vpn;

use std::rc::Rc;
use std::sync::Arc;

use self::assembly::{Assembly, Piece, whole};
use self::context::{Context, Shared};
use self::instance::{Declared, Instance};
use self::names::same;
use self::properties::{Owner, Properties};
use self::template::get;
use super::{Parameter, Reading};
use crate::cloud::azure::{BackendPool, Kind as AzureKind, Resource};
use crate::cloud::{Output, ResourceId, Term};
use crate::diag::{Diagnostics, Source};
use crate::yaml::{self, Dialect, Key, Kind, Node};

/// Reads a template.
///
/// # Errors
/// When it is no template, or one that Azure refuses: a reference to nothing, a circle of variables, two resources of one
/// name, a block of addresses that is none.
pub fn read(source: &Arc<Source>) -> Result<Reading<Resource>, Diagnostics> {
    read_with(source, None)
}

/// Reads a template with the values of a file of parameters in the place of its defaults.
///
/// # Errors
/// As [`read`]; and when the file names a parameter that the template does not have.
pub fn read_with(
    source: &Arc<Source>,
    parameters: Option<&Arc<Source>>,
) -> Result<Reading<Resource>, Diagnostics> {
    let root = yaml::read_as(source, Dialect::TEMPLATE)?;
    let given = parameters.map(|given| yaml::read_as(given, Dialect::TEMPLATE));
    let given = given.transpose()?;
    let mut template = template::shape(&root)?;
    if let Some(given) = &given {
        template.give(given)?;
    }
    let shared = Rc::new(Shared::default());
    let order = references::check(&template, &shared.expressions)?;
    let context = Rc::new(Context::new(template, &order, &shared, None));
    let mut declared = Declared::default();
    declared.template(&context);
    declared.check_order();
    let mut assembly = Assembly::with_capacity(declared.all.len());
    for instance in &declared.all {
        resource(instance, &mut assembly);
    }
    let outputs = outputs(&context);
    let (resources, wrong) = assembly.finish();
    shared.errors.take().into_result(())?;
    let mut unknown = context.template.unknown.clone();
    unknown.extend(shared.unknown.take());
    unknown.extend(wrong);
    Ok(Reading {
        resources,
        unknown,
        parameters: given_by_the_deployer(&context),
        outputs,
    })
}

/// Of what stands beside the properties, only what is known to let nothing pass is left out.
/// <https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-declaration>
const BESIDE: [&str; 13] = [
    "type",
    "apiVersion",
    "name",
    "location",
    "tags",
    "dependsOn",
    "comments",
    "condition",
    "copy",
    "resources",
    "metadata",
    "identity",
    "existing",
];

/// Reads one resource.
fn resource(instance: &Instance<'_>, assembly: &mut Assembly) {
    let owner = &instance.owner;
    if instance.known.is_none() && known::is_harmless(&owner.type_name) {
        return;
    }
    let mut body = body(instance);
    let is_machine = owner
        .type_name
        .eq_ignore_ascii_case("Microsoft.Compute/virtualMachines");
    if is_machine {
        let name = instance.path.last().map_or("", String::as_str);
        return interface::machine(name, &mut body, assembly);
    }
    if owner
        .type_name
        .eq_ignore_ascii_case("Microsoft.Network/routeTables/routes")
    {
        return route(instance, &mut body, assembly);
    }
    let Some((kind, id)) = &instance.known else {
        body.give_up();
        return body.unknown("resources of this type are not read", &owner.place);
    };
    // The kind of a resource is a label of its portal.
    body.ignore(&["kind"]);
    if let Err(error) = typed(*kind, id.clone(), &mut body, assembly) {
        body.give_up();
        body.fault(&error);
    }
}

/// A route that is written beside its table.
fn route(instance: &Instance<'_>, body: &mut Properties<'_, '_>, assembly: &mut Assembly) {
    let [table, name] = instance.path.as_slice() else {
        body.give_up();
        return body.unknown("the name does not name its table", body.place());
    };
    let table = names::id(AzureKind::RouteTable, [table.clone()]);
    let table = instance.context.canonical(table);
    match network::route(name.clone(), body) {
        Ok(route) => {
            let place = instance.owner.place.clone();
            assembly.piece(table, Piece::Route(route), place, body);
        }
        Err(error) => {
            body.give_up();
            body.fault(&error);
        }
    }
}

/// A resource as it is written, without what says nothing of what passes.
fn body<'a, 't>(instance: &'a Instance<'t>) -> Properties<'a, 't> {
    let context = &*instance.context;
    let entries = match &instance.node.kind {
        Kind::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let is_beside = |key: &Key| BESIDE.iter().any(|it| same(it, &key.text));
    let entries = entries.iter().filter(|(key, _)| !is_beside(key));
    let entries = entries.map(|(key, node)| {
        let key = value::Key::new(key.text.clone(), &key.place);
        (key, context.eval(node, &instance.loops))
    });
    let map = value::Value::new(
        value::Data::Map(Rc::new(entries.collect())),
        &instance.node.place,
    );
    Properties::new(context, &instance.owner, map)
}

/// A resource of a type that has a place of its own.
fn typed(
    kind: AzureKind,
    id: ResourceId,
    body: &mut Properties<'_, '_>,
    assembly: &mut Assembly,
) -> value::Result<()> {
    let owner = Rc::clone(&body.owner);
    let place = owner.place.clone();
    let read = match kind {
        AzureKind::VirtualNetwork => return network::network(&id, body, assembly),
        AzureKind::Subnet => network::subnet(id, body)?,
        AzureKind::Peering => network::peering(id, body)?,
        AzureKind::RouteTable => network::route_table(id, body, assembly),
        AzureKind::NatGateway => network::nat_gateway(id, body),
        AzureKind::PublicIp => network::public_ip(id, body)?,
        AzureKind::PublicIpPrefix => network::public_ip_prefix(id, body)?,
        AzureKind::ApplicationSecurityGroup => filter::application_group(id),
        AzureKind::NetworkSecurityGroup => filter::group(id, body, assembly),
        AzureKind::LoadBalancer => balancer::load_balancer(id, body),
        AzureKind::ScaleSet => compute::scale_set(id, body)?,
        AzureKind::VirtualNetworkGateway => inside(body, |of| vpn::gateway(id, of))?,
        AzureKind::LocalNetworkGateway => inside(body, |of| vpn::local_gateway(id, of))?,
        AzureKind::Connection => inside(body, |of| vpn::connection(id, of))?,
        AzureKind::Interface => inside(body, |of| interface::interface(id, of))?,
        AzureKind::AutoscaleSetting => inside(body, |of| compute::autoscale(id, of))?,
        AzureKind::SecurityRule => {
            let rule = filter::rule(id, body)?;
            assembly.rule(rule, place, body);
            return Ok(());
        }
        AzureKind::BackendPool => {
            let balancer = whole(&id, AzureKind::LoadBalancer);
            let pool = Piece::Pool(BackendPool { id });
            assembly.piece(balancer, pool, place, body);
            return Ok(());
        }
        AzureKind::NatRule => {
            let balancer = whole(&id, AzureKind::LoadBalancer);
            let rule = inside(body, |of| balancer::nat_rule(id, of))?;
            assembly.piece(balancer, Piece::NatRule(rule), place, body);
            return Ok(());
        }
        AzureKind::FrontendIp
        | AzureKind::Probe
        | AzureKind::BalancingRule
        | AzureKind::OutboundRule => {
            return Err(body.missing("it is a part of a load balancer, and no resource of its own"));
        }
    };
    assembly.add(read, place, &owner);
    Ok(())
}

/// Reads what stands in `properties`. When the whole is not understood, its parts need not be noted.
fn inside<T>(
    body: &mut Properties<'_, '_>,
    read: impl FnOnce(&mut Properties<'_, '_>) -> value::Result<T>,
) -> value::Result<T> {
    let mut of = body.inside_or_empty("properties");
    let made = read(&mut of);
    if made.is_err() {
        of.give_up();
    }
    made
}

/// The types of values
/// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/data-types>).
const TYPES: [&str; 7] = [
    "array",
    "bool",
    "int",
    "object",
    "secureObject",
    "secureString",
    "string",
];

/// What is given back after the deploy. Nothing passes by it: what is not understood is noted all the same.
fn outputs(context: &Context<'_>) -> Vec<Output> {
    let outputs = context.template.outputs.iter();
    let outputs = outputs.filter_map(|(key, node)| {
        let owner = Rc::new(Owner {
            name: key.text.as_str().to_owned(),
            type_name: "outputs".into(),
            api_version: String::new(),
            place: key.place.clone(),
        });
        let value = context.eval(node, &[]);
        let mut of = Properties::new(context, &owner, value);
        if of.maybe("condition", Context::boolean) == Ok(Some(false)) {
            of.give_up();
            return None;
        }
        let kind = of.label("type");
        let own = of.inside("metadata").map(|mut of| {
            let help = of.label("description");
            of.give_up();
            help
        });
        if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(&kind)) {
            of.unknown("the type is none of ARM's", &key.place);
        }
        // An object or a list is no term, and nobody needs it to know what passes.
        let value = match kind.to_ascii_lowercase().as_str() {
            "object" | "array" | "secureobject" => {
                of.give_up();
                return None;
            }
            _ => of.or("value", Context::term, Term::EMPTY),
        };
        Some(Output {
            name: names::snake(&key.text),
            help: own.unwrap_or_else(|| help(context, &key.text)),
            value,
            secret: kind.to_ascii_lowercase().starts_with("secure"),
        })
    });
    outputs.collect()
}

/// What the template's own metadata say of an output: older versions of the schema have no other place for it.
fn help(context: &Context<'_>, output: &str) -> String {
    let metadata = context.template.root.get("metadata");
    let outputs = metadata.and_then(|node| node.get("outputs"));
    let help = outputs.and_then(|node| node.get(output));
    help.and_then(Node::as_text).unwrap_or_default().to_owned()
}

/// The parameters, after everything that asks for their defaults.
fn given_by_the_deployer(context: &Context<'_>) -> Vec<Parameter> {
    let assumed = context.shared.assumed.borrow();
    let all = context.template.parameters.values();
    all.map(|given| {
        let default = given.value.or_else(|| get(given.node, "defaultValue"));
        Parameter {
            name: given.name.clone(),
            kind: given.kind.clone(),
            default: default.and_then(Node::as_text).map(str::to_owned),
            secret: given.is_secret(),
            constraints: constraints(given.node),
            assumed: assumed.contains(&given.name),
            place: given.key.place.clone(),
        }
    })
    .collect()
}

/// What the deployer may give.
/// <https://learn.microsoft.com/azure/azure-resource-manager/templates/parameters>
fn constraints(node: &Node) -> Vec<(String, Vec<String>)> {
    let Kind::Map(entries) = &node.kind else {
        return Vec::new();
    };
    let described = ["type", "defaultValue", "metadata"];
    let limits = entries
        .iter()
        .filter(|(key, _)| !described.contains(&key.text.as_str()));
    limits
        .map(|(key, node)| {
            let values = match &node.kind {
                Kind::List(items) => items.as_slice(),
                _ => std::slice::from_ref(node),
            };
            let texts = values.iter().filter_map(Node::as_text);
            (
                key.text.as_str().to_owned(),
                texts.map(str::to_owned).collect(),
            )
        })
        .collect()
}
