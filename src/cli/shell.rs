//! `patternbook completions` and `patternbook man`: what packagers put beside the binary.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use super::catalog;
use super::report::{Exit, Failure, Report};
use super::write::{not_written, write_new};

/// Prints a script that completes this command line in a shell
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook completions bash > /etc/bash_completion.d/patternbook\n  patternbook completions zsh > ~/.zfunc/_patternbook"
)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the manual page, or writes one for each command
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook man | man -l -\n  patternbook man -o share/man/man1"
)]
pub(super) struct Man {
    /// A folder to write a page for each command to
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn completions(args: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let with_names = |command: clap::Command, (of, words): &(&'static str, &[&'static str])| {
        let names = words.iter().copied().chain(catalog::built_in());
        let names = PossibleValuesParser::new(names);
        command.mut_subcommand(*of, |it| {
            it.mut_arg("pattern", |arg| arg.value_parser(names))
        })
    };
    let mut command = NAMING.iter().fold(super::arguments::command(), with_names);
    clap_complete::generate(args.shell, &mut command, "patternbook", &mut script);
    let script = String::from_utf8_lossy(&script);
    Report::result(&with_patterns(args.shell, &script))?;
    Ok(Exit::Done)
}

/// The commands that take the name of a pattern, each with the words that it takes in its place.
const NAMING: [(&str, &[&str]); 3] = [
    ("show", &[]),
    ("new", &[]),
    ("schema", &["stack", "pattern"]),
];

/// Adds the names of patterns where the generator has no place for the values of arguments without a flag.
fn with_patterns(shell: Shell, script: &str) -> String {
    NAMING
        .iter()
        .fold(script.to_owned(), |script, (command, words)| {
            let words = words.iter().map(|word| (*word, "A kind of file"));
            let names = catalog::built_in().map(|name| (name, "A pattern"));
            let names: Vec<_> = words.chain(names).collect();
            with_names(shell, script, command, &names)
        })
}

fn with_names(shell: Shell, script: String, command: &str, names: &[(&str, &str)]) -> String {
    match shell {
        Shell::Fish => {
            let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            let names = names.join(" ");
            format!(
                "{script}complete -c patternbook -n \"__fish_patternbook_using_subcommand {command}\" -f -a \"{names}\"\n"
            )
        }
        Shell::PowerShell => {
            let case = format!("'patternbook;{command}' {{\n");
            let values = names.iter().map(|(name, about)| {
                format!(
                    "            [CompletionResult]::new('{name}', '{name}', [CompletionResultType]::ParameterValue, '{about}')\n"
                )
            });
            let with = format!("{case}{}", values.collect::<String>());
            script.replace(&case, &with)
        }
        _ => script,
    }
}

pub(super) fn man(args: &Man) -> Result<Exit, Failure> {
    let mut command = super::arguments::command();
    let Some(folder) = &args.output else {
        Report::result(&page(&command))?;
        return Ok(Exit::Done);
    };
    command.build();
    std::fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
    let own = std::iter::once(&command);
    for command in own.chain(command.get_subcommands()) {
        // The page of `help` would say what every page says.
        if command.get_name() == "help" {
            continue;
        }
        let name = command.get_display_name().unwrap_or(command.get_name());
        write_new(&folder.join(format!("{name}.1")), page(command).as_bytes())?;
    }
    Ok(Exit::Done)
}

/// A page in roff.
fn page(command: &clap::Command) -> String {
    let mut page = Vec::new();
    // Writing to a vector does not fail.
    let _ = clap_mangen::Man::new(command.clone()).render(&mut page);
    String::from_utf8_lossy(&page).into_owned()
}
