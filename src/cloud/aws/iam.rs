//! Roles, users and groups of IAM, and what gives them their permissions.

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
    /// The ARNs of policies that stand elsewhere and say what more it may do: of AWS, or a [`ManagedPolicy`].
    pub managed: Vec<Term>,
    /// The ARN of the policy that says the most that it may do, whatever the others say
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>).
    pub boundary: Option<Term>,
}

/// A policy with an ARN. Whom the template gives it to has it among its own `managed`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ManagedPolicy {
    /// Its id.
    pub id: ResourceId,
    /// What it allows.
    pub policy: Policy,
}

/// A user.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct User {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: Term,
    /// What it may do.
    pub policy: Policy,
    /// As in [`Role`].
    pub managed: Vec<Term>,
    /// As in [`Role`].
    pub boundary: Option<Term>,
    /// The names of the groups that it is in.
    pub groups: Vec<Term>,
}

/// Users who may do the same. It is no principal itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct UserGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: Term,
    /// What its users may do.
    pub policy: Policy,
    /// As in [`Role`].
    pub managed: Vec<Term>,
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
