//! When a pattern fits a value: for sure, perhaps, or not.
//!
//! Nearly all that is compared is alike or differs in known text at its beginning. That is found out byte by byte, where
//! both stand; only what is left is taken apart into tokens.

use super::{Piece, Value};
use crate::cloud::{Environment, Term};
use crate::reach::aws::access::tri::Tri;

/// What a pattern may hold besides text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::reach::aws::access) enum Wild {
    /// `*` and `?` are themselves.
    Plain,
    /// `*` is any characters, `?` is any one.
    Glob,
}

impl Wild {
    fn has(self, byte: u8) -> bool {
        self == Self::Glob && matches!(byte, b'*' | b'?')
    }
}

/// One character, or one symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'a> {
    Char(char),
    Symbol(&'a Term),
    Other,
    Unread,
    Many,
    One,
}

/// What is not known while two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guess {
    /// It is not the right text.
    No,
    /// It happens to be the right text.
    Right,
}

impl Value {
    /// Whether this pattern fits `value`.
    pub(in crate::reach::aws::access) fn fits(&self, value: &Self, wild: Wild) -> Tri {
        if self.begins_unlike(value, wild) {
            return Tri::No;
        }
        let surely = behind_the_same(self, value, wild, Guess::No);
        if surely.is_some_and(|(pattern, value)| agree(pattern, value)) {
            return Tri::Yes;
        }
        if !self.is_guess() && !value.is_guess() {
            return Tri::No;
        }
        let perhaps = behind_the_same(self, value, wild, Guess::Right);
        if perhaps.is_some_and(|(pattern, value)| may_agree(pattern, value)) {
            Tri::Maybe
        } else {
            Tri::No
        }
    }

    /// Whether this pattern of an ARN fits `value`: each of the six parts by itself, so that a `*` reaches over no colon but
    /// those of the last part.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    pub(in crate::reach::aws::access) fn fits_arn(&self, value: &Self) -> Tri {
        if self == value && !self.is_unread() {
            return Tri::Yes;
        }
        // What differs before any wildcard differs in one of the parts.
        if self.begins_unlike(value, Wild::Glob) {
            return Tri::No;
        }
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

    /// Whether the texts at the beginnings of both show already that this pattern does not fit.
    fn begins_unlike(&self, value: &Self, wild: Wild) -> bool {
        let (Some(Piece::Text(text)), Some(Piece::Text(of_value))) =
            (self.0.first(), value.0.first())
        else {
            return false;
        };
        let mut pairs = text.bytes().zip(of_value.bytes());
        let stopped = pairs.find(|&(byte, other)| byte != other || wild.has(byte));
        stopped.is_some_and(|(byte, _)| !wild.has(byte))
    }

    /// Whether something in it may happen to be the right text.
    pub(super) fn is_guess(&self) -> bool {
        self.0
            .iter()
            .any(|piece| matches!(piece, Piece::Unread | Piece::Symbol(Term::Environment(_))))
    }
}

/// The end of a value, from a place in it.
#[derive(Clone)]
pub(super) struct Rest<'a> {
    /// What is left of the text in which the place is.
    text: &'a str,
    /// What stands behind that.
    pieces: &'a [Piece],
    wild: Wild,
}

impl<'a> Rest<'a> {
    /// All of a value.
    pub(super) fn all(value: &'a Value, wild: Wild) -> Self {
        Self {
            text: "",
            pieces: &value.0,
            wild,
        }
    }

    /// The known text at the place: nothing where something else stands, or nothing at all.
    fn open(&mut self) -> &'a str {
        if self.text.is_empty()
            && let [Piece::Text(text), behind @ ..] = self.pieces
        {
            (self.text, self.pieces) = (text, behind);
        }
        self.text
    }

    /// Behind so many bytes of the known text.
    fn behind(mut self, bytes: usize) -> Self {
        self.text = self.text.get(bytes..).unwrap_or_default();
        self
    }
}

impl<'a> Iterator for Rest<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let mut text = self.open().chars();
        if let Some(character) = text.next() {
            self.text = text.as_str();
            return Some(match (character, self.wild) {
                ('*', Wild::Glob) => Token::Many,
                ('?', Wild::Glob) => Token::One,
                _ => Token::Char(character),
            });
        }
        let (piece, behind) = self.pieces.split_first()?;
        self.pieces = behind;
        Some(match piece {
            Piece::Symbol(term) => Token::Symbol(term),
            Piece::Other => Token::Other,
            // A text that is empty is none, and `open` has taken every other one.
            Piece::Unread | Piece::Text(_) => Token::Unread,
        })
    }
}

/// Both without what stands alike at their beginnings, or nothing when that alone shows that they differ.
fn behind_the_same<'a>(
    pattern: &'a Value,
    value: &'a Value,
    wild: Wild,
    guess: Guess,
) -> Option<(Rest<'a>, Rest<'a>)> {
    let (mut pattern, mut value) = (Rest::all(pattern, wild), Rest::all(value, Wild::Plain));
    loop {
        let (text, of_value) = (pattern.open().as_bytes(), value.open().as_bytes());
        if text.is_empty() || of_value.is_empty() {
            match behind_a_symbol(&pattern, &value, guess) {
                Next::Goes(behind, of_value) => (pattern, value) = (behind, of_value),
                Next::Stops => return Some((pattern, value)),
                Next::Differs => return None,
            }
            continue;
        }
        let pairs = text.iter().zip(of_value);
        let same = pairs.take_while(|(byte, other)| byte == other && !wild.has(**byte));
        let same = same.count();
        let stopped = text.get(same).zip(of_value.get(same));
        (pattern, value) = (pattern.behind(same), value.behind(same));
        match stopped {
            Some((byte, _)) if wild.has(*byte) => return Some((pattern, value)),
            Some(_) => return None,
            None => {}
        }
    }
}

