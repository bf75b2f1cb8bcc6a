//! References to parameters and variables: each leads to something, and none leads back to where it began.
//!
//! Azure refuses a template in which one does not, and so do we.

use foldhash::{HashMap, HashSet, HashSetExt};
use smol_str::StrExt;

use super::expression::{Expression, Expressions, Step, Text};
use super::template::{Template, get};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::yaml::{Kind, Node, nearest, shorten};

/// How many errors are told.
const MAX_ERRORS: usize = 200;
/// How many errors name what was probably meant, and how many names are compared for each.
const HELPED: usize = 10;
const COMPARED: usize = 500;

/// The names of parameters and variables, each behind those that it is made of.
pub(super) struct Order {
    pub(super) parameters: Vec<String>,
    pub(super) variables: Vec<String>,
}

/// Checks the references of a template.
pub(super) fn check(
    template: &Template<'_>,
    expressions: &Expressions,
) -> Result<Order, Diagnostics> {
    let mut walk = Walk {
        template,
        expressions,
        parameters: Vec::new(),
        variables: Vec::new(),
        keeps: true,
        diags: Diagnostics::new(),
    };
    let mut graph = Graph::default();
    for (name, given) in &template.parameters {
        walk.parameters.clear();
        if let Some(default) = get(given.node, "defaultValue") {
            walk.node(default);
        }
        graph.add(name.clone(), std::mem::take(&mut walk.parameters));
    }
    let parameters = graph.order("parameters", &mut walk.diags);
    let mut graph = Graph::default();
    for (name, variable) in &template.variables {
        walk.variables.clear();
        walk.node(variable.node());
        graph.add(name.clone(), std::mem::take(&mut walk.variables));
    }
    let variables = graph.order("variables", &mut walk.diags);
    walk.keeps = false;
    for (_, node) in &template.resources {
        walk.node(node);
    }
    for (_, node) in template.outputs {
        walk.node(node);
    }
    let order = Order {
        parameters,
        variables,
    };
    walk.diags.into_result(order)
}

/// Whether a nested deployment has names of its own
/// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates#expression-evaluation-scope-in-nested-templates>).
pub(super) fn is_inner(properties: &Node) -> bool {
    let options = get(properties, "expressionEvaluationOptions");
    let scope = options
        .and_then(|node| get(node, "scope"))
        .and_then(Node::as_text);
    scope.is_some_and(|scope| scope.eq_ignore_ascii_case("inner"))
}

