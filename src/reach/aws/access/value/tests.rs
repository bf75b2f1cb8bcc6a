use proptest::prelude::*;

use super::fits::{Rest, Token, may_agree};
use super::*;
use crate::cloud::Environment;
use crate::reach::aws::access::tri::Tri;

fn account() -> Value {
    Value::symbol(Term::Environment(Environment::AccountId))
}

#[track_caller]
fn assert_fits(pattern: &str, value: &str, expected: Tri) {
    let fits = Value::of_policy(pattern).fits(&value.into(), Wild::Glob);
    assert_eq!(fits, expected, "{pattern} on {value}");
}

/// Any few pieces, of which many are alike.
fn any_value() -> impl Strategy<Value = Value> {
    let environment = |it| Just(Piece::Symbol(Term::Environment(it)));
    let piece = prop_oneof![
        4 => "[a1:/*?é-]{1,3}".prop_map(Piece::Text),
        1 => environment(Environment::AccountId),
        1 => environment(Environment::Region),
        1 => Just(Piece::Symbol(Term::Parameter("a".into()))),
        1 => Just(Piece::Other),
        1 => Just(Piece::Unread),
    ];
    let join = |pieces: Vec<Piece>| {
        let pieces = pieces.into_iter().map(|piece| Value(vec![piece]));
        pieces.fold(Value::default(), Value::join)
    };
    proptest::collection::vec(piece, 0..5).prop_map(join)
}

/// Whether tokens surely agree, tried out one after the other.
fn tried(pattern: &[Token<'_>], value: &[Token<'_>]) -> bool {
    match (pattern, value) {
        ([], []) => true,
        ([Token::Many, rest @ ..], _) => {
            tried(rest, value) || matches!(value, [_, others @ ..] if tried(pattern, others))
        }
        ([_, ..], [Token::Unread, ..]) => false,
        ([Token::One, rest @ ..], [Token::Char(_), others @ ..]) => tried(rest, others),
        ([first, rest @ ..], [of_value, others @ ..]) => first == of_value && tried(rest, others),
        _ => false,
    }
}

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn what_stands_alike_at_the_beginning_decides_nothing_else(
        pattern in any_value(),
        value in any_value(),
        glob in any::<bool>(),
    ) {
        let wild = if glob { Wild::Glob } else { Wild::Plain };
        let (whole, of_value) = (Rest::all(&pattern, wild), Rest::all(&value, Wild::Plain));
        let (tokens, others): (Vec<_>, Vec<_>) = (whole.clone().collect(), of_value.clone().collect());
        let expected = if tried(&tokens, &others) {
            Tri::Yes
        } else if (pattern.is_guess() || value.is_guess()) && may_agree(whole, of_value) {
            Tri::Maybe
        } else {
            Tri::No
        };
        prop_assert_eq!(pattern.fits(&value, wild), expected);
    }

    #[test]
    fn what_begins_unlike_a_pattern_does_not_fit_it(pattern in any_value(), value in any_value()) {
        if value.begins_unlike(pattern.beginning()) {
            prop_assert_eq!(pattern.fits(&value, Wild::Glob), Tri::No);
        }
    }

    #[test]
    fn an_arn_holds_what_begins_with_all_of_it(arn in any_value(), of in any_value()) {
        let (own, other) = (Rest::all(&arn, Wild::Plain), Rest::all(&of, Wild::Plain));
        let (own, other): (Vec<_>, Vec<_>) = (own.collect(), other.collect());
        let rest = other.strip_prefix(own.as_slice());
        let holds =
            rest.is_some_and(|rest| matches!(rest.first(), None | Some(Token::Char('/' | ':'))));
        prop_assert_eq!(arn.holds_arn(&of), holds);
    }

    #[test]
    fn an_arn_fits_part_by_part(
        parts in proptest::collection::vec((any_value(), any_value(), 0..8_u8), 1..8),
    ) {
        let join = |parts: Vec<&Value>| {
            let mut parts = parts.into_iter().cloned();
            let first = parts.next().unwrap_or_default();
            parts.fold(first, |arn, part| arn.then(":").join(part))
        };
        let pattern = join(parts.iter().map(|(part, ..)| part).collect());
        // Most parts are those of the pattern, so that some ARNs fit.
        let value = parts.iter().map(|(part, other, kind)| if *kind > 0 { part } else { other });
        let value = join(value.collect());
        let (own, others) = (pattern.split_colons(6), value.split_colons(6));
        let expected = if pattern == value && !pattern.is_unread() {
            Tri::Yes
        } else if own.len() < 6 || others.len() < 6 {
            pattern.fits(&value, Wild::Glob)
        } else {
            let pairs = own.iter().zip(&others);
            Tri::all(pairs.map(|(part, other)| part.fits(other, Wild::Glob)))
        };
        prop_assert_eq!(pattern.fits_arn(&value), expected);
    }

    #[test]
    fn a_part_is_what_stands_between_colons(value in any_value(), at in 0..5_usize) {
        let parts = value.split_colons(100);
        let part = parts.get(at).map(Value::as_text);
        prop_assert_eq!(value.behind_colons(at).map(Section::as_text), part);
    }
}

