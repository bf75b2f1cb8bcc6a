//! Values of policies and of requests, and when a pattern fits a value.
//!
//! A value is text with symbols in it, for what only a deploy tells. Two symbols are alike when they are the same symbol: a
//! parameter is taken to name nothing that the template makes. The partition is `aws`: no template works in two partitions
//! at once, so that its name tells nothing apart.

use super::tri::Tri;
use crate::cloud::{Environment, Term};

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

/// What a pattern may hold besides text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wild {
    /// `*` and `?` are themselves.
    Plain,
    /// `*` is any characters, `?` is any one.
    Glob,
}

/// One character, or one symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token<'a> {
    Char(char),
    Symbol(&'a Term),
    Other,
    Unread,
    Many,
    One,
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
        if let ([Piece::Text(own)], [Piece::Text(of)]) = (self.0.as_slice(), arn.0.as_slice()) {
            let rest = of.strip_prefix(own.as_str());
            return rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']));
        }
        let (own, of) = (self.tokens(Wild::Plain), arn.tokens(Wild::Plain));
        of.strip_prefix(own.as_slice())
            .is_some_and(|rest| matches!(rest.first(), None | Some(Token::Char('/' | ':'))))
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
        let mut parts = vec![Self::default()];
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

    /// Whether this pattern fits `value`.
    pub(super) fn fits(&self, value: &Self, wild: Wild) -> Tri {
        let guesses = self.is_guess() || value.is_guess();
        // Most values are compared with themselves or with known text.
        if self == value && !self.is_unread() {
            return Tri::Yes;
        }
        if (wild == Wild::Plain && !guesses) || self.differs_at_once(value, wild) {
            return Tri::No;
        }
        if let ([Piece::Text(pattern)], [Piece::Text(value)]) =
            (self.0.as_slice(), value.0.as_slice())
            && pattern.is_ascii()
            && value.is_ascii()
        {
            return fits_bytes(pattern.as_bytes(), value.as_bytes()).into();
        }
        let pattern = self.tokens(wild);
        let value = value.tokens(Wild::Plain);
        if agree(&pattern, &value, false) {
            Tri::Yes
        } else if guesses && agree(&pattern, &value, true) {
            Tri::Maybe
        } else {
            Tri::No
        }
    }

    /// Whether this pattern of an ARN fits `value`: each of the six parts by itself, so that a `*` reaches over no colon but
    /// those of the last part.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    pub(super) fn fits_arn(&self, value: &Self) -> Tri {
        let (pattern, parts) = (self.split_colons(6), value.split_colons(6));
        if pattern.len() < 6 || parts.len() < 6 {
            return self.fits(value, Wild::Glob);
        }
        Tri::all(
            pattern
                .iter()
                .zip(&parts)
                .map(|(pattern, part)| pattern.fits(part, Wild::Glob)),
        )
    }

    /// Whether something in it may happen to be the right text.
    fn is_guess(&self) -> bool {
        self.0
            .iter()
            .any(|piece| matches!(piece, Piece::Unread | Piece::Symbol(Term::Environment(_))))
    }

    /// Whether both begin with known text that differs before anything in it could stand for something else. Nearly all
    /// values that are compared do, and then there is nothing to take apart.
    fn differs_at_once(&self, value: &Self, wild: Wild) -> bool {
        let ([Piece::Text(pattern), ..], [Piece::Text(value), ..]) =
            (self.0.as_slice(), value.0.as_slice())
        else {
            return false;
        };
        let is_wild = |byte: u8| wild == Wild::Glob && matches!(byte, b'*' | b'?');
        pattern
            .bytes()
            .zip(value.bytes())
            .take_while(|(byte, _)| !is_wild(*byte))
            .any(|(byte, of_value)| byte != of_value)
    }

    fn tokens(&self, wild: Wild) -> Vec<Token<'_>> {
        let room = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            _ => 1,
        });
        let mut tokens = Vec::with_capacity(room.sum());
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => tokens.extend(text.chars().map(|c| match (c, wild) {
                    ('*', Wild::Glob) => Token::Many,
                    ('?', Wild::Glob) => Token::One,
                    _ => Token::Char(c),
                })),
                Piece::Symbol(term) => tokens.push(Token::Symbol(term)),
                Piece::Other => tokens.push(Token::Other),
                Piece::Unread => tokens.push(Token::Unread),
            }
        }
        tokens
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::default().then(text)
    }
}

