//! What the targets share: how bytes become the texts of files, and what is done with what was read of them.

use std::sync::Arc;

use patternbook::diag::{Diagnostics, Source, render};
use patternbook::reach::Matrix;
use patternbook::reach::flows::flows;
use patternbook::yaml::{Dialect, decode};

/// The files in some bytes: one by this name, or, as in `snapshots/`, each below a line `==> NAME <==`.
#[must_use]
pub fn sources(name: &str, bytes: &[u8], dialect: Dialect) -> Vec<Arc<Source>> {
    let Ok(whole) = decode(name, bytes, dialect) else {
        return Vec::new();
    };
    let mut files = whole.text.split("\n==> ");
    // What insta writes above a snapshot is no file.
    if !files
        .next()
        .is_some_and(|header| header.starts_with("---\n"))
    {
        return vec![whole];
    }
    let named = files.filter_map(|file| file.split_once(" <==\n"));
    named.map(|(name, text)| Source::new(name, text)).collect()
}

/// Errors must be fit to be shown, whatever their places are.
pub fn show(errors: &Diagnostics) {
    for error in errors {
        let _ = render(error, false);
    }
}

/// What passes must be fit to be told.
pub fn tell(matrix: &Matrix) {
    let _ = flows(matrix, None, None);
}
