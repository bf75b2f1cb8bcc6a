//! Reads YAML files into a tree in which every value knows its place.
//!
//! Knows YAML and nothing of what the files say: no pattern, no stack. What it reads is smaller than YAML: one document,
//! text keys, no tags, no merge keys, bounded aliases. A value can never become structure, and no file can make the
//! reader use more time or memory than its size explains.

mod decode;
mod events;
mod node;
mod scalar;
mod span;
mod text;
mod tree;

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};

pub use decode::{Fields, nearest, shorten};
pub use node::{Key, Kind, Node};
pub use text::decode;

/// The largest file that is read.
pub const MAX_BYTES: usize = 1 << 20;
/// How many lists and maps may stand inside each other.
pub const MAX_DEPTH: usize = 64;
/// How many values the aliases of a file may repeat in all.
pub const MAX_REPEATED: usize = 10_000;
/// How many errors of one file are told; a mistake that is repeated a thousand times is clear before that.
const MAX_ERRORS: usize = 200;

/// Reads a file that holds one YAML document.
///
/// # Errors
/// With everything that is wrong in the file; of errors of syntax only the first.
pub fn read(source: &Arc<Source>) -> Result<Node, Diagnostics> {
    text::check(source)?;
    let document = events::read(source)?;
    let mut diags = Diagnostics::new();
    if document.events.is_empty() {
        return Err(empty(source).into());
    }
    let root = match tree::build(source, &document, &mut diags) {
        Ok(root) => root,
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
