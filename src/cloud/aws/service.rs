//! Functions, events and topics.

use indexmap::IndexMap;
use serde::Serialize;

use super::Policy;
use crate::cloud::{Asset, ResourceId, Term};

/// A function, outside of any VPC.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Function {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The language and its version.
    pub runtime: String,
    /// The file and the function in it that are called.
    pub handler: String,
    /// Its code.
    pub code: Asset,
    /// Seconds that it may take.
    pub timeout_seconds: u32,
    /// Its memory in MiB.
    pub memory_mib: u32,
    /// Its role's ARN.
    pub role: Term,
    /// What it is told.
    pub environment: IndexMap<String, Term>,
    /// The name of the log group that it writes to.
    pub log_group: Term,
}

/// Who may start a function.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Permission {
    /// Its id.
    pub id: ResourceId,
    /// The function's ARN.
    pub function: Term,
    /// The service that starts it.
    pub service: String,
    /// The ARN of the one thing in that service that may.
    pub source: Term,
}

/// An event of a bucket, and the function that it starts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EventRule {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The reason.
    pub description: String,
    /// Who tells of the event, as in `aws.s3`.
    pub source: String,
    /// What happened, as in `Object Created`.
    pub detail_type: String,
    /// The bucket's name.
    pub bucket: Term,
    /// The function's ARN.
    pub target: Term,
    /// The target's name in the rule.
    pub target_name: String,
}

/// A topic.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Topic {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The KMS key that its messages are encrypted with.
    pub kms_key: Term,
}

/// What a topic lets whom do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TopicPolicy {
    /// Its id.
    pub id: ResourceId,
    /// The topic's ARN.
    pub topic: Term,
    /// The policy.
    pub policy: Policy,
}

/// Who gets a topic's messages, by e-mail.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Subscription {
    /// Its id.
    pub id: ResourceId,
    /// The topic's ARN.
    pub topic: Term,
    /// The reason.
    pub why: String,
    /// The address.
    pub email: Term,
}
