//! `patternbook schema`

use serde_json::Value as Json;

use super::Global;
use super::catalog::Catalog;
use super::report::{Exit, Failure, Report};
use super::write::sum;
use crate::diag::{Code, Diagnostic};
use crate::schema;
use crate::spec::Pattern;
use crate::yaml::{nearest, shorten};

/// Prints a JSON Schema (draft-07) by which an editor completes, explains and checks a file as it is written
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook schema aws-private-vpn > aws-private-vpn.schema.json\n  patternbook schema stack > stack.schema.json\n\nA file names its schema in its first line, by a path from its own folder:\n  # yaml-language-server: $schema=aws-private-vpn.schema.json\n`patternbook new` writes this line, and the schema."
)]
pub(super) struct Args {
    /// `stack` for stacks of any pattern, `pattern` for patterns, or the id of a pattern for its stacks alone
    #[arg(value_name = "stack|pattern|PATTERN", default_value = "stack")]
    pub(super) pattern: String,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let schema = match args.pattern.as_str() {
        "pattern" => schema::pattern(),
        "stack" => {
            let patterns = Catalog::open(global)?.all()?;
            schema::stack(patterns.iter().map(AsRef::as_ref))
        }
        id => {
            let catalog = Catalog::open(global)?;
            if !catalog.ids().any(|known| known == id)
                && let Some(meant) = nearest(id, ["stack", "pattern"])
            {
                return Err(not_this_word(id, meant).into());
            }
            schema::stack_of(&*catalog.pattern(id, None)?)
        }
    };
    Report::result(&sealed(&schema))?;
    Ok(Exit::Done)
}

/// The error that there is no such pattern, where a word was meant.
fn not_this_word(id: &str, meant: &str) -> Diagnostic {
    let message = format!("there is no pattern `{}`", shorten(id));
    Diagnostic::new(Code::UnknownPattern, message).help(format!("did you mean `{meant}`?"))
}

/// The text of the schema of a pattern's stacks.
pub(super) fn of_stacks(pattern: &Pattern) -> String {
    sealed(&schema::stack_of(pattern))
}

/// What stands before the digest of a schema, and after it.
const SEAL: (&str, &str) = (
    "  \"$comment\": \"Written by `patternbook schema`. Without this line, its SHA-256 is ",
    "\",",
);

/// The text of a schema, with the digest of the rest of it in its second line: so that an edit is noticed.
fn sealed(schema: &Json) -> String {
    let text = format!("{schema:#}\n");
    let digest = sum(text.as_bytes());
    let (head, rest) = text.split_once('\n').unwrap_or_default();
    format!("{head}\n{}{digest}{}\n{rest}", SEAL.0, SEAL.1)
}

/// Whether a text is a schema as it was written here, by whichever version.
pub(super) fn is_unedited(text: &str) -> bool {
    let mut lines = text.splitn(3, '\n');
    let (Some(head), Some(seal), Some(rest)) = (lines.next(), lines.next(), lines.next()) else {
        return false;
    };
    let digest = seal.strip_prefix(SEAL.0);
    let digest = digest.and_then(|it| it.strip_suffix(SEAL.1));
    digest.is_some_and(|digest| digest == sum(format!("{head}\n{rest}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_noticed() {
        let text = sealed(&schema::pattern());
        assert!(is_unedited(&text));
        let json: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(json["title"], schema::pattern()["title"]);
        for (from, to) in [
            ("\n", "\r\n"),
            ("title", "titel"),
            ("SHA-256 is ", "SHA-256 is 0"),
        ] {
            assert!(!is_unedited(&text.replacen(from, to, 1)), "{from}");
        }
        assert!(!is_unedited(""));
        assert!(!is_unedited("{\n  \"a\": 1\n}\n"));
    }
}
