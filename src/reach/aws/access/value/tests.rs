use super::*;

fn account() -> Value {
    Value::symbol(Term::Environment(Environment::AccountId))
}

#[track_caller]
fn assert_fits(pattern: &str, value: &str, expected: Tri) {
    let fits = Value::of_policy(pattern).fits(&value.into(), Wild::Glob);
    assert_eq!(fits, expected, "{pattern} on {value}");
}

proptest::proptest! {
    #[test]
    fn known_text_fits_as_the_table_says(pattern in "[ab*?]{0,7}", value in "[ab*?]{0,8}") {
        let (left, right) = (Value::from(&*pattern), Value::from(&*value));
        let (tokens, of_value) = (left.tokens(Wild::Glob), right.tokens(Wild::Plain));
        let table = agree(&tokens, &of_value, false);
        proptest::prop_assert_eq!(fits_bytes(pattern.as_bytes(), value.as_bytes()), table);
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
