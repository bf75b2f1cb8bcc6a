//! The parser's events, with places in bytes, and its errors in our words.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event as Parsed, Marker, Parser, ScalarStyle, ScanError, Span};

use crate::diag::{Code, Diagnostic, Place, Source};

use super::MAX_DEPTH;
use super::tree::Tag;

/// One step through the document.
pub(super) struct Event<'a> {
    pub(super) what: What<'a>,
    /// The bytes that the parser gave; [`span`](super::span) makes them exact.
    pub(super) span: Range<usize>,
    /// The tag as it is written, as in `!Ref`.
    pub(super) tag: Tag<'a>,
}

/// What a step is.
pub(super) enum What<'a> {
    Scalar {
        text: Cow<'a, str>,
        style: ScalarStyle,
    },
    List,
    Map,
    /// The end of the list or map that was begun last.
    End,
    /// What the anchor with this number holds, again.
    Alias(usize),
}

/// The one document of a file. Without steps if the file holds none.
#[derive(Default)]
pub(super) struct Document<'a> {
    pub(super) events: Vec<Event<'a>>,
    /// The step that each anchor stands at, by the parser's number for the anchor.
    pub(super) anchors: Vec<usize>,
}

/// Reads all events of any file. Flat and without recursion, so that deep nesting is seen before anything stands on the stack.
pub(super) fn parse(source: &Arc<Source>) -> Result<Document<'_>, Diagnostic> {
    let offsets = Offsets::new(&source.text);
    let mut document = Document::default();
    let (mut depth, mut documents) = (0_usize, 0);
    for parsed in Parser::new_from_str(&source.text) {
        let (parsed, span) = parsed.map_err(|error| syntax(source, &offsets, &error))?;
        let span = offsets.range(span);
        if let Parsed::DocumentStart(_) = parsed {
            documents += 1;
        }
        if documents > 1 {
            let diagnostic = Diagnostic::new(Code::YamlSyntax, "a second document begins here");
            let diagnostic = diagnostic.at(Place::new(source, span));
            return Err(diagnostic.help("write one document in each file"));
        }
        let opened = depth;
        match parsed {
            Parsed::SequenceStart(..) | Parsed::MappingStart(..) => depth += 1,
            Parsed::SequenceEnd | Parsed::MappingEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH && depth > opened {
            return Err(too_deep(Place::new(source, span)));
        }
        document.push(parsed, span);
    }
    Ok(document)
}

/// The error that a list or map stands inside too many others.
pub(super) fn too_deep(place: Place) -> Diagnostic {
    let message = format!("lists and maps stand inside each other more than {MAX_DEPTH} deep");
    Diagnostic::new(Code::TooComplex, message).at(place)
}

impl<'a> Document<'a> {
    fn push(&mut self, parsed: Parsed<'a>, span: Range<usize>) {
        let (what, anchor, tag) = match parsed {
            Parsed::Scalar(text, style, anchor, tag) => (What::Scalar { text, style }, anchor, tag),
            Parsed::SequenceStart(anchor, tag) => (What::List, anchor, tag),
            Parsed::MappingStart(anchor, tag) => (What::Map, anchor, tag),
            Parsed::SequenceEnd | Parsed::MappingEnd => (What::End, 0, None),
            Parsed::Alias(anchor) => (What::Alias(anchor), 0, None),
            _ => return,
        };
        if anchor > 0 {
            // Numbers are given in order from 1; 0 means that there is no anchor.
            self.anchors.resize(anchor + 1, 0);
            self.anchors[anchor] = self.events.len();
        }
        let tag = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix).into());
        self.events.push(Event { what, span, tag });
    }
}

/// The byte that each character begins at: the parser counts characters.
enum Offsets<'a> {
    Ascii(&'a str),
    Table(Vec<usize>),
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        if text.is_ascii() {
            return Self::Ascii(text);
        }
        let starts = text.char_indices().map(|(byte, _)| byte);
        Self::Table(starts.chain([text.len()]).collect())
    }

    /// The parser counts on behind the end of the text, so what is past it means the end.
    fn byte(&self, marker: Marker) -> usize {
        match self {
            Self::Ascii(text) => marker.index().min(text.len()),
            Self::Table(table) => table[marker.index().min(table.len() - 1)],
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start);
        start..self.byte(span.end).max(start)
    }
}

fn syntax(source: &Arc<Source>, offsets: &Offsets<'_>, error: &ScanError) -> Diagnostic {
    let start = offsets.byte(*error.marker());
    let next = source.text[start..].chars().next();
    let len = next
        .filter(|char| !char.is_whitespace())
        .map_or(0, char::len_utf8);
    let place = Place::new(source, start..start + len);
    if error.info().contains("recursion limit") {
        return too_deep(place);
    }
    let known = IN_OUR_WORDS.iter();
    let known = known.filter(|(theirs, ..)| error.info().contains(theirs));
    let Some((_, message, help)) = known.into_iter().next() else {
        return Diagnostic::new(Code::YamlSyntax, error.info()).at(place);
    };
    Diagnostic::new(Code::YamlSyntax, *message)
        .at(place)
        .help(*help)
}

/// A part of the parser's message, the message that a user understands, and what to do.
const IN_OUR_WORDS: &[(&str, &str, &str)] = &[
    (
        "mapping values are not allowed",
        "`:` stands where no key can end",
        "put a text that contains `: ` in quotes",
    ),
    (
        "simple key expect",
        "this line is neither a key with its value nor part of the value before it",
        "end a key with `:`, or indent the line to go on with the value",
    ),
    (
        "did not find expected key",
        "the indentation of this line fits no key above",
        "indent all keys of a map alike",
    ),
    (
        "did not find expected '-'",
        "the indentation of this line fits no list above",
        "begin all values of a list with `-` in the same column",
    ),
    (
        "unknown anchor",
        "the alias repeats an anchor that is not written before it",
        "write the value itself, or put a text that begins with `*` in quotes",
    ),
    (
        "found unexpected end of stream",
        "the quote that opens here is never closed",
        "close it with the same quote",
    ),
    (
        "expected ',' or",
        "`,` or the closing bracket is missing before this",
        "close every `[` with `]` and every `{` with `}`",
    ),
    (
        "found unknown escape character",
        "the text has a `\\` with a letter that means nothing",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    (
        "unexpected character",
        "a value cannot begin with this character",
        "put the value in quotes",
    ),
    (
        "wasn't declared",
        "a tag cannot be used here",
        "write the plain value, without the word that begins with `!`",
    ),
    (
        "<document start>",
        "text stands behind the end of the document",
        "check the indentation of this line",
    ),
    ("tab", "a tab is used for indentation", "indent with spaces"),
    (
        "invalid indentation",
        "this line is not indented enough to belong to the value before it",
        "indent it further",
    ),
    (
        "misplaced bracket",
        "the bracket closes nothing",
        "remove it, or put the text in quotes",
    ),
];
