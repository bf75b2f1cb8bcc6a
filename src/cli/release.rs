//! `patternbook release`

use std::fmt::Write as _;
use std::path::PathBuf;

use super::ledgers::{Ledgers, Use};
use super::report::{Exit, Failure, Report};
use crate::diag::{Code, Diagnostic};
use crate::ledger::{FILE, ReleaseError};
use crate::yaml::nearest;

/// Frees blocks that the ledger keeps for a stack, for when nothing stands there any more
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook release shop cache    the block of one subnet\n  patternbook release shop          everything that the stack had"
)]
pub(super) struct Args {
    /// The name of the stack, which need not have a file any more
    #[arg(value_name = "STACK")]
    stack: String,
    /// The subnets whose blocks are freed; all of the stack when none is named
    #[arg(value_name = "SUBNET")]
    subnets: Vec<String>,
    /// The environment of the stack, when it has several
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// The folder of the stacks and their ledger
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let path = args.folder.join(FILE);
    let mut ledgers = Ledgers::open([&path], Use::Write)?;
    let mut lines = String::new();
    for ledger in ledgers.all_mut() {
        let freed = ledger.release(&args.stack, args.env.as_deref(), &args.subnets);
        for (subnet, block) in freed.map_err(|error| refusal(&error))? {
            // Writing to a string does not fail.
            let _ = writeln!(lines, "freed {block} of {subnet}");
        }
    }
    ledgers.write()?;
    Report::result(&lines)?;
    Ok(Exit::Done)
}

fn refusal(error: &ReleaseError) -> Diagnostic {
    let help = match error {
        ReleaseError::Stack { name, known } | ReleaseError::Subnet { name, known, .. } => {
            match nearest(name, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if known.is_empty() => "nothing was recorded yet".to_owned(),
                None => format!("it has `{}`", known.join("`, `")),
            }
        }
        ReleaseError::Environment { known, .. } if known.is_empty() => {
            "it has no environments: leave `--env` out".to_owned()
        }
        ReleaseError::Environment { known, .. } => {
            format!("say which with `--env`: it has `{}`", known.join("`, `"))
        }
    };
    Diagnostic::new(Code::UnknownReference, error.to_string()).help(help)
}
