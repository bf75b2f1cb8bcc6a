//! Roles and instance profiles.

use serde::Serialize;

use super::Policy;
use crate::cloud::{ResourceId, Term};

/// A role with all that it may do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Role {
    /// Its id.
    pub id: ResourceId,
    /// Its name. Roles belong to the account and not to a region, so that the name holds the region.
    pub name: Term,
    /// What it is for.
    pub description: String,
    /// Who may take it.
    pub trust: Policy,
    /// What it may do.
    pub policy: Policy,
}

/// What gives a role to an instance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct InstanceProfile {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: Term,
    /// The role's name.
    pub role: Term,
}
