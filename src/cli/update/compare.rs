//! What an update would change of one stack: what was built of it, against what its pattern makes of it now.

use std::path::Path;

use crate::cli::diff::{Change, Difference, datacenter};
use crate::cli::emit::{emit, under_former_names};
use crate::cli::jobs::Job;
use crate::cli::judge;
use crate::cli::report::Failure;
use crate::cli::template::Template;
use crate::cli::write::{Folder, Output, State};
use crate::cloud::change::Renamed;
use crate::diag::{Code, Diagnostic};
use crate::plan::Plan;
use crate::render::{Format, Library};

/// One stack in one environment, with what an update would make of it.
pub(super) struct Compared {
    pub(super) plan: Plan,
    /// What changes in each format that was built.
    pub(super) differences: Vec<(Format, Difference)>,
    /// What is there, and what shall be.
    pub(super) folder: Folder,
}

/// What nobody allowed yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Harm {
    /// Something passes that did not.
    Opens,
    /// The cloud makes something anew.
    Replaces,
}

impl Compared {
    /// Holds what was built of a stack below `output` against what is built of it now, which is proved.
    pub(super) fn new(job: &Job<'_>, output: &Path, library: &Library) -> Result<Self, Failure> {
        let plan = job.plan()?;
        let mut path = output.join(&plan.stack);
        path.extend(&plan.environment);
        let old = built(job, &plan, &path)?;
        let formats: Vec<_> = old.iter().map(|template| template.format).collect();
        let files = emit(&plan, &job.stack, &formats, library)?;
        judge::demand(&plan, &files)?;
        let former = under_former_names(&plan, &job.stack, &formats, library)?;
        let former = former.iter().map(|files| judge::read(plan.cloud, files));
        let former: Vec<_> = former.collect::<Result<_, _>>()?;
        let behind = datacenter([&plan]);
        let new = judge::read(plan.cloud, &files)?;
        let differences = old.into_iter().zip(new).map(|(old, new)| {
            let format = new.format;
            let former = former.iter().flatten().filter(|it| it.format == format);
            let renamed = renamed(former, &new);
            (format, Difference::of(old, new, &behind, &renamed))
        });
        Ok(Self {
            differences: differences.collect(),
            folder: Folder::open(path, Output::of(files))?,
            plan,
        })
    }

    /// What it does that somebody has to allow, and what of it there is.
    pub(super) fn harms(&self) -> Vec<Harm> {
        let mut harms = Vec::new();
        for (_, difference) in &self.differences {
            let kinds = difference.kinds();
            let has = |some: &[Change]| some.iter().any(|kind| kinds.contains(kind));
            // What is not understood in what was built may have been closed.
            if has(&[Change::Opened, Change::Unknown]) && !harms.contains(&Harm::Opens) {
                harms.push(Harm::Opens);
            }
            if has(&[Change::Replaced, Change::Moved]) && !harms.contains(&Harm::Replaces) {
                harms.push(Harm::Replaces);
            }
        }
        harms
    }

    /// Whether nothing on the disk would change.
    pub(super) fn is_there(&self) -> bool {
        let mut files = self.folder.files().into_iter();
        files.all(|it| it.state == State::Same)
    }
}

/// What was built of a stack, in each format that is there.
fn built(job: &Job<'_>, plan: &Plan, folder: &Path) -> Result<Vec<Template>, Failure> {
    let all = crate::cli::emit::formats(plan.cloud);
    let is_there = |format: &Format| folder.join(format.as_str()).is_dir();
    if !all.iter().any(is_there) {
        let message = format!(
            "nothing was built of `{}` in `{}`",
            plan.name(),
            folder.display()
        );
        return Err(Diagnostic::new(Code::NotBuilt, message)
            .at(job.stack.place.clone())
            .help(
                "an update is held against what was built before: say where that is with `--output`, or `build` the stack when nothing of \
                 it stands yet",
            )
            .into());
    }
    Template::open(folder, Some(plan.cloud))
}

/// What the resources of a template were called before, by what they are called now. Where the two are not the same resources one by
/// one, nothing is taken for renamed.
fn renamed<'t>(former: impl Iterator<Item = &'t Template>, new: &Template) -> Renamed {
    let now = new.standing();
    let mut renamed = Renamed::new();
    for former in former {
        let before = former.standing();
        let is_same = before.len() == now.len()
            && before.iter().zip(&now).all(|(a, b)| a.id.kind == b.id.kind);
        if is_same {
            let pairs = before.into_iter().zip(&now);
            let pairs = pairs.filter(|(before, now)| before.id != now.id);
            renamed.extend(pairs.map(|(before, now)| (before.id, now.id.clone())));
        }
    }
    renamed
}
