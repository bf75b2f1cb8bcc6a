//! Texts in quotes, and the expressions in them.

use std::borrow::Cow;

use super::super::syntax::{Form, Part, Strip};
use super::Reader;
use crate::yaml::scan;

/// What a text does not go on with as it is.
const MARKS: [u8; 4] = *b"\"\\$%";

impl<'t> Reader<'t> {
    /// A text in quotes.
    pub(super) fn quoted(&mut self) -> Option<Form<'t>> {
        self.take(b'"')?;
        let end = self.at + scan::find(self.rest(), MARKS)?;
        if self.bytes.get(end) != Some(&b'"') {
            return self.parts();
        }
        // Nearly every text stands there as it is.
        let text = self.slice(self.at..end)?;
        self.at = end + 1;
        Some(Form::Text(text))
    }

    /// A text with escapes or values in it, behind its opening quote.
    fn parts(&mut self) -> Option<Form<'t>> {
        let mut parts = Vec::new();
        loop {
            let text = self.run()?;
            let is_end = self.peek()? == b'"';
            if is_end && parts.is_empty() {
                self.at += 1;
                return Some(Form::Text(text));
            }
            if !text.is_empty() {
                parts.push(Part::Text(text));
            }
            if is_end {
                self.at += 1;
                return Some(Form::Template(parts));
            }
            parts.push(self.value()?);
        }
    }

    /// What stands there up to the end of a text or up to the next value in it.
    fn run(&mut self) -> Option<Cow<'t, str>> {
        let mut text = String::new();
        let mut start = self.at;
        loop {
            self.at += scan::find(self.rest(), MARKS)?;
            match (self.peek()?, self.ahead(1), self.ahead(2)) {
                (b'"', ..) | (b'$', Some(b'{'), _) => break,
                (b'%', Some(b'{'), _) => return None,
                (b'\\', ..) => {
                    text.push_str(self.text.get(start..self.at)?);
                    text.push(self.escape()?);
                    start = self.at;
                }
                // Two of them stand for one of them.
                (mark @ (b'$' | b'%'), next, Some(b'{')) if next == Some(mark) => {
                    self.at += 1;
                    text.push_str(self.text.get(start..self.at)?);
                    self.at += 2;
                    start = self.at - 1;
                }
                _ => self.at += 1,
            }
        }
        let rest = self.slice(start..self.at)?;
        if text.is_empty() {
            return Some(rest);
        }
        text.push_str(&rest);
        Some(Cow::Owned(text))
    }

    /// The character that an escape stands for.
    fn escape(&mut self) -> Option<char> {
        self.take(b'\\')?;
        let letter = self.peek()?;
        self.at += 1;
        Some(match letter {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'"' => '"',
            b'\\' => '\\',
            b'u' => {
                let digits = self.text.get(self.at..self.at + 4)?;
                self.at += 4;
                let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_number)?;
                char::from_u32(value)?
            }
            _ => return None,
        })
    }

    /// `${…}`
    fn value(&mut self) -> Option<Part<'t>> {
        self.at += 2;
        let before = self.tilde();
        self.lines()?;
        let value = self.nested(|reader| reader.expression(true))?;
        self.lines()?;
        let after = self.tilde();
        self.take(b'}')?;
        Some(Part::Value(value, Strip::from((before, after))))
    }

    fn tilde(&mut self) -> bool {
        let is_next = self.peek() == Some(b'~');
        self.at += usize::from(is_next);
        is_next
    }
}
