//! What an editor needs to complete, explain and check a stack as it is written: a first line that names a schema, and the
//! schema itself beside the stack, because no editor has it and none should need the network for it.

use std::path::Path;

use crate::cli::report::{Failure, Report};
use crate::cli::schema;
use crate::cli::write::{not_written, replace};
use crate::spec::Pattern;

/// The folder of schemas, beside the stacks that name them.
const FOLDER: &str = ".patternbook";

/// The first line of a stack. Editors with the YAML language server read it; the path counts from the stack's own folder.
pub(super) fn first_line(pattern: &Pattern) -> String {
    format!(
        "# yaml-language-server: $schema={FOLDER}/{}\n",
        name(pattern)
    )
}

fn name(pattern: &Pattern) -> String {
    format!("{}.schema.json", pattern.id)
}

/// Writes the schema that the first line of `stack` names, where it is missing or of another version. One that somebody edited
/// stays as it is.
pub(super) fn write_schema(
    stack: &Path,
    pattern: &Pattern,
    report: &Report,
) -> Result<(), Failure> {
    let folder = stack.with_file_name(FOLDER);
    let path = folder.join(name(pattern));
    let text = schema::of_stacks(pattern);
    match std::fs::read(&path) {
        Ok(found) if found == text.as_bytes() => return Ok(()),
        Ok(found) if !schema::is_unedited(&String::from_utf8_lossy(&found)) => {
            report.note(&format!(
                "`{}` was edited, and stays as it is; `patternbook schema {}` prints what it would be",
                path.display(),
                pattern.id
            ));
            return Ok(());
        }
        _ => {}
    }
    make(&folder)?;
    replace(&path, text.as_bytes(), ".patternbook-")
}

fn make(folder: &Path) -> Result<(), Failure> {
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(not_written(folder, &error).into())
        }
        _ => Ok(()),
    }
}
