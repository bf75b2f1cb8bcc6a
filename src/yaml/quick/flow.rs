//! Lists and maps in brackets: JSON wherever it is the whole file, and one line of either elsewhere.

use saphyr_parser::ScalarStyle;

use super::{MAX_KEY, Reader};

impl Reader<'_> {
    /// A list or map that begins here. `lines` says whether it may go on in the next line.
    pub(super) fn flow(&mut self, lines: bool) -> Option<()> {
        let is_map = self.peek()? == b'{';
        let end = if is_map {
            self.open_map()?;
            b'}'
        } else {
            self.open_list()?;
            b']'
        };
        self.at += 1;
        self.space(lines);
        if self.peek()? != end {
            loop {
                if is_map {
                    self.flow_key()?;
                    self.space(lines);
                }
                self.flow_value(lines)?;
                self.space(lines);
                match self.peek()? {
                    b',' => self.at += 1,
                    byte if byte == end => break,
                    _ => return None,
                }
                self.space(lines);
            }
        }
        self.at += 1;
        self.close(self.at - 1);
        Some(())
    }

    fn space(&mut self, lines: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' => self.at += 1,
                b'\n' if lines => {
                    self.at += 1;
                    self.line = self.at;
                }
                _ => break,
            }
        }
    }

    /// A key with its `:`, and whatever has to stand behind it.
    fn flow_key(&mut self) -> Option<()> {
        let start = self.at;
        let is_quoted = self.peek()? == b'"';
        if is_quoted {
            self.quoted()?;
        } else {
            self.flow_plain(true)?;
        }
        if self.at - start > MAX_KEY || self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        // Behind a quote, a `:` needs no space; as in JSON.
        let ends = match self.peek()? {
            b' ' => true,
            byte => is_quoted && matches!(byte, b'"' | b'[' | b'{' | b'0'..=b'9' | b'a'..=b'z'),
        };
        ends.then_some(())
    }

    fn flow_value(&mut self, lines: bool) -> Option<()> {
        self.skip_tag()?;
        match self.peek()? {
            b'"' | b'\'' => self.quoted(),
            b'[' | b'{' => self.flow(lines),
            _ => self.flow_plain(false),
        }
    }

    /// A text without quotes.
    fn flow_plain(&mut self, is_key: bool) -> Option<()> {
        if !self.may_begin_plain() {
            return None;
        }
        let start = self.at;
        let mut before = 0;
        loop {
            match self.peek()? {
                b',' | b']' | b'}' | b'\n' => break,
                b'[' | b'{' => return None,
                b'#' if before == b' ' => return None,
                b':' if matches!(
                    self.ahead(1)?,
                    b' ' | b',' | b'[' | b']' | b'{' | b'}' | b'\n'
                ) =>
                {
                    break;
                }
                byte => before = byte,
            }
            self.at += 1;
        }
        let text = self.text.get(start..self.at)?;
        let trimmed = text.trim_end_matches(' ');
        let is_whole = text.len() == trimmed.len();
        let end = self.at;
        self.at = start + trimmed.len();
        self.scalar(trimmed.into(), ScalarStyle::Plain, start);
        self.at = end;
        // A text goes on behind a break of the line, where no bracket or comma comes first; and a key ends in no space.
        let is_right = match self.bytes.get(end)? {
            b':' => is_key && is_whole,
            b'\n' => !is_key && self.ends_behind_lines(end),
            _ => !is_key,
        };
        is_right.then_some(())
    }

    /// Whether the first thing behind the breaks of lines from here on ends a value in brackets.
    fn ends_behind_lines(&self, at: usize) -> bool {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let next = rest.iter().find(|byte| !matches!(byte, b' ' | b'\n'));
        matches!(next, Some(b',' | b']' | b'}'))
    }
}
