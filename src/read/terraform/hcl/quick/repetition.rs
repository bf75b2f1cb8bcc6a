//! `for` in a list and in an object.

use std::borrow::Cow;

use super::super::syntax::{Each, Expression, For};
use super::Reader;

impl<'t> Reader<'t> {
    /// Whether a `for` comes next, and no name that begins so.
    pub(super) fn is_for(&self) -> bool {
        let is_over = matches!(self.ahead(3), Some(b' ' | b'\t' | b'\n' | b'#' | b'/'));
        self.rest().starts_with(b"for") && is_over
    }

    /// What stands in the brackets of a list.
    pub(super) fn list_for(&mut self) -> Option<For<'t>> {
        let each = self.each()?;
        let value = self.inside(true)?;
        Some(For {
            each,
            key: None,
            value,
            condition: self.condition()?,
            groups: false,
        })
    }

    /// What stands in the braces of an object.
    pub(super) fn object_for(&mut self) -> Option<For<'t>> {
        let each = self.each()?;
        let key = self.inside(false)?;
        self.take(b'=')?;
        self.take(b'>')?;
        let value = self.inside(false)?;
        let groups = self.peek()? == b'.';
        if groups {
            self.dots()?;
            self.lines()?;
        }
        Some(For {
            each,
            key: Some(key),
            value,
            condition: self.condition()?,
            groups,
        })
    }

    /// `for key, value in collection :`
    fn each(&mut self) -> Option<Each<'t>> {
        self.word()?;
        let mut value = self.bound()?;
        let mut key = None;
        if self.peek()? == b',' {
            self.at += 1;
            key = Some(value);
            value = self.bound()?;
        }
        if self.word()? != "in" {
            return None;
        }
        let collection = self.inside(false)?;
        self.take(b':')?;
        Some(Each {
            key,
            value,
            collection,
        })
    }

    /// A name that is given to items.
    fn bound(&mut self) -> Option<Cow<'t, str>> {
        self.lines()?;
        let word = self.word()?;
        self.lines()?;
        Some(Cow::Borrowed(word))
    }

    /// An expression with the white space around it.
    pub(super) fn inside(&mut self, lines: bool) -> Option<Expression<'t>> {
        self.lines()?;
        let inside = self.nested(|reader| reader.expression(lines))?;
        self.lines()?;
        Some(inside)
    }

    /// What is chosen, if only some of the items are.
    #[expect(
        clippy::option_option,
        reason = "the outer one is for what is not quick, as everywhere here"
    )]
    fn condition(&mut self) -> Option<Option<Expression<'t>>> {
        if self.peek()? != b'i' {
            return Some(None);
        }
        match self.word()? {
            "if" => self.inside(true).map(Some),
            _ => None,
        }
    }

    /// `...`
    pub(super) fn dots(&mut self) -> Option<()> {
        self.take(b'.')?;
        self.take(b'.')?;
        self.take(b'.')
    }
}
