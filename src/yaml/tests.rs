//! One test per promise of the reader. Every refusal is checked by the text that it underlines.

mod hostile;
mod oracle;

use std::sync::Arc;

use super::*;
use crate::diag::render;

fn source(text: &str) -> Arc<Source> {
    Source::new("a.yaml", text)
}

fn tree(text: &str) -> Node {
    read(&source(text)).unwrap_or_else(|diags| panic!("{text}\n{diags}"))
}

/// The errors of a text: code, message, and the characters underlined.
fn refused(text: &str) -> Vec<(Code, String, String)> {
    let diags = read(&source(text)).expect_err(text);
    let told = diags.into_iter().map(|diagnostic| {
        assert!(render(&diagnostic, false).contains("a.yaml"));
        let place = diagnostic.primary.unwrap();
        (diagnostic.code, diagnostic.message, place.text().to_owned())
    });
    told.collect()
}

#[track_caller]
fn assert_refused(text: &str, expected: &[(Code, &str, &str)]) {
    let refused = refused(text);
    let refused: Vec<_> = refused
        .iter()
        .map(|(code, message, underlined)| (*code, &**message, &**underlined))
        .collect();
    assert_eq!(refused, expected, "{text}");
}

#[test]
fn only_what_can_mean_nothing_else_is_not_text() {
    for (text, kind) in [
        ("~", Kind::Null),
        ("null", Kind::Null),
        ("true", Kind::Bool(true)),
        ("false", Kind::Bool(false)),
        ("0", Kind::Int(0)),
        ("-12", Kind::Int(-12)),
        ("9223372036854775807", Kind::Int(i64::MAX)),
        ("-9223372036854775808", Kind::Int(i64::MIN)),
    ] {
        assert_eq!(tree(text).kind, kind, "{text}");
    }
    for text in [
        "no",
        "yes",
        "on",
        "off",
        "True",
        "NULL",
        "Null",
        "y",
        "010",
        "00",
        "-0",
        "+1",
        "0x1F",
        "0o7",
        "1_000",
        "1.10",
        "1e3",
        ".inf",
        ".nan",
        "12:30",
        "9223372036854775808",
        "2001-01-01",
        "10.0.0.0/16",
        "$network",
    ] {
        let node = tree(text);
        assert_eq!(node.kind, Kind::String(text.into()), "{text}");
        assert!(!node.quoted);
    }
}

#[test]
fn quotes_make_text_and_every_plain_scalar_can_be_read_as_text() {
    for quoted in ["'12'", "\"12\"", "|\n  12\n", ">-\n  12\n"] {
        let node = tree(quoted);
        assert!(matches!(&node.kind, Kind::String(text) if text.trim() == "12"));
        assert!(node.quoted, "{quoted}");
    }
    for (text, expected) in [
        ("1.10", "1.10"),
        ("true", "true"),
        ("80", "80"),
        ("'x y'", "x y"),
    ] {
        assert_eq!(
            tree(&format!("a: {text} # b")).get("a").unwrap().as_text(),
            Some(expected)
        );
    }
    assert_eq!(tree("a: ~").get("a").unwrap().as_text(), None);
    assert_eq!(tree("[1]").as_text(), None);
}

