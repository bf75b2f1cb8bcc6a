//! What a new stack would clash with: what the ledger beside it has given to others, and the ranges that nothing may use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::given::{Given, Values};
use crate::cli::catalog::Catalog;
use crate::cli::emit;
use crate::cli::forbidden::{Forbid, Ranges};
use crate::cli::jobs::{self, Known};
use crate::cli::ledgers::{Ledgers, Use};
use crate::cli::report::Failure;
use crate::diag::{Code, Diagnostic, Diagnostics, Source};
use crate::net::Cidr;
use crate::plan::{Cloud, Fenced, Surroundings};
use crate::spec::{Pattern, Stack};
use crate::yaml::{self, Kind, Node};

/// The ground on which a stack is made.
pub(super) struct Ground {
    catalog: Catalog,
    pattern: Arc<Pattern>,
    path: PathBuf,
    ledgers: Ledgers,
    ranges: Ranges,
    /// The parameters with the address space of the network.
    networks: Vec<String>,
    /// The parameters with the ranges of the datacenter, which ties the network to others.
    datacenter: Vec<String>,
}

impl Ground {
    /// Reads what is around a stack in the folder of `path`.
    pub(super) fn open(
        catalog: Catalog,
        pattern: &Arc<Pattern>,
        path: &Path,
        forbid: &Forbid,
    ) -> Result<Self, Failure> {
        let path = path.to_owned();
        let body = &pattern.body;
        let datacenter = body.datacenter.as_ref();
        Ok(Self {
            ledgers: Ledgers::open([&path], Use::Read)?,
            ranges: Ranges::open(forbid)?,
            networks: named(body.network.get("cidr")),
            datacenter: named(datacenter.and_then(|it| it.get("ranges"))),
            catalog,
            pattern: Arc::clone(pattern),
            path,
        })
    }

    /// Holds values one after the other against what others have, and against each other.
    pub(super) fn check_each(&self, stack: &str, values: &Values) -> Result<(), Diagnostics> {
        let mut diags = Diagnostics::new();
        let mut settled = Values::new();
        for (name, given) in values {
            if let Err(wrong) = self.check(stack, name, given, &settled) {
                diags.extend(wrong);
            }
            settled.insert(name.clone(), given.clone());
        }
        diags.into_result(())
    }

    /// Holds one value against what others have, and against the values that are `settled`.
    pub(super) fn check(
        &self,
        stack: &str,
        parameter: &str,
        given: &Given,
        settled: &Values,
    ) -> Result<(), Diagnostics> {
        let blocks = blocks(given);
        let mut diags = Diagnostics::new();
        if self.networks.iter().any(|it| it == parameter) {
            self.refuse_network(stack, &blocks, given, settled, &mut diags);
        }
        if self.datacenter.iter().any(|it| it == parameter) {
            let networks = settled_blocks(&self.networks, settled);
            for (network, range) in overlaps(&networks, &blocks) {
                diags.push(with_datacenter(network, range, given));
            }
        }
        diags.into_result(())
    }

    fn refuse_network(
        &self,
        stack: &str,
        blocks: &[Cidr],
        given: &Given,
        settled: &Values,
        diags: &mut Diagnostics,
    ) {
        let ranges = settled_blocks(&self.datacenter, settled);
        for (network, range) in overlaps(blocks, &ranges) {
            diags.push(with_datacenter(network, range, given));
        }
        let surroundings = Surroundings {
            forbidden: self.ranges.always().to_vec(),
            ..Surroundings::default()
        };
        let is_tied = !self.datacenter.is_empty();
        let mut taken = ranges;
        if is_tied {
            taken.extend(self.ledgers.tied(&self.path, stack));
        }
        let fenced = Fenced::new(&surroundings, Cloud::of(&self.pattern), stack, &taken);
        fenced.refuse(blocks, &given.place, diags);
        for &block in blocks.iter().filter(|_| is_tied) {
            if let Some(clash) = self.ledgers.clash(&self.path, block, stack) {
                let help = match fenced.elsewhere(block) {
                    Some(free) => format!("choose another network: `{free}` is free"),
                    None => "choose another network, or a smaller one".to_owned(),
                };
                diags.push(clash.at(given.place.clone()).help(help));
            }
        }
    }

    /// Holds a whole stack against everything, as `plan` and `build` will. `text` is what its file would say.
    pub(super) fn check_all(&mut self, text: &str) -> Result<(), Failure> {
        let source = Source::new(&self.path.display().to_string(), text);
        let stack = Stack::read(&yaml::read(&source)?)?;
        let known = Known {
            catalog: &self.catalog,
            ledgers: &self.ledgers,
            ranges: &self.ranges,
        };
        let found = jobs::of(&self.path, stack, &[], known)?;
        let mut planned = Vec::new();
        for job in found.jobs {
            let plan = job.plan()?;
            emit::lower(&plan, &job.stack)?;
            planned.push((job.stack, plan));
        }
        for (stack, plan) in planned {
            self.ledgers
                .record(&self.path, &stack, &self.pattern, &plan);
        }
        let checked = self.ledgers.check();
        // What was recorded to be checked is no part of the ledger yet.
        self.ledgers = Ledgers::open([&self.path], Use::Read)?;
        checked
    }
}

/// The names of the parameters whose values stand here.
fn named(node: Option<&Node>) -> Vec<String> {
    match node.map(|node| &node.kind) {
        Some(Kind::String(text)) => text
            .strip_prefix('$')
            .map(ToOwned::to_owned)
            .into_iter()
            .collect(),
        Some(Kind::List(items)) => items.iter().flat_map(|item| named(Some(item))).collect(),
        Some(Kind::Map(_)) => named(node.and_then(|node| node.get("value"))),
        _ => Vec::new(),
    }
}

fn blocks(given: &Given) -> Vec<Cidr> {
    let items = given.value.items();
    items.iter().filter_map(|item| item.parse().ok()).collect()
}

fn settled_blocks(names: &[String], settled: &Values) -> Vec<Cidr> {
    let settled = names.iter().filter_map(|name| settled.get(name));
    settled.flat_map(blocks).collect()
}

fn overlaps(networks: &[Cidr], ranges: &[Cidr]) -> Vec<(Cidr, Cidr)> {
    let pairs = networks.iter().flat_map(|&network| {
        let ranges = ranges.iter().filter(move |range| network.overlaps(**range));
        ranges.map(move |&range| (network, range))
    });
    pairs.collect()
}

fn with_datacenter(network: Cidr, range: Cidr, given: &Given) -> Diagnostic {
    let message = format!("the network `{network}` overlaps `{range}` of the datacenter");
    Diagnostic::new(Code::Overlap, message)
        .at(given.place.clone())
        .help("what is in both could never be reached")
}
