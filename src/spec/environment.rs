//! The environments of a stack: the same pattern several times, each with values of its own.
//!
//! The room knows what is written. Whether addresses can be the same in all of them, the plan knows.

use indexmap::IndexMap;

use super::fields::Fields;
use super::shape::{Table, words};
use super::stack::{PARAMETERS_KEY, REGION_KEY, TAGS_KEY, read_parameters, read_region, read_tags};
use super::{Stack, check_stack_name};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::yaml::{Key, Node};

/// One environment, with what it says differently from its stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Its region or location.
    pub region: Option<String>,
    /// Tags that only it has, or that it has with another value.
    pub tags: IndexMap<String, (String, Place)>,
    /// Values that only it gives, or that it gives differently.
    pub parameters: Vec<(Key, Node)>,
    /// Where it is named.
    pub place: Place,
}

/// How the addresses of a stack's environments relate to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Addressing {
    /// They are the same in all of them, so that one is the mirror of the other. None is tied to anything.
    Mirrored,
    /// No address is in two of them, nor in any other network that is tied to others.
    Distinct,
}

/// What an environment says differently.
pub(super) static ENVIRONMENT: Table = Table {
    what: "an environment",
    keys: &[REGION_KEY, TAGS_KEY, PARAMETERS_KEY],
};

pub(super) const ADDRESSINGS: [(&str, Addressing); 2] = [
    ("mirrored", Addressing::Mirrored),
    ("distinct", Addressing::Distinct),
];

/// Names that an environment cannot have: the folders of formats stand where its folder would.
pub const FORMATS: [&str; 3] = ["cloudformation", "arm", "terraform"];

/// Reads `environments:`.
pub(super) fn read_environments(node: &Node, diags: &mut Diagnostics) -> Vec<Environment> {
    let Some(entries) = node.entries(diags) else {
        return Vec::new();
    };
    if entries.is_empty() {
        let diagnostic = Diagnostic::new(Code::MissingKey, "there is no environment");
        diags.push(
            diagnostic
                .at(node.place.clone())
                .help("name one, as in `dev: {}`, or take `environments` out"),
        );
    }
    let environments = entries.iter();
    let environments = environments.filter_map(|(key, node)| read(key, node, diags));
    environments.collect()
}

fn read(key: &Key, node: &Node, diags: &mut Diagnostics) -> Option<Environment> {
    if let Err(diagnostic) = check_stack_name(&key.text, "an environment", &key.place) {
        diags.push(diagnostic);
        return None;
    }
    if FORMATS.contains(&key.text.as_str()) {
        let message = format!("`{}` is no name for an environment", key.text);
        let diagnostic = Diagnostic::new(Code::InvalidName, message).at(key.place.clone());
        diags.push(diagnostic.help("a folder of this name holds the templates of one format"));
        return None;
    }
    let mut environment = Environment {
        name: key.text.as_str().to_owned(),
        region: None,
        tags: IndexMap::new(),
        parameters: Vec::new(),
        place: key.place.clone(),
    };
    // `dev:` with nothing behind it says nothing differently.
    if node.is_null() {
        return Some(environment);
    }
    let mut fields = Fields::open(node, &ENVIRONMENT, diags)?;
    let region = fields.get("region");
    let tags = fields.get("tags");
    let parameters = fields.get("parameters");
    fields.finish(diags);
    environment.region = region.and_then(|node| read_region(node, diags));
    environment.tags = read_tags(tags, diags);
    environment.parameters = read_parameters(parameters, diags);
    Some(environment)
}

/// Reads `addressing:`.
pub(super) fn read_addressing(node: &Node, diags: &mut Diagnostics) -> Option<(Addressing, Place)> {
    let given = node.text(diags)?;
    let found = ADDRESSINGS.iter().find(|(word, _)| *word == given);
    if found.is_none() {
        let right = format!("`{}`", words(&ADDRESSINGS).join("` or `"));
        diags.push(node.wrong_type(&right));
    }
    found.map(|(_, addressing)| (*addressing, node.place.clone()))
}

impl Stack {
    /// The stack in each of its environments, with the values that hold there; the stack itself when it has none.
    #[must_use]
    pub fn in_environments(self) -> Vec<Self> {
        if self.environments.is_empty() {
            return vec![self];
        }
        let environments = self.environments.iter();
        environments
            .map(|environment| self.within(environment))
            .collect()
    }

    fn within(&self, environment: &Environment) -> Self {
        let mut stack = self.clone();
        stack.environments = Vec::new();
        stack.environment = Some(environment.name.clone());
        if environment.region.is_some() {
            stack.region.clone_from(&environment.region);
        }
        stack.tags.extend(environment.tags.clone());
        for (key, node) in &environment.parameters {
            let shared = stack.parameters.iter_mut();
            let mut shared = shared.filter(|(known, _)| known.text == key.text);
            match shared.next() {
                Some(entry) => *entry = (key.clone(), node.clone()),
                None => stack.parameters.push((key.clone(), node.clone())),
            }
        }
        stack
    }
}
