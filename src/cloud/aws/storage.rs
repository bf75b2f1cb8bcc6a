//! Buckets and what they let whom do.

use serde::Serialize;

use super::Policy;
use crate::cloud::{ResourceId, Term};

/// A bucket.
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
    /// What no policy and no ACL can open.
    pub public_access: PublicAccessBlock,
    /// Whether old versions are kept, for a time or for ever.
    pub versioned: bool,
    /// Who owns an object, and whether ACLs count.
    pub ownership: Ownership,
    /// The ACL that AWS knows by this name, where the template asks for one.
    pub acl: Option<String>,
    /// Whom the bucket itself tells of its objects.
    pub notifications: Vec<Notification>,
}

/// What is refused whatever a policy or an ACL says:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "S3 has these four switches, each on its own"
)]
pub struct PublicAccessBlock {
    /// Nobody can set a public ACL any more.
    pub block_acls: bool,
    /// Public ACLs do not count.
    pub ignore_acls: bool,
    /// Nobody can set a public policy any more.
    pub block_policy: bool,
    /// A public policy counts for the bucket's own account and for services only.
    pub restrict_buckets: bool,
}

impl PublicAccessBlock {
    /// All four, as a bucket has them of which nothing is said.
    pub const ALL: Self = Self {
        block_acls: true,
        ignore_acls: true,
        block_policy: true,
        restrict_buckets: true,
    };
}

/// Who owns an object: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// The bucket's owner, and ACLs do not count.
    Enforced,
    /// The bucket's owner, if whoever writes it agrees. ACLs count.
    Preferred,
    /// Whoever writes it. ACLs count.
    Writer,
}

/// Whom a bucket tells what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Notification {
    /// What happened, as in `s3:ObjectCreated:*`.
    pub event: String,
    /// The ARN of the function, queue or topic.
    pub target: Term,
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
