//! Another YAML reader, written by others, has to see the same tree.

use std::fmt::Write;

use proptest::prelude::*;
use serde_yaml::Value;

use super::*;

/// A tree, and how to write each part of it.
#[derive(Clone, Debug)]
enum Written {
    Scalar(String, Style),
    List(Vec<Written>, bool),
    Map(Vec<(String, Written)>, bool),
}

#[derive(Clone, Copy, Debug)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

/// Scalars that both readers, YAML 1.1 and 1.2, read alike when they stand without quotes.
fn plain() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("~".into()),
        Just("null".into()),
        Just("true".into()),
        Just("false".into()),
        any::<i64>().prop_map(|int| int.to_string()),
        "[a-z]{1,6}( [a-z$/é漢]{1,6}){0,2}",
        "10\\.0\\.[0-9]{1,3}\\.0/16",
    ]
}

fn scalar() -> impl Strategy<Value = Written> {
    prop_oneof![
        plain().prop_map(|text| Written::Scalar(text, Style::Plain)),
        "[ -~é漢😀]{0,12}".prop_map(|text| Written::Scalar(text, Style::Single)),
        "[ -~é漢😀\n\t]{0,12}".prop_map(|text| Written::Scalar(text, Style::Double)),
        "[a-z#:'\"\\[-][ -~é]{0,8}(\n[a-z][ -~é]{0,8}){0,2}"
            .prop_map(|text| Written::Scalar(text, Style::Literal)),
    ]
}

fn written() -> impl Strategy<Value = Written> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        let entries = prop::collection::vec(("[a-z]{1,3}", inner.clone()), 0..5);
        prop_oneof![
            (prop::collection::vec(inner, 0..5), any::<bool>())
                .prop_map(|(values, flow)| Written::List(values, flow)),
            (entries, any::<bool>()).prop_map(|(mut entries, flow)| {
                let mut seen = std::collections::HashSet::new();
                entries.retain(|(key, _)| seen.insert(key.clone()));
                Written::Map(entries, flow)
            }),
        ]
    })
}

impl Written {
    /// Writes the value behind `- ` or `key:`, with its own lines indented below.
    fn print(&self, out: &mut String, indent: usize, flow: bool) {
        match self {
            Self::Scalar(text, style) => print_scalar(text, *style, out, indent, flow),
            Self::List(values, own) if *own || flow || values.is_empty() => {
                out.push_str(" [");
                for value in values {
                    value.print(out, indent, true);
                    out.push(',');
                }
                out.push_str(" ]");
            }
            Self::Map(entries, own) if *own || flow || entries.is_empty() => {
                out.push_str(" {");
                for (key, value) in entries {
                    write!(out, " {key}x:").unwrap();
                    value.print(out, indent, true);
                    out.push(',');
                }
                out.push('}');
            }
            Self::List(values, _) => {
                for value in values {
                    write!(out, "\n{}-", " ".repeat(indent)).unwrap();
                    value.print(out, indent + 2, false);
                }
            }
            Self::Map(entries, _) => {
                for (key, value) in entries {
                    write!(out, "\n{}{key}x:", " ".repeat(indent)).unwrap();
                    value.print(out, indent + 2, false);
                }
            }
        }
    }
}

fn print_scalar(text: &str, style: Style, out: &mut String, indent: usize, flow: bool) {
    match style {
        Style::Plain => write!(out, " {text}").unwrap(),
        Style::Single => write!(out, " '{}'", text.replace('\'', "''")).unwrap(),
        Style::Literal if !flow => {
            out.push_str(" |-");
            for line in text.lines() {
                write!(out, "\n{}{line}", " ".repeat(indent + 1)).unwrap();
            }
        }
        // JSON's escapes are YAML's.
        Style::Double | Style::Literal => {
            write!(out, " {}", serde_json::Value::from(text)).unwrap();
        }
    }
}

fn assert_same(ours: &Node, theirs: &Value) -> Result<(), TestCaseError> {
    match (&ours.kind, theirs) {
        (Kind::Null, Value::Null) => {}
        (Kind::Bool(ours), Value::Bool(theirs)) => prop_assert_eq!(ours, theirs),
        (Kind::Int(ours), Value::Number(theirs)) => prop_assert_eq!(Some(*ours), theirs.as_i64()),
        (Kind::String(ours), Value::String(theirs)) => prop_assert_eq!(ours, theirs),
        (Kind::List(ours), Value::Sequence(theirs)) => {
            prop_assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert_same(ours, theirs)?;
            }
        }
        (Kind::Map(ours), Value::Mapping(theirs)) => {
            prop_assert_eq!(ours.len(), theirs.len());
            for ((key, ours), (their_key, theirs)) in ours.iter().zip(theirs) {
                prop_assert_eq!(Some(&*key.text), their_key.as_str());
                assert_same(ours, theirs)?;
            }
        }
        _ => prop_assert!(false, "{ours:?} is not {theirs:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn another_reader_sees_the_same_tree(written in written()) {
        let mut text = String::new();
        written.print(&mut text, 0, false);
        let text = text.trim_start_matches('\n').to_owned() + "\n";
        let theirs: Value = serde_yaml::from_str(&text)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        match read(&source(&text)) {
            Ok(ours) => assert_same(&ours, &theirs)?,
            Err(diags) => prop_assert!(false, "{diags}\n{text}"),
        }
    }
}
