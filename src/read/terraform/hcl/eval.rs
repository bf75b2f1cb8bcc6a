//! What expressions come to, as far as the configuration alone says.
//!
//! Nothing here fails: what cannot be told is a value that says why. What no reading may pass over is told to the
//! evaluator as well.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use smol_str::SmolStr;

use super::entries::Entries;
use super::module::{Declared, Module};
use super::parse;
use super::scope::{Each, Found, Scope, ScopeId, What};
use super::syntax::{BinaryOperator, Choice, Expression, For, Form, Key};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::read::Ordered;
use crate::read::Unknown;
use crate::read::terraform::base64;
use crate::read::terraform::tree::{Kind, Reference, Value};

/// How many expressions are evaluated in all. A configuration of 4 MB has a million.
const MAX_FUEL: usize = 8_000_000;
/// How deep expressions may stand in each other, through local values and modules.
const MAX_DEPTH: usize = 200;
/// How many errors are told.
const MAX_ERRORS: usize = 200;

/// Everything that is known while a configuration is evaluated.
pub(super) struct Evaluator<'t> {
    pub(super) modules: &'t Ordered<&'t str, Module<'t>>,
    pub(super) scopes: RefCell<Vec<Rc<Scope<'t>>>>,
    /// What files give to the variables of the root module.
    pub(super) given: HashMap<&'t str, Value>,
    /// Where the blocks of addresses stand.
    pub(super) found: RefCell<HashMap<Arc<str>, Found<'t>>>,
    pub(super) unknown: RefCell<Vec<Unknown>>,
    errors: RefCell<Diagnostics>,
    /// Variables whose default was taken for their value.
    pub(super) assumed: RefCell<BTreeSet<SmolStr>>,
    fuel: Cell<usize>,
    depth: Cell<usize>,
}

/// Where an expression stands: its scope, its file, and the names that hold there.
#[derive(Clone, Copy)]
pub(super) struct Context<'c, 't> {
    pub(super) scope: ScopeId,
    pub(super) source: &'t Arc<Source>,
    pub(super) each: Option<&'c Each>,
    pub(super) bound: Option<&'c Bound<'c>>,
}

/// A name that `for` or `dynamic` gives.
pub(super) struct Bound<'c> {
    pub(super) name: &'c str,
    pub(super) value: Value,
    pub(super) around: Option<&'c Bound<'c>>,
}

impl<'c, 't> Context<'c, 't> {
    pub(super) fn new(scope: ScopeId, source: &'t Arc<Source>) -> Self {
        Self {
            scope,
            source,
            each: None,
            bound: None,
        }
    }

    pub(super) fn bound(&self, name: &str) -> Option<&'c Value> {
        let mut next = self.bound;
        while let Some(bound) = next {
            if bound.name == name {
                return Some(&bound.value);
            }
            next = bound.around;
        }
        None
    }
}

impl<'t> Evaluator<'t> {
    pub(super) fn new(modules: &'t Ordered<&'t str, Module<'t>>) -> Self {
        Self {
            modules,
            scopes: RefCell::default(),
            given: HashMap::new(),
            found: RefCell::default(),
            unknown: RefCell::default(),
            errors: RefCell::default(),
            assumed: RefCell::default(),
            fuel: Cell::new(MAX_FUEL),
            depth: Cell::new(0),
        }
    }

