//! Buckets and their policies.

use super::assembly::Read;
use super::policy::policy;
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{Archive, Bucket, BucketPolicy, Ownership, PublicAccessBlock};
use crate::cloud::{ResourceId, Term};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html>
pub(super) fn bucket(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Tags"]);
    let name = of.or("BucketName", Context::term, Term::Text(String::new()));
    closed_to_the_public(of);
    let mut ownership = of.inside_needed("OwnershipControls");
    let mut rule = ownership.only("Rules");
    rule.fixed("ObjectOwnership", "BucketOwnerEnforced", false);
    let mut versions = of.inside_needed("VersioningConfiguration");
    versions.fixed("Status", "Enabled", false);
    let kms_key = encryption(of);
    let events = events(of);
    let mut bucket = Bucket {
        id,
        name,
        kms_key,
        keep_old_versions_days: None,
        abort_uploads_days: 0,
        archive: None,
        events,
        public_access: PublicAccessBlock::ALL,
        versioned: true,
        ownership: Ownership::Enforced,
        acl: None,
        notifications: Vec::new(),
    };
    if let Some(mut lifecycle) = of.inside("LifecycleConfiguration") {
        for mut rule in lifecycle.list("Rules") {
            lifecycle_rule(&mut rule, &mut bucket)?;
        }
        // An archive of originals takes the small ones too; without one, nothing is moved that could be too small.
        let key = "TransitionDefaultMinimumObjectSize";
        if bucket.archive.is_some() {
            lifecycle.fixed(key, "varies_by_storage_class", false);
        } else {
            lifecycle.ignore(&[key]);
        }
    }
    Ok(bucket.into())
}

/// New buckets block public access even when nothing is said:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
/// A template that says something must say all four.
fn closed_to_the_public(of: &mut Properties<'_, '_>) {
    let Some(mut block) = of.inside("PublicAccessBlockConfiguration") else {
        return;
    };
    for key in [
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    ] {
        block.fixed(key, "true", false);
    }
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
        let unread = Term::Text(String::new());
        return Some(default.or("KMSMasterKeyID", Context::term, unread));
    }
    default.fixed("SSEAlgorithm", "AES256", false);
    None
}

fn events(of: &mut Properties<'_, '_>) -> bool {
    let bridge = of
        .inside("NotificationConfiguration")
        .and_then(|mut all| all.inside("EventBridgeConfiguration"));
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-eventbridgeconfiguration.html
    bridge.is_some_and(|mut bridge| bridge.or("EventBridgeEnabled", Context::boolean, true))
}

fn lifecycle_rule(rule: &mut Properties<'_, '_>, bucket: &mut Bucket) -> Result<()> {
    rule.ignore(&["Id"]);
    rule.fixed("Status", "Enabled", false);
    if let Some(mut old) = rule.inside("NoncurrentVersionExpiration") {
        bucket.keep_old_versions_days = Some(old.need("NoncurrentDays", Context::number)?);
    }
    if let Some(mut uploads) = rule.inside("AbortIncompleteMultipartUpload") {
        bucket.abort_uploads_days = uploads.need("DaysAfterInitiation", Context::number)?;
    }
    if rule.has("Transitions") {
        let mut transition = rule.only("Transitions");
        transition.fixed("StorageClass", "GLACIER", false);
        transition.fixed("TransitionInDays", "0", false);
        let mut superseded = rule.only("NoncurrentVersionTransitions");
        superseded.fixed("StorageClass", "GLACIER", false);
        superseded.fixed("TransitionInDays", "1", false);
        let mut tag = rule.only("TagFilters");
        bucket.archive = Some(Archive {
            key: tag.need("Key", Context::text)?,
            value: tag.need("Value", Context::text)?,
        });
    }
    Ok(())
}

pub(super) fn bucket_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "PolicyDocument")?;
    let bucket = of.need("Bucket", Context::term)?;
    Ok(Read::from(BucketPolicy { id, bucket, policy }).statements(places))
}
