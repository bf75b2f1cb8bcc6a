//! Files of ranges that no subnet may lie in, whether a stack or the command line names them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::input;
use super::report::Failure;
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::spec::{Forbidden, Forbids, Form, Stack};

/// What the command line forbids.
#[derive(clap::Args, Debug)]
pub(super) struct Forbid {
    /// A file of ranges in which no subnet may lie: `.yaml`, or an export of an IPAM as `.csv` or `.json`
    ///
    /// A YAML file has a list `ranges` of `{ range: 10.20.0.0/16, why: The partner's network. }`. In CSV, the first line names the
    /// columns; in JSON, objects have the same names, in a list or in an object with one list, as `NetBox` answers. The range is read
    /// from the first of `range`, `cidr`, `cidr_block`, `prefix`, `network` and `subnet` that is there; the reason from `why`,
    /// `reason`, `description`, `comment` or `name`. Where `stack` names a stack, the range is that stack's own, and forbids
    /// nothing to it.
    #[arg(long = "forbidden", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Forbid {
    /// The files, as they were named.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

/// The ranges of a run, each file read once.
pub(super) struct Ranges {
    /// Those that the command line names.
    always: Vec<Arc<[Forbidden]>>,
    read: RefCell<BTreeMap<PathBuf, Arc<[Forbidden]>>>,
}

impl Ranges {
    /// Reads the files that the command line names.
    pub(super) fn open(forbid: &Forbid) -> Result<Self, Failure> {
        let mut ranges = Self {
            always: Vec::new(),
            read: RefCell::default(),
        };
        let mut diags = Diagnostics::new();
        for file in &forbid.files {
            match ranges.file(file, None) {
                Ok(found) => ranges.always.push(found),
                Err(found) => diags.extend(found),
            }
        }
        Ok(diags.into_result(ranges)?)
    }

    /// What the command line forbids to every stack.
    pub(super) fn always(&self) -> &[Arc<[Forbidden]>] {
        &self.always
    }

    /// All that is forbidden to a stack that was read from `path`: by itself, by the files that it names and by the command line.
    pub(super) fn of(&self, path: &Path, stack: &Stack) -> Result<Vec<Arc<[Forbidden]>>, Failure> {
        let mut all = Vec::with_capacity(self.always.len());
        let mut diags = Diagnostics::new();
        for item in &stack.forbidden {
            match item {
                Forbids::Range(range) => all.push(Arc::from([range.clone()])),
                Forbids::File { path: file, place } => {
                    // INVARIANT: a file has a folder, and standard input is read where the command runs.
                    let file = path.parent().unwrap_or(Path::new("")).join(file);
                    match self.file(&file, Some(place)) {
                        Ok(found) => all.push(found),
                        Err(found) => diags.extend(found),
                    }
                }
            }
        }
        all.extend(self.always.iter().cloned());
        Ok(diags.into_result(all)?)
    }

    /// The ranges of a file. `place` is where it is named.
    fn file(&self, path: &Path, place: Option<&Place>) -> Result<Arc<[Forbidden]>, Diagnostics> {
        if let Some(found) = self.read.borrow().get(path) {
            return Ok(Arc::clone(found));
        }
        // What is wrong with a file is told once, however many stacks name it.
        self.remember(path, &Arc::default());
        let found: Arc<[_]> = read(path, place)?.into();
        self.remember(path, &found);
        Ok(found)
    }

    fn remember(&self, path: &Path, found: &Arc<[Forbidden]>) {
        let mut read = self.read.borrow_mut();
        read.insert(path.to_owned(), Arc::clone(found));
    }
}

fn read(path: &Path, place: Option<&Place>) -> Result<Vec<Forbidden>, Diagnostics> {
    let form = if path == Path::new("-") {
        Some(Form::Json)
    } else {
        Form::of(path)
    };
    let Some(form) = form else {
        let message = format!("`{}` is no file of ranges", path.display());
        let mut diagnostic = Diagnostic::new(Code::OutOfRange, message);
        diagnostic.primary = place.cloned();
        let help = "right would be a file whose name ends with `.yaml`, `.csv` or `.json`";
        return Err(diagnostic.help(help).into());
    };
    let source = input::ranges(path, form.dialect()).map_err(|mut diagnostic| {
        diagnostic.primary = diagnostic.primary.or_else(|| place.cloned());
        diagnostic
    })?;
    form.read(&source)
}

#[cfg(test)]
mod tests {
    use clap::Args as _;

    use super::*;
    use crate::spec::{RANGE_COLUMNS, STACK_COLUMN, WHY_COLUMNS};

    #[test]
    fn the_help_names_every_column() {
        let help = Forbid::augment_args(clap::Command::new("x"));
        let help = help.clone().render_long_help().to_string();
        let names = RANGE_COLUMNS.iter().chain(&WHY_COLUMNS);
        for name in names.chain([&STACK_COLUMN]) {
            assert!(help.contains(&format!("`{name}`")), "{name}: {help}");
        }
    }
}
