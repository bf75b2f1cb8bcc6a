//! Reads YAML files into a tree in which every value knows its place.
//!
//! Knows YAML and nothing of what the files say: no pattern, no stack, no template. What it reads is smaller than YAML:
//! one document, text keys, no merge keys, bounded aliases; tags only where the [`Dialect`] has them. A value can never
//! become structure, and no file can make the reader use more time or memory than its size explains.
//!
//! JSON is YAML, so that this reads JSON as well.

mod decode;
mod events;
mod node;
mod quick;
mod refusals;
mod scalar;
pub(crate) mod scan;
mod span;
mod text;
mod tree;
mod walk;

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};

pub use decode::{nearest, shorten};
pub use node::{Key, Kind, Node};
pub use text::decode;

/// What is read in which kind of file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    /// The largest file that is read, in bytes.
    pub max_bytes: usize,
    /// Whether values may have tags, as CloudFormation's short forms are.
    pub tags: bool,
    /// Whether a text may have characters that a reader cannot see. What we write never has; what others wrote may.
    pub hidden: bool,
}

impl Dialect {
    /// Patterns and stacks, whose texts go into templates.
    pub const SPEC: Self = Self {
        max_bytes: 1 << 20,
        tags: false,
        hidden: false,
    };
    /// Templates, whoever wrote them. ARM takes files of 4 MB
    /// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices>), CloudFormation of 1 MB; a plan of
    /// Terraform as JSON can be larger than both.
    pub const TEMPLATE: Self = Self {
        max_bytes: 16 << 20,
        tags: true,
        hidden: true,
    };
}

/// How many lists and maps may stand inside each other.
pub const MAX_DEPTH: usize = 64;
/// How many values the aliases of a file may repeat in all.
pub const MAX_REPEATED: usize = 10_000;
/// How many errors of one file are told; a mistake that is repeated a thousand times is clear before that.
const MAX_ERRORS: usize = 200;

/// Reads a pattern or a stack: a file that holds one YAML document.
///
/// # Errors
/// With everything that is wrong in the file; of errors of syntax only the first.
pub fn read(source: &Arc<Source>) -> Result<Node, Diagnostics> {
    read_as(source, Dialect::SPEC)
}

/// Reads a file that holds one document of a dialect.
///
/// # Errors
/// With everything that is wrong in the file; of errors of syntax only the first.
pub fn read_as(source: &Arc<Source>, dialect: Dialect) -> Result<Node, Diagnostics> {
    text::check(source, dialect)?;
    let (root, mut diags) = match quick::read(source, dialect) {
        Some((root, diags)) => (Ok(Some(root)), diags),
        None => walk::build(source, &events::parse(source)?, dialect),
    };
    let root = match root {
        Ok(Some(root)) => root,
        Ok(None) => return Err(empty(source).into()),
        Err(too_much) => {
            diags.push(too_much);
            return Err(limited(diags));
        }
    };
    if root.is_null() && root.place.text().is_empty() && diags.is_empty() {
        return Err(empty(source).into());
    }
    diags.into_result(root).map_err(limited)
}

fn empty(source: &Arc<Source>) -> Diagnostic {
    Diagnostic::new(Code::Empty, "the file is empty").at(Place::start_of(source))
}

fn limited(mut diags: Diagnostics) -> Diagnostics {
    diags.sort();
    let more = diags.len().saturating_sub(MAX_ERRORS);
    let mut told: Diagnostics = diags.into_iter().take(MAX_ERRORS).collect();
    let last = told.iter().last().filter(|_| more > 0);
    if let Some(last) = last.map(|last| (last.code, last.primary.clone())) {
        let mut rest = Diagnostic::new(last.0, format!("{more} more errors in this file"));
        rest.primary = last.1;
        told.push(rest);
    }
    told
}

#[cfg(test)]
mod tests;
