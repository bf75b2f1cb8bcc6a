//! Every error is explained, and every explanation is true: its example is run, and brings that error at that place.

use crate::run::{Folder, project};

/// Codes whose section has no example, because a right `patternbook` never comes to them.
const WITHOUT_EXAMPLE: [&str; 1] = ["PB900"];

pub(crate) struct Section {
    pub(crate) code: String,
    pub(crate) files: Vec<(String, String)>,
    command: Option<Vec<String>>,
    pub(crate) underlined: Option<String>,
}

/// The sections of the page, each with the files and the command of its example.
pub(crate) fn sections() -> Vec<Section> {
    let page = std::fs::read_to_string(project().join("docs/errors.md")).unwrap();
    let sections = page.split("\n## ").skip(1);
    sections.map(section).collect()
}

fn section(text: &str) -> Section {
    let mut found = Section {
        code: text.split(':').next().unwrap().to_owned(),
        files: Vec::new(),
        command: None,
        underlined: None,
    };
    for block in text.split("\n```").skip(1).step_by(2) {
        let (info, body) = block.split_once('\n').unwrap();
        if let Some((_, name)) = info.split_once(' ') {
            found.files.push((name.to_owned(), format!("{body}\n")));
        } else {
            let command = body.strip_prefix("$ patternbook ").unwrap();
            found.command = Some(command.split(' ').map(str::to_owned).collect());
        }
    }
    if let Some((_, rest)) = text.split_once("Underlined is `") {
        found.underlined = Some(rest.split('`').next().unwrap().to_owned());
    }
    found
}

/// What cannot be shown on a page: files with bytes that are no text, or with very many of them.
pub(crate) fn prepare(code: &str, folder: &Folder) {
    match code {
        "PB101" => folder.write("latin.yaml", b"stack: caf\xe9\n"),
        "PB102" => folder.write("large.yaml", "# more\n".repeat(2_000_000)),
        "PB105" => folder.write("deep.yaml", "[".repeat(5_000)),
        "PB107" => folder.write(
            "hidden.yaml",
            "stack: vpc\u{202e}\npattern: aws-private-vpn\n",
        ),
        "PB508" => {
            folder.write("vpc.yaml", "stack: vpc\npattern: aws-private-vpn\n");
            folder.done(&["build", "vpc.yaml"]);
        }
        "PB702" | "PB708" => {
            let path = project().join("patterns/aws-private-vpn.yaml");
            let pattern = std::fs::read_to_string(path).unwrap();
            let guarantee = "  - { never: servers, reaches: servers }\n";
            assert!(pattern.contains(guarantee), "{pattern}");
            let less = pattern.replace(guarantee, "");
            let less = less.replace("pattern: aws-private-vpn", "pattern: aws-private-vpn-less");
            folder.write("patterns/aws-private-vpn-less.yaml", less);
        }
        "PB401" => {
            let ports: Vec<_> = (1..=10).map(|it| format!("tcp/{}", it * 100)).collect();
            let ranges: Vec<_> = (0..10)
                .map(|it| format!("192.168.{}.0/24", it * 2))
                .collect();
            let (ports, ranges) = (ports.join(", "), ranges.join(", "));
            let stack = "stack: many\npattern: aws-private-vpn\n";
            let parameters =
                format!("parameters: {{ inbound: [{ports}], datacenter: [{ranges}] }}\n");
            folder.write("many.yaml", format!("{stack}{parameters}"));
        }
        _ => {}
    }
}

/// The characters that an error underlines in the file at hand.
fn underlined(error: &str) -> Option<String> {
    let lines: Vec<_> = error.lines().collect();
    let at = lines.iter().position(|line| line.contains('^'))?;
    let start = lines[at].chars().position(|it| it == '^')?;
    let count = lines[at].chars().filter(|it| *it == '^').count();
    Some(lines[at - 1].chars().skip(start).take(count).collect())
}

/// What is not true of a section's example.
fn wrong(section: &Section) -> Option<String> {
    let code = section.code.as_str();
    let Some(command) = &section.command else {
        return (!WITHOUT_EXAMPLE.contains(&code)).then(|| format!("{code} has no example"));
    };
    let folder = Folder::new();
    prepare(code, &folder);
    for (name, text) in &section.files {
        folder.write(name, text);
    }
    let command: Vec<_> = command.iter().map(String::as_str).collect();
    let outcome = folder.run(&command);
    if !(1..=3).contains(&outcome.code) {
        return Some(format!("{code} is no error: {}", outcome.stdout));
    }
    // What the command line is wrong about, its parser says in its own words.
    if code == "PB001" {
        return None;
    }
    // What a check finds is no error of the command, and comes as an annotation.
    if command.contains(&"github") {
        let title = format!("title={code}%3A ");
        let is_told = outcome.code == 1 && outcome.stdout.contains(&title);
        return (!is_told).then(|| format!("{code} brings another finding: {}", outcome.stdout));
    }
    let Some((_, error)) = outcome.stderr.split_once(&format!("error[{code}]")) else {
        return Some(format!("{code} brings another error: {}", outcome.stderr));
    };
    (section.underlined.is_some() && underlined(error) != section.underlined)
        .then(|| format!("{code} underlines something else: {error}"))
}

#[test]
fn the_example_of_every_explanation_brings_its_error() {
    let wrong: Vec<_> = sections().iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_code_is_explained_in_any_case_and_in_both_formats() {
    let folder = Folder::new();
    let text = folder.done(&["explain", "PB301"]);
    assert!(
        text.starts_with("PB301: the subnets do not fit into the network\n\n"),
        "{text}"
    );
    assert_eq!(folder.done(&["explain", "pb301"]), text);
    let json = folder.done(&["explain", "PB301", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["code"], "PB301");
    assert!(text.contains(json["text"].as_str().unwrap()));
    let all = folder.done(&["explain", "--all", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    let codes = all["codes"].as_array().unwrap();
    assert_eq!(codes.len(), sections().len());
    assert_eq!(
        folder
            .done(&["explain", "--all"])
            .matches("\n```console\n")
            .count(),
        codes.len() - WITHOUT_EXAMPLE.len()
    );
    let unknown = folder.run(&["explain", "PB3O1"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("did you mean `PB301`?"),
        "{}",
        unknown.stderr
    );
    assert_eq!(folder.run(&["explain"]).code, 2);
}
