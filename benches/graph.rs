//! How long it takes to make the rules of a thousand tiers, and to prune ten thousand rules of one group.

use divan::Bencher;
use indexmap::IndexMap;
use patternbook::net::{Cidr, Port, Ports, Traffic};
use patternbook::plan::graph::{Direction, End, Rule, groups, prune};
use patternbook::plan::{Allow, Cloud, Flow, Peer, Plan, Tier};
use patternbook::spec::Renames;

const TIERS: u64 = 1_000;
const FLOWS: u32 = 3_000;

fn main() {
    divan::main();
}

/// A number that looks random and is the same on every run.
fn number(n: u32) -> u64 {
    // The finalizer of SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
    let n = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn tier(number: u64) -> String {
    format!("tier_{}", number % TIERS)
}

/// TCP to up to a hundred ports of the lowest thousand, so that some ranges cover others.
fn traffic(number: u64) -> Traffic {
    let port = |number: u64| {
        i64::try_from(number)
            .ok()
            .and_then(Port::new)
            .unwrap_or(Port::MAX)
    };
    let first = number % 1_000 + 1;
    let last = first + (number >> 16) % 100;
    Traffic::Tcp(Ports::new(port(first), port(last)).unwrap_or(Ports::ALL))
}

fn why(slot: u32) -> String {
    format!("The reason of the flow at {slot}.")
}

fn flow(slot: u32) -> Flow {
    let number = number(slot);
    Flow {
        from: Peer::Named(tier(number >> 32)),
        to: Peer::Named(tier(number >> 48)),
        allow: Allow::Traffic(traffic(number)),
        why: why(slot),
        through: None,
        per_instance: None,
        slot,
    }
}

fn plan() -> Plan {
    let tiers = (0..TIERS).map(|number| Tier {
        name: tier(number),
        network: "main".into(),
        subnet: "main".into(),
        machines: None,
    });
    Plan {
        stack: "bench".into(),
        environment: None,
        pattern: "bench".into(),
        version: "1.0.0".into(),
        title: "A bench".into(),
        cloud: Cloud::Aws,
        region: None,
        tags: IndexMap::new(),
        parameters: IndexMap::new(),
        networks: Vec::new(),
        datacenter: None,
        tied: false,
        tiers: tiers.map(|tier| (tier.name.clone(), tier)).collect(),
        services: IndexMap::new(),
        flows: (1..=FLOWS).map(flow).collect(),
        guarantees: Vec::new(),
        renamed: Renames::default(),
    }
}

fn rule(slot: u32, end: End) -> Rule {
    Rule {
        direction: Direction::Ingress,
        slot,
        end,
        traffic: traffic(number(slot)),
        why: why(slot),
        through: None,
    }
}

/// Blocks from /8 to /32 in one /8, which hold one another often.
#[expect(
    clippy::expect_used,
    reason = "a bench that measures a failure measures nothing"
)]
fn block(slot: u32) -> Cidr {
    let number = number(slot.rotate_left(16));
    let address = 0x0a00_0000 | u32::try_from(number & 0x00ff_ffff).unwrap_or(0);
    let prefix_len = u8::try_from(8 + (number >> 32) % 25).unwrap_or(32);
    Cidr::holding(std::net::Ipv4Addr::from(address).into(), prefix_len).expect("a prefix length")
}

#[divan::bench]
fn a_thousand_tiers_with_three_thousand_flows(bencher: Bencher<'_, '_>) {
    let plan = plan();
    bencher.bench_local(|| groups(&plan));
}

const COUNTS: [u32; 3] = [1_000, 10_000, 100_000];

fn run(bencher: Bencher<'_, '_>, count: u32, end: impl Fn(u32) -> End) {
    let rules: Vec<_> = (1..=count).map(|slot| rule(slot, end(slot))).collect();
    bencher
        .with_inputs(|| rules.clone())
        .bench_local_values(prune);
}

#[divan::bench(args = COUNTS)]
fn pruning_rules_for_groups(bencher: Bencher<'_, '_>, count: u32) {
    run(bencher, count, |slot| End::Group(tier(number(slot) >> 32)));
}

#[divan::bench(args = COUNTS)]
fn pruning_rules_for_blocks_in_blocks(bencher: Bencher<'_, '_>, count: u32) {
    run(bencher, count, |slot| End::Block(block(slot)));
}

/// Nothing covers anything here, so nothing is taken away early.
#[divan::bench(args = COUNTS)]
fn pruning_what_cannot_be_pruned(bencher: Bencher<'_, '_>, count: u32) {
    run(bencher, count, |slot| {
        let address = std::net::Ipv4Addr::from(0x0a00_0000 | slot);
        End::Block(ipnet::Ipv4Net::from(address).into())
    });
}
