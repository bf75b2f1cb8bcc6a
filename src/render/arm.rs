//! ARM: JSON whose strings in square brackets are expressions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tera::Value;

use super::engine::{RenderError, Syntax, Tree, context, value};
use super::names::{camel, stem, templates};
use super::{File, Library};
use crate::cloud::{
    Attribute, Environment, Kind, Resource, ResourceId, Resources, TERM_KEY, Term, azure,
};

const FOLDER: &str = "arm";
/// The templates around the resources, and the files that are written.
const FRAMES: [&str; 2] = ["azuredeploy.json", "azuredeploy.parameters.json"];

/// JSON scalars and ARM's template expressions.
pub(super) struct Arm;

pub(super) fn render(
    resources: &Resources<azure::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let templates = templates(&resources.items, ".json", &FRAMES);
    let engine = library.engine::<Arm>(FOLDER, &templates)?;
    let frame_error = |error| RenderError::new(FRAMES[0], error);
    let header = value::<Arm>(&resources.header).map_err(frame_error)?;
    let mut written = Vec::new();
    let mut siblings = Siblings::default();
    for resource in &resources.items {
        let name = format!("{}.json", stem(resource.id().kind));
        let fail = |error: serde_json::Error| RenderError::new(&name, error);
        let mut json = serde_json::to_value(resource).map_err(fail)?;
        let mut depends_on = dependencies(resource.id(), &json);
        depends_on.extend(siblings.before(resource.id()));
        name_parts(&mut json);
        let mut fields = context::<Arm>(json).map_err(fail)?;
        fields.insert("name", &resource.id().path.join("/"));
        fields.insert_value("header", header.clone());
        let depends_on: Vec<Value> = depends_on
            .iter()
            .map(|id| Value::safe_string(&Arm::term(&id.id())))
            .collect();
        fields.insert_value("depends_on", Value::from(depends_on));
        written.push(Value::safe_string(&engine.render(&name, &fields)?));
    }
    let mut frame = context::<Arm>(json!({
        "parameters": resources.parameters.iter().map(|parameter| json!({
            "id": camel(&parameter.name),
            "name": parameter.name,
            "kind": format!("{:?}", parameter.kind),
            "help": parameter.help,
            "default": parameter.default,
        })).collect::<Vec<_>>(),
        "outputs": resources.outputs.iter().map(|output| json!({
            "id": camel(&output.name),
            "help": output.help,
            "value": output.value,
            "secret": output.secret,
        })).collect::<Vec<_>>(),
    }))
    .map_err(frame_error)?;
    frame.insert_value("header", header);
    frame.insert_value("resources", Value::from(written));
    FRAMES
        .into_iter()
        .map(|name| {
            let text = engine.render(name, &frame)?;
            let json: Json =
                serde_json::from_str(&text).map_err(|error| RenderError::new(name, error))?;
            let mut contents =
                serde_json::to_vec_pretty(&json).map_err(|error| RenderError::new(name, error))?;
            contents.push(b'\n');
            Ok(File {
                path: name.to_owned(),
                contents,
            })
        })
        .collect()
}

/// The subnets that were written, by virtual network: Azure changes one subnet of a network at a time and refuses the
/// rest, so that each waits for the one before it.
#[derive(Default)]
struct Siblings(BTreeMap<Vec<String>, ResourceId>);

impl Siblings {
    /// The resource that `id` has to wait for; `id` is the one to wait for from now on.
    fn before(&mut self, id: &ResourceId) -> Option<ResourceId> {
        if id.kind != Kind::Azure(azure::Kind::Subnet) {
            return None;
        }
        let parents = id.path.split_last()?.1.to_vec();
        self.0.insert(parents, id.clone())
    }
}

/// Puts the name of each part of a resource in the place of its id.
fn name_parts(json: &mut Json) {
    match json {
        Json::Object(fields) if !fields.contains_key(TERM_KEY) => {
            let id = fields.get("id").map(ResourceId::deserialize);
            if let Some(Ok(id)) = id {
                fields.insert("name".into(), id.name().into());
                fields.shift_remove("id");
            }
            fields.values_mut().for_each(name_parts);
        }
        Json::Array(items) => items.iter_mut().for_each(name_parts),
        _ => {}
    }
}

/// The resources that `json` names, without the resource itself: ARM starts a resource when these are there.
fn dependencies(own: &ResourceId, json: &Json) -> BTreeSet<ResourceId> {
    let mut found = BTreeSet::new();
    collect(json, &mut found);
    found.iter().map(whole).filter(|id| id != own).collect()
}

/// The resource that `id` is written inside of: a part of a load balancer is there when the load balancer is.
fn whole(id: &ResourceId) -> ResourceId {
    let outer = match id.kind {
        Kind::Azure(kind) => kind.whole(),
        Kind::Aws(_) => None,
    };
    match (outer, id.path.split_last()) {
        (Some(kind), Some((_, path))) => ResourceId {
            kind: Kind::Azure(kind),
            path: path.to_vec(),
        },
        _ => id.clone(),
    }
}

