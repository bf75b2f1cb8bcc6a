//! Whatever is read quickly, the parser of all of YAML reads to the same tree, with the same places.

use std::sync::Arc;

use proptest::prelude::*;

use crate::diag::{Diagnostics, Source};
use crate::yaml::{Dialect, Node, events, walk};

/// The tree of a file as the parser of all of YAML reads it.
fn parsed(source: &Arc<Source>) -> Result<(Option<Node>, Diagnostics), String> {
    let document = events::parse(source).map_err(|error| error.message)?;
    let (root, diags) = walk::build(source, &document, Dialect::TEMPLATE);
    Ok((root.map_err(|error| error.message)?, diags))
}

fn told((root, diags): (Option<Node>, Diagnostics)) -> (Option<Node>, String) {
    (root, diags.to_string())
}

/// Whether a text is read quickly, and then as the parser reads it.
fn is_quick(text: &str) -> bool {
    let source = Source::new("a.yaml", text);
    let Some((root, diags)) = super::read(&source, Dialect::TEMPLATE) else {
        return false;
    };
    let parsed = match parsed(&source) {
        Ok(parsed) => parsed,
        Err(error) => panic!("read quickly, though {error}: {text}"),
    };
    assert_eq!(told((Some(root), diags)), told(parsed), "{text}");
    true
}

#[test]
fn what_we_write_and_what_people_write_is_quick_to_read() {
    for folder in ["patterns", "examples"] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(is_quick(&text), "{}", path.display());
            }
        }
    }
    for entry in std::fs::read_dir("snapshots").unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if name.ends_with("cloudformation.snap") || name.ends_with("arm.snap") {
            let text = std::fs::read_to_string(&path).unwrap();
            for file in files(&text) {
                assert!(is_quick(file), "{name}:\n{file}");
            }
        }
    }
}

/// The files in a snapshot.
fn files(snapshot: &str) -> impl Iterator<Item = &str> {
    let body = snapshot.splitn(3, "---\n").nth(2).unwrap_or_default();
    body.split("==> ").filter_map(|file| {
        let (_, text) = file.split_once(" <==\n")?;
        Some(text)
    })
}

#[test]
fn each_form_is_read_as_the_parser_reads_it() {
    for text in [
        "a: 1\n",
        "a: 1",
        "a:\nb: 2\n",
        "a:\n  - 1\n  -   2\n  - b: 1\n    c: 2\nd: 3\n",
        "a:\n- 1\n- b: 2\n  c:\n  - 3\nd: 4\n",
        "- - 1\n  - 2\n- a: b\n",
        "-\n  a: 1\n-\n  - 2\n",
        "a: !Ref b\nc: !GetAtt d.e # why\nf: !Sub\n  - g\n  - { h: i }\n",
        "a: !If [c, !Ref b, { \"d\": [1, -2, 'e'] }]\n",
        "Fn::Sub: \"${AWS::Region} \\u00e9\\n\\\"\"\n",
        "\"a b\": 'it''s'\n'c': \"\"\n",
        "a: |\n  b\n\n    c\n  d\n\n# e\nf: |-\n  g\n",
        "a: >-\n  b c\n  d\ne: >\n  f\n",
        "# a\n\nb: c # d\n\n  # e\nf: g\n",
        "a: b:c\nd: -1\ne: http://f/#g\nh: a \"b\" 'c'\n",
        "{\n  \"a\": [\n    1,\n    2.5e1\n  ],\n  \"b\": {}, \"c\": [], \"d\": null,\"e\":\"f\"\n}\n",
        "[1, 2]",
        "a: { b: c d, e: [f::g, h:i], \"j\":1 }\n",
        "a: bé\nb: [c漢, \"😀\"]\n",
        "a: {}\nb: []\n",
        "a:\n  # c\n  b: 1\n",
    ] {
        assert!(is_quick(text), "{text}");
    }
}

