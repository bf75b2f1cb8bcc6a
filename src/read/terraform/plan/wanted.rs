//! What the configuration in a plan says of values that only the apply tells: their references, and no more of their
//! expressions.
//!
//! Where one reference is all that there is, the value is taken for it. That is what people write for ids; where a text is
//! made of it, it has no place in a network.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use smol_str::SmolStr;

use super::{Resource, entries, items};
use crate::diag::Place;
use crate::read::terraform::tree::{Kind, Reference, Value};
use crate::yaml::Node;

/// How many modules a reference is followed through.
const MAX_STEPS: usize = 32;

/// A module of the configuration, with what it calls.
pub(super) struct Module<'t> {
    node: &'t Node,
    resources: HashMap<&'t str, &'t Node>,
    calls: HashMap<&'t str, Module<'t>>,
}

impl<'t> Module<'t> {
    /// A module. Modules nest as JSON does, which has an end.
    pub(super) fn new(node: &'t Node) -> Self {
        let resources = items(node.get("resources")).iter();
        let resources =
            resources.filter_map(|resource| Some((resource.get("address")?.as_text()?, resource)));
        let calls = entries(node.get("module_calls")).iter();
        let calls = calls
            .filter_map(|(name, call)| Some((name.text.as_str(), Self::new(call.get("module")?))));
        Self {
            node,
            resources: resources.collect(),
            calls: calls.collect(),
        }
    }

    fn inside(&self, modules: &[String]) -> Option<&Self> {
        let mut module = self;
        for name in modules {
            module = module.calls.get(without_key(name))?;
        }
        Some(module)
    }
}

/// `net["a"]` without its key.
fn without_key(name: &str) -> &str {
    name.split_once('[').map_or(name, |(name, _)| name)
}

/// The names of the modules in an address, as in `module.net["a"].module.sub`.
pub(super) fn modules_of(address: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = address;
    while let Some(inside) = rest.strip_prefix("module.") {
        let end = end_of_name(inside);
        let (name, behind) = inside.split_at(end);
        names.push(name.to_owned());
        rest = behind.strip_prefix('.').unwrap_or_default();
    }
    names
}

/// Where a name with its key ends: a key in quotes may have dots.
fn end_of_name(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// Whether an expression has references.
pub(super) fn has_references(expression: &Node) -> bool {
    expression.get("references").is_some()
}

/// The expression of a block at a position. Blocks of a set have no order: where there are several, they must say the same.
pub(super) fn same_for_all(all: &[Node], wanted: usize, at: usize) -> Option<&Node> {
    match all {
        [one] if wanted == 1 => Some(one),
        many if many.len() == wanted => {
            let first = many.first()?;
            let text = |node: &Node| node.place.text().to_owned();
            let same = many.iter().all(|other| text(other) == text(first));
            many.get(at).filter(|_| same)
        }
        _ => None,
    }
}

/// Where references of a plan lead.
pub(super) struct Scope<'t> {
    root: Option<&'t Module<'t>>,
    /// The keys of each resource, by its address without them.
    keys: HashMap<String, Vec<&'t str>>,
}

