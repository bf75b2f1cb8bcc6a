//! Files that come in.

use std::io::Read;
use std::path::Path;

use super::report::Failure;
use crate::diag::{Code, Diagnostic, Source};
use crate::spec::Stack;
use crate::yaml;

/// The bytes of a file, or of standard input for `-`. Much more than any spec may have is not read.
fn bytes(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let most = u64::try_from(yaml::Dialect::SPEC.max_bytes)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
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

/// The text of a file, under the name that the user knows it by.
pub(super) fn source(path: &Path) -> Result<std::sync::Arc<Source>, Diagnostic> {
    let name = if path == Path::new("-") {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    yaml::decode(&name, &bytes(path)?, yaml::Dialect::SPEC)
}

/// The stack in a file.
pub(super) fn stack(path: &Path) -> Result<Stack, Failure> {
    let node = yaml::read(&source(path)?)?;
    Ok(Stack::read(&node)?)
}