/// Whether a pattern of known text fits known text: after each `*` the next part is looked for as far to the left as it can be,
/// which leaves the most for what follows. The time is at most the product of the lengths.
fn fits_bytes(pattern: &[u8], value: &[u8]) -> bool {
    let (mut at, mut of_value) = (0, 0);
    // Where the last `*` stands, and how far the value was when it was reached.
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = value.get(of_value) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, of_value));
                at += 1;
            }
            Some(&wanted) if wanted == b'?' || wanted == byte => {
                at += 1;
                of_value += 1;
            }
            _ => match &mut star {
                Some((position, reached)) => {
                    *reached += 1;
                    (at, of_value) = (*position + 1, *reached);
                }
                None => return false,
            },
        }
    }
    let rest = pattern.get(at..).unwrap_or_default();
    rest.iter().all(|&byte| byte == b'*')
}

/// Whether a pattern and a value agree: for sure, or (`guess`) when what is not known here happens to be right.
///
/// A table of what the beginnings of both agree on, so that the time is the product of the lengths whatever they hold.
fn agree(pattern: &[Token<'_>], value: &[Token<'_>], guess: bool) -> bool {
    let Some((pattern, value)) = without_ends(pattern, value, guess) else {
        return false;
    };
    if let [Token::Many] = pattern {
        return true;
    }
    let mut row = vec![false; value.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    // A guess at the beginning of the value may stand for nothing.
    if guess {
        extend_guesses(&mut row, value);
    }
    for token in pattern {
        let mut next = vec![false; value.len() + 1];
        for (at, slot) in next.iter_mut().enumerate() {
            let empty = matches!(token, Token::Many) || (guess && matches!(token, Token::Unread));
            *slot = empty && row.get(at).copied().unwrap_or_default();
        }
        for (at, of_value) in value.iter().enumerate() {
            let before = row.get(at).copied().unwrap_or_default();
            let stayed = next.get(at).copied().unwrap_or_default();
            let passed = row.get(at + 1).copied().unwrap_or_default();
            let Some(slot) = next.get_mut(at + 1) else {
                continue;
            };
            *slot |= match token {
                Token::Many => stayed || before,
                Token::Unread if guess => stayed || before,
                token => {
                    let same = one(token, of_value, guess) && before;
                    let pattern_goes_on = guess && stays(token, of_value) && (stayed || before);
                    let value_goes_on = guess && stays(of_value, token) && (passed || before);
                    same || pattern_goes_on || value_goes_on
                }
            };
        }
        row = next;
        if guess {
            extend_guesses(&mut row, value);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Both without what stands alike at their beginnings and at their ends, or nothing when that alone shows that they differ.
/// Nearly all values that are compared differ there, and then no table is needed.
fn without_ends<'a, 't>(
    mut pattern: &'a [Token<'t>],
    mut value: &'a [Token<'t>],
    guess: bool,
) -> Option<(&'a [Token<'t>], &'a [Token<'t>])> {
    // A guess can stretch symbols, and so only characters are surely opposite each other.
    let opposite = |one: &Token<'_>, other: &Token<'_>| {
        let character = |token: &Token<'_>| matches!(token, Token::Char(_));
        !matches!(one, Token::Many) && (!guess || (character(one) && character(other)))
    };
    while let ([first, rest @ ..], [of_value, others @ ..]) = (pattern, value)
        && opposite(first, of_value)
    {
        if !one(first, of_value, guess) {
            return None;
        }
        (pattern, value) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., of_value]) = (pattern, value)
        && opposite(last, of_value)
    {
        if !one(last, of_value, guess) {
            return None;
        }
        (pattern, value) = (rest, others);
    }
    Some((pattern, value))
}

/// What is not understood in a value may be empty.
fn extend_guesses(row: &mut [bool], value: &[Token<'_>]) {
    for (at, token) in value.iter().enumerate() {
        if matches!(token, Token::Unread)
            && row.get(at).copied().unwrap_or_default()
            && let Some(slot) = row.get_mut(at + 1)
        {
            *slot = true;
        }
    }
}

/// Whether one token fits one token.
fn one(pattern: &Token<'_>, value: &Token<'_>, guess: bool) -> bool {
    match (pattern, value) {
        (_, Token::Unread) => guess,
        (Token::One, Token::Char(_)) => true,
        (pattern, value) => pattern == value,
    }
}

/// Whether `symbol` may be a text in which `character` stands. Only what AWS itself names is guessed at: the account has
/// twelve digits, and a region letters, digits and hyphens.
fn stays(symbol: &Token<'_>, character: &Token<'_>) -> bool {
    let Token::Char(c) = character else {
        return matches!(symbol, Token::Unread);
    };
    match symbol {
        Token::Symbol(Term::Environment(Environment::AccountId)) => c.is_ascii_digit(),
        Token::Symbol(Term::Environment(Environment::Region)) => {
            c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-'
        }
        Token::Unread => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
