//! Promises to users, held against the real binary. One file for each promise.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod bad_input;
mod blocks;
mod build;
mod diff;
mod disk;
mod environments;
mod errors;
mod examples;
mod forbidden;
mod formats;
mod growth;
mod hostile;
mod ipv6;
mod ipv6_aws;
mod json;
mod launch;
mod ledger;
mod new;
mod numbers;
mod pipelines;
mod progress;
mod prove;
mod reach;
mod renames;
mod run;
mod schema;
mod shell;
mod show;
mod stable_addresses;
mod update;
#[cfg(unix)]
mod wizard;
