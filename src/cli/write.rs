//! Files that go out: whole or not at all, and never over what somebody edited.
//!
//! Beside the templates of a stack stands `patternbook.sha256`, in the form that `sha256sum --check` reads. It says what
//! was written, and so whether a file was edited since.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::report::Failure;
use super::staging::Staged;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::render::{File, Format};

/// The file that says what was written.
pub(super) const SUMS: &str = "patternbook.sha256";

pub(super) fn not_written(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::NotWritten,
        format!("`{}` cannot be written: {}", path.display(), error.kind()),
    )
    .help("check that its folder is a folder, and that you may write there")
}

/// The error that a new file would be written over an old one.
pub(super) fn already_there(path: &Path) -> Diagnostic {
    let message = format!("`{}` is there already", path.display());
    Diagnostic::new(Code::EditedByHand, message)
        .help("choose another file with `-o`, or move this one away")
}

/// Writes a file that is not there yet.
pub(super) fn write_new(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let temporary = temporary(path, contents, ".patternbook-")?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(already_there(path).into())
        }
        Err(error) => Err(not_written(path, &error.error).into()),
    }
}

/// Writes a file in place of another one: after a crash at any moment, one of the two is there as a whole. `prefix` begins the
/// name of the file that is written first.
pub(super) fn replace(path: &Path, contents: &[u8], prefix: &str) -> Result<(), Failure> {
    let temporary = temporary(path, contents, prefix)?;
    let done = temporary.as_file().sync_all();
    done.map_err(|error| not_written(path, &error))?;
    match temporary.persist(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(not_written(path, &error.error).into()),
    }
}

/// A file with these contents in the folder of `path`, to be renamed to it.
fn temporary(
    path: &Path,
    contents: &[u8],
    prefix: &str,
) -> Result<tempfile::NamedTempFile, Failure> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    // What is written is for the team, not for its writer alone: the same rights as an editor would give.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder
        .tempfile_in(folder)
        .map_err(|error| not_written(path, &error))?;
    file.write_all(contents)
        .map_err(|error| not_written(path, &error))?;
    Ok(file)
}

/// A file of a stack's folder, by its path with `/` between the parts.
pub(super) struct Output {
    /// The folder of the format, as in `terraform`.
    pub(super) format: &'static str,
    /// The file in it.
    pub(super) file: File,
}

impl Output {
    /// The files of some formats.
    pub(super) fn of(files: Vec<(Format, Vec<File>)>) -> Vec<Self> {
        let outputs = files.into_iter().flat_map(|(format, files)| {
            files.into_iter().map(move |file| Self {
                format: format.as_str(),
                file,
            })
        });
        outputs.collect()
    }
}

/// What happened to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    /// It was not there, or said something else.
    Written,
    /// It said the same already.
    Unchanged,
    /// It belongs to no output any more.
    Removed,
}

/// The folder of one stack: what is there, and what shall be.
pub(super) struct Folder {
    path: PathBuf,
    /// Whether there is nothing at all.
    is_new: bool,
    /// What was written before, by path.
    sums: BTreeMap<String, String>,
    /// What shall be, by path.
    wanted: BTreeMap<String, Wanted>,
    /// Files that were written before and are wanted no more, by path, with what is there.
    stale: BTreeMap<String, Option<Vec<u8>>>,
}

/// A file on the disk, held against what shall be.
pub(super) struct Standing {
    pub(super) path: PathBuf,
    pub(super) state: State,
}

/// How a file on the disk stands to what shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// It is as it shall be.
    Same,
    /// It is not there.
    Missing,
    /// It says something else.
    Differs {
        /// The bytes of the first line that does, and its text, when it is text.
        line: Option<Line>,
        /// Whether it does not say what was written either.
        is_edited: bool,
    },
    /// It was written before, and belongs to no output any more.
    Stale,
}

