//! The JSON of `terraform show -json`, for a plan or a state, into a [`Configuration`].
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>
//!
//! A plan leaves out what only the apply tells; the configuration in it names the references, and they are put back. A state
//! has everything as it is, with the ids that the cloud gave; those that are ids of resources of the state are read as
//! references to them.

mod given;
mod wanted;

use std::sync::Arc;

use self::given::Ids;
use self::wanted::{Module, Scope};
use smol_str::SmolStr;

use super::tree::{
    Body, Configuration, Content, Entry, Instance, Output, Reference, Value, Variable,
};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::read::Parameter;
use crate::yaml::{self, Dialect, Kind as NodeKind, Node};

/// Reads a plan or a state.
///
/// # Errors
/// When it is no JSON, or neither a plan nor a state, or when an address is there twice.
pub(super) fn read(source: &Arc<Source>) -> Result<Configuration, Diagnostics> {
    let root = yaml::read_as(source, Dialect::TEMPLATE)?;
    let values = root.get("planned_values").or_else(|| root.get("values"));
    let Some(values) = values else {
        let message = "this is neither a plan nor a state of Terraform";
        let diagnostic = Diagnostic::new(Code::NoConfiguration, message).at(root.place.clone());
        let help = "write it with `terraform show -json`";
        return Err(diagnostic.help(help).into());
    };
    let configuration = root
        .get("configuration")
        .and_then(|it| it.get("root_module"));
    let wanted = configuration.map(Module::new);
    let mut found = Vec::new();
    // What was looked up before the plan stands in the state before it only.
    let before = root.get("prior_state").and_then(|it| it.get("values"));
    if let Some(before) = before.and_then(|it| it.get("root_module")) {
        collect(before, &mut Vec::new(), &mut found);
        found.retain(Resource::is_data);
    }
    if let Some(module) = values.get("root_module") {
        collect(module, &mut Vec::new(), &mut found);
    }
    let mut diags = Diagnostics::new();
    let found = once(found, &mut diags);
    diags.into_result(())?;
    let ids = Ids::new(&found);
    let scope = Scope::new(wanted.as_ref(), &found);
    let mut instances = Vec::new();
    let mut data = Vec::new();
    for resource in &found {
        let instance = instance(resource, &scope, &ids);
        if resource.is_data() {
            data.push(instance);
        } else {
            instances.push(instance);
        }
    }
    let outputs = outputs(values, configuration, &scope, &ids);
    let variables = variables(configuration);
    let mut tree = Configuration::new(instances, data, variables, outputs, Vec::new());
    tree.repeats_all = true;
    Ok(tree)
}

/// A resource of the plan or the state.
struct Resource<'t> {
    address: &'t str,
    /// The modules around it, each with its key.
    modules: Vec<String>,
    node: &'t Node,
}

impl<'t> Resource<'t> {
    fn text(&self, key: &str) -> &'t str {
        self.node
            .get(key)
            .and_then(Node::as_text)
            .unwrap_or_default()
    }

    fn is_data(&self) -> bool {
        self.text("mode") == "data"
    }

    fn values(&self) -> &'t [(yaml::Key, Node)] {
        entries(self.node.get("values"))
    }

    /// The key as it stands in the address.
    fn key(&self) -> &'t str {
        let own = format!("{}.{}", self.text("type"), self.text("name"));
        let at = self.address.rfind(&own).map(|at| at + own.len());
        at.and_then(|at| self.address.get(at..)).unwrap_or_default()
    }
}

fn entries(node: Option<&Node>) -> &[(yaml::Key, Node)] {
    match node.map(|node| &node.kind) {
        Some(NodeKind::Map(entries)) => entries,
        _ => &[],
    }
}

fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.kind) {
        Some(NodeKind::List(items)) => items,
        _ => &[],
    }
}

/// The resources of a module and of those that it calls. The tree is at most [`MAX_DEPTH`](crate::yaml::MAX_DEPTH) deep.
fn collect<'t>(module: &'t Node, modules: &mut Vec<String>, found: &mut Vec<Resource<'t>>) {
    for node in items(module.get("resources")) {
        let Some(address) = node.get("address").and_then(Node::as_text) else {
            continue;
        };
        found.push(Resource {
            address,
            modules: modules.clone(),
            node,
        });
    }
    let around = modules.len();
    for child in items(module.get("child_modules")) {
        let address = child.get("address").and_then(Node::as_text);
        let own = wanted::modules_of(address.unwrap_or_default());
        modules.extend(own.into_iter().skip(around));
        collect(child, modules, found);
        modules.truncate(around);
    }
}

