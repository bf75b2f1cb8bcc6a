//! Values of parameters, and what becomes of their names in a pattern.

use super::{Fields, Pattern, Resolved, Scope, Stack, Table, UNLESS, WHEN};
use crate::diag::{Code, Diagnostics, Source};
use crate::yaml::{self, Node};

const HEAD: &str = "
pattern: test
version: 1.2.3
state: draft
title: T
summary: S
cloud: aws
sources: []
network: {}
flows: []
parameters:
";

fn node(text: &str) -> Node {
    yaml::read(&Source::new("test.yaml", text)).unwrap()
}

fn pattern(parameters: &str) -> Result<Pattern, Diagnostics> {
    Pattern::read(&node(&format!("{HEAD}{parameters}")))
}

fn stack(parameters: &str) -> Stack {
    Stack::read(&node(&format!(
        "stack: s\npattern: test\nparameters: {parameters}\n"
    )))
    .unwrap()
}

/// The codes and the marked texts of all that is wrong.
fn wrong(diags: &Diagnostics) -> Vec<(Code, String)> {
    let marked = |place: &crate::diag::Place| place.text().to_owned();
    diags
        .iter()
        .map(|diagnostic| {
            (
                diagnostic.code,
                diagnostic.primary.as_ref().map(marked).unwrap_or_default(),
            )
        })
        .collect()
}

const PARAMETERS: &str = "
  port: { type: port, default: 443, help: H. }
  ports: { type: ports, default: [80, 443], help: H. }
  text: { type: text, default: a, help: H. }
  none: { type: cidrs, default: [], help: H. }
  mode: { type: choice, choices: [one, two], default: one, help: H. }
  device: { type: ip, bind: deploy, help: H. }
  secret: { type: secret, help: H. }
";

fn resolve(parameters: &str, text: &str) -> Result<Resolved, Vec<(Code, String)>> {
    let pattern = pattern(PARAMETERS).unwrap();
    let mut diags = Diagnostics::new();
    let stack = stack(parameters);
    let scope = Scope::new(&pattern, &stack, &mut diags);
    let resolved = scope.resolve(&node(text), &mut diags);
    resolved
        .filter(|_| diags.is_empty())
        .ok_or_else(|| wrong(&diags))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands beside what `resolve` gives"
)]
fn known(items: &[&str]) -> Result<Resolved, Vec<(Code, String)>> {
    Ok(Resolved::Known(
        items.iter().map(|&item| item.to_owned()).collect(),
    ))
}

#[test]
fn a_name_alone_is_the_value_and_inside_a_text_becomes_a_part_of_it() {
    assert_eq!(resolve("{}", "$port"), known(&["443"]));
    assert_eq!(resolve("{ port: 8443 }", "tcp/$port"), known(&["tcp/8443"]));
    assert_eq!(resolve("{}", "tcp/$ports"), known(&["tcp/80", "tcp/443"]));
    assert_eq!(resolve("{}", "[$ports, 22]"), known(&["80", "443", "22"]));
    assert_eq!(resolve("{}", "$none"), known(&[]));
    assert_eq!(resolve("{}", "a$$b"), known(&["a$b"]));
}

#[test]
fn a_value_is_not_looked_at_for_further_names() {
    assert_eq!(
        resolve("{ text: \"$port and $nothing\" }", "$text"),
        known(&["$port and $nothing"])
    );
    assert_eq!(
        resolve("{ text: \"$port\" }", "x-$text"),
        known(&["x-$port"])
    );
}

#[test]
fn what_the_deployer_gives_is_known_by_its_name_only() {
    assert_eq!(
        resolve("{}", "$device"),
        Ok(Resolved::Deploy("device".into()))
    );
    assert_eq!(
        resolve("{ device: 203.0.113.1 }", "$device"),
        Ok(Resolved::Deploy("device".into()))
    );
    assert_eq!(
        resolve("{}", "at $device"),
        Err(vec![(Code::WrongType, "at $device".into())])
    );
}

#[test]
fn a_name_that_nobody_declared_is_an_error_where_it_stands() {
    assert_eq!(
        resolve("{}", "$prot"),
        Err(vec![(Code::UnknownParameter, "$prot".into())])
    );
    assert_eq!(
        resolve("{}", "cost: 5$"),
        Err(vec![(Code::WrongType, "cost: 5$".into())])
    );
}

static PART: Table = Table {
    what: "a part",
    keys: &[WHEN, UNLESS],
};

