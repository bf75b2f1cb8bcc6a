//! What is open to the public, and what closes it all the same.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>

use super::condition::{How, Test};
use super::model::Model;
use super::rule::{Named, Rule, Whom};
use super::value::Value;
use crate::cloud::aws::{Bucket, Decision, Ownership, Resource};

/// Closes buckets whose policy opens them to the public and that refuse such policies: AWS does not take such a policy, or
/// lets it count for the account and for services only.
pub(super) fn close(model: &mut Model<'_>) {
    for guarded in &mut model.guarded {
        let refuses = model.resources.iter().any(|placed| {
            matches!(&placed.resource, Resource::Bucket(bucket) if bucket.id == guarded.thing.id
                && (bucket.public_access.restrict_buckets || bucket.public_access.block_policy))
        });
        guarded.closed_to_the_public = refuses && guarded.rules.iter().any(is_public);
    }
}

/// What the ACL of a bucket lets everybody do:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl>. ACLs do not count where the owner of
/// the bucket owns everything in it, nor where public ones are blocked.
pub(super) fn acl(bucket: &Bucket) -> Option<&'static [&'static str]> {
    let block = bucket.public_access;
    if bucket.ownership == Ownership::Enforced || block.ignore_acls || block.block_acls {
        return None;
    }
    match bucket.acl.as_deref()? {
        "public-read" | "PublicRead" | "authenticated-read" | "AuthenticatedRead" => {
            Some(&["s3:ListBucket", "s3:ListBucketVersions"])
        }
        "public-read-write" | "PublicReadWrite" => Some(&[
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:PutObject",
            "s3:DeleteObject",
        ]),
        _ => None,
    }
}

/// Whether a statement opens something to the public, as S3 sees it: to everyone, and not only to fixed addresses, networks,
/// accounts or principals.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
fn is_public(rule: &Rule) -> bool {
    const FIXED: [&str; 9] = [
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
    ];
    let everyone = match &rule.whom {
        Whom::Everyone | Whom::AllBut(_) => true,
        Whom::These(named) => named
            .iter()
            .any(|named| matches!(named, Named::Aws(arn) if arn.as_text() == Some("*"))),
        Whom::Holder => false,
    };
    let fixes = |test: &Test| {
        let positive = test
            .operator
            .is_some_and(|operator| !operator.negated && operator.how != How::Null);
        positive && FIXED.contains(&test.key.as_str()) && !test.values.iter().any(is_wide)
    };
    rule.effect == Decision::Allow && everyone && !rule.tests.iter().any(fixes)
}

/// Whether a value is not fixed: a pattern, or more addresses than a customer has.
fn is_wide(value: &Value) -> bool {
    let pattern = value.as_text().is_some_and(|text| text.contains('*'));
    let block = value.block();
    pattern || block.is_some_and(|block| block.prefix_len() < if block.is_v4() { 8 } else { 32 })
}
