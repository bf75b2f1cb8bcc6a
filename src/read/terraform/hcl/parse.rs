//! From files to bodies of HCL.

use std::ops::Range;
use std::sync::Arc;

use super::syntax::Body;
use super::{full, quick};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};

/// The largest configuration that is read, in bytes.
const MAX_BYTES: usize = 16 << 20;

/// A file and what stands in it.
pub(super) struct File<'s> {
    pub(super) source: &'s Arc<Source>,
    pub(super) body: Body<'s>,
    /// The folder, with `/` between its parts and none at its end.
    pub(super) folder: String,
    /// The name in the folder.
    pub(super) name: String,
}

impl File<'_> {
    /// Whether it declares something, and is no list of values.
    pub(super) fn is_configuration(&self) -> bool {
        has_end(&self.name, ".tf")
    }
}

/// Whether a name ends so. Terraform knows its files by small letters only.
fn has_end(name: &str, end: &str) -> bool {
    name.ends_with(end)
}

/// The folder and the name of a file.
pub(super) fn split(path: &str) -> (String, &str) {
    let (folder, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    (normal(folder), name)
}

/// A folder without `.` and `..`, where they can be followed.
pub(super) fn normal(folder: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split(['/', '\\']) {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            "" if !parts.is_empty() => {}
            part => parts.push(part),
        }
    }
    // An absolute folder begins with a part without a name, and one that is empty has no part.
    match parts.as_slice() {
        [""] if folder.is_empty() => String::new(),
        _ => parts.join("/"),
    }
}

/// Parses every file that is HCL; others are left out.
pub(super) fn parse(files: &[Arc<Source>]) -> Result<Vec<File<'_>>, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut parsed = Vec::new();
    let total: usize = files.iter().map(|source| source.text.len()).sum();
    if let Some(first) = files.first()
        && total > MAX_BYTES
    {
        let message =
            format!("the configuration has {total} bytes, more than the {MAX_BYTES} that are read");
        let diagnostic = Diagnostic::new(Code::TooLarge, message).at(Place::start_of(first));
        return Err(diagnostic.into());
    }
    for source in files {
        let (folder, name) = split(&source.name);
        let is_hcl = [".tf", ".tfvars"].iter().any(|end| has_end(name, end));
        if !is_hcl {
            continue;
        }
        let body = match quick::read(&source.text) {
            Some(body) => Ok(body),
            None => full::read(&source.text),
        };
        match body {
            Ok(body) => parsed.push(File {
                source,
                body,
                folder,
                name: name.to_owned(),
            }),
            Err(error) => diags.push(broken(source, &error)),
        }
    }
    diags.into_result(parsed)
}

fn broken(source: &Arc<Source>, error: &hcl_edit::parser::Error) -> Diagnostic {
    let at = error.location().offset();
    // The message has a line for what went wrong and one for what would be right.
    let message = error.message().replace("; expected", ", expected");
    let message = message.lines().collect::<Vec<_>>().join(", ");
    Diagnostic::new(Code::HclSyntax, message).at(Place::new(source, at..at + 1))
}

/// Where a part of a file stands.
pub(super) fn place(source: &Arc<Source>, span: &Range<usize>) -> Place {
    Place::new(source, span.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_followed_as_far_as_they_go() {
        for (folder, right) in [
            ("", ""),
            (".", ""),
            ("./a//b/../c/", "a/c"),
            ("../a", "../a"),
            ("/a/../b", "/b"),
            ("../..", "../.."),
        ] {
            assert_eq!(normal(folder), right, "{folder}");
        }
        assert_eq!(split("main.tf"), (String::new(), "main.tf"));
    }

    #[test]
    fn an_error_stands_where_the_parser_stopped() {
        let source = Source::new("main.tf", "a = 1\nb = = 2\n");
        let diags = parse(&[source]).err().unwrap();
        let place = diags.iter().next().unwrap().primary.clone().unwrap();
        assert_eq!((place.line(), place.column()), (2, 5));
    }
}
