//! Functions, events and topics.

use indexmap::IndexMap;
use serde::Serialize;

use super::Policy;
use crate::cloud::{Asset, ResourceId, Term};

/// A function. In a VPC it has an [`Interface`](super::Interface) beside it.
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
    /// The action, as in `lambda:InvokeFunction`.
    pub action: String,
    /// Who may.
    #[serde(flatten)]
    pub caller: Caller,
    /// The ARN of the one thing that may, when the caller is a service; without it, any thing of that service may.
    pub source: Option<Term>,
    /// The account that this thing must be in.
    pub source_account: Option<Term>,
    /// The organization that the caller must be in.
    pub organization: Option<Term>,
}

/// Whom a [`Permission`] is for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// A service of AWS, as in `events.amazonaws.com`.
    Service(String),
    /// An account, or a principal by its ARN.
    Principal(Term),
    /// Everyone.
    Everyone,
}

/// An event, and what it starts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EventRule {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The reason.
    pub description: String,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// The ARN of what it starts.
    pub target: Term,
    /// The target's name in the rule.
    pub target_name: String,
    /// The ARNs of what it starts besides.
    pub more_targets: Vec<Term>,
}

/// What an [`EventRule`] waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// Something that happens in a bucket, or in every bucket that tells of it.
    Bucket {
        /// Who tells of it, as in `aws.s3`.
        source: String,
        /// What happened, as in `Object Created`.
        detail_type: String,
        /// The bucket's name; nothing for every bucket.
        bucket: Option<Term>,
    },
    /// A time, or any other event.
    Other {},
}

/// A topic.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Topic {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The KMS key that its messages are encrypted with, if any.
    pub kms_key: Option<Term>,
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

/// Who gets a topic's messages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Subscription {
    /// Its id.
    pub id: ResourceId,
    /// The topic's ARN.
    pub topic: Term,
    /// The reason.
    pub why: String,
    /// Whom they go to.
    #[serde(flatten)]
    pub subscriber: Subscriber,
}

/// Whom a [`Subscription`] sends a topic's messages to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscriber {
    /// An e-mail address.
    Email(Term),
    /// A function by its ARN.
    Function(Term),
    /// A queue by its ARN.
    Queue(Term),
    /// Anything else, by the protocol that SNS speaks to it.
    Other {
        /// The protocol, as in `https`.
        protocol: String,
        /// Its address.
        endpoint: Term,
    },
}
