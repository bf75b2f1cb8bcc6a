//! The templates: those that are embedded in the program, and those that a user puts in their place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use include_dir::{Dir, include_dir};

use super::RenderError;
use super::engine::{Engine, Syntax};
use crate::cloud::Kind;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The templates of every format and the functions' code, by path under `templates/`.
pub struct Library {
    overrides: BTreeMap<String, String>,
    engines: [RwLock<Option<Arc<Engine>>>; FOLDERS.len()],
    /// What was made of files, by the path of the file.
    made: RwLock<BTreeMap<String, Vec<u8>>>,
}

/// The folders with templates, one for each format.
const FOLDERS: [&str; 4] = [
    "cloudformation",
    "terraform-aws",
    "arm",
    "terraform-azurerm",
];

impl Library {
    /// The embedded templates, with `overrides` (path under `templates/`, text) in front of them.
    #[must_use]
    pub fn new(overrides: BTreeMap<String, String>) -> Self {
        Self {
            overrides,
            engines: Default::default(),
            made: RwLock::default(),
        }
    }

    /// Whether a user put templates in the place of built-in ones.
    #[must_use]
    pub fn is_overridden(&self) -> bool {
        !self.overrides.is_empty()
    }

    /// Whether there is a built-in file at `path`, whose place a user's may take.
    #[must_use]
    pub fn has(path: &str) -> bool {
        EMBEDDED.get_file(path).is_some()
    }

    /// The text of the file at `path` under `templates/`.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.overrides
            .get(path)
            .map(String::as_str)
            .or_else(|| EMBEDDED.get_file(path)?.contents_utf8())
    }

    /// What `how` makes of the file at `path`. It depends on the file alone, and is made once for all stacks.
    pub(super) fn made_of<E>(
        &self,
        path: &str,
        how: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        let known = self.made.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = known.get(path) {
            return Ok(made.clone());
        }
        drop(known);
        let made = how()?;
        let mut known = self.made.write().unwrap_or_else(PoisonError::into_inner);
        Ok(known.entry(path.to_owned()).or_insert(made).clone())
    }

    /// The engine of the format in `folder`, with the templates `names` and `frames` read: a run reads only what it writes.
    pub(super) fn engine<S: Syntax>(
        &self,
        folder: &str,
        names: &BTreeMap<Kind, String>,
        frames: &[&str],
    ) -> Result<Arc<Engine>, RenderError> {
        let slot = FOLDERS
            .iter()
            .position(|name| *name == folder)
            .and_then(|index| self.engines.get(index))
            .ok_or_else(|| RenderError::new(folder, "no such folder of templates"))?;
        let known = slot.read().unwrap_or_else(PoisonError::into_inner).clone();
        let engine = known.unwrap_or_else(|| {
            let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
            let engine = slot.get_or_insert_with(|| Arc::new(Engine::new::<S>(self, folder)));
            Arc::clone(engine)
        });
        let names = names.values().map(String::as_str);
        let read = engine.read(names.chain(frames.iter().copied()));
        read.map_err(|error| RenderError::new(folder, error))?;
        Ok(engine)
    }

    /// Forgets the templates that were read so far, and with them a good part of what a short run holds. What is written later
    /// reads them again.
    pub fn forget(&self) {
        for slot in &self.engines {
            *slot.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// The texts of the files in `folder` and in the folders below it, by their paths below it.
    pub(super) fn folder(&self, folder: &str) -> BTreeMap<String, Cow<'static, str>> {
        let prefix = format!("{folder}/");
        let embedded = EMBEDDED.get_dir(folder).into_iter().flat_map(files);
        let embedded = embedded
            .filter_map(|file| Some((file.path().to_str()?, Cow::Borrowed(file.contents_utf8()?))));
        let overrides = self.overrides.iter();
        let overrides = overrides.map(|(path, text)| (path.as_str(), Cow::Owned(text.clone())));
        embedded
            .chain(overrides)
            .filter_map(|(path, text)| Some((path.strip_prefix(&prefix)?.to_owned(), text)))
            .collect()
    }
}

/// The files in `dir` and in the folders below it.
fn files<'a>(dir: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let below = dir.dirs().flat_map(files);
    dir.files().chain(below).collect()
}
