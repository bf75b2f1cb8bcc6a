//! The tree.

use smol_str::SmolStr;

use crate::diag::Place;

/// A value and where it stands.
///
/// What an alias repeats keeps the place of its anchor, because that is where its text can be put right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it is: without its anchor, with its quotes, and without the space behind it.
    pub place: Place,
    /// Whether it was written in quotes or as a block, so that it could only be text.
    pub quoted: bool,
    /// Its tag as it is written, as in `!Ref`, where the dialect has tags.
    pub tag: Option<SmolStr>,
}

/// What a value is.
///
/// There are no fractions: `1.10` is the text of a version at least as often as it is a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`. Words such as `yes`, `on` and `True` are text.
    Bool(bool),
    /// A decimal integer without leading zeros or a plus sign. What does not fit, and `010`, is text.
    Int(i64),
    /// Any other scalar.
    String(SmolStr),
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the file. No key is there twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// The key. It is always text: `80` and `"80"` are the same key.
    pub text: SmolStr,
    /// Where it is.
    pub place: Place,
}

impl Node {
    /// The value as text, if it is a scalar and not null: text itself, and numbers and booleans as they were written.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            // A plain number or boolean stands in the file exactly as it is.
            Kind::Bool(_) | Kind::Int(_) => Some(self.place.text()),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The value of a key, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Kind::Map(entries) = &self.kind else {
            return None;
        };
        let entry = entries.iter().find(|(name, _)| name.text == key);
        entry.map(|(_, value)| value)
    }

    /// Whether there is no value: nothing, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }
}
