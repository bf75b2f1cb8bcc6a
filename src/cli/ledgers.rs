//! The ledgers of a run: one for each folder that a stack lies in, and who may write to it now.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::input;
use super::report::Failure;
use super::write;
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::ledger::{self, Ledger};
use crate::net::Cidr;
use crate::plan::{Plan, Surroundings};
use crate::spec::{Pattern, Stack};

/// The ledgers beside the stacks of a run, by the path of their folder.
pub(super) struct Ledgers {
    kept: BTreeMap<PathBuf, Kept>,
    /// The digests of patterns, by their ids: each is computed once in a run.
    digests: BTreeMap<String, String>,
}

/// One ledger.
struct Kept {
    path: PathBuf,
    /// What stands on the disk; nothing where there is no ledger yet.
    found: Option<Arc<Source>>,
    ledger: Ledger,
    /// Where the stacks of this run are written.
    places: BTreeMap<(String, Option<String>), Place>,
    /// Held for as long as the ledger may be written. The system gives it up with the process.
    _lock: Option<File>,
}

/// What becomes of a ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Use {
    /// It is read.
    Read,
    /// It is read, and written when something is new. Whoever else wants to write it waits.
    Write,
}

impl Ledgers {
    /// Reads the ledgers beside these stacks.
    pub(super) fn open<'a>(
        stacks: impl IntoIterator<Item = &'a PathBuf>,
        how: Use,
    ) -> Result<Self, Failure> {
        // In the order of their paths, so that two runs that want the same ones never wait for each other.
        let folders: BTreeSet<_> = stacks.into_iter().map(|it| folder(it)).collect();
        let mut all = BTreeMap::new();
        let mut diags = Diagnostics::new();
        for folder in folders {
            match Kept::open(&folder, how) {
                Ok(kept) => {
                    all.insert(folder, kept);
                }
                Err(failure) => diags.extend(failure.diagnostics),
            }
        }
        Ok(diags.into_result(Self {
            kept: all,
            digests: BTreeMap::new(),
        })?)
    }

    /// What stands around a stack that was read from `path`.
    pub(super) fn around(&self, path: &Path, stack: &Stack) -> Surroundings {
        let kept = self.kept.get(&folder(path));
        kept.map_or_else(Surroundings::default, |kept| {
            kept.ledger
                .surroundings(&stack.name, stack.environment.as_deref())
        })
    }

    /// What stands around all environments of a stack that are to have the same addresses.
    pub(super) fn around_all(
        &self,
        path: &Path,
        stacks: &[Stack],
    ) -> Result<Surroundings, Failure> {
        let (Some(kept), Some(first)) = (self.kept.get(&folder(path)), stacks.first()) else {
            return Ok(Surroundings::default());
        };
        let environments = stacks.iter().filter_map(|it| it.environment.as_deref());
        Ok(kept.ledger.surroundings_of_all(&first.name, environments)?)
    }

    /// Records what a stack that was read from `path` was given.
    pub(super) fn record(&mut self, path: &Path, stack: &Stack, pattern: &Pattern, plan: &Plan) {
        if let Some(kept) = self.kept.get_mut(&folder(path)) {
            let digest = self.digests.entry(pattern.id.clone());
            let digest = digest.or_insert_with(|| ledger::digest(&pattern.place.source.text));
            kept.ledger.record(plan, digest);
            let key = (plan.stack.clone(), plan.environment.clone());
            kept.places.insert(key, stack.place_of_network());
        }
    }

    /// Frees the blocks of the subnets that a plan of a stack in `path` has. What a subnet that is gone had stays.
    pub(super) fn forget(&mut self, path: &Path, plan: &Plan) {
        if let Some(kept) = self.kept.get_mut(&folder(path)) {
            kept.ledger.forget(plan);
        }
    }

    /// Checks that no networks overlap that are tied to others.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let mut diags = Diagnostics::new();
        for kept in self.kept.values() {
            let place = |stack: &str, environment: Option<&str>| {
                let key = (stack.to_owned(), environment.map(ToOwned::to_owned));
                kept.places.get(&key).cloned()
            };
            if let Err(found) = kept.ledger.check_tied(place) {
                diags.extend(found);
            }
        }
        Ok(diags.into_result(())?)
    }

    /// The blocks of networks of other stacks than this one, in the folder of `path`, that are tied to a datacenter.
    pub(super) fn tied(&self, path: &Path, stack: &str) -> Vec<Cidr> {
        let kept = self.kept.get(&folder(path));
        kept.map_or_else(Vec::new, |kept| kept.ledger.tied_of_others(stack))
    }

    /// What is wrong with `block` as the network of a new stack that will be tied to a datacenter.
    pub(super) fn clash(&self, path: &Path, block: Cidr, stack: &str) -> Option<Diagnostic> {
        let kept = self.kept.get(&folder(path))?;
        kept.ledger.clash(block, stack)
    }

    /// The ledgers, each with the first line in which it does not say what was recorded, when there is one.
    pub(super) fn differences(&self) -> impl Iterator<Item = (&Path, Option<Difference>)> {
        let kept = self.kept.values();
        kept.map(|kept| (kept.path.as_path(), kept.difference()))
    }

    /// Refuses what the ledgers do not say already.
    pub(super) fn demand_unchanged(&self) -> Result<(), Failure> {
        let mut diags = Diagnostics::new();
        for (path, difference) in self.differences() {
            if let Some(difference) = difference {
                diags.push(difference.refused(path).help(
                    "`--locked` writes no ledger: build without it, and commit what it writes",
                ));
            }
        }
        Ok(diags.into_result(())?)
    }

    /// The ledgers themselves, to be changed.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Ledger> {
        self.kept.values_mut().map(|kept| &mut kept.ledger)
    }

    /// Writes what is new: the paths of the ledgers that were written.
    pub(super) fn write(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut written = Vec::new();
        for kept in self.kept.values() {
            if !kept.is_unchanged() {
                write::replace(&kept.path, kept.ledger.to_string().as_bytes(), WAITING)?;
                written.push(kept.path.clone());
            }
        }
        Ok(written)
    }
}

