//! The command line: one file for each command.
//!
//! Only this room touches the disk, the terminal and the environment. It knows what the other rooms do and not how.

mod build;
mod catalog;
mod compact;
mod diff;
mod emit;
mod explain;
mod forbidden;
mod input;
mod jobs;
mod judge;
mod ledgers;
mod list;
mod new;
mod output;
mod plan;
mod prove;
mod reach;
mod release;
mod report;
mod schema;
mod set;
mod shard;
mod shell;
mod show;
mod staging;
mod template;
mod write;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use report::Exit;

use crate::diag::{Code, Diagnostic};
use report::Report;

/// Turns approved cloud network patterns into CloudFormation, ARM and Terraform templates.
#[derive(Parser, Debug)]
#[command(
    name = "patternbook",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "Examples:\n  patternbook list\n  patternbook new aws-private-vpn -o vpc.yaml\n  patternbook plan vpc.yaml\n  patternbook build vpc.yaml -o out"
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Args, Debug)]
struct Global {
    /// A folder of patterns that add to the built-in ones, or take their place
    #[arg(long, global = true, value_name = "DIR")]
    patterns: Option<PathBuf>,
    /// A folder of templates that take the place of built-in ones
    #[arg(long, global = true, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// When to colour messages
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// Prints results and errors only
    #[arg(long, short, global = true)]
    quiet: bool,
}

/// When to colour messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How a command prints its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Answer {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(list::Args),
    Show(show::Args),
    New(new::Args),
    Plan(plan::Args),
    Build(build::Args),
    Prove(prove::Args),
    Reach(reach::Args),
    Diff(diff::Args),
    Release(release::Args),
    Compact(compact::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    run(std::env::args_os()).into()
}

/// Runs a command line and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let wants_json = arguments
        .iter()
        .any(|argument| argument == "json" || argument == "--format=json");
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; everything else is a usage error. Whether it could be printed changes nothing.
            let _ = error.print();
            if !error.use_stderr() {
                return Exit::Done;
            }
            if wants_json {
                let message = error.kind().to_string();
                let usage = Diagnostic::new(Code::Usage, message).help("see `patternbook --help`");
                report::json_errors(&usage.into());
            }
            return Exit::Input;
        }
    };
    let answer = match &cli.command {
        Command::List(args) => args.format,
        Command::Show(args) => args.format,
        Command::Plan(args) => args.answer(),
        Command::Prove(args) => args.format,
        Command::Reach(args) => args.format,
        Command::Diff(args) => args.answer(),
        Command::Explain(args) => args.format,
        Command::New(_)
        | Command::Build(_)
        | Command::Release(_)
        | Command::Compact(_)
        | Command::Schema(_)
        | Command::Completions(_)
        | Command::Man(_) => Answer::Text,
    };
    let report = Report::new(cli.global.color, cli.global.quiet, answer);
    let result = match &cli.command {
        Command::List(args) => list::run(args, &cli.global, &report),
        Command::Show(args) => show::run(args, &cli.global, &report),
        Command::New(args) => new::run(args, &cli.global, &report),
        Command::Plan(args) => plan::run(args, &cli.global, &report),
        Command::Build(args) => build::run(args, &cli.global, &report),
        Command::Prove(args) => prove::run(args, &cli.global, &report),
        Command::Reach(args) => reach::run(args, &cli.global, &report),
        Command::Release(args) => release::run(args),
        Command::Compact(args) => compact::run(args, &cli.global),
        Command::Diff(args) => diff::run(args, &cli.global),
        Command::Explain(args) => explain::run(args),
        Command::Schema(args) => schema::run(args, &cli.global),
        Command::Completions(args) => shell::completions(args),
        Command::Man(args) => shell::man(args),
    };
    match result {
        Ok(exit) => exit,
        Err(failure) => report.failure(&failure),
    }
}
