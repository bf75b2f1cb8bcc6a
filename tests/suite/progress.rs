//! A long build shows on a terminal how far it is, and says nothing of it anywhere else.
#![cfg(unix)]

use std::process::Command;

use rexpect::session::spawn_command;

use crate::run::Folder;

/// A folder with so many stacks, and their files.
fn stacks(count: usize) -> (Folder, Vec<String>) {
    let folder = Folder::new();
    let names = (0..count).map(|at| {
        let name = format!("s{at}.yaml");
        let text = format!(
            "stack: s{at}\npattern: aws-private-vpn\nparameters: {{ network: 10.{at}.0.0/16 }}\n"
        );
        folder.write(&name, text);
        name
    });
    let names = names.collect();
    (folder, names)
}

/// What a build prints on a terminal.
fn on_a_terminal(folder: &Folder, names: &[String], more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patternbook"));
    command
        .args(["build", "--color", "never"])
        .args(more)
        .args(names)
        .env("TERM", "xterm")
        .current_dir(folder.path(""));
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    session.exp_eof().unwrap()
}

#[test]
fn a_long_build_shows_how_far_it_is() {
    let (folder, names) = stacks(110);
    let printed = on_a_terminal(&folder, &names, &[]);
    assert!(printed.contains(" of 110 stacks"), "{printed}");
    let quiet = on_a_terminal(&folder, &names, &["--quiet"]);
    assert!(!quiet.contains(" of 110 stacks"), "{quiet}");
    let (few, few_names) = stacks(3);
    let short = on_a_terminal(&few, &few_names, &[]);
    assert!(
        short.contains("proved s2") && !short.contains(" of 3 stacks"),
        "{short}"
    );
}

#[test]
fn nothing_of_it_gets_into_a_file_or_a_pipe() {
    let (folder, names) = stacks(110);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let outcome = folder.run(&[&["build"], &names[..]].concat());
    assert_eq!((outcome.code, &*outcome.stderr), (0, ""));
    assert!(!outcome.stdout.contains("of 110"), "{}", outcome.stdout);
}
