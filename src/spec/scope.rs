//! Puts the values of parameters where a pattern names them.
//!
//! A parameter is named by `$name`: alone it is the value itself, inside a text it becomes part of the text, and a list
//! inside a text makes one text for each of its items. `$$` is a dollar sign. A value never becomes structure: it is put in
//! after YAML was read, and is not looked at for further names.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};
use indexmap::IndexMap;

use super::fields::Fields;
use super::parameter::{Bind, Parameter};
use super::pattern::Pattern;
use super::shape::{Key, Shape};
use super::stack::Stack;
use super::value::Value;
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::yaml::{Kind, Node, nearest};

/// The condition under which a part of a pattern is there.
pub const WHEN: Key = Key::may(
    "when",
    Shape::Condition,
    "It is there when a parameter is set, as in `$outbound`, or has one of the values beside it, as in `{ outbound: nat }`.",
);
/// The condition under which it is not there.
pub const UNLESS: Key = Key::may(
    "unless",
    Shape::Condition,
    "It is not there when a parameter is set, or has one of the values beside it.",
);

/// A pattern's parameters with the values that a stack gives them.
#[derive(Debug)]
pub struct Scope<'a> {
    stack: &'a Stack,
    parameters: &'a IndexMap<String, Parameter>,
    settings: HashMap<&'a str, Setting<'a>>,
    deployed: RefCell<BTreeSet<String>>,
}

/// The value of one parameter.
#[derive(Debug)]
struct Setting<'a> {
    value: Option<Cow<'a, Value>>,
    place: &'a Place,
}

/// Values that are known, or the name of the parameter that the deployer fills in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolved {
    /// One text, or several where a list was named.
    Known(Vec<String>),
    /// The name of a parameter that is bound when the template is deployed.
    Deploy(String),
}

impl<'a> Scope<'a> {
    /// Holds the stack's values against the pattern's parameters. What is wrong is pushed.
    pub fn new(pattern: &'a Pattern, stack: &'a Stack, diags: &mut Diagnostics) -> Self {
        let mut settings = HashMap::with_capacity(pattern.parameters.len());
        for (name, parameter) in &pattern.parameters {
            let setting = Setting {
                value: parameter.default.as_ref().map(Cow::Borrowed),
                place: &parameter.place,
            };
            settings.insert(name.as_str(), setting);
        }
        for (key, node) in &stack.parameters {
            let Some((name, parameter)) = pattern.parameters.get_key_value(key.text.as_str())
            else {
                diags.push(pattern.unknown_parameter(&key.text, &key.place));
                continue;
            };
            let value = parameter.value(node, diags).map(Cow::Owned);
            let place = &node.place;
            settings.insert(name.as_str(), Setting { value, place });
        }
        let given = stack.parameters.iter().map(|(key, _)| key.text.as_str());
        let given: BTreeSet<_> = given.collect();
        for parameter in pattern.parameters.values() {
            let missing = parameter.bind == Bind::Build && parameter.default.is_none();
            if missing && !given.contains(parameter.name.as_str()) {
                diags.push(
                    Diagnostic::new(
                        Code::MissingValue,
                        format!("`{}` has no value", parameter.name),
                    )
                    .at(stack.pattern_place.clone())
                    .help(format!(
                        "add `{}` under `parameters`: {}",
                        parameter.name, parameter.help
                    )),
                );
            }
        }
        Self {
            stack,
            parameters: &pattern.parameters,
            settings,
            deployed: RefCell::default(),
        }
    }

