//! Files that come in.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::report::Failure;
use crate::diag::{Code, Diagnostic, Source};
use crate::spec::Stack;
use crate::yaml;

/// The bytes of a file, or of standard input for `-`. Much more than the dialect allows is not read.
fn bytes(path: &Path, dialect: yaml::Dialect) -> Result<Vec<u8>, Diagnostic> {
    let most = u64::try_from(dialect.max_bytes)
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

/// The text of a spec, under the name that the user knows it by.
pub(super) fn source(path: &Path) -> Result<Arc<Source>, Diagnostic> {
    text(path, yaml::Dialect::SPEC)
}

/// The text of a template.
pub(super) fn template(path: &Path) -> Result<Arc<Source>, Diagnostic> {
    text(path, yaml::Dialect::TEMPLATE)
}

fn text(path: &Path, dialect: yaml::Dialect) -> Result<Arc<Source>, Diagnostic> {
    let name = if path == Path::new("-") {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    yaml::decode(&name, &bytes(path, dialect)?, dialect)
}

/// The stack in a file.
pub(super) fn stack(path: &Path) -> Result<Stack, Failure> {
    let node = yaml::read(&source(path)?)?;
    Ok(Stack::read(&node)?)
}
