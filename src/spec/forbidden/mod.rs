//! Ranges that stacks may not use, each with its reason: as a stack names them, in a shared file, or in what a tool for
//! addresses (an IPAM) exports.
//!
//! Knows the texts of such files and the names of their columns; where they come from is not its matter.

mod csv;
mod tree;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use super::fields::Fields;
use super::form::{RANGE, SAYS_SOMETHING};
use super::shape::{Key, Shape, Table};
use super::value::not_a_block;
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::net::{Cidr, IpVersion};
use crate::yaml::{Dialect, Node};

/// The names that an export may give to the column with the range; the first that is there counts.
pub const RANGE_COLUMNS: [&str; 6] = ["range", "cidr", "cidr_block", "prefix", "network", "subnet"];
/// The names that an export may give to the column with the reason; in each row the first that says something counts.
pub const WHY_COLUMNS: [&str; 5] = ["why", "reason", "description", "comment", "name"];
/// The name of the column that tells whose own a range is.
pub const STACK_COLUMN: &str = "stack";

/// More than this of a reason is no reason but a story.
const WHY_CHARS: usize = 200;

/// A range in which no subnet may lie.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forbidden {
    /// The range.
    pub range: Cidr,
    /// Why: whose it is, in the words of whoever wrote it down.
    pub why: String,
    /// The stack that has the range, when it is one: to that stack it is not forbidden.
    pub stack: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// What stands in a stack's list of forbidden ranges.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Forbids {
    /// A range.
    Range(Forbidden),
    /// The path of a file of ranges, relative to the file of the stack.
    File {
        /// The path as it is written.
        path: String,
        /// Where it is written.
        place: Place,
    },
}

/// What may stand in a stack's list.
pub(super) static FORBIDS: [&Table; 2] = [&OWN_RANGE, &FILE];

static FILE: Table = Table {
    what: "a file of forbidden ranges",
    keys: &[Key::must(
        "file",
        Shape::Text,
        "Path of a file of ranges, from the folder of the stack: `.yaml`, `.csv` or `.json`.",
    )],
};

static OWN_RANGE: Table = Table {
    what: "a forbidden range",
    keys: &[RANGE_KEY, WHY_KEY],
};

static SHARED_RANGE: Table = Table {
    what: "a forbidden range",
    keys: &[
        RANGE_KEY,
        WHY_KEY,
        Key::may("stack", Shape::Text, "The stack whose own it is."),
    ],
};

const RANGE_KEY: Key = Key::must("range", Shape::Form(RANGE), "The range.");
const WHY_KEY: Key = Key::must(
    "why",
    Shape::Form(SAYS_SOMETHING),
    "Whose it is: whoever meets it must know whom to ask.",
);

/// A file of ranges that people write.
pub(super) static RANGES: Table = Table {
    what: "forbidden ranges",
    keys: &[Key::must(
        "ranges",
        Shape::List(&Shape::Map(&SHARED_RANGE)),
        "The ranges.",
    )],
};

/// How a file of ranges is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// By people: a map with the list `ranges`.
    Yaml,
    /// By an IPAM: a line of names, and a line for each range.
    Csv,
    /// By an IPAM: a list of objects, or an object that has one.
    Json,
}

impl Form {
    /// The form of a file by the end of its name.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// What is read in such a file. What people write is smaller than what a tool does.
    #[must_use]
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Yaml => Dialect::SPEC,
            Self::Csv | Self::Json => Dialect {
                tags: false,
                ..Dialect::TEMPLATE
            },
        }
    }

    /// Reads the ranges of a file.
    ///
    /// # Errors
    /// With everything that is wrong in it; of errors of syntax only the first.
    pub fn read(self, source: &Arc<Source>) -> Result<Vec<Forbidden>, Diagnostics> {
        match self {
            Self::Yaml => tree::shared(source),
            Self::Csv => csv::read(source),
            Self::Json => tree::export(source),
        }
    }
}

/// Reads a stack's list. Pushes what is wrong in it.
pub(super) fn read_list(node: &Node, diags: &mut Diagnostics) -> Vec<Forbids> {
    // `forbidden:` with every line below it commented out is nothing, not a mistake.
    if node.is_null() {
        return Vec::new();
    }
    let items = node.list(diags).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| read_item(item, diags))
        .collect()
}

fn read_item(node: &Node, diags: &mut Diagnostics) -> Option<Forbids> {
    if node.get("file").is_none() {
        return read_range(node, false, diags).map(Forbids::Range);
    }
    let mut fields = Fields::open(node, &FILE, diags)?;
    let file = fields.get("file");
    fields.finish(diags);
    let file = file?;
    Some(Forbids::File {
        path: file.text(diags)?.to_owned(),
        place: file.place.clone(),
    })
}

/// Reads a range that a person wrote down. Where stacks share a file, it may say whose own it is.
fn read_range(node: &Node, shared: bool, diags: &mut Diagnostics) -> Option<Forbidden> {
    let table = if shared { &SHARED_RANGE } else { &OWN_RANGE };
    let mut fields = Fields::open(node, table, diags)?;
    let range = fields.get("range");
    let why = fields.get("why");
    let stack = shared.then(|| fields.get("stack")).flatten();
    fields.finish(diags);
    let range = range.and_then(|node| Some((node.text(diags)?, &node.place)));
    let range = range.and_then(|(text, place)| Some((block(text, place, diags)?, place)));
    let why_text = why.and_then(|node| node.text(diags)).map(reason);
    if let (Some(node), Some("")) = (why, why_text.as_deref()) {
        let diagnostic = node.wrong_type("a reason");
        diags.push(diagnostic.help("say whose it is: whoever meets it must know whom to ask"));
    }
    let stack = stack.and_then(|node| node.text(diags));
    let (range, place) = range?;
    Some(Forbidden {
        range,
        why: why_text?,
        stack: stack.map(ToOwned::to_owned),
        place: place.clone(),
    })
}

/// Reads a block. Pushes what is wrong with it.
fn block(text: &str, place: &Place, diags: &mut Diagnostics) -> Option<Cidr> {
    match text.trim().parse() {
        Ok(range) => Some(range),
        Err(error) => {
            diags.push(not_a_block(&error, text, IpVersion::V4, place));
            None
        }
    }
}

/// A reason in one line, and not too long for a message.
fn reason(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(WHY_CHARS) {
        Some((at, _)) => line.get(..at).unwrap_or_default().to_owned() + "…",
        None => line,
    }
}

/// The reason for a range of an export that gives none.
fn no_reason(source: &Source) -> String {
    format!("`{}` has it, and does not say why", source.name)
}

/// Whether an export's own name for a column is `name`: capitals, spaces and hyphens make no difference.
fn is_column(given: &str, name: &str) -> bool {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    letters(given) == letters(name)
}

/// The error that an export has no range where one must be.
fn no_range(message: &str, place: Place) -> Diagnostic {
    let columns = |names: &[&str]| format!("`{}`", names.join("`, `"));
    let help = format!(
        "the range is read from the first column named {}; its reason from {}; and `{STACK_COLUMN}` names the stack whose own it is",
        columns(&RANGE_COLUMNS),
        columns(&WHY_COLUMNS)
    );
    Diagnostic::new(Code::MissingKey, message)
        .at(place)
        .help(help)
}