/// Looks for references in nodes. The tree is at most [`MAX_DEPTH`](crate::yaml::MAX_DEPTH) deep, and so are expressions.
struct Walk<'a, 't> {
    template: &'a Template<'t>,
    expressions: &'a Expressions,
    parameters: Vec<(String, Place)>,
    variables: Vec<(String, Place)>,
    /// Whether they are kept: nothing leads back from a resource.
    keeps: bool,
    diags: Diagnostics,
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &Node) {
        match &node.kind {
            Kind::String(text) => {
                if let Text::Expression(expression) = self.expressions.text(text) {
                    self.expression(&expression, node);
                }
            }
            Kind::List(items) => items.iter().for_each(|item| self.node(item)),
            Kind::Map(entries) => {
                for (key, value) in entries {
                    // What stands in a deployment with names of its own is checked with those.
                    if !(key.text.eq_ignore_ascii_case("template") && is_inner(node)) {
                        self.node(value);
                    }
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, expression: &Expression, node: &Node) {
        match expression {
            Expression::Text(_) | Expression::Int(_) => {}
            Expression::Access(head, steps) => {
                self.expression(head, node);
                for step in steps {
                    if let Step::Index(index) = step {
                        self.expression(index, node);
                    }
                }
            }
            Expression::Call(name, arguments) => {
                let is_reference = matches!(name.as_str(), "parameters" | "variables");
                if let [Expression::Text(wanted)] = arguments.as_slice()
                    && is_reference
                {
                    self.reference(name, wanted, node);
                }
                for argument in arguments {
                    self.expression(argument, node);
                }
            }
        }
    }

    fn reference(&mut self, function: &str, name: &str, node: &Node) {
        let key = name.to_ascii_lowercase_smolstr();
        let found = || (key.as_str().to_owned(), node.place.clone());
        let template = self.template;
        match function {
            "parameters" if template.parameters.contains_key(key.as_str()) => {
                self.parameters.extend(self.keeps.then(found));
            }
            "variables" if template.variables.contains_key(key.as_str()) => {
                self.variables.extend(self.keeps.then(found));
            }
            "parameters" => {
                let known = template.parameters.values();
                let known = known.map(|given| given.key.text.as_str());
                self.nothing(node, "parameter", name, known);
            }
            "variables" => {
                let known = template.variables.keys().map(String::as_str);
                self.nothing(node, "variable", name, known);
            }
            _ => {}
        }
    }

    fn nothing<'n>(
        &mut self,
        node: &Node,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        if self.diags.len() >= MAX_ERRORS {
            return;
        }
        let message = format!("there is no {what} `{}`", shorten(name));
        let mut diagnostic =
            Diagnostic::new(Code::UnknownReference, message).at(node.place.clone());
        if self.diags.len() < HELPED && name.len() <= 255 {
            let near = nearest(name, known.take(COMPARED));
            diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
        }
        self.diags.push(diagnostic);
    }
}

/// What leads to what.
#[derive(Default)]
struct Graph {
    edges: HashMap<String, Vec<(String, Place)>>,
    names: Vec<String>,
}

impl Graph {
    fn add(&mut self, from: String, mut to: Vec<(String, Place)>) {
        let mut met = HashSet::new();
        to.retain(|(name, _)| met.insert(name.clone()));
        self.names.push(from.clone());
        self.edges.insert(from, to);
    }

    /// The names, each behind those that it leads to. Without recursion: a chain may be as long as the template.
    fn order(&self, what: &str, diags: &mut Diagnostics) -> Vec<String> {
        let mut order = Vec::new();
        let mut done: HashSet<&str> = HashSet::new();
        for start in &self.names {
            if done.contains(start.as_str()) {
                continue;
            }
            let mut path: Vec<(&str, usize)> = vec![(start, 0)];
            let mut on_path = HashSet::from_iter([start.as_str()]);
            while let Some((name, next)) = path.last_mut() {
                let name = *name;
                let Some((to, _)) = self.edges.get(name).and_then(|edges| edges.get(*next)) else {
                    on_path.remove(name);
                    done.insert(name);
                    order.push(name.to_owned());
                    path.pop();
                    continue;
                };
                *next += 1;
                if on_path.contains(to.as_str()) {
                    diags.push(circular(what, &self.circle(&path, to)));
                    return order;
                }
                if !done.contains(to.as_str()) {
                    on_path.insert(to);
                    path.push((to, 0));
                }
            }
        }
        order
    }

    /// The references of `path` from `start` on. Each step stands behind the reference that was followed last.
    fn circle(&self, path: &[(&str, usize)], start: &str) -> Vec<(String, Place)> {
        let steps = path.iter().skip_while(|(name, _)| *name != start);
        steps
            .filter_map(|(name, next)| {
                let edge = self.edges.get(*name)?.get(next.checked_sub(1)?)?;
                Some(((*name).to_owned(), edge.1.clone()))
            })
            .collect()
    }
}

/// How many references of a circle are shown.
const SHOWN: usize = 8;

fn circular(what: &str, circle: &[(String, Place)]) -> Diagnostic {
    let names = circle.iter().take(SHOWN).map(|(name, _)| shorten(name));
    let names: Vec<_> = names.collect();
    let dots = if circle.len() > SHOWN { ", …" } else { "" };
    let message = format!(
        "these {what} wait for each other: {}{dots}",
        names.join(", ")
    );
    let mut diagnostic = Diagnostic::new(Code::TooComplex, message)
        .help("Azure refuses a circle of references; leave one of them out");
    let mut places = circle.iter().take(SHOWN).map(|(_, place)| place.clone());
    diagnostic.primary = places.next();
    diagnostic.secondary = places
        .map(|place| (place, "then from here".into()))
        .collect();
    diagnostic
}
