//! References between the parts of a module: each leads to something that is declared, and none leads back to where it
//! began. Terraform refuses a configuration in which one does not, and so do we.

use std::collections::HashSet;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ForExpr, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::ForDirective;
use hcl_edit::visit::{self, Visit};
use hcl_edit::{Decorated, Ident};

use super::module::Module;
use super::parse;
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
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
    for (at, (_, local)) in module.locals.iter().enumerate() {
        walk.from(at, local.source);
        walk.visit_expr(&local.attribute.value);
    }
    let resources = module.resources.values().chain(module.outputs.values());
    for (at, declared) in resources.enumerate() {
        walk.from(module.locals.len() + at, declared.source);
        walk.block(declared.block);
    }
    // What goes into a module need not come out of it: a call is the end of a circle. Evaluation finds those that are real.
    for declared in module.calls.values() {
        walk.from(usize::MAX, declared.source);
        walk.block(declared.block);
    }
    for declared in module.variables.values() {
        walk.from(usize::MAX, declared.source);
        if let Some(default) = declared.argument("default") {
            walk.visit_expr(default);
        }
    }
    let edges = walk.edges;
    if let Some(circle) = circle(&edges) {
        diags.push(circular(&circle));
    }
}

/// What leads to what, by position: local values first, then resources.
type Edges = Vec<Vec<(usize, Place)>>;

struct Walk<'a, 't> {
    module: &'a Module<'t>,
    diags: &'a mut Diagnostics,
    edges: Edges,
    /// Where resources begin among the nodes, by type and label.
    types: HashSet<&'t str>,
    current: usize,
    source: Option<&'t Arc<Source>>,
    /// Names that `for` and `dynamic` give.
    bound: Vec<String>,
}

impl<'a, 't> Walk<'a, 't> {
    fn new(module: &'a Module<'t>, diags: &'a mut Diagnostics) -> Self {
        let nodes = module.locals.len() + module.resources.len() + module.outputs.len();
        let managed = module.resources.keys().filter(|(is_data, ..)| !is_data);
        Self {
            module,
            diags,
            edges: vec![Vec::new(); nodes],
            types: managed.map(|(_, kind, _)| *kind).collect(),
            current: usize::MAX,
            source: None,
            bound: Vec::new(),
        }
    }

    fn from(&mut self, node: usize, source: &'t Arc<Source>) {
        self.current = node;
        self.source = Some(source);
    }

    /// A block, with the names that the dynamic blocks in it give.
    fn block(&mut self, block: &Block) {
        self.body(&block.body);
    }

    fn body(&mut self, body: &Body) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => match attribute.key.as_str() {
                    // Addresses of other configurations, or only names of arguments.
                    "providers" | "provider" | "ignore_changes" => {}
                    _ => self.visit_expr(&attribute.value),
                },
                Structure::Block(block) if block.has_ident("dynamic") => self.dynamic(block),
                Structure::Block(block) if block.has_ident("provisioner") => {}
                Structure::Block(block) if block.has_ident("connection") => {}
                Structure::Block(block) => self.body(&block.body),
            }
        }
    }

    fn dynamic(&mut self, block: &Block) {
        let iterator = block.body.get_attribute("iterator");
        let name = match iterator.map(|attribute| &attribute.value) {
            Some(Expression::Variable(name)) => name.as_str(),
            _ => block.labels.first().map_or("", |label| label.as_str()),
        };
        if let Some(each) = block.body.get_attribute("for_each") {
            self.visit_expr(&each.value);
        }
        self.bound.push(name.to_owned());
        if let Some(labels) = block.body.get_attribute("labels") {
            self.visit_expr(&labels.value);
        }
        for content in block.body.get_blocks("content") {
            self.body(&content.body);
        }
        self.bound.pop();
    }

    fn bind(&mut self, key: Option<&Decorated<Ident>>, value: &Decorated<Ident>) -> usize {
        let before = self.bound.len();
        self.bound.extend(key.map(|key| key.as_str().to_owned()));
        self.bound.push(value.as_str().to_owned());
        before
    }

    fn place(&self, part: &impl Span) -> Option<Place> {
        self.source.map(|source| parse::place(source, part))
    }

    fn follow(&mut self, root: &str, traversal: &Traversal) {
        if self.bound.iter().any(|bound| bound == root) || NO_TYPE.contains(&root) {
            return;
        }
        let mut names = traversal
            .operators
            .iter()
            .map(|operator| match operator.value() {
                TraversalOperator::GetAttr(name) => Some(name.as_str()),
                _ => None,
            });
        let (first, second) = (names.next().flatten(), names.next().flatten());
        let module = self.module;
        match (root, first) {
            ("var", Some(name)) if module.variables.contains_key(name) => {}
            ("var", Some(name)) => {
                let known = module.variables.keys().copied();
                self.nothing(traversal, "variable", name, name, known);
            }
            ("local", Some(name)) => {
                if let Some(at) = module.locals.get_index_of(name) {
                    return self.lead(at, traversal);
                }
                let known = module.locals.keys().copied();
                self.nothing(traversal, "local value", name, name, known);
            }
            ("module", Some(name)) if module.calls.contains_key(name) => {}
            ("module", Some(name)) => {
                let known = module.calls.keys().copied();
                self.nothing(traversal, "module", name, name, known);
            }
            ("data", Some(kind)) => {
                if let Some(name) = second {
                    self.resource((true, kind, name), traversal);
                }
            }
            (kind, Some(name)) => self.resource((false, kind, name), traversal),
            _ => {}
        }
    }

    fn resource(&mut self, key: (bool, &str, &str), traversal: &Traversal) {
        let (is_data, kind, name) = key;
        if let Some(at) = self.module.resources.get_index_of(&key) {
            return self.lead(self.module.locals.len() + at, traversal);
        }
        let same = self.module.resources.keys();
        let same = same.filter(|known| known.0 == is_data && known.1 == kind);
        let same: Vec<_> = same.take(COMPARED).map(|known| known.2).collect();
        let what = if is_data { "data source" } else { "resource" };
        let whole = format!("{kind}.{name}");
        self.nothing(traversal, what, &whole, name, same.into_iter());
    }

    fn lead(&mut self, to: usize, traversal: &Traversal) {
        let place = self.place(traversal);
        if let (Some(edges), Some(place)) = (self.edges.get_mut(self.current), place) {
            edges.push((to, place));
        }
    }

    fn nothing<'n>(
        &mut self,
        part: &impl Span,
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
        diagnostic.primary = self.place(part);
        if self.diags.len() < HELPED && last.len() < 256 {
            let near = nearest(last, known.take(COMPARED));
            diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
        }
        self.diags.push(diagnostic);
    }
}

