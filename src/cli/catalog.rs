//! The patterns: those that are embedded in the program, and those that a user adds or puts in their place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::Global;
use super::input::source;
use super::report::Failure;
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::render::Library;
use crate::spec::Pattern;
use crate::yaml::{self, nearest};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/patterns");

/// The ids of the built-in patterns.
pub(super) fn built_in() -> impl Iterator<Item = &'static str> {
    let files = EMBEDDED.files();
    files.filter_map(|file| file.path().file_stem()?.to_str())
}

/// The file of a pattern.
enum File {
    /// In the program: its text.
    BuiltIn(&'static str),
    /// In a user's folder.
    Given(Arc<Source>),
}

impl File {
    fn source(&self, id: &str) -> Arc<Source> {
        match self {
            Self::BuiltIn(text) => Source::new(&format!("patterns/{id}.yaml"), text),
            Self::Given(source) => Arc::clone(source),
        }
    }
}

/// Pattern files by id, read when they are asked for.
pub(super) struct Catalog {
    files: BTreeMap<String, File>,
    /// Patterns that were asked for, so that a run over many stacks reads each once.
    read: RefCell<BTreeMap<String, Arc<Pattern>>>,
}

impl Catalog {
    /// The built-in patterns, with those of `--patterns` added or in their place.
    pub(super) fn open(global: &Global) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        for file in EMBEDDED.files() {
            let id = file.path().file_stem().and_then(|stem| stem.to_str());
            if let (Some(id), Some(text)) = (id, file.contents_utf8()) {
                files.insert(id.to_owned(), File::BuiltIn(text));
            }
        }
        if let Some(folder) = &global.patterns {
            for path in files_of(folder, &["yaml", "yml"])? {
                let id = path
                    .file_stem()
                    .and_then(|stem| stem.to_str())
                    .unwrap_or_default();
                files.insert(id.to_owned(), File::Given(source(&path)?));
            }
        }
        Ok(Self {
            files,
            read: RefCell::default(),
        })
    }

    /// The ids of the patterns, in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The pattern `id`. `place` is where it is asked for.
    pub(super) fn pattern(&self, id: &str, place: Option<&Place>) -> Result<Arc<Pattern>, Failure> {
        if let Some(pattern) = self.read.borrow().get(id) {
            return Ok(Arc::clone(pattern));
        }
        let Some(file) = self.files.get(id) else {
            return Err(self.unknown(id, place).into());
        };
        let pattern = Pattern::read(&yaml::read(&file.source(id))?)?;
        if pattern.id != id {
            return Err(Diagnostic::new(
                Code::InvalidName,
                format!(
                    "the file is named `{id}`, and the pattern in it `{}`",
                    pattern.id
                ),
            )
            .at(pattern.place)
            .help("give both the same name: a pattern is found by its file")
            .into());
        }
        let pattern = Arc::new(pattern);
        self.read
            .borrow_mut()
            .insert(id.to_owned(), Arc::clone(&pattern));
        Ok(pattern)
    }

    /// Every pattern, in order of ids. What is wrong in any is collected.
    pub(super) fn all(&self) -> Result<Vec<Arc<Pattern>>, Failure> {
        let mut patterns = Vec::new();
        let mut diags = Diagnostics::new();
        for id in self.files.keys() {
            match self.pattern(id, None) {
                Ok(pattern) => patterns.push(pattern),
                Err(failure) => diags.extend(failure.diagnostics),
            }
        }
        Ok(diags.into_result(patterns)?)
    }

    fn unknown(&self, id: &str, place: Option<&Place>) -> Diagnostic {
        let ids: Vec<_> = self.ids().collect();
        let help = nearest(id, ids.iter().copied()).map_or_else(
            || format!("the patterns are `{}`", ids.join("`, `")),
            |meant| format!("did you mean `{meant}`?"),
        );
        let message = format!("there is no pattern `{}`", yaml::shorten(id));
        let mut diagnostic = Diagnostic::new(Code::UnknownPattern, message).help(help);
        diagnostic.primary = place.cloned();
        diagnostic
    }
}

/// The templates, with those of `--templates` in the place of built-in ones.
pub(super) fn library(global: &Global) -> Result<Library, Failure> {
    let mut overrides = BTreeMap::new();
    if let Some(folder) = &global.templates {
        collect_templates(folder, folder, &mut overrides)?;
    }
    Ok(Library::new(overrides))
}

fn collect_templates(
    root: &Path,
    folder: &Path,
    overrides: &mut BTreeMap<String, String>,
) -> Result<(), Failure> {
    for path in entries_of(folder)? {
        if path.is_dir() {
            collect_templates(root, &path, overrides)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            let parts: Vec<_> = relative.iter().filter_map(|part| part.to_str()).collect();
            let name = parts.join("/");
            if !Library::has(&name) {
                let message = format!("`{}` takes the place of no template", path.display());
                let help =
                    "the templates are those under `templates/` of the project, by the same path";
                return Err(Diagnostic::new(Code::UnknownReference, message)
                    .help(help)
                    .into());
            }
            overrides.insert(name, source(&path)?.text.to_string());
        }
    }
    Ok(())
}

fn files_of(folder: &Path, extensions: &[&str]) -> Result<Vec<std::path::PathBuf>, Failure> {
    let wanted = |path: &std::path::PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        path.is_file() && extension.is_some_and(|extension| extensions.contains(&extension))
    };
    Ok(entries_of(folder)?.into_iter().filter(wanted).collect())
}

/// What is in a folder, in order of names: the order that a disk gives is nobody's.
fn entries_of(folder: &Path) -> Result<Vec<std::path::PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder).and_then(|entries| {
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        paths.collect::<Result<Vec<_>, _>>()
    });
    let mut entries = entries.map_err(|error| {
        Diagnostic::new(
            Code::FileUnreadable,
            format!("the folder `{}` cannot be read: {error}", folder.display()),
        )
    })?;
    entries.sort();
    Ok(entries)
}
