//! `patternbook build`

mod check;
mod named;
mod threads;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use self::named::Named;
use self::threads::{each, results};
use super::catalog::{self, Catalog};
use super::emit::{self, Files, formats};
use super::forbidden::{Forbid, Ranges};
use super::input;
use super::jobs::{self, Job, Known};
use super::ledgers::{Ledgers, Use};
use super::report::{Exit, Failure, Report};
use super::shard::Shard;
use super::staging::{Staged, Staging};
use super::told::Form;
use super::write::{Change, Folder, Output};
use super::{Global, judge};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::Plan;
use crate::render::{Format, Library};
use crate::spec::Stack;

/// Writes the templates of stacks
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook build vpc.yaml -o out\n  patternbook build stacks/*.yaml --format terraform\n  patternbook build stacks/*.yaml --check --format github    what differs on the disk; 1 when anything does\n  patternbook build - < vpc.yaml"
)]
pub(super) struct Args {
    /// The stacks' files, or `-` for standard input
    #[arg(value_name = "STACK", required = true)]
    stacks: Vec<PathBuf>,
    /// The folder to write to
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    output: PathBuf,
    /// A format to write; every format of the pattern's cloud when nothing is said. With `--check`, also how to print what
    /// was found
    #[arg(long, value_name = "FORMAT")]
    format: Vec<Named>,
    /// An environment to build; all that the stacks have when nothing is said
    #[arg(long, value_name = "ENV")]
    env: Vec<String>,
    /// Writes nothing, and fails if what is on disk differs
    #[arg(long)]
    check: bool,
    /// Writes no ledger, and fails if `patternbook.lock` does not say what is built
    #[arg(long)]
    locked: bool,
    /// Writes over files that were edited since they were built
    #[arg(long, conflicts_with = "check")]
    force: bool,
    /// Builds a part of the stacks alone, as in `2/5`: what falls to the second of five machines
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// How many stacks to build at once; as many as there are processors when nothing is said
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    forbid: Forbid,
}

impl Args {
    /// How what was found is told, and mistakes.
    pub(super) fn form(&self) -> Form {
        named::forms(&self.format).next().unwrap_or(Form::Text)
    }
}

pub(super) fn run(args: &Args, global: &Global, report: &Report) -> Result<Exit, Failure> {
    named::agree(&args.format, args.check)?;
    let catalog = Catalog::open(global)?;
    let library = catalog::library(global)?;
    let how = if args.check || args.locked {
        Use::Read
    } else {
        Use::Write
    };
    let mut ledgers = Ledgers::open(&args.stacks, how)?;
    let ranges = Ranges::open(&args.forbid)?;
    let known = Known {
        catalog: &catalog,
        ledgers: &ledgers,
        ranges: &ranges,
    };
    let mut jobs = read_stacks(args, known, report)?;
    if let Some(shard) = args.shard {
        // All were read, so that every machine finds the same mistakes, such as a name that two stacks have.
        let mine = shard.pick(&args.stacks);
        jobs.retain(|job| mine.iter().any(|path| path == job.path));
    }
    // As the library: the process ends soon.
    let jobs = ManuallyDrop::new(jobs);
    let builder = Builder {
        args,
        is_alone: jobs.len() == 1,
        library: ManuallyDrop::new(library),
    };
    if args.check {
        return check::run(&builder, &jobs, ledgers, report);
    }
    // Everything is made before anything gets to its place, so that a mistake in one stack leaves the disk as it was.
    let staging = Staging::new(&args.output)?;
    let progress = report.progress(jobs.len());
    // A plan is recorded and dropped as soon as its files are made: a thousand of them would fill the memory.
    let recording = Mutex::new(&mut ledgers);
    let made = each(&jobs, args.jobs, |job| {
        let made = builder.stage(job, &staging);
        progress.done();
        let Made {
            plan,
            proved,
            result,
        } = made?;
        let told = proved + &told(&result);
        let mut ledgers = recording.lock().unwrap_or_else(PoisonError::into_inner);
        ledgers.record(job.path, &job.stack, &job.pattern, &plan);
        Ok((told, result))
    });
    drop(progress);
    let made = made?;
    ledgers.check()?;
    if args.locked {
        ledgers.demand_unchanged()?;
    }
    // What was given away is recorded before anything uses it.
    let recorded = ledgers.write()?;
    let (mut lines, staged): (Vec<_>, Vec<_>) = made.into_iter().unzip();
    staging.commit(staged)?;
    let recorded = recorded.iter();
    lines.extend(recorded.map(|path| format!("wrote {}\n", shown(path))));
    Report::results(lines)?;
    Ok(Exit::Done)
}

/// What becomes of the files of a stack, a line for each.
fn told(staged: &Staged) -> String {
    let mut lines = String::new();
    let folder = shown(&staged.to);
    for (path, change) in &staged.changes {
        let word = match change {
            Change::Written => "wrote",
            Change::Unchanged => "kept",
            Change::Removed => "removed",
        };
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{word} {folder}/{path}");
    }
    lines
}

/// What one stack came to.
struct Made<T> {
    plan: Plan,
    /// What was proved, in a line.
    proved: String,
    result: T,
}

/// Reads every stack, and every pattern once.
fn read_stacks<'a>(
    args: &'a Args,
    known: Known<'_>,
    report: &Report,
) -> Result<Vec<Job<'a>>, Failure> {
    let mut diags = Diagnostics::new();
    let mut jobs = Vec::with_capacity(args.stacks.len());
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut environments = Vec::new();
    let mut left_out = Vec::new();
    // Patterns are read when the first stack asks for one, and what stands around is the same for all: one after the other.
    let stacks = results(&args.stacks, args.jobs, |path| input::stack(path));
    for (path, stack) in args.stacks.iter().zip(stacks) {
        let found = stack.and_then(|stack| jobs::of(path, stack, &args.env, known));
        let found = match found {
            Ok(found) => found,
            Err(failure) => {
                diags.extend(failure.diagnostics);
                continue;
            }
        };
        if let Some(job) = found.jobs.first() {
            let place = &job.stack.place;
            if let Some(first) = places.insert(job.stack.name.clone(), place.clone()) {
                diags.push(same_name(&job.stack.name, place, first));
            }
        } else {
            left_out.push(shown(path));
        }
        environments.extend(found.environments);
        jobs.extend(found.jobs);
    }
    diags.extend(jobs::unknown_environments(&args.env, &environments));
    let jobs = diags.into_result(jobs)?;
    for path in left_out {
        report.note(&format!(
            "left out {path}: it has no environment `{}`",
            args.env.join("` or `")
        ));
    }
    Ok(jobs)
}

fn same_name(name: &str, place: &Place, first: Place) -> Diagnostic {
    Diagnostic::new(
        Code::SamePlace,
        format!("two stacks have the name `{name}`"),
    )
    .at(place.clone())
    .also(first, "the other one")
    .help("both would be written to the same folder; give one another name")
}

struct Builder<'a> {
    args: &'a Args,
    /// Whether one stack is all that is built.
    is_alone: bool,
    /// Never dropped: the process ends soon, and to take thousands of parts of templates apart takes a while.
    library: ManuallyDrop<Library>,
}

impl Builder<'_> {
    fn plan(&self, job: &Job<'_>) -> Result<Plan, Failure> {
        let plan = job.plan()?;
        let possible = formats(plan.cloud);
        for format in named::templates(&self.args.format) {
            if !possible.contains(&format) {
                let names: Vec<_> = possible.iter().map(|format| format.as_str()).collect();
                let message = format!("`{}` is not written as {}", plan.pattern, format.as_str());
                return Err(Diagnostic::new(Code::Unsupported, message)
                    .at(job.stack.pattern_place.clone())
                    .help(format!("its formats are {}", names.join(" and ")))
                    .into());
            }
        }
        Ok(plan)
    }

    /// The formats to write.
    fn wanted(&self, plan: &Plan) -> Vec<Format> {
        let named: Vec<_> = named::templates(&self.args.format).collect();
        if named.is_empty() {
            return formats(plan.cloud).to_vec();
        }
        named
    }

    /// The folder of a stack with the files that shall be in it, and what was proved of them. What is not proved does not get
    /// as far as a folder.
    fn folder(&self, job: &Job<'_>) -> Result<Made<Folder>, Failure> {
        let plan = self.plan(job)?;
        let formats = self.wanted(&plan);
        let files = self.files(&plan, &job.stack, &formats)?;
        let proved = judge::proved(&plan, &formats);
        let mut folder = self.args.output.join(&plan.stack);
        folder.extend(&plan.environment);
        let result = Folder::open(folder, Output::of(files))?;
        Ok(Made {
            plan,
            proved,
            result,
        })
    }

    /// The files of a plan, each format proved before the next one is made, so that what it was read into is gone by then.
    fn files(&self, plan: &Plan, stack: &Stack, formats: &[Format]) -> Result<Files, Diagnostics> {
        let lowered = emit::lower(plan, stack)?;
        let mut diags = Diagnostics::new();
        let mut all = Files::new();
        for format in formats {
            let made = emit::emit_one(&lowered, plan, stack, *format, &self.library);
            if self.is_alone {
                // Nothing else is written in this format: the next one takes the place of its templates.
                self.library.forget();
            }
            match made.and_then(|files| judge::demand_one(plan, *format, &files).map(|()| files)) {
                Ok(files) => all.push((*format, files)),
                Err(wrong) => diags.extend(wrong),
            }
        }
        diags.into_result(all)
    }

    /// Builds one stack, and writes it to where it waits for the others.
    fn stage(&self, job: &Job<'_>, staging: &Staging) -> Result<Made<Staged>, Failure> {
        let made = self.folder(job)?;
        if !self.args.force {
            made.result.refuse_edited()?;
        }
        let waiting = staging.of(&made.plan.name());
        Ok(Made {
            plan: made.plan,
            proved: made.proved,
            result: made.result.stage(waiting)?,
        })
    }
}

/// A path as the user writes it, the same on every system.
fn shown(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/").replace("//", "/")
}
