//! A user's text arrives in every format as that text, or is refused. It never becomes structure.

use serde_json::Value;

use crate::run::Folder;

/// Texts that mean something in YAML, JSON, HCL, CloudFormation or ARM.
const TEXTS: [&str; 16] = [
    r#"double " quote"#,
    "single ' quote",
    "dollar ${AWS::Region} brace",
    "${var.name}",
    "%{ if true }yes%{ endif }",
    "!Sub text",
    "!Ref Vpc",
    "[resourceGroup().location]",
    "[[double]",
    "[open",
    r"back \ slash \n",
    "hash # colon: {brace} *star &and",
    "- dash",
    "yes",
    "12:30",
    "é ü 漢",
];

fn yaml(text: &str) -> String {
    Value::from(text).to_string()
}

/// Builds a stack with each text as the size of its machines, and looks at what became of it.
fn arrives(pattern: &str, parameters: &str, look: impl Fn(&Folder, &str)) {
    for text in TEXTS {
        let folder = Folder::new();
        let stack = format!(
            "stack: s\npattern: {pattern}\nparameters: {{ {parameters}size: {} }}\n",
            yaml(text)
        );
        folder.write("s.yaml", stack);
        let outcome = folder.run(&["build", "s.yaml"]);
        if outcome.code == 2 {
            assert!(
                outcome.stderr.contains("PB402"),
                "{text}: {}",
                outcome.stderr
            );
            continue;
        }
        assert_eq!(outcome.code, 0, "{text}: {}", outcome.stderr);
        look(&folder, text);
        let compute = folder.read("out/s/terraform/compute.tf");
        let escaped = yaml(text).replace("${", "$${").replace("%{", "%%{");
        assert!(compute.contains(&escaped), "{escaped} is not in {compute}");
    }
}

#[test]
fn a_text_arrives_in_cloudformation_and_terraform() {
    arrives("aws-private-vpn", "instances: true, ", |folder, text| {
        let template = folder.read("out/s/cloudformation/template.yaml");
        let template: serde_yaml::Value = serde_yaml::from_str(&template).unwrap();
        let mut found = Vec::new();
        strings(&template, &mut found);
        assert!(
            found.iter().any(|found| found == text),
            "`{text}` is not in the CloudFormation template"
        );
    });
}

fn strings(value: &serde_yaml::Value, found: &mut Vec<String>) {
    match value {
        serde_yaml::Value::String(text) => found.push(text.clone()),
        serde_yaml::Value::Sequence(items) => items.iter().for_each(|item| strings(item, found)),
        serde_yaml::Value::Mapping(entries) => {
            entries.values().for_each(|value| strings(value, found));
        }
        // A tag is an intrinsic function: what is below it is not a text of the user's.
        _ => {}
    }
}

#[test]
fn a_text_arrives_in_arm_and_terraform() {
    arrives("azure-public-web", "", |folder, text| {
        let template = folder.read("out/s/arm/azuredeploy.json");
        let literal = if text.starts_with('[') {
            format!("['{text}']")
        } else {
            text.to_owned()
        };
        assert!(
            template.contains(&yaml(&literal)),
            "{literal} is not in {template}"
        );
    });
}

#[test]
fn line_breaks_and_control_characters_are_refused() {
    for text in [
        r"a\nb",
        r"a\tb",
        r"a\u0007b",
        r"a\u202eb",
        r"\u0000",
        r"a\r",
    ] {
        let folder = Folder::new();
        folder.write(
            "vpc.yaml",
            format!("stack: vpc\npattern: aws-private-vpn\nparameters: {{ size: \"{text}\" }}\n"),
        );
        let outcome = folder.run(&["build", "vpc.yaml"]);
        assert_eq!(outcome.code, 2, "{text}");
        assert!(
            outcome.stderr.contains("PB107"),
            "{text}: {}",
            outcome.stderr
        );
        assert!(!folder.path("out").exists());
    }
}

#[test]
fn what_cloudformation_would_look_up_is_refused() {
    let folder = Folder::new();
    folder.write(
        "vpc.yaml",
        "stack: vpc\npattern: aws-private-vpn\nparameters: { instances: true, size: \"{{resolve:ssm:/secret}}\" }\n",
    );
    let outcome = folder.run(&["build", "vpc.yaml"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("PB402"), "{}", outcome.stderr);
}

#[test]
fn tags_arrive_or_are_refused() {
    for text in ["plain", "a+b=c@d", "<script>", "semi;colon", "quote\"d"] {
        for pattern in ["aws-private-vpn", "azure-public-web"] {
            let folder = Folder::new();
            folder.write(
                "stack.yaml",
                format!(
                    "stack: s\npattern: {pattern}\ntags: {{ owner: {} }}\n",
                    yaml(text)
                ),
            );
            let outcome = folder.run(&["build", "stack.yaml"]);
            match outcome.code {
                0 => assert!(folder.files().iter().any(|file| file.contains("terraform")
                    && !file.ends_with("zip")
                    && folder.read(file).contains(&yaml(text)))),
                2 => assert!(outcome.stderr.contains("PB402"), "{}", outcome.stderr),
                code => panic!("{code}: {}", outcome.stderr),
            }
        }
    }
}
