//! Promises to users, held against the real binary. One file for each promise.

mod bad_input;
mod build;
mod examples;
mod hostile;
mod json;
mod new;
mod run;
mod stable_addresses;
