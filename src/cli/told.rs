//! The forms in which a command tells what it found, and the way of each to who reads it.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde_json::Value as Json;

use super::Answer;
use super::report::{Failure, Report};
use super::write::not_written;
pub(super) use crate::findings::Outcome;
use crate::findings::{Suite, github, junit, sarif};

/// What a check can say of what it found.
pub(super) trait Told {
    /// For people.
    fn text(&self) -> String;
    /// For programs.
    fn json(&self) -> Json;
    /// For pipelines.
    fn suites(&self) -> Vec<Suite>;
}

/// How a command tells what it found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For somebody's pipeline.
    Pipeline(Pipeline),
}

/// A form that a pipeline reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pipeline {
    /// Annotations.
    Github,
    /// A log of SARIF.
    Sarif,
    /// Test results.
    Junit,
}

impl From<Answer> for Form {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Text => Self::Text,
            Answer::Json => Self::Json,
        }
    }
}

impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Text,
            Self::Json,
            Self::Pipeline(Pipeline::Github),
            Self::Pipeline(Pipeline::Sarif),
            Self::Pipeline(Pipeline::Junit),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Text => ("text", "For people"),
            Self::Json => ("json", "For programs"),
            Self::Pipeline(Pipeline::Github) => (
                "github",
                "Annotations and a summary, for workflows of GitHub",
            ),
            Self::Pipeline(Pipeline::Sarif) => ("sarif", "SARIF 2.1.0, for code scanning"),
            Self::Pipeline(Pipeline::Junit) => ("junit", "Test results as JUnit writes them"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

impl Form {
    /// The form that arguments ask for which are no command line.
    pub(super) fn asked(arguments: &[OsString]) -> Self {
        let arguments = arguments.iter().filter_map(|it| it.to_str());
        let arguments: Vec<_> = arguments.take_while(|it| *it != "--").collect();
        let mut values = arguments.iter().enumerate().rev();
        let form = values.find_map(|(at, argument)| {
            let value = if *argument == "--format" {
                arguments.get(at + 1).copied()
            } else {
                argument.strip_prefix("--format=")
            };
            // What is no form may be a format of templates.
            Self::from_str(value?, false).ok()
        });
        form.unwrap_or(Self::Text)
    }
}

impl Pipeline {
    /// Prints an outcome, whole.
    pub(super) fn print(self, outcome: &Outcome) -> Result<(), Failure> {
        match self {
            Self::Github => {
                Report::result(&github::annotations(outcome))?;
                summarise(outcome);
                Ok(())
            }
            Self::Sarif => Report::json(&sarif::log(outcome)),
            Self::Junit => {
                let text = junit::document(outcome)
                    .map_err(|error| not_written(Path::new("standard output"), &error))?;
                Report::result(&text)
            }
        }
    }
}

/// The folder that the command runs in; nothing where the system does not say.
pub(super) fn root() -> String {
    let folder = std::env::current_dir().unwrap_or_default();
    folder.to_string_lossy().into_owned()
}

/// Adds a table to the summary of the workflow's step, where there is one. A pipeline does not fail for want of it.
fn summarise(outcome: &Outcome) {
    let path = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    let Some(path) = path else {
        return;
    };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    let written = file.and_then(|mut it| it.write_all(github::summary(outcome).as_bytes()));
    if let Err(error) = written {
        let path = Path::new(&path).display();
        Report::complain(&format!(
            "the summary `{path}` cannot be written: {}",
            error.kind()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_found_in_what_is_no_command_line() {
        let asked = |line: &str| {
            let arguments: Vec<OsString> = line.split(' ').map(Into::into).collect();
            Form::asked(&arguments)
        };
        let sarif = Form::Pipeline(Pipeline::Sarif);
        assert_eq!(asked("prove --format sarif"), sarif);
        assert_eq!(asked("build --format=arm --format=sarif --chek"), sarif);
        assert_eq!(asked("prove --format=json --format sarif"), sarif);
        assert_eq!(asked("prove --format json --format=sarif"), sarif);
        assert_eq!(asked("prove sarif --format"), Form::Text);
        assert_eq!(asked("diff -- --format sarif"), Form::Text);
        assert_eq!(asked("plan json"), Form::Text);
    }
}