/// The resources without those of the prior state that the plan has too; two of one address are refused.
fn once<'t>(found: Vec<Resource<'t>>, diags: &mut Diagnostics) -> Vec<Resource<'t>> {
    let mut met: indexmap::IndexMap<&str, Resource<'t>> = indexmap::IndexMap::new();
    for resource in found {
        let twice = met.insert(resource.address, resource);
        if let Some(first) = twice.filter(|first| !first.is_data()) {
            let name = yaml::shorten(first.address);
            let message = format!("there are two of the resource `{name}`");
            let place = first.node.place.clone();
            diags.push(Diagnostic::new(Code::DuplicateAddress, message).at(place));
        }
    }
    met.into_values().collect()
}

fn instance(resource: &Resource<'_>, scope: &Scope<'_>, ids: &Ids<'_>) -> Instance {
    let name = resource.text("name");
    let place = resource.node.get("address");
    let place = place.map_or(&resource.node.place, |node| &node.place);
    let wanted = scope.resource(resource);
    Instance {
        address: resource.address.into(),
        modules: resource.modules.as_slice().into(),
        kind: resource.text("type").into(),
        label: format!("{name}{}", resource.key()).into(),
        body: Body {
            entries: arguments(resource, wanted, scope, ids),
            place: resource.node.place.clone(),
        },
        depends_on: depends_on(resource, wanted, scope),
        place: inside(place),
    }
}

/// A text without its quotes.
fn inside(place: &Place) -> Place {
    let mut place = place.clone();
    if place.span.len() >= 2 && place.text().starts_with('"') {
        place.span = place.span.start + 1..place.span.end - 1;
    }
    place
}

/// The arguments: with a configuration those that somebody wrote, without one all.
fn arguments(
    resource: &Resource<'_>,
    wanted: Option<&Node>,
    scope: &Scope<'_>,
    ids: &Ids<'_>,
) -> Vec<Entry> {
    let mut all = Vec::new();
    let expressions = wanted.map(|wanted| wanted.get("expressions"));
    for (key, node) in resource.values() {
        let wanted = expressions.map(|all| all.and_then(|all| all.get(&key.text)));
        if given::is_computed(&key.text) && expressions.is_none()
            || wanted.is_some_and(|it| it.is_none()) && !resource.is_data()
        {
            continue;
        }
        let value = value(node, wanted.flatten(), resource, scope, ids, &key.text);
        all.push(entry(&key.text, &key.place, value));
    }
    // What the plan leaves out, the apply tells.
    for (key, expression) in entries(expressions.flatten()) {
        let is_there = resource
            .values()
            .iter()
            .any(|(known, _)| known.text == key.text);
        if !is_there {
            let value = scope.value(resource, expression, &key.place);
            all.push(entry(&key.text, &key.place, value));
        }
    }
    all
}

fn entry(key: &str, place: &Place, value: Value) -> Entry {
    Entry {
        key: key.into(),
        place: place.clone(),
        content: Content::Value(value),
    }
}