    pub(super) fn scope(&self, id: ScopeId) -> Rc<Scope<'t>> {
        let scopes = self.scopes.borrow();
        match scopes.get(id).or_else(|| scopes.first()) {
            Some(scope) => Rc::clone(scope),
            // Ids are given out for scopes that stand there, so that this is never asked.
            None => Rc::new(Scope::root(&self.modules[0])),
        }
    }

    /// Tells of something that no reading may pass over.
    pub(super) fn refuse(&self, diagnostic: Diagnostic) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < MAX_ERRORS && errors.iter().all(|known| *known != diagnostic) {
            errors.push(diagnostic);
        }
    }

    pub(super) fn note(&self, name: &str, what: &str, why: &str, place: Place) {
        self.unknown.borrow_mut().push(Unknown {
            name: name.into(),
            what: what.into(),
            why: why.into(),
            place,
        });
    }

    pub(super) fn errors(&self) -> Diagnostics {
        self.errors.take()
    }

    /// Counts work, so that no configuration makes more than its size explains. Whether there is any left.
    pub(super) fn spend(&self, work: usize, place: &Place) -> bool {
        let left = self.fuel.get();
        self.fuel.set(left.saturating_sub(work));
        if left == 0 {
            return false;
        }
        if left <= work {
            let message = "the configuration makes more values than are read";
            self.refuse(Diagnostic::new(Code::TooComplex, message).at(place.clone()));
            return false;
        }
        true
    }

    /// What an expression comes to.
    pub(super) fn eval(&self, context: &Context<'_, 't>, expr: &'t Expression<'t>) -> Value {
        let place = parse::place(context.source, &expr.span);
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Value::unknown("the value leads through too many others", &place);
        }
        if !self.spend(1, &place) {
            return Value::unknown("the configuration is too large", &place);
        }
        self.depth.set(depth + 1);
        let value = self.inner(context, expr, place);
        self.depth.set(depth);
        value
    }

    fn inner(&self, context: &Context<'_, 't>, expr: &'t Expression<'t>, place: Place) -> Value {
        let kind = match &expr.form {
            Form::Null => Kind::Null,
            Form::Bool(value) => Kind::Bool(*value),
            Form::Number(number) => Kind::Number(number.as_f64().unwrap_or(f64::NAN)),
            Form::Text(text) => Kind::Text((**text).into()),
            Form::List(items) => {
                let items = items.iter().map(|item| self.eval(context, item));
                return Value::list(items.collect(), &place);
            }
            Form::Object(entries) => return self.object(context, entries, &place),
            Form::Template(parts) => return self.template(context, parts, &place),
            Form::Parenthesis(inner) => return self.eval(context, inner),
            Form::Variable(name) => {
                return match context.bound(name) {
                    Some(value) => value.clone(),
                    None => Value::unknown(format!("`{name}` alone is no value"), &place),
                };
            }
            Form::Choice(choice) => {
                if let Some(value) = self.encoded_if_any(context, choice) {
                    return value;
                }
                let condition = self.eval(context, &choice.condition);
                return match self.truth(&condition) {
                    Some(true) => self.eval(context, &choice.yes),
                    Some(false) => self.eval(context, &choice.no),
                    None => undecided(condition, "which of two values it is", &place),
                };
            }
            Form::Call(call) => return self.function(context, call, &place),
            Form::Reference(path) => return self.reference(context, path, &place),
            Form::Traversal(traversal) => {
                return self.traversal(context, traversal, &place);
            }
            Form::Unary(operator, inner) => {
                let value = self.known(self.eval(context, inner));
                return super::operator::unary(*operator, &value, &place);
            }
            Form::Binary(operation) => {
                let one = self.known(self.eval(context, &operation.one));
                let other = self.known(self.eval(context, &operation.other));
                if !self.spend(one.size() + other.size(), &place) {
                    return Value::unknown("the configuration is too large", &place);
                }
                return super::operator::binary(operation.operator, &one, &other, &place);
            }
            Form::For(each) => return self.for_each(context, each, &place),
        };
        Value { kind, place }
    }

    /// `var.x == "" ? null : base64encode(var.x)`, where only the deployer knows `var.x`: its code, of which that of an empty
    /// text is none.
    fn encoded_if_any(&self, context: &Context<'_, 't>, choice: &'t Choice<'t>) -> Option<Value> {
        let Form::Binary(operation) = &choice.condition.form else {
            return None;
        };
        let is_choice = operation.operator == BinaryOperator::Eq
            && operation.other.as_str() == Some("")
            && matches!(choice.yes.form, Form::Null);
        if !is_choice {
            return None;
        }
        let asked = self.eval(context, &operation.one);
        let value = self.eval(context, &choice.no);
        let Kind::Encoded(inner) = &value.kind else {
            return None;
        };
        match (&asked.kind, &inner.kind) {
            (Kind::Variable(asked), Kind::Variable(inner)) if asked == inner => Some(value),
            _ => None,
        }
    }

    fn object(
        &self,
        context: &Context<'_, 't>,
        object: &'t [(Key<'t>, Expression<'t>)],
        place: &Place,
    ) -> Value {
        let mut entries = Entries::with_capacity(object.len());
        for (key, value) in object {
            let key: SmolStr = match key {
                Key::Text(text) => (**text).into(),
                Key::Expression(expr) => {
                    let key = self.eval(context, expr);
                    match self.text(&key) {
                        Some(text) => text,
                        None => return undecided(key, "the keys of the map", place),
                    }
                }
            };
            entries.insert(key, self.eval(context, value));
        }
        Value::map(entries.into_vec(), place)
    }

    /// `[for …]` and `{for …}`: <https://developer.hashicorp.com/terraform/language/expressions/for>.
    fn for_each(&self, context: &Context<'_, 't>, each: &'t For<'t>, place: &Place) -> Value {
        let collection = self.known(self.eval(context, &each.each.collection));
        let Some(items) = pairs(&collection) else {
            return undecided(collection, "what there is one of for each", place);
        };
        let mut list = Vec::new();
        let mut map: Ordered<SmolStr, Vec<Value>> = Ordered::default();
        let key_name = each.each.key.as_deref();
        for (key, value) in items {
            let outer = Bound {
                name: key_name.unwrap_or_default(),
                value: key,
                around: context.bound,
            };
            let inner = Bound {
                name: &each.each.value,
                value,
                around: Some(&outer),
            };
            let context = Context {
                bound: Some(&inner),
                ..*context
            };
            if let Some(condition) = &each.condition {
                let condition = self.eval(&context, condition);
                match self.truth(&condition) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return undecided(condition, "what is chosen", place),
                }
            }
            let value = self.eval(&context, &each.value);
            let Some(key) = &each.key else {
                list.push(value);
                continue;
            };
            let key = self.eval(&context, key);
            match self.text(&key) {
                Some(key) => map.entry(key).or_default().push(value),
                None => return undecided(key, "the keys of the map", place),
            }
        }
        if each.key.is_none() {
            return Value::list(list, place);
        }
        let entries = map.into_iter().filter_map(|(key, mut values)| {
            let value = if each.groups {
                Value::list(values, place)
            } else {
                values.pop()?
            };
            Some((key, value))
        });
        let mut entries: Vec<_> = entries.collect();
        // Maps are in the order of their keys.
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        Value::map(entries, place)
    }

    /// A value as it must be where it is looked into: variables are their defaults, attributes the arguments that they
    /// repeat. What only a deploy knows stays as it is.
    pub(super) fn known(&self, value: Value) -> Value {
        match &value.kind {
            Kind::Variable(name) => match self.default_of(name) {
                Some(default) => default,
                None => Value::unknown(
                    format!("the variable `{name}` has no value yet"),
                    &value.place,
                ),
            },
            Kind::Reference(reference) => match self.argument(reference) {
                Some(argument) => argument,
                None => value,
            },
            Kind::Join(_) | Kind::Encoded(_) | Kind::Piece(_) => match self.text(&value) {
                Some(text) => Value::text(&text, &value.place),
                None => value,
            },
            _ => value,
        }
    }

    /// The default of a variable of the root module, which from now on is assumed.
    fn default_of(&self, name: &str) -> Option<Value> {
        let root = self.scope(0);
        let (key, declared) = root.module.variables.get_key_value(name)?;
        let default = self.written_default(key, *declared)?;
        self.assumed.borrow_mut().insert((*key).into());
        Some(default)
    }

    /// The default of a variable of the root module in the shape of its type.
    pub(super) fn written_default(&self, name: &'t str, declared: Declared<'t>) -> Option<Value> {
        let default = declared.argument("default")?;
        let root = self.scope(0);
        let context = Context::new(0, declared.source);
        Some(
            self.once(&root, (What::Variable, name), &declared.place(), || {
                let value = self.eval(&context, default);
                match declared.argument("type") {
                    Some(shape) => self.converted(value, shape, declared.source),
                    None => value,
                }
            }),
        )
    }

    /// The argument of another resource that an attribute of it repeats, or an item of it as in `address_space[0]`.
    fn argument(&self, reference: &Reference) -> Option<Value> {
        if let Some((path, at)) = reference
            .path
            .strip_suffix(']')
            .and_then(|it| it.split_once('['))
        {
            let whole = self.written_argument(&reference.address, path)?;
            let at: usize = at.parse().ok()?;
            return Some(self.known(whole.items()?.get(at)?.clone()));
        }
        self.written_argument(&reference.address, &reference.path)
    }

    fn written_argument(&self, address: &str, path: &str) -> Option<Value> {
        let found = self.found.borrow().get(address).cloned()?;
        let expr = found.declared.argument(path)?;
        let context = Context {
            each: found.each.as_deref(),
            ..Context::new(found.scope, found.source())
        };
        Some(self.known(self.eval(&context, expr)))
    }

    /// The known text of a value.
    pub(super) fn text(&self, value: &Value) -> Option<SmolStr> {
        match &value.kind {
            Kind::Variable(_) | Kind::Reference(_) => {
                let known = self.known(value.clone());
                let still = matches!(known.kind, Kind::Variable(_) | Kind::Reference(_));
                (!still).then(|| self.text(&known)).flatten()
            }
            Kind::Join(parts) => {
                let parts = parts.iter().map(|part| self.text(part));
                Some(parts.collect::<Option<Vec<_>>>()?.concat().into())
            }
            Kind::Encoded(inner) => Some(base64::encode(&self.text(inner)?).into()),
            Kind::Piece(piece) => {
                let whole = self.text(&self.default_of(&piece.variable)?)?;
                piece.of(&whole).map(SmolStr::new)
            }
            _ => value.written(),
        }
    }

    /// Whether a value is `true`, where it is known.
    pub(super) fn truth(&self, value: &Value) -> Option<bool> {
        match self.text(value)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A whole number from 0 on.
    pub(super) fn whole(&self, value: &Value) -> Option<usize> {
        self.text(value)?.parse().ok()
    }
}

