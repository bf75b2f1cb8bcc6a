//! `patternbook plan`

mod rows;
mod tree;
mod what_if;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value as Json, json};

use super::catalog::Catalog;
use super::forbidden::{Forbid, Ranges};
use super::jobs::{self, Job, Known};
use super::ledgers::{Ledgers, Use};
use super::output::Table;
use super::report::{Exit, Failure, Report};
use super::{Answer, Global, emit};
use crate::plan::{Ipv6Block, Network, Plan};

/// Shows the address plan and the flows of a stack, and writes nothing
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook plan vpc.yaml\n  patternbook plan vpc.yaml --what-if zones=3 --what-if add-subnet=cache:/26"
)]
pub(super) struct Args {
    /// The stack's file, or `-` for standard input
    #[arg(value_name = "STACK")]
    stack: PathBuf,
    /// The environment to show, when the stack has several
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Says what would become of the addresses if this changed: `zones=3` or another parameter, `hosts.app=500`,
    /// `size.app=/23`, `add-subnet=cache:/26`. May be given several times
    #[arg(long, value_name = "CHANGE")]
    what_if: Vec<String>,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlanFormat,
    #[command(flatten)]
    forbid: Forbid,
}

impl Args {
    /// How mistakes are told.
    pub(super) fn answer(&self) -> Answer {
        match self.format {
            PlanFormat::Json => Answer::Json,
            PlanFormat::Text | PlanFormat::Csv => Answer::Text,
        }
    }
}

/// How a plan is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum PlanFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// The networks, subnets and free blocks alone, for an IPAM or a spreadsheet
    Csv,
}

pub(super) fn run(args: &Args, global: &Global, _: &Report) -> Result<Exit, Failure> {
    let catalog = Catalog::open(global)?;
    let ledgers = Ledgers::open([&args.stack], Use::Read)?;
    let known = Known {
        catalog: &catalog,
        ledgers: &ledgers,
        ranges: &Ranges::open(&args.forbid)?,
    };
    let environment = args.env.as_ref();
    if !args.what_if.is_empty() {
        let what = "what would become of its addresses";
        let job = jobs::read_one(&args.stack, environment, known, what)?;
        return what_if::run(&args.what_if, &job, args.format == PlanFormat::Json);
    }
    match args.format {
        PlanFormat::Json => {
            let what = "an answer in JSON";
            let job = jobs::read_one(&args.stack, environment, known, what)?;
            Report::json(&as_json(&plan(&job)?))?;
        }
        PlanFormat::Text | PlanFormat::Csv => {
            let jobs = jobs::read_some(&args.stack, environment, known)?;
            let plans = jobs::each(&jobs, plan)?;
            if args.format == PlanFormat::Csv {
                Report::result(&rows::text(&plans)?)?;
            } else {
                let texts: Vec<_> = plans.iter().map(as_text).collect();
                Report::result(&texts.join("\n"))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// What a stack means to its cloud. A plan that its cloud would refuse is none.
fn plan(job: &Job<'_>) -> Result<Plan, Failure> {
    let plan = job.plan()?;
    emit::lower(&plan, &job.stack)?;
    Ok(plan)
}

fn as_json(plan: &Plan) -> Json {
    json!({
        "schema_version": 1,
        "stack": plan.stack,
        "environment": plan.environment,
        "pattern": plan.pattern,
        "version": plan.version,
        "cloud": plan.cloud,
        "networks": plan.networks.iter().map(network_json).collect::<Vec<_>>(),
        "flows": plan.flows,
        "guarantees": plan.guarantees.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn network_json(network: &Network) -> Json {
    let subnets = network.subnets.iter().flat_map(|group| &group.members);
    let subnets: Vec<_> = subnets
        .map(|subnet| {
            let mut json = json!({
                "name": subnet.name,
                "zone": subnet.zone,
                "cidr": subnet.cidr,
                // More than 2^53 addresses are in no IPv4 network.
                "usable": u64::try_from(subnet.usable).unwrap_or(u64::MAX),
            });
            match subnet.ipv6 {
                Some(Ipv6Block::Known(block)) => json["ipv6"] = json!(block),
                Some(Ipv6Block::Part(number)) => json["ipv6_number"] = json!(number),
                None => {}
            }
            json
        })
        .collect();
    let usage = tree::Usage::of(network);
    // More than 2^53 addresses are in no IPv4 network.
    let count = |addresses: u128| u64::try_from(addresses).unwrap_or(u64::MAX);
    let mut json = json!({
        "name": network.name,
        "cidrs": network.cidrs,
        "subnets": subnets,
        "free": network.free,
        "largest_free": usage.largest_free,
        "addresses": {
            "total": count(usage.total),
            "subnets": count(usage.given),
            "kept": count(usage.kept()),
            "free": count(usage.free),
        },
    });
    if let Some(ipv6) = &network.ipv6 {
        json["ipv6"] = match ipv6.space.known() {
            Some(block) => json!({ "cidr": block, "free": ipv6.free }),
            None => {
                json!({ "cidr": crate::spec::PROVIDED, "free_subnets": tree::subnets(&ipv6.free) })
            }
        };
    }
    json
}

fn as_text(plan: &Plan) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{}: {} {} ({})\n",
        plan.name(),
        plan.pattern,
        plan.version,
        format!("{:?}", plan.cloud).to_lowercase()
    );
    for network in &plan.networks {
        out.push_str(&tree::text(network));
        out.push('\n');
    }
    let mut table = Table::new(["  FROM", "TO", "ALLOW", "THROUGH", "WHY"]);
    for flow in &plan.flows {
        table.row([
            format!("  {}", flow.from),
            flow.to.to_string(),
            flow.allow.to_string(),
            flow.through.clone().unwrap_or_else(|| "-".to_owned()),
            flow.why.clone(),
        ]);
    }
    let _ = writeln!(out, "Flows: these, and no others\n{table}");
    out.push_str("Guarantees\n");
    for guarantee in &plan.guarantees {
        let _ = writeln!(out, "  {guarantee}");
    }
    out
}
