//! Values of policies and of requests, and when a pattern fits a value.
//!
//! A value is text with symbols in it, for what only a deploy tells. Two symbols are alike when they are the same symbol: a
//! parameter is taken to name nothing that the template makes. The partition is `aws`: no template works in two partitions
//! at once, so that its name tells nothing apart.

mod fits;

use std::borrow::Cow;
use std::sync::LazyLock;

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

    /// The same, where it is only looked at.
    pub(super) fn nobody() -> &'static Self {
        static OTHER: LazyLock<Value> = LazyLock::new(Value::other);
        &OTHER
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
        let mut pieces = other.0.into_iter();
        // Only where the two meet may text stand beside text.
        match (self.0.last_mut(), pieces.next()) {
            (Some(Piece::Text(before)), Some(Piece::Text(text))) => before.push_str(&text),
            (_, first) => self.0.extend(first),
        }
        self.0.extend(pieces);
        self
    }

    /// A text as a policy writes it.
    #[cfg(test)]
    fn of_policy(text: &str) -> Self {
        let mut value = Self::default();
        value.push_policy(text);
        value
    }

    /// Puts a text behind the value as a policy writes it: what stands in `${}` is a variable of IAM, which only a request
    /// fills in. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    pub(super) fn push_policy(&mut self, text: &str) {
        let mut rest = text;
        // Looking for one byte is much faster than for two, and most texts have not even that.
        while rest.as_bytes().contains(&b'$')
            && let Some((before, behind)) = rest.split_once("${")
        {
            let Some((_, after)) = behind.split_once('}') else {
                break;
            };
            self.push_text(before);
            self.0.push(Piece::Unread);
            rest = after;
        }
        self.push_text(rest);
    }

    /// Puts text behind the value.
    pub(super) fn push_text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
    }

    /// Puts texts behind the value, one after the other.
    pub(super) fn push_texts(&mut self, texts: &[&str]) {
        if let Some(Piece::Text(before)) = self.0.last_mut() {
            before.extend(texts.iter().copied());
        } else if texts.iter().any(|text| !text.is_empty()) {
            self.0.push(Piece::Text(texts.concat()));
        }
    }

    /// An empty value with room for so many pieces.
    pub(super) fn with_room(pieces: usize) -> Self {
        Self(Vec::with_capacity(pieces))
    }

    /// Makes room for so many pieces more.
    pub(super) fn reserve(&mut self, pieces: usize) {
        self.0.reserve(pieces);
    }

    /// Puts a symbol behind the value.
    pub(super) fn push_symbol(&mut self, term: Term) {
        self.0.push(Piece::Symbol(term));
    }

    /// Whether it is a pattern: a `*` or a `?` is in it.
    fn is_pattern(&self) -> bool {
        let is_wild = |text: &str| memchr::memchr2(b'*', b'?', text.as_bytes()).is_some();
        let mut pieces = self.0.iter();
        pieces.any(|piece| matches!(piece, Piece::Text(text) if is_wild(text)))
    }

    /// The value for which a pattern stands when nothing else names it: each `*` and `?` is something that nobody names.
    pub(super) fn specimen(&self) -> Self {
        self.as_specimen().into_owned()
    }

    /// The same of a pattern that nobody else needs.
    pub(super) fn into_specimen(self) -> Self {
        match self.as_specimen() {
            Cow::Owned(specimen) => specimen,
            Cow::Borrowed(_) => self,
        }
    }

    /// The same, which is the value itself where it is no pattern.
    pub(super) fn as_specimen(&self) -> Cow<'_, Self> {
        if !self.is_pattern() {
            return Cow::Borrowed(self);
        }
        let mut value = Self::with_room(self.0.len() + 1);
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
        Cow::Owned(value)
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

    /// The known text at the beginning of a pattern.
    pub(super) fn beginning(&self) -> &str {
        let Some(Piece::Text(text)) = self.0.first() else {
            return "";
        };
        let wild = text.bytes().position(|byte| matches!(byte, b'*' | b'?'));
        text.get(..wild.unwrap_or(text.len())).unwrap_or_default()
    }

    /// Whether known text at the beginning is another one than this, as far as both go.
    pub(super) fn begins_unlike(&self, beginning: &str) -> bool {
        let Some(Piece::Text(text)) = self.0.first() else {
            return false;
        };
        let both = text.len().min(beginning.len());
        text.as_bytes().get(..both) != beginning.as_bytes().get(..both)
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
            let mut rest = text.as_str();
            loop {
                let colon = rest.bytes().position(|byte| byte == b':');
                let part = rest.get(..colon.unwrap_or(rest.len())).unwrap_or_default();
                found = match found {
                    Section::Text("") => Section::Text(part),
                    found if part.is_empty() => found,
                    _ => Section::Other,
                };
                let Some(colon) = colon else {
                    break;
                };
                if colons == count {
                    return Some(found);
                }
                colons += 1;
                found = Section::Text("");
                rest = rest.get(colon + 1..).unwrap_or_default();
            }
        }
        (colons == count).then_some(found)
    }

    /// The value as a term: what nobody names is a `*`.
    pub(super) fn to_term(&self) -> Term {
        let term = |piece: &Piece| match piece {
            Piece::Text(text) => Term::Text(text.into()),
            Piece::Symbol(term) => term.clone(),
            Piece::Other => "*".into(),
            Piece::Unread => "${}".into(),
        };
        match self.0.as_slice() {
            [one] => term(one),
            pieces => Term::Join(pieces.iter().map(term).collect()),
        }
    }

    /// The value as text, where a `*` stands for whatever is none.
    pub(super) fn to_plain(&self) -> String {
        if let Some(text) = self.as_text() {
            return text.to_owned();
        }
        let mut plain = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => plain.push_str(text),
                Piece::Symbol(term) => push_plain(&mut plain, term),
                Piece::Other => plain.push('*'),
                Piece::Unread => plain.push_str("${}"),
            }
        }
        plain
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
        let mut value = Self::with_room((!text.is_empty()).into());
        value.push_text(text);
        value
    }
}

fn push_plain(plain: &mut String, term: &Term) {
    match term {
        Term::Text(text) => plain.push_str(text),
        Term::Join(parts) => parts.iter().for_each(|part| push_plain(plain, part)),
        _ => plain.push('*'),
    }
}

#[cfg(test)]
mod tests;
