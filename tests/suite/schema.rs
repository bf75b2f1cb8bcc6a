//! The schemas that editors get say what the parser says: right files are right, and every mistake that a schema can express is
//! one to it as well.

use std::path::Path;

use jsonschema::Validator;
use serde_json::Value as Json;

use crate::errors::{prepare, sections};
use crate::run::{Folder, project};

const PATTERNS: [&str; 4] = [
    "azure-public-web",
    "aws-private-vpn",
    "azure-hybrid-web-app",
    "aws-analytics-loop",
];

/// The codes of mistakes that a schema can express: what may stand in one value, and which keys must and may be there.
const EXPRESSED: [&str; 12] = [
    "PB201", "PB202", "PB203", "PB204", "PB205", "PB206", "PB208", "PB209", "PB210", "PB211",
    "PB212", "PB213",
];

/// The codes of files in which there is nothing for a schema to judge: they are no YAML, or not there.
const NO_TREE: [&str; 9] = [
    "PB100", "PB101", "PB102", "PB103", "PB104", "PB105", "PB106", "PB107", "PB111",
];

/// Mistakes with the code of those that a schema can express, by what is underlined or said, and why it does not.
const BEYOND: [(&str, &str, &str); 5] = [
    ("PB205", "11", "which of two numbers is larger"),
    ("PB212", "10.0.0.9/16", "which bits of an address are set"),
    ("PB212", "10.0.0.1/16", "which bits of an address are set"),
    (
        "PB204",
        "did you mean `app_port`?",
        "which parameters a text names",
    ),
    (
        "PB211",
        "`tpc` is not a protocol",
        "a text that a parameter is still put into",
    ),
];

fn validator(schema: &str) -> Validator {
    let schema: Json = serde_json::from_str(schema).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::draft7::new(&schema).unwrap()
}

/// What a schema says of a text, as an editor would; nothing when there is no tree.
fn mistakes(schema: &Validator, text: &str) -> Option<Vec<String>> {
    let read: Json = serde_yaml::from_str(text).ok()?;
    let errors = schema.iter_errors(&read);
    Some(
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect(),
    )
}

/// The schema for a file of a folder, when its patterns can be read.
fn schema_for(folder: &Folder, file: &str) -> Option<Validator> {
    let own = ["--patterns", "patterns"];
    let patterns: &[&str] = if folder.path("patterns").is_dir() {
        &own
    } else {
        &[]
    };
    let what = if file.starts_with("patterns/") {
        "pattern"
    } else {
        "stack"
    };
    let outcome = folder.run(&[&["schema", what], patterns].concat());
    (outcome.code == 0).then(|| validator(&outcome.stdout))
}

/// Holds the stacks that a command took, and the patterns of the user's that it knew, against their schemas: whatever a test plans
/// is no mistake to an editor.
#[track_caller]
pub(crate) fn takes_what_was_planned(folder: &Folder, arguments: &[&str]) {
    let patterns = arguments.iter().position(|it| *it == "--patterns");
    let patterns = patterns.map_or(&[][..], |at| &arguments[at..at + 2]);
    let is_yaml = |path: &Path| path.extension() == Some("yaml".as_ref()) && path.is_file();
    let stacks = arguments[1..].iter().map(|name| folder.path(name));
    let stacks: Vec<_> = stacks.filter(|path| is_yaml(path)).collect();
    let own = patterns.get(1).map(|name| folder.path(name));
    let own = own
        .into_iter()
        .flat_map(|path| std::fs::read_dir(path).unwrap());
    let own: Vec<_> = own
        .map(|it| it.unwrap().path())
        .filter(|path| is_yaml(path))
        .collect();
    for (what, files) in [("stack", stacks), ("pattern", own)] {
        if files.is_empty() {
            continue;
        }
        let schema = validator(&folder.done(&[&["schema", what], patterns].concat()));
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            // A list of forbidden ranges is neither.
            if text.lines().any(|line| line.starts_with("ranges:")) {
                continue;
            }
            assert_eq!(mistakes(&schema, &text).unwrap(), [""; 0], "{text}");
        }
    }
}

