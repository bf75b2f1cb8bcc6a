//! What is written is what is read: templates read back, by the public interface. One file for each promise.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
#![allow(
    clippy::print_stdout,
    reason = "the report of the mutations is for whoever runs the tests"
)]

mod arm;
mod arm_foreign;
mod arm_hostile;
mod arm_mutation;
mod arm_refused;
mod foreign;
mod hostile;
mod ipv6;
mod mutation;
mod round_trip;
mod samples;
mod terraform;
mod written;
