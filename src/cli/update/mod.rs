//! `patternbook update`

mod compare;
mod follow;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use self::compare::{Compared, Harm};
use self::follow::{Followed, follow};
use super::catalog::{self, Catalog};
use super::forbidden::{Forbid, Ranges};
use super::jobs::{self, Job, Known};
use super::ledgers::{Ledgers, Use};
use super::report::{Exit, Failure, Report};
use super::staging::{Staged, Staging};
use super::{Answer, Global, input, write};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::spec::Stack;
use crate::yaml;

/// Lets stacks follow their patterns to the versions at hand, after showing what that changes
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook update vpc.yaml --check          what would change; 1 when anything would\n  patternbook update vpc.yaml                  changes it, unless something is opened or made anew\n  patternbook update vpc.yaml --allow-replace"
)]
pub(super) struct Args {
    /// The stacks' files
    #[arg(value_name = "STACK", required = true)]
    stacks: Vec<PathBuf>,
    /// The folder that they were built to
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    output: PathBuf,
    /// Writes nothing, and fails if a stack is behind its pattern or its templates are
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    allowed: Allowed,
    /// Writes over files that were edited since they were built
    #[arg(long, conflicts_with = "check")]
    force: bool,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Answer,
    #[command(flatten)]
    forbid: Forbid,
}

/// What an update may do that it otherwise refuses.
#[derive(clap::Args, Debug)]
struct Allowed {
    /// Lets pass what did not pass before
    #[arg(long)]
    allow_open: bool,
    /// Lets the cloud make anew what cannot change where it stands: what is in it is lost
    #[arg(long)]
    allow_replace: bool,
}

/// A stack's file with what an update makes of it.
struct Update<'a> {
    path: &'a Path,
    followed: Followed,
    /// The stack in each of its environments.
    made: Vec<(Job<'a>, Compared)>,
}

pub(super) fn run(args: &Args, global: &Global, report: &Report) -> Result<Exit, Failure> {
    let catalog = Catalog::open(global)?;
    let library = catalog::library(global)?;
    let how = if args.check { Use::Read } else { Use::Write };
    let mut ledgers = Ledgers::open(&args.stacks, how)?;
    let ranges = Ranges::open(&args.forbid)?;
    let known = Known {
        catalog: &catalog,
        ledgers: &ledgers,
        ranges: &ranges,
    };
    let mut diags = Diagnostics::new();
    let mut updates = Vec::with_capacity(args.stacks.len());
    for path in &args.stacks {
        let update = Update::new(path, known, |job| {
            Compared::new(job, &args.output, &library)
        });
        match update {
            Ok(update) => updates.push(update),
            Err(failure) => diags.extend(failure.diagnostics),
        }
    }
    diags.into_result(())?;
    for update in &updates {
        for (job, made) in &update.made {
            ledgers.record(update.path, &job.stack, &job.pattern, &made.plan);
        }
    }
    ledgers.check()?;
    let is_recorded = ledgers.differences().all(|(_, it)| it.is_none());
    let is_behind = !(is_recorded && updates.iter().all(Update::is_there));
    let refused = if args.check {
        Ok(())
    } else {
        args.allow(&updates)
    };
    args.tell(&updates, refused.is_err())?;
    if args.check {
        return Ok(if is_behind {
            Exit::Findings
        } else {
            Exit::Done
        });
    }
    match refused {
        Err(_) if args.format == Answer::Json => return Ok(Exit::Findings),
        refused => refused?,
    }
    for path in args.write(updates, &ledgers)? {
        report.note(&format!("wrote {}", path.display()));
    }
    Ok(Exit::Done)
}

