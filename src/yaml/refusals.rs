//! What the language leaves out, refused while a tree grows.

use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};

use super::{Dialect, Key, decode, scalar};

/// What was refused so far in a file.
pub(super) struct Refusals<'a> {
    source: &'a Arc<Source>,
    dialect: Dialect,
    diags: Diagnostics,
    /// Whether what comes was told of before: what is wrong in a text is not told again wherever an alias repeats it.
    quiet: bool,
}

impl<'a> Refusals<'a> {
    pub(super) fn new(source: &'a Arc<Source>, dialect: Dialect) -> Self {
        Self {
            source,
            dialect,
            diags: Diagnostics::new(),
            quiet: false,
        }
    }

    /// Everything that was refused.
    pub(super) fn finish(self) -> Diagnostics {
        self.diags
    }

    /// Whether to tell of what is refused.
    pub(super) fn set_quiet(&mut self, quiet: bool) {
        self.quiet = quiet;
    }

    /// The text of the file.
    pub(super) fn text(&self) -> &'a str {
        &self.source.text
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span)
    }

    /// Tells what is wrong, once.
    pub(super) fn refuse(&mut self, diagnostic: Diagnostic) {
        if !self.quiet {
            self.diags.push(diagnostic);
        }
    }

    /// The tag of a value that begins at `start`, refused where the dialect has none.
    pub(super) fn tag(&mut self, tag: &str, start: usize) -> SmolStr {
        if !self.dialect.tags {
            self.refuse_tag(start);
        }
        tag.into()
    }

    fn refuse_tag(&mut self, start: usize) {
        let text = self.text();
        let rest = &text[start..];
        let skipped = rest.find('!').unwrap_or(0);
        let len = rest[skipped..].find(char::is_whitespace);
        let start = start + skipped;
        let end = len.map_or(text.len(), |len| start + len);
        let place = self.place(start..end);
        let message = format!("the tag `{}` is not read", decode::shorten(place.text()));
        let diagnostic = Diagnostic::new(Code::YamlSyntax, message).at(place);
        self.refuse(
            diagnostic.help("write the plain value, or put a text that begins with `!` in quotes"),
        );
    }

    /// Refuses the characters of a text that nobody can see, where escapes make them.
    pub(super) fn hidden(&mut self, text: &str, span: &Range<usize>) {
        if self.dialect.hidden {
            return;
        }
        for (char, span) in scalar::hidden(self.text(), text, span) {
            let place = self.place(span);
            self.refuse(super::text::forbidden(char, place));
        }
    }

    /// Refuses a key that is written before.
    pub(super) fn duplicate(&mut self, key: &Key, first: Place) {
        let message = format!("the key `{}` is written twice", decode::shorten(&key.text));
        let diagnostic = Diagnostic::new(Code::DuplicateKey, message).at(key.place.clone());
        self.refuse(diagnostic.also(first, "first written here"));
    }

    /// Refuses what cannot be a key, with what to do.
    pub(super) fn key(&mut self, place: Place, (message, help): (&str, &str)) {
        let diagnostic = Diagnostic::new(Code::YamlSyntax, message).at(place);
        self.refuse(diagnostic.help(help));
    }
}
