//! The actions of AWS that matter for what passes, and what each does.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
//! lists all of them. What is not in this table and is granted by its name or by a wildcard is granted all the same: it
//! appears under that name.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashMap;

use super::value::Value;
use crate::reach::grant::Deed;

/// What an action of S3 is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
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

/// The table in the order of actions.
static KNOWN: LazyLock<Vec<Verb>> = LazyLock::new(|| {
    let rows = TABLE
        .iter()
        .flat_map(|&(deed, level, names)| names.iter().map(move |&name| (deed, level, name)));
    let mut rows: Vec<_> = rows.collect();
    // In the order of names, which is that of actions: no two have one name.
    rows.sort_unstable_by_key(|(_, _, name)| *name);
    let verbs = rows.into_iter().map(|(deed, level, name)| Verb {
        name: name.into(),
        lower: name.to_lowercase().as_str().into(),
        service: Cow::Borrowed(name.split(':').next().unwrap_or_default()),
        deed,
        level: Some(level),
    });
    verbs.collect()
});

/// The actions of the table in small letters, in the order of these, each with its position in [`KNOWN`].
static BY_LOWER: LazyLock<Vec<(&str, usize)>> = LazyLock::new(|| {
    let verbs = KNOWN.iter().enumerate();
    let lower = verbs.filter_map(|(at, verb)| Some((verb.lower.as_text()?, at)));
    let mut lower: Vec<_> = lower.collect();
    lower.sort_unstable();
    lower
});

/// The positions of actions in [`KNOWN`] by their names as AWS writes them, which is how most policies have them.
static BY_NAME: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let verbs = KNOWN.iter().enumerate();
    let names = verbs.filter_map(|(at, verb)| Some((verb.name.as_text()?, at)));
    names.collect()
});

/// Whatever else each service of the table has.
static OTHERS: LazyLock<Vec<Verb>> = LazyLock::new(|| {
    let mut services: Vec<&str> = KNOWN.iter().map(|verb| &*verb.service).collect();
    services.dedup();
    services.into_iter().map(Verb::others_of).collect()
});

/// An action of which it is asked who may do it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Verb {
    /// Its name, or a pattern that stands for whatever else fits it.
    pub(super) name: Value,
    /// Its service, as in `s3`.
    pub(super) service: Cow<'static, str>,
    /// What it does.
    pub(super) deed: Deed,
    /// Its name in small letters, as it is compared.
    pub(super) lower: Value,
    /// What it can be about, where the table says so.
    level: Option<Level>,
}

impl Verb {
    /// An action of the table by its name as a policy has it, with its position there: the case of letters says nothing.
    pub(super) fn known(name: &str) -> Option<(usize, &'static Self)> {
        let at = BY_NAME.get(name).copied().or_else(|| {
            // No name of the table has these.
            let is_pattern = name.contains(['*', '?']);
            (!is_pattern).then(|| of_lower(&name.to_ascii_lowercase()))?
        })?;
        Some((at, KNOWN.get(at)?))
    }

    /// An action that is not in the table, or a pattern of actions of one service.
    pub(super) fn not_known(pattern: &Value) -> Option<Self> {
        let service = pattern.behind_colons(0)?.as_text()?;
        pattern.behind_colons(1)?;
        (!service.contains(['*', '?'])).then(|| {
            let name = pattern.specimen();
            Self::unknown(name, service_named(service))
        })
    }

    /// The actions of the table, in order.
    pub(super) fn table() -> &'static [Self] {
        &KNOWN
    }

    /// The services of the table, in order.
    pub(super) fn services() -> impl Iterator<Item = Cow<'static, str>> {
        OTHERS.iter().map(|others| others.service.clone())
    }

    /// Whatever else a service has.
    pub(super) fn any_of(service: &str) -> Cow<'static, Self> {
        let known = OTHERS.iter().find(|it| it.service == service);
        known.map_or_else(|| Cow::Owned(Self::others_of(service)), Cow::Borrowed)
    }

    fn others_of(service: &str) -> Self {
        let name = Value::from(service).then(":*").specimen();
        Self::unknown(name, service_named(service))
    }

    fn unknown(name: Value, service: Cow<'static, str>) -> Self {
        Self {
            lower: name.lower(),
            name,
            service,
            deed: Deed::Other,
            level: None,
        }
    }

    /// Whether it does something with data: neither does it change who may do what, nor is nothing known of it.
    pub(super) fn touches_data(&self) -> bool {
        !matches!(self.deed, Deed::Govern | Deed::Other)
    }

    /// Whether it is about a resource of which its ARN says this.
    pub(super) fn is_for(&self, field: &Field<'_>) -> bool {
        let Some(service) = field.service else {
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

/// The actions of the table that begin with this, by their names in small letters, each with its position in the table.
pub(super) fn positions(beginning: &str) -> &'static [(&'static str, usize)] {
    let all = BY_LOWER.as_slice();
    let first = all.partition_point(|(lower, _)| *lower < beginning);
    let all = all.get(first..).unwrap_or_default();
    let count = all.partition_point(|(lower, _)| lower.starts_with(beginning));
    all.get(..count).unwrap_or_default()
}

/// The position in the table of the action with a name in small letters.
pub(super) fn of_lower(name: &str) -> Option<usize> {
    let at = BY_LOWER.binary_search_by(|(lower, _)| (*lower).cmp(name));
    Some(BY_LOWER.get(at.ok()?)?.1)
}

/// A service by its name in letters of any case: that of the table where it is one of these.
pub(super) fn service_named(name: &str) -> Cow<'static, str> {
    let name = name.to_ascii_lowercase();
    let known = positions(&name).first().and_then(|(_, at)| KNOWN.get(*at));
    let known = known.filter(|known| known.service == name);
    known.map_or_else(|| Cow::Owned(name), |known| known.service.clone())
}

/// What an ARN says of the actions that make sense on its resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Field<'a> {
    /// The service, where the ARN names one.
    service: Option<&'a str>,
    /// Whether it is that of objects of S3.
    is_object: bool,
}

impl<'a> Field<'a> {
    /// What an ARN says; nothing where it has no part for a service.
    pub(super) fn of(arn: &'a Value) -> Option<Self> {
        let service = arn.behind_colons(2)?.as_text();
        Some(Self {
            is_object: service == Some("s3") && is_object(arn),
            service,
        })
    }
}

/// Whether an ARN of S3 is that of objects.
fn is_object(arn: &Value) -> bool {
    static OBJECTS: LazyLock<Value> = LazyLock::new(|| "arn:aws:s3:::*/*".into());
    OBJECTS.fits(arn, super::value::Wild::Glob).possible()
}
