//! References between the parts of a template: each leads to something, and none leads back to where it began.
//!
//! CloudFormation refuses a template in which one does not, and so do we.

use super::function::{self, Argument, Call, Part};
use super::template::{MAX_NAME, Template};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::read::Ordered;
use crate::read::graph::Graph;
use crate::yaml::{Kind, Node, nearest, shorten};

/// The parameters that CloudFormation itself gives:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>.
const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// How many errors are told.
const MAX_ERRORS: usize = 200;
/// How many errors name what was probably meant, and how many names are compared for each.
const HELPED: usize = 10;
const COMPARED: usize = 500;

/// Checks every reference of a template.
pub(super) fn check(template: &Template<'_>) -> Result<(), Diagnostics> {
    let mut walk = Walk {
        template,
        found: Vec::new(),
        diags: Diagnostics::new(),
    };
    let mut graph = Graph::default();
    for declared in template.resources.values() {
        walk.resource(declared.node);
        walk.lead(&mut graph, &template.resources);
    }
    for (key, output) in template.outputs {
        if !key.text.starts_with("Fn::") {
            walk.resource(output);
        }
    }
    if let Some(cycle) = graph.circle() {
        let cycle = named(cycle, &template.resources);
        walk.diags.push(circular("resources", &cycle));
    }
    walk.found.clear();
    let mut graph = Graph::default();
    for condition in template.conditions.values() {
        walk.node(condition, true);
        walk.lead(&mut graph, &template.conditions);
    }
    if let Some(cycle) = graph.circle() {
        let cycle = named(cycle, &template.conditions);
        walk.diags.push(circular("conditions", &cycle));
    }
    walk.diags.into_result(())
}

/// The names of what a circle leads through.
fn named<'t, V>(
    cycle: Vec<(usize, &&'t Place)>,
    all: &Ordered<&'t str, V>,
) -> Vec<(&'t str, &'t Place)> {
    let names = cycle.into_iter();
    let names = names.filter_map(|(at, place)| Some((*all.get_index(at)?.0, *place)));
    names.collect()
}

/// Looks for references in nodes. The tree is at most [`MAX_DEPTH`](crate::yaml::MAX_DEPTH) deep, so that recursion ends.
struct Walk<'a, 't> {
    template: &'a Template<'t>,
    /// What the references of the current resource or condition lead to.
    found: Vec<(&'t str, &'t Place)>,
    diags: Diagnostics,
}

