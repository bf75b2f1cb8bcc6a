//! `patternbook build --check`: what differs between the disk and what a build would write.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value as Json, json};

use super::super::jobs::Job;
use super::super::ledgers::{Difference, Ledgers};
use super::super::report::{Exit, Failure, Report};
use super::super::told::Told;
use super::super::write::{Standing, State};
use super::threads::each;
use super::{Builder, Made, shown};
use crate::diag::{Code, Diagnostic, Place, Source};
use crate::findings::{Case, Finding, Severity, Suite, to_json};

/// The help of every finding.
const HELP: &str = "build without `--check`, and commit what it writes";

/// What was looked at.
struct Checked {
    ledgers: Vec<(PathBuf, Option<Difference>)>,
    /// Where the first of the stacks begins.
    start: Option<Place>,
    stacks: Vec<Stack>,
}

/// The files of one stack.
struct Stack {
    /// Its name, with its environment.
    name: String,
    pattern: String,
    /// Where it begins.
    place: Place,
    files: Vec<Standing>,
}

pub(super) fn run(
    builder: &Builder<'_>,
    jobs: &[Job<'_>],
    mut ledgers: Ledgers,
    report: &Report,
) -> Result<Exit, Failure> {
    let progress = report.progress(jobs.len());
    let recording = Mutex::new(&mut ledgers);
    let stacks = each(jobs, builder.args.jobs, |job| {
        let made = builder.folder(job);
        progress.done();
        let Made { plan, result, .. } = made?;
        let mut ledgers = recording.lock().unwrap_or_else(PoisonError::into_inner);
        ledgers.record(job.path, &job.stack, &job.pattern, &plan);
        Ok(Stack {
            name: plan.name(),
            pattern: plan.pattern,
            place: job.stack.place.clone(),
            files: result.files(),
        })
    });
    drop(progress);
    let stacks = stacks?;
    ledgers.check()?;
    let differences = ledgers.differences();
    let checked = Checked {
        ledgers: differences
            .map(|(path, it)| (path.to_owned(), it))
            .collect(),
        start: jobs.first().map(|job| job.stack.place.clone()),
        stacks,
    };
    let exit = if checked.is_up_to_date() {
        Exit::Done
    } else {
        Exit::Findings
    };
    report.tell(&checked, exit)
}

impl Checked {
    fn is_up_to_date(&self) -> bool {
        let mut files = self.stacks.iter().flat_map(|stack| &stack.files);
        self.ledgers.iter().all(|(_, it)| it.is_none()) && files.all(|it| it.state == State::Same)
    }

    /// The ledgers as cases.
    fn recorded(&self) -> Suite {
        let cases = self.ledgers.iter().map(|(path, difference)| {
            let name = shown(path);
            let Some(difference) = difference else {
                return Case::good(name);
            };
            let mut what = difference.refused(path).help(HELP);
            what.primary = what.primary.or_else(|| self.start.clone());
            let finding = Finding {
                severity: Severity::Error,
                fails: true,
                what,
                pattern: None,
                object: name.clone(),
            };
            Case::bad(name, finding)
        });
        Suite {
            name: "ledger".to_owned(),
            cases: cases.collect(),
        }
    }
}

impl Told for Checked {
    fn text(&self) -> String {
        let mut lines = String::new();
        for (path, difference) in &self.ledgers {
            if let Some(difference) = difference {
                // Writing to a string does not fail.
                let _ = writeln!(lines, "{} differs: {}", shown(path), difference.what);
            }
        }
        for file in self.stacks.iter().flat_map(|stack| &stack.files) {
            if let Some(what) = in_words(&file.state) {
                // Writing to a string does not fail.
                let _ = writeln!(lines, "{} {what}", shown(&file.path));
            }
        }
        lines
    }

    fn json(&self) -> Json {
        let suites = self.suites();
        let cases = suites.iter().flat_map(|suite| &suite.cases);
        let findings = cases.flat_map(|case| &case.findings).map(to_json);
        json!({
            "schema_version": 1,
            "up_to_date": self.is_up_to_date(),
            "findings": findings.collect::<Vec<_>>(),
        })
    }

    fn suites(&self) -> Vec<Suite> {
        let stacks = self.stacks.iter().map(|stack| Suite {
            name: stack.name.clone(),
            cases: stack.files.iter().map(|it| stack.case(it)).collect(),
        });
        std::iter::once(self.recorded()).chain(stacks).collect()
    }
}

/// What is not as it shall be.
fn in_words(state: &State) -> Option<&'static str> {
    match state {
        State::Same => None,
        State::Missing => Some("is missing"),
        State::Differs { .. } => Some("differs"),
        State::Stale => Some("belongs to no output any more"),
    }
}

impl Stack {
    fn case(&self, file: &Standing) -> Case {
        let name = shown(&file.path);
        match self.diagnostic(&name, &file.state) {
            None => Case::good(name),
            Some(what) => {
                let finding = Finding {
                    severity: Severity::Error,
                    fails: true,
                    what,
                    pattern: Some(self.pattern.clone()),
                    object: name.clone(),
                };
                Case::bad(name, finding)
            }
        }
    }

    /// What is wrong with a file, at the first line that is.
    fn diagnostic(&self, name: &str, state: &State) -> Option<Diagnostic> {
        let out_of_date = |what: &str| {
            let message = format!("`{name}` {what}");
            Diagnostic::new(Code::OutOfDate, message).help(HELP)
        };
        Some(match state {
            State::Same => return None,
            State::Missing => out_of_date("is missing").at(self.place.clone()),
            State::Stale => {
                let help = "build without `--check`, which removes it, and commit that";
                let place = Place::start_of(&Source::new(name, ""));
                out_of_date("belongs to no output any more")
                    .at(place)
                    .help(help)
            }
            State::Differs { line, is_edited } => {
                let place = match line {
                    Some(line) => Place::new(&Source::new(name, &line.text), line.span.clone()),
                    None => Place::start_of(&Source::new(name, "")),
                };
                let diagnostic = if *is_edited {
                    let message =
                        format!("`{name}` was edited since it was built, or comes from elsewhere");
                    let help = "what it needs belongs into the stack, the pattern or `--templates`; build with `--force` to lose the edit";
                    Diagnostic::new(Code::EditedByHand, message).help(help)
                } else {
                    out_of_date("is not what would be built")
                };
                diagnostic
                    .at(place)
                    .also(self.place.clone(), "it is built from this stack")
            }
        })
    }
}