/// A line of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// The whole text.
    pub(super) text: String,
    /// The bytes of the line.
    pub(super) span: Range<usize>,
}

/// The first line of a text that does not stand in another one at the same place; the last one where only more would come.
fn first_difference(found: &[u8], wanted: &[u8]) -> Option<Line> {
    let text = std::str::from_utf8(found).ok()?;
    let same = found.iter().zip(wanted).take_while(|(a, b)| a == b).count();
    let last = text.trim_end_matches('\n').len();
    let start = text.get(..text.floor_char_boundary(same.min(last)))?;
    let start = start.rfind('\n').map_or(0, |at| at + 1);
    let length = text.get(start..)?.lines().next().map_or(0, str::len);
    Some(Line {
        text: text.to_owned(),
        span: start..start + length,
    })
}

/// A file that shall be.
struct Wanted {
    contents: Vec<u8>,
    /// What is there.
    found: Option<Vec<u8>>,
}

impl Wanted {
    fn is_there(&self) -> bool {
        self.found.as_ref() == Some(&self.contents)
    }
}

impl Folder {
    /// Holds the wanted files against what is on the disk.
    pub(super) fn open(path: PathBuf, outputs: Vec<Output>) -> Result<Self, Failure> {
        let is_new = !path.exists();
        let sums = if is_new {
            BTreeMap::new()
        } else {
            read_sums(&path.join(SUMS))?
        };
        let mut formats = BTreeSet::new();
        let mut wanted = BTreeMap::new();
        for Output { format, file } in outputs {
            formats.insert(format);
            let name = format!("{format}/{}", file.path);
            let found = if is_new {
                None
            } else {
                read(&path.join(&name))?
            };
            let contents = file.contents;
            wanted.insert(name, Wanted { contents, found });
        }
        let mut stale = BTreeMap::new();
        for name in sums.keys().filter(|name| !wanted.contains_key(*name)) {
            if formats.contains(name.split('/').next().unwrap_or_default()) {
                stale.insert(name.clone(), read(&path.join(name))?);
            }
        }
        Ok(Self {
            path,
            is_new,
            sums,
            wanted,
            stale,
        })
    }

    /// How each file on the disk stands to what shall be.
    pub(super) fn files(&self) -> Vec<Standing> {
        let wanted = self.wanted.iter().map(|(path, wanted)| {
            let state = match &wanted.found {
                None => State::Missing,
                Some(_) if wanted.is_there() => State::Same,
                Some(found) => State::Differs {
                    line: first_difference(found, &wanted.contents),
                    is_edited: self.is_edited(path, found),
                },
            };
            self.standing(path, state)
        });
        let stale = self.stale.iter().filter(|(_, found)| found.is_some());
        let stale = stale.map(|(path, _)| self.standing(path, State::Stale));
        wanted.chain(stale).collect()
    }

    fn standing(&self, path: &str, state: State) -> Standing {
        let path = self.path.join(path);
        Standing { path, state }
    }

    /// Whether a file does not say what was written.
    fn is_edited(&self, path: &str, found: &[u8]) -> bool {
        self.sums.get(path) != Some(&sum(found))
    }

    /// Refuses to write over a file that somebody edited.
    pub(super) fn refuse_edited(&self) -> Result<(), Failure> {
        let mut diags = Diagnostics::new();
        let wanted = self.wanted.iter().filter(|(_, wanted)| !wanted.is_there());
        let wanted = wanted.map(|(path, wanted)| (path, &wanted.found));
        for (path, found) in wanted.chain(&self.stale) {
            let Some(bytes) = found else {
                continue;
            };
            if self.is_edited(path, bytes) {
                let message = format!(
                    "`{}` was not written like this",
                    self.path.join(path).display()
                );
                let help = "it was edited since, or comes from elsewhere; keep what you need of it, then build with `--force`";
                diags.push(Diagnostic::new(Code::EditedByHand, message).help(help));
            }
        }
        Ok(diags.into_result(())?)
    }

