//! `patternbook explain`

use serde_json::{Value as Json, json};

use super::Answer;
use super::report::{Exit, Failure, Report};
use crate::diag::{Code, Diagnostic};
use crate::yaml::{nearest, shorten};

/// Says what an error means, with an example and what to do
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook explain PB301\n  patternbook explain --all --format json"
)]
pub(super) struct Args {
    /// The code, as in `error[PB301]`
    #[arg(value_name = "CODE", required_unless_present = "all")]
    code: Option<String>,
    /// Every code there is
    #[arg(long, conflicts_with = "code")]
    all: bool,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Answer,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let codes = match &args.code {
        Some(id) => vec![Code::from_id(id).ok_or_else(|| unknown(id))?],
        None => Code::ALL.to_vec(),
    };
    match args.format {
        Answer::Json if args.all => Report::json(&json!({
            "schema_version": 1,
            "codes": codes.iter().map(|code| as_json(*code)).collect::<Vec<_>>(),
        }))?,
        Answer::Json => {
            let mut answer = json!({ "schema_version": 1 });
            for code in codes {
                answer["code"] = json!(code.as_str());
                answer["title"] = json!(code.title());
                answer["text"] = json!(code.explanation());
            }
            Report::json(&answer)?;
        }
        Answer::Text => {
            let texts = codes.into_iter().map(as_text);
            Report::result(&texts.collect::<Vec<_>>().join("\n"))?;
        }
    }
    Ok(Exit::Done)
}

fn as_json(code: Code) -> Json {
    json!({ "code": code.as_str(), "title": code.title(), "text": code.explanation() })
}

fn as_text(code: Code) -> String {
    format!("{code}: {}\n\n{}\n", code.title(), code.explanation())
}

fn unknown(id: &str) -> Diagnostic {
    let known = Code::ALL.iter().map(|code| code.as_str());
    let help = match nearest(&id.to_uppercase(), known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`patternbook explain --all` has all of them".to_owned(),
    };
    let message = format!("there is no code `{}`", shorten(id));
    Diagnostic::new(Code::UnknownReference, message).help(help)
}
