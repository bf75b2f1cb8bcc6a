//! Terraform, read back.

mod mutation;
mod round_trip;
mod written;
