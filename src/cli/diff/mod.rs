//! `patternbook diff`

mod difference;
mod revisions;
mod suites;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde_json::Value as Json;

pub(super) use self::difference::{Difference, datacenter};
use super::catalog::{self, Catalog};
use super::forbidden::{Forbid, Ranges};
use super::jobs::{self, Known};
use super::ledgers::{Ledgers, Use};
use super::report::{Exit, Failure, Report};
use super::template::Template;
use super::told::{Form, Pipeline, Told};
use super::{Global, emit, judge};
use crate::diag::{Code, Diagnostic, Place};
use crate::findings::Suite;
use crate::plan::Plan;

/// Shows what changes between two stacks or templates: first what is opened and closed, then what moves or is made anew
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook diff vpc.yaml out/vpc\n  patternbook diff old/template.yaml new/template.yaml --format markdown\n  patternbook diff old.json new.json --fail-on opened,replaced\n  patternbook diff --git main..HEAD out/\n  patternbook diff --git main out/ --format github --fail-on opened,replaced"
)]
pub(super) struct Args {
    /// What was, and what is now: each a stack, a template, a folder of Terraform, or a folder that `build` wrote. With `--git`,
    /// the templates and folders that are looked at
    #[arg(value_name = "OLD NEW", required = true)]
    paths: Vec<PathBuf>,
    /// Compares what two revisions of git have at the paths: `main..HEAD`, or `main` with what is there now
    #[arg(long, value_name = "REVISIONS")]
    git: Option<String>,
    /// The environment of stacks, when they have several
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// What ends the command with 1; any change when nothing is said
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    fail_on: Vec<Change>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DiffFormat,
    #[command(flatten)]
    forbid: Forbid,
}

impl Args {
    /// How mistakes are told.
    pub(super) fn form(&self) -> Form {
        match self.format {
            DiffFormat::Markdown => Form::Text,
            DiffFormat::Form(form) => form,
        }
    }
}

/// How a difference is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum DiffFormat {
    /// For a pull request.
    Markdown,
    /// As other checks are.
    Form(Form),
}

impl ValueEnum for DiffFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Form(Form::Text),
            Self::Form(Form::Json),
            Self::Markdown,
            Self::Form(Form::Pipeline(Pipeline::Github)),
            Self::Form(Form::Pipeline(Pipeline::Sarif)),
            Self::Form(Form::Pipeline(Pipeline::Junit)),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Markdown => Some(PossibleValue::new("markdown").help("For a pull request")),
            Self::Form(form) => form.to_possible_value(),
        }
    }
}

/// A kind of change, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub(super) enum Change {
    /// Something passes that did not
    Opened,
    /// Something is not understood
    Unknown,
    /// A guarantee is no longer given
    Lost,
    /// Something does not pass that did
    Closed,
    /// A subnet has another block
    Moved,
    /// The cloud makes a resource anew
    Replaced,
    /// A resource goes
    Removed,
    /// A resource says something else, and stays where it stands
    Changed,
    /// A resource comes
    Added,
    /// A guarantee is new
    Gained,
}

/// One of the two.
struct Side {
    /// A stack's plan, and where the stack begins.
    plan: Option<(Plan, Place)>,
    /// What it is as templates, in each format that there is.
    templates: Vec<Template>,
}

/// All that changes, each difference under its name when there are several.
struct Differences<'a> {
    all: Vec<(Option<String>, Difference)>,
    /// What ends the command with 1; any change when nothing is said.
    fail_on: &'a [Change],
}

impl Told for Differences<'_> {
    fn text(&self) -> String {
        difference::as_text(&self.all)
    }

    fn json(&self) -> Json {
        difference::as_json(&self.all)
    }

    fn suites(&self) -> Vec<Suite> {
        let all = self.all.iter();
        all.map(|(name, it)| suites::of(name.as_deref(), it, self.fail_on))
            .collect()
    }
}

pub(super) fn run(args: &Args, global: &Global, report: &Report) -> Result<Exit, Failure> {
    let all = match (&args.git, args.paths.as_slice()) {
        (Some(revisions), paths) => revisions::compare(revisions, paths)?,
        (None, [old, new]) => {
            let old = Side::open(old, args, global)?;
            let new = Side::open(new, args, global)?;
            vec![(None, Difference::between(old, new)?)]
        }
        (None, _) => {
            let message = "a difference is between two: `patternbook diff OLD NEW`";
            return Err(Diagnostic::new(Code::Usage, message)
                .help("name what was and what is now, or revisions of git with `--git main..HEAD`")
                .into());
        }
    };
    let mut kinds = all.iter().flat_map(|(_, it)| it.kinds());
    let exit = if kinds.any(|kind| kind.fails(&args.fail_on)) {
        Exit::Findings
    } else {
        Exit::Done
    };
    if args.format == DiffFormat::Markdown {
        Report::result(&difference::as_markdown(&all))?;
        return Ok(exit);
    }
    let fail_on = &args.fail_on;
    report.tell(&Differences { all, fail_on }, exit)
}

impl Change {
    /// Whether a change ends the command with 1.
    fn fails(self, fail_on: &[Self]) -> bool {
        fail_on.is_empty() || fail_on.contains(&self)
    }
}

impl Side {
    fn open(path: &Path, args: &Args, global: &Global) -> Result<Self, Failure> {
        if !is_stack(path) {
            let templates = Template::open(path, None)?;
            return Ok(Self {
                plan: None,
                templates,
            });
        }
        let catalog = Catalog::open(global)?;
        let ledgers = Ledgers::open([&path.to_owned()], Use::Read)?;
        let what = "a difference";
        let known = Known {
            catalog: &catalog,
            ledgers: &ledgers,
            ranges: &Ranges::open(&args.forbid)?,
        };
        let job = jobs::read_one(path, args.env.as_ref(), known, what)?;
        let plan = job.plan()?;
        let formats = emit::formats(plan.cloud);
        let files = emit::emit(&plan, &job.stack, &formats, &catalog::library(global)?)?;
        let mut templates = judge::read(plan.cloud, &files)?;
        for template in &mut templates {
            template.name = path.display().to_string();
        }
        Ok(Self {
            plan: Some((plan, job.stack.place.clone())),
            templates,
        })
    }
}

/// Whether a file is a stack: no template has these two keys at its top.
fn is_stack(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("stack:") && has("pattern:")
}