fn collect(json: &Json, found: &mut BTreeSet<ResourceId>) {
    match json {
        Json::Object(fields) => {
            if let Some(inner) = fields.get(TERM_KEY) {
                if let Ok(term) = Term::deserialize(inner) {
                    collect_term(&term, found);
                }
                return;
            }
            fields.values().for_each(|field| collect(field, found));
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn collect_term(term: &Term, found: &mut BTreeSet<ResourceId>) {
    match term {
        Term::Attribute(id, _) => {
            found.insert(id.clone());
        }
        Term::Join(parts) => parts.iter().for_each(|part| collect_term(part, found)),
        _ => {}
    }
}

/// The resource type as ARM writes it.
fn resource_type(kind: azure::Kind) -> &'static str {
    match kind {
        azure::Kind::VirtualNetwork => "Microsoft.Network/virtualNetworks",
        azure::Kind::Subnet => "Microsoft.Network/virtualNetworks/subnets",
        azure::Kind::RouteTable => "Microsoft.Network/routeTables",
        azure::Kind::NatGateway => "Microsoft.Network/natGateways",
        azure::Kind::PublicIp => "Microsoft.Network/publicIPAddresses",
        azure::Kind::PublicIpPrefix => "Microsoft.Network/publicIPPrefixes",
        azure::Kind::VirtualNetworkGateway => "Microsoft.Network/virtualNetworkGateways",
        azure::Kind::LocalNetworkGateway => "Microsoft.Network/localNetworkGateways",
        azure::Kind::Connection => "Microsoft.Network/connections",
        azure::Kind::ApplicationSecurityGroup => "Microsoft.Network/applicationSecurityGroups",
        azure::Kind::NetworkSecurityGroup => "Microsoft.Network/networkSecurityGroups",
        azure::Kind::SecurityRule => "Microsoft.Network/networkSecurityGroups/securityRules",
        azure::Kind::LoadBalancer => "Microsoft.Network/loadBalancers",
        azure::Kind::FrontendIp => "Microsoft.Network/loadBalancers/frontendIPConfigurations",
        azure::Kind::BackendPool => "Microsoft.Network/loadBalancers/backendAddressPools",
        azure::Kind::Probe => "Microsoft.Network/loadBalancers/probes",
        azure::Kind::BalancingRule => "Microsoft.Network/loadBalancers/loadBalancingRules",
        azure::Kind::NatRule => "Microsoft.Network/loadBalancers/inboundNatRules",
        azure::Kind::OutboundRule => "Microsoft.Network/loadBalancers/outboundRules",
        azure::Kind::Peering => "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        azure::Kind::Interface => "Microsoft.Network/networkInterfaces",
        azure::Kind::ScaleSet => "Microsoft.Compute/virtualMachineScaleSets",
        azure::Kind::AutoscaleSetting => "Microsoft.Insights/autoscalesettings",
    }
}

/// What stands inside of the brackets of an expression.
fn inside(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(']')
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn expression(term: &Term) -> String {
    match term {
        Term::Text(text) => literal(text),
        Term::Parameter(name) => format!("parameters('{}')", camel(name)),
        Term::Attribute(id, attribute) => attribute_expression(id, *attribute),
        Term::Environment(Environment::Region) => "parameters('location')".to_owned(),
        Term::Environment(Environment::AccountId) => "subscription().subscriptionId".to_owned(),
        Term::Environment(Environment::Partition) => "environment().name".to_owned(),
        Term::Join(parts) => {
            let parts: Vec<_> = parts.iter().map(expression).collect();
            format!("concat({})", parts.join(", "))
        }
    }
}

fn attribute_expression(id: &ResourceId, attribute: Attribute) -> String {
    let Kind::Azure(kind) = id.kind else {
        unreachable!("ARM is never asked for a resource of AWS");
    };
    let names: Vec<_> = id.path.iter().map(|part| literal(part)).collect();
    let resource_id = format!(
        "resourceId('{}', {})",
        resource_type(kind),
        names.join(", ")
    );
    match attribute {
        Attribute::Name => literal(id.name()),
        Attribute::Address => format!("reference({resource_id}).ipAddress"),
        Attribute::BgpAddress => {
            format!("reference({resource_id}).bgpSettings.bgpPeeringAddress")
        }
        _ => resource_id,
    }
}

impl Syntax for Arm {
    fn text(text: &str) -> String {
        // A string that begins with `[` may be an expression, and how many brackets escape it depends on its end.
        // As a literal inside an expression it means the same everywhere.
        if text.starts_with('[') {
            return Json::from(format!("[{}]", literal(text))).to_string();
        }
        Json::from(text).to_string()
    }

    fn term(term: &Term) -> String {
        match term {
            Term::Text(text) => Self::text(text),
            other => Json::from(format!("[{}]", expression(other))).to_string(),
        }
    }

    fn tree(value: &Tree, _indent: usize) -> String {
        match value {
            Tree::Scalar(text) => text.clone(),
            Tree::List(items) => {
                let items: Vec<_> = items.iter().map(|item| Self::tree(item, 0)).collect();
                format!("[{}]", items.join(","))
            }
            Tree::Map(entries) => {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|(key, item)| format!("{}:{}", Self::text(key), Self::tree(item, 0)))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    fn block(text: &str, _indent: usize) -> String {
        Self::text(text)
    }

    fn encoded(scalar: &str) -> String {
        let text: String = serde_json::from_str(scalar).unwrap_or_default();
        let inner = inside(&text).map_or_else(|| literal(&text), str::to_owned);
        Json::from(format!("[if(empty({inner}), null(), base64({inner}))]")).to_string()
    }

    fn part(scalar: &str, index: usize) -> String {
        let text: String = serde_json::from_str(scalar).unwrap_or_default();
        match inside(&text) {
            Some(expression) => {
                Json::from(format!("[split({expression}, ':')[{index}]]")).to_string()
            }
            None => Self::text(text.split(':').nth(index).unwrap_or_default()),
        }
    }
}
