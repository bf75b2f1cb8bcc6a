//! A quick reader of what nearly all configurations are made of, which leaves everything else to the reader of all of HCL.
//!
//! Blocks and attributes, texts with expressions in them, numbers, lists, objects, references, calls and operators. It never
//! guesses: where something else comes, right or wrong, it gives nothing, and the library reads the whole file from its start
//! and says what is wrong with it. Heredocs, directives in texts and comments between `/*` and `*/` are such. What both read,
//! they read alike: the tests hold this one against the library.

mod expression;
mod repetition;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;
use std::ops::Range;

use foldhash::{HashSet, HashSetExt};
use memchr::memchr;

use super::syntax::{Attribute, Block, Body, Form, Name, Structure};
use crate::yaml::scan;

/// How deep blocks and expressions may stand in each other, and how many operators may stand in one attribute. The library
/// refuses what goes deeper.
const MAX_DEPTH: usize = 64;
const MAX_OPERATORS: usize = 128;
/// Up to how many names are compared with each other, one by one.
const FEW: usize = 16;

/// Reads a file, if there is nothing in it but what is quick to read.
pub(super) fn read(text: &str) -> Option<Body<'_>> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        operators: 0,
        structures: Vec::new(),
    };
    // Lines end in one way here.
    if memchr(b'\r', reader.bytes).is_some() {
        return None;
    }
    let body = reader.body()?;
    reader.peek().is_none().then_some(body)
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The byte that comes next.
    at: usize,
    /// How many blocks and expressions are open.
    depth: usize,
    /// How many operators there were in this attribute.
    operators: usize,
    /// What stands in all bodies that are open, the innermost last: each takes its own when it closes, and has it in a vector
    /// of the right size.
    structures: Vec<Structure<'t>>,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The byte that comes `ahead` bytes later.
    fn ahead(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let is_next = self.peek() == Some(byte);
        self.at += 1;
        is_next.then_some(())
    }

    fn slice(&self, range: Range<usize>) -> Option<Cow<'t, str>> {
        self.text.get(range).map(Cow::Borrowed)
    }

    /// Everything that comes next.
    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes over the white space of a line.
    fn spaces(&mut self) -> Option<()> {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
            self.at += scan::count(self.rest(), b' ');
        }
        let is_comment = self.peek() == Some(b'/') && self.ahead(1) == Some(b'*');
        (!is_comment).then_some(())
    }

    /// Goes over white space and comments, through as many lines as there are. Between most brackets there are none:
    /// what is done with some stays apart, so that to see that takes nothing.
    fn lines(&mut self) -> Option<()> {
        match self.peek() {
            Some(b' ' | b'\t' | b'\n' | b'#' | b'/') => self.more_lines(),
            _ => Some(()),
        }
    }

    #[inline(never)]
    fn more_lines(&mut self) -> Option<()> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n') => {
                    self.at += 1;
                    self.at += scan::count(self.rest(), b' ');
                }
                Some(b'#') => self.comment()?,
                Some(b'/') if self.ahead(1) == Some(b'/') => self.comment()?,
                Some(b'/') if self.ahead(1) == Some(b'*') => return None,
                _ => return Some(()),
            }
        }
    }

    /// Goes to the end of the line of a comment.
    fn comment(&mut self) -> Option<()> {
        let is_comment = self.peek() == Some(b'#') || self.ahead(1) == Some(b'/');
        let rest = self.rest();
        self.at += memchr(b'\n', rest).unwrap_or(rest.len());
        is_comment.then_some(())
    }

    /// Reads what stands one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let inner = read(self)?;
        self.depth -= 1;
        Some(inner)
    }

    /// What stands in a file or in the lines of a block, up to what belongs to neither.
    fn body(&mut self) -> Option<Body<'t>> {
        let before = self.structures.len();
        loop {
            self.lines()?;
            if !self.peek().is_some_and(begins_name) {
                break;
            }
            self.structure()?;
            self.end_of_line()?;
        }
        let body = self.close(before);
        let is_right = differ(&body.attributes().map(|it| &*it.key.text));
        is_right.then_some(body)
    }

    /// The body that ends here, before whose own structures there were so many.
    fn close(&mut self, before: usize) -> Body<'t> {
        Body {
            structures: self.structures.drain(before..).collect(),
        }
    }

    fn end_of_line(&mut self) -> Option<()> {
        self.spaces()?;
        if matches!(self.peek(), Some(b'#' | b'/')) {
            self.comment()?;
        }
        matches!(self.peek(), None | Some(b'\n')).then_some(())
    }

    fn structure(&mut self) -> Option<()> {
        let start = self.at;
        let name = self.name()?;
        self.spaces()?;
        if self.peek() == Some(b'=') {
            return self.attribute(name);
        }
        let mut labels = match self.peek()? {
            b'{' => Vec::new(),
            // A resource has two.
            _ => Vec::with_capacity(2),
        };
        while self.peek()? != b'{' {
            labels.push(self.label()?);
            self.spaces()?;
        }
        let body = self.nested(Self::block)?;
        self.structures.push(Structure::Block(Block {
            kind: name,
            labels,
            body,
            span: start..self.at,
        }));
        Some(())
    }

    fn attribute(&mut self, key: Name<'t>) -> Option<()> {
        self.take(b'=')?;
        self.spaces()?;
        self.operators = 0;
        let value = self.expression(false)?;
        let attribute = Attribute { key, value };
        self.structures.push(Structure::Attribute(attribute));
        Some(())
    }

    fn label(&mut self) -> Option<Name<'t>> {
        if self.peek()? != b'"' {
            return self.name();
        }
        let start = self.at;
        match self.quoted()? {
            Form::Text(text) => Some(Name {
                text,
                span: start..self.at,
            }),
            _ => None,
        }
    }

    /// The braces of a block with what stands between them.
    fn block(&mut self) -> Option<Body<'t>> {
        self.take(b'{')?;
        self.spaces()?;
        let body = if matches!(self.peek()?, b'\n' | b'#' | b'/') {
            self.end_of_line()?;
            self.body()?
        } else {
            self.line()?
        };
        self.take(b'}')?;
        Some(body)
    }

    /// The body of a block in one line, in which there is one attribute at most.
    fn line(&mut self) -> Option<Body<'t>> {
        let before = self.structures.len();
        if self.peek()? != b'}' {
            let key = self.name()?;
            self.spaces()?;
            self.attribute(key)?;
            self.spaces()?;
        }
        Some(self.close(before))
    }

    fn name(&mut self) -> Option<Name<'t>> {
        let start = self.at;
        let text = self.word()?;
        Some(Name {
            text: Cow::Borrowed(text),
            span: start..self.at,
        })
    }

    /// A name of ASCII.
    fn word(&mut self) -> Option<&'t str> {
        if !begins_name(self.peek()?) {
            return None;
        }
        let mut end = self.at;
        let goes_on = |byte: &u8| CONTINUES_NAME[usize::from(*byte)];
        while self.bytes.get(end).is_some_and(goes_on) {
            end += 1;
        }
        let word = self.text.get(self.at..end)?;
        self.at = end;
        // A letter of another alphabet goes on with the name.
        self.peek()
            .is_none_or(|byte| byte.is_ascii())
            .then_some(word)
    }
}

fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Which bytes go on with a name: half of a file is names, so that each byte is looked up and not compared.
const CONTINUES_NAME: [bool; 256] = {
    let mut all = [false; 256];
    let mut byte = 0;
    while byte < u8::MAX {
        all[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        byte += 1;
    }
    all
};

/// Whether no two of these are the same.
fn differ<'k>(keys: &(impl Iterator<Item = &'k str> + Clone)) -> bool {
    let mut rest = keys.clone();
    if keys.clone().nth(FEW).is_some() {
        let mut met = HashSet::new();
        return rest.all(|key| met.insert(key));
    }
    while let Some(key) = rest.next() {
        if rest.clone().any(|other| other == key) {
            return false;
        }
    }
    true
}
