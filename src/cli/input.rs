//! Files that come in.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::report::Failure;
use crate::diag::{Code, Diagnostic, Source};
use crate::spec::Stack;
use crate::yaml;

/// More bytes than most stacks have: what is given room step by step is read step by step.
const EXPECTED: usize = 4096;

/// The bytes of a file, or of standard input for `-`. Much more than the dialect allows is not read.
fn bytes(path: &Path, dialect: yaml::Dialect) -> Result<Vec<u8>, Diagnostic> {
    let most = u64::try_from(dialect.max_bytes)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::with_capacity(EXPECTED);
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Diagnostic::new(
            Code::FileUnreadable,
            format!("`{}` cannot be read: {error}", path.display()),
        )),
    }
}

/// The text of a spec, under the name that the user knows it by.
pub(super) fn source(path: &Path) -> Result<Arc<Source>, Diagnostic> {
    text(Path::new(""), path, yaml::Dialect::SPEC)
}

/// The text of a template below `root`, which the user does not know of.
pub(super) fn template(root: &Path, path: &Path) -> Result<Arc<Source>, Diagnostic> {
    text(root, path, yaml::Dialect::TEMPLATE)
}

fn text(root: &Path, path: &Path, dialect: yaml::Dialect) -> Result<Arc<Source>, Diagnostic> {
    let name = if path == Path::new("-") {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    let full = if path == Path::new("-") {
        path.to_owned()
    } else {
        root.join(path)
    };
    yaml::decode(&name, &bytes(&full, dialect)?, dialect)
}

/// The text of a file of ranges.
pub(super) fn ranges(path: &Path, dialect: yaml::Dialect) -> Result<Arc<Source>, Diagnostic> {
    text(Path::new(""), path, dialect)
}

/// The text of a ledger.
pub(super) fn ledger(path: &Path, bytes: &[u8]) -> Result<Arc<Source>, Diagnostic> {
    yaml::decode(&path.display().to_string(), bytes, yaml::Dialect::TEMPLATE)
}

/// The texts of a folder of Terraform, with those of the folders in it, in the order of their paths. What Terraform itself
/// keeps there (`.terraform`) is left out.
pub(super) fn terraform(root: &Path, folder: &Path) -> Result<Vec<Arc<Source>>, Diagnostic> {
    let mut paths = Vec::new();
    collect(&root.join(folder), 0, &mut paths)?;
    if paths.is_empty() {
        let message = format!("there is no `.tf` file in `{}`", folder.display());
        return Err(Diagnostic::new(Code::NoConfiguration, message)
            .help("name a template, or a folder with the files of a Terraform configuration"));
    }
    paths.sort();
    let below = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_owned();
    let sources = paths.iter().map(|path| template(root, &below(path)));
    sources.collect()
}

/// Folders that lie deeper are no module of anybody.
const DEEPEST: usize = 8;
/// More files than these are no configuration, but somebody's whole disk.
const MOST_FILES: usize = 2000;

fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), Diagnostic> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", folder.display());
        Diagnostic::new(Code::FileUnreadable, message)
    })?;
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if path.is_dir() {
            if depth < DEEPEST && !name.starts_with('.') {
                collect(&path, depth + 1, paths)?;
            }
        } else if name.ends_with(".tf") || name.ends_with(".tfvars") {
            paths.push(path);
        }
        if paths.len() > MOST_FILES {
            let message = format!("`{}` has more than {MOST_FILES} files", folder.display());
            return Err(Diagnostic::new(Code::TooLarge, message));
        }
    }
    Ok(())
}

/// The stack in a file.
pub(super) fn stack(path: &Path) -> Result<Stack, Failure> {
    let node = yaml::read(&source(path)?)?;
    Ok(Stack::read(&node)?)
}
