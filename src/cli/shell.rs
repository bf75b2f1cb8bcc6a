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
    let names = PossibleValuesParser::new(catalog::built_in());
    let command = super::command();
    let mut command = ["show", "new"].into_iter().fold(command, |command, of| {
        command.mut_subcommand(of, |it| {
            it.mut_arg("pattern", |arg| arg.value_parser(names.clone()))
        })
    });
    clap_complete::generate(args.shell, &mut command, "patternbook", &mut script);
    let script = String::from_utf8_lossy(&script);
    Report::result(&with_patterns(args.shell, &script))?;
    Ok(Exit::Done)
}

/// Adds the names of patterns where the generator has no place for the values of arguments without a flag.
fn with_patterns(shell: Shell, script: &str) -> String {
    let names: Vec<_> = catalog::built_in().collect();
    match shell {
        Shell::Fish => {
            let names = names.join(" ");
            format!(
                "{script}complete -c patternbook -n \"__fish_patternbook_using_subcommand show new\" -f -a \"{names}\"\n"
            )
        }
        Shell::PowerShell => ["show", "new"].into_iter().fold(script.to_owned(), |script, of| {
            let case = format!("'patternbook;{of}' {{\n");
            let values = names.iter().map(|name| {
                format!(
                    "            [CompletionResult]::new('{name}', '{name}', [CompletionResultType]::ParameterValue, 'A pattern')\n"
                )
            });
            let with = format!("{case}{}", values.collect::<String>());
            script.replace(&case, &with)
        }),
        _ => script.to_owned(),
    }
}

pub(super) fn man(args: &Man) -> Result<Exit, Failure> {
    let mut command = super::command();
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
