//! A stack follows its pattern to another version: what that changes is shown before, and nothing is opened or made anew that
//! nobody allowed.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::run::{Folder, Outcome, project};

const STACK: &str = "\
# Ours, since 2024.
stack: vpc
pattern: aws-private-vpn
version: 1.0.0 # the first

parameters:
  zones: 2
";

/// A folder with a stack that was built of version 1.0.0, and a pattern of version 1.1.0 with these changes.
fn folder(formats: &[&str], changes: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    folder.write("vpc.yaml", STACK);
    let mut build = vec!["build", "vpc.yaml"];
    build.extend(formats);
    folder.done(&build);
    pattern(&folder, changes);
    folder
}

/// Writes version 1.1.0 of the pattern.
fn pattern(folder: &Folder, changes: &[(&str, &str)]) {
    let text = std::fs::read_to_string(project().join("patterns/aws-private-vpn.yaml")).unwrap();
    let text = changes
        .iter()
        .chain(&[("version: 1.0.0", "version: 1.1.0")])
        .fold(text, |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replace(old, new)
        });
    folder.write("patterns/aws-private-vpn.yaml", text);
}

const MORE_PORTS: (&str, &str) = (
    "inbound: { type: traffic, default: [tcp/443]",
    "inbound: { type: traffic, default: [tcp/443, tcp/22]",
);
const LONGER_LOGS: (&str, &str) = ("default: 365,", "default: 731,");
const OTHER_SUBNET: [(&str, &str); 3] = [
    ("    private: {", "    app: {"),
    ("subnet: private", "subnet: app"),
    (
        "\ncontrols:",
        "\nrenamed: { subnets: { private: app } }\n\ncontrols:",
    ),
];

fn update(folder: &Folder, more: &[&str]) -> Outcome {
    let mut arguments = vec!["update", "vpc.yaml", "--patterns", "patterns"];
    arguments.extend(more);
    folder.run(&arguments)
}

/// Everything in the folder.
fn contents(folder: &Folder) -> BTreeMap<String, String> {
    let files = folder.files().into_iter();
    files
        .map(|name| (name.clone(), folder.read(&name)))
        .collect()
}

#[test]
fn a_stack_follows_its_pattern_and_keeps_its_own_words() {
    let folder = folder(&[], &[LONGER_LOGS]);
    let before = contents(&folder);
    let check = update(&folder, &["--check"]);
    assert_eq!(check.code, 1, "{}", check.stderr);
    assert_eq!(contents(&folder), before);
    let done = update(&folder, &[]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.stdout, check.stdout);
    assert_eq!(
        done.stdout,
        "vpc: aws-private-vpn 1.0.0 -> 1.1.0\n  cloudformation\n    Changed where it stands\n      LogGroup flow-logs\n    Kept as they are: 15 \
         resources\n  terraform\n    Changed where it stands\n      LogGroup flow-logs\n    Kept as they are: 16 resources\n"
    );
    assert_eq!(
        folder.read("vpc.yaml"),
        STACK.replace("1.0.0", "1.1.0"),
        "the version alone changes"
    );
    assert!(
        folder
            .read("patternbook.lock")
            .contains("aws-private-vpn 1.1.0 sha256:")
    );
    // It is what a build makes.
    for how in ["--check", "--locked"] {
        folder.done(&["build", "vpc.yaml", how, "--patterns", "patterns"]);
    }
    let again = update(&folder, &[]);
    assert_eq!(
        again.stdout,
        "vpc: aws-private-vpn 1.1.0: nothing changes\n"
    );
    assert_eq!(update(&folder, &["--check"]).code, 0);
}