    /// The stack whose values these are.
    #[must_use]
    pub fn stack(&self) -> &'a Stack {
        self.stack
    }

    /// The deploy-time parameters that were asked for, in the pattern's order, with the stack's values as their defaults.
    pub fn deployed(&self) -> impl Iterator<Item = (&'a Parameter, Option<&Value>)> {
        let asked = self.deployed.borrow().clone();
        self.parameters
            .values()
            .filter(move |parameter| asked.contains(&parameter.name))
            .map(|parameter| {
                let setting = self.settings.get(parameter.name.as_str());
                (
                    parameter,
                    setting.and_then(|setting| setting.value.as_deref()),
                )
            })
    }

    /// The values that the stack gives to deploy-time parameters which nothing asked for: somebody believes that they do
    /// something.
    pub fn without_effect(&self, diags: &mut Diagnostics) {
        let asked = self.deployed.borrow();
        for (key, _) in &self.stack.parameters {
            let deploy = |parameter: &&Parameter| parameter.bind == Bind::Deploy;
            let parameter = self.parameters.get(key.text.as_str()).filter(deploy);
            if parameter.is_some() && !asked.contains(key.text.as_str()) {
                diags.push(
                    Diagnostic::new(
                        Code::NoEffect,
                        format!("`{}` has no effect with these values", key.text),
                    )
                    .at(key.place.clone())
                    .help("take it out, or set the parameter that makes use of it"),
                );
            }
        }
    }

    /// Where the value that `node` names was given; the node's own place when it names none.
    #[must_use]
    pub fn origin(&self, node: &Node) -> Place {
        let named = node.as_text().and_then(whole_name);
        named
            .and_then(|name| self.settings.get(name))
            .map_or_else(|| node.place.clone(), |setting| setting.place.clone())
    }

    /// The values of `node`: what it says, or what the parameter that it names says.
    pub fn resolve(&self, node: &Node, diags: &mut Diagnostics) -> Option<Resolved> {
        match &node.kind {
            Kind::List(nodes) => self.resolve_list(nodes, diags).map(Resolved::Known),
            Kind::String(text) => match whole_name(text) {
                Some(name) => self.named(name, node, diags),
                None => self.interpolate(text, node, diags).map(Resolved::Known),
            },
            _ => node
                .text(diags)
                .map(|text| Resolved::Known(vec![text.to_owned()])),
        }
    }

    /// The values of `node`, which must be known when the template is built.
    pub fn known(&self, node: &Node, diags: &mut Diagnostics) -> Option<Vec<String>> {
        match self.resolve(node, diags)? {
            Resolved::Known(items) => Some(items),
            Resolved::Deploy(name) => {
                diags.push(
                    Diagnostic::new(
                        Code::WrongType,
                        format!("`{name}` is known only when the template is deployed"),
                    )
                    .at(node.place.clone())
                    .help("this value is needed when the template is built; name a parameter with `bind: build`"),
                );
                None
            }
        }
    }

    /// The one value of `node`, known when the template is built.
    pub fn one(&self, node: &Node, diags: &mut Diagnostics) -> Option<String> {
        let mut items = self.known(node, diags)?;
        if items.len() == 1 {
            return items.pop();
        }
        diags.push(node.wrong_type("one value"));
        None
    }

    /// Whether the part of the pattern with these fields is there at all: its `when` holds, and its `unless` does not.
    pub fn active(&self, fields: &mut Fields<'_>, diags: &mut Diagnostics) -> bool {
        let when = fields.get("when").and_then(|node| self.holds(node, diags));
        let unless = fields
            .get("unless")
            .and_then(|node| self.holds(node, diags));
        when.unwrap_or(true) && !unless.unwrap_or(false)
    }

    /// Whether a condition holds: `$name` when that parameter is set, a map when every parameter in it has (one of)
    /// the values beside it.
    fn holds(&self, node: &Node, diags: &mut Diagnostics) -> Option<bool> {
        if let Some(name) = node.as_text().and_then(whole_name) {
            let setting = self.setting(name, &node.place, diags)?;
            return Some(setting.value.as_deref().is_some_and(Value::is_truthy));
        }
        let Kind::Map(entries) = &node.kind else {
            diags.push(node.wrong_type(
                "a parameter such as `$outbound`, or a map such as `{ outbound: nat }`",
            ));
            return None;
        };
        let mut all = true;
        for (key, wanted) in entries {
            let setting = self.setting(&key.text, &key.place, diags)?;
            let wanted = match &wanted.kind {
                Kind::List(nodes) => nodes.iter().filter_map(|node| node.text(diags)).collect(),
                _ => vec![wanted.text(diags)?],
            };
            let value = setting.value.as_ref().map(ToString::to_string);
            all &= value.is_some_and(|value| wanted.contains(&value.as_str()));
        }
        Some(all)
    }

    fn resolve_list(&self, nodes: &[Node], diags: &mut Diagnostics) -> Option<Vec<String>> {
        let items: Vec<_> = nodes.iter().map(|node| self.known(node, diags)).collect();
        let items: Option<Vec<_>> = items.into_iter().collect();
        Some(items?.concat())
    }

    fn named(&self, name: &str, node: &Node, diags: &mut Diagnostics) -> Option<Resolved> {
        let setting = self.setting(name, &node.place, diags)?;
        let parameter = self.parameters.get(name)?;
        if parameter.bind == Bind::Deploy {
            self.deployed.borrow_mut().insert(name.to_owned());
            return Some(Resolved::Deploy(name.to_owned()));
        }
        // Without a value there was an error already, where the value is missing or wrong.
        setting
            .value
            .as_ref()
            .map(|value| Resolved::Known(value.items()))
    }

    fn setting(&self, name: &str, place: &Place, diags: &mut Diagnostics) -> Option<&Setting<'a>> {
        let setting = self.settings.get(name);
        if setting.is_none() {
            diags.push(unknown_parameter(name, place, self.parameters));
        }
        setting
    }

    /// The texts that `text` becomes: one, or one for each item of a list in it.
    fn interpolate(&self, text: &str, node: &Node, diags: &mut Diagnostics) -> Option<Vec<String>> {
        let mut done = vec![String::new()];
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            push_all(&mut done, before);
            let after = &after[1..];
            if let Some(after) = after.strip_prefix('$') {
                push_all(&mut done, "$");
                rest = after;
                continue;
            }
            let name = leading_name(after);
            let Some(Resolved::Known(items)) = self.named(name, node, diags) else {
                if self
                    .parameters
                    .get(name)
                    .is_some_and(|parameter| parameter.bind == Bind::Deploy)
                {
                    diags.push(node.wrong_type("a text without deploy-time parameters"));
                }
                return None;
            };
            done = done
                .iter()
                .flat_map(|text| items.iter().map(move |item| format!("{text}{item}")))
                .collect();
            rest = &after[name.len()..];
        }
        push_all(&mut done, rest);
        Some(done)
    }
}

