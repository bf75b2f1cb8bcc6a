//! References between the parts of a module: each leads to something that is declared, and none leads back to where it
//! began. Terraform refuses a configuration in which one does not, and so do we.

use std::ops::Range;
use std::sync::Arc;

use foldhash::HashSet;

use super::module::Module;
use super::parse;
use super::syntax::{Block, Body, Each, Expression, Form, Key, Operator, Part, Structure};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::read::graph::Graph;
use crate::yaml::{nearest, shorten};

/// How many errors are told.
const MAX_ERRORS: usize = 200;
/// How many errors name what was probably meant, and how many names are compared for each.
const HELPED: usize = 10;
const COMPARED: usize = 500;

/// Names that are no type of a resource:
/// <https://developer.hashicorp.com/terraform/language/expressions/references>.
const NO_TYPE: [&str; 6] = ["each", "count", "path", "terraform", "self", "ephemeral"];

/// Checks every reference of a module.
pub(super) fn check(module: &Module<'_>, diags: &mut Diagnostics) {
    let mut walk = Walk::new(module, diags);
    for local in module.locals.values() {
        walk.from(local.source);
        walk.expression(&local.attribute.value);
    }
    let resources = module.resources.values().chain(module.outputs.values());
    for declared in resources {
        walk.from(declared.source);
        walk.body(&declared.block.body);
    }
    let graph = std::mem::take(&mut walk.graph);
    // What goes into a module need not come out of it: a call is the end of a circle. Evaluation finds those that are real.
    for declared in module.calls.values() {
        walk.from(declared.source);
        walk.body(&declared.block.body);
    }
    for declared in module.variables.values() {
        walk.from(declared.source);
        if let Some(default) = declared.argument("default") {
            walk.expression(default);
        }
    }
    if let Some(circle) = graph.circle() {
        let places = circle.iter();
        let places = places.map(|(_, (source, span))| parse::place(source, span));
        diags.push(circular(&places.collect::<Vec<_>>()));
    }
}

/// Local values first, then resources, then outputs.
type References<'t> = Graph<(&'t Arc<Source>, &'t Range<usize>)>;

struct Walk<'a, 't> {
    module: &'a Module<'t>,
    diags: &'a mut Diagnostics,
    graph: References<'t>,
    /// Where resources begin among the nodes, by type and label.
    types: HashSet<&'t str>,
    source: Option<&'t Arc<Source>>,
    /// Names that `for` and `dynamic` give.
    bound: Vec<&'t str>,
}

impl<'a, 't> Walk<'a, 't> {
    fn new(module: &'a Module<'t>, diags: &'a mut Diagnostics) -> Self {
        let managed = module.resources.keys().filter(|(is_data, ..)| !is_data);
        Self {
            module,
            diags,
            graph: References::default(),
            types: managed.map(|(_, kind, _)| *kind).collect(),
            source: None,
            bound: Vec::new(),
        }
    }

    /// Goes on with the next node.
    fn from(&mut self, source: &'t Arc<Source>) {
        self.graph.next_node();
        self.source = Some(source);
    }

    /// What stands in a block, with the names that the dynamic blocks in it give.
    fn body(&mut self, body: &'t Body<'t>) {
        for structure in &body.structures {
            match structure {
                Structure::Attribute(attribute) => match &*attribute.key.text {
                    // Addresses of other configurations, or only names of arguments.
                    "providers" | "provider" | "ignore_changes" => {}
                    _ => self.expression(&attribute.value),
                },
                Structure::Block(block) => match &*block.kind.text {
                    "dynamic" => self.dynamic(block),
                    "provisioner" | "connection" => {}
                    _ => self.body(&block.body),
                },
            }
        }
    }

    fn dynamic(&mut self, block: &'t Block<'t>) {
        let iterator = block.body.get("iterator");
        let name = match iterator.map(|it| &it.form) {
            Some(Form::Variable(name)) => name,
            _ => block.labels.first().map_or("", |label| &*label.text),
        };
        if let Some(each) = block.body.get("for_each") {
            self.expression(each);
        }
        self.bound.push(name);
        if let Some(labels) = block.body.get("labels") {
            self.expression(labels);
        }
        for content in block.body.blocks("content") {
            self.body(&content.body);
        }
        self.bound.pop();
    }

    /// Walks through a collection, and through what stands where the names hold that `for` gives to its items.
    fn each(&mut self, each: &'t Each<'t>, inside: impl FnOnce(&mut Self)) {
        self.expression(&each.collection);
        let before = self.bound.len();
        self.bound.extend(each.key.as_deref());
        self.bound.push(&each.value);
        inside(self);
        self.bound.truncate(before);
    }

    fn place(&self, span: &Range<usize>) -> Option<Place> {
        self.source.map(|source| parse::place(source, span))
    }

