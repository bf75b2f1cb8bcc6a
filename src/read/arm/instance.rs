//! The resources of a template one by one: loops unrolled, children of their parents, nested deployments opened.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::context::{Context, Loop};
use super::evaluate::with;
use super::function::declaration;
use super::known::is_harmless;
use super::names;
use super::properties::Owner;
use super::references;
use super::template::{self, get};
use super::value::{Data, Value};
use crate::cloud::ResourceId;
use crate::cloud::azure::Kind as AzureKind;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::read::Unknown;
use crate::read::azure::lower;
use crate::yaml::{Key, Kind, Node, shorten};

/// How deep deployments may be nested, and how many resources a file may have in all.
const MAX_NESTED: usize = 8;
const MAX_RESOURCES: usize = 50_000;

/// A resource that is made, or may be.
pub(super) struct Instance<'t> {
    pub(super) context: Rc<Context<'t>>,
    pub(super) node: &'t Node,
    pub(super) loops: Vec<Loop>,
    pub(super) owner: Rc<Owner>,
    /// The names of it and its parents.
    pub(super) path: Vec<String>,
    /// What terms call it, where the type is read into a resource of its own.
    pub(super) known: Option<(AzureKind, ResourceId)>,
}

/// The parent of resources that are written inside of another one.
#[derive(Clone, Default)]
struct Parent {
    type_name: String,
    path: Vec<String>,
}

/// Everything that a file declares.
#[derive(Default)]
pub(super) struct Declared<'t> {
    pub(super) all: Vec<Instance<'t>>,
    /// The resources so far, by type and name, with whether only the deployer knows that they are made.
    met: HashMap<String, bool>,
    /// Names that what stands in `dependsOn` may have.
    names: HashSet<String>,
    depth: usize,
}

impl<'t> Declared<'t> {
    /// The resources of a template.
    pub(super) fn template(&mut self, context: &Rc<Context<'t>>) {
        for (symbol, node) in &context.template.resources {
            self.resource(context, *symbol, node, &[], &Parent::default());
        }
    }

    /// A resource, as often as its loop goes round.
    fn resource(
        &mut self,
        context: &Rc<Context<'t>>,
        symbol: Option<&'t Key>,
        node: &'t Node,
        loops: &[Loop],
        parent: &Parent,
    ) {
        let Some(copy) = get(node, "copy") else {
            return self.one(context, symbol, node, loops, parent);
        };
        let name = get(copy, "name")
            .and_then(Node::as_text)
            .unwrap_or_default();
        self.names.insert(name.to_lowercase());
        match context.count(copy, loops) {
            Ok(count) => {
                for index in 0..count {
                    self.one(context, symbol, node, &with(loops, name, index), parent);
                }
            }
            Err(why) => {
                let why = format!("how often the loop goes round is not known: {why}");
                note(context, name, "copy", &why, copy);
                self.one(context, symbol, node, &with(loops, name, 0), parent);
            }
        }
    }

    fn one(
        &mut self,
        context: &Rc<Context<'t>>,
        symbol: Option<&'t Key>,
        node: &'t Node,
        loops: &[Loop],
        parent: &Parent,
    ) {
        if self.all.len() == MAX_RESOURCES {
            let message = format!("the file makes more than {MAX_RESOURCES} resources");
            let error = Diagnostic::new(Code::TooComplex, message);
            return context.error(error.at(node.place.clone()));
        }
        let text = |key: &str| {
            let value = get(node, key).map(|node| context.eval(node, loops));
            value.map(|value| (context.name(&value.data), value))
        };
        let (Some((type_name, _)), Some((name, value))) = (text("type"), text("name")) else {
            let message = "a resource has no `type` or no `name`";
            context.error(Diagnostic::new(Code::MissingKey, message).at(node.place.clone()));
            return;
        };
        let (type_name, path) = parent.full(&type_name, &name);
        let owner = Rc::new(Owner {
            name: path.join("/"),
            api_version: text("apiVersion").map_or_else(String::new, |it| it.0.into()),
            place: value.place.clone(),
            type_name,
        });
        if let Some(symbol) = symbol {
            self.names.insert(symbol.text.to_lowercase());
        }
        self.declare_name(&owner, &path);
        let Some(certain) = is_made(context, node, loops, &owner) else {
            return;
        };
        let known = self.known(context, &owner, &path, certain);
        if let (Some(symbol), Some((_, id))) = (symbol, &known) {
            let mut symbols = context.symbols.borrow_mut();
            symbols.insert(symbol.text.to_lowercase(), id.clone());
        }
        // It is only looked at: https://learn.microsoft.com/azure/azure-resource-manager/bicep/existing-resource
        let existing = get(node, "existing").map(|node| &node.kind);
        if matches!(existing, Some(Kind::Bool(true))) {
            return;
        }
        let children = match get(node, "resources").map(|node| &node.kind) {
            Some(Kind::List(children)) => children.as_slice(),
            _ => &[],
        };
        let inner = (!children.is_empty()).then(|| Parent {
            type_name: owner.type_name.clone(),
            path: path.clone(),
        });
        let is_deployment = owner
            .type_name
            .eq_ignore_ascii_case("Microsoft.Resources/deployments");
        if is_deployment {
            let met = std::mem::take(&mut self.met);
            let outputs = self.deployment(context, node, loops, &owner);
            // Names are compared inside of one template only.
            self.met = met;
            if let Some(outputs) = outputs {
                context.keep_outputs(symbol.map(|key| key.text.as_str()), &owner.name, &outputs);
            }
        } else {
            self.all.push(Instance {
                context: Rc::clone(context),
                node,
                loops: loops.to_vec(),
                owner,
                path,
                known,
            });
        }
        if let Some(inner) = &inner {
            for child in children {
                self.resource(context, None, child, loops, inner);
            }
        }
    }

