//! What indentation tells: maps, lists, and the values behind their keys and dashes.

use super::super::scalar;
use super::{Key, Known, MAX_KEY, Node, Reader, scan};

impl Reader<'_> {
    /// A list or map that begins here, in this column.
    pub(super) fn block(&mut self, column: usize) -> Option<Node> {
        if self.is_dash() {
            self.list(column)
        } else {
            self.map(column)
        }
    }

    /// Whether a `-` of a list comes next.
    fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && matches!(self.ahead(1), None | Some(b' ' | b'\n'))
    }

    /// Whether the entry of the `-` that comes next begins in the same line.
    fn has_value_behind_dash(&self) -> bool {
        let line = self.bytes.get(self.at + 1..self.end_of(self.at));
        let first = line.and_then(|line| line.iter().find(|&&byte| byte != b' '));
        first.is_some_and(|&byte| byte != b'#')
    }

    fn list(&mut self, column: usize) -> Option<Node> {
        let mut list = self.open(self.values.len())?;
        self.column = Some(column);
        while self.column == Some(column) && self.is_dash() {
            self.at += 1;
            self.skip_spaces();
            let inner = self.at - self.line;
            let value = match self.peek()? {
                b'\n' | b'#' => {
                    self.next_line()?;
                    let inner = self.column.filter(|inner| *inner > column)?;
                    self.block(inner)?
                }
                _ if self.is_dash() => self.list(inner)?,
                _ if self.is_key_ahead() => self.map(inner)?,
                _ => self.value(column, None)?,
            };
            self.add(&mut list, value);
        }
        // Deeper than the dashes, it would go on with the last value.
        (self.column <= Some(column)).then_some(())?;
        Some(self.close_list(list, false))
    }

    fn map(&mut self, column: usize) -> Option<Node> {
        let mut map = self.open(self.entries.len())?;
        let mut known = Known::default();
        self.column = Some(column);
        while self.column == Some(column) && !self.is_dash() {
            let (key, colon) = self.key()?;
            self.skip_spaces();
            let value = self.value(column, Some(colon))?;
            self.insert(&mut map, &mut known, key, value);
        }
        (self.column <= Some(column)).then_some(())?;
        Some(self.close_map(map, false))
    }

    /// Whether what comes next in this line is a key and not a value.
    fn is_key_ahead(&self) -> bool {
        match self.peek() {
            Some(b'[' | b'{' | b'!' | b'|' | b'>') => false,
            // Wherever the quote ends: a value with `": ` in it is left to the parser when it is read as a key.
            Some(quote @ (b'"' | b'\'')) => {
                let line = self.bytes.get(self.at..self.end_of(self.at));
                let mut pairs = line.unwrap_or_default().windows(2).skip(1);
                pairs.any(|pair| pair == [quote, b':'])
            }
            _ => self.has_colon_ahead(),
        }
    }

    /// Whether a `:` with a space or nothing behind it comes in this line.
    fn has_colon_ahead(&self) -> bool {
        let mut from = self.at;
        while let Some(found) = scan::find(self.from(from), *b":\n") {
            let at = from + found;
            if self.bytes.get(at) == Some(&b'\n') {
                return false;
            }
            if self.ends_key(at) {
                return true;
            }
            from = at + 1;
        }
        false
    }

    /// Whether a `:` ends a key, if what stands before it can be one.
    fn ends_key(&self, colon: usize) -> bool {
        matches!(self.bytes.get(colon + 1), None | Some(b' ' | b'\n'))
    }

    /// A key with its `:`, whose place is given back with it.
    fn key(&mut self) -> Option<(Key, usize)> {
        let start = self.at;
        let text = if matches!(self.peek()?, b'"' | b'\'') {
            self.quoted()?.into()
        } else {
            self.at = self.end_of_key()?;
            self.text.get(start..self.at)?.into()
        };
        let colon = self.at;
        let is_end = self.peek()? == b':' && self.ends_key(colon);
        (is_end && colon - start <= MAX_KEY).then_some(())?;
        self.at += 1;
        let place = self.place(start..colon);
        Some((Key { text, place }, colon))
    }

    /// The byte behind a key without quotes.
    fn end_of_key(&self) -> Option<usize> {
        let first = self.peek()?;
        if !first.is_ascii_alphanumeric() && !matches!(first, b'_' | b'/' | b'.' | b'$') {
            return None;
        }
        let mut from = self.at;
        loop {
            let at = from + scan::find(self.from(from), *b":#\n")?;
            let before = at.checked_sub(1).and_then(|at| self.bytes.get(at));
            match self.bytes.get(at)? {
                b'\n' => return None,
                b'#' if before == Some(&b' ') => return None,
                b':' if self.ends_key(at) => return (before != Some(&b' ')).then_some(at),
                _ => from = at + 1,
            }
        }
    }

    /// What stands behind the dash in this column, or behind a key of a map in this column.
    fn value(&mut self, column: usize, colon: Option<usize>) -> Option<Node> {
        self.skip_tag()?;
        let value = match self.peek() {
            None | Some(b'\n' | b'#') => return self.below(column, colon?),
            Some(b'"' | b'\'') => self.text_in_quotes()?,
            Some(b'[' | b'{') => self.flow(false)?,
            Some(b'|') => return self.literal(column),
            Some(b'>') => return self.folded(column),
            Some(_) => self.plain()?,
        };
        self.end_of_line()?;
        // A line that is indented further goes on with the value, or is a mistake.
        (self.column <= Some(column)).then_some(())?;
        Some(value)
    }

    /// The value of a key that stands below it.
    fn below(&mut self, column: usize, colon: usize) -> Option<Node> {
        if self.peek() == Some(b'#') && self.bytes.get(self.at - 1) != Some(&b' ') {
            return None;
        }
        self.next_line()?;
        match self.column {
            Some(inner) if inner > column => self.block(inner),
            Some(inner) if inner == column && self.is_dash() => {
                // The parser gives a list at its key's own indentation another place where its first dash has a line to itself.
                self.has_value_behind_dash().then_some(())?;
                self.list(column)
            }
            _ if self.tag.is_some() => None,
            _ => {
                let behind = colon + 1;
                Some(self.scalar(scalar::plain(""), false, behind..behind))
            }
        }
    }

    /// Takes the tag of the next value, such as `!Ref`, with the spaces behind it.
    pub(super) fn skip_tag(&mut self) -> Option<()> {
        if self.peek() != Some(b'!') {
            return Some(());
        }
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            self.at += 1;
        }
        let tag = self.text.get(start..self.at)?;
        let is_tag = tag.len() > 1 && matches!(self.peek(), Some(b' ' | b'\n'));
        self.skip_spaces();
        self.tag = Some((start, tag));
        is_tag.then_some(())
    }

    /// A text without quotes, to the end of its line.
    fn plain(&mut self) -> Option<Node> {
        let start = self.at;
        if !self.may_begin_plain() {
            return None;
        }
        let end = self.end_of_plain()?;
        let text = self.text.get(start..end)?.trim_end_matches(' ');
        self.at += text.len();
        Some(self.scalar(scalar::plain(text), false, start..self.at))
    }

    /// The byte behind a text without quotes, with the spaces behind it.
    fn end_of_plain(&self) -> Option<usize> {
        let mut from = self.at;
        let end = loop {
            let Some(found) = scan::find(self.from(from), *b":#\n") else {
                break self.bytes.len();
            };
            let at = from + found;
            match self.bytes.get(at)? {
                b'\n' => break at,
                // A comment, with the space before it.
                b'#' if self.bytes.get(at - 1) == Some(&b' ') => break at - 1,
                b':' if self.bytes.get(at + 1) == Some(&b' ') => return None,
                _ => from = at + 1,
            }
        };
        (self.bytes.get(end - 1) != Some(&b':')).then_some(end)
    }

    /// Whether what comes next can begin a text without quotes.
    pub(super) fn may_begin_plain(&self) -> bool {
        match self.peek() {
            Some(b'-') => matches!(self.ahead(1), Some(b'0'..=b'9' | b'a'..=b'z')),
            Some(byte) => {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'_' | b'/' | b'.' | b'$' | b'(' | b'<' | b'~' | b'+')
            }
            None => false,
        }
    }
}