impl<'t> Scope<'t> {
    pub(super) fn new(root: Option<&'t Module<'t>>, found: &'t [Resource<'t>]) -> Self {
        let mut keys: HashMap<String, Vec<&str>> = HashMap::new();
        for resource in found {
            let address = resource.address;
            let plain = &address[..address.len() - resource.key().len()];
            keys.entry(plain.to_owned())
                .or_default()
                .push(resource.key());
        }
        Self { root, keys }
    }

    /// What the configuration says of a resource.
    pub(super) fn resource(&self, of: &Resource<'_>) -> Option<&'t Node> {
        let module = self.root?.inside(&of.modules)?;
        let data = if of.is_data() { "data." } else { "" };
        let address = format!("{data}{}.{}", of.text("type"), of.text("name"));
        module.resources.get(address.as_str()).copied()
    }

    /// The value of an expression, by its references alone.
    pub(super) fn value(&self, of: &Resource<'_>, expression: &Node, place: &Place) -> Value {
        if let Some(constant) = expression.get("constant_value") {
            return super::given::value(constant);
        }
        let names = items(expression.get("references"))
            .iter()
            .filter_map(Node::as_text);
        let names: Vec<&str> = names.collect();
        let mut found: Vec<Reference> = Vec::new();
        for name in whole(&names) {
            let Some(references) = self.follow(of, &of.modules, name, 0) else {
                return Value::unknown("the value is known after the deploy only", place);
            };
            found.extend(references);
        }
        found.dedup();
        let mut values = found
            .into_iter()
            .map(|reference| Value::new(Kind::Reference(reference), place))
            .collect::<Vec<_>>();
        match values.len() {
            0 => Value::unknown("the value is known after the deploy only", place),
            1 => values.remove(0),
            _ => Value::list(values, place),
        }
    }

    /// What a reference of a module leads to; nothing where only the expression tells.
    fn follow(
        &self,
        of: &Resource<'_>,
        modules: &[String],
        name: &str,
        steps: usize,
    ) -> Option<Vec<Reference>> {
        if steps > MAX_STEPS {
            return None;
        }
        let module = self.root?.inside(modules)?;
        // Which of several it is, the key of whoever asks says.
        if name.starts_with("count.") || name.starts_with("each.") {
            return Some(Vec::new());
        }
        if let Some(variable) = name.strip_prefix("var.") {
            let variable = variable.split(['.', '[']).next()?;
            let (last, around) = modules.split_last()?;
            let calls = self.root?.inside(around)?.node.get("module_calls")?;
            let given = calls
                .get(without_key(last))?
                .get("expressions")?
                .get(variable)?;
            return self.all(of, around, given, steps);
        }
        if name.starts_with("module.") {
            let called = modules_of(name);
            let output = name.rsplit_once('.')?.1;
            let (first, _) = called.split_first()?;
            let inner = module.calls.get(without_key(first))?;
            let expression = inner.node.get("outputs")?.get(output)?.get("expression")?;
            let inside: Vec<String> = modules.iter().cloned().chain([first.clone()]).collect();
            return self.all(of, &inside, expression, steps);
        }
        self.attribute(of, modules, name)
    }

    fn all(
        &self,
        of: &Resource<'_>,
        modules: &[String],
        expression: &Node,
        steps: usize,
    ) -> Option<Vec<Reference>> {
        let names = items(expression.get("references"))
            .iter()
            .filter_map(Node::as_text);
        let names: Vec<&str> = names.collect();
        let mut found = Vec::new();
        for name in whole(&names) {
            found.extend(self.follow(of, modules, name, steps + 1)?);
        }
        (!found.is_empty()).then_some(found)
    }

    /// `aws_subnet.a.id`, with the key of the instance where it has one.
    fn attribute(
        &self,
        of: &Resource<'_>,
        modules: &[String],
        name: &str,
    ) -> Option<Vec<Reference>> {
        let (is_data, rest) = match name.strip_prefix("data.") {
            Some(rest) => ("data.", rest),
            None => ("", name),
        };
        let (kind, rest) = rest.split_once('.')?;
        let end = end_of_name(rest);
        let (label, path) = rest.split_at(end);
        // Without an attribute, it is all of a resource that is looked into: which part, only the expression tells.
        let path: SmolStr = path.strip_prefix('.').unwrap_or("id").into();
        let written = label.split_once('[').map(|(_, key)| format!("[{key}"));
        let prefix = modules.iter().map(|module| format!("module.{module}."));
        let prefix: String = prefix.collect();
        let plain = format!("{prefix}{is_data}{kind}.{}", without_key(label));
        let keys = self.keys.get(&plain)?;
        let keys: Vec<&str> = match &written {
            Some(written) => keys.iter().copied().filter(|key| key == written).collect(),
            None if keys.len() > 1 && keys.contains(&of.key()) => vec![of.key()],
            None => keys.clone(),
        };
        let found = keys.into_iter().map(|key| Reference {
            address: format!("{plain}{key}").into(),
            path: path.clone(),
        });
        Some(found.collect())
    }

    /// The addresses that a name of `depends_on` means.
    pub(super) fn addresses(&self, modules: &[String], name: &str) -> Vec<Arc<str>> {
        let prefix = modules.iter().map(|module| format!("module.{module}."));
        let plain = format!("{}{name}", prefix.collect::<String>());
        let keys = self.keys.get(&plain).into_iter().flatten();
        keys.map(|key| format!("{plain}{key}").into()).collect()
    }
}

/// References without those that are only the beginnings of others: a plan has `aws_vpc.main.id` and `aws_vpc.main`.
fn whole<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let begins = |name: &str, other: &str| {
        let rest = other.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    let mut kept: Vec<&str> = Vec::new();
    for name in names.iter().copied() {
        let is_start = names.iter().any(|other| begins(name, other));
        if !is_start && !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_apart_at_dots_outside_of_keys() {
        assert_eq!(
            modules_of(r#"module.net["a.b"].module.sub"#),
            [r#"net["a.b"]"#, "sub"]
        );
        assert_eq!(modules_of("aws_vpc.main"), [""; 0]);
    }

    #[test]
    fn beginnings_of_references_are_left_out() {
        assert_eq!(
            whole(&["aws_vpc.main.id", "aws_vpc.main", "count.index"]),
            ["aws_vpc.main.id", "count.index"]
        );
    }
}