/// What comes of two places at which not both values have known text.
enum Next<'a> {
    /// Both have the same there, and nothing else can stand opposite either.
    Goes(Rest<'a>, Rest<'a>),
    /// What stands opposite what is a matter of more than this place.
    Stops,
    /// They differ.
    Differs,
}

fn behind_a_symbol<'a>(pattern: &Rest<'a>, value: &Rest<'a>, guess: Guess) -> Next<'a> {
    let (mut pattern, mut value) = (pattern.clone(), value.clone());
    let (Some(token), Some(of_value)) = (pattern.next(), value.next()) else {
        return Next::Stops;
    };
    let reaches = |one: Token<'_>, other| guess == Guess::Right && stays(one, other);
    let is_open = |token| matches!(token, Token::Many | Token::Unread);
    if is_open(token) || is_open(of_value) || reaches(token, of_value) || reaches(of_value, token) {
        return Next::Stops;
    }
    if !one(token, of_value, guess) {
        return Next::Differs;
    }
    // A symbol that happens to be longer reaches into what follows.
    let mut follow = [pattern.clone(), value.clone()]
        .into_iter()
        .filter_map(|mut rest| rest.next());
    if follow.any(|next| reaches(token, next)) {
        return Next::Stops;
    }
    Next::Goes(pattern, value)
}

/// Whether a pattern and a value surely agree: after each `*` the next part is looked for as far to the left as it can be,
/// which leaves the most for what follows. The time is at most the product of the lengths.
pub(super) fn agree(mut pattern: Rest<'_>, mut value: Rest<'_>) -> bool {
    // What stands behind the last `*`, and where the value was when that was reached.
    let mut star: Option<(Rest<'_>, Rest<'_>)> = None;
    loop {
        let (mut behind, mut of_value_behind) = (pattern.clone(), value.clone());
        match (behind.next(), of_value_behind.next()) {
            (None, None) => return true,
            (Some(Token::Many), _) => {
                star = Some((behind.clone(), value.clone()));
                pattern = behind;
            }
            (Some(token), Some(of_value)) if one(token, of_value, Guess::No) => {
                (pattern, value) = (behind, of_value_behind);
            }
            (Some(_), None) => return false,
            _ => {
                let Some((behind, reached)) = &mut star else {
                    return false;
                };
                reached.next();
                (pattern, value) = (behind.clone(), reached.clone());
            }
        }
    }
}

/// Whether a pattern and a value agree when what is not known here happens to be right.
///
/// A table of what the beginnings of both agree on, so that the time is the product of the lengths whatever they hold.
pub(super) fn may_agree(pattern: Rest<'_>, value: Rest<'_>) -> bool {
    let (pattern, value): (Vec<_>, Vec<_>) = (pattern.collect(), value.collect());
    let Some((pattern, value)) = before_the_same(&pattern, &value) else {
        return false;
    };
    if let [Token::Many] = pattern {
        return true;
    }
    let mut row = vec![false; value.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    // What is not understood at the beginning of the value may stand for nothing.
    extend_guesses(&mut row, value);
    for &token in pattern {
        let empty = matches!(token, Token::Many | Token::Unread);
        let mut next: Vec<_> = row.iter().map(|reached| empty && *reached).collect();
        for (at, &of_value) in value.iter().enumerate() {
            let before = row.get(at).copied().unwrap_or_default();
            let stayed = next.get(at).copied().unwrap_or_default();
            let passed = row.get(at + 1).copied().unwrap_or_default();
            let Some(slot) = next.get_mut(at + 1) else {
                continue;
            };
            *slot |= if empty {
                stayed || before
            } else {
                let same = one(token, of_value, Guess::Right) && before;
                let pattern_goes_on = stays(token, of_value) && (stayed || before);
                let value_goes_on = stays(of_value, token) && (passed || before);
                same || pattern_goes_on || value_goes_on
            };
        }
        row = next;
        extend_guesses(&mut row, value);
    }
    row.last().copied().unwrap_or_default()
}

/// Both without the characters that stand alike at their ends, or nothing when that alone shows that they differ.
fn before_the_same<'a, 't>(
    mut pattern: &'a [Token<'t>],
    mut value: &'a [Token<'t>],
) -> Option<(&'a [Token<'t>], &'a [Token<'t>])> {
    while let ([rest @ .., Token::Char(last)], [others @ .., Token::Char(of_value)]) =
        (pattern, value)
    {
        if last != of_value {
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
fn one(pattern: Token<'_>, value: Token<'_>, guess: Guess) -> bool {
    match (pattern, value) {
        (_, Token::Unread) => guess == Guess::Right,
        (Token::One, Token::Char(_)) => true,
        (pattern, value) => pattern == value,
    }
}

/// Whether `symbol` may be a text in which `character` stands. Only what AWS itself names is guessed at: the account has
/// twelve digits, and a region letters, digits and hyphens.
fn stays(symbol: Token<'_>, character: Token<'_>) -> bool {
    let Token::Char(c) = character else {
        return matches!(symbol, Token::Unread);
    };
    match symbol {
        Token::Symbol(Term::Environment(Environment::AccountId)) => c.is_ascii_digit(),
        Token::Symbol(Term::Environment(Environment::Region)) => {
            c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
        }
        Token::Unread => true,
        _ => false,
    }
}
