//! What templates let through, and the proofs of it, by the public interface. One file for each promise.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
#![allow(
    clippy::print_stdout,
    reason = "the report of the mutations is for whoever runs the tests"
)]

mod agreement;
mod edits;
mod examples;
mod fixtures;
mod hostile;
mod mutation;
mod same;
mod stacks;
mod walker;
mod walks;
