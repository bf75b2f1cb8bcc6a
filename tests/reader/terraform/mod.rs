//! Terraform, read back.

mod azurerm;
mod mutation;
mod round_trip;
mod written;
