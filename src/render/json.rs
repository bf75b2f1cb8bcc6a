//! JSON, laid out with a line for each value.

use memchr::memchr2;

use super::has_controls;

/// A text in JSON with a line for each value, in its own order.
pub(super) fn pretty(text: &str) -> serde_json::Result<Vec<u8>> {
    Layout::of(text).map_or_else(|| transcoded(text), Ok)
}

/// The same for any JSON, each value read and written anew.
fn transcoded(text: &str) -> serde_json::Result<Vec<u8>> {
    let mut contents = Vec::with_capacity(text.len() * 2);
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_transcode::transcode(
        &mut reader,
        &mut serde_json::Serializer::pretty(&mut contents),
    )?;
    reader.end()?;
    Ok(contents)
}

/// How deeply values may nest; whoever reads JSON stops soon behind it.
const DEPTH: usize = 100;

/// JSON that is being laid out. What is written already as it is going to be written, as nearly all is, is copied. Everything
/// else is nothing, be it a number with a fraction or no JSON at all: [`transcoded`] knows what to do with it.
struct Layout<'a> {
    rest: &'a [u8],
    depth: usize,
    out: Vec<u8>,
}

impl<'a> Layout<'a> {
    fn of(text: &'a str) -> Option<Vec<u8>> {
        let mut layout = Self {
            rest: text.as_bytes(),
            depth: 0,
            out: Vec::with_capacity(text.len() * 2),
        };
        layout.value()?;
        layout.visible().is_none().then_some(layout.out)
    }

    fn value(&mut self) -> Option<()> {
        match self.visible()? {
            b'{' => self.all(b'}', Self::entry),
            b'[' => self.all(b']', Self::value),
            b'"' => self.string(),
            _ => self.word(),
        }
    }

    /// An entry of an object.
    fn entry(&mut self) -> Option<()> {
        if self.visible()? != b'"' {
            return None;
        }
        self.string()?;
        if self.visible()? != b':' {
            return None;
        }
        self.copy(1);
        self.out.push(b' ');
        self.value()
    }

    /// What stands between two brackets, of which the first comes next.
    fn all(&mut self, close: u8, one: fn(&mut Self) -> Option<()>) -> Option<()> {
        self.copy(1);
        if self.visible()? == close {
            self.copy(1);
            return Some(());
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        loop {
            self.line();
            one(self)?;
            match self.visible()? {
                b',' => self.copy(1),
                next if next == close => break,
                _ => return None,
            }
        }
        self.depth -= 1;
        self.line();
        self.copy(1);
        Some(())
    }

    /// A string, whose first quote comes next.
    fn string(&mut self) -> Option<()> {
        let mut end = 1;
        loop {
            end += memchr2(b'"', b'\\', self.rest.get(end..)?)?;
            if self.rest[end] == b'"' {
                break;
            }
            // What has a letter of its own is always written with it.
            if !matches!(
                self.rest.get(end + 1)?,
                b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't'
            ) {
                return None;
            }
            end += 2;
        }
        let controls = has_controls(&self.rest[..end]);
        (!controls).then(|| self.copy(end + 1))
    }

    /// A literal or a whole number, of which there is only one way to write it.
    fn word(&mut self) -> Option<()> {
        let end = self
            .rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric());
        let word = &self.rest[..end.unwrap_or(self.rest.len())];
        let number = |word: &[u8]| {
            word.iter().all(u8::is_ascii_digit)
                && matches!(word, [b'0'] | [b'1'..=b'9', ..])
                && word.len() < 16
        };
        let known = matches!(word, b"true" | b"false" | b"null") || number(word);
        // A fraction or an exponent with a sign would go on.
        let whole = !matches!(self.rest.get(word.len()), Some(b'.' | b'+' | b'-'));
        (known && whole).then(|| self.copy(word.len()))
    }

    /// The next byte that is no blank, which stays.
    fn visible(&mut self) -> Option<u8> {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
        let start = self.rest.iter().position(|byte| !blank(byte))?;
        self.rest = &self.rest[start..];
        self.rest.first().copied()
    }

    /// Writes the next bytes as they are.
    fn copy(&mut self, length: usize) {
        let (copied, rest) = self.rest.split_at(length);
        self.out.extend_from_slice(copied);
        self.rest = rest;
    }

    /// Begins a line.
    fn line(&mut self) {
        self.out.push(b'\n');
        self.out.resize(self.out.len() + 2 * self.depth, b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_what_would_be_written_anew() {
        for text in [
            r#"{"a": [1, 20, true, false,null, "b\n\"\\", {}, [ ], [{"c":{"d" :"é"}}]]}"#,
            " [\"a\",\n\t\"a\"] \r\n",
            "0",
            "\"\"",
        ] {
            assert_eq!(Layout::of(text), transcoded(text).ok(), "{text}");
            assert!(Layout::of(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_would_not_be_written_as_it_stands_is_not_copied() {
        for text in [
            "-0",
            "1.50",
            "1e3",
            "1E+3",
            "12345678901234567890",
            "01",
            r#""\u0041\/""#,
            "tru",
            "truex",
            "",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{a:1}",
            "[1",
            "\"a",
            "\"a\nb\"",
            "\"\\",
            "1 2",
            "\u{a0}1",
            "\u{b}1",
        ] {
            assert_eq!(Layout::of(text), None, "{text:?}");
        }
        let deep = "[".repeat(DEPTH + 2) + &"]".repeat(DEPTH + 2);
        assert!(Layout::of(&deep).is_none());
        assert!(pretty(&deep).is_ok());
    }
}
