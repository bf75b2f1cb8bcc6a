//! The names of files as pipelines want them: from the folder of the run, with forward slashes, or as part of a URI.

use std::path::MAIN_SEPARATOR;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in the path of a URI: RFC 3986, section 2.3, and the slash. A colon is escaped, because in the first
/// part of a path it would make a scheme of it.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The name of a file, from `root` when it lies below. Nothing for what is in no file, such as `<stdin>`.
pub(super) fn name(name: &str, root: &str) -> Option<String> {
    if name.is_empty() || name.starts_with('<') {
        return None;
    }
    let (name, root) = (slashes(name), slashes(root));
    let below = name.strip_prefix(root.trim_end_matches('/'));
    let below = below.and_then(|rest| rest.strip_prefix('/'));
    let parts = below.unwrap_or(&name).split('/').enumerate();
    // The empty first part of `/a` says that the path begins at the root; other empty parts and dots say nothing.
    let parts = parts.filter(|(at, part)| *part != "." && (*at == 0 || !part.is_empty()));
    let parts: Vec<_> = parts.map(|(_, part)| part).collect();
    Some(parts.join("/"))
}

/// A name from [`name`] as a reference of a URI.
pub(super) fn uri(name: &str) -> String {
    let path = utf8_percent_encode(name, ESCAPED);
    if name.starts_with('/') {
        return format!("file://{path}");
    }
    match name.split_once(":/") {
        Some((drive, rest)) if drive.len() == 1 => {
            format!("file:///{drive}:/{}", utf8_percent_encode(rest, ESCAPED))
        }
        _ => path.to_string(),
    }
}

fn slashes(name: &str) -> String {
    name.replace(MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_below_the_folder_of_the_run_are_named_from_there() {
        for (given, expected) in [
            ("out/vpc/template.yaml", "out/vpc/template.yaml"),
            ("./out//vpc/./a.tf", "out/vpc/a.tf"),
            ("/repo/book/out/a.tf", "out/a.tf"),
            ("/repo/bookshop/a.tf", "/repo/bookshop/a.tf"),
            ("../a.tf", "../a.tf"),
        ] {
            assert_eq!(name(given, "/repo/book").as_deref(), Some(expected));
        }
        assert_eq!(name("/a/b", "/").as_deref(), Some("a/b"));
        assert_eq!(name("<stdin>", "/"), None);
        assert_eq!(name("", "/"), None);
    }

    #[test]
    fn what_has_a_meaning_in_a_uri_is_escaped() {
        for (name, expected) in [
            ("out/vpc/a.tf", "out/vpc/a.tf"),
            ("a b/50%#1?.yaml", "a%20b/50%25%231%3F.yaml"),
            ("c:d/é.yaml", "c%3Ad/%C3%A9.yaml"),
            ("/tmp/a b.tf", "file:///tmp/a%20b.tf"),
            ("C:/a b.tf", "file:///C:/a%20b.tf"),
            ("a\\b.tf", "a%5Cb.tf"),
        ] {
            assert_eq!(uri(name), expected);
        }
    }
}