    /// What `dependsOn` may call a resource.
    fn declare_name(&mut self, owner: &Owner, path: &[String]) {
        self.names.insert(lower(owner.name.clone()));
        let last = path.last();
        self.names.extend(last.map(|name| lower(name.clone())));
        let mut types = owner.type_name.split('/');
        let mut full = types.next().unwrap_or_default().to_owned();
        for (kind, name) in types.zip(path) {
            full.extend(["/", kind, "/", name]);
        }
        self.names.insert(lower(full));
        let flat = [owner.type_name.as_str(), &owner.name].join("/");
        self.names.insert(lower(flat));
    }

    /// The kind and the id. Two resources of one name are refused, unless only the deployer knows which is made.
    fn known(
        &mut self,
        context: &Context<'_>,
        owner: &Owner,
        path: &[String],
        certain: bool,
    ) -> Option<(AzureKind, ResourceId)> {
        let key = lower([owner.type_name.as_str(), &owner.name].join(" "));
        let before = self.met.insert(key, certain);
        if before == Some(true) && certain && !owner.name.contains('{') {
            let message = format!(
                "there are two resources `{}` of one type",
                shorten(&owner.name)
            );
            context.error(Diagnostic::new(Code::DuplicateKey, message).at(owner.place.clone()));
        }
        let kind = names::kind(&owner.type_name)?;
        let parts = owner.type_name.split('/').count();
        if path.len() + 1 != parts {
            return None;
        }
        let id = names::id(kind, path);
        let mut declared = context.shared.declared.borrow_mut();
        let key = declaration(&id);
        let id = declared.entry(key).or_insert(id).clone();
        Some((kind, id))
    }

    /// A deployment inside of another one, and what it gives back.
    /// <https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates#nested-template>
    fn deployment(
        &mut self,
        context: &Rc<Context<'t>>,
        node: &'t Node,
        loops: &[Loop],
        owner: &Owner,
    ) -> Option<Data> {
        let properties = get(node, "properties");
        let template = properties.and_then(|node| get(node, "template"));
        let (Some(properties), Some(template)) = (properties, template) else {
            let why = "the template of the deployment is in another file";
            unread(context, owner, why);
            return None;
        };
        let elsewhere = ["resourceGroup", "subscriptionId"];
        if elsewhere.iter().any(|key| get(node, key).is_some()) {
            // Its resources are read all the same; only their ids are those of another group.
            unread(
                context,
                owner,
                "the deployment goes into another resource group",
            );
        }
        let Kind::Map(sections) = &template.kind else {
            unread(context, owner, "the template of the deployment is none");
            return None;
        };
        if self.depth == MAX_NESTED {
            let why = "deployments stand too deep inside each other";
            unread(context, owner, why);
            return None;
        }
        self.depth += 1;
        let mut diags = Diagnostics::new();
        let inner = template::inner(template, sections, &mut diags);
        let mut outputs = None;
        if references::is_inner(properties) {
            let passed = passed(context, properties, loops);
            match references::check(&inner, &context.shared.expressions) {
                Ok(order) => {
                    note_all(context, &inner.unknown);
                    let inner = Context::new(inner, &order, &context.shared, Some(passed));
                    let inner = Rc::new(inner);
                    self.template(&inner);
                    outputs = Some(inner.outputs(inner.template.outputs, &[]));
                }
                Err(errors) => diags.extend(errors),
            }
        } else {
            for (symbol, node) in &inner.resources {
                self.resource(context, *symbol, node, loops, &Parent::default());
            }
            outputs = Some(context.outputs(inner.outputs, loops));
        }
        diags.into_iter().for_each(|error| context.error(error));
        self.depth -= 1;
        outputs
    }