#[test]
fn whatever_is_anything_else_is_left_to_the_parser() {
    for text in [
        "",
        "a",
        "\"a\"",
        "# a\n",
        "---\na: 1\n",
        "a: 1\n---\nb: 2\n",
        "a: 1\n...\n",
        "%YAML 1.2\n",
        "a: &b 1\n",
        "a: *b\n",
        "? a\n: b\n",
        "a: b: c\n",
        "a: b\n  c\n",
        "a: \"b\n  c\"\n",
        "a\n  b: c\n",
        "a:\tb\n",
        "a: 1\r\n",
        "a: [1,\n  2]\n",
        "a: [1, ]\n",
        "a: [1\n",
        "a: {b}\n",
        "a: {b: }\n",
        "a: [b: c]\n",
        "a: \"b\"c\n",
        "a: \"b\" #c\n  d\n",
        "a: |2\n   b\n",
        "a: |+\n  b\n",
        "a: |\nb: c\n",
        "a: |\n  b",
        "a: |\n\n  b\n",
        "a: |\n   b\n  c\n",
        "a: >\n  b\n\n  c\n",
        "a: >\n  b\n   c\n",
        "a: !<b> c\n",
        "a: !!str c\n",
        "a: !b\n",
        "a: \"\\ud83d\\ude00\"\n",
        "a: \"\\x41\"\n",
        "  a: 1\n b: 2\n",
        "a:\n   b: 1\n  c: 2\n",
        "- a\nb: c\n",
        "a:\n-\n  b: 1\n",
        "a:\n- # b\n  c: 1\n",
        "a: 1\n- b\n",
        "a: @b\n",
        "a: `b\n",
        "a: %b\n",
        "<<: b\n",
        ": b\n",
        "a: - b\n",
        "a: [- 1]\n",
        "a: [1 # b\n]\n",
        "{\"a\": 1} b\n",
        "{\"a\": 1}\n{\"b\": 2}\n",
        "{\"a\"\n: 1}\n",
        "a : 1\n",
        "a: \u{2028}b\n",
        "a: b\u{85}c\n",
        "\u{FEFF}a: 1\n",
        "a: {b:c}\n",
        "a: {b :c}\n",
        "a: [\"b\":c]\n",
        "a: [b#c, d #e]\n",
        "a: b\n c: d\n",
        "a: 'b' 'c'\n",
        "a: !Ref 'b': c\n",
        "- a: 1\n   b: 2\n",
        "- a\n - b\n",
        "a: [[1], 2\n",
        "{\n\"a\": b\n c\n}\n",
    ] {
        let text = text.to_owned();
        let source = Source::new("a.yaml", &text);
        if is_quick(&text) {
            assert!(events::parse(&source).is_ok(), "{text}");
        }
    }
    assert!(!is_quick(&format!("{}: 1\n", "a".repeat(1100))));
    assert!(!is_quick(&format!("{}1{}", "[".repeat(65), "]".repeat(65))));
    assert!(is_quick(&format!("{}1{}", "[".repeat(64), "]".repeat(64))));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_read_otherwise_than_by_the_parser(
        lines in prop::collection::vec(("[ ]{0,4}", "[-]{0,1}[ ]{0,1}", "[a:'\"!|>#{}\\[\\], -]{0,7}"), 1..7)
    ) {
        let lines: Vec<_> = lines.iter().map(|(indent, dash, rest)| format!("{indent}{dash}{rest}\n")).collect();
        is_quick(&lines.concat());
    }

    #[test]
    fn no_entry_of_a_map_is_read_otherwise(
        lines in prop::collection::vec(
            ("(|  |    )", "(|- |a: |b:|\"c\": |- d: )", "(|1|e f|'g'|\"h\"|!R i|\\[j, k\\]|\\{l: m\\}|\\||>-|# n|o #p|q:)", "(|| )"),
            1..9,
        )
    ) {
        let lines = lines.iter().map(|(indent, key, value, end)| format!("{indent}{key}{value}{end}\n"));
        is_quick(&lines.collect::<Vec<_>>().concat());
    }

    #[test]
    fn no_json_is_read_otherwise(parts in prop::collection::vec(
        "(\\{|\\}|\\[|\\]|,|: |:|\"a\"|\"b\\\\n\"|1|-2|null|\n| )", 1..14
    )) {
        is_quick(&parts.concat());
    }
}
