//! `patternbook plan`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::catalog::Catalog;
use super::forbidden::{Forbid, Ranges};
use super::ledgers::{Ledgers, Use};
use super::output::Table;
use super::report::{Exit, Failure, Report};
use super::{Answer, Global, emit, input};
use crate::plan::{Network, Plan, expand_in};

/// Shows the address plan and the flows of a stack, and writes nothing
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The stack's file, or `-` for standard input
    #[arg(value_name = "STACK")]
    stack: PathBuf,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Answer,
    #[command(flatten)]
    forbid: Forbid,
}

pub(super) fn run(args: &Args, global: &Global, _: &Report) -> Result<Exit, Failure> {
    let catalog = Catalog::open(global)?;
    let stack = input::stack(&args.stack)?;
    let pattern = catalog.pattern(&stack.pattern, Some(&stack.pattern_place))?;
    let ledgers = Ledgers::open([&args.stack], Use::Read)?;
    let mut surroundings = ledgers.around(&args.stack, &stack);
    surroundings.forbidden = Ranges::open(&args.forbid)?.of(&args.stack, &stack)?;
    let plan = expand_in(&pattern, &stack, &surroundings)?;
    // A plan that its cloud would refuse is none.
    emit::lower(&plan, &stack)?;
    match args.format {
        Answer::Json => Report::json(&as_json(&plan))?,
        Answer::Text => Report::result(&as_text(&plan))?,
    }
    Ok(Exit::Done)
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
            json!({
                "name": subnet.name,
                "zone": subnet.zone,
                "cidr": subnet.cidr,
                // More than 2^53 addresses are in no IPv4 network.
                "usable": u64::try_from(subnet.usable).unwrap_or(u64::MAX),
            })
        })
        .collect();
    json!({
        "name": network.name,
        "cidrs": network.cidrs,
        "subnets": subnets,
        "free": network.free,
    })
}

fn as_text(plan: &Plan) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{}: {} {} ({})\n",
        plan.stack,
        plan.pattern,
        plan.version,
        format!("{:?}", plan.cloud).to_lowercase()
    );
    for network in &plan.networks {
        let cidrs: Vec<_> = network.cidrs.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "Network {} {}", network.name, cidrs.join(", "));
        let mut table = Table::new(["  SUBNET", "ZONE", "CIDR BLOCK", "USABLE ADDRESSES"]);
        for subnet in network.subnets.iter().flat_map(|group| &group.members) {
            table.row([
                format!("  {}", subnet.name),
                subnet
                    .zone
                    .map_or_else(|| "-".to_owned(), |zone| zone.to_string()),
                subnet.cidr.to_string(),
                subnet.usable.to_string(),
            ]);
        }
        let free: Vec<_> = network.free.iter().map(ToString::to_string).collect();
        let free = if free.is_empty() {
            "nothing".to_owned()
        } else {
            free.join(", ")
        };
        let _ = writeln!(out, "{table}  free: {free}\n");
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
