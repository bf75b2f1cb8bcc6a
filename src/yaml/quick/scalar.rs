//! Texts in quotes, and blocks of text.

use std::borrow::Cow;
use std::ops::Range;

use super::{Kind, Node, Reader, scan};

impl<'a> Reader<'a> {
    /// A value in quotes.
    pub(super) fn text_in_quotes(&mut self) -> Option<Node> {
        let start = self.at;
        let text = self.quoted()?;
        Some(self.scalar(Kind::String(text.into()), true, start..self.at))
    }

    /// A text in quotes that ends in its line.
    pub(super) fn quoted(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        let quote = self.peek()?;
        let inside = self.from(start + 1);
        let end = scan::find(inside, [quote, b'\\', b'\n'])?;
        let is_double = quote == b'"';
        let ends_here =
            inside.get(end) == Some(&quote) && (is_double || inside.get(end + 1) != Some(&quote));
        if ends_here {
            self.at = start + end + 2;
            return self.text.get(start + 1..start + 1 + end).map(Cow::Borrowed);
        }
        if !is_double {
            return self.doubled().map(Cow::Owned);
        }
        let text = self.escaped()?;
        self.refusals.hidden(&text, &(start..self.at));
        Some(Cow::Owned(text))
    }

    /// A text in double quotes with escapes in it.
    fn escaped(&mut self) -> Option<String> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let run = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))?;
            text.push_str(self.text.get(self.at..self.at + run)?);
            self.at += run + 1;
            match rest.get(run)? {
                b'"' => return Some(text),
                b'\\' => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    /// The character that an escape stands for, behind its `\`.
    fn escape(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let digits = self.text.get(self.at..self.at + 4)?;
                self.at += 4;
                let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_number)?;
                // Halves of characters, as JSON has them, are the parser's to judge.
                char::from_u32(value)?
            }
            _ => return None,
        })
    }

    /// A text in single quotes, in which two of them stand for one.
    fn doubled(&mut self) -> Option<String> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let run = rest.iter().position(|byte| matches!(byte, b'\'' | b'\n'))?;
            text.push_str(self.text.get(self.at..self.at + run)?);
            self.at += run + 1;
            match (rest.get(run)?, rest.get(run + 1)) {
                (b'\'', Some(b'\'')) => {
                    text.push('\'');
                    self.at += 1;
                }
                (b'\'', _) => return Some(text),
                _ => return None,
            }
        }
    }

    /// A block of text whose lines stay as they are: `|` or `|-`.
    pub(super) fn literal(&mut self, column: usize) -> Option<Node> {
        let keeps_break = self.head()?;
        let indent = self.indent_of_text(column)?;
        // As the parser does, a block is taken to begin with its text.
        let start = self.at + indent;
        let mut text = String::new();
        let (mut end, mut breaks) = (start, 0);
        while let Some(line) = self.text_line(indent)? {
            if line.is_empty() {
                breaks += 1;
                continue;
            }
            text.extend(std::iter::repeat_n('\n', breaks));
            end = line.end;
            text.push_str(self.text.get(line)?);
            breaks = 1;
        }
        if keeps_break {
            text.push('\n');
        }
        self.finish(&text, start..end)
    }

    /// A block of text whose lines become one: `>` or `>-`, where no line is empty or indented further.
    pub(super) fn folded(&mut self, column: usize) -> Option<Node> {
        let keeps_break = self.head()?;
        let indent = self.indent_of_text(column)?;
        // As the parser does, a block is taken to begin with its text.
        let start = self.at + indent;
        let mut text = String::new();
        let (mut end, mut is_over) = (start, false);
        while let Some(line) = self.text_line(indent)? {
            if line.is_empty() {
                is_over = true;
                continue;
            }
            let part = self.text.get(line.clone())?;
            if is_over || part.starts_with(' ') {
                return None;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(part);
            end = line.end;
        }
        if keeps_break {
            text.push('\n');
        }
        self.finish(&text, start..end)
    }

    fn finish(&mut self, text: &str, span: Range<usize>) -> Option<Node> {
        let len = self.text.get(span.clone())?.trim_end().len();
        let value = self.scalar(
            Kind::String(text.into()),
            true,
            span.start..span.start + len,
        );
        self.line = self.at;
        self.next_line()?;
        Some(value)
    }

    /// The head of a block, up to the first line of its text. Whether the text ends in a break.
    fn head(&mut self) -> Option<bool> {
        self.at += 1;
        let keeps_break = self.peek()? != b'-';
        if !keeps_break {
            self.at += 1;
        }
        let is_end = self.peek()? == b'\n';
        self.at += 1;
        is_end.then_some(keeps_break)
    }

    /// How far a text is indented that has to be indented further than `column`.
    fn indent_of_text(&self, column: usize) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        let indent = rest.iter().position(|&byte| byte != b' ')?;
        (indent > column && rest.get(indent) != Some(&b'\n')).then_some(indent)
    }

    /// The next line of a text without its indentation and its break; none behind the last one. Lines in which nothing but
    /// spaces stand, or that no break ends, are not quick.
    #[expect(
        clippy::option_option,
        reason = "the outer one is for what is not quick, as everywhere here"
    )]
    fn text_line(&mut self, indent: usize) -> Option<Option<Range<usize>>> {
        let (start, end) = (self.at, self.end_of(self.at));
        if start == self.bytes.len() {
            return Some(None);
        }
        let line = self.bytes.get(start..end)?;
        let spaces = line.iter().position(|&byte| byte != b' ');
        let inside = match spaces {
            None if line.is_empty() => end..end,
            None => return None,
            Some(spaces) if spaces < indent => return Some(None),
            Some(_) => start + indent..end,
        };
        self.at = end + 1;
        (end < self.bytes.len()).then_some(Some(inside))
    }
}
