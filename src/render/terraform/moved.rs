//! `moved` blocks: what Terraform is told of resources that had other names before, so that it keeps them.
//!
//! The same resources are rendered under their names of today and under each that they had before. What stands in the same place of
//! both is one resource with two addresses (<https://developer.hashicorp.com/terraform/language/modules/develop/refactoring>).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::file;
use crate::render::File;
use crate::render::engine::RenderError;

/// The file that holds them.
const NAME: &str = "moved.tf";

const HEAD: &str = "\
# What these were called in earlier versions of the pattern. Terraform keeps what stands, under its new address.
";

/// The file of `moved` blocks, where any address changed. `generations` are the same folder under its names of today, then under
/// those before, and so on.
///
/// # Errors
/// When two generations do not hold the same resources.
pub(in crate::render) fn render(generations: &[Vec<File>]) -> Result<Option<File>, RenderError> {
    let mut text = String::new();
    for pair in generations.windows(2) {
        if let [now, before] = pair {
            for (from, to) in moves(before, now)? {
                // Writing to a string does not fail.
                let _ = write!(text, "\nmoved {{\n  from = {from}\n  to   = {to}\n}}\n");
            }
        }
    }
    Ok((!text.is_empty()).then(|| file(NAME, &format!("{HEAD}{text}"))))
}

/// The addresses that changed from one generation to the next, in the order of the types.
fn moves(before: &[File], now: &[File]) -> Result<Vec<(String, String)>, RenderError> {
    let (before, now) = (labels(before), labels(now));
    let mut moves = Vec::new();
    for (kind, labels) in &now {
        let old = before.get(kind).map(Vec::as_slice).unwrap_or_default();
        if old.len() != labels.len() {
            let message = format!("there are other resources `{kind}` under their former names");
            return Err(RenderError::new(NAME, message));
        }
        for (from, to) in old.iter().zip(labels).filter(|(from, to)| from != to) {
            moves.push((format!("{kind}.{from}"), format!("{kind}.{to}")));
        }
    }
    Ok(moves)
}

/// The labels of the resources in a folder by their types, in the order in which they are written.
fn labels(files: &[File]) -> BTreeMap<&str, Vec<&str>> {
    let texts = files
        .iter()
        .filter_map(|file| std::str::from_utf8(&file.contents).ok());
    let mut labels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in texts.flat_map(str::lines) {
        let head = line.strip_prefix("resource \"");
        if let Some((kind, rest)) = head.and_then(|head| head.split_once("\" \""))
            && let Some((label, _)) = rest.split_once('"')
        {
            labels.entry(kind).or_default().push(label);
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(text: &str) -> Vec<File> {
        vec![file("main.tf", text)]
    }

    fn text(generations: &[Vec<File>]) -> Option<String> {
        let file = render(generations).unwrap()?;
        assert_eq!(file.path, "moved.tf");
        Some(String::from_utf8(file.contents).unwrap())
    }

    #[test]
    fn each_step_of_a_name_is_a_block() {
        let of = |name: &str| {
            folder(&format!(
                "resource \"aws_vpc\" \"main\" {{}}\n\nresource \"aws_subnet\" \"{name}_1\" {{}}\n\nresource \"aws_subnet\" \"other\" {{}}\n"
            ))
        };
        let moved = text(&[of("app"), of("front"), of("web")]).unwrap();
        assert_eq!(
            moved,
            format!(
                "{HEAD}\nmoved {{\n  from = aws_subnet.front_1\n  to   = aws_subnet.app_1\n}}\n\nmoved {{\n  from = aws_subnet.web_1\n  \
                 to   = aws_subnet.front_1\n}}\n"
            )
        );
        assert_eq!(text(&[of("app"), of("app")]), None);
        assert_eq!(text(&[of("app")]), None);
    }

    #[test]
    fn resources_that_are_not_the_same_are_no_guess() {
        let one = folder("resource \"aws_subnet\" \"a\" {}\n");
        let none = folder("resource \"aws_vpc\" \"a\" {}\n");
        assert!(render(&[one, none]).is_err());
    }
}
