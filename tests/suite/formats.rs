//! A check tells what it found in the form that a pipeline reads, and ends the same in each of them.

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
fn annotations_point_at_the_rule_and_the_text_stands_in_a_group() {
    let folder = edited();
    let told = run(&folder, "prove vpc.yaml out/vpc", "github");
    let text = folder.run(&["prove", "vpc.yaml", "out/vpc"]).stdout;
    let lines: Vec<_> = told.stdout.lines().collect();
    let template = folder.read(TEMPLATE);
    for line in &lines[..2] {
        let (_, place) = line
            .split_once(&format!("::error file={TEMPLATE},line="))
            .unwrap();
        let at: usize = place.split(',').next().unwrap().parse().unwrap();
        let rule: Vec<_> = template.lines().skip(at - 1).take(5).collect();
        assert!(rule.concat().contains("ToPort: 44"), "{line}: {rule:?}");
    }
    assert_eq!(lines[2], "::group::patternbook prove: 2 findings");
    assert!(told.stdout.contains(&text), "{}", told.stdout);
    assert_eq!(lines.last(), Some(&"::endgroup::"));
    let again = run(&folder, "prove vpc.yaml out/vpc", "github");
    assert_eq!(told.stdout, again.stdout);
    let quiet = run(&built(), "prove vpc.yaml out/vpc", "github").stdout;
    assert!(
        quiet.starts_with("::group::patternbook prove: nothing found\n"),
        "{quiet}"
    );
}

#[test]
fn the_summary_of_a_workflow_gets_a_table_beside_what_it_has() {
    let folder = edited();
    folder.write("summary.md", "before\n");
    let with = |path: &str, form: &str| {
        let arguments = ["build", "vpc.yaml", "--check", "--format", form];
        folder.run_with(&arguments, |it| it.env("GITHUB_STEP_SUMMARY", path))
    };
    assert_eq!(with("summary.md", "github").code, 1);
    let summary = folder.read("summary.md");
    let expected = "before\n### patternbook build: 1 finding\n\n| | what | where |\n| --- | --- | --- |\n| error PB501 | ";
    assert!(summary.starts_with(expected), "{summary}");
    // Other forms write none, and for want of one nothing fails.
    with("other.md", "sarif");
    assert!(!folder.path("other.md").exists());
    let refused = with("no/such/folder.md", "github");
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("no/such/folder.md"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_the_place_goes_with_them() {
    let folder = edited();
    let of = |run: &Json| -> Vec<(String, u64)> {
        let results = run["results"].as_array().unwrap().iter();
        results
            .map(|it| {
                let print = it["partialFingerprints"]["patternbook/v1"]
                    .as_str()
                    .unwrap();
                let region = &it["locations"][0]["physicalLocation"]["region"];
                (print.to_owned(), region["startLine"].as_u64().unwrap())
            })
            .collect()
    };
    let before = of(&sarif(&folder, "prove vpc.yaml out/vpc"));
    let text = folder.read(TEMPLATE);
    folder.write(TEMPLATE, format!("# one\n# two\n{text}"));
    let after = of(&sarif(&folder, "prove vpc.yaml out/vpc"));
    assert_eq!(before.len(), 2);
    assert_ne!(before[0].0, before[1].0);
    let moved: Vec<_> = before
        .into_iter()
        .map(|(it, line)| (it, line + 2))
        .collect();
    assert_eq!(after, moved);
}

#[test]
fn sarif_names_files_from_the_folder_of_the_run_and_explains_its_rules() {
    let folder = edited();
    folder.write("50% a:b.yaml", folder.read(TEMPLATE));
    let whole = folder.path("50% a:b.yaml").canonicalize().unwrap();
    let whole = whole.to_str().unwrap();
    for path in ["50% a:b.yaml", "./50% a:b.yaml", whole] {
        let told = folder.run(&["prove", "vpc.yaml", path, "--format", "sarif"]);
        let log: Json = serde_json::from_str(&told.stdout).unwrap();
        let run = &log["runs"][0];
        let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "50%25%20a%3Ab.yaml", "{path}");
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["version"], env!("CARGO_PKG_VERSION"));
        let rule = &driver["rules"][0];
        assert_eq!(rule["id"], "PB601");
        let explained = folder.done(&["explain", "PB601"]);
        assert!(explained.contains(rule["help"]["text"].as_str().unwrap()));
    }
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
fn a_form_is_for_a_check_and_there_is_one() {
    let folder = built();
    for form in FORMS {
        let refused = folder.run(&["build", "vpc.yaml", "--format", form]);
        assert_eq!(refused.code, 2);
        let said = refused.stdout + &refused.stderr;
        let message = format!("`--format {form}` is for `--check`");
        assert!(
            said.contains(&message) && said.contains("add `--check`"),
            "{said}"
        );
    }
    let two = [
        "build", "vpc.yaml", "--check", "--format", "text", "--format", "junit",
    ];
    let refused = folder.run(&two);
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .stderr
            .contains("`--format text` and `--format junit` cannot both be printed"),
        "{}",
        refused.stderr
    );
    // Beside a form, formats of templates say what is checked.
    folder.write("out/vpc/terraform/main.tf", "");
    let check = |format: &str| {
        run(
            &folder,
            &format!("build vpc.yaml --check --format {format}"),
            "json",
        )
    };
    assert_eq!(check("terraform").code, 1);
    assert_eq!(check("cloudformation").code, 0);
}

