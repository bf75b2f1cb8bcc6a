//! The actions of AWS that matter for what passes, and what each does.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
//! lists all of them. What is not in this table and is granted by its name or by a wildcard is granted all the same: it
//! appears under that name.

use super::value::Value;
use crate::reach::grant::Deed;

/// What an action of S3 is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Level {
    /// A bucket.
    Bucket,
    /// An object in a bucket.
    Object,
    /// Whatever is named.
    Any,
}

/// Actions by what they do. `ReplicateObject` is how S3 writes into the other bucket of a replication.
const TABLE: &[(Deed, Level, &[&str])] = &[
    (
        Deed::Read,
        Level::Object,
        &["s3:GetObject", "s3:GetObjectVersion"],
    ),
    (
        Deed::Write,
        Level::Object,
        &["s3:PutObject", "s3:ReplicateObject"],
    ),
    (
        Deed::Tag,
        Level::Object,
        &[
            "s3:DeleteObjectTagging",
            "s3:DeleteObjectVersionTagging",
            "s3:PutObjectTagging",
            "s3:PutObjectVersionTagging",
        ],
    ),
    (
        Deed::Delete,
        Level::Object,
        &["s3:DeleteObject", "s3:DeleteObjectVersion"],
    ),
    (
        Deed::Look,
        Level::Object,
        &[
            "s3:GetObjectAcl",
            "s3:GetObjectAttributes",
            "s3:GetObjectTagging",
            "s3:GetObjectVersionTagging",
        ],
    ),
    (
        Deed::Look,
        Level::Bucket,
        &["s3:ListBucket", "s3:ListBucketVersions"],
    ),
    (
        Deed::Other,
        Level::Object,
        &["s3:AbortMultipartUpload", "s3:RestoreObject"],
    ),
    (
        Deed::Govern,
        Level::Object,
        &["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
    ),
    (
        Deed::Govern,
        Level::Bucket,
        &[
            "s3:DeleteBucket",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketAcl",
            "s3:PutBucketNotification",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:PutReplicationConfiguration",
        ],
    ),
    (Deed::Invoke, Level::Any, &["lambda:InvokeFunction"]),
    (
        Deed::Govern,
        Level::Any,
        &[
            "lambda:AddPermission",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
    ),
    (Deed::Publish, Level::Any, &["sns:Publish"]),
    (Deed::Subscribe, Level::Any, &["sns:Subscribe"]),
    (
        Deed::Govern,
        Level::Any,
        &[
            "sns:AddPermission",
            "sns:DeleteTopic",
            "sns:RemovePermission",
            "sns:SetTopicAttributes",
        ],
    ),
    (Deed::Write, Level::Any, &["sqs:SendMessage"]),
    (Deed::Read, Level::Any, &["sqs:ReceiveMessage"]),
    (
        Deed::Delete,
        Level::Any,
        &["sqs:DeleteMessage", "sqs:PurgeQueue"],
    ),
    (
        Deed::Govern,
        Level::Any,
        &["sqs:AddPermission", "sqs:SetQueueAttributes"],
    ),
    (Deed::Launch, Level::Any, &["ec2:RunInstances"]),
    (Deed::Tag, Level::Any, &["ec2:CreateTags"]),
    (
        Deed::Become,
        Level::Any,
        &["iam:PassRole", "sts:AssumeRole"],
    ),
    (
        Deed::Govern,
        Level::Any,
        &[
            "iam:AttachRolePolicy",
            "iam:PutRolePolicy",
            "iam:UpdateAssumeRolePolicy",
            "kms:CreateGrant",
            "kms:PutKeyPolicy",
        ],
    ),
    (Deed::Read, Level::Any, &["kms:Decrypt"]),
    (
        Deed::Write,
        Level::Any,
        &["kms:Encrypt", "kms:GenerateDataKey"],
    ),
    (
        Deed::Write,
        Level::Any,
        &["logs:CreateLogStream", "logs:PutLogEvents"],
    ),
];

/// An action of which it is asked who may do it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Verb {
    /// Its name, or a pattern that stands for whatever else fits it.
    pub(super) name: Value,
    /// Its service, as in `s3`.
    pub(super) service: String,
    /// What it does.
    pub(super) deed: Deed,
}

impl Verb {
    /// An action by its name as a policy has it: the case of letters says nothing.
    pub(super) fn named(pattern: &Value) -> Option<Self> {
        let mut parts = pattern.split_colons(2).into_iter();
        let service = parts.next()?.as_text()?.to_ascii_lowercase();
        parts.next()?;
        let text = pattern.as_text().unwrap_or_default();
        if let Some((deed, _, name)) = known().find(|(_, _, name)| name.eq_ignore_ascii_case(text))
        {
            return Some(Self {
                name: name.into(),
                service,
                deed,
            });
        }
        (!service.contains(['*', '?'])).then(|| Self {
            name: pattern.specimen(),
            service,
            deed: Deed::Other,
        })
    }

    /// The actions of the table.
    pub(super) fn table() -> impl Iterator<Item = Self> {
        known().map(|(deed, _, name)| Self {
            name: name.into(),
            service: name.split(':').next().unwrap_or_default().to_owned(),
            deed,
        })
    }

    /// Whatever else a service has.
    pub(super) fn any_of(service: &str) -> Self {
        Self {
            name: Value::from(service).then(":*").specimen(),
            service: service.to_owned(),
            deed: Deed::Other,
        }
    }

    /// What it can be about.
    pub(super) fn kind(&self) -> Kind<'_> {
        let level = known().find(|(_, _, name)| Some(*name) == self.name.as_text());
        Kind {
            service: &self.service,
            level: level.map(|(_, level, _)| level),
        }
    }
}

/// What an action can be about.
pub(super) struct Kind<'a> {
    /// Its service.
    pub(super) service: &'a str,
    level: Option<Level>,
}

/// What an ARN says of the actions that make sense on its resource.
pub(super) struct Field {
    /// The service, where the ARN names one.
    service: Option<String>,
    is_object: bool,
}

impl Field {
    /// What an ARN says; nothing where it has no part for a service.
    pub(super) fn of(arn: &Value) -> Option<Self> {
        let parts = arn.split_colons(6);
        let service = parts.get(2)?.as_text().map(ToOwned::to_owned);
        Some(Self {
            is_object: is_object(arn),
            service,
        })
    }
}

impl Kind<'_> {
    /// Whether the action is about a resource of which its ARN says this.
    pub(super) fn is_for(&self, field: &Field) -> bool {
        let Some(service) = field.service.as_deref() else {
            return true;
        };
        if service == "iam" && self.service == "sts" {
            return true;
        }
        service == self.service
            && match self.level {
                Some(Level::Bucket) => !field.is_object,
                Some(Level::Object) => field.is_object,
                Some(Level::Any) | None => true,
            }
    }
}

/// Whether an ARN of S3 is that of objects.
pub(super) fn is_object(arn: &Value) -> bool {
    Value::from("arn:aws:s3:::*/*")
        .fits(arn, super::value::Wild::Glob)
        .possible()
}

fn known() -> impl Iterator<Item = (Deed, Level, &'static str)> {
    TABLE
        .iter()
        .flat_map(|&(deed, level, names)| names.iter().map(move |&name| (deed, level, name)))
}
