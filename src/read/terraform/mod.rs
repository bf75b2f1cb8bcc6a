//! Terraform, as HCL or as the JSON of a plan or a state, into resources of a cloud.
//!
//! Two steps: from the text to a [`tree`], which is the same for every provider and every way of writing, and from the tree
//! to the resources of one provider. An argument is read into its place in the typed resource, or known to let nothing
//! pass, or noted as unknown: there is no fourth way.

mod aws;
mod azurerm;
mod base64;
mod context;
mod hcl;
mod names;
mod plan;
mod properties;
pub mod tree;

use std::sync::Arc;

use super::Reading;
use crate::cloud::aws::Resource as AwsResource;
use crate::cloud::azure::Resource as AzureResource;
use crate::diag::{Diagnostics, Source};

/// Reads the files of a folder for the provider hashicorp/aws, with those of the modules that it calls by a path: `*.tf`,
/// `terraform.tfvars` and `*.auto.tfvars`. Each is named by its path. The folder nearest to the top is the root module.
///
/// # Errors
/// When there is no `.tf` file, and when Terraform or AWS refuses what is written: a text that is no HCL, a reference to
/// nothing, a circle of references, an address that two things have, a CIDR block that is none.
pub fn read_aws(files: &[Arc<Source>]) -> Result<Reading<AwsResource>, Diagnostics> {
    aws::read(&hcl::read(files)?)
}

/// Reads the files of a folder as [`read_aws`] does, for the provider hashicorp/azurerm.
///
/// # Errors
/// As [`read_aws`].
pub fn read_azurerm(files: &[Arc<Source>]) -> Result<Reading<AzureResource>, Diagnostics> {
    azurerm::read(&hcl::read(files)?)
}

/// Reads a plan or a state as `terraform show -json` writes it, for the provider hashicorp/aws.
///
/// # Errors
/// When it is no JSON, or neither a plan nor a state, or when an address is there twice.
pub fn read_aws_plan(source: &Arc<Source>) -> Result<Reading<AwsResource>, Diagnostics> {
    aws::read(&plan::read(source)?)
}

/// Reads a plan or a state as [`read_aws_plan`] does, for the provider hashicorp/azurerm.
///
/// # Errors
/// As [`read_aws_plan`].
pub fn read_azurerm_plan(source: &Arc<Source>) -> Result<Reading<AzureResource>, Diagnostics> {
    azurerm::read(&plan::read(source)?)
}
