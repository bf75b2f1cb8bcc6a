//! Terraform, as HCL or as the JSON of a plan or a state, into resources of a cloud.
//!
//! Two steps: from the text to a [`tree`], which is the same for every provider and every way of writing, and from the tree
//! to the resources of one provider. An argument is read into its place in the typed resource, or known to let nothing
//! pass, or noted as unknown: there is no fourth way.

mod context;
mod hcl;
mod names;
mod properties;
pub mod tree;