#[test]
fn stars_are_any_characters_and_question_marks_one() {
    assert_fits("s3:Get*", "s3:GetObject", Tri::Yes);
    assert_fits("s3:Get*", "s3:PutObject", Tri::No);
    assert_fits("s3:*Object*Tagging", "s3:PutObjectVersionTagging", Tri::Yes);
    assert_fits("s3:?etObject", "s3:GetObject", Tri::Yes);
    assert_fits("s3:GetObject?", "s3:GetObject", Tri::No);
    assert_fits("*", "", Tri::Yes);
    assert_fits("", "a", Tri::No);
    assert_fits("a*a*a*a*a*a*b", &"a".repeat(200), Tri::No);
}

#[test]
fn without_wildcards_a_star_is_a_star() {
    let star = Value::from("a*");
    assert_eq!(star.fits(&"ab".into(), Wild::Plain), Tri::No);
    assert_eq!(star.fits(&"a*".into(), Wild::Plain), Tri::Yes);
}

#[test]
fn what_nobody_names_fits_a_star_only() {
    assert_eq!(Value::from("*").fits(&Value::other(), Wild::Glob), Tri::Yes);
    assert_eq!(Value::from("?").fits(&Value::other(), Wild::Glob), Tri::No);
    let objects = Value::from("b/*").specimen();
    assert_eq!(Value::from("b/in/*").fits(&objects, Wild::Glob), Tri::No);
    assert_eq!(Value::from("b/*").fits(&objects, Wild::Glob), Tri::Yes);
}

#[test]
fn an_account_that_is_written_out_may_be_the_own_one() {
    let own = Value::from("arn:aws:iam::").join(account()).then(":role/a");
    let written = Value::from("arn:aws:iam::123456789012:role/a");
    assert_eq!(own.fits(&written, Wild::Glob), Tri::Maybe);
    assert_eq!(written.fits(&own, Wild::Glob), Tri::Maybe);
    assert_eq!(own.fits(&own, Wild::Glob), Tri::Yes);
    let other = Value::from("arn:aws:iam::123456789012:role/b");
    assert_eq!(own.fits(&other, Wild::Glob), Tri::No);
}

#[test]
fn a_variable_of_iam_is_not_guessed() {
    assert_fits("home/${aws:username}/*", "home/me/a", Tri::Maybe);
    assert_fits("home/${aws:username}/*", "away/me/a", Tri::No);
}

#[test]
fn a_star_in_an_arn_stays_in_its_part() {
    let pattern = Value::from("arn:aws:iam::*:role/a");
    assert_eq!(pattern.fits_arn(&"arn:aws:iam::1:x:role/a".into()), Tri::No);
    assert_eq!(pattern.fits_arn(&"arn:aws:iam::1:role/a".into()), Tri::Yes);
}
