//! What a provider's mapping knows while it reads: the configuration, what its own resources are called, and what was not
//! understood on the way.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use foldhash::HashMap;
use smol_str::SmolStr;

use super::tree::{Configuration, Instance, Kind, Reference, Value};
use crate::cloud::{Joined, ResourceId, Term};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::Cidr;
use crate::read::{Parameter, Unknown};

/// How many attributes of other resources may be asked for on the way to one value.
const MAX_STEPS: usize = 16;
/// How many errors are told.
const MAX_ERRORS: usize = 200;

/// Why a value is not known, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) place: Place,
}

/// A value that is or is not known.
pub(super) type Result<T> = std::result::Result<T, Fault>;

pub(super) fn fault<T>(value: &Value, why: impl Into<String>) -> Result<T> {
    Err(Fault {
        why: why.into(),
        place: value.place.clone(),
    })
}

/// What differs from provider to provider.
pub(super) trait Provider {
    /// What an attribute of an instance is in our words: `path` is as in `aws_vpc.main.PATH`. `id` is the id of the
    /// instance, where its type is read. Nothing for what has no word; the argument of that name is read then.
    fn attribute(&self, instance: &Instance, id: Option<&ResourceId>, path: &str) -> Option<Term>;
}

/// The configuration, and what was found out on the way.
pub(super) struct Context<'t> {
    pub(super) tree: &'t Configuration,
    provider: &'t dyn Provider,
    /// The ids of the instances that are read, by their addresses.
    ids: HashMap<&'t str, ResourceId>,
    unknown: RefCell<Vec<Unknown>>,
    errors: RefCell<Diagnostics>,
    assumed: RefCell<BTreeSet<String>>,
    steps: Cell<usize>,
}

impl<'t> Context<'t> {
    /// A context in which the instances that are read have these ids (see [`super::names::ids`]).
    pub(super) fn new(
        tree: &'t Configuration,
        provider: &'t dyn Provider,
        ids: HashMap<&'t str, ResourceId>,
    ) -> Self {
        Self {
            tree,
            provider,
            ids,
            unknown: RefCell::default(),
            errors: RefCell::default(),
            assumed: RefCell::default(),
            steps: Cell::new(0),
        }
    }

    /// The id of an instance, if its type is read.
    pub(super) fn id(&self, instance: &Instance) -> Option<&ResourceId> {
        self.ids.get(&*instance.address)
    }

    /// Notes something that is not understood.
    pub(super) fn note(&self, unknown: Unknown) {
        self.unknown.borrow_mut().push(unknown);
    }

