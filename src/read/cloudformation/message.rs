//! Queues, and the keys that messages are encrypted with.

use super::assembly::Read;
use super::policy::{Found, policy};
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{Key, KeyAlias, Kind, Policy, Principal, Queue, QueuePolicy, Statement};
use crate::cloud::{Environment, ResourceId, Term};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html>
pub(super) fn queue(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "ContentBasedDeduplication",
        "DeduplicationScope",
        "DelaySeconds",
        "FifoQueue",
        "FifoThroughputLimit",
        "KmsDataKeyReusePeriodSeconds",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "QueueName",
        "ReceiveMessageWaitTimeSeconds",
        "RedriveAllowPolicy",
        "SqsManagedSseEnabled",
        "VisibilityTimeout",
    ]);
    let dead_letters = match of.inside("RedrivePolicy") {
        Some(mut redrive) => {
            redrive.ignore(&["maxReceiveCount"]);
            redrive.maybe("deadLetterTargetArn", Context::term)?
        }
        None => None,
    };
    Ok(Queue {
        id,
        kms_key: of.maybe("KmsMasterKeyId", Context::term)?,
        dead_letters,
        name: of.name(),
    }
    .into())
}

/// One resource for each queue that the policy is for: the last one of a queue is the only one that counts.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html>
pub(super) fn queue_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let found = policy(of, "PolicyDocument")?;
    let key = if of.has("Queue") { "Queue" } else { "Queues" };
    let queues = of.need(key, Context::terms)?;
    let make = |id, queue, policy| QueuePolicy { id, queue, policy };
    for_each(id, of, found, queues, Kind::QueuePolicy, make)
}

/// The same policy for each of several things.
pub(super) fn for_each<R: Into<crate::cloud::aws::Resource>>(
    id: ResourceId,
    of: &Properties<'_, '_>,
    (policy, places): Found,
    things: Vec<Term>,
    kind: Kind,
    make: impl Fn(ResourceId, Term, Policy) -> R,
) -> Result<Read> {
    of.charge(&policy, things.len().saturating_sub(1))?;
    let mut things = things.into_iter();
    let Some(first) = things.next() else {
        return Err(of.missing("the policy is for nothing"));
    };
    let beside: Vec<R> = things
        .enumerate()
        .map(|(at, thing)| {
            let id = id.child(crate::cloud::Kind::Aws(kind), (at + 2).to_string());
            make(id, thing, policy.clone())
        })
        .collect();
    let first = make(id, first, policy).into();
    Ok(Read::from(first).statements(places).beside(beside))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html>
pub(super) fn key(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "BypassPolicyLockoutSafetyCheck",
        "Description",
        "EnableKeyRotation",
        "Enabled",
        "KeySpec",
        "KeyUsage",
        "MultiRegion",
        "Origin",
        "PendingWindowInDays",
        "RotationPeriodInDays",
    ]);
    let (policy, places) = if of.has("KeyPolicy") {
        policy(of, "KeyPolicy")?
    } else {
        (of_the_account(), vec![of.place().clone()])
    };
    let name = of.name();
    Ok(Read::from(Key { id, name, policy }).statements(places))
}

/// The policy of a key of which none is said: the account decides by its policies of IAM.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn of_the_account() -> Policy {
    let root = Term::Join(vec![
        "arn:".into(),
        Term::Environment(Environment::Partition),
        ":iam::".into(),
        Term::Environment(Environment::AccountId),
        ":root".into(),
    ]);
    let statement = Statement::allow("", &["kms:*"], vec!["*".into()]);
    Policy {
        statements: vec![statement.to(Principal::aws(vec![root]))],
    }
}

pub(super) fn alias(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(KeyAlias {
        id,
        name: of.need("AliasName", Context::term)?,
        key: of.need("TargetKeyId", Context::term)?,
    }
    .into())
}