/// Whether a schema can express a mistake with this code, of which this is underlined or said.
fn is_expressed(code: &str, marked: &str) -> bool {
    let beyond = |(of, what, _): &(&str, &str, &str)| *of == code && *what == marked;
    EXPRESSED.contains(&code) && !BEYOND.iter().any(beyond)
}

/// Holds a file that the parser refuses against its schema: whether it is refused as well is what the tables say.
#[track_caller]
pub(crate) fn judges_alike(folder: &Folder, file: &str, code: &str, marked: &str) {
    let Ok(text) = String::from_utf8(std::fs::read(folder.path(file)).unwrap()) else {
        return;
    };
    if NO_TREE.contains(&code) {
        return;
    }
    let schema = schema_for(folder, file).unwrap();
    let found = mistakes(&schema, &text).unwrap();
    assert_eq!(
        !found.is_empty(),
        is_expressed(code, marked),
        "{code} {marked}: {found:?} in {text}"
    );
}

#[test]
fn every_example_and_every_pattern_is_right() {
    let folder = Folder::new();
    let any = validator(&folder.done(&["schema"]));
    for example in std::fs::read_dir(project().join("examples")).unwrap() {
        let path = example.unwrap().path();
        if path.extension().is_none_or(|it| it != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let stack: Json = serde_yaml::from_str(&text).unwrap();
        let own = folder.done(&["schema", stack["pattern"].as_str().unwrap()]);
        for schema in [&any, &validator(&own)] {
            assert_eq!(
                mistakes(schema, &text).unwrap(),
                [""; 0],
                "{}",
                path.display()
            );
        }
    }
    let pattern = validator(&folder.done(&["schema", "pattern"]));
    for name in PATTERNS {
        let text =
            std::fs::read_to_string(project().join(format!("patterns/{name}.yaml"))).unwrap();
        assert_eq!(mistakes(&pattern, &text).unwrap(), [""; 0], "{name}");
    }
}

#[test]
fn what_the_pages_of_errors_show_is_judged_alike() {
    let mut wrong = Vec::new();
    for section in sections() {
        let code = section.code.as_str();
        if NO_TREE.contains(&code) || section.files.is_empty() {
            continue;
        }
        let folder = Folder::new();
        prepare(code, &folder);
        for (name, text) in &section.files {
            folder.write(name, text);
        }
        let mut found = Vec::new();
        for (name, text) in &section.files {
            let is_ours = text.contains("pattern: ") || text.contains("stack: ");
            if !is_ours || Path::new(name).extension() != Some("yaml".as_ref()) {
                continue;
            }
            if let Some(schema) = schema_for(&folder, name) {
                found.extend(mistakes(&schema, text).unwrap());
            }
        }
        let marked = section.underlined.as_deref().unwrap_or_default();
        if found.is_empty() == is_expressed(code, marked) {
            wrong.push(format!("{code}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A pattern with what the built-in ones do not have: a parameter that must be given.
const OWN: &str = "
pattern: own
version: 2.1.0
state: draft
title: Own
summary: A network.
cloud: aws
sources: []
parameters:
  network: { type: cidr, help: Address space. }
  tls: { type: choice, choices: [1.2, 1.3], default: 1.3, help: Version of TLS. }
  spare: { type: cidr, default: [], help: Another block. }
network:
  cidr: $network
  subnets:
    main: { hosts: 50, spread: zones }
tiers:
  servers: { subnet: main }
flows: []
";

#[test]
fn a_pattern_of_ones_own_has_a_schema_as_well() {
    let folder = Folder::new();
    folder.write("patterns/own.yaml", OWN);
    let all = folder.done(&["schema", "stack", "--patterns", "patterns"]);
    let own = folder.done(&["schema", "own", "--patterns", "patterns"]);
    let (all, own) = (validator(&all), validator(&own));
    let head = "stack: s\npattern: own\n";
    let right = [
        "parameters: { network: 10.0.0.0/16, spare: [], tls: 1.2 }\n",
        "parameters: { network: 10.0.0.0/16 }\nenvironments: { dev: , prod: }\n",
        "environments: { dev: { parameters: { network: 10.0.0.0/16 } } }\nversion: 2.1.0\n",
        "parameters: { network: 10.0.0.0/16, spare: 10.1.0.0/16, tls: \"1.2\" }\ntags:\nforbidden:\n",
        "parameters: { network: 10.0.0.0/16 }\nforbidden: [{ range: 10.0.0.0/24, why: Old. }, { file: a.csv }]\n",
    ];
    let wrong = [
        "",
        "parameters:\n",
        "parameters: { spare: 10.1.0.0/16 }\n",
        "parameters: { network: 10.0.0.0/16, tls: 1.1 }\n",
        "parameters: { network: 10.0.0.0/16 }\nversion: 1.0.0\n",
        "parameters: { network: 10.0.0.0/16 }\nenvironments: { arm: }\n",
        "parameters: { network: 10.0.0.0/16 }\nenvironments: {}\n",
        "parameters: { network: 10.0.0.0/16 }\naddressing: mirrored\n",
        "parameters: { network: 10.0.0.0/16 }\naddressing: alike\n",
        "parameters: { network: 10.0.0.0/16 }\nforbidden: [{ range: 10.0.0.0/24 }]\n",
        "parameters: { network: 10.0.0.0/16 }\nforbidden: [{ file: a.csv, why: Old. }]\n",
        "parameters: { network: 10.0.0.0/16 }\nregion: EU\n",
        "environments: { dev: { parameters: { network: 10.0.0.0/16 } }, prod: }\n",
        "environments: { dev: { parameters: { network: 10.0.0.0/16, spar: [] } } }\n",
    ];
    for (files, is_right) in [(&right[..], true), (&wrong, false)] {
        for text in files {
            let text = format!("{head}{text}");
            folder.write("stack.yaml", &text);
            folder.write("a.csv", "range\n10.99.0.0/16\n");
            let planned = folder.run(&["plan", "stack.yaml", "--patterns", "patterns"]);
            // With environments, the plan of one of them is what cannot be shown at once.
            assert_eq!(planned.code == 0, is_right, "{text}: {}", planned.stderr);
            for schema in [&all, &own] {
                let found = mistakes(schema, &text).unwrap();
                assert_eq!(found.is_empty(), is_right, "{text}: {found:?}");
            }
        }
    }
}

#[test]
fn the_schema_of_a_pattern_is_for_no_other() {
    let folder = Folder::new();
    let schema = validator(&folder.done(&["schema", "aws-private-vpn"]));
    let found = mistakes(&schema, "stack: a\npattern: azure-public-web\n").unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    let unknown = folder.run(&["schema", "aws-privat-vpn"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("did you mean `aws-private-vpn`?"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn parameters_come_with_help_defaults_and_bounds() {
    let folder = Folder::new();
    for name in PATTERNS {
        let schema: Json = serde_json::from_str(&folder.done(&["schema", name])).unwrap();
        let shown = folder.done(&["show", name, "--format", "json"]);
        let shown: Json = serde_json::from_str(&shown).unwrap();
        let told = &schema["definitions"]["parameters"]["properties"];
        let parameters = shown["parameters"].as_array().unwrap();
        assert_eq!(told.as_object().unwrap().len(), parameters.len());
        for parameter in parameters {
            let told = &told[parameter["name"].as_str().unwrap()];
            let help = parameter["help"].as_str().unwrap();
            assert!(
                told["description"].as_str().unwrap().starts_with(help),
                "{told}"
            );
            assert_eq!(
                told["default"].is_null(),
                parameter["default"].is_null(),
                "{told}"
            );
            let allowed = &parameter["allowed"];
            let bounds = [
                ("choices", "enum"),
                ("min", "minimum"),
                ("max", "maximum"),
                ("min_items", "minItems"),
                ("max_items", "maxItems"),
                ("max_length", "maxLength"),
            ];
            for (bound, word) in bounds {
                assert!(
                    allowed[bound].is_null() || told[word] == allowed[bound],
                    "{told}"
                );
            }
        }
    }
}

#[test]
fn the_schemas_are_as_pinned() {
    let folder = Folder::new();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(project().join("snapshots/schema"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for what in ["stack", "pattern", "aws-private-vpn"] {
        let text = folder.done(&["schema", what]);
        settings.bind(|| insta::assert_snapshot!(what, text));
    }
}