    /// Tells of something that no reading may pass over.
    pub(super) fn refuse(&self, diagnostic: Diagnostic) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < MAX_ERRORS {
            errors.push(diagnostic);
        }
    }

    /// What was not understood, the parameters with what was assumed of them, and nothing if something was refused.
    pub(super) fn finish(self) -> std::result::Result<(Vec<Unknown>, Vec<Parameter>), Diagnostics> {
        let assumed = self.assumed.into_inner();
        let mut unknown = self.tree.unknown.clone();
        unknown.extend(self.unknown.into_inner());
        let parameters = self.tree.variables.iter().map(|variable| {
            let parameter = variable.parameter.clone();
            Parameter {
                assumed: parameter.assumed || assumed.contains(&parameter.name),
                ..parameter
            }
        });
        let parameters = parameters.collect();
        self.errors.into_inner().into_result((unknown, parameters))
    }

    /// One value.
    pub(super) fn term(&self, value: &Value) -> Result<Term> {
        match &value.kind {
            Kind::Text(text) => Ok(Term::Text(text.as_str().into())),
            // A piece of what the deployer gives is no word of ours.
            Kind::Number(_) | Kind::Bool(_) | Kind::Encoded(_) | Kind::Piece(_) => {
                Ok(Term::Text(self.word(value)?))
            }
            Kind::Variable(name) => Ok(Term::Parameter(name.as_str().into())),
            Kind::Reference(reference) => self.reference(value, reference),
            Kind::Join(parts) => {
                let terms = parts.iter().map(|part| self.term(part));
                Ok(concat(terms.collect::<Result<Vec<_>>>()?))
            }
            Kind::Json(_) => match value.written() {
                Some(text) => Ok(Term::Text(text)),
                None => fault(value, "the text is known after the deploy only"),
            },
            Kind::File(path) => fault(value, format!("the file `{path}` is not read")),
            Kind::Unknown(why) => fault(value, why.to_string()),
            Kind::Null | Kind::List(_) | Kind::Map(_) => fault(value, "one value belongs here"),
        }
    }

    /// One value or a list of them. A variable that holds a list is one value.
    pub(super) fn terms(&self, value: &Value) -> Result<Vec<Term>> {
        match &value.kind {
            Kind::Null => Ok(Vec::new()),
            Kind::List(_) => {
                let items = value.items().unwrap_or_default().iter();
                let there = items.filter(|item| !item.is_null());
                there.map(|item| self.term(item)).collect()
            }
            _ => Ok(vec![self.term(value)?]),
        }
    }

    /// What an attribute of another instance is: a word of ours, or the argument that it repeats.
    fn reference(&self, value: &Value, reference: &Reference) -> Result<Term> {
        if let Some(instance) = self.tree.find(&reference.address) {
            let id = self.id(instance);
            if let Some(term) = self.provider.attribute(instance, id, &reference.path) {
                return Ok(term);
            }
            if let Some(argument) = self.argument(reference) {
                return self.step(value, |context| context.term(argument));
            }
        }
        let name = if reference.path.is_empty() {
            "the whole".to_owned()
        } else {
            format!("`{}`", reference.path)
        };
        fault(
            value,
            format!(
                "{name} of `{}` is known after the deploy only",
                reference.address
            ),
        )
    }

    /// One step to another resource.
    fn step<T>(&self, value: &Value, read: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let steps = self.steps.get();
        if steps == MAX_STEPS {
            return fault(value, "the value leads through too many resources");
        }
        self.steps.set(steps + 1);
        let read = read(self);
        self.steps.set(steps);
        read
    }

    /// A known text; a variable counts as its default, and an attribute as the argument that it repeats.
    pub(super) fn text(&self, value: &Value) -> Result<String> {
        self.word(value).map(String::from)
    }

    /// A known text as [`Self::text`] reads it, to be looked at and not kept.
    pub(super) fn word(&self, value: &Value) -> Result<SmolStr> {
        match &value.kind {
            Kind::Join(parts) => {
                let parts = parts.iter().map(|part| self.word(part));
                Ok(parts.collect::<Result<Vec<_>>>()?.concat().into())
            }
            Kind::Variable(name) => match self.assume(name) {
                Some(default) => self.step(value, |context| context.word(default)),
                None => fault(value, format!("the variable `{name}` has no value yet")),
            },
            Kind::Encoded(inner) => Ok(super::base64::encode(&self.word(inner)?).into()),
            Kind::Piece(piece) => {
                if let Some(default) = self.assume(&piece.variable) {
                    let whole = self.step(value, |context| context.word(default))?;
                    match piece.of(&whole) {
                        Some(text) => Ok(text.into()),
                        None => fault(value, "the text has too few pieces"),
                    }
                } else {
                    let why = format!("the variable `{}` has no value yet", piece.variable);
                    fault(value, why)
                }
            }
            Kind::Reference(reference) => match self.argument(reference) {
                Some(argument) => self.step(value, |context| context.word(argument)),
                None => fault(value, "the value is known after the deploy only"),
            },
            Kind::Unknown(why) => fault(value, why.to_string()),
            _ => match value.written() {
                Some(text) => Ok(text),
                None => fault(value, "one known value belongs here"),
            },
        }
    }

    /// The default of a variable, which from now on is assumed.
    pub(super) fn assume(&self, name: &str) -> Option<&'t Value> {
        let default = self.tree.variable(name)?.default.as_ref()?;
        self.assumed.borrow_mut().insert(name.to_owned());
        Some(default)
    }

    /// A value in which variables are their defaults: for lists and maps that must be known.
    pub(super) fn known<'v>(&self, value: &'v Value) -> &'v Value
    where
        't: 'v,
    {
        match &value.kind {
            Kind::Variable(name) => self.assume(name).unwrap_or(value),
            Kind::Reference(reference) => self.argument(reference).unwrap_or(value),
            _ => value,
        }
    }

    /// The argument of another resource that an attribute repeats: the whole of it, or an item of it as in
    /// `address_prefixes[0]`.
    fn argument(&self, reference: &Reference) -> Option<&'t Value> {
        if let Some(whole) = self.tree.argument(reference) {
            return Some(whole);
        }
        let (path, at) = reference.path.strip_suffix(']')?.split_once('[')?;
        let list = self.tree.find(&reference.address)?.body.value(path)?;
        let list = match &list.kind {
            Kind::Variable(name) => self.assume(name)?,
            _ => list,
        };
        list.items()?.get(at.parse::<usize>().ok()?)
    }

    /// The items of a list that must be known; one value is a list of one.
    pub(super) fn list<'v>(&self, value: &'v Value) -> Vec<&'v Value>
    where
        't: 'v,
    {
        let known = self.known(value);
        match known.items() {
            Some(items) => items.iter().filter(|item| !item.is_null()).collect(),
            None if known.is_null() => Vec::new(),
            None => vec![known],
        }
    }

    /// A whole number. Terraform takes numbers as texts as well.
    pub(super) fn int(&self, value: &Value) -> Result<i64> {
        if let Some(number) = value.whole() {
            return Ok(number);
        }
        match self.word(value)?.parse() {
            Ok(number) => Ok(number),
            Err(_) => fault(value, "a whole number belongs here"),
        }
    }

    /// A whole number from 0 on.
    pub(super) fn number(&self, value: &Value) -> Result<u32> {
        match u32::try_from(self.int(value)?) {
            Ok(number) => Ok(number),
            Err(_) => fault(value, "the number is out of range"),
        }
    }

    /// Yes or no.
    pub(super) fn boolean(&self, value: &Value) -> Result<bool> {
        match self.word(value)?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => fault(value, "`true` or `false` belongs here"),
        }
    }

    /// A block; clouds clear bits behind the prefix length
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>). A known text that is none is refused: no
    /// cloud takes it.
    pub(super) fn cidr(&self, value: &Value) -> Result<Cidr> {
        let text = self.word(value)?;
        let parsed = text.split_once('/').and_then(|(address, length)| {
            Cidr::holding(address.parse().ok()?, length.parse().ok()?).ok()
        });
        if let Some(cidr) = parsed {
            return Ok(cidr);
        }
        let shown = crate::yaml::shorten(&text);
        let message = format!("`{shown}` is not a CIDR block");
        self.refuse(Diagnostic::new(Code::InvalidCidr, message).at(value.place.clone()));
        fault(value, "the value is no CIDR block")
    }
}

/// Terms one after the other, in their one normal form: texts side by side are one.
pub(super) fn concat(terms: impl IntoIterator<Item = Term>) -> Term {
    Joined::from_iter(terms).into_parts().into()
}
