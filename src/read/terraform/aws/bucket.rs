//! Buckets: one resource of ours, which the provider writes as one resource and several beside it.
//!
//! Older configurations write all of it into the bucket; the same blocks are read there.

use super::assembly::Read;
use super::policy::policy;
use crate::cloud::aws::{
    Archive, Bucket, BucketPolicy, Kind, Notification, Ownership, PublicAccessBlock,
};
use crate::cloud::{ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::{Properties, word};

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket>
pub(super) fn bucket(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(INERT);
    let name = of.or("bucket", Context::term, Term::EMPTY);
    let begins = of.told("bucket_prefix");
    let nothing = Term::EMPTY;
    let policy = if of.has("policy") {
        Some(self::policy(of, "policy")?)
    } else {
        None
    };
    let policy = policy.map(|(policy, _)| BucketPolicy {
        id: id.child(crate::cloud::Kind::Aws(Kind::BucketPolicy), "policy"),
        bucket: id.id(),
        policy,
    });
    let mut bucket = Bucket {
        id,
        name: if name == nothing { begins } else { name },
        kms_key: None,
        keep_old_versions_days: None,
        abort_uploads_days: 0,
        archive: None,
        events: false,
        // What a bucket is of which nothing is said:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
        public_access: PublicAccessBlock::ALL,
        versioned: false,
        ownership: Ownership::Enforced,
        acl: of.maybe("acl", Context::text)?,
        notifications: Vec::new(),
    };
    if let Some(mut versions) = of.block("versioning") {
        versions.ignore(&["mfa_delete"]);
        bucket.versioned = versions.or("enabled", Context::boolean, false);
    }
    if let Some(mut all) = of.block("server_side_encryption_configuration") {
        bucket.kms_key = encryption(&mut all);
    }
    let place = of.place().clone();
    Ok(Read::from(bucket).beside(policy, &place))
}

/// What says how objects are kept, counted and shown, and not to whom. Rules of the older way delete or move what is there.
const INERT: &[&str] = &[
    "acceleration_status",
    "cors_rule",
    "force_destroy",
    "lifecycle_rule",
    "logging",
    "object_lock_configuration",
    "object_lock_enabled",
    "request_payer",
    "tags",
    "tags_all",
    "website",
];

/// A part of a bucket that stands beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum BucketPart {
    PublicAccess,
    Ownership,
    Encryption,
    Versions,
    Lifecycle,
    Notification,
    Acl,
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
            "aws_s3_bucket_acl" => Self::Acl,
            _ => return None,
        })
    }

    /// Puts what stands beside a bucket into it.
    pub(super) fn read(self, of: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Result<()> {
        of.ignore(&["expected_bucket_owner", "skip_destroy"]);
        match self {
            Self::PublicAccess => bucket.public_access = public_access(of)?,
            Self::Ownership => bucket.ownership = ownership(of)?,
            Self::Encryption => bucket.kms_key = encryption(of),
            Self::Versions => {
                of.ignore(&["mfa"]);
                let mut versions = of.block_needed("versioning_configuration");
                versions.ignore(&["mfa_delete"]);
                bucket.versioned = versions.label("status") == "Enabled";
            }
            Self::Lifecycle => lifecycle(of, bucket),
            Self::Notification => notifications(of, bucket)?,
            Self::Acl => bucket.acl = Some(of.need("acl", Context::text)?),
        }
        Ok(())
    }
}

