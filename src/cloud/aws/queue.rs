//! Queues and what they let whom do.

use serde::Serialize;

use super::Policy;
use crate::cloud::{ResourceId, Term};

/// A queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Queue {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The KMS key that its messages are encrypted with; SQS has keys of its own.
    pub kms_key: Option<Term>,
    /// The ARN of the queue that gets what nobody could read.
    pub dead_letters: Option<Term>,
}

/// What a queue lets whom do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct QueuePolicy {
    /// Its id.
    pub id: ResourceId,
    /// The queue's URL.
    pub queue: Term,
    /// The policy.
    pub policy: Policy,
}
