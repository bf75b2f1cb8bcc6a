//! `patternbook list`

use serde_json::json;

use super::catalog::Catalog;
use super::output::{Table, formats};
use super::report::{Exit, Failure, Report};
use super::{Answer, Global};

/// Lists the patterns
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook list\n  patternbook list --patterns our/patterns --format json"
)]
pub(super) struct Args {
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Answer,
}

pub(super) fn run(args: &Args, global: &Global, _: &Report) -> Result<Exit, Failure> {
    let patterns = Catalog::open(global)?.all()?;
    match args.format {
        Answer::Json => {
            let patterns: Vec<_> = patterns
                .iter()
                .map(|pattern| {
                    json!({
                        "id": pattern.id,
                        "version": pattern.version.to_string(),
                        "cloud": pattern.cloud,
                        "title": pattern.title,
                        "state": pattern.state,
                        "formats": formats(&pattern.cloud),
                    })
                })
                .collect();
            Report::json(&json!({ "schema_version": 1, "patterns": patterns }))?;
        }
        Answer::Text => {
            let mut table =
                Table::new(["PATTERN", "VERSION", "CLOUD", "STATE", "FORMATS", "TITLE"]);
            for pattern in &patterns {
                table.row([
                    pattern.id.clone(),
                    pattern.version.to_string(),
                    pattern.cloud.clone(),
                    pattern.state.as_str().to_owned(),
                    formats(&pattern.cloud).join(", "),
                    pattern.title.clone(),
                ]);
            }
            Report::result(&table.to_string())?;
        }
    }
    Ok(Exit::Done)
}