#[test]
fn every_value_and_key_knows_exactly_its_characters() {
    let text = "\
ü: \"a\\\"b\" # \"c\"
single: 'it''s' # 'x'
plain: two words   # end
flow: [ä, { k : v } ]  # x
map:
  x: 1

  y: [  ]
dashed:
- one
- two:  2
indented:
  - 3
block: |
  text
  more

anchored: &a # why
  value
nothing:
last: *a
";
    let root = tree(text);
    let at = |key: &str| root.get(key).unwrap().place.text().to_owned();
    assert_eq!(at("ü"), r#""a\"b""#);
    assert_eq!(at("single"), "'it''s'");
    assert_eq!(at("plain"), "two words");
    assert_eq!(at("flow"), "[ä, { k : v } ]");
    assert_eq!(at("map"), "x: 1\n\n  y: [  ]");
    assert_eq!(at("dashed"), "- one\n- two:  2");
    assert_eq!(at("indented"), "- 3");
    assert_eq!(at("block"), "text\n  more");
    assert_eq!(at("anchored"), "value");
    assert_eq!(at("nothing"), "");
    assert_eq!(at("last"), "value");
    let Kind::Map(entries) = &root.kind else {
        panic!("{root:?}")
    };
    for (key, _) in entries {
        assert_eq!(key.place.text(), key.text);
    }
    let flow = root.get("flow").unwrap();
    let Kind::List(values) = &flow.kind else {
        panic!("{flow:?}")
    };
    assert_eq!(values[0].place.text(), "ä");
    assert_eq!(values[1].place.text(), "{ k : v }");
    assert_eq!((values[1].place.line(), values[1].place.column()), (4, 11));
    let nothing = &root.get("nothing").unwrap().place;
    assert_eq!((nothing.line(), nothing.column()), (20, 9));
}

#[test]
fn line_ends_of_windows_change_nothing() {
    let root = tree("a: 1\r\nb:\r\n  - x\r\n  - y\r\n");
    assert_eq!(root.get("a").unwrap().kind, Kind::Int(1));
    assert_eq!(root.get("b").unwrap().place.text(), "- x\r\n  - y");
}

#[test]
fn a_file_without_a_value_is_empty() {
    for text in ["", "\n\n", "# only a comment\n", "---\n", "--- # x\n...\n"] {
        assert_refused(text, &[(Code::Empty, "the file is empty", "")]);
    }
    assert!(tree("~").is_null());
}

#[test]
fn a_file_holds_one_document() {
    let message = "a second document begins here";
    assert_refused("a: 1\n---\nb: 2\n", &[(Code::YamlSyntax, message, "---")]);
    assert_eq!(
        tree("---\na: 1\n...\n").get("a").unwrap().kind,
        Kind::Int(1)
    );
}

#[test]
fn all_duplicate_keys_are_told_with_the_first() {
    let text = "a: 1\nb:\n  x: 1\n  \"x\": 2\na: 3\n80: y\n'80': z\na: 4\n";
    let duplicate = |key: &'static str, underlined| {
        (
            Code::DuplicateKey,
            format!("the key `{key}` is written twice"),
            underlined,
        )
    };
    let expected = [
        duplicate("x", "\"x\""),
        duplicate("a", "a"),
        duplicate("80", "'80'"),
        duplicate("a", "a"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(code, text, at)| (*code, &**text, *at))
        .collect();
    assert_refused(text, &expected);
    let diags = read(&source(text)).unwrap_err();
    let firsts = diags.iter().map(|diagnostic| {
        let (place, label) = &diagnostic.secondary[0];
        assert_eq!(label, "first written here");
        place.line()
    });
    assert_eq!(firsts.collect::<Vec<_>>(), [3, 1, 6, 1]);
}

#[test]
fn a_value_never_becomes_structure() {
    assert_refused(
        "a: !Ref x\nb: !!str 1\nc: &n !t\n  - 1\n<<: {a: 1}\n[x]: 1\n{y: 2}: 1\n? [z]\n: 1\n",
        &[
            (Code::YamlSyntax, "the tag `!Ref` is not read", "!Ref"),
            (Code::YamlSyntax, "the tag `!!str` is not read", "!!str"),
            (Code::YamlSyntax, "the tag `!t` is not read", "!t"),
            (Code::YamlSyntax, "merge keys (`<<`) are not read", "<<"),
            (Code::YamlSyntax, "a list or map cannot be a key", "[x]"),
            (Code::YamlSyntax, "a list or map cannot be a key", "{y: 2}"),
            (Code::YamlSyntax, "a list or map cannot be a key", "[z]"),
        ],
    );
    assert_refused(
        "a: &a x\n*a : 1\n: 2\n",
        &[
            (Code::YamlSyntax, "an alias cannot be a key", "*a"),
            (Code::YamlSyntax, "a key is missing before `:`", ""),
        ],
    );
    assert_eq!(tree("'<<': 1").get("<<").unwrap().kind, Kind::Int(1));
}

#[test]
fn syntax_errors_are_told_in_the_users_words() {
    for (text, message, underlined) in [
        ("a: b: c", "`:` stands where no key can end", ":"),
        (
            "a: 1\nb\nc: 2",
            "this line is neither a key with its value nor part of the value before it",
            "c",
        ),
        (
            "a:\n  b: 1\n c: 2",
            "the indentation of this line fits no key above",
            "c",
        ),
        ("a: \"x", "the quote that opens here is never closed", "\""),
        (
            "a: [1, 2",
            "`,` or the closing bracket is missing before this",
            "",
        ),
        (
            "a: *b",
            "the alias repeats an anchor that is not written before it",
            "*",
        ),
        ("a: @x", "a value cannot begin with this character", "@"),
        (
            "a: \"\\q\"",
            "the text has a `\\` with a letter that means nothing",
            "\"",
        ),
        ("a: !e!x y", "a tag cannot be used here", "!"),
        ("a:\n\tb: 1", "a tab is used for indentation", "b"),
    ] {
        assert_refused(text, &[(Code::YamlSyntax, message, underlined)]);
    }
}

#[test]
fn forbidden_characters_are_told_where_they_stand_or_are_escaped() {
    let told = |char: &str| format!("the character U+{char} is not allowed");
    let (bidi, escape, control) = (told("202E"), told("001B"), told("0007"));
    assert_refused(
        "a: x\u{202e}y # \u{7}\n",
        &[
            (Code::ForbiddenCharacter, &bidi, "\u{202e}"),
            (Code::ForbiddenCharacter, &control, "\u{7}"),
        ],
    );
    assert_refused(
        r#"{"k\a": "ä\\a \e[2J \u202e \U0000001b \x41\n\t\"", b: '\a'}"#,
        &[
            (Code::ForbiddenCharacter, &control, r"\a"),
            (Code::ForbiddenCharacter, &escape, r"\e"),
            (Code::ForbiddenCharacter, &bidi, r"\u202e"),
            (Code::ForbiddenCharacter, &escape, r"\U0000001b"),
        ],
    );
}

#[test]
fn aliases_repeat_values_and_may_not_repeat_themselves() {
    let root = tree("a: &a [1, {b: &b 2}]\nc: *a\nd: *b\n");
    assert_eq!(root.get("a"), root.get("c"));
    assert_eq!(root.get("d").unwrap().kind, Kind::Int(2));
    let message = "the alias stands inside the value that it repeats";
    assert_refused("a: &a [1, *a]", &[(Code::YamlSyntax, message, "*a")]);
    assert_refused(
        "a: &a [&b [*a, *b]]\nc: *a",
        &[
            (Code::YamlSyntax, message, "*a"),
            (Code::YamlSyntax, message, "*b"),
        ],
    );
}

#[test]
fn what_is_wrong_in_a_repeated_value_is_told_once() {
    let text = "a: &a {x: 1, x: 2}\nb: [*a, *a, *a]\n";
    assert_refused(
        text,
        &[(Code::DuplicateKey, "the key `x` is written twice", "x")],
    );
}

#[test]
fn no_more_errors_than_can_be_read_are_told() {
    let diags = read(&source(&"a: 1\n".repeat(100_000))).unwrap_err();
    assert_eq!(diags.len(), MAX_ERRORS + 1);
    let last = diags.into_iter().last().unwrap();
    assert_eq!(last.message, "99799 more errors in this file");
}

#[test]
fn a_template_may_have_tags_and_a_pattern_may_not() {
    let source = Source::new(
        "t.yaml",
        "a: !Ref Vpc\nb: !Sub [\"${X}\", { X: !GetAtt A.B }]\nc: d\n",
    );
    let tree = read_as(&source, Dialect::TEMPLATE).unwrap();
    let tag = |node: &Node| node.tag.clone();
    let b = tree.get("b").unwrap();
    let Kind::List(items) = &b.kind else {
        panic!("{b:?}")
    };
    assert_eq!(tree.get("a").and_then(tag).as_deref(), Some("!Ref"));
    assert_eq!(tag(b).as_deref(), Some("!Sub"));
    assert_eq!(items[1].get("X").and_then(tag).as_deref(), Some("!GetAtt"));
    assert_eq!(tree.get("c").and_then(tag), None);
    assert_eq!(items[0].place.text(), "\"${X}\"");
    let text = "a: !Sub \"b\" # c\nd: !Ref 'e'\nf: &g !Sub \"h\"\n";
    let tree = read_as(&Source::new("t.yaml", text), Dialect::TEMPLATE).unwrap();
    let place = |key| tree.get(key).unwrap().place.text().to_owned();
    assert_eq!(place("a"), "!Sub \"b\"");
    assert_eq!(place("d"), "!Ref 'e'");
    assert_eq!(place("f"), "!Sub \"h\"");
    let refused = read(&source).unwrap_err();
    assert_eq!(refused.len(), 3, "{refused}");
}

#[test]
fn json_is_read_with_its_escapes() {
    let source = Source::new(
        "t.json",
        r#"{ "a": "\u00e9\n\/", "b": [1, true, null], "c": {} }"#,
    );
    let tree = read_as(&source, Dialect::TEMPLATE).unwrap();
    assert_eq!(tree.get("a").and_then(Node::as_text), Some("é\n/"));
}