/// A value of the plan, with what is left out of it put back.
fn value(
    node: &Node,
    wanted: Option<&Node>,
    resource: &Resource<'_>,
    scope: &Scope<'_>,
    ids: &Ids<'_>,
    key: &str,
) -> Value {
    match &node.kind {
        // Nothing stands where the apply tells more, and an expression says what.
        NodeKind::Null => match wanted {
            Some(expression) if wanted::has_references(expression) => {
                scope.value(resource, expression, &node.place)
            }
            _ => given::value(node),
        },
        NodeKind::List(all) => {
            let inner = wanted.map(|wanted| items(Some(wanted))).unwrap_or_default();
            // An expression of the whole list is no list of expressions.
            if all.is_empty()
                && let Some(expression) = wanted.filter(|it| wanted::has_references(it))
            {
                let told = scope.value(resource, expression, &node.place);
                if told.items().is_some() || !matches!(told.kind, super::tree::Kind::Unknown(_)) {
                    return told;
                }
            }
            let gaps = all.iter().filter(|item| item.is_null()).count();
            let told = wanted.filter(|it| gaps > 0 && wanted::has_references(it));
            let told = told.map(|it| scope.value(resource, it, &node.place));
            let told = match &told {
                Some(told) => told.items().unwrap_or(std::slice::from_ref(told)),
                None => &[],
            };
            // Which reference stands in which gap is known only where there are as many.
            if gaps > 0 && told.len() != gaps {
                return Value::unknown("a part of it is known after the deploy only", &node.place);
            }
            let mut told = told.iter();
            let all = all.iter().enumerate().map(|(at, item)| {
                if let Some(told) = item.is_null().then(|| told.next()).flatten() {
                    return told.clone();
                }
                let wanted = wanted::same_for_all(inner, all.len(), at);
                value(item, wanted, resource, scope, ids, key)
            });
            Value::list(all.collect(), &node.place)
        }
        NodeKind::Map(all) => {
            let mut made: Vec<(SmolStr, Value)> = Vec::with_capacity(all.len());
            for (name, item) in all {
                let wanted = wanted.and_then(|wanted| wanted.get(&name.text));
                let inner = value(item, wanted, resource, scope, ids, &name.text);
                made.push((name.text.as_str().into(), inner));
            }
            for (name, expression) in entries(wanted) {
                let is_there = all.iter().any(|(known, _)| known.text == name.text);
                if !is_there && wanted::has_references(expression) {
                    let inner = scope.value(resource, expression, &node.place);
                    made.push((name.text.as_str().into(), inner));
                }
            }
            Value::map(made, &node.place)
        }
        _ => match ids.reference(key, node, resource.address) {
            Some(reference) => Value::new(super::tree::Kind::Reference(reference), &node.place),
            None => given::value(node),
        },
    }
}

fn depends_on(resource: &Resource<'_>, wanted: Option<&Node>, scope: &Scope<'_>) -> Vec<Reference> {
    let names = wanted.and_then(|wanted| wanted.get("depends_on"));
    let names = items(names).iter().filter_map(Node::as_text);
    names
        .flat_map(|name| scope.addresses(&resource.modules, name))
        .map(|address| Reference {
            address,
            path: "".into(),
        })
        .collect()
}

fn outputs(
    values: &Node,
    configuration: Option<&Node>,
    scope: &Scope<'_>,
    ids: &Ids<'_>,
) -> Vec<Output> {
    let wanted = configuration.and_then(|it| it.get("outputs"));
    let nobody = Resource {
        address: "",
        modules: Vec::new(),
        node: values,
    };
    let all = entries(values.get("outputs")).iter();
    all.map(|(name, output)| {
        let wanted = wanted.and_then(|all| all.get(&name.text));
        let expression = wanted.and_then(|it| it.get("expression"));
        let value = match (output.get("value"), expression) {
            (Some(node), _) => value(node, expression, &nobody, scope, ids, "id"),
            (None, Some(expression)) => scope.value(&nobody, expression, &output.place),
            (None, None) => {
                Value::unknown("the value is known after the deploy only", &output.place)
            }
        };
        let text = |node: Option<&Node>| node.and_then(Node::as_text).map(str::to_owned);
        let help = text(wanted.and_then(|it| it.get("description")));
        Output {
            name: name.text.as_str().to_owned(),
            help: help.unwrap_or_default(),
            value,
            secret: text(output.get("sensitive")).as_deref() == Some("true"),
            place: inside(&name.place),
        }
    })
    .collect()
}

/// The variables. The values that they have are in the plan already, wherever they are used.
fn variables(configuration: Option<&Node>) -> Vec<Variable> {
    let all = configuration.and_then(|it| it.get("variables"));
    let all = entries(all).iter();
    all.map(|(name, variable)| {
        let default = variable.get("default").map(given::value);
        let secret = variable.get("sensitive").and_then(Node::as_text);
        let parameter = Parameter {
            name: name.text.as_str().to_owned(),
            kind: "any".into(),
            default: default.as_ref().and_then(Value::written).map(String::from),
            secret: secret == Some("true"),
            constraints: Vec::new(),
            assumed: false,
            place: inside(&name.place),
        };
        Variable { parameter, default }
    })
    .collect()
}
