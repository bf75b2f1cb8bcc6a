//! A quick reader of what nearly all files are made of, which leaves everything else to the parser of all of YAML.
//!
//! Maps and lists that are told by indentation, one key and one value in each line, texts in quotes that end where they began,
//! blocks of text, lists and maps in brackets in one line, and JSON. It never guesses: where a line is anything else, right or
//! wrong, it gives nothing, and the parser reads the whole file from its start and says what is wrong with it. What both
//! read, they read alike: the tests hold each step of this one against the parser's.

mod block;
mod flow;
mod scalar;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;
use smol_str::SmolStr;

use crate::diag::{Diagnostics, Place, Source};

use super::refusals::Refusals;
use super::text::is_printable;
use super::tree::{self, Known};
use super::{Dialect, Key, Kind, MAX_DEPTH, Node, scan, span};

/// The longest text that is taken for a key: YAML ends keys at 1,024 characters.
const MAX_KEY: usize = 1000;

/// Reads a file, if there is nothing in it but what is quick to read: its tree, with all that was refused.
pub(super) fn read(source: &Arc<Source>, dialect: Dialect) -> Option<(Node, Diagnostics)> {
    let text = &*source.text;
    if !is_simple(text) {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 0,
        column: None,
        tag: None,
        depth: 0,
        refusals: Refusals::new(source, dialect),
        values: Vec::new(),
        entries: Vec::new(),
    };
    let root = reader.document()?;
    Some((root, reader.refusals.finish()))
}

/// Whether no character could be a break of a line or a mark that readers of YAML treat otherwise than others.
fn is_simple(text: &str) -> bool {
    is_printable(text)
        || text.chars().all(|char| {
            let breaks = matches!(char, '\u{2028}' | '\u{2029}' | '\u{FEFF}');
            char == '\n' || !(char.is_control() || breaks)
        })
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The byte that comes next.
    at: usize,
    /// The byte that its line begins at.
    line: usize,
    /// The column of what comes next, where it is the first in its line; nothing at the end of the file.
    column: Option<usize>,
    /// The tag of the value that comes next, and where it begins.
    tag: Option<(usize, &'a str)>,
    /// How many lists and maps are open.
    depth: usize,
    refusals: Refusals<'a>,
    /// The values of all lists that are open, the innermost last: each takes its own when it closes, and has them in a
    /// vector of the right size.
    values: Vec<Node>,
    /// The same of maps.
    entries: Vec<(Key, Node)>,
}

/// A list or map that is open.
struct Open {
    /// The byte that it begins at.
    start: usize,
    tag: Option<SmolStr>,
    /// How many values, or entries, there were before it.
    before: usize,
    /// The byte that the last value ends at.
    last: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Option<Node> {
        self.next_line()?;
        let column = self.column?;
        let root = if matches!(self.peek()?, b'{' | b'[') {
            let root = self.flow(true)?;
            self.end_of_line()?;
            root
        } else {
            self.block(column)?
        };
        // What is left over belongs to nothing.
        self.column.is_none().then_some(root)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The byte that comes `ahead` bytes later.
    fn ahead(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Everything from a byte on.
    fn from(&self, at: usize) -> &[u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Goes over the few spaces that may stand inside of a line.
    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Goes on to the next line that holds something, behind a value that nothing may follow in its own.
    fn end_of_line(&mut self) -> Option<()> {
        let end = self.at;
        self.skip_spaces();
        match self.peek() {
            None | Some(b'\n') => self.next_line(),
            // A `#` is a comment only behind a space.
            Some(b'#') if self.at > end => self.next_line(),
            _ => None,
        }
    }

    /// Goes on to the next line that holds something, from a place where nothing but a comment is left of this one.
    fn next_line(&mut self) -> Option<()> {
        loop {
            match self.peek() {
                None => {
                    self.column = None;
                    return Some(());
                }
                Some(b'\n') => {
                    self.line = self.at + 1;
                    self.at = self.line + scan::count(self.from(self.line), b' ');
                }
                Some(b' ') => self.skip_spaces(),
                Some(b'#') => self.at = self.end_of(self.at),
                Some(_) => break,
            }
        }
        let column = self.at - self.line;
        self.column = Some(column);
        let rest = self.from(self.at);
        let is_mark =
            || rest.starts_with(b"---") || rest.starts_with(b"...") || rest.starts_with(b"%");
        (column > 0 || !is_mark()).then_some(())
    }

    /// The end of the line that a byte is in, before its break.
    fn end_of(&self, at: usize) -> usize {
        memchr(b'\n', self.from(at)).map_or(self.bytes.len(), |end| at + end)
    }

    fn place(&self, span: Range<usize>) -> Place {
        self.refusals.place(span)
    }

    /// Opens a list or map that begins here, before whose own there are so many values or entries.
    fn open(&mut self, before: usize) -> Option<Open> {
        let (start, tag) = self.start(self.at);
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(Open {
            start,
            tag,
            before,
            last: 0,
        })
    }

    /// Where a value begins that stands at `at`, with its tag. As the parser does, it is taken to begin with that.
    fn start(&mut self, at: usize) -> (usize, Option<SmolStr>) {
        match self.tag.take() {
            Some((start, tag)) => (start, Some(self.refusals.tag(tag, start))),
            None => (at, None),
        }
    }

    /// Adds a value to a list that is open.
    fn add(&mut self, list: &mut Open, value: Node) {
        list.last = value.place.span.end;
        self.values.push(value);
    }

    /// Adds an entry to a map that is open, unless its key is there.
    fn insert(&mut self, map: &mut Open, known: &mut Known, key: Key, value: Node) {
        map.last = value.place.span.end;
        let entries = self.entries.get(map.before..).unwrap_or_default();
        if let Some(first) = tree::first(entries, known, &key) {
            let first = first.place.clone();
            self.refusals.duplicate(&key, first);
        } else {
            self.entries.push((key, value));
        }
    }

    fn close_list(&mut self, open: Open, is_closed: bool) -> Node {
        let values = self.values.drain(open.before..).collect();
        self.close(Kind::List(values), open, is_closed)
    }

    fn close_map(&mut self, open: Open, is_closed: bool) -> Node {
        let entries = self.entries.drain(open.before..).collect();
        self.close(Kind::Map(entries), open, is_closed)
    }

    /// The list or map that ends here, behind its own bracket or without one.
    fn close(&mut self, kind: Kind, open: Open, is_closed: bool) -> Node {
        self.depth -= 1;
        // As with the parser, one with a tag ends with its last value in either case.
        let span = if is_closed && open.tag.is_none() {
            open.start..self.at
        } else {
            span::block(self.text, open.start, open.last)
        };
        Node {
            kind,
            place: self.place(span),
            quoted: false,
            tag: open.tag,
        }
    }

    /// A text that stands in these bytes.
    fn scalar(&mut self, kind: Kind, quoted: bool, span: Range<usize>) -> Node {
        let (start, tag) = self.start(span.start);
        Node {
            kind,
            place: self.place(start..span.end),
            quoted,
            tag,
        }
    }
}
