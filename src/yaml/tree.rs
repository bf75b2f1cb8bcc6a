//! The tree as it grows: texts, and lists and maps that open and close, refusing what the language leaves out.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use foldhash::HashMap;
use saphyr_parser::ScalarStyle;
use smol_str::SmolStr;

use crate::diag::{Diagnostics, Source};

use super::refusals::Refusals;
use super::{Dialect, Key, Kind, Node, scalar, span};

/// As many keys are looked through one by one: nearly every map has a few, and to hash them takes longer.
const FEW: usize = 16;

/// A tag as it is written, as in `!Ref`.
pub(super) type Tag<'a> = Option<Cow<'a, str>>;

/// A tree that is being built. What is given must close all that it opens, in the reverse order.
pub(super) struct Tree<'a> {
    pub(super) refusals: Refusals<'a>,
    open: Vec<Open>,
    /// The values of all lists that are open, the innermost last: each takes its own when it closes, and has them in a
    /// vector of the right size.
    values: Vec<Node>,
    /// The same of maps.
    entries: Vec<(Key, Node)>,
    root: Option<Node>,
}

/// A list or map that is open, or an alias whose value comes.
struct Open {
    what: What,
    /// The byte that it begins at.
    start: usize,
    tag: Option<SmolStr>,
    /// How many values, or entries, there were before it.
    before: usize,
    /// The byte that the last value ends at.
    last: usize,
}

enum What {
    List,
    Map(Next, Known),
    Alias,
}

/// What comes next in a map.
enum Next {
    Key,
    /// The value of this key, or of one that cannot be used.
    Value(Option<Key>),
}

/// The positions of a map's keys, as soon as there are more than a few.
pub(super) type Known = Option<HashMap<SmolStr, usize>>;

impl<'a> Tree<'a> {
    pub(super) fn new(source: &'a Arc<Source>, dialect: Dialect) -> Self {
        Self {
            refusals: Refusals::new(source, dialect),
            open: Vec::new(),
            values: Vec::new(),
            entries: Vec::new(),
            root: None,
        }
    }

    /// The whole tree, once all that was opened is closed; nothing when nothing was given. With all that was refused.
    pub(super) fn finish(self) -> (Option<Node>, Diagnostics) {
        (self.root, self.refusals.finish())
    }