    fn follow(&mut self, root: &str, operators: &[Operator<'_>], span: &'t Range<usize>) {
        if self.bound.contains(&root) || NO_TYPE.contains(&root) {
            return;
        }
        let mut names = operators.iter().map(|operator| match operator {
            Operator::Name(name) => Some(&**name),
            _ => None,
        });
        let (first, second) = (names.next().flatten(), names.next().flatten());
        let module = self.module;
        match (root, first) {
            ("var", Some(name)) if module.variables.contains_key(name) => {}
            ("var", Some(name)) => {
                let known = module.variables.keys().copied();
                self.nothing(span, "variable", name, name, known);
            }
            ("local", Some(name)) => {
                if let Some(at) = module.locals.get_index_of(name) {
                    return self.lead(at, span);
                }
                let known = module.locals.keys().copied();
                self.nothing(span, "local value", name, name, known);
            }
            ("module", Some(name)) if module.calls.contains_key(name) => {}
            ("module", Some(name)) => {
                let known = module.calls.keys().copied();
                self.nothing(span, "module", name, name, known);
            }
            ("data", Some(kind)) => {
                if let Some(name) = second {
                    self.resource((true, kind, name), span);
                }
            }
            (kind, Some(name)) => self.resource((false, kind, name), span),
            _ => {}
        }
    }

    fn resource(&mut self, key: (bool, &str, &str), span: &'t Range<usize>) {
        let (is_data, kind, name) = key;
        if let Some(at) = self.module.resources.get_index_of(&key) {
            return self.lead(self.module.locals.len() + at, span);
        }
        let same = self.module.resources.keys();
        let same = same.filter(|known| known.0 == is_data && known.1 == kind);
        let same: Vec<_> = same.take(COMPARED).map(|known| known.2).collect();
        let what = if is_data { "data source" } else { "resource" };
        let whole = format!("{kind}.{name}");
        self.nothing(span, what, &whole, name, same.into_iter());
    }

    fn lead(&mut self, to: usize, span: &'t Range<usize>) {
        if let Some(source) = self.source {
            self.graph.lead(to, (source, span));
        }
    }

    fn nothing<'n>(
        &mut self,
        span: &Range<usize>,
        what: &str,
        name: &str,
        last: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        if self.diags.len() >= MAX_ERRORS {
            return;
        }
        let message = format!("there is no {what} `{}`", shorten(name));
        let mut diagnostic = Diagnostic::new(Code::UnknownReference, message);
        diagnostic.primary = self.place(span);
        if self.diags.len() < HELPED && last.len() < 256 {
            let near = nearest(last, known.take(COMPARED));
            diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
        }
        self.diags.push(diagnostic);
    }
}

impl<'t> Walk<'_, 't> {
    fn expression(&mut self, expression: &'t Expression<'t>) {
        match &expression.form {
            Form::Null | Form::Bool(_) | Form::Number(_) | Form::Text(_) => {}
            Form::Template(parts) => self.parts(parts),
            Form::List(items) => self.all(items),
            Form::Object(entries) => {
                for (key, value) in entries {
                    if let Key::Expression(key) = key {
                        self.expression(key);
                    }
                    self.expression(value);
                }
            }
            Form::Parenthesis(inner) | Form::Unary(_, inner) => self.expression(inner),
            Form::Variable(name) => self.alone(name, &expression.span),
            Form::Choice(choice) => {
                self.expression(&choice.condition);
                self.expression(&choice.yes);
                self.expression(&choice.no);
            }
            Form::Call(call) => self.all(&call.arguments),
            Form::Reference(path) => self.path(path, &expression.span),
            Form::Traversal(traversal) => {
                self.expression(&traversal.root);
                self.indices(&traversal.operators);
            }
            Form::Binary(operation) => {
                self.expression(&operation.one);
                self.expression(&operation.other);
            }
            Form::For(each) => self.each(&each.each, |walk| {
                walk.all(&each.key);
                walk.expression(&each.value);
                walk.all(&each.condition);
            }),
        }
    }

    fn all(&mut self, expressions: impl IntoIterator<Item = &'t Expression<'t>>) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn path(&mut self, path: &'t [Operator<'t>], span: &'t Range<usize>) {
        if let Some((Operator::Name(root), operators)) = path.split_first() {
            self.follow(root, operators, span);
            self.indices(operators);
        }
    }

    /// What stands in the brackets behind a value.
    fn indices(&mut self, operators: &'t [Operator<'t>]) {
        for operator in operators {
            if let Operator::Index(index) = operator {
                self.expression(index);
            }
        }
    }

    /// A name that nothing is looked up in.
    fn alone(&mut self, name: &str, span: &Range<usize>) {
        let known = self.bound.contains(&name)
            || ["each", "count", "self", "path", "terraform", "var", "local", "module", "data"].contains(&name)
            || self.types.contains(name)
            // Types of variables look like references.
            || ["string", "number", "bool", "any"].contains(&name);
        if !known {
            self.nothing(span, "value", name, name, std::iter::empty());
        }
    }

    fn parts(&mut self, parts: &'t [Part<'t>]) {
        for part in parts {
            match part {
                Part::Text(_) => {}
                Part::Value(value, _) => self.expression(value),
                Part::If(choice) => {
                    self.expression(&choice.condition);
                    self.parts(&choice.yes);
                    if let Some((_, no)) = &choice.no {
                        self.parts(no);
                    }
                }
                Part::For(each) => self.each(&each.each, |walk| walk.parts(&each.parts)),
            }
        }
    }
}

/// How many references of a circle are shown.
const SHOWN: usize = 8;

fn circular(circle: &[Place]) -> Diagnostic {
    let names: Vec<_> = circle
        .iter()
        .take(SHOWN)
        .map(|place| shorten(place.text()))
        .collect();
    let dots = if circle.len() > SHOWN { ", …" } else { "" };
    let message = format!("these wait for each other: {}{dots}", names.join(", "));
    let mut diagnostic = Diagnostic::new(Code::TooComplex, message)
        .help("Terraform refuses a circle of references; leave one of them out");
    let mut places = circle.iter().take(SHOWN).cloned();
    diagnostic.primary = places.next();
    diagnostic.secondary = places
        .map(|place| (place, "then from here".into()))
        .collect();
    diagnostic
}
