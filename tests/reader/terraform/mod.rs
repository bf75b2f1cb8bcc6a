//! Terraform, read back.

mod azurerm;
mod foreign;
mod hostile;
mod mutation;
mod plan;
mod refused;
mod round_trip;
mod written;

pub(crate) use azurerm::read_text as read_azurerm;
