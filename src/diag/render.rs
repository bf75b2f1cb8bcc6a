//! A diagnostic for people: the line it happened on, with the very characters underlined.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DEFAULT_LINE_NUM_STYLE;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Place, Source};

/// Longer lines are cut around what is underlined: a terminal shows no more, and ten megabytes must not be laid out.
const LONGEST_LINE: usize = 240;
/// How much of a cut line is kept in front of what is underlined.
const LEAD: usize = 80;

/// The diagnostic as a text for a terminal, without a newline at the end.
#[must_use]
pub fn render(diagnostic: &Diagnostic, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let title = Level::ERROR
        .primary_title(visible(&diagnostic.message))
        .id(diagnostic.code.as_str());
    let mut parts = vec![renderer.render(&[Group::with_title(title)])];
    let mut group = Group::with_level(Level::ERROR);
    for (index, excerpt) in excerpts(diagnostic).into_iter().enumerate() {
        if !group.is_empty() {
            parts.push(renderer.render(&[group]));
            group = Group::with_level(Level::ERROR);
        }
        parts.push(excerpt.header(index == 0, color));
        group = group.elements(excerpt.snippet());
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    if !group.is_empty() {
        parts.push(renderer.render(&[group]));
    }
    parts.join("\n")
}

/// One file's part of the report: the lines from its first mark to its last.
struct Excerpt<'a> {
    source: &'a Arc<Source>,
    marks: Vec<Mark<'a>>,
}

/// Characters of one line that are underlined.
struct Mark<'a> {
    place: &'a Place,
    /// The index of the line in the text, from 0.
    line: usize,
    /// The bytes in the text; at most to the end of the line, because the rest of a long value tells nothing more.
    span: Range<usize>,
    label: Option<&'a str>,
}

fn excerpts(diagnostic: &Diagnostic) -> Vec<Excerpt<'_>> {
    let primary = diagnostic.primary.iter().map(|place| (place, None));
    let others = diagnostic.secondary.iter();
    let others = others.map(|(place, label)| (place, Some(label.as_str())));
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    for (place, label) in primary.chain(others) {
        let mark = Mark::new(place, label);
        match excerpts
            .iter_mut()
            .find(|seen| seen.source == &place.source)
        {
            Some(excerpt) => excerpt.marks.push(mark),
            None => excerpts.push(Excerpt {
                source: &place.source,
                marks: vec![mark],
            }),
        }
    }
    excerpts
}

impl<'a> Mark<'a> {
    fn new(place: &'a Place, label: Option<&'a str>) -> Self {
        let span = place.clamped();
        let rest = &place.source.text[span.start..];
        let line_end = span.start + rest.find('\n').unwrap_or(rest.len());
        Self {
            place,
            line: place.line() - 1,
            span: span.start..span.end.min(line_end),
            label,
        }
    }
}

impl<'a> Excerpt<'a> {
    /// The line that says where to look. The crate would count the column in the line as it was cut, so this is ours.
    fn header(&self, is_first: bool, color: bool) -> String {
        let last_line = self.marks.iter().map(|mark| mark.line + 1).max();
        let margin = " ".repeat(last_line.unwrap_or(1).to_string().len());
        let arrow = if is_first { "-->" } else { ":::" };
        let name = visible(&self.source.name);
        let position = match self.marks.first().filter(|_| self.has_lines()) {
            Some(mark) => format!(":{}:{}", mark.place.line(), mark.place.column()),
            None => String::new(),
        };
        if color {
            let style = DEFAULT_LINE_NUM_STYLE;
            format!("{margin}{style}{arrow}{style:#} {name}{position}")
        } else {
            format!("{margin}{arrow} {name}{position}")
        }
    }

    /// An empty text has no line to show. It is also what stands for a file that could not be read.
    fn has_lines(&self) -> bool {
        !self.source.text.is_empty()
    }

    fn snippet(&self) -> Option<Snippet<'a, Annotation<'a>>> {
        let (first, text, annotations) = self.lay_out();
        let snippet = Snippet::source(text).line_start(first + 1);
        self.has_lines().then(|| snippet.annotations(annotations))
    }

    /// The index of the first line, the lines, and what is underlined in them.
    fn lay_out(&self) -> (usize, String, Vec<Annotation<'a>>) {
        let lines = || self.marks.iter().map(|mark| mark.line);
        let (first, last) = (lines().min().unwrap_or(0), lines().max().unwrap_or(0));
        let (mut text, mut annotations) = (String::new(), Vec::new());
        let mut line_start = 0;
        for (index, line) in self.source.text.split('\n').enumerate().take(last + 1) {
            if index > first {
                text.push('\n');
            }
            if index >= first {
                let marks: Vec<_> = self
                    .marks
                    .iter()
                    .filter(|mark| mark.line == index)
                    .collect();
                annotations.extend(push_line(&mut text, line, line_start, &marks));
            }
            line_start += line.len() + 1;
        }
        (first, text, annotations)
    }
}

/// Adds one line, cut if it is long, and returns what is underlined in it.
fn push_line<'a>(
    text: &mut String,
    line: &str,
    line_start: usize,
    marks: &[&Mark<'a>],
) -> Vec<Annotation<'a>> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let window = window(
        line,
        marks.first().map_or(0, |mark| mark.span.start - line_start),
    );
    if window.start > 0 {
        text.push('…');
    }
    let base = text.len();
    // Characters that are shown as others may be longer or shorter in bytes.
    let shown = |offset: usize| {
        let end = (offset - line_start).clamp(window.start, window.end);
        base + visible(&line[window.start..end]).len()
    };
    let annotations = marks.iter().map(|mark| {
        let kind = mark
            .label
            .map_or(AnnotationKind::Primary, |_| AnnotationKind::Context);
        kind.span(shown(mark.span.start)..shown(mark.span.end))
            .label(mark.label.map(visible))
    });
    let annotations = annotations.collect();
    text.push_str(&visible(&line[window.clone()]));
    if window.end < line.len() {
        text.push('…');
    }
    if line.is_empty() && !marks.is_empty() {
        // The crate drops an empty last line, and its mark with it.
        text.push(' ');
    }
    annotations
}

/// The bytes of a line that are shown.
fn window(line: &str, focus: usize) -> Range<usize> {
    if line.len() <= LONGEST_LINE {
        return 0..line.len();
    }
    let start = line.floor_char_boundary(focus.saturating_sub(LEAD));
    start..line.floor_char_boundary(start + LONGEST_LINE)
}

/// The text with a mark in place of what would move the cursor, hide or reorder text on a terminal.
fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(unseen) {
        Cow::Owned(text.replace(unseen, "\u{FFFD}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn unseen(char: char) -> bool {
    let reorders = matches!(char, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let breaks_line = matches!(char, '\u{2028}' | '\u{2029}');
    reorders || breaks_line || (char.is_control() && char != '\t')
}

#[cfg(test)]
mod tests;