#[test]
fn junit_has_a_suite_for_each_template_and_a_case_for_what_was_looked_at() {
    let folder = edited();
    let text = run(&folder, "prove vpc.yaml out/vpc", "junit").stdout;
    let elements = elements(&text);
    assert_eq!(
        named(&elements, "testsuite"),
        [&format!("vpc {TEMPLATE}"), "vpc out/vpc/terraform"]
    );
    let cases = named(&elements, "testcase");
    for case in [
        "datacenter -> servers  tcp/443",
        "internet never reaches servers",
        "everything is understood",
        "nothing else: datacenter -> servers  tcp/444-445 through datacenter",
    ] {
        assert!(cases.contains(&case), "{case}: {cases:?}");
    }
    let failures = elements.iter().filter(|(name, _)| name == "failure");
    assert_eq!(failures.count(), 2);
    // A flow that is not there fails by its own case.
    let text = folder.read(TEMPLATE);
    folder.write(TEMPLATE, text.replace("FromPort: 443", "FromPort: 444"));
    let text = run(&folder, &format!("prove vpc.yaml {TEMPLATE}"), "junit").stdout;
    let (_, case) = text
        .split_once("name=\"servers -&gt; datacenter  tcp/443\"")
        .unwrap();
    assert!(
        case.split_once("</testcase>")
            .unwrap()
            .0
            .contains("<failure type=\"PB603\""),
        "{text}"
    );
}

#[test]
fn a_check_says_of_each_file_what_is_wrong_with_it_and_where() {
    let folder = built();
    folder.write(
        TEMPLATE,
        folder
            .read(TEMPLATE)
            .replacen("ToPort: 443", "ToPort: 445", 1),
    );
    std::fs::remove_file(folder.path("out/vpc/terraform/main.tf")).unwrap();
    let lock = folder.read("patternbook.lock");
    folder.write(
        "patternbook.lock",
        lock.replacen("10.0.0.0/22", "10.0.8.0/22", 1),
    );
    let told = run(&folder, "build vpc.yaml --check", "json");
    assert_eq!(told.code, 1, "{told:?}");
    let answer: Json = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(answer["schema_version"], 1);
    assert_eq!(answer["up_to_date"], false);
    let findings: Vec<_> = answer["findings"].as_array().unwrap().iter().collect();
    let of = |object: &str| *findings.iter().find(|it| it["object"] == object).unwrap();
    let missing = of("out/vpc/terraform/main.tf");
    assert_eq!(
        (&missing["code"], &missing["file"]),
        (&"PB502".into(), &"vpc.yaml".into())
    );
    let edited = of(TEMPLATE);
    assert_eq!(edited["code"], "PB501");
    assert!(edited["line"].as_u64().unwrap() > 1);
    let quiet = built();
    let told = run(&quiet, "build vpc.yaml --check", "json");
    let answer: Json = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(
        (&answer["up_to_date"], &answer["findings"]),
        (&true.into(), &serde_json::json!([]))
    );
    std::fs::remove_file(quiet.path("patternbook.lock")).unwrap();
    let told = run(&quiet, "build vpc.yaml --check", "github").stdout;
    assert!(
        told.starts_with("::error file=vpc.yaml,line=1,col=1,title=PB506%3A "),
        "{told}"
    );
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