/// The keys and values of what `for` can walk through.
pub(super) fn pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
    if let Some(entries) = value.entries() {
        let entries = entries.iter();
        let pairs =
            entries.map(|(key, item)| (key, (Value::text(key, &value.place), item.clone())));
        let mut pairs: Vec<_> = pairs.collect();
        // Terraform walks through maps in the order of their keys.
        pairs.sort_by(|one, other| one.0.cmp(other.0));
        return Some(pairs.into_iter().map(|(_, pair)| pair).collect());
    }
    let items = value.items()?.iter().enumerate();
    #[expect(clippy::cast_precision_loss, reason = "values are smaller than that")]
    let pairs = items.map(|(at, item)| {
        let key = Kind::Number(at as f64);
        (Value::new(key, &value.place), item.clone())
    });
    Some(pairs.collect())
}

/// The value that cannot be told because another one is not known.
pub(super) fn undecided(because: Value, what: &str, place: &Place) -> Value {
    match because.kind {
        Kind::Unknown(_) => because,
        _ => Value::unknown(format!("{what} is known after the deploy only"), place),
    }
}

/// Whether a value is unknown because it is not there, which `try` passes over, and not because nobody understands it here.
pub(super) fn is_absent(value: &Value) -> bool {
    let Kind::Unknown(why) = &value.kind else {
        return false;
    };
    let absent = [
        "there is no `",
        "it has no `",
        "the list has no item",
        "the map has no such key",
    ];
    absent.iter().any(|start| why.starts_with(start))
}