#[test]
fn conditions_hold_when_set_or_when_equal() {
    let pattern = pattern(PARAMETERS).unwrap();
    let cases = [
        ("{}", "{ when: $none }", false),
        ("{ none: [10.0.0.0/8] }", "{ when: $none }", true),
        ("{}", "{ unless: $none }", true),
        ("{}", "{ when: { mode: one } }", true),
        ("{ mode: two }", "{ when: { mode: one } }", false),
        ("{ mode: two }", "{ when: { mode: [one, two] } }", true),
        ("{ mode: two }", "{ when: { mode: two, port: 443 } }", true),
        ("{ mode: two }", "{ when: { mode: two, port: 80 } }", false),
        (
            "{ mode: two }",
            "{ when: $port, unless: { mode: two } }",
            false,
        ),
    ];
    for (parameters, condition, expected) in cases {
        let mut diags = Diagnostics::new();
        let stack = stack(parameters);
        let scope = Scope::new(&pattern, &stack, &mut diags);
        let condition_node = node(condition);
        let mut fields = Fields::open(&condition_node, &PART, &mut diags).unwrap();
        let active = scope.active(&mut fields, &mut diags);
        fields.finish(&mut diags);
        assert!(diags.is_empty(), "{diags}");
        assert_eq!(active, expected, "{parameters} {condition}");
    }
}

#[test]
fn every_wrong_value_of_a_stack_is_told() {
    let pattern = pattern(PARAMETERS).unwrap();
    let mut diags = Diagnostics::new();
    let given = "{ port: 0, ports: [80, x], mode: tow, device: 1.2.3, secret: s, prot: 1 }";
    Scope::new(&pattern, &stack(given), &mut diags);
    assert_eq!(
        wrong(&diags),
        [
            (Code::OutOfRange, "0".into()),
            (Code::OutOfRange, "x".into()),
            (Code::OutOfRange, "tow".into()),
            (Code::WrongType, "1.2.3".into()),
            (Code::SecretInFile, "s".into()),
            (Code::UnknownParameter, "prot".into()),
        ]
    );
}

#[test]
fn a_value_that_has_no_default_is_asked_for() {
    let pattern = pattern("  size: { type: integer, help: How many. }\n").unwrap();
    let mut diags = Diagnostics::new();
    Scope::new(&pattern, &stack("{}"), &mut diags);
    assert_eq!(wrong(&diags), [(Code::MissingValue, "test".into())]);
}

#[test]
fn a_default_must_keep_to_its_own_bounds() {
    let error = pattern("  a: { type: integer, default: 9, max: 5, help: H. }\n").unwrap_err();
    assert_eq!(wrong(&error), [(Code::OutOfRange, "9".into())]);
    let error = pattern("  a: { type: secret, default: s, help: H. }\n").unwrap_err();
    assert_eq!(wrong(&error), [(Code::SecretInFile, "s".into())]);
}

#[test]
fn all_bounds_are_kept() {
    let cases = [
        ("type: integer, min: 2, max: 4", "[1, 5]", "[2, 4]"),
        (
            "type: cidr, min_prefix: 16, max_prefix: 24",
            "[10.0.0.0/8, 10.0.0.0/28]",
            "[10.0.0.0/16, 10.0.0.0/24]",
        ),
        ("type: text, max_length: 3", "[abcd, \"\", \" a\"]", "[abc]"),
        (
            "type: ports, min_items: 1, max_items: 2",
            "[[], [1, 2, 3]]",
            "[[1], [1, 2]]",
        ),
        ("type: integer, choices: [30, 60]", "[31]", "[30]"),
        ("type: email", "[a, \"a@b\", \"a@b@c.d\"]", "[\"a@b.c\"]"),
        ("type: prefix_list", "[pl-1, x-63a5400a]", "[pl-63a5400a]"),
        ("type: boolean", "[yes, 1, \"true\"]", "[true, false]"),
    ];
    for (declaration, wrong_values, right_values) in cases {
        let pattern = pattern(&format!("  a: {{ {declaration}, help: H. }}\n")).unwrap();
        let parameter = &pattern.parameters["a"];
        let count = |values: &str| {
            let values = node(values);
            let mut diags = Diagnostics::new();
            let list = values.list(&mut diags).unwrap();
            let right = list
                .iter()
                .filter(|node| parameter.value(node, &mut diags).is_some());
            (right.count(), list.len())
        };
        let (right, all) = count(right_values);
        assert_eq!(right, all, "{declaration}: {right_values}");
        assert_eq!(count(wrong_values).0, 0, "{declaration}: {wrong_values}");
    }
}

#[test]
fn a_script_has_any_number_of_lines() {
    let read = |value: &str| {
        let parameters = "  p: { type: script, bind: deploy, default: \"\", help: H. }\n";
        let pattern = pattern(parameters).unwrap();
        let mut diags = Diagnostics::new();
        let value = pattern.parameters["p"].value(&node(value), &mut diags);
        value.map(|value| value.to_string())
    };
    for (value, text) in [
        ("\"\"", ""),
        ("|\n  #cloud-config\n  a: b\n", "#cloud-config\na: b\n"),
        ("\"a\\tb \"", "a\tb "),
    ] {
        assert_eq!(read(value).as_deref(), Some(text));
    }
    // Characters that cannot be seen never get this far: the YAML reader refuses them.
    assert_eq!(read("[a]"), None);
}
