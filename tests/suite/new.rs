//! `new` writes a stack file that plans and builds at once, and never writes over one.

use crate::run::Folder;

const PATTERNS: [&str; 4] = [
    "azure-public-web",
    "aws-private-vpn",
    "azure-hybrid-web-app",
    "aws-analytics-loop",
];

#[test]
fn what_new_writes_plans_and_builds_in_an_empty_folder() {
    for pattern in PATTERNS {
        let folder = Folder::new();
        folder.done(&["new", pattern, "-o", "stack.yaml", "--name", "mine"]);
        folder.done(&["plan", "stack.yaml"]);
        folder.done(&["build", "stack.yaml"]);
        assert!(folder.path("out/mine").is_dir());
    }
}

#[test]
fn every_parameter_is_explained_in_the_file() {
    for pattern in PATTERNS {
        let folder = Folder::new();
        let file = folder.done(&["new", pattern, "-o", "-"]);
        let shown = folder.done(&["show", pattern, "--format", "json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        for parameter in shown["parameters"].as_array().unwrap() {
            let (name, help) = (
                parameter["name"].as_str().unwrap(),
                parameter["help"].as_str().unwrap(),
            );
            assert!(file.contains(&format!("{name}: ")), "{pattern}: {name}");
            assert!(file.contains(help), "{pattern}: {help}");
        }
    }
}

#[test]
fn the_defaults_in_comments_are_the_defaults() {
    for pattern in PATTERNS {
        let folder = Folder::new();
        folder.done(&["new", pattern, "-o", "a.yaml", "--name", "mine"]);
        let plain = folder.done(&["plan", "a.yaml", "--format", "json"]);
        let text = folder.read("a.yaml");
        let (head, parameters) = text.split_once("parameters:\n").unwrap();
        let (build, _) = parameters.split_once("# These are asked for").unwrap();
        // Every second line is a default in a comment, below the parameter's help.
        let lines = build.lines().map(|line| match line.strip_prefix("  # ") {
            Some(rest) if rest.split_once(": ").is_some_and(|(name, _)| is_name(name)) => {
                format!("  {rest}\n")
            }
            _ => format!("{line}\n"),
        });
        folder.write(
            "b.yaml",
            format!("{head}parameters:\n{}", lines.collect::<String>()),
        );
        assert_eq!(
            folder.done(&["plan", "b.yaml", "--format", "json"]),
            plain,
            "{pattern}"
        );
    }
}

fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn values_on_the_command_line_stand_in_the_file() {
    let folder = Folder::new();
    folder.done(&[
        "new",
        "aws-private-vpn",
        "-o",
        "vpc.yaml",
        "--name",
        "vpc",
        "--set",
        "zones=3",
        "--set",
        "datacenter=192.168.0.0/16, 172.16.0.0/12",
        "--set",
        "isolate_zones=true",
        "--set",
        "size=m7i.large",
    ]);
    let text = folder.read("vpc.yaml");
    for line in [
        "  zones: 3\n",
        "  datacenter: [192.168.0.0/16, 172.16.0.0/12]\n",
        "  isolate_zones: true\n",
        "  size: m7i.large\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let plan = folder.done(&["plan", "vpc.yaml"]);
    assert!(plan.contains("private-3"), "{plan}");
}

#[test]
fn a_text_with_odd_characters_comes_back_as_it_was() {
    let folder = Folder::new();
    let odd = r#"a"b'c${d}!Sub [e] # f: {g} \ é"#;
    folder.done(&[
        "new",
        "aws-private-vpn",
        "-o",
        "vpc.yaml",
        "--set",
        &format!("size={odd}"),
    ]);
    let text = folder.read("vpc.yaml");
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix("  size: "))
        .unwrap();
    assert_eq!(serde_yaml::from_str::<String>(value).unwrap(), odd);
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let folder = Folder::new();
    folder.write("vpc.yaml", "mine\n");
    let refused = folder.run(&["new", "aws-private-vpn", "-o", "vpc.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("there already"),
        "{}",
        refused.stderr
    );
    assert_eq!(folder.read("vpc.yaml"), "mine\n");
}

#[test]
fn all_that_is_wrong_on_the_command_line_is_told_at_once() {
    let folder = Folder::new();
    let wrong = folder.run(&[
        "new",
        "aws-private-vpn",
        "--name",
        "My VPC",
        "--set",
        "zone=3",
        "--set",
        "hosts=many",
        "--set",
        "zones",
        "--set",
        "asn=0",
    ]);
    assert_eq!(wrong.code, 2);
    for part in [
        "`My VPC` is no name",
        "did you mean `zones`?",
        "expected a whole number",
        "gives no value",
        "`asn` is 0",
    ] {
        assert!(
            wrong.stderr.contains(part),
            "{part} is not in {}",
            wrong.stderr
        );
    }
    assert_eq!(folder.files(), [""; 0]);
}

#[test]
fn a_list_for_the_deployer_becomes_a_list_in_each_format() {
    let folder = Folder::new();
    let arn = "arn:aws:iam::123456789012:role/";
    folder.done(&[
        "new",
        "aws-analytics-loop",
        "-o",
        "s.yaml",
        "--name",
        "s",
        "--set",
        &format!("sender_principals={arn}a,{arn}b"),
    ]);
    folder.done(&["build", "s.yaml"]);
    let variables = folder.read("out/s/terraform/variables.tf");
    assert!(
        variables.contains(&format!("= [\"{arn}a\", \"{arn}b\"]")),
        "{variables}"
    );
    let template = folder.read("out/s/cloudformation/template.yaml");
    assert!(template.contains(&format!("{arn}a,{arn}b")), "{template}");
}

#[test]
fn a_secret_is_never_taken() {
    let folder = Folder::new();
    let refused = folder.run(&["new", "azure-hybrid-web-app", "--set", "shared_key=hunter2"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB210"), "{}", refused.stderr);
}

#[test]
fn the_first_line_names_a_schema_that_lies_beside_the_stack() {
    let folder = Folder::new();
    folder.write("stacks/keep", "");
    folder.done(&["new", "aws-private-vpn", "-o", "stacks/vpc.yaml"]);
    let text = folder.read("stacks/vpc.yaml");
    let line = text.lines().next().unwrap();
    let path = line
        .strip_prefix("# yaml-language-server: $schema=")
        .unwrap();
    assert_eq!(path, ".patternbook/aws-private-vpn.schema.json");
    let schema = folder.done(&["schema", "aws-private-vpn"]);
    assert_eq!(folder.read(&format!("stacks/{path}")), schema);
    // A folder that is not there is not made for a schema.
    assert_eq!(
        folder
            .run(&["new", "aws-private-vpn", "-o", "other/vpc.yaml"])
            .code,
        3
    );
    assert!(!folder.path("other").exists());
}

#[test]
fn a_schema_of_another_version_is_written_anew_and_an_edited_one_stays() {
    let folder = Folder::new();
    let path = ".patternbook/own.schema.json";
    let pattern = |title: &str| {
        let file = crate::run::project().join("patterns/aws-private-vpn.yaml");
        let text = std::fs::read_to_string(file).unwrap();
        let text = text.replace("pattern: aws-private-vpn", "pattern: own");
        folder.write(
            "patterns/own.yaml",
            text.replace("Private VPC reached", title),
        );
    };
    let new = |stack: &str| folder.run(&["new", "own", "-o", stack, "--patterns", "patterns"]);
    pattern("One");
    assert_eq!(new("a.yaml").code, 0);
    let first = folder.read(path);
    pattern("Two");
    assert_eq!(new("b.yaml").code, 0);
    let second = folder.read(path);
    assert_ne!(first, second);
    let edited = second.replace("Two", "Mine");
    folder.write(path, &edited);
    let outcome = new("c.yaml");
    assert_eq!(outcome.code, 0);
    assert!(
        outcome.stderr.contains("was edited, and stays"),
        "{}",
        outcome.stderr
    );
    assert_eq!(folder.read(path), edited);
    assert!(folder.path("c.yaml").exists());
}

#[test]
fn standard_output_gets_a_stack_and_nothing_else() {
    let folder = Folder::new();
    let text = folder.done(&["new", "aws-private-vpn", "-o", "-"]);
    assert!(!text.contains("$schema"), "{text}");
    assert_eq!(folder.files(), [""; 0]);
}

#[test]
fn every_value_that_is_missing_is_told_in_one_error() {
    let folder = Folder::new();
    let file = crate::run::project().join("patterns/aws-private-vpn.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.replace("pattern: aws-private-vpn", "pattern: own");
    let text = text.replace("default: 10.0.0.0/16, ", "");
    folder.write(
        "patterns/own.yaml",
        text.replace("default: [192.168.0.0/16], ", ""),
    );
    let new = ["new", "own", "--patterns", "patterns", "-o", "vpc.yaml"];
    let refused = folder.run(&new);
    assert_eq!(refused.code, 2);
    let told = &refused.stderr;
    assert_eq!(told.matches("error[").count(), 1, "{told}");
    for part in [
        "error[PB213]: `network`, `datacenter` have no value",
        "`--set network=10.0.0.0/16` (Address space of the VPC)",
        "`--set datacenter=203.0.113.0/24` (Address ranges behind the VPN)",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert_eq!(folder.files(), ["patterns/own.yaml"]);
    let one = folder.run(&[&new[..], &["--set", "network=10.9.0.0/16"]].concat());
    assert!(
        one.stderr.contains("`datacenter` has no value"),
        "{}",
        one.stderr
    );
    let all = [
        "--set",
        "network=10.9.0.0/16",
        "--set",
        "datacenter=192.168.0.0/16",
    ];
    folder.done(&[&new[..], &all].concat());
    folder.done(&["plan", "vpc.yaml", "--patterns", "patterns"]);
}

#[test]
fn values_that_clash_with_what_is_known_are_refused() {
    let folder = Folder::new();
    let clash = |sets: &[&str]| {
        let refused = folder.run(&[&["new", "aws-private-vpn", "--name", "new"], sets].concat());
        assert_eq!(refused.code, 2, "{sets:?}");
        assert_eq!(
            refused.stderr.matches("error[PB302]").count(),
            1,
            "{}",
            refused.stderr
        );
        refused.stderr
    };
    clash(&[
        "--set",
        "network=10.0.0.0/16",
        "--set",
        "datacenter=10.0.0.0/8",
    ]);
    let told = clash(&["--set", "network=169.254.0.0/16"]);
    assert!(told.contains("AWS keeps link-local addresses"), "{told}");
    folder.write(
        "ranges.yaml",
        "ranges: [{ range: 10.3.0.0/16, why: The lab. }]\n",
    );
    let told = clash(&["--set", "network=10.3.1.0/24", "--forbidden", "ranges.yaml"]);
    assert!(told.contains("The lab"), "{told}");
    folder.write("vpc.yaml", "stack: vpc\npattern: aws-private-vpn\n");
    folder.done(&["build", "vpc.yaml", "--format", "terraform"]);
    let told = clash(&["--set", "network=10.0.8.0/22"]);
    assert!(
        told.contains("overlaps `10.0.0.0/16` of `vpc`") && told.contains("patternbook.lock"),
        "{told}"
    );
    // A default is nobody's choice: it can still be changed in the file, and `plan` says what is wrong with it.
    folder.done(&["new", "aws-private-vpn", "--name", "new"]);
    // What nothing ties to a datacenter may have the same addresses.
    folder.done(&["new", "azure-public-web", "--set", "network=10.0.0.0/16"]);
}
