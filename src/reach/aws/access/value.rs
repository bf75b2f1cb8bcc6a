//! Values of policies and of requests, and when a pattern fits a value.
//!
//! A value is text with symbols in it, for what only a deploy tells. Two symbols are alike when they are the same symbol: a
//! parameter is taken to name nothing that the template makes. The partition is `aws`: no template works in two partitions
//! at once, so that its name tells nothing apart.

mod fits;

use crate::cloud::Term;

pub(super) use fits::Wild;

/// A part of a [`Value`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Piece {
    /// Known text.
    Text(String),
    /// What a deploy tells: never a [`Term::Text`] nor a [`Term::Join`].
    Symbol(Term),
    /// Whatever nobody names.
    Other,
    /// What is not understood: a variable of IAM, as in `${aws:username}`.
    Unread,
}

/// A value, with the names of the template's own things taken apart as far as the template says them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(super) struct Value(Vec<Piece>);

/// A part of a value that stands between colons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Section<'a> {
    /// Known text and nothing else.
    Text(&'a str),
    /// Something else.
    Other,
}

impl<'a> Section<'a> {
    /// The text, when nothing else is in it.
    pub(super) fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other => None,
        }
    }
}

impl Value {
    /// A value that nobody names.
    pub(super) fn other() -> Self {
        Self(vec![Piece::Other])
    }

    /// A value of a symbol alone.
    pub(super) fn symbol(term: Term) -> Self {
        Self(vec![Piece::Symbol(term)])
    }

    /// The same value with `text` behind it.
    pub(super) fn then(mut self, text: &str) -> Self {
        self.push_text(text);
        self
    }

    /// The same value with another one behind it.
    pub(super) fn join(mut self, other: Self) -> Self {
        for piece in other.0 {
            match piece {
                Piece::Text(text) => self.push_text(&text),
                piece => self.0.push(piece),
            }
        }
        self
    }

    /// A text as a policy writes it: what stands in `${}` is a variable of IAM, which only a request fills in.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    pub(super) fn of_policy(text: &str) -> Self {
        let mut value = Self::default();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${") {
            let Some((_, after)) = behind.split_once('}') else {
                break;
            };
            value.push_text(before);
            value.0.push(Piece::Unread);
            rest = after;
        }
        value.push_text(rest);
        value
    }

    fn push_text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
    }

    /// The value for which a pattern stands when nothing else names it: each `*` and `?` is something that nobody names.
    pub(super) fn specimen(&self) -> Self {
        let mut value = Self::default();
        for piece in &self.0 {
            let Piece::Text(text) = piece else {
                value.0.push(piece.clone());
                continue;
            };
            for (at, part) in text.split(['*', '?']).enumerate() {
                if at > 0 && value.0.last() != Some(&Piece::Other) {
                    value.0.push(Piece::Other);
                }
                value.push_text(part);
            }
        }
        value
    }

    /// The text, when nothing else is in it.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The only symbol, when nothing else is in it.
    pub(super) fn as_symbol(&self) -> Option<&Term> {
        match self.0.as_slice() {
            [Piece::Symbol(term)] => Some(term),
            _ => None,
        }
    }

    /// Whether an ARN is this one's or that of something in it, as an object in a bucket.
    pub(super) fn holds_arn(&self, arn: &Self) -> bool {
        const INTO: [char; 2] = ['/', ':'];
        if let Some((Piece::Text(own), before)) = self.0.split_last() {
            let Some([Piece::Text(of), behind @ ..]) = arn.0.strip_prefix(before) else {
                return false;
            };
            return match of.strip_prefix(own.as_str()) {
                Some("") => behind.is_empty(),
                rest => rest.is_some_and(|rest| rest.starts_with(INTO)),
            };
        }
        let rest = arn.0.strip_prefix(self.0.as_slice());
        rest.is_some_and(|rest| match rest.first() {
            None => true,
            Some(piece) => matches!(piece, Piece::Text(text) if text.starts_with(INTO)),
        })
    }

    /// Every symbol, in order.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &Term> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Symbol(term) => Some(term),
            _ => None,
        })
    }

    /// Whether something in it is not understood.
    pub(super) fn is_unread(&self) -> bool {
        self.0.contains(&Piece::Unread)
    }

    /// The parts between colons, at most `most`: the last one has the rest.
    pub(super) fn split_colons(&self, most: usize) -> Vec<Self> {
        let mut parts = Vec::with_capacity(most);
        parts.push(Self::default());
        for piece in &self.0 {
            let Piece::Text(text) = piece else {
                if let Some(last) = parts.last_mut() {
                    last.0.push(piece.clone());
                }
                continue;
            };
            let pieces = text.splitn(most - parts.len() + 1, ':');
            for (at, part) in pieces.enumerate() {
                if at > 0 {
                    parts.push(Self::default());
                }
                if let Some(last) = parts.last_mut() {
                    last.push_text(part);
                }
            }
        }
        parts
    }

    /// What stands behind so many colons and before the next one; nothing where there are fewer.
    pub(super) fn behind_colons(&self, count: usize) -> Option<Section<'_>> {
        let (mut colons, mut found) = (0, Section::Text(""));
        for piece in &self.0 {
            let Piece::Text(text) = piece else {
                found = Section::Other;
                continue;
            };
            for (at, part) in text.split(':').enumerate() {
                if at > 0 {
                    if colons == count {
                        return Some(found);
                    }
                    colons += 1;
                    found = Section::Text("");
                }
                found = match found {
                    Section::Text("") => Section::Text(part),
                    found if part.is_empty() => found,
                    _ => Section::Other,
                };
            }
        }
        (colons == count).then_some(found)
    }

    /// The value as a term: what nobody names is a `*`.
    pub(super) fn to_term(&self) -> Term {
        let term = |piece: &Piece| match piece {
            Piece::Text(text) => Term::Text(text.clone()),
            Piece::Symbol(term) => term.clone(),
            Piece::Other => "*".into(),
            Piece::Unread => "${}".into(),
        };
        match self.0.as_slice() {
            [one] => term(one),
            pieces => Term::Join(pieces.iter().map(term).collect()),
        }
    }

    /// The value with small letters only.
    pub(super) fn lower(&self) -> Self {
        let lower = |piece: &Piece| match piece {
            Piece::Text(text) => Piece::Text(text.to_lowercase()),
            piece => piece.clone(),
        };
        Self(self.0.iter().map(lower).collect())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::default().then(text)
    }
}

#[cfg(test)]
mod tests;
