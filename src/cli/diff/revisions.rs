//! What two revisions of git have at some paths: the templates of each, held against each other.
//!
//! Git itself is asked, by its command. Files of a revision are written to a folder of their own, which goes with the run.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::super::report::Failure;
use super::super::template::Template;
use super::super::write::not_written;
use super::Side;
use super::difference::Difference;
use crate::diag::{Code, Diagnostic};
use crate::render::Format;

/// The templates of a state, by their paths.
type Templates = BTreeMap<String, Vec<Template>>;

/// The differences between two revisions, each under the path of its template, without those that are none.
pub(super) fn compare(
    revisions: &str,
    paths: &[PathBuf],
) -> Result<Vec<(Option<String>, Difference)>, Failure> {
    let (old, new) = match revisions.split_once("..") {
        Some((old, new)) => (old, Some(if new.is_empty() { "HEAD" } else { new })),
        None => (revisions, None),
    };
    let mut before = of_revision(old, paths)?;
    let mut after = match new {
        Some(new) => of_revision(new, paths)?,
        None => templates(Path::new(""), paths)?,
    };
    let mut names: Vec<_> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    let mut differences = Vec::new();
    for name in names {
        let (old, new) = (before.remove(&name), after.remove(&name));
        let nothing = |other: &[Template]| other.iter().map(Template::without_resources).collect();
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (Some(old), None) => {
                let new = nothing(&old);
                (old, new)
            }
            (None, Some(new)) => (nothing(&new), new),
            (None, None) => continue,
        };
        let side = |templates| Side {
            plan: None,
            templates,
        };
        let difference = Difference::between(side(old), side(new))?;
        if !difference.kinds().is_empty() {
            differences.push((Some(name), difference));
        }
    }
    Ok(differences)
}

/// The templates that a revision has at these paths.
fn of_revision(revision: &str, paths: &[PathBuf]) -> Result<Templates, Failure> {
    let commit = format!("{revision}^{{commit}}");
    let verified = git([
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &commit,
    ])?;
    if !verified.status.success() {
        let message = format!("there is no revision `{revision}`");
        return Err(Diagnostic::new(Code::UnknownReference, message)
            .help("name a branch, a tag or a commit of this repository")
            .into());
    }
    let commit = String::from_utf8_lossy(&verified.stdout).trim().to_owned();
    let folder =
        TempDir::new().map_err(|error| not_written(Path::new("a temporary folder"), &error))?;
    let list = ["ls-tree", "-r", "-z", "--name-only", &commit, "--"].map(OsStr::new);
    let list = list
        .into_iter()
        .chain(paths.iter().map(|it| it.as_os_str()));
    let listed = succeeded(git(list)?)?;
    for path in listed.split(|byte| *byte == 0).map(path_of) {
        // What lies outside of this folder is written nowhere.
        let is_inside = path
            .components()
            .all(|it| matches!(it, Component::Normal(_)));
        if !is_inside || path.as_os_str().is_empty() {
            continue;
        }
        let mut blob = OsString::from(format!("{commit}:./"));
        blob.push(&path);
        let contents = succeeded(git([OsStr::new("show"), &blob])?)?;
        let to = folder.path().join(&path);
        let made = to.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&to, contents))
            .map_err(|error| not_written(&to, &error))?;
    }
    templates(folder.path(), paths)
}

/// A path as git gives it: its bytes, which need not be text where the system has them as they are.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path as git gives it: text, where the system has paths as text.
#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

fn git(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Output, Failure> {
    let ran = Command::new("git").args(arguments).output();
    ran.map_err(|error| {
        let message = format!("`git` cannot be run: {error}");
        Diagnostic::new(Code::FileUnreadable, message)
            .help("install git, or compare two folders instead")
            .into()
    })
}

fn succeeded(output: Output) -> Result<Vec<u8>, Failure> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Diagnostic::new(Code::FileUnreadable, format!("git says: {said}")).into())
}

/// The templates below these paths: files that are named, folders that `build` wrote, and folders of Terraform.
fn templates(root: &Path, paths: &[PathBuf]) -> Result<Templates, Failure> {
    let mut found = Templates::new();
    for path in paths {
        collect(root, path, &mut found)?;
    }
    Ok(found)
}

fn collect(root: &Path, path: &Path, found: &mut Templates) -> Result<(), Failure> {
    let full = root.join(path);
    let is_built = || {
        let mut formats = Format::ALL.into_iter();
        formats.any(|format| full.join(format.as_str()).is_dir())
    };
    let has_terraform = || {
        let entries = std::fs::read_dir(&full).into_iter().flatten().flatten();
        let mut paths = entries.map(|entry| entry.path());
        paths.any(|path| path.extension().is_some_and(|it| it == "tf"))
    };
    if full.is_file() || (full.is_dir() && (is_built() || has_terraform())) {
        let templates = Template::open_below(root, path, None)?;
        found.insert(path.display().to_string(), templates);
        return Ok(());
    }
    // What is not there has no templates: it came or went between the two.
    let entries = std::fs::read_dir(&full).into_iter().flatten().flatten();
    let mut folders: Vec<_> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| path.join(entry.file_name()))
        .collect();
    folders.sort();
    folders
        .iter()
        .try_for_each(|folder| collect(root, folder, found))
}
