//! Every example expands and is written as it is pinned in `snapshots/`, and the same inputs give the same bytes.

use std::fmt::Write as _;

use crate::run::{Folder, project};

fn examples() -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(project().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn example(name: &str) -> String {
    project()
        .join(format!("examples/{name}.yaml"))
        .display()
        .to_string()
}

fn pin(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(project().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Archives are pinned by their checksums, in the list of all files.
fn is_archive(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "zip")
}

/// The folders below `out` that hold the templates of a stack: one for each of its environments.
fn outputs(folder: &Folder, stack: &str) -> Vec<String> {
    let files = folder.files().into_iter();
    let sums = files.filter_map(|path| {
        let output = path
            .strip_prefix("out/")?
            .strip_suffix("/patternbook.sha256")?;
        (output.split('/').next() == Some(stack)).then(|| output.to_owned())
    });
    sums.collect()
}

/// The text files of a format one after the other, each under its name.
fn contents(folder: &Folder, output: &str, format: &str) -> String {
    let prefix = format!("out/{output}/{format}/");
    let mut text = String::new();
    for path in folder.files() {
        let Some(name) = path.strip_prefix(&prefix) else {
            continue;
        };
        if !is_archive(&path) {
            writeln!(text, "==> {name} <==\n{}", folder.read(&path)).unwrap();
        }
    }
    text
}

#[test]
fn every_pattern_has_two_examples_named_after_their_stacks() {
    let folder = Folder::new();
    let mut patterns = Vec::new();
    for name in examples() {
        let plan = folder.done(&["plan", &example(&name)]);
        let (stack, rest) = plan.split_once(": ").unwrap();
        assert_eq!(stack.split('/').next(), Some(name.as_str()));
        patterns.push(rest.split(' ').next().unwrap().to_owned());
    }
    patterns.sort();
    let list = folder.done(&["list"]);
    for pattern in list
        .lines()
        .skip(1)
        .map(|line| line.split(' ').next().unwrap())
    {
        let count = patterns.iter().filter(|name| *name == pattern).count();
        assert!(count >= 2, "{pattern} has {count} examples");
    }
}

#[test]
fn every_example_is_planned_as_pinned() {
    let folder = Folder::new();
    for name in examples() {
        pin(
            &format!("{name}.plan"),
            &folder.done(&["plan", &example(&name)]),
        );
    }
}

#[test]
fn every_example_is_written_as_pinned_in_every_format() {
    let folder = Folder::new();
    for name in examples() {
        folder.done(&["build", "--locked", &example(&name)]);
        for output in outputs(&folder, &name) {
            let pinned = output.replace('/', "-");
            for format in ["cloudformation", "arm", "terraform"] {
                let text = contents(&folder, &output, format);
                if !text.is_empty() {
                    pin(&format!("{pinned}.{format}"), &text);
                }
            }
            pin(
                &format!("{pinned}.sums"),
                &folder.read(&format!("out/{output}/patternbook.sha256")),
            );
        }
    }
}

#[test]
fn the_same_stacks_give_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    let paths: Vec<_> = examples().iter().map(|name| example(name)).collect();
    let mut sums = Vec::new();
    for (out, jobs) in [("a", "1"), ("b", "2"), ("c", "7")] {
        let mut arguments = vec!["build", "--locked", "-o", out, "--jobs", jobs];
        arguments.extend(paths.iter().map(String::as_str));
        folder.done(&arguments);
        let files = folder.files().into_iter();
        let below = files.filter(|path| {
            path.strip_prefix(out)
                .is_some_and(|rest| rest.starts_with('/'))
        });
        let written = below.map(|path| (path[out.len()..].to_owned(), path));
        sums.push(
            written
                .map(|(name, path)| (name, std::fs::read(folder.path(&path)).unwrap()))
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(sums[0], sums[1]);
    assert_eq!(sums[0], sums[2]);
}

#[test]
fn what_is_written_ends_with_one_line_break_and_has_no_blank_at_the_end_of_a_line() {
    let folder = Folder::new();
    for name in examples() {
        folder.done(&["build", "--locked", &example(&name)]);
    }
    for path in folder.files() {
        if is_archive(&path) {
            continue;
        }
        let text = folder.read(&path);
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
        for line in text.lines() {
            assert!(!line.ends_with([' ', '\t']), "{path}: `{line}`");
        }
    }
}
