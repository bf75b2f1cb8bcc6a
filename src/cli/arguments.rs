//! From the arguments of a process to the command that they ask for.

use std::ffi::OsString;

use clap::{ArgMatches, Args as _, CommandFactory as _, FromArgMatches as _};

use super::{Cli, Global, build, diff, plan, prove, reach};

/// What help says, and in which order: most people look for an example.
const HELP: &str = "{about}{after-help}\n\n{usage-heading} {usage}\n\n{all-args}";

/// The command line with all that it knows.
pub(super) fn command() -> clap::Command {
    let command = Cli::command().help_template(HELP);
    command.mut_subcommands(|command| command.help_template(HELP))
}

/// The command line that these arguments are.
///
/// # Errors
/// When they are none, or ask for help or the version.
pub(super) fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = match frequent(arguments) {
        Some(matches) => matches,
        None => command().try_get_matches_from(arguments)?,
    };
    Cli::from_arg_matches(&matches)
}

/// What arguments mean that begin with the name of a command which pipelines run again and again. Its own options are all that is
/// made for it: to make those of every command takes as long as to plan a stack. Nothing when something is wrong or asked about.
fn frequent(arguments: &[OsString]) -> Option<ArgMatches> {
    let new = clap::Command::new;
    let named = match arguments.get(1)?.to_str()? {
        "plan" => plan::Args::augment_args(new("plan")),
        "build" => build::Args::augment_args(new("build")),
        "prove" => prove::Args::augment_args(new("prove")),
        "reach" => reach::Args::augment_args(new("reach")),
        "diff" => diff::Args::augment_args(new("diff")),
        _ => return None,
    };
    let alone = Global::augment_args(new("patternbook")).subcommand(named);
    alone.try_get_matches_from(arguments).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        let words = line.split(' ').map(OsString::from);
        std::iter::once("patternbook".into()).chain(words).collect()
    }

    #[test]
    fn a_frequent_command_means_what_it_means_among_all_commands() {
        for line in [
            "plan a.yaml --what-if zones=3",
            "build a.yaml b.yaml -o out --format arm --format terraform --env test",
            "build --quiet a.yaml --check --format github --color never",
            "build --patterns p a.yaml --templates=t --jobs 2 --shard 1/2",
            "prove a.yaml out/a --format json",
            "reach a.yaml --from internet --color=always",
            "diff a b --fail-on opened,replaced -q",
            "diff --git main out",
        ] {
            let arguments = arguments(line);
            let alone = frequent(&arguments).unwrap();
            let among_all = command().try_get_matches_from(&arguments).unwrap();
            let [alone, among_all] = [alone, among_all].map(|it| Cli::from_arg_matches(&it));
            let [alone, among_all] = [alone, among_all].map(|it| format!("{:?}", it.unwrap()));
            assert_eq!(alone, among_all, "{line}");
        }
    }

    #[test]
    fn what_is_wrong_or_asks_for_help_is_told_among_all_commands() {
        for line in [
            "build",
            "build --help",
            "reach --form json a",
            "build a.yaml --jobs 0",
        ] {
            let arguments = arguments(line);
            assert!(frequent(&arguments).is_none(), "{line}");
            let told = parse(&arguments).unwrap_err().to_string();
            let among_all = command().try_get_matches_from(&arguments).unwrap_err();
            assert_eq!(told, among_all.to_string(), "{line}");
        }
    }
}
