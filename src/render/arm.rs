//! ARM: JSON whose strings in square brackets are expressions.

use std::collections::{BTreeMap, BTreeSet};

use tera::Value;

use super::engine::{RenderError, Syntax, Tree, context, value};
use super::frame::{AROUND, Frame, Output, Parameter};
use super::names::{camel, stem, templates};
use super::{File, Library, json, json_string};
use crate::cloud::{
    Attribute, Environment, Kind, Node, NodeError, Resource, ResourceId, Resources, Term, azure,
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
    let frame_error = |error: NodeError| RenderError::new(FRAMES[0], error);
    let header = value::<Arm>(&resources.header).map_err(frame_error)?;
    let mut written = Vec::new();
    let mut length = AROUND;
    let mut siblings = Siblings::default();
    for resource in &resources.items {
        let name = format!("{}.json", stem(resource.id().kind));
        let mut node = Node::of(resource).map_err(|error| RenderError::new(&name, error))?;
        let mut depends_on = dependencies(resource.id(), &node);
        depends_on.extend(siblings.before(resource.id()));
        name_parts(&mut node);
        let mut fields = context::<Arm>(node);
        fields.insert("name", &resource.id().path.join("/"));
        fields.insert_value("header", header.clone());
        let depends_on: Vec<Value> = depends_on
            .iter()
            .map(|id| Value::safe_string(&Arm::term(&id.id())))
            .collect();
        fields.insert_value("depends_on", Value::from(depends_on));
        let text = engine.render(&name, &fields)?;
        length += text.len();
        written.push(Value::safe_string(&text));
    }
    let parameters = resources.parameters.iter();
    let outputs = resources.outputs.iter();
    let frame = Frame {
        parameters: parameters.map(|it| Parameter::new(it, camel)).collect(),
        outputs: outputs.map(|it| Output::new(it, camel)).collect(),
    };
    let mut frame = context::<Arm>(Node::of(&frame).map_err(frame_error)?);
    frame.insert_value("header", header);
    frame.insert_value("resources", Value::from(written));
    FRAMES
        .into_iter()
        .map(|name| {
            let text = engine.render_long(name, &frame, length)?;
            let mut contents =
                json::pretty(&text).map_err(|error| RenderError::new(name, error))?;
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
fn name_parts(node: &mut Node) {
    match node {
        Node::Map(fields) => {
            for (key, field) in fields {
                match field {
                    Node::Id(id) if key == "id" => {
                        *field = Node::Text(id.name().to_owned().into());
                        *key = "name".into();
                    }
                    field => name_parts(field),
                }
            }
        }
        Node::List(items) => items.iter_mut().for_each(name_parts),
        _ => {}
    }
}

/// The resources that `node` names, without the resource itself: ARM starts a resource when these are there.
fn dependencies(own: &ResourceId, node: &Node) -> BTreeSet<ResourceId> {
    let mut found = BTreeSet::new();
    node.each_term(&mut |term| {
        if let Term::Attribute(id, _) = term {
            found.insert(whole(id));
        }
    });
    found.remove(own);
    found
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
            return json_string(&format!("[{}]", literal(text)));
        }
        json_string(text)
    }

    fn term(term: &Term) -> String {
        match term {
            Term::Text(text) => Self::text(text),
            other => json_string(&format!("[{}]", expression(other))),
        }
    }

    fn tree(value: &Tree<'_>, _indent: usize, out: &mut String) {
        match value {
            Tree::Scalar(text) => out.push_str(text),
            Tree::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    Self::tree(item, 0, out);
                }
                out.push(']');
            }
            Tree::Map(entries) => {
                out.push('{');
                for (at, (key, item)) in entries.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    out.push_str(&Self::text(key));
                    out.push(':');
                    Self::tree(item, 0, out);
                }
                out.push('}');
            }
        }
    }

    fn block(text: &str, _indent: usize) -> String {
        Self::text(text)
    }

    fn encoded(scalar: &str) -> String {
        let text: String = serde_json::from_str(scalar).unwrap_or_default();
        let inner = inside(&text).map_or_else(|| literal(&text), str::to_owned);
        json_string(&format!("[if(empty({inner}), null(), base64({inner}))]"))
    }

    fn part(scalar: &str, index: usize) -> String {
        let text: String = serde_json::from_str(scalar).unwrap_or_default();
        match inside(&text) {
            Some(expression) => json_string(&format!("[split({expression}, ':')[{index}]]")),
            None => Self::text(text.split(':').nth(index).unwrap_or_default()),
        }
    }
}
