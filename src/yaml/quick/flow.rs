//! Lists and maps in brackets: JSON wherever it is the whole file, and one line of either elsewhere.

use smol_str::SmolStr;

use super::super::scalar;
use super::{Key, Known, MAX_KEY, Node, Reader, scan};

impl<'a> Reader<'a> {
    /// A list or map that begins here. `lines` says whether it may go on in the next line.
    pub(super) fn flow(&mut self, lines: bool) -> Option<Node> {
        if self.peek()? == b'{' {
            self.flow_map(lines)
        } else {
            self.flow_list(lines)
        }
    }

    fn flow_list(&mut self, lines: bool) -> Option<Node> {
        let mut list = self.open(self.values.len())?;
        let mut is_open = self.begins(b']', lines)?;
        while is_open {
            let value = self.flow_value(lines)?;
            self.add(&mut list, value);
            is_open = self.goes_on(b']', lines)?;
        }
        self.at += 1;
        Some(self.close_list(list, true))
    }

    fn flow_map(&mut self, lines: bool) -> Option<Node> {
        let mut map = self.open(self.entries.len())?;
        let mut known = Known::default();
        let mut is_open = self.begins(b'}', lines)?;
        while is_open {
            let key = self.flow_key()?;
            self.space(lines);
            let value = self.flow_value(lines)?;
            self.insert(&mut map, &mut known, key, value);
            is_open = self.goes_on(b'}', lines)?;
        }
        self.at += 1;
        Some(self.close_map(map, true))
    }

    /// Goes over the opening bracket. Whether something stands before the closing one.
    fn begins(&mut self, end: u8, lines: bool) -> Option<bool> {
        self.at += 1;
        self.space(lines);
        Some(self.peek()? != end)
    }

    /// Goes over the comma behind a value. Whether there is one, and not the closing bracket.
    fn goes_on(&mut self, end: u8, lines: bool) -> Option<bool> {
        self.space(lines);
        match self.peek()? {
            b',' => self.at += 1,
            byte => return (byte == end).then_some(false),
        }
        self.space(lines);
        Some(true)
    }

    fn space(&mut self, lines: bool) {
        self.skip_spaces();
        while lines && self.peek() == Some(b'\n') {
            self.line = self.at + 1;
            self.at = self.line + scan::count(self.from(self.line), b' ');
        }
    }

    /// A key with its `:`, and whatever has to stand behind it.
    fn flow_key(&mut self) -> Option<Key> {
        let start = self.at;
        let is_quoted = self.peek()? == b'"';
        let text = if is_quoted {
            self.quoted()?.into()
        } else {
            SmolStr::from(self.flow_plain(true)?)
        };
        let place = self.place(start..self.at);
        // Merge keys are the parser's to refuse.
        let is_merge = !is_quoted && text == "<<";
        if is_merge || self.at - start > MAX_KEY || self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        // Behind a quote, a `:` needs no space; as in JSON.
        let ends = match self.peek()? {
            b' ' => true,
            byte => is_quoted && matches!(byte, b'"' | b'[' | b'{' | b'0'..=b'9' | b'a'..=b'z'),
        };
        ends.then_some(())?;
        Some(Key { text, place })
    }

    fn flow_value(&mut self, lines: bool) -> Option<Node> {
        self.skip_tag()?;
        match self.peek()? {
            b'"' | b'\'' => self.text_in_quotes(),
            b'[' | b'{' => self.flow(lines),
            _ => {
                let start = self.at;
                let text = self.flow_plain(false)?;
                let kind = scalar::plain(text);
                Some(self.scalar(kind, false, start..start + text.len()))
            }
        }
    }

    /// A text without quotes, with the spaces behind it.
    fn flow_plain(&mut self, is_key: bool) -> Option<&'a str> {
        if !self.may_begin_plain() {
            return None;
        }
        let start = self.at;
        loop {
            let rest = self.from(self.at);
            self.at += rest.iter().position(|&byte| MARKS[usize::from(byte)])?;
            match self.peek()? {
                b',' | b']' | b'}' | b'\n' => break,
                b'[' | b'{' => return None,
                b'#' if self.bytes.get(self.at - 1) == Some(&b' ') => return None,
                b':' if matches!(
                    self.ahead(1)?,
                    b' ' | b',' | b'[' | b']' | b'{' | b'}' | b'\n'
                ) =>
                {
                    break;
                }
                _ => self.at += 1,
            }
        }
        let text = self.text.get(start..self.at)?;
        let trimmed = text.trim_end_matches(' ');
        let is_whole = text.len() == trimmed.len();
        let end = self.at;
        // A text goes on behind a break of the line, where no bracket or comma comes first; and a key ends in no space.
        let is_right = match self.bytes.get(end)? {
            b':' => is_key && is_whole,
            b'\n' => !is_key && self.ends_behind_lines(end),
            _ => !is_key,
        };
        is_right.then_some(trimmed)
    }

    /// Whether the first thing behind the breaks of lines from here on ends a value in brackets.
    fn ends_behind_lines(&self, at: usize) -> bool {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let next = rest.iter().find(|byte| !matches!(byte, b' ' | b'\n'));
        matches!(next, Some(b',' | b']' | b'}'))
    }
}

/// Which bytes may end a text without quotes.
const MARKS: [bool; 256] = {
    let mut all = [false; 256];
    let marks = b",[]{}:#\n";
    let mut at = 0;
    while at < marks.len() {
        all[marks[at] as usize] = true;
        at += 1;
    }
    all
};