impl Visit for Walk<'_, '_> {
    fn visit_traversal(&mut self, traversal: &Traversal) {
        match &traversal.expr {
            Expression::Variable(root) => self.follow(root.as_str(), traversal),
            other => self.visit_expr(other),
        }
        for operator in &traversal.operators {
            self.visit_traversal_operator(operator.value());
        }
    }

    fn visit_expr(&mut self, expr: &Expression) {
        let Expression::Variable(name) = expr else {
            return visit::visit_expr(self, expr);
        };
        let text = name.as_str();
        let known = self.bound.iter().any(|bound| bound == text)
            || ["each", "count", "self", "path", "terraform", "var", "local", "module", "data"].contains(&text)
            || self.types.contains(text)
            // Types of variables look like references.
            || ["string", "number", "bool", "any"].contains(&text);
        if !known {
            self.nothing(name, "value", text, text, std::iter::empty());
        }
    }

    fn visit_object_key(&mut self, key: &hcl_edit::expr::ObjectKey) {
        // A bare name is a text here.
        if let hcl_edit::expr::ObjectKey::Expression(expr) = key
            && !matches!(expr, Expression::Variable(_))
        {
            self.visit_expr(expr);
        }
    }

    fn visit_for_expr(&mut self, expr: &ForExpr) {
        self.visit_expr(&expr.intro.collection_expr);
        let before = self.bind(expr.intro.key_var.as_ref(), &expr.intro.value_var);
        expr.key_expr.iter().for_each(|key| self.visit_expr(key));
        self.visit_expr(&expr.value_expr);
        expr.cond
            .iter()
            .for_each(|cond| self.visit_expr(&cond.expr));
        self.bound.truncate(before);
    }

    fn visit_for_directive(&mut self, directive: &ForDirective) {
        let intro = &directive.for_expr;
        self.visit_expr(&intro.collection_expr);
        let before = self.bind(intro.key_var.as_ref(), &intro.value_var);
        self.visit_template(&intro.template);
        self.bound.truncate(before);
    }
}

/// The references of a circle, if there is one. Without recursion: a chain may be as long as the configuration.
fn circle(edges: &Edges) -> Option<Vec<Place>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        OnPath,
        Done,
    }
    let mut states = vec![State::New; edges.len()];
    for start in 0..edges.len() {
        if states.get(start) != Some(&State::New) {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let edge = edges.get(node).and_then(|all| all.get(*next));
            *next += 1;
            if let Some(state) = states.get_mut(node) {
                *state = if edge.is_some() {
                    State::OnPath
                } else {
                    State::Done
                };
            }
            let Some((to, _)) = edge else {
                path.pop();
                continue;
            };
            match states.get(*to) {
                Some(State::OnPath) => return Some(places(edges, &path, *to)),
                Some(State::New) => path.push((*to, 0)),
                _ => {}
            }
        }
    }
    None
}

/// The references of `path` from `start` on: of each step the one that was followed last.
fn places(edges: &Edges, path: &[(usize, usize)], start: usize) -> Vec<Place> {
    let steps = path.iter().skip_while(|(node, _)| *node != start);
    steps
        .filter_map(|(node, next)| {
            let edge = edges.get(*node)?.get(next.checked_sub(1)?)?;
            Some(edge.1.clone())
        })
        .collect()
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
