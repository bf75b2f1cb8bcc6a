//! Files made to break the reader: they fail at once, and nothing panics.

use std::fmt::Write;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// The reader's answer, which has to come long before a person would wait for it, in a debug build too.
fn quickly(text: &str) -> Result<Node, Diagnostics> {
    let start = Instant::now();
    let result = read(&source(text));
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    result
}

#[track_caller]
fn assert_too_complex(text: &str) {
    let diags = quickly(text).unwrap_err();
    let codes: Vec<_> = diags.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::TooComplex]);
}

#[test]
fn a_billion_laughs_fail_fast() {
    let mut text = String::from("a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
    for level in 1..30 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
    }
    assert_too_complex(&text);
}

#[test]
fn the_budget_counts_values_and_their_length() {
    let repeat = |len, aliases| {
        let (text, aliases) = ("x".repeat(len), "*a, ".repeat(aliases));
        format!("a: &a {text}\nb: [{aliases}]\n")
    };
    assert!(quickly(&repeat(1, MAX_REPEATED)).is_ok());
    assert_too_complex(&repeat(1, MAX_REPEATED + 1));
    assert!(quickly(&repeat(10_000, 100)).is_ok());
    assert_too_complex(&repeat(10_000, 110));
}

#[test]
fn deep_nesting_is_refused_and_never_overflows_the_stack() {
    let nested = |open: &str, close: &str, depth| open.repeat(depth) + "x" + &close.repeat(depth);
    assert!(quickly(&nested("[", "]", MAX_DEPTH)).is_ok());
    for text in [
        nested("[", "]", MAX_DEPTH + 1),
        "[".repeat(100_000),
        "{".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        nested("[", "]", 100_000),
        nested("{a: ", "}", 100_000),
        "[{a: ".repeat(100_000),
        (0..1000).fold(String::new(), |text, depth| {
            text + &" ".repeat(depth) + "a:\n"
        }),
    ] {
        assert_too_complex(&text);
    }
}

#[test]
fn aliases_cannot_nest_deeper_than_the_text() {
    let mut text = String::from("a0: &a0 [x]\n");
    for level in 1..=MAX_DEPTH {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert_too_complex(&text);
}

#[test]
fn large_files_of_one_kind_are_read_quickly() {
    // Not the largest, because this is a debug build; what takes the square of its length shows all the same.
    let full = |piece: &str| piece.repeat(Dialect::SPEC.max_bytes / 8 / piece.len());
    for text in [
        format!("[{}]", full("a,")),
        format!("[{}]", full("[],")),
        format!("[{}]", full("[a: b],")),
        format!("[{}]", full("? a : b,")),
        format!("{}{}{}", "[".repeat(60), full("[a]: b,"), "]".repeat(60)),
        format!("'{}'", full("''")),
        format!("\"{}\"", full("\\\\")),
        format!("\"{}\"", full("\\a")),
        format!("|\n{}", full(" x\n")),
        format!(">\n{}", full("\n")),
        format!("a: {}", full("é ")),
        full("-\n"),
        full("- &a\n"),
        full("# x\n"),
        full("- a: b\n"),
        full("a: *b\n"),
        full("&a a\n"),
        full("---\n"),
        full("%TAG ! x\n"),
        full("! "),
        full("\n"),
        full("\t"),
        full(" "),
        full("\r"),
        (0..9_000).fold(String::new(), |text, key| text + &format!("k{key}: 1\n")),
    ] {
        if let Err(diags) = quickly(&text) {
            assert!(diags.iter().all(|diagnostic| diagnostic.primary.is_some()));
        }
    }
}

#[test]
fn a_file_that_is_too_large_is_refused_unread() {
    let diags = quickly(&"- a\n".repeat(10 << 18)).unwrap_err();
    assert_eq!(diags.iter().next().unwrap().code, Code::TooLarge);
}

/// Whatever the bytes: a tree whose places are true, or errors that can be shown.
fn survives(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(source) = decode("a.yaml", bytes, Dialect::SPEC) else {
        return Ok(());
    };
    match read(&source) {
        Ok(root) => places_are_true(&root)?,
        Err(diags) => {
            prop_assert!(!diags.is_empty());
            for diagnostic in &diags {
                prop_assert!(diagnostic.primary.is_some());
                prop_assert!(!crate::diag::render(diagnostic, true).is_empty());
            }
        }
    }
    Ok(())
}

fn places_are_true(node: &Node) -> Result<(), TestCaseError> {
    prop_assert_eq!(node.place.clamped(), node.place.span.clone());
    match &node.kind {
        Kind::Bool(bool) => prop_assert_eq!(node.place.text(), bool.to_string()),
        Kind::Int(int) => prop_assert_eq!(node.place.text(), int.to_string()),
        Kind::List(values) => values.iter().try_for_each(places_are_true)?,
        Kind::Map(entries) => {
            let values = entries.iter().map(|(_, value)| value);
            values.into_iter().try_for_each(places_are_true)?;
        }
        Kind::Null | Kind::String(_) => {}
    }
    Ok(())
}

/// Pieces that mean something in YAML, so that random joins reach far into the parser.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "- ",
    "? ",
    ": ",
    "\n",
    "\n  ",
    "\n    ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    "\"",
    "\\",
    "\\u00e9",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "!<x> ",
    "|",
    ">",
    "|+2\n",
    ">-\n",
    "#",
    " # x\n",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "%TAG ! y\n",
    "<<: ",
    "~",
    "é",
    "漢",
    "\t",
    "\r\n",
    "\r",
    "\u{feff}",
    "\0",
    "12",
    "@",
    "`",
    "%",
    "%41",
    " ",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes)?;
    }

    #[test]
    fn arbitrary_text_never_panics(text in "(?s).{0,100}") {
        survives(text.as_bytes())?;
    }

    #[test]
    fn arbitrary_pieces_of_yaml_never_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
    ) {
        survives(pieces.concat().as_bytes())?;
    }

    #[test]
    fn a_changed_file_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize, any::<u8>()), 1..8),
    ) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for (at, what, byte) in changes {
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        survives(&bytes)?;
    }
}

const SAMPLE: &str = r#"# A pattern.
pattern: "web\u00e9"
version: 1.10
parameters:
  network: { type: cidr, default: 10.20.0.0/16, help: Address space. }
  ports: &ports [80, 443]
tiers:
- web: |
    text
    more
- app: >-
    folded
     text
ports: *ports
flows:
  - { from: internet, to: web, allow: 'tcp/443', why: It''s the service. }
"#;