    /// How many lists, maps and aliases are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// A text, which may be a key, in exactly these bytes.
    pub(super) fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        span: Range<usize>,
        tag: &Tag<'_>,
    ) {
        let tag = self.tag(tag, &span);
        let is_plain = style == ScalarStyle::Plain;
        self.refusals.hidden(&text, &span);
        let place = self.refusals.place(span);
        if let Some(Open {
            what: What::Map(next @ Next::Key, _),
            ..
        }) = self.open.last_mut()
        {
            let refused = match &*text {
                "" if is_plain => Some(NO_KEY),
                "<<" if is_plain => Some(MERGE_KEY),
                _ => None,
            };
            if let Some(refused) = refused {
                *next = Next::Value(None);
                self.refusals.key(place, refused);
            } else {
                *next = Next::Value(Some(Key {
                    text: text.into(),
                    place,
                }));
            }
            return;
        }
        let kind = if is_plain {
            scalar::plain(&text)
        } else {
            Kind::String(text.into())
        };
        self.give(Node {
            kind,
            place,
            quoted: !is_plain,
            tag,
        });
    }

    /// Opens a list.
    pub(super) fn open_list(&mut self, given: &Range<usize>, tag: &Tag<'_>) {
        let before = self.values.len();
        self.open(What::List, before, given, tag);
    }

    /// Opens a map.
    pub(super) fn open_map(&mut self, given: &Range<usize>, tag: &Tag<'_>) {
        let before = self.entries.len();
        self.open(What::Map(Next::Key, Known::default()), before, given, tag);
    }

    /// Opens what stands for one value, which comes from elsewhere and keeps its place.
    pub(super) fn open_alias(&mut self, given: &Range<usize>) {
        let before = self.values.len();
        self.open(What::Alias, before, given, &None);
    }

    fn open(&mut self, what: What, before: usize, given: &Range<usize>, tag: &Tag<'_>) {
        let tag = self.tag(tag, given);
        self.open.push(Open {
            what,
            start: given.start,
            tag,
            before,
            last: 0,
        });
    }

    /// Closes what was opened last. `closing` is what the parser gave for its end.
    pub(super) fn close(&mut self, closing: &Range<usize>) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let kind = match open.what {
            What::List => Kind::List(self.values.drain(open.before..).collect()),
            What::Map(..) => Kind::Map(self.entries.drain(open.before..).collect()),
            What::Alias => {
                self.close_alias(open.start..closing.end);
                return;
            }
        };
        let span = span::collection(self.refusals.text(), open.start, closing, open.last);
        self.give(Node {
            kind,
            place: self.refusals.place(span),
            quoted: false,
            tag: open.tag,
        });
    }

    fn close_alias(&mut self, span: Range<usize>) {
        let Some(value) = self.values.pop() else {
            return;
        };
        if let Some(next) = self.awaits_key() {
            *next = Next::Value(None);
            let place = self.refusals.place(span);
            self.refusals.key(place, ALIAS_AS_KEY);
        } else {
            self.give(value);
        }
    }

    /// Nothing, where something else should stand.
    pub(super) fn null(&mut self, given: &Range<usize>) {
        let node = Node {
            kind: Kind::Null,
            place: self.refusals.place(given.clone()),
            quoted: false,
            tag: None,
        };
        self.give(node);
    }

    /// Puts a value where it belongs.
    fn give(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        let end = node.place.span.end;
        match &mut open.what {
            What::List | What::Alias => self.values.push(node),
            What::Map(next, known) => match std::mem::replace(next, Next::Key) {
                Next::Value(Some(key)) => {
                    let entries = &self.entries[open.before..];
                    if let Some(first) = first(entries, known, &key) {
                        let place = first.place.clone();
                        self.refusals.duplicate(&key, place);
                    } else {
                        self.entries.push((key, node));
                    }
                }
                Next::Value(None) => {}
                Next::Key => {
                    *next = Next::Value(None);
                    self.refusals.key(node.place, NO_TEXT);
                    return;
                }
            },
        }
        if let Some(open) = self.open.last_mut() {
            open.last = end;
        }
    }

    /// What comes next in the innermost map, where it is a key.
    fn awaits_key(&mut self) -> Option<&mut Next> {
        match &mut self.open.last_mut()?.what {
            What::Map(next @ Next::Key, _) => Some(next),
            _ => None,
        }
    }

    fn tag(&mut self, tag: &Tag<'_>, given: &Range<usize>) -> Option<SmolStr> {
        let tag = tag.as_deref()?;
        Some(self.refusals.tag(tag, given.start))
    }
}

/// What cannot be a key, and what to do.
const NO_KEY: (&str, &str) = (
    "a key is missing before `:`",
    "write the key, or remove the line",
);
const MERGE_KEY: (&str, &str) = (
    "merge keys (`<<`) are not read",
    "write the keys out where they are meant",
);
const ALIAS_AS_KEY: (&str, &str) = ("an alias cannot be a key", "write the key itself");
const NO_TEXT: (&str, &str) = (
    "a list or map cannot be a key",
    "put a key that begins with `[` or `{` in quotes",
);

/// The key among these entries that says the same as this one.
pub(super) fn first<'a>(
    entries: &'a [(Key, Node)],
    known: &mut Known,
    key: &Key,
) -> Option<&'a Key> {
    let first = if entries.len() <= FEW {
        entries.iter().find(|(known, _)| known.text == key.text)
    } else {
        let known = known.get_or_insert_default();
        let new = entries.iter().enumerate().skip(known.len());
        known.extend(new.map(|(at, (key, _))| (key.text.clone(), at)));
        known.get(&key.text).and_then(|&at| entries.get(at))
    };
    first.map(|(key, _)| key)
}