impl<'t> Walk<'_, 't> {
    /// Adds the next node to a graph, with what was found in it of what the nodes are.
    fn lead<V>(&mut self, graph: &mut Graph<&'t Place>, nodes: &Ordered<&'t str, V>) {
        graph.next_node();
        for (name, place) in self.found.drain(..) {
            if let Some(to) = nodes.get_index_of(name) {
                graph.lead(to, place);
            }
        }
    }

    /// A resource or an output: what it depends on, its condition, and every reference in it.
    fn resource(&mut self, node: &'t Node) {
        let Kind::Map(entries) = &node.kind else {
            return;
        };
        for (key, value) in entries {
            match key.text.as_str() {
                "DependsOn" => {
                    let items = match &value.kind {
                        Kind::List(items) => items.as_slice(),
                        _ => std::slice::from_ref(value),
                    };
                    for item in items {
                        self.follow(item, function::plain(item));
                    }
                }
                "Condition" => self.follow_condition(value, function::plain(value)),
                _ => self.node(value, false),
            }
        }
    }

    fn node(&mut self, node: &'t Node, in_condition: bool) {
        if let Some(call) = function::call(node) {
            return self.call(&call, in_condition);
        }
        if in_condition && let Some(name) = node.get("Condition").and_then(function::plain) {
            return self.follow_condition_named(node, name);
        }
        self.inside(node, in_condition);
    }

    fn inside(&mut self, node: &'t Node, in_condition: bool) {
        match &node.kind {
            Kind::List(items) => items.iter().for_each(|item| self.node(item, in_condition)),
            Kind::Map(entries) => entries
                .iter()
                .for_each(|(_, value)| self.node(value, in_condition)),
            _ => {}
        }
    }

    fn call(&mut self, call: &Call<'t>, in_condition: bool) {
        let argument = call.argument;
        match &*call.name {
            "Ref" => match argument.text() {
                Some(name) => self.reference(argument.node, name),
                None => self.wrong(argument.node, "the name of a parameter or resource"),
            },
            "Fn::GetAtt" => match function::get_att(argument) {
                Some((resource, _)) => self.follow(argument.node, Some(resource)),
                None => self.wrong(argument.node, "`Resource.Attribute`"),
            },
            "Condition" => self.follow_condition(argument.node, argument.text()),
            "Fn::Sub" => self.substitution(argument),
            "Fn::If" => {
                if let Some(name) = argument.list().and_then(|items| items.first()) {
                    self.follow_condition(name, function::plain(name));
                }
                self.argument(argument, in_condition);
            }
            // Macros have arguments of their own.
            "Fn::Transform" => {}
            _ => self.argument(argument, in_condition),
        }
    }

    fn argument(&mut self, argument: Argument<'t>, in_condition: bool) {
        match argument.call() {
            Some(call) => self.call(&call, in_condition),
            None => self.inside(argument.node, in_condition),
        }
    }

    fn substitution(&mut self, argument: Argument<'t>) {
        let (text, own) = match argument.list() {
            Some([text, own]) => (function::plain(text), Some(own)),
            Some(_) => (None, None),
            None => (argument.text(), None),
        };
        if let Some(own) = own {
            self.node(own, false);
        }
        for part in text.map(function::parts).unwrap_or_default() {
            let Part::Variable(name) = part else { continue };
            if own.is_some_and(|own| own.get(name).is_some()) {
                continue;
            }
            match function::dotted(name) {
                Some((resource, _)) => self.follow(argument.node, Some(resource)),
                None => self.reference(argument.node, name),
            }
        }
    }

    fn reference(&mut self, node: &'t Node, name: &'t str) {
        let is_value = PSEUDO.contains(&name) || self.template.parameters.contains_key(name);
        if !is_value {
            self.follow(node, Some(name));
        }
    }

    fn follow(&mut self, node: &'t Node, name: Option<&'t str>) {
        let Some(name) = name else {
            return self.wrong(node, "the name of a resource");
        };
        if self.template.resources.contains_key(name) {
            self.found.push((name, &node.place));
            return;
        }
        // A macro may make what is not written here.
        if !self.template.unknown.is_empty() {
            return;
        }
        let known = self.template.resources.keys();
        let known = known.chain(self.template.parameters.keys()).copied();
        self.nothing(node, "resource or parameter", name, known);
    }

    fn follow_condition(&mut self, node: &'t Node, name: Option<&'t str>) {
        match name {
            Some(name) => self.follow_condition_named(node, name),
            None => self.wrong(node, "the name of a condition"),
        }
    }

    fn follow_condition_named(&mut self, node: &'t Node, name: &'t str) {
        if self.template.conditions.contains_key(name) {
            self.found.push((name, &node.place));
        } else {
            let known = self.template.conditions.keys().copied();
            self.nothing(node, "condition", name, known);
        }
    }

    fn nothing<'n>(
        &mut self,
        node: &Node,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let message = format!("there is no {what} `{}`", shorten(name));
        let mut diagnostic =
            Diagnostic::new(Code::UnknownReference, message).at(node.place.clone());
        if self.diags.len() < HELPED && name.len() <= MAX_NAME {
            let near = nearest(name, known.take(COMPARED));
            diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
        }
        self.push(diagnostic);
    }

    /// Tells only so many: a file of 4 MB can hold a million mistakes.
    fn push(&mut self, diagnostic: Diagnostic) {
        if self.diags.len() < MAX_ERRORS {
            self.diags.push(diagnostic);
        }
    }

    fn wrong(&mut self, node: &Node, right: &str) {
        self.push(node.wrong_type(right));
    }
}

/// How many references of a cycle are shown.
const SHOWN: usize = 8;

fn circular(what: &str, cycle: &[(&str, &Place)]) -> Diagnostic {
    let names: Vec<_> = cycle
        .iter()
        .take(SHOWN)
        .map(|(name, _)| shorten(name))
        .collect();
    let dots = if cycle.len() > SHOWN { ", …" } else { "" };
    let message = format!(
        "these {what} wait for each other: {}{dots}",
        names.join(", ")
    );
    let mut diagnostic = Diagnostic::new(Code::TooComplex, message)
        .help("CloudFormation refuses a circle of references; leave one of them out");
    let mut places = cycle.iter().take(SHOWN).map(|(_, place)| (*place).clone());
    diagnostic.primary = places.next();
    diagnostic.secondary = places
        .map(|place| (place, "then from here".into()))
        .collect();
    diagnostic
}
