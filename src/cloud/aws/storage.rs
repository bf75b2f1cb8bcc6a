//! Buckets and what they let whom do.

use serde::Serialize;

use super::Policy;
use crate::cloud::{ResourceId, Term};

/// A bucket. Public access is blocked, old versions are kept for a time or for ever, and only its owner owns what is in it: none of
/// that can be turned off here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Bucket {
    /// Its id.
    pub id: ResourceId,
    /// Its name, unique in all of AWS.
    pub name: Term,
    /// The KMS key's ARN, or S3's own keys.
    pub kms_key: Option<Term>,
    /// Days after which an object that has been superseded is deleted. A bucket that archives keeps every version: an
    /// original whose key was used again is an original still.
    pub keep_old_versions_days: Option<u32>,
    /// Days after which an upload that was never finished is deleted.
    pub abort_uploads_days: u32,
    /// What moves an object to the archive.
    pub archive: Option<Archive>,
    /// Whether `EventBridge` hears of its objects.
    pub events: bool,
}

/// The tag that moves every version of an object to Glacier within a day, however small it is:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Archive {
    /// The tag's key.
    pub key: String,
    /// The tag's value.
    pub value: String,
}

/// What a bucket lets whom do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BucketPolicy {
    /// Its id.
    pub id: ResourceId,
    /// The bucket's name.
    pub bucket: Term,
    /// The policy.
    pub policy: Policy,
}