#[test]
fn nothing_is_opened_that_nobody_allowed() {
    let folder = folder(&[], &[MORE_PORTS]);
    let before = contents(&folder);
    let refused = update(&folder, &["--allow-replace"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused
            .stdout
            .contains("    Opened\n      datacenter -> servers  tcp/22 through datacenter ("),
        "{}",
        refused.stdout
    );
    assert!(refused.stderr.contains("PB508"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("--allow-open"),
        "{}",
        refused.stderr
    );
    assert_eq!(contents(&folder), before);
    let allowed = update(&folder, &["--allow-open"]);
    assert_eq!(allowed.code, 0, "{}", allowed.stderr);
    assert!(folder.read("vpc.yaml").contains("1.1.0"));
    // Less is no harm.
    pattern(&folder, &[]);
    let closed = update(&folder, &[]);
    assert_eq!(closed.code, 0, "{}", closed.stderr);
    assert!(closed.stdout.contains("    Closed\n"), "{}", closed.stdout);
}

#[test]
fn nothing_is_made_anew_that_nobody_allowed() {
    let folder = folder(&[], &[("subnet: private", "subnet: private # x")]);
    folder.write(
        "vpc.yaml",
        folder
            .read("vpc.yaml")
            .replace("zones: 2", "zones: 2\n  routing: bgp"),
    );
    let before = contents(&folder);
    let refused = update(&folder, &["--allow-open"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stdout.contains("    Made anew by the cloud\n"),
        "{}",
        refused.stdout
    );
    assert!(
        refused.stderr.contains("--allow-replace"),
        "{}",
        refused.stderr
    );
    assert_eq!(contents(&folder), before);
    let allowed = update(&folder, &["--allow-open", "--allow-replace"]);
    assert_eq!(allowed.code, 0, "{}", allowed.stderr);
}

#[test]
fn a_name_that_changed_is_kept_by_terraform_and_made_anew_by_cloudformation() {
    let both = folder(&[], &OTHER_SUBNET);
    let refused = update(&both, &[]);
    assert_eq!(refused.code, 1);
    let (cloudformation, terraform) = refused.stdout.split_once("  terraform\n").unwrap();
    assert!(
        cloudformation
            .contains("Subnet app1 (its name in the template cannot change where it stands)"),
        "{cloudformation}"
    );
    assert!(
        terraform.contains("    Changed where it stands\n      Subnet app-1\n"),
        "{terraform}"
    );
    assert!(!terraform.contains("anew"), "{terraform}");
    assert!(!refused.stdout.contains("Removed"), "{}", refused.stdout);

    let terraform = folder(&["--format", "terraform"], &OTHER_SUBNET);
    let done = update(&terraform, &[]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(
        terraform
            .read("out/vpc/terraform/moved.tf")
            .contains("aws_subnet.app_1")
    );
    assert!(
        !terraform.path("out/vpc/cloudformation").exists(),
        "no format is added"
    );
}

#[test]
fn parameters_get_their_new_names_in_every_environment() {
    let folder = folder(&[], &[]);
    let stack = |version: &str, name: &str| {
        format!(
            "stack: vpc\npattern: aws-private-vpn\nversion: {version}\nparameters: {{ {name}: 50 }}\nenvironments:\n  dev: {{ parameters: {{ \
             network: 10.1.0.0/16 }} }}\n  prod: {{ parameters: {{ network: 10.2.0.0/16, {name}: 200 }} }}\n"
        )
    };
    folder.write("vpc.yaml", stack("1.0.0", "hosts"));
    folder.done(&["build", "vpc.yaml"]);
    pattern(
        &folder,
        &[
            ("  hosts: { type", "  servers_in_zone: { type"),
            ("$hosts", "$servers_in_zone"),
            (
                "\ncontrols:",
                "\nrenamed: { parameters: { hosts: servers_in_zone } }\n\ncontrols:",
            ),
        ],
    );
    let done = update(&folder, &[]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(folder.read("vpc.yaml"), stack("1.1.0", "servers_in_zone"));
    for environment in ["dev", "prod"] {
        assert!(
            done.stdout.contains(&format!(
                "vpc/{environment}: aws-private-vpn 1.0.0 -> 1.1.0\n"
            )),
            "{}",
            done.stdout
        );
    }
    folder.done(&["build", "vpc.yaml", "--check", "--patterns", "patterns"]);
}

#[test]
fn all_stacks_are_updated_or_none() {
    let folder = folder(&[], &[MORE_PORTS]);
    let other = STACK
        .replace("stack: vpc", "stack: other")
        .replace("zones: 2", "inbound: [tcp/443]\n  network: 10.5.0.0/16");
    folder.write("other.yaml", other);
    let stacks = ["vpc.yaml", "other.yaml"];
    folder.done(&["build", "other.yaml"]);
    let before = contents(&folder);
    let both = |more: &[&str]| {
        let arguments = [&["update"], &stacks[..], &["--patterns", "patterns"], more];
        folder.run(&arguments.concat())
    };
    assert_eq!(both(&[]).code, 1);
    assert_eq!(contents(&folder), before);
    assert_eq!(both(&["--allow-open"]).code, 0);
    for stack in stacks {
        assert!(folder.read(stack).contains("version: 1.1.0"));
    }
}

#[test]
fn what_cannot_be_compared_or_was_edited_is_refused() {
    let folder = folder(&[], &[LONGER_LOGS]);
    let elsewhere = update(&folder, &["-o", "elsewhere"]);
    assert_eq!(elsewhere.code, 2);
    assert!(elsewhere.stderr.contains("PB507"), "{}", elsewhere.stderr);
    assert!(!folder.path("elsewhere").exists());
    let stdin = folder.run(&["update", "-"]);
    assert_eq!(stdin.code, 2);
    let template = "out/vpc/cloudformation/template.yaml";
    let edited = folder.read(template) + "# mine\n";
    folder.write(template, &edited);
    let before = contents(&folder);
    let refused = update(&folder, &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB501"), "{}", refused.stderr);
    assert_eq!(contents(&folder), before);
    assert_eq!(update(&folder, &["--force"]).code, 0);
    // A stack that is ahead of the pattern at hand has nothing to follow.
    let ahead = folder.run(&["update", "vpc.yaml"]);
    assert_eq!(ahead.code, 2);
    assert!(
        ahead.stderr.contains("the version at hand is 1.0.0"),
        "{}",
        ahead.stderr
    );
}

#[test]
fn programs_get_the_same_answer_whether_it_is_refused_or_not() {
    let folder = folder(&["--format", "terraform"], &[MORE_PORTS]);
    let json = |more: &[&str]| -> (i32, Json) {
        let outcome = update(&folder, &[&["--format", "json"], more].concat());
        (outcome.code, serde_json::from_str(&outcome.stdout).unwrap())
    };
    let (code, checked) = json(&["--check"]);
    assert_eq!(code, 1);
    assert_eq!(checked["schema_version"], 1);
    assert_eq!(checked["written"], false);
    let stack = &checked["stacks"][0];
    assert_eq!(stack["stack"], "vpc");
    assert_eq!(stack["environment"], Json::Null);
    assert_eq!(stack["from"], "1.0.0");
    assert_eq!(stack["to"], "1.1.0");
    assert_eq!(stack["not_allowed"], serde_json::json!(["--allow-open"]));
    assert_eq!(stack["formats"][0]["format"], "terraform");
    assert_eq!(stack["formats"][0]["opened"][0]["allow"], "tcp/22");
    for list in ["closed", "moved", "replaced", "removed", "unknown"] {
        assert_eq!(stack["formats"][0][list], serde_json::json!([]), "{list}");
    }
    let (code, refused) = json(&[]);
    assert_eq!(code, 1);
    assert_eq!(refused["written"], false);
    let (code, done) = json(&["--allow-open"]);
    assert_eq!(code, 0);
    assert_eq!(done["written"], true);
    assert_eq!(json(&["--check"]).0, 0);
}

#[test]
fn azure_has_no_other_name_for_what_stands() {
    let folder = Folder::new();
    folder.write("web.yaml", "stack: web\npattern: azure-public-web\n");
    folder.done(&["build", "web.yaml", "--format", "terraform"]);
    let text = std::fs::read_to_string(project().join("patterns/azure-public-web.yaml")).unwrap();
    let text = text
        .replace("version: 1.0.0", "version: 1.1.0")
        .replace("    web: { hosts", "    front: { hosts")
        .replace("subnet: web", "subnet: front");
    folder.write(
        "patterns/azure-public-web.yaml",
        text + "\nrenamed: { subnets: { web: front } }\n",
    );
    let refused = folder.run(&["update", "web.yaml", "--patterns", "patterns"]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(
        refused
            .stdout
            .contains("Subnet vnet-web/snet-front (its name cannot change where it stands)"),
        "{}",
        refused.stdout
    );
}
