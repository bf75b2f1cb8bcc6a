//! Shapes that several commands print.

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::yaml::{Key, Kind, Node};

/// Columns that stand below each other.
pub(super) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(head: [&str; N]) -> Self {
        Self {
            rows: vec![head.map(ToOwned::to_owned)],
        }
    }

    /// Without a head.
    pub(super) fn bare() -> Self {
        Self { rows: Vec::new() }
    }

    pub(super) fn row(&mut self, row: [String; N]) {
        self.rows.push(row);
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..N).map(width).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width - cell.chars().count() + 2));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The formats that a pattern of `cloud` is written in.
pub(super) fn formats(cloud: &str) -> [&'static str; 2] {
    match cloud {
        "aws" => ["cloudformation", "terraform"],
        _ => ["arm", "terraform"],
    }
}

/// A part of a pattern as it is written, parameters named and not filled in.
pub(super) fn as_written(node: &Node) -> Json {
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Bool(truth) => Json::Bool(*truth),
        Kind::Int(number) => Json::from(*number),
        Kind::String(text) => Json::from(text.as_str()),
        Kind::List(items) => items.iter().map(as_written).collect(),
        Kind::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, node)| (key.text.as_str().to_owned(), as_written(node)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// A part of a pattern as it is written, on one line.
pub(super) fn in_words(node: &Node) -> String {
    match &node.kind {
        Kind::List(items) => {
            let items: Vec<_> = items.iter().map(in_words).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(entries) => {
            let entry = |(key, node): &(Key, Node)| match node.kind {
                Kind::Map(_) => format!("{} ({})", key.text, in_words(node)),
                _ => format!("{}: {}", key.text, in_words(node)),
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            entries.join(", ")
        }
        _ => node.as_text().unwrap_or_default().to_owned(),
    }
}
