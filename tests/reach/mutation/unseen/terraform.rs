//! What lets the same pass in Terraform for AWS.

use super::Equivalent;

pub(super) const EQUIVALENT: &[Equivalent] = &[];
