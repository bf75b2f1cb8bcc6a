//! ARM: JSON whose strings in square brackets are expressions.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tera::Value;

use super::engine::{RenderError, Syntax, Tree, context, value};
use super::names::{camel, stem};
use super::{File, Library};
use crate::cloud::{
    Attribute, Environment, Kind, Resource, ResourceId, Resources, TERM_KEY, Term, azure,
};

const FOLDER: &str = "arm";

/// JSON scalars and ARM's template expressions.
pub(super) struct Arm;

pub(super) fn render(
    resources: &Resources<azure::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let engine = library.engine::<Arm>(FOLDER)?;
    let frame_error = |error| RenderError::new("azuredeploy.json", error);
    let header = value::<Arm>(&resources.header).map_err(frame_error)?;
    let mut written = Vec::new();
    for resource in &resources.items {
        let name = format!("{}.json", stem(resource.id().kind));
        let fail = |error: serde_json::Error| RenderError::new(&name, error);
        let json = serde_json::to_value(resource).map_err(fail)?;
        let mut fields = context::<Arm>(&json).map_err(fail)?;
        fields.insert("name", &resource.id().path.join("/"));
        fields.insert_value("header", header.clone());
        let depends_on: Vec<Value> = dependencies(resource.id(), &json)
            .iter()
            .map(|id| Value::safe_string(&Arm::term(&id.id())))
            .collect();
        fields.insert_value("depends_on", Value::from(depends_on));
        written.push(Value::safe_string(&engine.render(&name, &fields)?));
    }
    let mut frame = context::<Arm>(&json!({
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
    ["azuredeploy.json", "azuredeploy.parameters.json"]
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

/// The resources that `json` names, without parts of the resource itself: ARM starts a resource when these are there.
fn dependencies(own: &ResourceId, json: &Json) -> BTreeSet<ResourceId> {
    let mut found = BTreeSet::new();
    collect(json, &mut found);
    found.retain(|id| !id.path.starts_with(&own.path) || id.kind != own.kind);
    found
}

fn collect(json: &Json, found: &mut BTreeSet<ResourceId>) {
    match json {
        Json::Object(fields) => {
            if let Some(inner) = fields.get(TERM_KEY) {
                if let Ok(term) = serde_json::from_value::<Term>(inner.clone()) {
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
    }
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
}
