//! From events to the tree, refusing what the language leaves out.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::ScalarStyle;

use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};

use super::events::{Document, Event, What, too_deep};
use super::{Dialect, Key, Kind, MAX_DEPTH, MAX_REPEATED, Node, decode, scalar, span};

/// Builds the tree. Errors that leave a tree are pushed; the result is an error only when going on would be too much.
pub(super) fn build(
    source: &Arc<Source>,
    document: &Document<'_>,
    dialect: Dialect,
    diags: &mut Diagnostics,
) -> Result<Node, Diagnostic> {
    let mut tree = Tree {
        source,
        document,
        dialect,
        diags,
        open: Vec::new(),
        repeating: None,
        repeated: 0,
        repeated_bytes: 0,
    };
    tree.node(0).map(|(node, _)| node)
}

/// As many keys are looked through one by one: nearly every map has a few, and to hash them takes longer.
const FEW: usize = 16;

/// The entries of a map so far, each key once.
#[derive(Default)]
struct Entries {
    all: Vec<(Key, Node)>,
    /// The positions of keys, as soon as there are more than a few.
    at: HashMap<String, usize>,
}

impl Entries {
    /// The key that says the same as this one.
    fn get(&self, key: &Key) -> Option<&Key> {
        let first = if self.all.len() <= FEW {
            let mut known = self.all.iter();
            known.find(|(known, _)| known.text == key.text)
        } else {
            self.at.get(&key.text).and_then(|&at| self.all.get(at))
        };
        first.map(|(key, _)| key)
    }

    fn add(&mut self, key: Key, value: Node) {
        self.all.push((key, value));
        if self.all.len() > FEW {
            let known = self.at.len();
            let new = self.all.iter().enumerate().skip(known);
            self.at
                .extend(new.map(|(at, (key, _))| (key.text.clone(), at)));
        }
    }
}

/// The values inside a list or map, the byte that the last of them ends at, and the step that closes it.
type Inside = (Kind, usize, usize);

struct Tree<'a> {
    source: &'a Arc<Source>,
    document: &'a Document<'a>,
    dialect: Dialect,
    diags: &'a mut Diagnostics,
    /// The steps that the lists and maps around began at.
    open: Vec<usize>,
    /// The alias in the text whose value is being repeated.
    repeating: Option<Range<usize>>,
    repeated: usize,
    repeated_bytes: usize,
}

