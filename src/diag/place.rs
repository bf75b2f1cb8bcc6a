//! Where in which file.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A text and the name it goes by. Places share it, so that an error can always show its line.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name that the user knows the file by, such as `stacks/shop.yaml`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    /// Where its lines are, from the first time that somebody asks.
    lines: OnceLock<Lines>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.text) == (&other.name, &other.text)
    }
}

impl Eq for Source {}

impl Source {
    /// A text under a name.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
            lines: OnceLock::new(),
        })
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }
}

/// Where the lines of a text begin, and how many characters stand before each of its blocks.
///
/// A template of ten megabytes has a place for each of a hundred thousand rules, and all of it may stand in one line: to count
/// from the start of the text, or of the line, each time would never end.
#[derive(Clone, Debug)]
struct Lines {
    /// The bytes that lines begin at.
    starts: Vec<usize>,
    /// The characters before every [`BLOCK`] bytes.
    chars: Vec<usize>,
}

/// How many bytes are counted at a time.
const BLOCK: usize = 1024;

impl Lines {
    fn of(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let mut before = 0;
        let chars = text.as_bytes().chunks(BLOCK).map(|block| {
            before += chars_in(block);
            before
        });
        Self {
            chars: std::iter::once(0).chain(chars).collect(),
            starts: std::iter::once(0)
                .chain(newlines.map(|(at, _)| at + 1))
                .collect(),
        }
    }

    /// The number of the line that a byte is in, counted from 1.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    /// The byte that the line of a byte begins at.
    fn start(&self, at: usize) -> usize {
        let line = self.line(at).saturating_sub(1);
        self.starts.get(line).copied().unwrap_or_default()
    }

    /// How many characters begin before a byte.
    fn chars_before(&self, text: &str, at: usize) -> usize {
        let block = at / BLOCK;
        let before = self.chars.get(block).copied().unwrap_or_default();
        let rest = text.as_bytes().get(block * BLOCK..at);
        before + rest.map_or(0, chars_in)
    }
}

/// How many characters begin in some bytes of a text.
fn chars_in(bytes: &[u8]) -> usize {
    let begins = |byte: &&u8| !matches!(byte, 0x80..=0xBF);
    bytes.iter().filter(begins).count()
}

/// A range of bytes in a source.
///
/// Any range can be held; where it goes past the end or cuts a character, it means the nearest range that does not.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The text that is pointed into.
    pub source: Arc<Source>,
    /// The bytes that are meant.
    pub span: Range<usize>,
}

impl Place {
    /// The bytes of `span` in `source`.
    #[must_use]
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self {
            source: Arc::clone(source),
            span,
        }
    }

    /// The start of a source, for what concerns the file as a whole.
    #[must_use]
    pub fn start_of(source: &Arc<Source>) -> Self {
        Self::new(source, 0..0)
    }

    /// The line of the first character, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.lines().line(self.clamped().start)
    }

    /// The column of the first character, counted from 1, in characters.
    #[must_use]
    pub fn column(&self) -> usize {
        let (at, lines) = (self.clamped().start, self.source.lines());
        let chars = |at| lines.chars_before(&self.source.text, at);
        1 + chars(at) - chars(lines.start(at))
    }

    /// The characters that are meant.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text[self.clamped()]
    }

    /// The span, moved onto characters of the text: neither past its end nor inside a character.
    #[must_use]
    pub fn clamped(&self) -> Range<usize> {
        let text = &self.source.text;
        let start = text.floor_char_boundary(self.span.start);
        let end = text.ceil_char_boundary(self.span.end.min(text.len()));
        start..end.max(start)
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The whole text would drown a failing test.
        write!(f, "{}:{:?}", self.source.name, self.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source::new("a.yaml", "é: ü\nb: ö\n");
        let place = Place::new(&source, 10..12);
        assert_eq!((place.line(), place.column(), place.text()), (2, 4, "ö"));
    }

    #[test]
    fn every_place_of_a_long_text_is_where_counting_finds_it() {
        let text = "äö\n".repeat(300) + &"x€😀".repeat(700) + "\n\n" + &"y".repeat(2 * BLOCK);
        let source = Source::new("a.yaml", &text);
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..at];
            let line = 1 + before.matches('\n').count();
            let column = 1 + before.rsplit('\n').next().unwrap_or("").chars().count();
            let place = Place::new(&source, at..at);
            assert_eq!((place.line(), place.column()), (line, column), "{at}");
        }
    }

    #[test]
    fn the_end_of_a_file_is_a_place() {
        let source = Source::new("a.yaml", "a\n");
        let place = Place::new(&source, 2..2);
        assert_eq!((place.line(), place.column(), place.text()), (2, 1, ""));
    }

    #[test]
    #[expect(
        clippy::reversed_empty_ranges,
        reason = "an odd span is what is tested"
    )]
    fn odd_spans_mean_the_nearest_characters() {
        let source = Source::new("a.yaml", "aé");
        for (span, text) in [
            (2..2, "é"),
            (2..3, "é"),
            (0..2, "aé"),
            (9..99, ""),
            (3..0, ""),
            (1..usize::MAX, "é"),
        ] {
            assert_eq!(Place::new(&source, span.clone()).text(), text, "{span:?}");
        }
        assert_eq!(Place::start_of(&Source::new("a", "")).line(), 1);
    }
}
