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
        // A text without wildcards is itself and nothing else.
        if let (Some(pattern), Some(value)) = (self.as_text(), value.as_text())
            && !pattern.bytes().any(|byte| wild.has(byte))
        {
            return (pattern == value).into();
        }
        let Some((pattern, of_value)) = behind_the_same(self, value, wild) else {
            return Tri::No;
        };
        if agree(pattern.clone(), of_value.clone()) {
            Tri::Yes
        } else if (self.is_guess() || value.is_guess()) && may_agree(pattern, of_value) {
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
        // What fits part by part fits as a whole.
        let whole = self.fits(value, Wild::Glob);
        if whole == Tri::No {
            return Tri::No;
        }
        let (pattern, parts) = (self.split_colons(6), value.split_colons(6));
        if pattern.len() < 6 || parts.len() < 6 {
            return whole;
        }
        Tri::all(
            pattern
                .iter()
                .zip(&parts)
                .map(|(pattern, part)| pattern.fits(part, Wild::Glob)),
        )
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
    #[cfg(test)]
    pub(super) fn all(value: &'a Value, wild: Wild) -> Self {
        Self::from(value, 0, wild)
    }

    /// What stands behind so many pieces of a value.
    fn from(value: &'a Value, pieces: usize, wild: Wild) -> Self {
        Self {
            text: "",
            pieces: value.0.get(pieces..).unwrap_or_default(),
            wild,
        }
    }

    /// Whether nothing is left.
    fn is_over(&self) -> bool {
        self.text.is_empty() && self.pieces.is_empty()
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

    /// Goes behind so many bytes of the known text.
    fn pass(&mut self, bytes: usize) {
        self.text = self.text.get(bytes..).unwrap_or_default();
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

/// Both without what stands alike at their beginnings, or nothing when that alone shows that they differ, whatever is guessed.
fn behind_the_same<'a>(
    pattern: &'a Value,
    value: &'a Value,
    wild: Wild,
) -> Option<(Rest<'a>, Rest<'a>)> {
    let same = same_pieces(&pattern.0, &value.0, wild);
    let mut pattern = Rest::from(pattern, same, wild);
    let mut value = Rest::from(value, same, Wild::Plain);
    loop {
        let (text, of_value) = (pattern.open().as_bytes(), value.open().as_bytes());
        if text.is_empty() || of_value.is_empty() {
            match pass(&mut pattern, &mut value) {
                Next::Goes => continue,
                Next::Stops => return Some((pattern, value)),
                Next::Differs => return None,
            }
        }
        let pairs = text.iter().zip(of_value);
        let same = pairs.take_while(|(byte, other)| byte == other && !wild.has(**byte));
        let same = same.count();
        let stopped = text.get(same).zip(of_value.get(same));
        pattern.pass(same);
        value.pass(same);
        match stopped {
            Some((byte, _)) if wild.has(*byte) => return Some((pattern, value)),
            Some(_) => return None,
            None => {}
        }
    }
}

/// How many whole pieces at the beginnings of both are the same, and nothing else can stand opposite them: mostly the first
/// parts of two ARNs.
fn same_pieces(pattern: &[Piece], value: &[Piece], wild: Wild) -> usize {
    let ends = |pieces: &[Piece], at: usize| match pieces.get(at) {
        Some(Piece::Text(text)) => text.starts_with(':'),
        other => other.is_none(),
    };
    let pairs = pattern.iter().zip(value).enumerate();
    let same = pairs.take_while(|(at, pair)| match pair {
        (Piece::Text(text), Piece::Text(other)) => {
            text == other && !text.bytes().any(|byte| wild.has(byte))
        }
        // A symbol that happens to be longer reaches over no colon.
        (Piece::Symbol(symbol), Piece::Symbol(other)) => {
            symbol == other && ends(pattern, at + 1) && ends(value, at + 1)
        }
        _ => false,
    });
    same.count()
}

/// What comes of two places at which not both values have known text.
enum Next {
    /// Both have the same there, and nothing else can stand opposite either: the places are behind it now.
    Goes,
    /// What stands opposite what is a matter of more than this place.
    Stops,
    /// They differ.
    Differs,
}

fn pass(pattern: &mut Rest<'_>, value: &mut Rest<'_>) -> Next {
    let (mut behind, mut of_value_behind) = (pattern.clone(), value.clone());
    let (Some(token), Some(of_value)) = (behind.next(), of_value_behind.next()) else {
        return Next::Stops;
    };
    let is_open = |token| matches!(token, Token::Many | Token::Unread);
    if is_open(token) || is_open(of_value) || stays(token, of_value) || stays(of_value, token) {
        return Next::Stops;
    }
    if !one(token, of_value, Guess::No) {
        return Next::Differs;
    }
    // A symbol that happens to be longer reaches into what follows. None but these can be.
    if let Token::Symbol(Term::Environment(_)) = token {
        let follow = [&behind, &of_value_behind].into_iter();
        let mut follow = follow.filter_map(|rest| rest.clone().next());
        if follow.any(|next| stays(token, next)) {
            return Next::Stops;
        }
    }
    (*pattern, *value) = (behind, of_value_behind);
    Next::Goes
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
            // At the end it takes whatever is left.
            (Some(Token::Many), _) if behind.is_over() => return true,
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
