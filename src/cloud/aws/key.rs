//! Keys of KMS.

use serde::Serialize;

use super::Policy;
use crate::cloud::{ResourceId, Term};

/// A key. Its policy alone says who may use it: a policy of IAM counts only where this one lets the account decide
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Key {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// What it lets whom do.
    pub policy: Policy,
}

/// A name of a key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct KeyAlias {
    /// Its id.
    pub id: ResourceId,
    /// The name, which begins with `alias/`.
    pub name: Term,
    /// The key.
    pub key: Term,
}
