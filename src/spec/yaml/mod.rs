//! Reads YAML files into a tree in which every value knows its place.
//!
//! Knows YAML and nothing of what the files say: no pattern, no stack. What it reads is smaller than YAML: one document,
//! text keys, no tags, no merge keys, bounded aliases. A value can never become structure, and no file can make the
//! reader use more time or memory than its size explains.

pub mod decode;
mod node;

pub use decode::{Fields, nearest, shorten};
pub use node::{Key, Kind, Node};

use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Source};

/// The largest file that is read.
pub const MAX_BYTES: usize = 1 << 20;
/// How many maps and lists may stand inside each other.
pub const MAX_DEPTH: usize = 64;
/// How many values the aliases of a file may repeat in all.
pub const MAX_REPEATED: usize = 10_000;

/// Turns the bytes of a file into a text that [`read`] takes. A byte order mark at the start is dropped.
///
/// # Errors
/// `PB101` when the bytes are no UTF-8, `PB102` when there are more than [`MAX_BYTES`].
pub fn decode(name: &str, bytes: &[u8]) -> Result<Arc<Source>, Diagnostic> {
    let _ = (name, bytes);
    Err(Diagnostic::new(crate::diag::Code::Internal, "not yet"))
}

/// Reads a file that holds one YAML document.
///
/// # Errors
/// With everything that is wrong in the file; of errors of syntax only the first.
pub fn read(source: &Arc<Source>) -> Result<Node, Diagnostics> {
    let _ = source;
    Err(Diagnostic::new(crate::diag::Code::Internal, "not yet").into())
}
