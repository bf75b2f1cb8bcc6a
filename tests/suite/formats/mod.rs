//! A check tells what it found in the form that a pipeline reads, and ends the same in each of them.

mod check;
mod github;
mod junit;
mod sarif;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value as Json;

use crate::run::{Folder, Outcome};

const TEMPLATE: &str = "out/vpc/cloudformation/template.yaml";
const FORMS: [&str; 5] = ["text", "json", "github", "sarif", "junit"];

/// A folder with a stack that was built.
fn built() -> Folder {
    let folder = Folder::new();
    folder.write("vpc.yaml", "stack: vpc\npattern: aws-private-vpn\n");
    folder.done(&["build", "vpc.yaml"]);
    folder
}

/// The same with a port that somebody opened by hand.
fn edited() -> Folder {
    let folder = built();
    let text = folder.read(TEMPLATE);
    folder.write(TEMPLATE, text.replace("ToPort: 443", "ToPort: 445"));
    folder
}

fn run(folder: &Folder, line: &str, form: &str) -> Outcome {
    let mut arguments: Vec<_> = line.split(' ').collect();
    arguments.extend(["--format", form]);
    folder.run(&arguments)
}

fn sarif(folder: &Folder, line: &str) -> Json {
    let outcome = run(folder, line, "sarif");
    let log: Json = serde_json::from_str(&outcome.stdout)
        .unwrap_or_else(|error| panic!("{line}: {error}: {outcome:?}"));
    assert_eq!(log["version"], "2.1.0");
    log["runs"][0].clone()
}

/// The elements of a document of XML, each with its attributes.
fn elements(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    let element = |start: BytesStart<'_>| {
        let attributes = start.attributes().map(|it| {
            let it = it.unwrap();
            let value = quick_xml::escape::unescape(&it.value).unwrap();
            (it.key.as_ref().to_owned(), value.into_owned())
        });
        (start.name().as_ref().to_owned(), attributes.collect())
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return found,
            Event::Start(start) | Event::Empty(start) => found.push(element(start)),
            _ => {}
        }
    }
}

fn named<'a>(text: &'a [(String, Vec<(String, String)>)], name: &'a str) -> Vec<&'a str> {
    let found = text.iter().filter(move |(it, _)| it == name);
    let attributes = found.filter_map(|(_, all)| all.iter().find(|(key, _)| key == "name"));
    attributes.map(|(_, value)| value.as_str()).collect()
}

#[test]
fn no_form_changes_how_a_command_ends() {
    let (good, bad) = (built(), edited());
    let unknown = built();
    let text = unknown.read(TEMPLATE);
    let wall = "Resources:\n  Wall:\n    Type: AWS::NetworkFirewall::Firewall\n";
    unknown.write(TEMPLATE, text.replacen("Resources:\n", wall, 1));
    let broken = built();
    broken.write(
        "vpc.yaml",
        "stack: vpc\npattern: aws-private-vpn\nparameters: { zone: 9 }\n",
    );
    let stale = built();
    stale.write(
        "vpc.yaml",
        "stack: vpc\npattern: aws-private-vpn\nparameters: { inbound: [tcp/22] }\n",
    );
    let commands = [
        "prove vpc.yaml out/vpc",
        "diff vpc.yaml out/vpc",
        "build vpc.yaml --check",
    ];
    for (folder, expected) in [
        (&good, [0, 0, 0]),
        (&bad, [1, 1, 1]),
        (&unknown, [1, 1, 1]),
        (&broken, [2, 2, 2]),
        (&stale, [1, 1, 1]),
    ] {
        for (command, expected) in commands.iter().zip(expected) {
            for form in FORMS {
                let outcome = run(folder, command, form);
                assert_eq!(outcome.code, expected, "{command} {form}: {outcome:?}");
            }
        }
    }
    for wrong in [
        "prove",
        "prove vpc.yaml --chek",
        "prove nothing.yaml",
        "prove vpc.yaml nothing.yaml",
        "diff vpc.yaml",
        "diff --git nowhere out",
        "build --check",
        "build vpc.yaml --check --env prod",
    ] {
        for form in FORMS {
            let outcome = run(&good, wrong, form);
            assert_eq!(outcome.code, 2, "{wrong} {form}: {outcome:?}");
            if form != "text" {
                assert!(!outcome.stdout.is_empty(), "{wrong} is told as {form}");
            }
        }
    }
}

