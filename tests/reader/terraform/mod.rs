//! Terraform, read back.

mod round_trip;
mod written;
