//! Ranges in a tree: the file that people write and stacks share, and the JSON of an export.

use std::sync::Arc;

use super::{
    Forbidden, Form, RANGE_COLUMNS, RANGES, STACK_COLUMN, WHY_COLUMNS, block, is_column, no_range,
    no_reason, read_range, reason,
};
use crate::diag::{Code, Diagnostic, Diagnostics, Source};
use crate::spec::fields::Fields;
use crate::yaml::{self, Kind, Node};

/// Reads a file with the list `ranges`.
pub(super) fn shared(source: &Arc<Source>) -> Result<Vec<Forbidden>, Diagnostics> {
    let node = yaml::read_as(source, Form::Yaml.dialect())?;
    let mut diags = Diagnostics::new();
    let mut found = Vec::new();
    if let Some(mut fields) = Fields::open(&node, &RANGES, &mut diags) {
        let ranges = fields.get("ranges");
        fields.finish(&mut diags);
        let items = ranges.and_then(|node| node.list(&mut diags));
        let items = items.unwrap_or_default().iter();
        found.extend(items.filter_map(|item| read_range(item, true, &mut diags)));
    }
    diags.into_result(found)
}

/// Reads a list of objects, or an object with one list of them, as APIs answer.
pub(super) fn export(source: &Arc<Source>) -> Result<Vec<Forbidden>, Diagnostics> {
    let root = yaml::read_as(source, Form::Json.dialect())?;
    let mut diags = Diagnostics::new();
    let mut found = Vec::new();
    match rows(&root) {
        Ok(rows) => {
            for row in rows {
                found.extend(read_row(row, source, &mut diags));
            }
        }
        Err(diagnostic) => diags.push(*diagnostic),
    }
    diags.into_result(found)
}

fn rows(root: &Node) -> Result<&[Node], Box<Diagnostic>> {
    let what = "a list of objects, or an object with one such list";
    let entries = match &root.kind {
        Kind::List(rows) => return Ok(rows),
        Kind::Map(entries) => entries,
        _ => return Err(Box::new(root.wrong_type(what))),
    };
    // An answer in pages tells where the next one is. Half of the ranges would be worse than none.
    let next = entries.iter().find(|(key, _)| key.text == "next");
    if let Some((_, next)) = next
        && !next.is_null()
    {
        let message = "this is one page of an export that has more";
        let diagnostic = Diagnostic::new(Code::OutOfRange, message).at(next.place.clone());
        return Err(Box::new(
            diagnostic.help("ask for all ranges at once, as with `?limit=0`"),
        ));
    }
    let mut lists = entries.iter().filter_map(|(_, node)| match &node.kind {
        Kind::List(rows) => Some(rows),
        _ => None,
    });
    match (lists.next(), lists.next()) {
        (Some(rows), None) => Ok(rows),
        _ => Err(Box::new(root.wrong_type(what))),
    }
}

fn read_row(row: &Node, source: &Source, diags: &mut Diagnostics) -> Option<Forbidden> {
    let Kind::Map(entries) = &row.kind else {
        diags.push(row.wrong_type("an object with a range"));
        return None;
    };
    let value = |name: &&str| {
        let named = entries.iter().filter(|(key, _)| is_column(&key.text, name));
        let mut told = named.filter(|(_, node)| node.as_text().is_some_and(|it| !it.is_empty()));
        told.next().map(|(_, node)| node)
    };
    let Some(node) = RANGE_COLUMNS.iter().find_map(value) else {
        diags.push(no_range("this object has no range", row.place.clone()));
        return None;
    };
    let range = block(node.as_text()?, &node.place, diags)?;
    let why = WHY_COLUMNS.iter().find_map(value);
    let why = why.and_then(Node::as_text);
    let stack = value(&STACK_COLUMN).and_then(Node::as_text);
    Some(Forbidden {
        range,
        why: why.map_or_else(|| no_reason(source), reason),
        stack: stack.map(ToOwned::to_owned),
        place: node.place.clone(),
    })
}
