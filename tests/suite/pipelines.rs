//! What stands in the pipelines of users: each file's own lines are run, in a new repository of git.

use std::process::{Command, Stdio};

use serde_yaml::Value as Yaml;

use crate::run::{Folder, project};

const STACK: &str = "stack: vpc\npattern: aws-private-vpn\nparameters: { zones: 2 }\n";
const TEMPLATE: &str = "out/vpc/cloudformation/template.yaml";

/// How some lines ended, and what they said.
struct Ran {
    code: i32,
    said: String,
}

/// A repository as the examples expect it, with what was built in its only commit.
fn repository() -> Folder {
    let folder = Folder::new();
    folder.write("stacks/vpc.yaml", STACK);
    folder.write(
        "stacks/shop.yaml",
        "stack: shop\npattern: azure-hybrid-web-app\n",
    );
    folder.done(&["build", "stacks/vpc.yaml", "stacks/shop.yaml"]);
    bash(
        &folder,
        "git init --quiet && git add . && git -c user.name=A -c user.email=a@example.com commit --quiet -m one",
        &[],
    );
    folder
}

/// Runs lines as pipelines do, with the binary in the path.
fn bash(folder: &Folder, lines: &str, variables: &[(&str, &str)]) -> Ran {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_patternbook"));
    let mut path = binary.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let ran = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", lines])
        .current_dir(folder.path(""))
        .env("PATH", path)
        .env_remove("GITHUB_STEP_SUMMARY")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = [ran.stdout, ran.stderr].concat();
    Ran {
        code: ran.status.code().unwrap(),
        said: String::from_utf8(said).unwrap(),
    }
}

fn yaml(path: &str) -> Yaml {
    let text = std::fs::read_to_string(project().join(path)).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text(value: &Yaml) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value:?}"))
}

/// Runs the steps of the action with some of its inputs given. The first step that fails is the last.
fn action(folder: &Folder, given: &[(&str, &str)]) -> Ran {
    let action = yaml("action.yml");
    for (name, _) in given {
        assert!(action["inputs"].get(name).is_some(), "{name} is an input");
    }
    let input = |name: &str| {
        let given = given.iter().find(|(it, _)| *it == name);
        given.map_or_else(|| text(&action["inputs"][name]["default"]), |it| it.1)
    };
    let mut all = Ran {
        code: 0,
        said: String::new(),
    };
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        let Some(lines) = step.get("run") else {
            continue;
        };
        assert_eq!(step["shell"], "bash");
        // A value never becomes a part of the script.
        assert!(!text(lines).contains("${{"), "{lines:?}");
        let output = folder.path(".git/output");
        let mut variables = vec![
            ("GITHUB_ACTION_PATH", project().to_str().unwrap()),
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
        ];
        for (name, value) in step
            .get("env")
            .and_then(Yaml::as_mapping)
            .into_iter()
            .flatten()
        {
            let value = text(value).strip_prefix("${{ inputs.").unwrap();
            variables.push((text(name), input(value.strip_suffix(" }}").unwrap())));
        }
        let ran = bash(folder, text(lines), &variables);
        all.said.push_str(&ran.said);
        if ran.code != 0 {
            all.code = ran.code;
            break;
        }
    }
    all
}

/// Runs the script of a job for GitLab.
fn gitlab(folder: &Folder, job: &str, variables: &[(&str, &str)]) -> Ran {
    let pipeline = yaml("docs/ci/gitlab-ci.yml");
    let lines = pipeline[job]["script"].as_sequence().unwrap().iter();
    let lines: Vec<_> = lines.map(text).collect();
    bash(folder, &lines.join("\n"), variables)
}

/// Runs every hook as pre-commit would, with the arguments that the page shows.
fn hooks(folder: &Folder) -> Vec<Ran> {
    let page = std::fs::read_to_string(project().join("docs/ci/README.md")).unwrap();
    let (_, config) = page.split_once("\n    repos:\n").unwrap();
    let config = config.split("\n\n").next().unwrap();
    let config: Yaml = serde_yaml::from_str(&format!("    repos:\n{config}")).unwrap();
    let used = &config["repos"][0]["hooks"][0];
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = hooks.as_sequence().unwrap();
    assert!(
        hooks.iter().any(|hook| hook["id"] == used["id"]),
        "{used:?}"
    );
    let arguments = used["args"].as_sequence().unwrap().iter();
    let arguments: Vec<_> = arguments.map(text).collect();
    let run = |hook: &Yaml| {
        assert_eq!(hook["pass_filenames"], Yaml::Bool(false));
        bash(
            folder,
            &format!("{} {}", text(&hook["entry"]), arguments.join(" ")),
            &[],
        )
    };
    hooks.iter().map(run).collect()
}

/// How each gate ends in a repository.
#[track_caller]
fn gates(folder: &Folder, expected: i32) {
    let mut gates = hooks(folder);
    gates.push(action(folder, &[]));
    gates.push(gitlab(folder, "templates", &[]));
    for gate in gates {
        assert_eq!(gate.code, expected, "{}", gate.said);
    }
}

#[test]
fn every_gate_passes_what_is_up_to_date() {
    gates(&repository(), 0);
}

#[test]
fn every_gate_stops_a_template_that_was_edited_by_hand() {
    let folder = repository();
    folder.write(
        TEMPLATE,
        folder.read(TEMPLATE).replace("ToPort: 443", "ToPort: 445"),
    );
    gates(&folder, 1);
    let told = action(&folder, &[]);
    assert!(
        told.said
            .contains(&format!("::error file={TEMPLATE},line=")),
        "{}",
        told.said
    );
    let report = folder.read("patternbook.xml");
    assert!(report.contains("<failure type=\"PB501\""), "{report}");
}

