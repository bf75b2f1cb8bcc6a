//! What a check found, and the forms in which the pipelines of others read it.
//!
//! Knows errors with their codes and places. Knows nothing of stacks, templates and clouds, nor of the disk and the environment:
//! whoever checks says what was found, and prints the text that comes out.

pub mod github;
pub mod junit;
pub mod sarif;

mod file;
mod json;

pub use json::to_json;

use crate::diag::{Diagnostic, Diagnostics, Place};

/// How bad something is. What is worse is greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Somebody may want to know.
    Note,
    /// Somebody should look at it.
    Warning,
    /// It must not stay.
    Error,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that a check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Whether the check fails by it.
    pub fails: bool,
    /// Its code, what is wrong, where, and what would be right.
    pub what: Diagnostic,
    /// The pattern that was followed, where there is one.
    pub pattern: Option<String>,
    /// What it is about: a name that stays when lines move.
    pub object: String,
}

impl From<&Diagnostic> for Finding {
    /// The error as a finding: what it is about is what it says of which file.
    fn from(error: &Diagnostic) -> Self {
        let file = error.primary.as_ref().map(|place| &*place.source.name);
        Self {
            severity: Severity::Error,
            fails: true,
            object: [file.unwrap_or_default(), &error.message].join(" "),
            what: error.clone(),
            pattern: None,
        }
    }
}

/// One thing that was looked at, by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// What was looked at.
    pub name: String,
    /// What was found there; nothing when it is as it should be.
    pub findings: Vec<Finding>,
}

impl Case {
    /// Something that is as it should be.
    pub fn good(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            findings: Vec::new(),
        }
    }

    /// Something that is not.
    pub fn bad(name: impl Into<String>, finding: Finding) -> Self {
        Self {
            name: name.into(),
            findings: vec![finding],
        }
    }
}

/// What was looked at in one template or stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// What was looked at, in order.
    pub cases: Vec<Case>,
}

/// How far a command came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// It looked at everything.
    Through,
    /// What it was given is wrong, or it could not run.
    Nowhere,
}

/// All that a command has to say.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The command, as in `prove`.
    pub command: String,
    /// How far it came.
    pub came: Came,
    /// The exit code that it ends with, which no form changes.
    pub exit: u8,
    /// What was looked at.
    pub suites: Vec<Suite>,
    /// The same for people.
    pub text: String,
    /// The folder that it runs in. Files below it are named from there.
    pub root: String,
}

impl Outcome {
    /// Everything that was found, the worst first.
    fn worst_first(&self) -> Vec<&Finding> {
        let cases = self.suites.iter().flat_map(|suite| &suite.cases);
        let mut findings: Vec<_> = cases.flat_map(|case| &case.findings).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    /// Where something is, as far as it is in a file.
    fn file(&self, place: &Place) -> Option<String> {
        file::name(&place.source.name, &self.root)
    }
}

/// Errors as the suite of a command that came nowhere.
#[must_use]
pub fn refused(command: &str, errors: &Diagnostics) -> Suite {
    let case = |error| {
        let finding = Finding::from(error);
        Case::bad(finding.object.trim().to_owned(), finding)
    };
    Suite {
        name: format!("input of {command}"),
        cases: errors.iter().map(case).collect(),
    }
}

/// A number of findings in words.
fn counted(number: usize) -> String {
    match number {
        0 => "nothing found".to_owned(),
        1 => "1 finding".to_owned(),
        number => format!("{number} findings"),
    }
}

#[cfg(test)]
mod samples;