fn push_all(texts: &mut [String], part: &str) {
    for text in texts {
        text.push_str(part);
    }
}

impl Pattern {
    /// The error that there is no parameter `name` for which a stack could give a value.
    pub(crate) fn unknown_parameter(&self, name: &str, place: &Place) -> Diagnostic {
        let diagnostic = unknown_parameter(name, place, &self.parameters);
        match self.renamed.parameters.today(name) {
            Some(today) => diagnostic.help(format!(
                "it is called `{today}` now: `patternbook update` writes that into the stack"
            )),
            None => diagnostic,
        }
    }
}

/// The error that no parameter has this name.
fn unknown_parameter(
    name: &str,
    place: &Place,
    parameters: &IndexMap<String, Parameter>,
) -> Diagnostic {
    let names = parameters.keys().map(String::as_str);
    let help = nearest(name, names.clone()).map_or_else(
        || {
            format!(
                "the parameters are `{}`",
                names.collect::<Vec<_>>().join("`, `")
            )
        },
        |meant| format!("did you mean `{meant}`?"),
    );
    Diagnostic::new(
        Code::UnknownParameter,
        format!("there is no parameter `{}`", crate::yaml::shorten(name)),
    )
    .at(place.clone())
    .help(help)
}

/// The parameter that the whole of `text` names.
fn whole_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    (!name.is_empty() && leading_name(name).len() == name.len()).then_some(name)
}

/// The name of a parameter at the start of `text`.
fn leading_name(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}
