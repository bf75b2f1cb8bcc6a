//! `patternbook compact`

use std::fmt::Write as _;
use std::path::PathBuf;

use super::catalog::Catalog;
use super::forbidden::{Forbid, Ranges};
use super::jobs::{self, Job, Known};
use super::ledgers::{Ledgers, Use};
use super::report::{Exit, Failure, Report};
use super::{Global, input};
use crate::diag::{Code, Diagnostic};
use crate::plan::Plan;
use crate::plan::growth::moves;
use crate::spec::{Addressing, Stack};

/// Shows what would move if the subnets of a stack were put anew, as close together as they can be; moves it only when told to
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook compact shop.yaml           what would move\n  patternbook compact shop.yaml --move    moves it in the ledger; the next build writes it"
)]
pub(super) struct Args {
    /// The stack's file
    #[arg(value_name = "STACK")]
    stack: PathBuf,
    /// The environment that is put anew; all of them when nothing is said
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Moves it: each subnet that has another block then is destroyed by the next deploy
    #[arg(long = "move")]
    really: bool,
    #[command(flatten)]
    forbid: Forbid,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let catalog = Catalog::open(global)?;
    let how = if args.really { Use::Write } else { Use::Read };
    let mut ledgers = Ledgers::open([&args.stack], how)?;
    let ranges = Ranges::open(&args.forbid)?;
    let stack = input::stack(&args.stack)?;
    if args.env.is_some() {
        refuse_mirrored(&stack)?;
    }
    let before = plans(args, &stack, (&catalog, &ledgers, &ranges))?;
    for (_, plan) in &before {
        ledgers.forget(&args.stack, plan);
    }
    let after = plans(args, &stack, (&catalog, &ledgers, &ranges))?;
    let mut lines = String::new();
    for ((_, before), (job, after)) in before.iter().zip(&after) {
        for it in moves(before, after) {
            let word = if args.really { "moved" } else { "would move" };
            let (stack, subnet) = (after.name(), it.subnet);
            // Writing to a string does not fail.
            let _ = writeln!(
                lines,
                "{stack}: {subnet} {word} from {} to {}",
                it.from, it.to
            );
        }
        ledgers.record(&args.stack, &job.stack, &job.pattern, after);
    }
    if lines.is_empty() {
        lines.push_str("nothing would move\n");
    } else if args.really {
        ledgers.check()?;
        ledgers.write()?;
    }
    Report::result(&lines)?;
    Ok(Exit::Done)
}

/// The plans of the environments that are asked for.
fn plans<'a>(
    args: &'a Args,
    stack: &Stack,
    (catalog, ledgers, ranges): (&Catalog, &Ledgers, &Ranges),
) -> Result<Vec<(Job<'a>, Plan)>, Failure> {
    let named = args.env.as_slice();
    let known = Known {
        catalog,
        ledgers,
        ranges,
    };
    let found = jobs::of(&args.stack, stack.clone(), named, known)?;
    if found.jobs.is_empty() {
        return Err(jobs::unknown_environments(named, &found.environments).into());
    }
    let mut plans = Vec::with_capacity(found.jobs.len());
    for job in found.jobs {
        let plan = job.plan()?;
        plans.push((job, plan));
    }
    Ok(plans)
}

/// One environment cannot leave the others behind that have the same addresses.
fn refuse_mirrored(stack: &Stack) -> Result<(), Diagnostic> {
    match &stack.addressing {
        Some((Addressing::Mirrored, place)) => {
            let message = "one environment would no longer have the addresses of the others";
            Err(Diagnostic::new(Code::Mirrored, message)
                .at(place.clone())
                .help("leave `--env` out: mirrored environments move together"))
        }
        _ => Ok(()),
    }
}
