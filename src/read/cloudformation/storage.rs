//! Buckets and their policies.

use super::assembly::Read;
use super::policy::policy;
use super::properties::{Properties, word};
use super::value::{Context, Result};
use crate::cloud::aws::{
    Archive, Bucket, BucketPolicy, Notification, Ownership, PublicAccessBlock,
};
use crate::cloud::{ResourceId, Term};

/// What says how objects are kept, counted and shown, and not to whom.
const INERT: &[&str] = &[
    "AccelerateConfiguration",
    "AnalyticsConfigurations",
    "CorsConfiguration",
    "IntelligentTieringConfigurations",
    "LoggingConfiguration",
    "MetricsConfigurations",
    "ObjectLockConfiguration",
    "ObjectLockEnabled",
    "Tags",
    // A website shows what everyone may read anyway.
    "WebsiteConfiguration",
];

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html>
pub(super) fn bucket(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(INERT);
    let mut bucket = Bucket {
        id,
        name: of.or("BucketName", Context::term, Term::EMPTY),
        kms_key: encryption(of),
        keep_old_versions_days: None,
        abort_uploads_days: 0,
        archive: None,
        events: false,
        public_access: public_access(of)?,
        versioned: versioned(of),
        ownership: ownership(of)?,
        acl: of.maybe("AccessControl", Context::text)?,
        notifications: Vec::new(),
    };
    if let Some(mut all) = of.inside("NotificationConfiguration") {
        notifications(&mut all, &mut bucket)?;
    }
    if let Some(mut lifecycle) = of.inside("LifecycleConfiguration") {
        let small = lifecycle.label("TransitionDefaultMinimumObjectSize");
        for mut rule in lifecycle.list("Rules") {
            // Rules delete or move what is there: one that has no place here opens nothing.
            lifecycle_rule(&mut rule, &mut bucket);
            rule.give_up();
        }
        // An archive of originals takes the small ones too.
        if small != "varies_by_storage_class" {
            bucket.archive = None;
        }
    }
    Ok(bucket.into())
}

/// New buckets block public access when nothing is said:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
/// What a template says replaces that, and a switch that it leaves out is off:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-publicaccessblockconfiguration.html>.
fn public_access(of: &mut Properties<'_, '_>) -> Result<PublicAccessBlock> {
    let Some(mut block) = of.inside("PublicAccessBlockConfiguration") else {
        return Ok(PublicAccessBlock::ALL);
    };
    let mut is_on =
        |key| -> Result<bool> { Ok(block.maybe(key, Context::boolean)?.unwrap_or(false)) };
    Ok(PublicAccessBlock {
        block_acls: is_on("BlockPublicAcls")?,
        ignore_acls: is_on("IgnorePublicAcls")?,
        block_policy: is_on("BlockPublicPolicy")?,
        restrict_buckets: is_on("RestrictPublicBuckets")?,
    })
}

fn versioned(of: &mut Properties<'_, '_>) -> bool {
    of.inside("VersioningConfiguration")
        .is_some_and(|mut versions| versions.label("Status") == "Enabled")
}

/// Without a word, ACLs do not count in new buckets:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>.
fn ownership(of: &mut Properties<'_, '_>) -> Result<Ownership> {
    let Some(mut all) = of.inside("OwnershipControls") else {
        return Ok(Ownership::Enforced);
    };
    let mut rule = all.only("Rules");
    rule.need("ObjectOwnership", |context, node| {
        let words = [
            ("BucketOwnerEnforced", Ownership::Enforced),
            ("BucketOwnerPreferred", Ownership::Preferred),
            ("ObjectWriter", Ownership::Writer),
        ];
        word(context, node, &words)
    })
}

/// The key of KMS; nothing where S3's own keys are used, as they are when nothing is said:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>
fn encryption(of: &mut Properties<'_, '_>) -> Option<Term> {
    let mut all = of.inside("BucketEncryption")?;
    let mut rule = all.only("ServerSideEncryptionConfiguration");
    rule.ignore(&["BucketKeyEnabled"]);
    let mut default = rule.inside_needed("ServerSideEncryptionByDefault");
    if default.has("KMSMasterKeyID") {
        default.fixed("SSEAlgorithm", "aws:kms", false);
        let unread = Term::EMPTY;
        return Some(default.or("KMSMasterKeyID", Context::term, unread));
    }
    if default.peek("SSEAlgorithm") == Some("aws:kms") {
        default.ignore(&["SSEAlgorithm"]);
        return Some(KEY_OF_S3.into());
    }
    default.fixed("SSEAlgorithm", "AES256", false);
    None
}

/// The key that AWS keeps in each account for S3:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>.
const KEY_OF_S3: &str = "alias/aws/s3";

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html>
fn notifications(all: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Result<()> {
    if let Some(mut bridge) = all.inside("EventBridgeConfiguration") {
        bucket.events = bridge.or("EventBridgeEnabled", Context::boolean, true);
    }
    let kinds = [
        ("LambdaConfigurations", "Function"),
        ("QueueConfigurations", "Queue"),
        ("TopicConfigurations", "Topic"),
    ];
    for (list, target) in kinds {
        for mut item in all.list(list) {
            // Of which objects it tells.
            item.ignore(&["Filter"]);
            bucket.notifications.push(Notification {
                event: item.need("Event", Context::text)?,
                target: item.need(target, Context::term)?,
            });
        }
    }
    Ok(())
}

/// Takes from a rule what has a place, where it is written as a whole.
fn lifecycle_rule(rule: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Option<()> {
    if rule.label("Status") != "Enabled" {
        return None;
    }
    rule.ignore(&["Id"]);
    if let Some(mut old) = rule.inside("NoncurrentVersionExpiration") {
        bucket.keep_old_versions_days = old.maybe("NoncurrentDays", Context::number).ok()?;
        old.give_up();
    }
    if let Some(mut uploads) = rule.inside("AbortIncompleteMultipartUpload") {
        bucket.abort_uploads_days = uploads.count("DaysAfterInitiation");
        uploads.give_up();
    }
    bucket.archive = archive(rule).or(bucket.archive.take());
    Some(())
}

/// Whether a rule moves everything with a tag to the archive as soon as may be.
fn archive(rule: &mut Properties<'_, '_>) -> Option<Archive> {
    let mut moves = |key, days_key: &str, days| {
        let mut all = rule.list(key);
        let [one] = all.as_mut_slice() else {
            all.iter_mut().for_each(Properties::give_up);
            return false;
        };
        let class = one.label("StorageClass");
        let after = one.maybe(days_key, Context::number);
        one.give_up();
        class == "GLACIER" && after == Ok(Some(days))
    };
    let current = moves("Transitions", "TransitionInDays", 0);
    let superseded = moves("NoncurrentVersionTransitions", "TransitionInDays", 1);
    let mut tags = rule.list("TagFilters");
    let [tag] = tags.as_mut_slice() else {
        tags.iter_mut().for_each(Properties::give_up);
        return None;
    };
    let read = (
        tag.maybe("Key", Context::text),
        tag.maybe("Value", Context::text),
    );
    tag.give_up();
    match read {
        (Ok(Some(key)), Ok(Some(value))) if current && superseded => Some(Archive { key, value }),
        _ => None,
    }
}

pub(super) fn bucket_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "PolicyDocument")?;
    let bucket = of.need("Bucket", Context::term)?;
    Ok(Read::from(BucketPolicy { id, bucket, policy }).statements(places))
}
