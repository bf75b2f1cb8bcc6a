//! What indentation tells: maps, lists, and the values behind their keys and dashes.

use saphyr_parser::ScalarStyle;

use super::{MAX_KEY, Reader};

impl Reader<'_> {
    /// A list or map that begins here, in this column.
    pub(super) fn block(&mut self, column: usize) -> Option<()> {
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

    fn list(&mut self, column: usize) -> Option<()> {
        self.open_list()?;
        self.column = Some(column);
        while self.column == Some(column) && self.is_dash() {
            self.at += 1;
            self.skip_spaces();
            let inner = self.at - self.line;
            match self.peek()? {
                b'\n' | b'#' => {
                    self.next_line()?;
                    let inner = self.column.filter(|inner| *inner > column)?;
                    self.block(inner)?;
                }
                _ if self.is_dash() => self.list(inner)?,
                _ if self.is_key_ahead() => self.map(inner)?,
                _ => self.value(column, None)?,
            }
        }
        self.close(self.at);
        // Deeper than the dashes, it would go on with the last value.
        (self.column <= Some(column)).then_some(())
    }

    fn map(&mut self, column: usize) -> Option<()> {
        self.open_map()?;
        self.column = Some(column);
        while self.column == Some(column) && !self.is_dash() {
            let colon = self.key()?;
            self.skip_spaces();
            self.value(column, Some(colon))?;
        }
        self.close(self.at);
        (self.column <= Some(column)).then_some(())
    }

    /// Whether what comes next in this line is a key and not a value.
    fn is_key_ahead(&self) -> bool {
        let rest = self.bytes.get(self.at..self.end_of(self.at));
        let rest = rest.unwrap_or_default();
        match rest.first() {
            Some(b'[' | b'{' | b'!' | b'|' | b'>') => false,
            // Wherever the quote ends: a value with `": ` in it is left to the parser when it is read as a key.
            Some(quote @ (b'"' | b'\'')) => {
                let mut pairs = rest.windows(2).skip(1);
                pairs.any(|pair| pair == [*quote, b':'])
            }
            _ => rest.ends_with(b":") || rest.windows(2).any(|pair| pair == b": "),
        }
    }

    /// A key with its `:`, whose place is given back.
    fn key(&mut self) -> Option<usize> {
        let start = self.at;
        if matches!(self.peek()?, b'"' | b'\'') {
            self.quoted()?;
        } else {
            let end = self.end_of_key()?;
            self.at = end;
            let text = self.text.get(start..end)?;
            self.scalar(text.into(), ScalarStyle::Plain, start);
        }
        let colon = self.at;
        let is_end = self.peek()? == b':' && matches!(self.ahead(1), None | Some(b' ' | b'\n'));
        self.at += 1;
        (is_end && colon - start <= MAX_KEY).then_some(colon)
    }

    /// The byte behind a key without quotes.
    fn end_of_key(&self) -> Option<usize> {
        if !self.peek()?.is_ascii_alphanumeric()
            && !matches!(self.peek()?, b'_' | b'/' | b'.' | b'$')
        {
            return None;
        }
        let mut before = 0;
        for (at, &byte) in self.bytes.iter().enumerate().skip(self.at) {
            match byte {
                b'\n' => return None,
                b'#' if before == b' ' => return None,
                b':' if matches!(self.bytes.get(at + 1), None | Some(b' ' | b'\n')) => {
                    return (before != b' ').then_some(at);
                }
                byte => before = byte,
            }
        }
        None
    }

    /// What stands behind the dash in this column, or behind a key of a map in this column.
    fn value(&mut self, column: usize, colon: Option<usize>) -> Option<()> {
        self.skip_tag()?;
        match self.peek() {
            None | Some(b'\n' | b'#') => return self.below(column, colon?),
            Some(b'"' | b'\'') => self.quoted()?,
            Some(b'[' | b'{') => self.flow(false)?,
            Some(b'|') => return self.literal(column),
            Some(b'>') => return self.folded(column),
            Some(_) => self.plain()?,
        }
        self.end_of_line()?;
        // A line that is indented further goes on with the value, or is a mistake.
        (self.column <= Some(column)).then_some(())
    }

    /// The value of a key that stands below it.
    fn below(&mut self, column: usize, colon: usize) -> Option<()> {
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
                self.scalar_in("".into(), ScalarStyle::Plain, behind..behind);
                Some(())
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
    fn plain(&mut self) -> Option<()> {
        let start = self.at;
        if !self.may_begin_plain() {
            return None;
        }
        let mut before = 0;
        let mut end = self.bytes.len();
        for (at, &byte) in self.bytes.iter().enumerate().skip(start) {
            match byte {
                b'\n' => {
                    end = at;
                    break;
                }
                // A comment, with the space before it.
                b'#' if before == b' ' => {
                    end = at - 1;
                    break;
                }
                b' ' if before == b':' => return None,
                byte => before = byte,
            }
        }
        let text = self.text.get(start..end)?.trim_end_matches(' ');
        self.at += text.len();
        self.scalar(text.into(), ScalarStyle::Plain, start);
        (before != b':').then_some(())
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
