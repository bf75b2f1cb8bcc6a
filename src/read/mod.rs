//! How a template is read back: from the text to the typed resources of `cloud`, whoever wrote the text.
//!
//! The room knows resources and the formats' own grammar. It knows no plan and no pattern, and nothing of `render`: what is
//! proved is the text, and a mistake of the writer must not be hidden by the same mistake in the reader.
//!
//! What is not understood is never dropped. It is kept as [`Unknown`] with its place, so that whoever judges the resources
//! can say that it does not know.

pub mod arm;
mod azure;
pub mod cloudformation;
mod graph;
pub mod terraform;

pub use crate::cloud::{Part, Placed, Unknown};

use indexmap::IndexMap;

use crate::cloud::Output;
use crate::diag::Place;

/// How names are hashed: quicker than against an attacker who sees the seed, and of no influence on any order.
type Hashing = foldhash::fast::RandomState;

/// A map in the order of the template.
type Ordered<K, V> = IndexMap<K, V, Hashing>;

/// What a template says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading<R> {
    /// The resources, in the order of the template.
    pub resources: Vec<Placed<R>>,
    /// What is not understood, in the order in which it was met.
    pub unknown: Vec<Unknown>,
    /// What the deployer gives.
    pub parameters: Vec<Parameter>,
    /// What is given back after the deploy.
    pub outputs: Vec<Output>,
}

impl<R> Default for Reading<R> {
    /// What a template says that has nothing in it.
    fn default() -> Self {
        Self {
            resources: Vec::new(),
            unknown: Vec::new(),
            parameters: Vec::new(),
            outputs: Vec::new(),
        }
    }
}

/// A value that the deployer gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Its name in snake case, as [`Term::Parameter`](crate::cloud::Term::Parameter) has it.
    pub name: String,
    /// Its type in the words of the format.
    pub kind: String,
    /// Its value when the deployer gives none.
    pub default: Option<String>,
    /// Whether its value is shown to nobody.
    pub secret: bool,
    /// What the deployer may give, in the words of the format: a key and its values.
    pub constraints: Vec<(String, Vec<String>)>,
    /// Whether the resources are as read only with the default.
    pub assumed: bool,
    /// Where it stands.
    pub place: Place,
}