    /// Writes what differs to the folder `from`, where it waits for [`Staged::commit`].
    pub(super) fn stage(self, from: PathBuf) -> Result<Staged, Failure> {
        let mut sums = self.sums.clone();
        let mut changes = Vec::with_capacity(self.wanted.len());
        let mut waiting = Waiting::new(&from);
        for (path, wanted) in self.wanted {
            sums.insert(path.clone(), sum(&wanted.contents));
            let change = if wanted.is_there() {
                Change::Unchanged
            } else {
                waiting.write(&path, &wanted.contents)?;
                Change::Written
            };
            changes.push((path, change));
        }
        for (path, found) in self.stale {
            sums.remove(&path);
            if found.is_some() {
                changes.push((path, Change::Removed));
            }
        }
        let change = if sums == self.sums {
            Change::Unchanged
        } else {
            let mut lines = String::new();
            for (path, sum) in &sums {
                // Writing to a string does not fail.
                let _ = writeln!(lines, "{sum}  {path}");
            }
            waiting.write(SUMS, lines.as_bytes())?;
            Change::Written
        };
        Ok(Staged {
            from,
            to: self.path,
            whole: self.is_new,
            changes,
            sums: change,
        })
    }
}

/// A new folder in which files wait.
struct Waiting<'a> {
    path: &'a Path,
    /// The folders in it that were made, by their paths with `/` between the parts; empty for itself.
    made: BTreeSet<String>,
}

impl<'a> Waiting<'a> {
    fn new(path: &'a Path) -> Self {
        let made = BTreeSet::new();
        Self { path, made }
    }

    /// Writes a new file, in a folder that is made where it was not made before, with those around it.
    fn write(&mut self, path: &str, contents: &[u8]) -> Result<(), Failure> {
        let full = self.path.join(path);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.make(folder)
            .and_then(|()| std::fs::write(&full, contents))
            .map_err(|error| not_written(&full, &error).into())
    }

    fn make(&mut self, folder: &str) -> std::io::Result<()> {
        if self.made.contains(folder) {
            return Ok(());
        }
        if self.made.insert(String::new()) {
            std::fs::create_dir_all(self.path)?;
        }
        // From the outside in: to find out that one is missing takes as long as to make it.
        let ends = folder.match_indices('/').map(|(end, _)| end);
        for around in ends
            .chain([folder.len()])
            .filter_map(|end| folder.get(..end))
        {
            if self.made.insert(around.to_owned()) {
                std::fs::create_dir(self.path.join(around))?;
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        // What is in the way of an output is a matter of the disk, and no mistake in an input.
        Err(error) => Err(not_written(path, &error).into()),
    }
}

/// The SHA-256 of these bytes, in hexadecimal.
pub(super) fn sum(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// What was written before. A line that is no sum is left out: then its file counts as edited.
fn read_sums(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let text = read(path)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    Ok(text
        .lines()
        .filter_map(|line| line.split_once("  "))
        // A path that leads out of the folder was never written by us, and is never removed by us.
        .filter(|(_, path)| {
            path.split('/')
                .all(|part| !part.is_empty() && part != ".." && part != ".")
        })
        .map(|(sum, path)| (path.to_owned(), sum.to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_found() {
        for (found, wanted, line) in [
            ("a\nbc\nd\n", "a\nbx\nd\n", "bc"),
            ("a\nb\n", "a\n", "b"),
            ("a\nb\n", "a\nb\nc\n", "b"),
            ("a\n", "b\n", "a"),
            ("", "b\n", ""),
            ("é", "è", "é"),
        ] {
            let difference = first_difference(found.as_bytes(), wanted.as_bytes()).unwrap();
            assert_eq!(
                &difference.text[difference.span], line,
                "{found:?} {wanted:?}"
            );
        }
        assert_eq!(first_difference(b"\xff", b"a"), None);
    }
}
