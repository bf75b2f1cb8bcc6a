//! YAML: how CloudFormation's scalars and nested values stand in a file.

use std::borrow::Cow;

use tera::Value;

use super::engine::{Syntax, Tree, scalar};
use super::{blanks, json_string};

/// Writes a scalar that means exactly `text`.
pub(super) fn text(text: &str, out: &mut String) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        quoted(text, out);
    }
}

/// Writes a text of several lines as a literal block, where it survives one.
pub(super) fn block(text: &str, indent: usize, out: &mut String) {
    match literal(text) {
        Some(body) => literal_block(body, indent, out),
        None => quoted(text, out),
    }
}

/// Writes a nested value: what is in a list or a map stands on lines of its own.
pub(super) fn tree<S: Syntax>(value: &Value, indent: usize, out: &mut String) {
    match Tree::of(value) {
        Tree::Scalar(value) => scalar::<S>(value, out),
        Tree::List([]) => out.push_str("[]"),
        Tree::List(items) => list::<S>(items, indent, out),
        Tree::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Tree::Map(entries) => map::<S>(&entries, indent, out),
    }
}

/// Words that YAML 1.1, which CloudFormation reads, takes for booleans or null.
const YAML_WORDS: [&str; 10] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none",
];

/// Whether a text is a plain YAML scalar that every reader takes for this text, in block and in flow context.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else {
        return false;
    };
    // A number, a date or `12:30` starts with a digit; a CIDR block does too, and only it has a slash.
    let starts = first.is_ascii_alphabetic() || (first.is_ascii_digit() && bytes.contains(&b'/'));
    // Behind a colon and a blank stands what a key has.
    let is_key = |pair: &[u8]| pair == b": ";
    starts
        && bytes.iter().all(|byte| IN_PLAIN[usize::from(*byte)])
        && !(bytes.contains(&b':') && bytes.windows(2).any(is_key))
        && !text.ends_with([':', ' '])
        && !(YAML_WORDS.iter()).any(|word| word.eq_ignore_ascii_case(text))
}

/// The bytes that stand in plain scalars. Every byte of every text is looked at.
const IN_PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        plain[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'_'
                    | b'.'
                    | b'/'
                    | b'-'
                    | b'+'
                    | b'('
                    | b')'
                    | b'@'
                    | b':'
                    | b'$'
                    | b'\''
                    | b'*'
            );
        byte += 1;
    }
    plain
};

/// A double-quoted scalar: what JSON escapes is what YAML escapes.
fn quoted(text: &str, out: &mut String) {
    json_string(text, out);
}

/// The lines of a literal block, when the text survives one: it has lines, none of which is only blanks or begins the text with
/// one.
fn literal(text: &str) -> Option<&str> {
    let body = text.strip_suffix('\n')?;
    let printable = |c: char| c == '\n' || c == '\t' || !c.is_control();
    let blank = |line: &str| !line.is_empty() && line.trim().is_empty();
    let survives = !body.is_empty()
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && body.chars().all(printable)
        && !body.lines().any(blank);
    survives.then_some(body)
}

fn literal_block(body: &str, indent: usize, out: &mut String) {
    out.push('|');
    for line in body.lines() {
        out.push('\n');
        if !line.is_empty() {
            blanks(indent, out);
            out.push_str(line);
        }
    }
}

fn list<S: Syntax>(items: &[Value], indent: usize, out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push('\n');
            blanks(indent, out);
        }
        out.push_str("- ");
        tree::<S>(item, indent + 2, out);
    }
}

fn map<S: Syntax>(entries: &[(Cow<'_, str>, &Value)], indent: usize, out: &mut String) {
    for (index, (key, item)) in entries.iter().enumerate() {
        if index > 0 {
            out.push('\n');
            blanks(indent, out);
        }
        text(key, out);
        out.push(':');
        if is_nested(item) {
            out.push('\n');
            blanks(indent + 2, out);
        } else {
            out.push(' ');
        }
        tree::<S>(item, indent + 2, out);
    }
}

/// Whether a value stands on lines of its own.
fn is_nested(value: &Value) -> bool {
    match value.as_map() {
        Some(map) => map.values().any(|value| !value.is_none()),
        None => value.as_array().is_some_and(|items| !items.is_empty()),
    }
}
