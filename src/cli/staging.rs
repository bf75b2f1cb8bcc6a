//! Where files wait until all of them are there: a folder beside those of the stacks, or beside the folder of all stacks
//! where that is still to be made.
//!
//! Every stack of a run is written here first. Only when nothing is wrong with any of them do they move to their places: all
//! stacks by one rename where there are none yet, otherwise a new stack by one. What a killed run leaves behind is known by a
//! lock that nobody holds any more, and is removed by the next run.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::report::Failure;
use super::write::{Change, SUMS, not_written};

/// What the names of these folders begin with.
const PREFIX: &str = ".patternbook-";
/// The file in it that its maker holds a lock on for as long as it runs.
const LOCK: &str = "lock";
/// The name of that file until it is locked.
const UNLOCKED: &str = "new-lock";

/// The folder in it in which the files are.
const STACKS: &str = "stacks";

/// The folder of one run. What is still in it goes with it.
pub(super) struct Staging {
    // Fields go in this order: some systems remove no file that is open, and nobody removes a folder that is not empty.
    _lock: File,
    folder: TempDir,
    _made: Made,
    /// The folder of all stacks, when it was not there: it can be put in its place as a whole.
    new: Option<PathBuf>,
}

/// Folders that this run made, innermost first.
struct Made(Vec<PathBuf>);

impl Drop for Made {
    /// Removes those in which nothing is.
    fn drop(&mut self) {
        let _ = self.0.iter().try_for_each(fs::remove_dir);
    }
}

impl Staging {
    /// A new folder in `output`, or beside it where it is not there.
    pub(super) fn new(output: &Path) -> Result<Self, Failure> {
        Self::open(output).map_err(|error| not_written(output, &error).into())
    }

    fn open(output: &Path) -> io::Result<Self> {
        let beside = match output.parent() {
            None => output,
            Some(parent) if parent == Path::new("") => Path::new("."),
            Some(parent) => parent,
        };
        let is_new = !output.exists();
        let around = if is_new { beside } else { output };
        let above = around.ancestors().filter(|it| *it != Path::new(""));
        let missing = above.take_while(|folder| !folder.exists());
        let made = Made(missing.map(Path::to_owned).collect());
        fs::create_dir_all(around)?;
        remove_left_over_in(beside);
        if !is_new {
            remove_left_over_in(output);
        }
        let (folder, lock) = folder(around)?;
        Ok(Self {
            _lock: lock,
            folder,
            _made: made,
            new: is_new.then(|| output.to_owned()),
        })
    }

    /// Where the files of a stack wait. Not beside the lock, whose name a stack may have.
    pub(super) fn of(&self, stack: &str) -> PathBuf {
        self.stacks().join(stack)
    }

    fn stacks(&self) -> PathBuf {
        self.folder.path().join(STACKS)
    }

    /// Moves the files of stacks to their places.
    ///
    /// # Errors
    /// When the disk refuses. What moved before stays where it is then.
    pub(super) fn commit(self, staged: Vec<Staged>) -> Result<(), Failure> {
        if let Some(output) = &self.new
            && !staged.is_empty()
            && staged.iter().all(|it| it.whole)
            && fs::rename(self.stacks(), output).is_ok()
        {
            return Ok(());
        }
        // Here one by one, also where somebody else has made the folder since.
        staged.into_iter().try_for_each(Staged::commit)
    }
}

impl Drop for Staging {
    /// The lock goes last: what a killed run leaves is known by it.
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        let _ = fs::remove_dir_all(self.stacks());
    }
}

/// How often a folder is made anew that another run took for one that was left behind.
const TRIES: usize = 100;

/// A new folder in `around`, and the lock that says that somebody is at work in it.
///
/// Until it is locked, another run takes it for one that a killed run left, and removes it. Then the next one is tried.
fn folder(around: &Path) -> io::Result<(TempDir, File)> {
    let mut tries = 0;
    loop {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(around)?;
        match lock(folder.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < TRIES => tries += 1,
            lock => return Ok((folder, lock?)),
        }
    }
}

fn lock(folder: &Path) -> io::Result<File> {
    let unlocked = folder.join(UNLOCKED);
    let lock = File::create_new(&unlocked)?;
    // Where a file system has no locks, nothing that is left over is ever removed.
    if lock.lock().is_ok() {
        fs::rename(&unlocked, folder.join(LOCK))?;
    }
    Ok(lock)
}

/// Removes what runs left in a folder that ended without doing so.
fn remove_left_over_in(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            remove_left_over(&entry.path());
        }
    }
}

/// Removes the folder of a run that ended without doing so. Nobody but us makes folders with such a name and a lock.
fn remove_left_over(folder: &Path) {
    let lock = File::open(folder.join(LOCK)).or_else(|_| File::open(folder.join(UNLOCKED)));
    let Ok(lock) = lock else {
        // It was killed before it had a lock, and nothing is in it. What is not empty stays.
        let _ = fs::remove_dir(folder);
        return;
    };
    match lock.try_lock() {
        Ok(()) => {
            // The lock is held for as long as it takes, so that who waits for it finds nothing there and makes another folder.
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(folder.join(STACKS));
            let _ = fs::remove_dir_all(folder);
        }
        // Its maker is at work, or nobody knows.
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
    }
}

/// The files of one stack that wait, and what becomes of those that are there.
pub(super) struct Staged {
    /// Where they wait.
    pub(super) from: PathBuf,
    /// The folder that they belong in.
    pub(super) to: PathBuf,
    /// Whether the folder itself is new.
    pub(super) whole: bool,
    /// What happens to each file, by path in the folder.
    pub(super) changes: Vec<(String, Change)>,
    /// What happens to the file that says what was written.
    pub(super) sums: Change,
}

impl Staged {
    /// Every file with its place, and what happens to it.
    pub(super) fn changes(&self) -> impl Iterator<Item = (PathBuf, Change)> {
        let changes = self.changes.iter();
        changes.map(|(path, change)| (self.to.join(path), *change))
    }

    /// Moves the files to their places.
    fn commit(self) -> Result<(), Failure> {
        if self.whole {
            rename(&self.from, &self.to).map_err(|error| not_written(&self.to, &error))?;
        } else {
            let files = self.changes.iter().map(|(path, change)| (&**path, *change));
            for (path, change) in files.chain([(SUMS, self.sums)]) {
                let full = self.to.join(path);
                self.apply(path, &full, change)
                    .map_err(|error| not_written(&full, &error))?;
            }
        }
        Ok(())
    }

    fn apply(&self, path: &str, full: &Path, change: Change) -> io::Result<()> {
        match change {
            Change::Unchanged => Ok(()),
            Change::Written => rename(&self.from.join(path), full),
            Change::Removed => match fs::remove_file(full) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                done => done,
            },
        }
    }
}
/// Moves a file or folder, into a folder that is made where it is not there: that of an environment lies in that of its stack,
/// which may be new as well.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match (fs::rename(from, to), to.parent()) {
        (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            fs::rename(from, to)
        }
        (done, _) => done,
    }
}
