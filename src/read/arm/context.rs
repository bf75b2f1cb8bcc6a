//! Evaluates the values of a template, as far as the template alone says.
//!
//! A parameter stays a [`Term`]. Where a known value is wanted (a block, a port), it counts as its default, and the reading
//! says that it was assumed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use foldhash::HashMap;
use smol_str::SmolStr;

use super::evaluate::plain;
use super::expression::Expressions;
use super::function::Declaration;
use super::references::Order;
use super::template::{Template, Variable, get};
use super::value::{Data, Value};
use crate::cloud::{ResourceId, Term};
use crate::diag::{Diagnostic, Diagnostics, Place};
use crate::read::Unknown;

/// How many values the templates of one file may make in all, and how many bytes of text.
const MAX_VALUES: usize = 2_000_000;
const MAX_BYTES: usize = 32 << 20;
/// A loop that is being made.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub(super) name: String,
    pub(super) index: i64,
}

/// What all templates of one file share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) expressions: Expressions,
    pub(super) unknown: RefCell<Vec<Unknown>>,
    pub(super) errors: RefCell<Diagnostics>,
    /// The resources of the file, by their kinds and names in small letters.
    pub(super) declared: RefCell<HashMap<Declaration, ResourceId>>,
    /// Parameters, by the names that terms have for them, whose default was taken for their value.
    pub(super) assumed: RefCell<BTreeSet<String>>,
    /// The values of the outermost template's parameters, by those names.
    defaults: RefCell<HashMap<String, Known>>,
    values: Cell<usize>,
    bytes: Cell<usize>,
}

/// A value with the parameters whose defaults it was made of.
struct Known {
    value: Value,
    assumed: BTreeSet<String>,
}

/// A template, and what was found out on the way.
pub(super) struct Context<'t> {
    pub(super) template: Template<'t>,
    pub(super) shared: Rc<Shared>,
    /// What a template inside of another one is given by it; nothing for the outermost.
    pub(super) passed: Option<HashMap<String, Value>>,
    /// The defaults of the parameters of a template inside of another one.
    defaults: RefCell<HashMap<String, Known>>,
    variables: RefCell<HashMap<String, Known>>,
    /// Resources by their symbolic names.
    pub(super) symbols: RefCell<HashMap<String, ResourceId>>,
    /// What nested deployments give back, by what `reference` may call them.
    pub(super) deployed: RefCell<HashMap<String, Data>>,
    /// Where the expression stands that is being evaluated.
    pub(super) here: RefCell<Place>,
}

impl<'t> Context<'t> {
    pub(super) fn new(
        template: Template<'t>,
        order: &Order,
        shared: &Rc<Shared>,
        passed: Option<HashMap<String, Value>>,
    ) -> Self {
        let context = Self {
            symbols: RefCell::default(),
            deployed: RefCell::default(),
            here: RefCell::new(template.root.place.clone()),
            template,
            shared: Rc::clone(shared),
            passed,
            defaults: RefCell::default(),
            variables: RefCell::default(),
        };
        for name in &order.parameters {
            context.make_default(name);
        }
        for name in &order.variables {
            context.make_variable(name);
        }
        context
    }

    fn make_default(&self, key: &str) {
        let Some(given) = self.template.parameters.get(key) else {
            return;
        };
        let known = match (given.value, get(given.node, "defaultValue")) {
            // Nothing is an expression in a file of parameters.
            (Some(node), _) => self.tracked(|| plain(node)),
            (None, Some(node)) => {
                let mut known = self.tracked(|| self.eval(node, &[]));
                if self.passed.is_none() {
                    known.assumed.insert(given.name.clone());
                }
                known
            }
            (None, None) => return,
        };
        match &self.passed {
            None => self
                .shared
                .defaults
                .borrow_mut()
                .insert(given.name.clone(), known),
            Some(_) => self.defaults.borrow_mut().insert(given.name.clone(), known),
        };
    }

    fn make_variable(&self, name: &str) {
        let Some(variable) = self.template.variables.get(name) else {
            return;
        };
        let known = self.tracked(|| match variable {
            Variable::Plain(node) => self.eval(node, &[]),
            Variable::Copy(node) => Value::new(self.copies(node, &[]), &node.place),
        });
        self.variables.borrow_mut().insert(name.to_owned(), known);
    }

    /// A value with what was assumed for it: nothing is assumed until it is used.
    fn tracked(&self, make: impl FnOnce() -> Value) -> Known {
        let before = std::mem::take(&mut *self.shared.assumed.borrow_mut());
        let value = make();
        let assumed = std::mem::replace(&mut *self.shared.assumed.borrow_mut(), before);
        Known { value, assumed }
    }

    /// Counts what is made, so that no template makes more than it can hold.
    pub(super) fn spend(&self, values: usize, bytes: usize) -> bool {
        let shared = &self.shared;
        shared
            .values
            .set(shared.values.get().saturating_add(values));
        shared.bytes.set(shared.bytes.get().saturating_add(bytes));
        shared.values.get() <= MAX_VALUES && shared.bytes.get() <= MAX_BYTES
    }

