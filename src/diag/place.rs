//! Where in which file.

use std::ops::Range;
use std::sync::Arc;

/// A text and the name it goes by. Places share it, so that an error can always show its line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The name that the user knows the file by, such as `stacks/shop.yaml`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

impl Source {
    /// A text under a name.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
        })
    }
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
        1 + self.before().bytes().filter(|&byte| byte == b'\n').count()
    }

    /// The column of the first character, counted from 1, in characters.
    #[must_use]
    pub fn column(&self) -> usize {
        let before = self.before();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        1 + before[line_start..].chars().count()
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

    fn before(&self) -> &str {
        &self.source.text[..self.clamped().start]
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