#[test]
fn what_is_not_chosen_to_fail_fails_in_no_form() {
    let folder = edited();
    for form in FORMS {
        let passed = run(
            &folder,
            "diff vpc.yaml out/vpc --fail-on closed,replaced",
            form,
        );
        assert_eq!(passed.code, 0, "{form}: {}", passed.stdout);
    }
    let line = "diff vpc.yaml out/vpc --fail-on closed,replaced";
    let text = run(&folder, line, "junit").stdout;
    assert!(text.contains("failures=\"0\"") && text.contains("<system-out>PB701: opened: "));
    let text = run(&folder, line, "github").stdout;
    assert!(
        text.starts_with("::warning file=") && !text.contains("::error"),
        "{text}"
    );
    let added = Folder::new();
    added.write("old.yaml", "stack: vpc\npattern: aws-private-vpn\n");
    added.write(
        "new.yaml",
        "stack: vpc\npattern: aws-private-vpn\nparameters: { zones: 3 }\n",
    );
    let text = run(&added, "diff old.yaml new.yaml", "github").stdout;
    assert!(
        text.starts_with("::notice file=new.yaml,line=1,col=1,title=PB707%3A "),
        "{text}"
    );
    let text = run(&added, "diff old.yaml new.yaml --fail-on added", "github").stdout;
    assert!(text.starts_with("::error file=new.yaml,"), "{text}");
}

#[test]
fn wrong_input_is_told_in_the_form_that_was_asked_for() {
    let folder = Folder::new();
    folder.write(
        "vpc.yaml",
        "stack: vpc\npattern: aws-private-vpn\nparameters:\n  zone: 9\n",
    );
    for command in [
        "prove vpc.yaml",
        "diff vpc.yaml vpc.yaml",
        "build vpc.yaml --check",
    ] {
        let text = run(&folder, command, "github").stdout;
        assert!(
            text.starts_with("::error file=vpc.yaml,line=4,col=3,title=PB204%3A "),
            "{text}"
        );
        assert!(
            text.contains("did you mean `zones`?") && text.contains("4 |   zone: 9"),
            "{text}"
        );
        let log = sarif(&folder, command);
        assert_eq!(log["results"][0]["ruleId"], "PB204");
        assert_eq!(log["invocations"][0]["exitCode"], 2);
        assert_eq!(log["invocations"][0]["executionSuccessful"], false);
        let text = run(&folder, command, "junit").stdout;
        assert!(
            text.contains(" errors=\"1\"") && text.contains("<error type=\"PB204\""),
            "{text}"
        );
    }
    // What is wrong with the call is in no file.
    let log = sarif(&folder, "prove");
    assert_eq!(log["results"], serde_json::json!([]));
    let note = &log["invocations"][0]["toolConfigurationNotifications"][0];
    assert_eq!(note["descriptor"]["id"], "PB001");
    let text = run(&folder, "build --check", "github").stdout;
    assert!(text.starts_with("::error title=PB001%3A "), "{text}");
}

#[test]
fn what_comes_from_standard_input_is_in_no_file() {
    let folder = edited();
    let told = |form: &str| {
        let template = std::fs::File::open(folder.path(TEMPLATE)).unwrap();
        let arguments = ["prove", "vpc.yaml", "-", "--format", form];
        folder.run_with(&arguments, |it| it.stdin(template))
    };
    let text = told("github");
    assert_eq!(text.code, 1, "{text:?}");
    assert!(
        text.stdout.starts_with("::error title=PB601%3A "),
        "{}",
        text.stdout
    );
    let log: Json = serde_json::from_str(&told("sarif").stdout).unwrap();
    assert_eq!(
        log["runs"][0]["results"][0]["locations"],
        serde_json::json!([])
    );
    assert!(!told("junit").stdout.contains("file="));
}

#[test]
fn names_by_others_break_no_form() {
    let folder = built();
    let odd = "x]]>&\"<b>::error::100%,a=b|`{0}[l](m)";
    let text = folder.read(TEMPLATE);
    let wall = format!("Resources:\n  '{odd}':\n    Type: AWS::NetworkFirewall::Firewall\n");
    folder.write(TEMPLATE, text.replacen("Resources:\n", &wall, 1));
    let line = "prove vpc.yaml out/vpc";
    let told = run(&folder, line, "github").stdout;
    let annotations = told.lines().take_while(|it| !it.starts_with("::group::"));
    assert_eq!(
        annotations.filter(|it| it.starts_with("::error ")).count(),
        1,
        "{told}"
    );
    let text = run(&folder, line, "junit").stdout;
    let elements = elements(&text);
    let case = format!("understood: {odd} (AWS::NetworkFirewall::Firewall)");
    assert!(
        named(&elements, "testcase").contains(&case.as_str()),
        "{text}"
    );
    let log = sarif(&folder, line);
    let message = log["results"][0]["message"]["text"].as_str().unwrap();
    assert!(message.contains("`{{0}}\\[l\\](m)"), "{message}");
}
