//! What a shell and a packager need: help, completions and manual pages.

use std::fmt::Write as _;
use std::process::Command;

use crate::run::{Folder, project};

const COMMANDS: [&str; 15] = [
    "list",
    "show",
    "new",
    "plan",
    "build",
    "prove",
    "reach",
    "diff",
    "update",
    "release",
    "compact",
    "explain",
    "schema",
    "completions",
    "man",
];

#[test]
fn the_help_of_every_command_is_as_pinned() {
    let folder = Folder::new();
    let mut text = folder.done(&["--help"]);
    for command in COMMANDS {
        assert!(
            text.contains(&format!("  {command}")),
            "{command} is listed"
        );
    }
    for command in COMMANDS {
        let help = folder.done(&[command, "--help"]);
        let examples = help.find(&format!("\nExamples:\n  patternbook {command}"));
        assert!(
            examples.is_some_and(|at| Some(at) < help.find("\nUsage:")),
            "{command} shows examples first: {help}"
        );
        write!(text, "\n==> {command} <==\n{help}").unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(project().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("help", text));
}

#[test]
fn every_shell_gets_a_script_that_knows_commands_and_patterns() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = folder.done(&["completions", shell]);
        for word in ["build", "--what-if", "aws-private-vpn", "azure-public-web"] {
            assert!(
                script.contains(word.trim_start_matches('-')),
                "{shell} knows {word}"
            );
        }
    }
    assert_eq!(folder.run(&["completions", "sh"]).code, 2);
}

#[test]
fn bash_completes_the_names_of_patterns() {
    let folder = Folder::new();
    folder.write("script", folder.done(&["completions", "bash"]));
    let complete = "source ./script; COMP_WORDS=(patternbook show aws); COMP_CWORD=2; \
                    _patternbook patternbook aws show; echo \"${COMPREPLY[@]}\"";
    let Ok(ran) = Command::new("bash")
        .args(["-c", complete])
        .current_dir(folder.path(""))
        .output()
    else {
        // A machine without bash has nobody who would miss it.
        return;
    };
    let said = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(
        said.trim(),
        "aws-analytics-loop aws-private-outbound aws-private-vpn",
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = Folder::new();
    let page = folder.done(&["man"]);
    assert!(page.contains(".TH patternbook 1"), "{page}");
    folder.done(&["man", "-o", "man1"]);
    let mut expected: Vec<_> = COMMANDS
        .iter()
        .map(|it| format!("man1/patternbook-{it}.1"))
        .collect();
    expected.push("man1/patternbook.1".to_owned());
    expected.sort();
    assert_eq!(folder.files(), expected);
    assert_eq!(folder.read("man1/patternbook.1"), page);
    assert!(
        folder
            .read("man1/patternbook-build.1")
            .contains("\\-\\-locked")
    );
    // A page that somebody wrote is not overwritten.
    let again = folder.run(&["man", "-o", "man1"]);
    assert_eq!(again.code, 2, "{}", again.stderr);
}

#[test]
fn what_is_misspelt_brings_the_right_word_to_mind() {
    let folder = Folder::new();
    for (line, right) in [
        ("build vpc.yaml --chek", "--check"),
        ("build vpc.yaml --lockd", "--locked"),
        ("build vpc.yaml --format cloudfromation", "cloudformation"),
        ("diff a b --fail-on opend", "opened"),
        ("update vpc.yaml --allow-opn", "--allow-open"),
        ("proove vpc.yaml", "prove"),
        ("schema stak", "stack"),
        ("new aws-privat-vpn -o -", "aws-private-vpn"),
    ] {
        let arguments: Vec<_> = line.split(' ').collect();
        let outcome = folder.run(&arguments);
        assert_eq!(outcome.code, 2, "{line}: {}", outcome.stdout);
        assert!(
            outcome.stderr.contains(&format!("`{right}`"))
                || outcome.stderr.contains(&format!("'{right}'")),
            "{line}: {}",
            outcome.stderr
        );
    }
}
