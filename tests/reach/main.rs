//! What templates let through, and the proofs of it, by the public interface. One file for each promise.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod edits;
mod examples;
mod mutation;
mod stacks;