impl Kept {
    fn open(folder: &Path, how: Use) -> Result<Self, Failure> {
        let lock = (how == Use::Write).then(|| lock(folder)).flatten();
        if lock.is_some() {
            remove_left_over(folder);
        }
        let path = folder.join(ledger::FILE);
        let found = match std::fs::read(&path) {
            Ok(bytes) => Some(input::ledger(&path, &bytes)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                let message = format!("`{}` cannot be read: {error}", path.display());
                return Err(Diagnostic::new(Code::FileUnreadable, message).into());
            }
        };
        let ledger = match &found {
            Some(source) => Ledger::read(source)?,
            None => Ledger::default(),
        };
        Ok(Self {
            path,
            found,
            ledger,
            places: BTreeMap::new(),
            _lock: lock,
        })
    }

    /// Whether the disk says what the ledger says now.
    fn is_unchanged(&self) -> bool {
        let Some(found) = &self.found else {
            return false;
        };
        let mut rest = Rest(&found.text);
        write!(rest, "{}", self.ledger).is_ok() && rest.0.is_empty()
    }

    /// The first line that is not there, or that is there and should not be.
    fn difference(&self) -> Option<Difference> {
        if self.is_unchanged() {
            return None;
        }
        let wanted = self.ledger.to_string();
        let found = self.found.as_ref().map_or("", |found| &*found.text);
        let lines =
            |text: &'_ str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
        let (known, needed) = (lines(found), lines(&wanted));
        let missing = wanted.lines().find(|line| !known.contains(*line));
        let extra = found.lines().find(|line| !needed.contains(*line));
        let what = match (missing, extra) {
            (Some(missing), Some(extra)) => format!("expected `{missing}`, found `{extra}`"),
            (Some(missing), None) => format!("`{missing}` is missing"),
            (None, Some(extra)) => format!("`{extra}` is too much"),
            (None, None) => "its lines stand in another order".to_owned(),
        };
        let place = self.found.as_ref().map(|source| {
            let at = extra.and_then(|line| Some((found.find(line)?, line.len())));
            match at {
                Some((start, length)) => Place::new(source, start..start + length),
                None => Place::start_of(source),
            }
        });
        Some(Difference { what, place })
    }
}

/// What is left of a text when something that is written is its beginning. Anything else fails to be written.
struct Rest<'t>(&'t str);

impl std::fmt::Write for Rest<'_> {
    fn write_str(&mut self, piece: &str) -> std::fmt::Result {
        self.0 = self.0.strip_prefix(piece).ok_or(std::fmt::Error)?;
        Ok(())
    }
}

/// What a ledger does not say as it was recorded.
pub(super) struct Difference {
    /// The difference in words.
    pub(super) what: String,
    /// Where it is; nowhere when there is no ledger.
    place: Option<Place>,
}

impl Difference {
    /// The error of it in the ledger with this path.
    pub(super) fn refused(&self, path: &Path) -> Diagnostic {
        let (path, what) = (path.display(), &self.what);
        let message = format!("`{path}` does not say what would be built: {what}");
        let mut diagnostic = Diagnostic::new(Code::LedgerOutOfDate, message);
        diagnostic.primary.clone_from(&self.place);
        diagnostic
    }
}

/// The folder of a stack's ledger. For standard input it is the one that the command runs in.
fn folder(stack: &Path) -> PathBuf {
    stack.parent().map(Path::to_owned).unwrap_or_default()
}

/// What the name of a ledger begins with until it is whole.
const WAITING: &str = ".patternbook.lock-";

/// Removes what a killed run left of a ledger. Only who holds the lock of the folder writes such files.
fn remove_left_over(folder: &Path) {
    let entries = std::fs::read_dir(here(folder)).into_iter().flatten();
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(WAITING) {
            // What cannot be removed is in nobody's way.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// A folder by a path that can be opened.
fn here(folder: &Path) -> &Path {
    if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    }
}

/// Waits until nobody else writes the ledger of a folder. Where folders cannot be locked, as on some systems and network drives,
/// nobody waits: the ledger is then still replaced as a whole.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(here(folder)).ok()?;
    file.lock().ok()?;
    Some(file)
}
