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

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;
use saphyr_parser::ScalarStyle;

use crate::diag::{Diagnostics, Source};

use super::text::is_printable;
use super::tree::{Tag, Tree};
use super::{Dialect, MAX_DEPTH, Node};

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
        tree: Tree::new(source, dialect),
    };
    reader.document()?;
    let (root, diags) = reader.tree.finish();
    Some((root?, diags))
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
    tree: Tree<'a>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Option<()> {
        self.next_line()?;
        let column = self.column?;
        if matches!(self.peek()?, b'{' | b'[') {
            self.flow(true)?;
            self.end_of_line()?;
        } else {
            self.block(column)?;
        }
        // What is left over belongs to nothing.
        self.column.is_none().then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The byte that comes `ahead` bytes later.
    fn ahead(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

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
            self.skip_spaces();
            match self.peek() {
                None => {
                    self.column = None;
                    return Some(());
                }
                Some(b'\n') => {
                    self.at += 1;
                    self.line = self.at;
                }
                Some(b'#') => self.at = self.end_of(self.at),
                Some(_) => break,
            }
        }
        let column = self.at - self.line;
        self.column = Some(column);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_mark =
            rest.starts_with(b"---") || rest.starts_with(b"...") || rest.starts_with(b"%");
        (column > 0 || !is_mark).then_some(())
    }

    /// The end of the line that a byte is in, before its break.
    fn end_of(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.bytes.len(), |end| at + end)
    }

    fn open_list(&mut self) -> Option<()> {
        let (start, tag) = self.start(self.at);
        self.tree.open_list(&(start..self.at), &tag);
        (self.tree.depth() <= MAX_DEPTH).then_some(())
    }

    fn open_map(&mut self) -> Option<()> {
        let (start, tag) = self.start(self.at);
        self.tree.open_map(&(start..self.at), &tag);
        (self.tree.depth() <= MAX_DEPTH).then_some(())
    }

    /// Closes what was opened last, with what stands from `start` to here.
    fn close(&mut self, start: usize) {
        self.tree.close(&(start..self.at));
    }

    fn scalar(&mut self, text: Cow<'a, str>, style: ScalarStyle, start: usize) {
        self.scalar_in(text, style, start..self.at);
    }

    fn scalar_in(&mut self, text: Cow<'a, str>, style: ScalarStyle, span: Range<usize>) {
        let (start, tag) = self.start(span.start);
        self.tree.scalar(text, style, start..span.end, &tag);
    }

    /// Where a value begins that stands at `at`, with its tag. As the parser does, it is taken to begin with that.
    fn start(&mut self, at: usize) -> (usize, Tag<'a>) {
        match self.tag.take() {
            Some((start, tag)) => (start, Some(tag.into())),
            None => (at, None),
        }
    }
}
