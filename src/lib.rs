//! `patternbook` turns approved cloud network patterns into CloudFormation, ARM and Terraform templates.
//!
//! The rooms and what each may know are in `ARCHITECTURE.md`.
#![forbid(unsafe_code)]

pub mod cli;
pub mod cloud;
pub mod diag;
pub mod findings;
pub mod ledger;
pub mod net;
pub mod plan;
pub mod reach;
pub mod read;
pub mod render;
pub mod schema;
pub mod spec;
pub mod yaml;