/// What is left out is off: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_public_access_block>.
fn public_access(of: &mut Properties<'_, '_>) -> Result<PublicAccessBlock> {
    let mut is_on = |key| -> Result<bool> { Ok(of.maybe(key, Context::boolean)?.unwrap_or(false)) };
    Ok(PublicAccessBlock {
        block_acls: is_on("block_public_acls")?,
        ignore_acls: is_on("ignore_public_acls")?,
        block_policy: is_on("block_public_policy")?,
        restrict_buckets: is_on("restrict_public_buckets")?,
    })
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_ownership_controls>
fn ownership(of: &mut Properties<'_, '_>) -> Result<Ownership> {
    let mut rule = of.block_needed("rule");
    rule.need("object_ownership", |context, value| {
        let words = [
            ("BucketOwnerEnforced", Ownership::Enforced),
            ("BucketOwnerPreferred", Ownership::Preferred),
            ("ObjectWriter", Ownership::Writer),
        ];
        word(context, value, &words)
    })
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_notification>
fn notifications(of: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Result<()> {
    bucket.events = of.or("eventbridge", Context::boolean, false);
    let kinds = [
        ("lambda_function", "lambda_function_arn"),
        ("queue", "queue_arn"),
        ("topic", "topic_arn"),
    ];
    for (block, target) in kinds {
        for mut item in of.blocks(block) {
            // Of which objects it tells.
            item.ignore(&["id", "filter_prefix", "filter_suffix"]);
            let target = item.need(target, Context::term)?;
            for event in item.need("events", super::policy::texts)? {
                let target = target.clone();
                bucket.notifications.push(Notification { event, target });
            }
        }
    }
    Ok(())
}

/// The key of KMS; nothing where S3's own keys are used.
fn encryption(of: &mut Properties<'_, '_>) -> Option<Term> {
    let mut rule = of.block_needed("rule");
    rule.ignore(&["bucket_key_enabled"]);
    let mut default = rule.block_needed("apply_server_side_encryption_by_default");
    if default.has("kms_master_key_id") {
        default.fixed("sse_algorithm", "aws:kms", false);
        let unread = Term::EMPTY;
        return Some(default.or("kms_master_key_id", Context::term, unread));
    }
    let algorithm = default.maybe("sse_algorithm", Context::text);
    match algorithm.ok().flatten().as_deref() {
        Some("aws:kms") => return Some(KEY_OF_S3.into()),
        Some("AES256") => {}
        _ => default.unknown("the encryption is not read here", default.place()),
    }
    None
}

/// The key that AWS keeps in each account for S3:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>.
const KEY_OF_S3: &str = "alias/aws/s3";

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_lifecycle_configuration>
fn lifecycle(of: &mut Properties<'_, '_>, bucket: &mut Bucket) {
    let small = of.label("transition_default_minimum_object_size");
    for mut rule in of.blocks("rule") {
        // Rules delete or move what is there: one that has no place here opens nothing.
        lifecycle_rule(&mut rule, bucket);
        rule.give_up();
    }
    // An archive of originals takes the small ones too.
    if small != "varies_by_storage_class" {
        bucket.archive = None;
    }
}

/// Takes from a rule what has a place, where it is written as a whole.
fn lifecycle_rule(rule: &mut Properties<'_, '_>, bucket: &mut Bucket) {
    if rule.label("status") != "Enabled" {
        return;
    }
    if let Some(mut old) = rule.block("noncurrent_version_expiration") {
        let days = old.maybe("noncurrent_days", Context::number);
        bucket.keep_old_versions_days = days.ok().flatten();
        old.give_up();
    }
    if let Some(mut uploads) = rule.block("abort_incomplete_multipart_upload") {
        bucket.abort_uploads_days = uploads.count("days_after_initiation");
        uploads.give_up();
    }
    bucket.archive = archive(rule).or(bucket.archive.take());
}

/// Whether a rule moves everything with a tag to the archive as soon as may be.
fn archive(rule: &mut Properties<'_, '_>) -> Option<Archive> {
    let mut moves = |key: &'static str, days_key: &str, days: u32| {
        let mut all = rule.blocks(key);
        let read = all.iter_mut().map(|one| {
            let class = one.label("storage_class");
            let after = one.maybe(days_key, Context::number);
            one.give_up();
            class == "GLACIER" && after == Ok(Some(days))
        });
        read.collect::<Vec<_>>() == [true]
    };
    let current = moves("transition", "days", 0);
    let superseded = moves("noncurrent_version_transition", "noncurrent_days", 1);
    let mut filter = rule.block("filter")?;
    let mut tag = filter.block("tag")?;
    let (key, value) = (tag.label("key"), tag.label("value"));
    tag.give_up();
    filter.give_up();
    (current && superseded).then_some(Archive { key, value })
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy>
pub(super) fn bucket_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "policy")?;
    let bucket = of.need("bucket", Context::term)?;
    Ok(Read::from(BucketPolicy { id, bucket, policy }).statements(places))
}
