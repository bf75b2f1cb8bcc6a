//! Buckets: one resource of ours, which the provider writes as one resource and several beside it.
//!
//! Older configurations write all of it into the bucket; the same blocks are read there.

use super::assembly::Read;
use super::policy::policy;
use crate::cloud::aws::{Archive, Bucket, BucketPolicy};
use crate::cloud::{ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket>
pub(super) fn bucket(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["tags", "tags_all", "force_destroy", "bucket_prefix", "object_lock_enabled"]);
    let name = of.or("bucket", Context::term, Term::Text(String::new()));
    Ok(Bucket {
        id,
        name,
        kms_key: None,
        keep_old_versions_days: None,
        abort_uploads_days: 0,
        archive: None,
        events: false,
    }
    .into())
}

/// A part of a bucket that stands beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum BucketPart {
    PublicAccess,
    Ownership,
    Encryption,
    Versions,
    Lifecycle,
    Notification,
}

impl BucketPart {
    /// The part that a type of resource is.
    pub(super) fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "aws_s3_bucket_public_access_block" => Self::PublicAccess,
            "aws_s3_bucket_ownership_controls" => Self::Ownership,
            "aws_s3_bucket_server_side_encryption_configuration" => Self::Encryption,
            "aws_s3_bucket_versioning" => Self::Versions,
            "aws_s3_bucket_lifecycle_configuration" => Self::Lifecycle,
            "aws_s3_bucket_notification" => Self::Notification,
            _ => return None,
        })
    }

    /// Why a bucket without this part is not what our buckets are; nothing where it is the same.
    ///
    /// New buckets block public access, and encrypt with S3's own keys, even when nothing is said:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
    pub(super) fn missing(self) -> Option<&'static str> {
        match self {
            Self::Ownership => Some("`aws_s3_bucket_ownership_controls` is missing"),
            Self::Versions => Some("`aws_s3_bucket_versioning` is missing"),
            _ => None,
        }
    }

    /// Puts what stands beside a bucket into it.
    pub(super) fn read(self, of: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Result<()> {
        of.ignore(&["expected_bucket_owner", "skip_destroy"]);
        match self {
            Self::PublicAccess => closed_to_the_public(of),
            Self::Ownership => {
                let mut rule = of.block_needed("rule");
                rule.fixed("object_ownership", "BucketOwnerEnforced", false);
            }
            Self::Encryption => bucket.kms_key = encryption(of),
            Self::Versions => {
                let mut versions = of.block_needed("versioning_configuration");
                versions.fixed("status", "Enabled", false);
            }
            Self::Lifecycle => lifecycle(of, bucket)?,
            Self::Notification => {
                bucket.events = of.or("eventbridge", Context::boolean, false);
            }
        }
        Ok(())
    }
}

/// What is left out is off: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_public_access_block>.
fn closed_to_the_public(of: &mut Properties<'_, '_>) {
    for key in [
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
    ] {
        of.fixed(key, "true", false);
    }
}

/// The key of KMS; nothing where S3's own keys are used.
fn encryption(of: &mut Properties<'_, '_>) -> Option<Term> {
    let mut rule = of.block_needed("rule");
    rule.ignore(&["bucket_key_enabled"]);
    let mut default = rule.block_needed("apply_server_side_encryption_by_default");
    if default.has("kms_master_key_id") {
        default.fixed("sse_algorithm", "aws:kms", false);
        let unread = Term::Text(String::new());
        return Some(default.or("kms_master_key_id", Context::term, unread));
    }
    default.fixed("sse_algorithm", "AES256", false);
    None
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_lifecycle_configuration>
fn lifecycle(of: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Result<()> {
    for mut rule in of.blocks("rule") {
        lifecycle_rule(&mut rule, bucket)?;
    }
    // An archive of originals takes the small ones too; without one, nothing is moved that could be too small.
    let key = "transition_default_minimum_object_size";
    if bucket.archive.is_some() {
        of.fixed(key, "varies_by_storage_class", false);
    } else {
        of.ignore(&[key]);
    }
    Ok(())
}

fn lifecycle_rule(rule: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Result<()> {
    rule.ignore(&["id"]);
    rule.fixed("status", "Enabled", false);
    let mut filter = rule.block("filter");
    if let Some(mut old) = rule.block("noncurrent_version_expiration") {
        bucket.keep_old_versions_days = Some(old.need("noncurrent_days", Context::number)?);
    }
    if let Some(mut uploads) = rule.block("abort_incomplete_multipart_upload") {
        bucket.abort_uploads_days = uploads.need("days_after_initiation", Context::number)?;
    }
    if let Some(mut transition) = rule.block("transition") {
        transition.fixed("storage_class", "GLACIER", false);
        transition.fixed("days", "0", false);
        let mut superseded = rule.block_needed("noncurrent_version_transition");
        superseded.fixed("storage_class", "GLACIER", false);
        superseded.fixed("noncurrent_days", "1", false);
        let tag = filter.as_mut().and_then(|filter| filter.block("tag"));
        let Some(mut tag) = tag else {
            return Err(rule.missing("there is a place for an archive of what has a tag only"));
        };
        bucket.archive = Some(Archive {
            key: tag.need("key", Context::text)?,
            value: tag.need("value", Context::text)?,
        });
    }
    Ok(())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy>
pub(super) fn bucket_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "policy")?;
    let bucket = of.need("bucket", Context::term)?;
    Ok(Read::from(BucketPolicy { id, bucket, policy }).statements(places))
}
