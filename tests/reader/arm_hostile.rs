//! No input makes the reader of ARM panic or hang.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use patternbook::read::arm;
use patternbook::yaml::{Dialect, decode};
use proptest::prelude::*;

use crate::arm::{examples, read};

/// Long enough for a slow machine without optimisation; a loop that does not end takes longer.
const SOON: Duration = Duration::from_mins(1);

#[track_caller]
fn soon(text: &str) -> bool {
    let start = Instant::now();
    let read = read(text).is_ok();
    let taken = start.elapsed();
    assert!(taken < SOON, "{taken:?}");
    read
}

/// A template of these sections, as text.
fn template(sections: &str) -> String {
    format!(r#"{{"$schema": "https://x/deploymentTemplate.json#", {sections}}}"#)
}

#[test]
fn chains_and_circles_of_variables_end() {
    let mut chain = r#""variables": { "v0": "x""#.to_owned();
    for at in 1..5000 {
        let before = at - 1;
        write!(
            chain,
            r#", "v{at}": "[concat(variables('v{before}'), 'x')]""#
        )
        .unwrap();
    }
    assert!(soon(&template(&format!(r#"{chain} }}, "resources": []"#))));
    let circle = chain.replace(r#""v0": "x""#, r#""v0": "[variables('v4999')]""#);
    assert!(!soon(&template(&format!(
        r#"{circle} }}, "resources": []"#
    ))));
}

#[test]
fn what_doubles_is_bounded() {
    for double in [
        "[concat(variables('v{0}'), variables('v{0}'))]",
        "[format('{{0}}{{0}}', variables('v{0}'))]",
        "[replace(variables('v{0}'), 'x', 'xx')]",
        "[union(createArray(variables('v{0}'), 1), createArray(variables('v{0}')))]",
        "[createObject('a', variables('v{0}'), 'b', variables('v{0}'))]",
        "[uniqueString(variables('v{0}'), resourceGroup().id, variables('v{0}'))]",
        "[concat(createArray(1, 2), range(0, 10000), variables('l'))]",
    ] {
        let mut text = r#""variables": { "l": "[range(0, 10000)]", "v0": "xxxxxxxx""#.to_owned();
        for at in 1..60 {
            let value = double.replace("{0}", &(at - 1).to_string());
            let value = value.replace("{{", "{").replace("}}", "}");
            write!(text, r#", "v{at}": "{value}""#).unwrap();
        }
        text += r#" }, "resources": [{ "type": "a/b", "apiVersion": "1", "name": "[string(variables('v59'))]" }]"#;
        assert!(soon(&template(&text)), "{double}");
    }
}

#[test]
fn loops_in_loops_are_bounded() {
    let mut input = "1".to_owned();
    for at in 0..10 {
        input = format!(r#"{{ "copy": [{{ "name": "l{at}", "count": 800, "input": {input} }}] }}"#);
    }
    let text = format!(r#""variables": {{ "v": {input} }}, "resources": []"#);
    assert!(soon(&template(&text)));
    let mut children = "[]".to_owned();
    for at in 0..5 {
        children = format!(
            r#"[{{ "type": "a/b", "apiVersion": "1", "name": "[concat('n', copyIndex())]", "copy": {{ "name": "c{at}", "count": 800 }}, "resources": {children} }}]"#
        );
    }
    soon(&template(&format!(r#""resources": {children}"#)));
}

#[test]
fn deep_nesting_ends() {
    let lists = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(!soon(&template(&format!(r#""resources": {lists}"#))));
    let calls = format!("[{}1{}]", "not(".repeat(50_000), ")".repeat(50_000));
    let steps = format!("[resourceGroup(){}]", ".a".repeat(50_000));
    for name in [calls, steps] {
        let text =
            format!(r#""resources": [{{ "type": "a/b", "apiVersion": "1", "name": "{name}" }}]"#);
        assert!(soon(&template(&text)));
    }
    let mut nested = "{ \"resources\": [] }".to_owned();
    for at in 0..12 {
        nested = format!(
            r#"{{ "resources": [{{ "type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "d{at}", "properties": {{ "template": {nested} }} }}] }}"#
        );
    }
    let text = nested.replacen('{', r#"{"$schema": "deploymentTemplate.json","#, 1);
    assert!(soon(&text));
}

#[test]
fn a_million_mistakes_are_told_in_part() {
    let mut text = r#""resources": []"#.to_owned();
    text += r#", "variables": { "all": [0"#;
    for at in 0..50_000 {
        write!(text, r#", "[parameters('p{at}')]""#).unwrap();
    }
    let errors = read(&template(&format!("{text}] }}"))).unwrap_err();
    assert!(errors.len() <= 200);
}

#[test]
fn four_megabytes_are_read() {
    let mut text = r#""resources": [{ "type": "a/b", "apiVersion": "1", "name": "a" }"#.to_owned();
    let mut at = 0;
    while text.len() < 3_900_000 {
        at += 1;
        write!(
            text,
            r#", {{ "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-09-01", "name": "g{at}", "dependsOn": ["a"], "properties": {{ "odd": "[resourceGroup().location]" }} }}"#
        )
        .unwrap();
    }
    assert!(soon(&template(&format!("{text}]"))));
}

/// Pieces of expressions in any order.
fn expression() -> impl Strategy<Value = String> {
    let words = proptest::sample::select(vec![
        "concat(",
        "format('{0}{9}{', ",
        "if(",
        "split(",
        "resourceId(",
        "'Microsoft.Network/virtualNetworks'",
        "reference(",
        "parameters('p')",
        "parameters('q')",
        "variables('v')",
        "copyIndex(",
        "range(-1, 5)",
        ")",
        ")",
        ")",
        ", ",
        ", ",
        ".a",
        "[0]",
        "[-1]",
        "'it''s'",
        "9223372036854775807",
        "-1",
        "add(",
        "div(1, 0)",
        "mul(",
        "substring('é', 1, 9)",
        "cidrSubnet('10.0.0.0/8', 33, -1)",
        "cidrHost('::/0', 1)",
        "parseCidr('1.2.3.4/0')",
        "padLeft('a', 99999999)",
        "take('é', -5)",
        "skip(createArray(1), 7)",
        "union(",
        "intersection(",
        "json('{}')",
        "null()",
        "createObject('a')",
        "min()",
        "max(createArray())",
        "first('')",
        "last(createArray())",
        "empty(",
        "base64(",
        "coalesce(",
        "replace('a', '', 'b')",
        "indexOf('É', 'é')",
        "mod(1, 0)",
    ]);
    proptest::collection::vec(words, 0..20).prop_map(|words| format!("[{}]", words.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(source) = decode("bytes", &bytes, Dialect::TEMPLATE) {
            let _ = arm::read(&source);
        }
    }

    #[test]
    fn expressions_never_panic(
        name in expression(), prefix in expression(), count in expression(), condition in expression(), rules in expression(),
    ) {
        let text = serde_json::json!({
            "$schema": "https://x/deploymentTemplate.json#",
            "parameters": {
                "p": { "type": "string", "defaultValue": "a:b" },
                "q": { "type": "array" },
            },
            "variables": { "v": [{ "a": name }], "copy": [{ "name": "w", "count": count, "input": prefix }] },
            "resources": [{
                "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2023-09-01", "name": name,
                "copy": { "name": "loop", "count": count }, "condition": condition, "dependsOn": [prefix],
                "properties": { "addressSpace": { "addressPrefixes": [prefix] }, "subnets": rules },
            }, {
                "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-09-01", "name": prefix,
                "properties": { "securityRules": rules },
            }],
            "outputs": { "o": { "type": "string", "value": name } },
        });
        let _ = read(&text.to_string());
    }

    #[test]
    fn a_byte_changed_never_panics(at in any::<prop::sample::Index>(), byte in b' '..=b'~') {
        let text = examples().swap_remove(0).template;
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            let _ = read(&text);
        }
    }
}

#[test]
fn a_template_cut_anywhere_never_panics() {
    let text = examples().swap_remove(0).template;
    for at in (0..text.len()).step_by(997) {
        let _ = read(&text[..text.floor_char_boundary(at)]);
        let _ = read(&text[text.floor_char_boundary(at)..]);
    }
}
