//! Exact places. The parser's spans take in anchors, the space behind a value, and the start of the next line.

use std::ops::Range;

use saphyr_parser::ScalarStyle;

/// The bytes of a scalar that says `said`, with its tag and its quotes.
pub(super) fn scalar(
    text: &str,
    said: &str,
    style: ScalarStyle,
    given: &Range<usize>,
) -> Range<usize> {
    if style == ScalarStyle::Plain && said.is_empty() {
        return nothing(text, given);
    }
    let start = behind_anchor(text, given.start).min(given.end);
    let tag = tag_len(&text[start..given.end]);
    let inside = &text[start + tag..given.end];
    let len = match style {
        ScalarStyle::DoubleQuoted => quoted_len(inside, |bytes| match bytes {
            [b'\\', _, ..] => Some(2),
            [b'"', ..] => None,
            _ => Some(1),
        }),
        ScalarStyle::SingleQuoted => quoted_len(inside, |bytes| match bytes {
            [b'\'', b'\'', ..] => Some(2),
            [b'\'', ..] => None,
            _ => Some(1),
        }),
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => inside.trim_end().len(),
    };
    start..start + tag + len
}

/// The length of a tag before a scalar, with the space behind it.
fn tag_len(inside: &str) -> usize {
    if !inside.starts_with('!') {
        return 0;
    }
    let rest = inside.trim_start_matches(|char: char| !char.is_whitespace());
    inside.len() - rest.trim_start().len()
}

/// The bytes of a value that is not there: none, behind the `:` of its key.
fn nothing(text: &str, given: &Range<usize>) -> Range<usize> {
    let start = behind_anchor(text, given.start);
    let behind = start + usize::from(text[start..].starts_with(':'));
    behind..behind
}

/// The bytes of a list or map that the parser saw from `start` on. `closing` is what the parser gave for its end, `last` the end of its last value.
pub(super) fn collection(
    text: &str,
    start: usize,
    closing: &Range<usize>,
    last: usize,
) -> Range<usize> {
    let start = behind_anchor(text, start);
    let brackets = [('[', ']'), ('{', '}')];
    let closed = brackets.iter().any(|&(open, close)| {
        text[start..].starts_with(open) && text[closing.clone()].starts_with(close)
    });
    if closed {
        return start..closing.start + 1;
    }
    block(text, start, last)
}

/// The bytes of a list or map that no bracket ends.
pub(super) fn block(text: &str, start: usize, last: usize) -> Range<usize> {
    let start = at_dash(text, start);
    start..last.max(start)
}

/// The length of a text in quotes. `step` says how many bytes to go on, or that the closing quote is reached.
fn quoted_len(inside: &str, step: impl Fn(&[u8]) -> Option<usize>) -> usize {
    let bytes = inside.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match step(&bytes[at..]) {
            Some(bytes) => at += bytes,
            None => return at + 1,
        }
    }
    inside.len()
}

/// The parser begins an anchored value at its anchor.
fn behind_anchor(text: &str, start: usize) -> usize {
    if !text[start..].starts_with('&') {
        return start;
    }
    let rest = text[start..].trim_start_matches(|char: char| !char.is_whitespace());
    let mut rest = rest.trim_start();
    while rest.starts_with('#') {
        rest = rest.trim_start_matches(|char| char != '\n').trim_start();
    }
    text.len() - rest.len()
}

/// The parser begins a list that is not indented below its key behind its first dash.
fn at_dash(text: &str, start: usize) -> usize {
    let mut own = text[start..].chars();
    let is_dash = own.next() == Some('-') && own.next().is_none_or(char::is_whitespace);
    let before = text[..start].trim_end_matches([' ', '\t']);
    if !is_dash && before.ends_with('-') {
        before.len() - 1
    } else {
        start
    }
}
