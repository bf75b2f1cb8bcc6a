//! `prove` says whether a template is what its stack says, and names what is not.

use serde_json::Value as Json;

use crate::run::Folder;

const TEMPLATE: &str = "out/vpc/cloudformation/template.yaml";

fn built() -> Folder {
    let folder = Folder::new();
    folder.write("vpc.yaml", "stack: vpc\npattern: aws-private-vpn\n");
    folder.done(&["build", "vpc.yaml"]);
    folder
}

/// Edits one line by hand.
fn edit(folder: &Folder, path: &str, from: &str, to: &str) {
    let text = folder.read(path);
    assert!(text.contains(from), "{text}");
    folder.write(path, text.replacen(from, to, 1));
}

fn refuted(folder: &Folder, path: &str) -> Json {
    let refused = folder.run(&["prove", "vpc.yaml", path, "--format", "json"]);
    assert_eq!(refused.code, 1, "{}{}", refused.stdout, refused.stderr);
    let answer: Json = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(answer["verdict"], "refuted", "{answer:#}");
    answer
}

#[test]
fn what_build_wrote_is_proved_in_each_format_and_in_all_at_once() {
    let folder = built();
    for arguments in [
        &["prove", "vpc.yaml"][..],
        &["prove", "vpc.yaml", TEMPLATE],
        &["prove", "vpc.yaml", "out/vpc/terraform"],
        &["prove", "vpc.yaml", "out/vpc"],
    ] {
        let text = folder.done(arguments);
        assert!(text.ends_with("vpc: proved\n"), "{text}");
    }
}

#[test]
fn the_answer_in_json_has_every_field_of_the_contract() {
    let folder = built();
    let text = folder.done(&["prove", "vpc.yaml", "out/vpc", "--format", "json"]);
    let answer: Json = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "schema_version",
            "verdict",
            "templates",
            "flows",
            "missing",
            "extra",
            "guarantees",
            "unknown",
            "assumptions"
        ]
    );
    assert_eq!(answer["schema_version"], 1);
    assert_eq!(answer["verdict"], "proved");
    assert_eq!(answer["flows"], 2);
    assert_eq!(answer["templates"].as_array().unwrap().len(), 2);
    assert!(
        answer["guarantees"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["holds"] == true)
    );
    assert!(!answer["assumptions"].as_array().unwrap().is_empty());
}

#[test]
fn a_port_opened_by_hand_is_named_with_its_rule_and_line() {
    let folder = built();
    edit(&folder, TEMPLATE, "ToPort: 443", "ToPort: 445");
    let answer = refuted(&folder, TEMPLATE);
    let extra = &answer["extra"][0];
    assert_eq!(extra["from"], "datacenter");
    assert_eq!(extra["to"], "servers");
    assert_eq!(extra["allow"], "tcp/444-445");
    let line = extra["rules"][0]["line"].as_u64().unwrap();
    let text = folder.read(TEMPLATE);
    let rule: Vec<_> = text
        .lines()
        .skip(usize::try_from(line).unwrap() - 1)
        .take(5)
        .collect();
    assert!(rule.join("\n").contains("ToPort: 445"), "{rule:#?}");
}

#[test]
fn a_rule_for_everybody_breaks_a_guarantee_with_a_packet_that_shows_it() {
    let folder = built();
    edit(
        &folder,
        TEMPLATE,
        "CidrIp: 192.168.0.0/16",
        "CidrIp: 0.0.0.0/0",
    );
    let answer = refuted(&folder, TEMPLATE);
    let guarantees = answer["guarantees"].as_array().unwrap();
    let broken = guarantees.iter().find(|it| it["holds"] == false).unwrap();
    let packet = broken["counterexample"]["packet"].as_str().unwrap();
    assert!(
        packet.contains(" -> 10.0.") && packet.ends_with("tcp/443"),
        "{packet}"
    );
}

#[test]
fn terraform_edited_by_hand_is_refuted_as_well() {
    let folder = built();
    edit(
        &folder,
        "out/vpc/terraform/security.tf",
        "to_port           = 443",
        "to_port           = 444",
    );
    let answer = refuted(&folder, "out/vpc/terraform");
    assert_eq!(answer["extra"][0]["allow"], "tcp/444", "{answer:#}");
}

#[test]
fn something_that_is_not_understood_is_never_proved() {
    let folder = built();
    let text = folder.read(TEMPLATE);
    let wall = "  Wall:\n    Type: AWS::NetworkFirewall::Firewall\n";
    folder.write(
        TEMPLATE,
        text.replacen("Resources:\n", &format!("Resources:\n{wall}"), 1),
    );
    let refused = folder.run(&["prove", "vpc.yaml", TEMPLATE]);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    assert!(refused.stdout.contains("not understood") && refused.stdout.contains("Wall"));
    assert!(
        refused.stdout.ends_with("vpc: unknown\n"),
        "{}",
        refused.stdout
    );
}
