//! What may stand in a file, as data: tables by which files are read, and from which editors are told.
//!
//! A table stands beside the code that reads by it. It says which keys there are, which of them must be there and what their
//! values may be; what a value means, and whether values go together, only the reader knows.

use super::form::TextForm;

/// A map whose keys are known words.
#[derive(Debug)]
pub struct Table {
    /// What it describes, such as `a stack`.
    pub what: &'static str,
    /// Its keys, in the order in which they are written.
    pub keys: &'static [Key],
}

/// A key of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The word.
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// What its value may be.
    pub shape: Shape,
    /// What it is for, in one sentence.
    pub help: &'static str,
}

/// Whether a key must be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// It must, and its absence is a missing key.
    Must,
    /// It must, and whoever reads the table tells in words of its own when it is not there.
    Told,
    /// It may.
    May,
}

impl Key {
    /// A key that must be there.
    #[must_use]
    pub const fn must(name: &'static str, shape: Shape, help: &'static str) -> Self {
        Self {
            name,
            need: Need::Must,
            shape,
            help,
        }
    }

    /// A key that may be there.
    #[must_use]
    pub const fn may(name: &'static str, shape: Shape, help: &'static str) -> Self {
        Self {
            name,
            need: Need::May,
            shape,
            help,
        }
    }

    /// A key that must be there, and whose absence has an error of its own.
    #[must_use]
    pub const fn told(name: &'static str, shape: Shape, help: &'static str) -> Self {
        Self {
            name,
            need: Need::Told,
            shape,
            help,
        }
    }
}

/// A whole number between two bounds, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Within {
    /// The smallest.
    pub min: i64,
    /// The largest.
    pub max: i64,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text; a number or a boolean counts as it is written.
    Text,
    /// A text of a form.
    Form(TextForm),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// A whole number between two bounds, which may be written as a text as well.
    Number(Within),
    /// `true` or `false`, which may be written as a text as well.
    Boolean,
    /// A list of such values.
    List(&'static Shape),
    /// One such value, or a list of them.
    Several(&'static Shape),
    /// A map whose keys are known words.
    Map(&'static Table),
    /// A map that is one of several kinds.
    OneOf(&'static [&'static Table]),
    /// A map from names that the user gives, of this form, to such values.
    Named(TextForm, &'static Shape),
    /// Such a value, or nothing: every line below the key is commented out.
    OrNothing(&'static Shape),
    /// Such a value, in which parameters of the pattern may be named and which may have a condition.
    Filled(&'static Shape),
    /// What a flow lets pass: traffic, or an action of a service.
    Allow,
    /// A condition on the values of parameters.
    Condition,
    /// The id of a pattern.
    PatternId,
    /// The version of the pattern that a stack was made for.
    PatternVersion,
    /// Values for the parameters of a pattern.
    Values,
    /// A value of the type that a parameter declares beside it.
    Declared,
    /// A list of those.
    DeclaredList,
    /// A part of a pattern that is read when it gets its values.
    Body,
}

/// The words of a table of words and what they mean.
#[must_use]
pub const fn words<T: Copy, const N: usize>(table: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = table[at].0;
        at += 1;
    }
    words
}
