//! Resources of which only the type is read.

use serde::Serialize;

use crate::cloud::ResourceId;

/// A resource of a type that has no place of its own here. It stands for itself where others name it, so that a rule or a
/// statement about it is not lost with it. What it does itself, a reader notes as unknown, unless it is known to let
/// nothing pass.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Other {
    /// Its id.
    pub id: ResourceId,
    /// The provider's type, as in `AWS::DynamoDB::Table`.
    pub what: String,
}
