//! HCL: how Terraform writes strings and nested values, and how `terraform fmt` aligns them.

use memchr::{memchr, memchr3};
use tera::Value;

use super::blanks;
use super::engine::{Syntax, Tree, scalar};

/// Writes a quoted template that means exactly `text`.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// A quoted template that means exactly `text`.
#[cfg(test)]
pub(super) fn quoted(text: &str) -> String {
    super::engine::written(|out| quote(text, out))
}

/// Writes the inside of a quoted template that means exactly `text`.
pub(super) fn escape(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    // Most texts are as they are to their end.
    let mut bytes = text.bytes();
    let plain = bytes.position(|byte| !AS_THEY_ARE[usize::from(byte)]);
    let (plain, rest) = text.split_at(plain.unwrap_or(text.len()));
    out.push_str(plain);
    let mut rest = rest.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // `${` and `%{` open a template; doubled, they are text.
            '$' | '%' if rest.peek() == Some(&'{') => {
                out.push(letter);
                out.push(letter);
            }
            letter if letter.is_control() => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
}

/// A nested value: maps over several lines, lists of scalars on one.
pub(super) fn tree<S: Syntax>(value: &Value, indent: usize, out: &mut String) {
    match Tree::of(value) {
        Tree::Scalar(value) => scalar::<S>(value, out),
        Tree::List(items) => list::<S>(items, indent, out),
        Tree::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Tree::Map(entries) => {
            out.push_str("{\n");
            for (key, item) in entries {
                blanks(indent + 2, out);
                map_key(&key, out);
                out.push_str(" = ");
                tree::<S>(item, indent + 2, out);
                out.push('\n');
            }
            blanks(indent, out);
            out.push('}');
        }
    }
}

fn list<S: Syntax>(items: &[Value], indent: usize, out: &mut String) {
    out.push('[');
    if items.iter().any(|item| item.is_map() || item.is_array()) {
        out.push('\n');
        for item in items {
            blanks(indent + 2, out);
            tree::<S>(item, indent + 2, out);
            out.push_str(",\n");
        }
        blanks(indent, out);
    } else {
        for (at, item) in items.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            scalar::<S>(item, out);
        }
    }
    out.push(']');
}

fn map_key(key: &str, out: &mut String) {
    let plain = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && key.starts_with(|c: char| c.is_ascii_alphabetic());
    if plain {
        out.push_str(key);
    } else {
        quote(key, out);
    }
}

/// Lays a file out as `terraform fmt` does: the equals signs of neighbouring one-line arguments stand below each other,
/// and there is never more than one empty line, and none at the edges of a bracket.
pub(super) fn format(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut run: Vec<Argument<'_>> = Vec::new();
    // An empty line waits until it is known that no bracket closes below it.
    let mut empty = false;
    let mut before = "[";
    for line in super::lines(text) {
        if line.is_empty() {
            empty |= !before.ends_with(['{', '[']);
            continue;
        }
        if empty && !matches!(line.trim_ascii_start(), "}" | "]") {
            align(&mut run, &mut out);
            out.push('\n');
        }
        (empty, before) = (false, line);
        if let Some(argument) = assignment(line) {
            run.push(argument);
        } else {
            if !run.is_empty() {
                align(&mut run, &mut out);
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    align(&mut run, &mut out);
    if empty {
        out.push('\n');
    }
    out
}

/// A line that is one whole argument.
struct Argument<'a> {
    /// Its name with what stands before it.
    name: &'a str,
    /// The columns that these take.
    width: usize,
    value: &'a str,
}

/// Writes neighbouring arguments, and forgets them.
fn align(arguments: &mut Vec<Argument<'_>>, out: &mut String) {
    let widest = arguments.iter().map(|it| it.width).max();
    for argument in arguments.drain(..) {
        out.push_str(argument.name);
        blanks(widest.unwrap_or(0) - argument.width, out);
        out.push_str(" = ");
        out.push_str(argument.value);
        out.push('\n');
    }
}

/// What a line says that is one whole argument: `terraform fmt` leaves alone a line that opens a bracket.
fn assignment(line: &str) -> Option<Argument<'_>> {
    let indent = line.bytes().take_while(|byte| *byte == b' ').count();
    let trimmed = &line[indent..];
    let (end, width) = if let Some(quoted) = trimmed.strip_prefix('"') {
        let name = &quoted[..memchr(b'"', quoted.as_bytes())?];
        (name.len() + 2, name.chars().count() + 2)
    } else {
        let mut bytes = trimmed.bytes();
        let end = bytes.position(|byte| !IN_NAMES[usize::from(byte)])?;
        (end, end)
    };
    let (name, rest) = line.split_at(indent + end);
    let value = rest.trim_ascii_start().strip_prefix('=')?;
    if end == 0 || open_brackets(value) > 0 {
        return None;
    }
    Some(Argument {
        name,
        width: indent + width,
        value: value.trim_ascii(),
    })
}

/// The bytes that mean themselves in a quoted template.
const AS_THEY_ARE: [bool; 256] = {
    let mut own = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        own[byte as usize] = !matches!(byte, b'"' | b'\\' | b'$' | b'%');
        byte += 1;
    }
    own
};

/// The bytes that stand in names without quotes. Every line is looked at, byte by byte.
const IN_NAMES: [bool; 256] = {
    let mut named = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        named[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        byte += 1;
    }
    named
};

/// Brackets that are opened and not closed on the line, outside of strings.
fn open_brackets(value: &str) -> i32 {
    // Most values have none at all.
    if memchr3(b'{', b'[', b'(', value.as_bytes()).is_none() {
        return 0;
    }
    let mut open = 0;
    let mut in_string = false;
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if in_string => {
                bytes.next();
            }
            b'"' => in_string = !in_string,
            b'{' | b'[' | b'(' if !in_string => open += 1,
            b'}' | b']' | b')' if !in_string => open -= 1,
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_never_opens_a_template() {
        assert_eq!(quoted("a${b}%{c}\"\\\n"), r#""a$${b}%%{c}\"\\\n""#);
        assert_eq!(quoted("$$ 5 %"), r#""$$ 5 %""#);
    }

    #[test]
    fn neighbouring_arguments_are_aligned_and_open_brackets_are_not() {
        let text = "a = 1\nlonger = 2\n\nb = {\n  c = \"=\"\n  dd = [1]\n}\n";
        assert_eq!(
            format(text),
            "a      = 1\nlonger = 2\n\nb = {\n  c  = \"=\"\n  dd = [1]\n}\n"
        );
    }

    #[test]
    fn an_empty_line_stands_alone_and_never_at_the_edge_of_a_bracket() {
        let text = "\n\na {\n\n  b = 1\n\n\n  cc = [\n\n    2,\n\n  ]\n \n}\n\n";
        assert_eq!(format(text), "a {\n  b = 1\n\n  cc = [\n    2,\n  ]\n}\n");
        assert_eq!(format("a\n  "), "a\n\n");
    }
}