impl Tree<'_> {
    /// The value at a step, and the step behind it.
    ///
    /// INVARIANT: the parser closes what it opens, so that a step behind a value always exists inside a list or map.
    fn node(&mut self, at: usize) -> Result<(Node, usize), Diagnostic> {
        let event = &self.document.events[at];
        self.count(&event.what)?;
        if event.tag.is_some() && !self.dialect.tags {
            self.refuse_tag(&event.span);
        }
        let (mut node, next) = self.untagged(at, event)?;
        node.tag = event.tag.as_deref().map(ToOwned::to_owned);
        Ok((node, next))
    }

    fn untagged(&mut self, at: usize, event: &Event<'_>) -> Result<(Node, usize), Diagnostic> {
        match &event.what {
            What::Scalar { text, style } => Ok((self.scalar(text, *style, &event.span), at + 1)),
            What::List => self.inside(at, Self::list),
            What::Map => self.inside(at, Self::map),
            What::Alias(anchor) => Ok((self.alias(*anchor, &event.span)?, at + 1)),
            What::End => Ok((self.null(&event.span), at + 1)),
        }
    }

    /// Builds what is inside a list or map.
    fn inside(
        &mut self,
        at: usize,
        build: fn(&mut Self, usize) -> Result<Inside, Diagnostic>,
    ) -> Result<(Node, usize), Diagnostic> {
        let given = &self.document.events[at].span;
        if self.open.len() == MAX_DEPTH {
            let span = self.repeating.clone().unwrap_or_else(|| given.clone());
            return Err(too_deep(self.place(span)));
        }
        self.open.push(at);
        let (kind, last, end) = build(self, at + 1)?;
        self.open.pop();
        let closing = &self.document.events[end].span;
        let span = span::collection(&self.source.text, given, closing, last);
        Ok((self.made(kind, span, false), end + 1))
    }

    fn list(&mut self, mut at: usize) -> Result<Inside, Diagnostic> {
        let (mut values, mut last) = (Vec::new(), 0);
        while !self.is_end(at) {
            let (value, next) = self.node(at)?;
            last = value.place.span.end;
            values.push(value);
            at = next;
        }
        Ok((Kind::List(values), last, at))
    }

    fn map(&mut self, mut at: usize) -> Result<Inside, Diagnostic> {
        let mut last = 0;
        let mut entries = Entries::default();
        while !self.is_end(at) {
            let (key, next) = self.key(at)?;
            let (value, next) = self.node(next)?;
            last = value.place.span.end;
            at = next;
            let Some(key) = key else { continue };
            match entries.get(&key) {
                Some(first) => self.refuse_duplicate(&key, &first.place),
                None => entries.add(key, value),
            }
        }
        Ok((Kind::Map(entries.all), last, at))
    }

    fn is_end(&self, at: usize) -> bool {
        let event = self.document.events.get(at);
        event.is_none_or(|event| matches!(event.what, What::End))
    }

    /// A key, if it is one that can be used, and the step behind it.
    fn key(&mut self, at: usize) -> Result<(Option<Key>, usize), Diagnostic> {
        let event = &self.document.events[at];
        let refused = match &event.what {
            What::Scalar {
                text,
                style: ScalarStyle::Plain,
            } if text.is_empty() => (
                "a key is missing before `:`",
                "write the key, or remove the line",
            ),
            What::Scalar {
                text,
                style: ScalarStyle::Plain,
            } if text == "<<" => (
                "merge keys (`<<`) are not read",
                "write the keys out where they are meant",
            ),
            What::Scalar { text, .. } => {
                let (node, next) = self.node(at)?;
                let text = text.to_string();
                return Ok((
                    Some(Key {
                        text,
                        place: node.place,
                    }),
                    next,
                ));
            }
            What::Alias(_) => ("an alias cannot be a key", "write the key itself"),
            _ => (
                "a list or map cannot be a key",
                "put a key that begins with `[` or `{` in quotes",
            ),
        };
        let (node, next) = self.node(at)?;
        // What an alias repeats stands elsewhere; the key stands here.
        let place = match event.what {
            What::Alias(_) => self.place(event.span.clone()),
            _ => node.place,
        };
        let (message, help) = refused;
        self.refuse(
            Diagnostic::new(Code::YamlSyntax, message)
                .at(place)
                .help(help),
        );
        Ok((None, next))
    }

    /// What an anchor holds, once more.
    fn alias(&mut self, anchor: usize, given: &Range<usize>) -> Result<Node, Diagnostic> {
        let target = self.document.anchors.get(anchor).copied();
        let Some(target) = target.filter(|target| !self.open.contains(target)) else {
            let message = "the alias stands inside the value that it repeats";
            let place = self.place(given.clone());
            self.refuse(Diagnostic::new(Code::YamlSyntax, message).at(place));
            return Ok(self.null(given));
        };
        let outer = self.repeating.clone();
        self.repeating.get_or_insert_with(|| given.clone());
        let (node, _) = self.node(target)?;
        self.repeating = outer;
        Ok(node)
    }

    /// Counts what is repeated, texts by their length: ten thousand times a long text is as bad as a million values.
    fn count(&mut self, what: &What<'_>) -> Result<(), Diagnostic> {
        let Some(alias) = &self.repeating else {
            return Ok(());
        };
        self.repeated += 1;
        if let What::Scalar { text, .. } = what {
            self.repeated_bytes += text.len();
        }
        if self.repeated <= MAX_REPEATED && self.repeated_bytes <= self.dialect.max_bytes {
            return Ok(());
        }
        let message = format!("the aliases of this file repeat more than {MAX_REPEATED} values");
        let diagnostic = Diagnostic::new(Code::TooComplex, message).at(self.place(alias.clone()));
        Err(diagnostic.help("write a pattern with parameters instead of repeating values"))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, given: &Range<usize>) -> Node {
        let all = &self.source.text;
        if style == ScalarStyle::Plain && text.is_empty() {
            let span = span::nothing(all, given);
            return self.made(Kind::Null, span, false);
        }
        let span = span::scalar(all, style, given);
        let hidden = if self.dialect.hidden {
            Vec::new()
        } else {
            scalar::hidden(all, text, &span)
        };
        for (char, span) in hidden {
            let place = self.place(span);
            self.refuse(super::text::forbidden(char, place));
        }
        let quoted = style != ScalarStyle::Plain;
        let kind = if quoted {
            Kind::String(text.to_owned())
        } else {
            scalar::plain(text)
        };
        self.made(kind, span, quoted)
    }

    fn refuse_tag(&mut self, given: &Range<usize>) {
        let rest = &self.source.text[given.start..];
        let skipped = rest.find('!').unwrap_or(0);
        let len = rest[skipped..].find(char::is_whitespace);
        let start = given.start + skipped;
        let end = len.map_or(self.source.text.len(), |len| start + len);
        let place = self.place(start..end);
        let message = format!("the tag `{}` is not read", decode::shorten(place.text()));
        let diagnostic = Diagnostic::new(Code::YamlSyntax, message).at(place);
        self.refuse(
            diagnostic.help("write the plain value, or put a text that begins with `!` in quotes"),
        );
    }

    fn refuse_duplicate(&mut self, key: &Key, first: &Place) {
        let message = format!("the key `{}` is written twice", decode::shorten(&key.text));
        let diagnostic = Diagnostic::new(Code::DuplicateKey, message).at(key.place.clone());
        self.refuse(diagnostic.also(first.clone(), "first written here"));
    }

    /// Reports once what is wrong in the text, not again wherever an alias repeats it.
    fn refuse(&mut self, diagnostic: Diagnostic) {
        if self.repeating.is_none() {
            self.diags.push(diagnostic);
        }
    }

    fn null(&self, given: &Range<usize>) -> Node {
        self.made(Kind::Null, given.clone(), false)
    }

    fn made(&self, kind: Kind, span: Range<usize>, quoted: bool) -> Node {
        let place = self.place(span);
        Node {
            kind,
            place,
            quoted,
            tag: None,
        }
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span)
    }
}
