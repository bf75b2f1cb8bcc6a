use std::sync::Arc;

use proptest::prelude::*;

use super::render;
use crate::diag::{Code, Diagnostic, Place, Source};

fn at(source: &Arc<Source>, span: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "expected a list, found the text `x`")
        .at(Place::new(source, span))
}

/// What a reader sees as underlined: the characters above the carets of the first underlining.
fn underlined(rendered: &str) -> String {
    let lines: Vec<_> = rendered.lines().collect();
    let carets = lines.iter().position(|line| line.contains('^')).unwrap();
    let under = lines[carets];
    let (from, to) = (under.find('^').unwrap(), under.rfind('^').unwrap());
    lines[carets - 1]
        .chars()
        .skip(from)
        .take(to + 1 - from)
        .collect()
}

#[test]
fn code_message_line_underline_second_place_and_help() {
    let source = Source::new("stacks/shop.yaml", "name: shop\nregion: x\nname: again\n");
    let diagnostic = Diagnostic::new(Code::DuplicateKey, "the key `name` is written twice")
        .at(Place::new(&source, 21..25))
        .also(Place::new(&source, 0..4), "first written here")
        .help("remove one of them");
    assert_eq!(
        render(&diagnostic, false),
        "\
error[PB104]: the key `name` is written twice
 --> stacks/shop.yaml:3:1
  |
1 | name: shop
  | ---- first written here
2 | region: x
3 | name: again
  | ^^^^
  |
  = help: remove one of them"
    );
}

#[test]
fn colour_is_given_only_when_asked_for() {
    let source = Source::new("a.yaml", "a: x");
    assert!(render(&at(&source, 3..4), true).contains('\u{1b}'));
    assert!(!render(&at(&source, 3..4), false).contains('\u{1b}'));
}

#[test]
fn another_file_gets_its_own_excerpt() {
    let stack = Source::new("stack.yaml", "pattern: a\n");
    let pattern = Source::new("patterns/a.yaml", "\n\npattern: a\n");
    let diagnostic = at(&stack, 9..10).also(Place::new(&pattern, 11..12), "the pattern");
    let rendered = render(&diagnostic, false);
    assert!(rendered.contains("--> stack.yaml:1:10"), "{rendered}");
    assert!(rendered.contains("patterns/a.yaml:3:10"), "{rendered}");
    assert!(rendered.contains("3 | pattern: a"), "{rendered}");
    assert!(rendered.contains("- the pattern"), "{rendered}");
}

#[test]
fn exactly_the_characters_are_underlined() {
    let source = Source::new("a.yaml", "é: ünder\nb: [a, ö]\r\nlast");
    for (span, text) in [
        (4..10, "ünder"),
        (0..2, "é"),
        (18..20, "ö"),
        (23..27, "last"),
    ] {
        let rendered = render(&at(&source, span), false);
        assert_eq!(underlined(&rendered), text, "{rendered}");
    }
}

#[test]
fn a_value_over_several_lines_is_underlined_to_the_end_of_its_first() {
    let source = Source::new("a.yaml", "a:\n  b: 1\n  c: 2\n");
    let rendered = render(&at(&source, 5..16), false);
    assert_eq!(underlined(&rendered), "b: 1");
    assert!(!rendered.contains("c: 2"), "{rendered}");
}

#[test]
fn a_long_line_is_cut_around_the_place_and_the_column_stays_true() {
    let text = format!("a: {}WRONG{}", "é".repeat(3_000_000), "x".repeat(4_000_000));
    let source = Source::new("a.yaml", &text);
    let rendered = render(&at(&source, 6_000_003..6_000_008), false);
    assert_eq!(underlined(&rendered), "WRONG");
    assert!(rendered.contains("a.yaml:1:3000004"), "{rendered}");
    assert!(rendered.len() < 2_000);
}

#[test]
fn an_empty_file_and_the_end_of_a_file_have_a_place() {
    assert_eq!(
        render(&at(&Source::new("a.yaml", ""), 0..0), false),
        "error[PB203]: expected a list, found the text `x`\n --> a.yaml"
    );
    let rendered = render(&at(&Source::new("a.yaml", "a: x\n"), 5..5), false);
    assert!(rendered.contains("a.yaml:2:1"), "{rendered}");
    assert!(rendered.contains('^'), "{rendered}");
}

#[test]
fn without_a_place_there_is_only_the_message() {
    assert_eq!(
        render(&Diagnostic::new(Code::Internal, "broken"), false),
        "error[PB900]: broken"
    );
}

#[test]
fn text_cannot_take_over_the_terminal() {
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}\r\u{7}";
    let source = Source::new(hostile, &format!("a: {hostile}x"));
    let diagnostic = Diagnostic::new(Code::WrongType, hostile)
        .at(Place::new(&source, 0..1))
        .also(Place::new(&source, 3..9), hostile)
        .help(hostile);
    let rendered = render(&diagnostic, false);
    let unseen = |char: char| super::unseen(char) && char != '\n';
    assert!(!rendered.contains(unseen), "{rendered:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_span_panics(
        text in "(?s)[\\PC\n\r\t\u{0}\u{200d}\u{202e}\u{ff21}]{0,40}",
        repeat in prop_oneof![Just(1_usize), 1..40_usize],
        spans in prop::collection::vec((0..2000_usize, 0..2000_usize), 1..4),
        color: bool,
    ) {
        let source = Source::new("a.yaml", &text.repeat(repeat));
        let mut diagnostic = at(&source, spans[0].0..spans[0].1);
        for &(start, end) in &spans[1..] {
            diagnostic = diagnostic.also(Place::new(&source, start..end), &*text);
        }
        let rendered = render(&diagnostic, color);
        prop_assert!(rendered.contains("PB203"));
    }
}
