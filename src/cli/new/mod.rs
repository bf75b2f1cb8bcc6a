//! `patternbook new`

mod ask;
mod editor;
mod file;
mod given;
mod ground;
mod wizard;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::Global;
use super::catalog::Catalog;
use super::forbidden::Forbid;
use super::report::{Exit, Failure, Report};
use super::write::{already_there, write_new};
use crate::diag::{Diagnostics, Place, Source};
use crate::spec::{Pattern, check_stack_name};
use given::Values;
use ground::Ground;
use wizard::Wizard;

/// Writes a stack file for a pattern, with a comment for each of its parameters
///
/// On a terminal it asks for the values that were not given, and holds each answer against the ledger beside the file and the ranges
/// that are forbidden. At the end it prints the command that does the same without a question.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook new aws-private-vpn\n  patternbook new aws-private-vpn -o vpc.yaml --name vpc --set zones=3 --no-input"
)]
pub(super) struct Args {
    /// Id of the pattern, as `list` prints it
    #[arg(value_name = "PATTERN")]
    pattern: String,
    /// The file to write, `-` for standard output; the stack's name with `.yaml` when nothing is said
    ///
    /// Beside a file, `.patternbook/` gets the schema that its first line names for editors.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The stack's name; the pattern's id when nothing is said
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A value for a parameter; lists as `a,b` or `[a, b]`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Asks nothing, on a terminal either
    #[arg(long)]
    no_input: bool,
    #[command(flatten)]
    forbid: Forbid,
}

pub(super) fn run(args: &Args, global: &Global, report: &Report) -> Result<Exit, Failure> {
    let catalog = Catalog::open(global)?;
    let pattern = catalog.pattern(&args.pattern, None)?;
    let name = args.name.clone().unwrap_or_else(|| pattern.id.clone());
    let values = read(args, &pattern, &name)?;
    if let Some(path) = args
        .output
        .as_deref()
        .filter(|path| !is_stdout(path) && path.exists())
    {
        // Before the questions: nobody wants to answer them in vain.
        return Err(already_there(path).into());
    }
    let ground = Ground::open(catalog, &pattern, &path(args, &name), &args.forbid)?;
    ground.check_each(&name, &values)?;
    let asks = !args.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !asks {
        given::demand_all(&pattern, &values)?;
        write(args, &pattern, &name, &values, report)?;
        return Ok(Exit::Done);
    }
    let wizard = Wizard::new(&pattern, ground, name, values, report);
    let (name, values) = match wizard.run(args.name.is_some(), args.output.is_some()) {
        Err(failure) if failure.diagnostics.is_empty() => {
            report.note("stopped; nothing was written");
            return Ok(failure.exit);
        }
        answered => answered?,
    };
    write(args, &pattern, &name, &values, report)?;
    let command = given::command(args, global, &path(args, &name), &name, &values);
    report.note(&format!("the same without a question:\n  {command}"));
    Ok(Exit::Done)
}

/// The values of the command line. Everything that is wrong with them is told, and with the name.
fn read(args: &Args, pattern: &Pattern, name: &str) -> Result<Values, Diagnostics> {
    let mut diags = Diagnostics::new();
    let values = given::read(&args.set, pattern, &mut diags);
    let source = Source::new("--name", name);
    let place = Place::new(&source, 0..name.len());
    if let Err(diagnostic) = check_stack_name(name, "a stack", &place) {
        diags.push(diagnostic);
    }
    diags.into_result(values)
}

/// Where the stack is written.
fn path(args: &Args, name: &str) -> PathBuf {
    let given = args.output.clone();
    given.unwrap_or_else(|| PathBuf::from(format!("{name}.yaml")))
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

fn write(
    args: &Args,
    pattern: &Pattern,
    name: &str,
    values: &Values,
    report: &Report,
) -> Result<(), Failure> {
    let text = file::text(pattern, name, values);
    let path = path(args, name);
    if is_stdout(&path) {
        return Report::result(&text);
    }
    editor::write_schema(&path, pattern, report)?;
    let text = editor::first_line(pattern) + &text;
    write_new(&path, text.as_bytes())?;
    let shown = path.display();
    report.note(&format!(
        "wrote {shown}; see it with `patternbook plan {shown}`, write its templates with `patternbook build {shown}`"
    ));
    Ok(())
}
