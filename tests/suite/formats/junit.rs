//! Test results: suites and cases.

use super::{TEMPLATE, edited, elements, named, run, sarif};
use crate::run::Folder;

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
fn each_environment_has_suites_and_fingerprints_of_its_own() {
    let folder = Folder::new();
    let stack = "stack: vpc\npattern: aws-private-vpn\nenvironments:\n  dev: { parameters: { network: 10.1.0.0/16 } }\n  prod: {}\n";
    folder.write("vpc.yaml", stack);
    folder.done(&["build", "vpc.yaml"]);
    let text = run(&folder, "prove vpc.yaml", "junit").stdout;
    let suites = [
        "vpc/dev cloudformation",
        "vpc/dev terraform",
        "vpc/prod cloudformation",
        "vpc/prod terraform",
    ];
    assert_eq!(named(&elements(&text), "testsuite"), suites);
    for environment in ["dev", "prod"] {
        let path = format!("out/vpc/{environment}/cloudformation/template.yaml");
        folder.write(
            &path,
            folder.read(&path).replace("ToPort: 443", "ToPort: 445"),
        );
    }
    let log = sarif(&folder, "build vpc.yaml --check");
    let results = log["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_ne!(
        results[0]["partialFingerprints"],
        results[1]["partialFingerprints"]
    );
}
