//! What a scalar means.

use std::ops::Range;

use super::Kind;
use super::text::is_forbidden;

/// What a scalar without quotes is. Only what can mean nothing else is not text: `no` is Norway, `010` may be a zip code.
pub(super) fn plain(text: &str) -> Kind {
    match text {
        "" | "~" | "null" => Kind::Null,
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        _ => int(text).map_or_else(|| Kind::String(text.into()), Kind::Int),
    }
}

fn int(text: &str) -> Option<i64> {
    // Nearly every text is seen to be no number by how it begins.
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_canonical = text == "0" || !digits.starts_with('0');
    // What is no number of 64 bits is text.
    text.parse().ok().filter(|_| is_decimal && is_canonical)
}

/// The characters that escapes produced and that a text may not have, each with the place of its escape.
///
/// What stands in the file itself was looked at before it was parsed, so only escapes in double quotes are left.
pub(super) fn hidden(all: &str, text: &str, span: &Range<usize>) -> Vec<(char, Range<usize>)> {
    // Text in which nothing is escaped was looked at before.
    if !all[span.clone()].contains('\\') || !text.contains(is_forbidden) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = span.start;
    while let Some(skipped) = all[at..span.end].find('\\') {
        let start = at + skipped;
        let (char, len) = escape(&all[start + 1..span.end]);
        at = start + 1 + len;
        if let Some(char) = char.filter(|&char| is_forbidden(char)) {
            found.push((char, start..at));
        }
    }
    found
}

/// The character that an escape stands for, if it is one that could be forbidden, and its length behind the backslash.
fn escape(rest: &str) -> (Option<char>, usize) {
    let Some(letter) = rest.chars().next() else {
        return (None, 0);
    };
    let char = match letter {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        'v' => '\x0b',
        'f' => '\x0c',
        'e' => '\x1b',
        'N' => '\u{85}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return hex(rest, 2),
        'u' => return hex(rest, 4),
        'U' => return hex(rest, 8),
        _ => return (None, letter.len_utf8()),
    };
    (Some(char), 1)
}

fn hex(rest: &str, digits: usize) -> (Option<char>, usize) {
    let value = rest.get(1..=digits);
    let value = value.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match value.and_then(char::from_u32) {
        Some(char) => (Some(char), 1 + digits),
        None => (None, 1),
    }
}