impl<'a> Update<'a> {
    fn new(
        path: &'a Path,
        known: Known<'_>,
        compare: impl Fn(&Job<'_>) -> Result<Compared, Failure>,
    ) -> Result<Self, Failure> {
        if path == Path::new("-") {
            let message = "an update is written into a stack's file, and standard input is none";
            return Err(Diagnostic::new(Code::Usage, message)
                .help("name the file")
                .into());
        }
        let source = input::source(path)?;
        let stack = Stack::read(&yaml::read(&source)?)?;
        let pattern = known
            .catalog
            .pattern(&stack.pattern, Some(&stack.pattern_place))?;
        let followed = follow(&source, &stack, &pattern);
        // Read again, so that whatever is wrong now is shown where it will stand.
        let stack = Stack::read(&yaml::read(&followed.source)?)?;
        let jobs = jobs::of(path, stack, &[], known)?.jobs;
        let compared = jobs::each(&jobs, compare)?;
        Ok(Self {
            path,
            followed,
            made: jobs.into_iter().zip(compared).collect(),
        })
    }

    /// Whether nothing on the disk would change.
    fn is_there(&self) -> bool {
        self.followed.is_same && self.made.iter().all(|(_, made)| made.is_there())
    }

    /// The stack in one environment, with the versions that it comes from and goes to.
    fn head(&self, made: &Compared) -> String {
        let Compared { plan, .. } = made;
        let (name, pattern, to) = (plan.name(), &plan.pattern, &plan.version);
        match self.followed.from.map(|from| from.to_string()) {
            Some(from) if from != *to => format!("{name}: {pattern} {from} -> {to}"),
            _ => format!("{name}: {pattern} {to}"),
        }
    }
}

impl Allowed {
    fn has(&self, harm: Harm) -> bool {
        match harm {
            Harm::Opens => self.allow_open,
            Harm::Replaces => self.allow_replace,
        }
    }
}

impl Args {
    /// Refuses what nobody allowed.
    fn allow(&self, updates: &[Update<'_>]) -> Result<(), Diagnostics> {
        let mut diags = Diagnostics::new();
        for (job, made) in updates.iter().flat_map(|update| &update.made) {
            let harms = made.harms().into_iter();
            for harm in harms.filter(|harm| !self.allowed.has(*harm)) {
                let message = format!("`{}` would {}", made.plan.name(), harm.what());
                let place = job.stack.pattern_place.clone();
                let help = format!(
                    "nothing was written; when this is meant, update with `{}`",
                    harm.option()
                );
                diags.push(
                    Diagnostic::new(Code::NotAllowed, message)
                        .at(place)
                        .help(help),
                );
            }
        }
        diags.into_result(())
    }

    /// Prints what would change, or changes. `is_refused` says that nothing is written.
    fn tell(&self, updates: &[Update<'_>], is_refused: bool) -> Result<(), Failure> {
        let each = || {
            updates
                .iter()
                .flat_map(|update| update.made.iter().map(move |(_, made)| (update, made)))
        };
        match self.format {
            Answer::Text => {
                let texts = each().map(|(update, made)| text(update, made));
                Report::result(&texts.collect::<Vec<_>>().join("\n"))
            }
            Answer::Json => {
                let stacks = each().map(|(update, made)| self.json(update, made));
                let stacks: Vec<_> = stacks.collect();
                Report::json(&json!({
                    "schema_version": 1,
                    "stacks": stacks,
                    "written": !(self.check || is_refused),
                }))
            }
        }
    }

    fn json(&self, update: &Update<'_>, made: &Compared) -> Json {
        let formats = made.differences.iter().map(|(format, difference)| {
            let mut answer = Map::new();
            answer.insert("format".into(), json!(format));
            for (kind, items) in difference.lists() {
                answer.insert(kind.into(), Json::Array(items));
            }
            answer.insert("kept".into(), json!(difference.kept()));
            Json::Object(answer)
        });
        let harms = made.harms().into_iter();
        let refused = harms.filter(|harm| !self.allowed.has(*harm));
        json!({
            "stack": made.plan.stack,
            "environment": made.plan.environment,
            "file": update.path.display().to_string(),
            "pattern": made.plan.pattern,
            "from": update.followed.from.map(|from| from.to_string()),
            "to": made.plan.version,
            "is_up_to_date": update.is_there(),
            "formats": formats.collect::<Vec<_>>(),
            "not_allowed": refused.map(Harm::option).collect::<Vec<_>>(),
        })
    }

    /// Writes everything, or nothing where one file cannot be: the paths of what is new.
    fn write(&self, updates: Vec<Update<'_>>, ledgers: &Ledgers) -> Result<Vec<PathBuf>, Failure> {
        let made = updates.iter().flat_map(|update| &update.made);
        if !self.force {
            let mut diags = Diagnostics::new();
            for (_, made) in made {
                if let Err(failure) = made.folder.refuse_edited() {
                    diags.extend(failure.diagnostics);
                }
            }
            diags.into_result(())?;
        }
        let staging = Staging::new(&self.output)?;
        let mut staged = Vec::new();
        let mut stacks = Vec::new();
        for update in updates {
            if !update.followed.is_same {
                stacks.push((update.path, update.followed.source));
            }
            for (_, Compared { plan, folder, .. }) in update.made {
                staged.push(folder.stage(staging.of(&plan.name()))?);
            }
        }
        // What was given away is recorded before anything uses it, and a stack that is ahead of its templates can be built.
        let mut written = ledgers.write()?;
        for (path, source) in stacks {
            // Where a stack is a link, what it leads to is written.
            let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            write::replace(&target, source.text.as_bytes(), WAITING)?;
            written.push(path.to_owned());
        }
        let changes = staged.iter().flat_map(Staged::changes);
        let changes = changes.filter(|(_, change)| *change != write::Change::Unchanged);
        written.extend(changes.map(|(path, _)| path));
        staging.commit(staged)?;
        Ok(written)
    }
}

/// What the name of a stack's file begins with until it is whole.
const WAITING: &str = ".patternbook-";

impl Harm {
    /// What it does, behind `would`.
    fn what(self) -> &'static str {
        match self {
            Self::Opens => "let pass what did not pass before",
            Self::Replaces => "make the cloud replace what stands",
        }
    }

    /// What allows it.
    fn option(self) -> &'static str {
        match self {
            Self::Opens => "--allow-open",
            Self::Replaces => "--allow-replace",
        }
    }
}

/// What changes of one stack, for people.
fn text(update: &Update<'_>, made: &Compared) -> String {
    let mut text = update.head(made);
    if update.followed.is_same && made.is_there() {
        text.push_str(": nothing changes\n");
        return text;
    }
    text.push('\n');
    for (format, difference) in &made.differences {
        let kept = difference.kept();
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {}", format.as_str());
        let _ = write!(text, "{}", difference.text("    "));
        let _ = writeln!(text, "    Kept as they are: {kept} resources");
    }
    text
}
