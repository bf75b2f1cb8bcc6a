//! `patternbook` turns approved cloud network patterns into CloudFormation, ARM and Terraform templates.
//!
//! The rooms and what each may know are in `ARCHITECTURE.md`.
#![forbid(unsafe_code)]

pub mod net;
pub mod plan;
