//! What the user sees: results on standard output, everything else on standard error.

use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use serde_json::json;

use super::Color;
use super::progress::Progress;
use super::told::{self, Form, Told};
use crate::diag::{Code, Diagnostic, Diagnostics, render, to_json};
use crate::findings::{Came, refused};

/// How many errors people are shown: a mistake that is made a thousand times is clear before that.
const MOST_ERRORS: usize = 50;

/// How many bytes of a result are written at once.
const AT_ONCE: usize = 64 * 1024;

/// How a command ended. The numbers are a promise to scripts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Done, and nothing was found.
    Done = 0,
    /// There are findings: something differs.
    Findings = 1,
    /// The input or the usage is wrong.
    Input = 2,
    /// It could not run.
    Failed = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) diagnostics: Diagnostics,
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        let exit = diagnostics
            .iter()
            .map(|diagnostic| exit_of(diagnostic.code))
            .max_by_key(|exit| *exit as u8);
        Self {
            exit: exit.unwrap_or(Exit::Failed),
            diagnostics: diagnostics.each_once(),
        }
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics::from(diagnostic).into()
    }
}

/// The exit code that an error leads to.
fn exit_of(code: Code) -> Exit {
    match code {
        Code::NotWritten | Code::Internal => Exit::Failed,
        Code::OutOfDate
        | Code::LedgerOutOfDate
        | Code::NotAllowed
        | Code::NotProved
        | Code::NotUnderstood
        | Code::FlowMissing
        | Code::GuaranteeBroken => Exit::Findings,
        _ => Exit::Input,
    }
}

/// The way to the user.
pub(super) struct Report {
    color: bool,
    quiet: bool,
    form: Form,
    command: String,
}

impl Report {
    /// For a command that answers in `form`.
    pub(super) fn new(color: Color, quiet: bool, form: Form, command: &str) -> Self {
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                !unwanted && std::io::stderr().is_terminal()
            }
        };
        Self {
            color,
            quiet,
            form,
            command: command.to_owned(),
        }
    }

    /// Whether what people see has colours.
    pub(super) fn color(&self) -> bool {
        self.color
    }

    /// Prints a result, whole.
    pub(super) fn result(text: &str) -> Result<(), Failure> {
        Self::results([text])
    }

    /// Prints a result that comes in pieces.
    pub(super) fn results<T: AsRef<str>>(
        pieces: impl IntoIterator<Item = T>,
    ) -> Result<(), Failure> {
        let mut stdout = BufWriter::with_capacity(AT_ONCE, std::io::stdout().lock());
        let mut pieces = pieces.into_iter();
        let written = pieces.try_for_each(|piece| stdout.write_all(piece.as_ref().as_bytes()));
        match written.and_then(|()| stdout.flush()) {
            // Who closed the pipe has read enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Diagnostic::new(
                Code::NotWritten,
                format!("standard output cannot be written: {error}"),
            )
            .into()),
            Ok(()) => Ok(()),
        }
    }

    /// Prints a JSON answer.
    pub(super) fn json(value: &serde_json::Value) -> Result<(), Failure> {
        Self::result(&format!("{value:#}\n"))
    }

    /// Tells what was done, unless nobody wants to know.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            Self::complain(text);
        }
    }

    /// Shows how far a run over so many stacks is, where somebody looks at it.
    pub(super) fn progress(&self, stacks: usize) -> Progress {
        Progress::over(stacks, self.quiet)
    }

    /// Tells what a check found, in the form that was asked for.
    pub(super) fn tell(&self, told: &impl Told, exit: Exit) -> Result<Exit, Failure> {
        match self.form {
            Form::Text => Self::result(&told.text())?,
            Form::Json => Self::json(&told.json())?,
            Form::Pipeline(pipeline) => pipeline.print(&told::Outcome {
                command: self.command.clone(),
                came: Came::Through,
                exit: exit as u8,
                suites: told.suites(),
                text: told.text(),
                root: told::root(),
            })?,
        }
        Ok(exit)
    }

    pub(super) fn complain(text: &str) {
        // There is nobody left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Prints why a command did not do its work.
    pub(super) fn failure(&self, failure: &Failure) -> Exit {
        match self.form {
            Form::Text => self.errors(&failure.diagnostics),
            Form::Json => json_errors(&failure.diagnostics),
            Form::Pipeline(pipeline) => {
                let texts = failure.diagnostics.iter().map(|it| render(it, false));
                // Whether it could be printed changes nothing about how it ended.
                let _ = pipeline.print(&told::Outcome {
                    command: self.command.clone(),
                    came: match failure.exit {
                        Exit::Done | Exit::Findings => Came::Through,
                        Exit::Input | Exit::Failed => Came::Nowhere,
                    },
                    exit: failure.exit as u8,
                    suites: vec![refused(&self.command, &failure.diagnostics)],
                    text: texts.collect::<Vec<_>>().join("\n"),
                    root: told::root(),
                });
            }
        }
        failure.exit
    }

    /// Prints errors for people.
    fn errors(&self, diagnostics: &Diagnostics) {
        for diagnostic in diagnostics.iter().take(MOST_ERRORS) {
            Self::complain(&render(diagnostic, self.color));
        }
        let more = diagnostics.len().saturating_sub(MOST_ERRORS);
        if more > 0 {
            Self::complain(&format!(
                "and {more} more errors; `--format json` tells all of them"
            ));
        }
    }
}

/// Prints errors as a JSON answer.
fn json_errors(diagnostics: &Diagnostics) {
    let errors: Vec<_> = diagnostics.iter().map(to_json).collect();
    let answer = json!({
        "schema_version": 1,
        "error": errors.first(),
        "errors": errors,
    });
    // Whether it could be printed changes nothing about how it ended.
    let _ = Report::json(&answer);
}
