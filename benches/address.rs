//! How long it takes to give a hundred thousand blocks their place, or to leave them where they are.

use std::collections::BTreeMap;

use divan::Bencher;
use patternbook::net::Cidr;
use patternbook::plan::address::{Request, Space, allocate};

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BLOCKS: usize = 100_000;

fn main() {
    divan::main();
}

/// Numbers that look random and are the same on every run.
fn numbers() -> impl Iterator<Item = u64> {
    (1_u64..).map(|n| {
        // The finalizer of SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
        let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    })
}

/// From /20 to /30. The big ones are rare, so that everything fits a /8 and little is left.
fn prefix_len(number: u64) -> u8 {
    match number % 100 {
        0 => 20,
        1 => 21,
        2 => 22,
        3 => 23,
        other => [24, 25, 26, 27, 28, 29, 30][usize::try_from(other).unwrap_or(0) % 7],
    }
}

fn requests(key: impl Fn(u64) -> String, generations: u64) -> Vec<Request> {
    numbers()
        .take(BLOCKS)
        .map(|number| Request {
            key: key(number),
            prefix_len: prefix_len(number),
            since: u32::try_from((number >> 32) % generations).unwrap_or(0),
        })
        .collect()
}

#[expect(
    clippy::expect_used,
    reason = "a bench that measures a failure measures nothing"
)]
fn run(bencher: Bencher<'_, '_>, requests: &[Request]) {
    let network: [Cidr; 1] = ["10.0.0.0/8".parse().expect("a CIDR block")];
    let space = Space {
        blocks: &network,
        avoid: &[],
    };
    let nothing = BTreeMap::new();
    bencher
        .with_inputs(|| requests.to_vec())
        .bench_values(|requests| allocate(space, requests, &nothing).expect("everything fits"));
}

/// What a ledger recorded stays, beside a thousand ranges that others have; a tenth of the blocks are new.
#[expect(
    clippy::expect_used,
    reason = "a bench that measures a failure measures nothing"
)]
fn run_recorded(bencher: Bencher<'_, '_>, new: usize) {
    let network: [Cidr; 1] = ["10.0.0.0/7".parse().expect("a CIDR block")];
    let forbidden: Vec<Cidr> = (0_u32..1000)
        .map(|at| std::net::Ipv4Addr::from(0x0a00_0000 + (at << 14)))
        .map(|first| Cidr::holding(first.into(), 24).expect("a CIDR block"))
        .collect();
    let space = Space {
        blocks: &network,
        avoid: &forbidden,
    };
    let requests = requests(|number| format!("network/{number:016x}"), 1);
    let nothing = BTreeMap::new();
    let before = requests[new..].to_vec();
    let given = allocate(space, before, &nothing).expect("everything fits");
    let held = given.blocks.into();
    bencher
        .with_inputs(|| requests.clone())
        .bench_values(|requests| allocate(space, requests, &held).expect("everything fits"));
}

#[divan::bench]
fn all_recorded_beside_forbidden(bencher: Bencher<'_, '_>) {
    run_recorded(bencher, 0);
}

#[divan::bench]
fn most_recorded_beside_forbidden(bencher: Bencher<'_, '_>) {
    run_recorded(bencher, BLOCKS / 10);
}

#[divan::bench]
fn random_keys(bencher: Bencher<'_, '_>) {
    run(bencher, &requests(|number| format!("{number:016x}"), 1));
}

/// Keys of one network tend to begin alike, which makes them slow to compare.
#[divan::bench]
fn keys_that_begin_alike(bencher: Bencher<'_, '_>) {
    run(
        bencher,
        &requests(|number| format!("network/production/{number:016x}"), 1),
    );
}

#[divan::bench]
fn ten_generations(bencher: Bencher<'_, '_>) {
    run(bencher, &requests(|number| format!("{number:016x}"), 10));
}