    /// Checks what resources wait for: Azure refuses a template that names what is not in it.
    /// <https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency>
    pub(super) fn check_order(&self) {
        for instance in &self.all {
            let Some(Kind::List(items)) = get(instance.node, "dependsOn").map(|node| &node.kind)
            else {
                continue;
            };
            for item in items {
                let value = instance.context.eval(item, &instance.loops);
                if let Some(name) = self.missing(&value) {
                    let message = format!("there is no resource `{}`", shorten(&name));
                    let error = Diagnostic::new(Code::UnknownReference, message);
                    instance.context.error(error.at(value.place));
                }
            }
        }
    }

    /// The name of what is waited for, if it is surely nothing here.
    fn missing(&self, value: &Value) -> Option<String> {
        use crate::cloud::Term;
        match &value.data {
            Data::Term(Term::Attribute(id, _)) => {
                let name = id.path.join("/");
                let known = self.names.contains(&lower(name.clone()));
                (!known && !name.contains(['{', ':'])).then_some(name)
            }
            Data::Text(text) => {
                let name = text.trim_start_matches('/');
                let known = self.names.contains(&lower(name.to_owned()));
                (!known && !text.contains('{')).then(|| text.as_str().into())
            }
            _ => None,
        }
    }
}

impl Parent {
    /// The whole type and the whole name: inside of a parent both go on from there.
    fn full(&self, type_name: &str, name: &str) -> (String, Vec<String>) {
        let names = name.split('/').map(str::to_owned);
        if self.type_name.is_empty() || type_name.contains('/') {
            return (type_name.to_owned(), names.collect());
        }
        let path = self.path.iter().cloned().chain(names);
        (format!("{}/{type_name}", self.type_name), path.collect())
    }
}

/// Whether a resource is surely made; nothing where it surely is not. When only the deployer knows, it is read as if it
/// were, and noted.
fn is_made(context: &Context<'_>, node: &Node, loops: &[Loop], owner: &Owner) -> Option<bool> {
    let Some(condition) = get(node, "condition") else {
        return Some(true);
    };
    let value = context.eval(condition, loops);
    match context.boolean(&value) {
        Ok(made) => made.then_some(true),
        Err(_) if is_harmless(&owner.type_name) => Some(false),
        Err(_) => {
            context.note(Unknown {
                name: owner.name.clone(),
                what: owner.type_name.clone(),
                why: "whether it is made, only the deployer knows".into(),
                place: condition.place.clone(),
            });
            Some(false)
        }
    }
}

/// Notes that a resource is not read.
fn unread(context: &Context<'_>, owner: &Owner, why: &str) {
    context.note(Unknown {
        name: owner.name.clone(),
        what: owner.type_name.clone(),
        why: why.into(),
        place: owner.place.clone(),
    });
}

/// The values that a deployment is given by the template around it.
fn passed(context: &Context<'_>, properties: &Node, loops: &[Loop]) -> HashMap<String, Value> {
    let Some(Kind::Map(entries)) = get(properties, "parameters").map(|node| &node.kind) else {
        return HashMap::new();
    };
    let values = entries.iter().map(|(key, node)| {
        let value = get(node, "value").map_or_else(
            || {
                let why = "the value is kept in a vault";
                Value::new(Data::unknown(&key.text, why), &node.place)
            },
            |value| context.eval(value, loops),
        );
        (key.text.to_ascii_lowercase(), value)
    });
    values.collect()
}

fn note(context: &Context<'_>, name: &str, what: &str, why: &str, node: &Node) {
    context.note(Unknown {
        name: name.to_owned(),
        what: what.to_owned(),
        why: why.to_owned(),
        place: node.place.clone(),
    });
}

fn note_all(context: &Context<'_>, unknown: &[Unknown]) {
    unknown.iter().cloned().for_each(|it| context.note(it));
}
