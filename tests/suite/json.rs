//! JSON answers are one object with `schema_version: 1` first, on errors as well.

use serde_json::Value;

use crate::run::{Folder, Outcome};

#[track_caller]
fn object(outcome: &Outcome) -> Value {
    let value: Value = serde_json::from_str(&outcome.stdout)
        .unwrap_or_else(|error| panic!("{error}: {outcome:?}"));
    let (key, version) = value.as_object().unwrap().iter().next().unwrap();
    assert_eq!((key.as_str(), version), ("schema_version", &Value::from(1)));
    value
}

#[test]
fn list_and_show_answer_in_json() {
    let folder = Folder::new();
    let list = object(&folder.run(&["list", "--format", "json"]));
    let ids: Vec<_> = list["patterns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pattern| pattern["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "aws-analytics-loop",
            "aws-private-outbound",
            "aws-private-vpn",
            "azure-hybrid-web-app",
            "azure-public-web"
        ]
    );
    for id in ids {
        let shown = object(&folder.run(&["show", id, "--format", "json"]));
        for flow in shown["flows"].as_array().unwrap() {
            assert!(!flow["why"].as_str().unwrap().is_empty());
        }
        for parameter in shown["parameters"].as_array().unwrap() {
            assert!(
                matches!(parameter["bind"].as_str(), Some("build" | "deploy")),
                "{parameter}"
            );
        }
        for part in ["guarantees", "controls", "sources"] {
            assert!(!shown[part].as_array().unwrap().is_empty(), "{id}: {part}");
        }
        let source = &shown["sources"][0];
        assert!(
            source["title"].is_string()
                && source["author"].is_string()
                && source["year"].is_u64()
                && source["practice"].is_string()
        );
    }
}

#[test]
fn a_plan_in_json_has_every_field_of_the_contract() {
    let folder = Folder::new();
    folder.write("vpc.yaml", "stack: vpc\npattern: aws-private-vpn\n");
    let plan = object(&folder.run(&["plan", "vpc.yaml", "--format", "json"]));
    assert_eq!(plan["stack"], "vpc");
    assert_eq!(plan["environment"], Value::Null);
    assert_eq!(plan["pattern"], "aws-private-vpn");
    assert_eq!(plan["version"], "1.0.0");
    assert_eq!(plan["cloud"], "aws");
    let network = &plan["networks"][0];
    assert_eq!(network["cidrs"], serde_json::json!(["10.0.0.0/16"]));
    assert_eq!(
        network["subnets"][1],
        serde_json::json!({ "name": "private-2", "zone": 2, "cidr": "10.0.4.0/22", "usable": 1019 })
    );
    assert!(network["free"].is_array());
    assert_eq!(
        plan["flows"][0],
        serde_json::json!({
            "from": "datacenter", "to": "servers", "allow": "tcp/443",
            "why": "Users and administrators in the datacenter."
        })
    );
}

#[test]
fn errors_in_json_say_where_and_what() {
    let folder = Folder::new();
    folder.write(
        "vpc.yaml",
        "stack: vpc\npattern: aws-private-vpn\nparameters:\n  zones: 7\n  zone: 1\n",
    );
    let outcome = folder.run(&["plan", "vpc.yaml", "--format", "json"]);
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.stderr, "");
    let answer = object(&outcome);
    assert_eq!(answer["error"]["code"], "PB205");
    assert_eq!(answer["error"]["file"], "vpc.yaml");
    assert_eq!(
        (&answer["error"]["line"], &answer["error"]["column"]),
        (&Value::from(4), &Value::from(10))
    );
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2);
    assert_eq!(answer["errors"][1]["help"], "did you mean `zones`?");
}

#[test]
fn a_command_line_that_is_wrong_is_told_in_json_too() {
    let folder = Folder::new();
    let outcome = folder.run(&["plan", "--format", "json"]);
    assert_eq!(outcome.code, 2);
    assert_eq!(object(&outcome)["error"]["code"], "PB001");
    assert!(outcome.stderr.contains("Usage:"), "{}", outcome.stderr);
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let folder = Folder::new();
    folder.write("vpc.yaml", "stack: vpc\n");
    assert!(!folder.run(&["plan", "vpc.yaml"]).stderr.contains('\u{1b}'));
    assert!(
        folder
            .run(&["plan", "vpc.yaml", "--color", "always"])
            .stderr
            .contains('\u{1b}')
    );
}

#[test]
fn a_closed_pipe_is_no_panic() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_patternbook"))
        .args(["show", "aws-private-vpn"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
