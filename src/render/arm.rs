//! ARM: JSON whose strings in square brackets are expressions.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use tera::Value;

use super::context::{self, Plain, context, value};
use super::engine::{RenderError, Syntax, Tree, drafted, scalar, written};
use super::frame::{AROUND, Frame, Output, Parameter};
use super::names::{camel, templates};
use super::{File, Library, json, json_string};
use crate::cloud::told::Teller;
use crate::cloud::{
    Attribute, Environment, Kind, Path, Resource, ResourceId, Resources, Term, azure,
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
    let templates = templates(&resources.items, ".json");
    let engine = library.engine::<Arm>(FOLDER, &templates, &FRAMES)?;
    let frame_error = |error| RenderError::new(FRAMES[0], error);
    let header = value(&resources.header, &Plain::<Arm>::NEW).map_err(frame_error)?;
    let mut texts = Vec::new();
    let mut length = AROUND;
    let mut siblings = Siblings::default();
    for resource in &resources.items {
        let name = &templates[&resource.id().kind];
        let needs = Needs::default();
        let fields = context(resource, &needs);
        let mut fields = fields.map_err(|error| RenderError::new(name, error))?;
        let mut needs = needs.0.into_inner();
        needs.remove(resource.id());
        needs.extend(siblings.before(resource.id()));
        fields.insert("name", &resource.id().path.join("/"));
        fields.insert_value("header", header.clone());
        let needs: Vec<Value> = needs
            .into_iter()
            .map(|id| context::expression::<Arm>(&Term::Attribute(id, Attribute::Id)))
            .collect();
        fields.insert_value("depends_on", Value::from(needs));
        let text = engine.render(name, &fields)?;
        length += text.len();
        texts.push(Value::safe_string(&text));
    }
    let parameters = resources.parameters.iter();
    let outputs = resources.outputs.iter();
    let frame = Frame {
        parameters: parameters.map(|it| Parameter::new(it, camel)).collect(),
        outputs: outputs.map(|it| Output::new(it, camel)).collect(),
    };
    let mut frame = context(&frame, &Plain::<Arm>::NEW).map_err(frame_error)?;
    frame.insert_value("header", header);
    frame.insert_value("resources", Value::from(texts));
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
struct Siblings(BTreeMap<Path, ResourceId>);

impl Siblings {
    /// The resource that `id` has to wait for; `id` is the one to wait for from now on.
    fn before(&mut self, id: &ResourceId) -> Option<ResourceId> {
        if id.kind != Kind::Azure(azure::Kind::Subnet) {
            return None;
        }
        let parents = id.path.split_last()?.1.iter().cloned().collect();
        self.0.insert(parents, id.clone())
    }
}

/// Writes the terms of a resource, and takes down which resources they name: ARM starts a resource when these are there.
#[derive(Default)]
struct Needs(RefCell<BTreeSet<ResourceId>>);

impl Teller for Needs {
    type Told = Value;

    fn term(&self, term: Term) -> Value {
        term.each_part(&mut |part| {
            if let Term::Attribute(id, _) = part {
                let mut needs = self.0.borrow_mut();
                let whole = whole(id);
                if !needs.contains(&*whole) {
                    needs.insert(whole.into_owned());
                }
            }
        });
        context::expression::<Arm>(&term)
    }

    /// A part of a resource is known by its name.
    fn id(&self, id: &ResourceId) -> (&'static str, String) {
        ("name", id.name().to_owned())
    }
}

/// The resource that `id` is written inside of: a part of a load balancer is there when the load balancer is.
fn whole(id: &ResourceId) -> Cow<'_, ResourceId> {
    let outer = match id.kind {
        Kind::Azure(kind) => kind.whole(),
        Kind::Aws(_) => None,
    };
    match (outer, id.path.split_last()) {
        (Some(kind), Some((_, path))) => Cow::Owned(ResourceId {
            kind: Kind::Azure(kind),
            path: path.iter().cloned().collect(),
        }),
        _ => Cow::Borrowed(id),
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

fn literal(text: &str, out: &mut String) {
    out.push('\'');
    for (at, piece) in text.split('\'').enumerate() {
        out.push_str(if at > 0 { "''" } else { "" });
        out.push_str(piece);
    }
    out.push('\'');
}

fn expression(term: &Term, out: &mut String) {
    match term {
        Term::Text(text) => literal(text, out),
        Term::Parameter(name) => {
            out.push_str("parameters('");
            out.push_str(&camel(name));
            out.push_str("')");
        }
        Term::Attribute(id, attribute) => attribute_expression(id, *attribute, out),
        Term::Environment(Environment::Region) => out.push_str("parameters('location')"),
        Term::Environment(Environment::AccountId) => out.push_str("subscription().subscriptionId"),
        Term::Environment(Environment::Partition) => out.push_str("environment().name"),
        Term::Join(parts) => {
            out.push_str("concat(");
            for (at, part) in parts.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                expression(part, out);
            }
            out.push(')');
        }
    }
}

fn attribute_expression(id: &ResourceId, attribute: Attribute, out: &mut String) {
    let property = match attribute {
        Attribute::Name => return literal(id.name(), out),
        Attribute::Address => ".ipAddress",
        Attribute::BgpAddress => ".bgpSettings.bgpPeeringAddress",
        _ => return resource_id(id, out),
    };
    out.push_str("reference(");
    resource_id(id, out);
    out.push(')');
    out.push_str(property);
}

fn resource_id(id: &ResourceId, out: &mut String) {
    let Kind::Azure(kind) = id.kind else {
        unreachable!("ARM is never asked for a resource of AWS");
    };
    out.push_str("resourceId('");
    out.push_str(resource_type(kind));
    out.push('\'');
    for part in &*id.path {
        out.push_str(", ");
        literal(part, out);
    }
    out.push(')');
}

/// A string that is the expression which `inside` writes.
fn bracketed(inside: impl FnOnce(&mut String), out: &mut String) {
    let expression = |text: &mut String| {
        text.push('[');
        inside(text);
        text.push(']');
    };
    drafted(expression, |text| json_string(text, out));
}

impl Syntax for Arm {
    fn text(text: &str, out: &mut String) {
        // A string that begins with `[` may be an expression, and how many brackets escape it depends on its end.
        // As a literal inside an expression it means the same everywhere.
        if text.starts_with('[') {
            bracketed(|inside| literal(text, inside), out);
        } else {
            json_string(text, out);
        }
    }

    fn term(term: &Term, out: &mut String) {
        match term {
            Term::Text(text) => Self::text(text, out),
            other => bracketed(|inside| expression(other, inside), out),
        }
    }

    fn tree(value: &Value, _indent: usize, out: &mut String) {
        match Tree::of(value) {
            Tree::Scalar(value) => scalar::<Self>(value, out),
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
                    Self::text(key, out);
                    out.push(':');
                    Self::tree(item, 0, out);
                }
                out.push('}');
            }
        }
    }

    fn block(text: &str, _indent: usize, out: &mut String) {
        Self::text(text, out);
    }

    fn encoded(scalar: &str) -> String {
        let text: String = serde_json::from_str(scalar).unwrap_or_default();
        let inner = match inside(&text) {
            Some(expression) => expression.to_owned(),
            None => written(|out| literal(&text, out)),
        };
        let encoded = format!("[if(empty({inner}), null(), base64({inner}))]");
        written(|out| json_string(&encoded, out))
    }

    fn part(scalar: &str, index: usize) -> String {
        let text: String = serde_json::from_str(scalar).unwrap_or_default();
        written(|out| match inside(&text) {
            Some(expression) => json_string(&format!("[split({expression}, ':')[{index}]]"), out),
            None => Self::text(text.split(':').nth(index).unwrap_or_default(), out),
        })
    }
}
