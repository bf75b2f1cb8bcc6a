//! What a Terraform configuration says, whichever provider it is for and however it was written: files of HCL, or the
//! JSON of a plan or a state.
//!
//! Every resource stands here as often as `count` and `for_each` make it. Values are evaluated as far as the text alone
//! says: what only a deploy knows stays a [`Reference`](Kind::Reference), what only the deployer knows a
//! [`Variable`](Kind::Variable), and what is not understood an [`Unknown`](Kind::Unknown) that says why. Every value knows
//! its place.
//!
//! A provider's mapping reads an [`Instance`] through `properties::Properties`, which notes what nobody
//! takes. It never looks into bodies by itself, so that nothing is dropped.

mod value;

use std::sync::Arc;

use foldhash::HashMap;
use smol_str::SmolStr;

pub use value::{Kind, List, Map, Piece, Reference, Value};

use crate::diag::Place;
use crate::read::{Parameter, Unknown};

/// A whole configuration.
#[derive(Debug, Default)]
pub struct Configuration {
    /// What is made, in the order of the text.
    pub instances: Vec<Instance>,
    /// Data sources: what is looked up.
    pub data: Vec<Instance>,
    /// What the deployer gives to the root module.
    pub variables: Vec<Variable>,
    /// What is given back.
    pub outputs: Vec<Output>,
    /// What is not understood and belongs to no instance.
    pub unknown: Vec<Unknown>,
    /// Whether every attribute is repeated, written by somebody or not, as in a plan and in a state. What is empty then says
    /// nothing.
    pub repeats_all: bool,
    /// Where each address stands: in `data` or not, and at which position.
    by_address: HashMap<Arc<str>, (bool, usize)>,
    by_name: HashMap<String, usize>,
}

/// One resource, or one data source, by its address.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The address, as in `module.net.aws_subnet.private["a"]` or `data.aws_region.current`.
    pub address: Arc<str>,
    /// The modules that it stands in, outermost first, each with its key: `["net"]`.
    pub modules: Arc<[String]>,
    /// The type, as in `aws_subnet`.
    pub kind: SmolStr,
    /// The label and the key, as in `private["a"]`.
    pub label: SmolStr,
    /// What it says.
    pub body: Body,
    /// What it is said to wait for.
    pub depends_on: Vec<Reference>,
    /// Where its label is written.
    pub place: Place,
}

/// The arguments of a resource or of a block in it, in the order of the text.
#[derive(Debug, Clone)]
pub struct Body {
    /// The arguments and blocks. A block may be there several times.
    pub entries: Vec<Entry>,
    /// The whole of it.
    pub place: Place,
}

/// An argument or a block.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub key: SmolStr,
    /// Where the name is written.
    pub place: Place,
    /// What it says.
    pub content: Content,
}

/// What an [`Entry`] says. In Terraform, some lists of maps may be written either way.
#[derive(Debug, Clone)]
pub enum Content {
    /// `key = value`.
    Value(Value),
    /// `key { … }`.
    Block(Body),
}

/// A variable of the root module.
#[derive(Debug, Clone)]
pub struct Variable {
    /// As it is told to the reader of the configuration. [`Parameter::assumed`] is set by the mapping.
    pub parameter: Parameter,
    /// Its value when the deployer gives none.
    pub default: Option<Value>,
}

/// An output of the root module.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its description.
    pub help: String,
    /// Its value.
    pub value: Value,
    /// Whether it is shown to nobody.
    pub secret: bool,
    /// Where its name is written.
    pub place: Place,
}

impl Configuration {
    /// A configuration of these parts, in which addresses can be found.
    #[must_use]
    pub fn new(
        instances: Vec<Instance>,
        data: Vec<Instance>,
        variables: Vec<Variable>,
        outputs: Vec<Output>,
        unknown: Vec<Unknown>,
    ) -> Self {
        let managed = instances.iter().enumerate().map(|it| (false, it));
        let looked_up = data.iter().enumerate().map(|it| (true, it));
        let by_address = managed
            .chain(looked_up)
            .map(|(is_data, (at, instance))| (Arc::clone(&instance.address), (is_data, at)))
            .collect();
        let by_name = variables.iter().enumerate();
        let by_name = by_name.map(|(at, variable)| (variable.parameter.name.clone(), at));
        Self {
            by_name: by_name.collect(),
            instances,
            data,
            variables,
            outputs,
            unknown,
            repeats_all: false,
            by_address,
        }
    }

    /// The resource or data source with an address.
    #[must_use]
    pub fn find(&self, address: &str) -> Option<&Instance> {
        let (is_data, at) = *self.by_address.get(address)?;
        if is_data {
            self.data.get(at)
        } else {
            self.instances.get(at)
        }
    }

    /// The variable with a name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(*self.by_name.get(name)?)
    }

    /// The value of an argument of another resource, which its attribute of that name repeats; nothing when the resource
    /// does not say it, so that only the deploy knows it.
    #[must_use]
    pub fn argument(&self, reference: &Reference) -> Option<&Value> {
        self.find(&reference.address)?.body.value(&reference.path)
    }
}

impl Body {
    /// The value of an argument; nothing when it is missing or null.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Value> {
        let entry = self.entries.iter().find(|entry| &*entry.key == key)?;
        match &entry.content {
            Content::Value(value) if !value.is_null() => Some(value),
            _ => None,
        }
    }
}