    pub(super) fn error(&self, diagnostic: Diagnostic) {
        let mut errors = self.shared.errors.borrow_mut();
        if errors.len() < 200 {
            errors.push(diagnostic);
        }
    }

    /// A parameter: a term where it can be one.
    pub(super) fn parameter(&self, name: &str) -> Data {
        let key = name.to_ascii_lowercase();
        let Some(given) = self.template.parameters.get(&key) else {
            return Data::unknown(name, "there is no such parameter");
        };
        match &self.passed {
            None if given.is_scalar() => Data::Term(Term::Parameter((&given.name).into())),
            None => self.default_of(&given.name, true),
            Some(passed) => match passed.get(&key) {
                Some(value) => value.data.clone(),
                None => self.default_of(&given.name, true),
            },
        }
    }

    /// The default of a parameter, by the name that terms have for it, which from now on is assumed. Terms name only what the
    /// outermost template is given.
    fn default_of(&self, name: &str, own: bool) -> Data {
        let defaults = if own && self.passed.is_some() {
            self.defaults.borrow()
        } else {
            self.shared.defaults.borrow()
        };
        let Some(known) = defaults.get(name) else {
            return Data::unknown(name, "only the deployer knows the value");
        };
        self.assume(known);
        known.value.data.clone()
    }

    fn assume(&self, known: &Known) {
        let assumed = known.assumed.iter().cloned();
        self.shared.assumed.borrow_mut().extend(assumed);
    }

    pub(super) fn variable(&self, name: &str) -> Data {
        match self.variables.borrow().get(&name.to_ascii_lowercase()) {
            Some(known) => {
                self.assume(known);
                let bytes = match &known.value.data {
                    Data::Text(text) => text.len(),
                    _ => 0,
                };
                if self.spend(1, bytes) {
                    known.value.data.clone()
                } else {
                    too_much()
                }
            }
            None => Data::unknown(name, "there is no such variable"),
        }
    }

    /// The value itself: a parameter counts as its default.
    pub(super) fn concrete(&self, data: &Data) -> Data {
        match data {
            Data::Term(term) => self.concrete_term(term),
            Data::Pieces(pieces) => match self.concrete_term(&pieces.whole) {
                Data::Text(text) => self.split(&text, &pieces.separator),
                other => other,
            },
            Data::Piece(pieces, at) => match self.concrete_term(&pieces.whole) {
                Data::Text(text) => match text.split(pieces.separator.as_str()).nth(*at) {
                    Some(piece) => Data::Text(piece.into()),
                    None => Data::unknown(&data.label(), format!("the list has no item {at}")),
                },
                other => other,
            },
            Data::Encoded(_) => Data::unknown(&data.label(), "the text is encoded"),
            Data::Runtime(..) => Data::unknown(&data.label(), "only the running resource knows it"),
            data => data.clone(),
        }
    }

    fn concrete_term(&self, term: &Term) -> Data {
        match term {
            Term::Text(text) => Data::Text(text.clone()),
            Term::Parameter(name) => match self.default_of(name, false) {
                // The default may be another parameter: they form no circle.
                Data::Term(term) => self.concrete_term(&term),
                other => self.concrete(&other),
            },
            Term::Join(parts) => {
                let mut text = String::new();
                for part in parts {
                    match self.concrete_term(part) {
                        Data::Unknown { why, .. } => {
                            return Data::unknown(&super::value::label(term), why);
                        }
                        part => text.push_str(&part.scalar().unwrap_or_default()),
                    }
                }
                if !self.spend(1, text.len()) {
                    return too_much();
                }
                Data::Text(text.into())
            }
            Term::Attribute(..) | Term::Environment(_) => {
                let label = super::value::label(term);
                Data::unknown(&label, "the value is known after the deploy only")
            }
        }
    }

    /// The name that a value is in a resource's name or id: nothing is assumed for it, because what has one name has it
    /// everywhere.
    pub(super) fn name(&self, data: &Data) -> SmolStr {
        if let Data::Text(text) = data {
            return text.clone();
        }
        let before = std::mem::take(&mut *self.shared.assumed.borrow_mut());
        let known = self.concrete(data);
        *self.shared.assumed.borrow_mut() = before;
        match known.scalar() {
            Some(text) => text,
            None => data.label(),
        }
    }

    pub(super) fn split(&self, text: &str, separator: &str) -> Data {
        let pieces = text.split(separator).map(SmolStr::new);
        self.texts(pieces)
    }

    pub(super) fn texts(&self, texts: impl Iterator<Item = SmolStr>) -> Data {
        self.list(texts.map(Data::Text).collect())
    }

    /// A list that a function made.
    pub(super) fn list(&self, items: Vec<Data>) -> Data {
        if !self.spend(items.len(), 16 * items.len()) {
            return too_much();
        }
        let place = self.here.borrow();
        let items = items.into_iter().map(|data| Value::new(data, &place));
        Data::List(Rc::new(items.collect()))
    }
}

/// What is not made any more.
pub(super) fn too_much() -> Data {
    Data::unknown("too much", "the functions of this template make too much")
}