#[test]
fn every_gate_stops_a_stack_that_was_changed_and_not_built() {
    let folder = repository();
    folder.write("stacks/vpc.yaml", STACK.replace("zones: 2", "zones: 3"));
    gates(&folder, 1);
}

#[test]
fn every_gate_stops_a_stack_that_is_wrong() {
    let folder = repository();
    folder.write("stacks/vpc.yaml", STACK.replace("zones: 2", "zone: 2"));
    gates(&folder, 2);
    let report = folder.read("patternbook.xml");
    assert!(report.contains("<error type=\"PB204\""), "{report}");
}

#[test]
fn what_a_branch_opens_is_told_and_stops_it_and_what_it_only_adds_does_not() {
    let folder = repository();
    let base = bash(&folder, "git rev-parse HEAD", &[]).said;
    let base = base.trim();
    folder.write("stacks/vpc.yaml", STACK.replace("zones: 2", "zones: 3"));
    folder.done(&["build", "stacks/vpc.yaml", "stacks/shop.yaml"]);
    let told = action(&folder, &[("base", base)]);
    assert_eq!(told.code, 0, "{}", told.said);
    assert!(
        told.said.contains("added: Subnet private3"),
        "{}",
        told.said
    );
    let variables = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)];
    let told = gitlab(&folder, "changes", &variables);
    assert_eq!(told.code, 0, "{}", told.said);
    folder.write(
        "stacks/vpc.yaml",
        STACK.replace("zones: 2", "zones: 2, inbound: [tcp/22, tcp/443]"),
    );
    folder.done(&["build", "stacks/vpc.yaml", "stacks/shop.yaml"]);
    let told = action(&folder, &[("base", base)]);
    assert_eq!(told.code, 1, "{}", told.said);
    let opened = format!("\n::error file={TEMPLATE},line=");
    assert!(
        told.said.contains(&opened) && told.said.contains("tcp/22"),
        "{}",
        told.said
    );
    let told = gitlab(&folder, "changes", &variables);
    assert_eq!(told.code, 1, "{}", told.said);
    assert!(
        told.said.starts_with("## out/vpc\n\n### Opened (1)\n"),
        "{}",
        told.said
    );
}

#[test]
fn the_action_writes_sarif_where_it_is_asked_to_and_takes_names_as_names() {
    let folder = repository();
    folder.write(
        TEMPLATE,
        folder.read(TEMPLATE).replace("ToPort: 443", "ToPort: 445"),
    );
    let told = action(
        &folder,
        &[("sarif", "a b.sarif"), ("stacks", "stacks/vpc.yaml")],
    );
    assert_eq!(told.code, 1, "{}", told.said);
    let log: serde_json::Value = serde_json::from_str(&folder.read("a b.sarif")).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "PB501");
    let told = action(
        &folder,
        &[
            ("stacks", "stacks/vpc.yaml;touch$IFS-a --force"),
            ("base", "$(touch b)"),
        ],
    );
    assert_eq!(told.code, 2, "{}", told.said);
    assert!(!folder.path("a").exists() && !folder.path("b").exists());
}

#[test]
fn the_image_is_built_with_the_compiler_of_the_project_from_all_that_it_needs() {
    let read = |path: &str| std::fs::read_to_string(project().join(path)).unwrap();
    let (recipe, manifest) = (read("Dockerfile"), read("Cargo.toml"));
    let version = manifest.split_once("\nrust-version = \"").unwrap().1;
    let version = version.split('"').next().unwrap();
    assert!(
        recipe.contains(&format!("\nFROM rust:{version}-alpine")),
        "{recipe}"
    );
    assert!(
        recipe.contains("\nRUN cargo build --locked --release\n"),
        "{recipe}"
    );
    let user = recipe
        .split_once("\nUSER ")
        .unwrap()
        .1
        .split(':')
        .next()
        .unwrap();
    assert!(user.parse::<u32>().unwrap() > 0, "{user}");
    let left_out = read(".dockerignore");
    for path in [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "patterns",
        "templates",
        "docs",
        "tests",
        "benches",
    ] {
        assert!(project().join(path).exists());
        assert!(
            !left_out.lines().any(|line| line.trim_matches('/') == path),
            "{path}"
        );
    }
}

#[test]
fn the_workflow_gives_the_action_inputs_that_it_has() {
    let action = yaml("action.yml");
    let workflow = yaml("docs/ci/github.yml");
    let steps = workflow["jobs"]["templates"]["steps"]
        .as_sequence()
        .unwrap();
    let step = steps
        .iter()
        .find(|it| text(&it["uses"]).starts_with("patternbook/patternbook@"))
        .unwrap();
    for (name, _) in step["with"].as_mapping().unwrap() {
        assert!(action["inputs"].get(name).is_some(), "{name:?}");
    }
    // The action names what the program is built of; what is not named would leave an old binary in the cache.
    let sources = text(&action["runs"]["steps"][0]["run"]);
    for path in [
        "Cargo.lock",
        "Cargo.toml",
        "docs/errors.md",
        "src",
        "patterns",
        "templates",
    ] {
        assert!(
            sources.contains(path) && project().join(path).exists(),
            "{path}"
        );
    }
}
