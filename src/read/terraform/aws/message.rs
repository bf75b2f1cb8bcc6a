//! Queues, and the keys that messages are encrypted with.

use super::assembly::Read;
use super::policy::policy;
use crate::cloud::aws::{Key, KeyAlias, Kind, Policy, Principal, Queue, QueuePolicy, Statement};
use crate::cloud::{Environment, ResourceId, Term};
use crate::read::terraform::context::{Context, Result, fault};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sqs_queue>
pub(super) fn queue(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "content_based_deduplication",
        "deduplication_scope",
        "delay_seconds",
        "fifo_queue",
        "fifo_throughput_limit",
        "kms_data_key_reuse_period_seconds",
        "max_message_size",
        "message_retention_seconds",
        "name",
        "name_prefix",
        "receive_wait_time_seconds",
        "redrive_allow_policy",
        "sqs_managed_sse_enabled",
        "visibility_timeout_seconds",
    ]);
    let own = if of.has("policy") {
        Some(policy(of, "policy")?)
    } else {
        None
    };
    let beside = own.map(|(policy, _)| QueuePolicy {
        id: id.child(crate::cloud::Kind::Aws(Kind::QueuePolicy), "policy"),
        queue: id.id(),
        policy,
    });
    let queue = Queue {
        kms_key: of.maybe("kms_master_key_id", Context::term)?,
        dead_letters: of.maybe("redrive_policy", dead_letters)?,
        name: of.name(),
        id,
    };
    let place = of.place().clone();
    Ok(Read::from(queue).beside(beside, &place))
}

/// The queue that gets what nobody could read.
fn dead_letters(context: &Context<'_>, value: &tree::Value) -> Result<Term> {
    let tree::Kind::Json(inner) = &value.kind else {
        return fault(value, "where unread messages go is not understood");
    };
    match inner.get("deadLetterTargetArn") {
        Some(arn) => context.term(arn),
        None => fault(value, "`deadLetterTargetArn` is missing"),
    }
}

pub(super) fn queue_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "policy")?;
    let queue = of.need("queue_url", Context::term)?;
    Ok(Read::from(QueuePolicy { id, queue, policy }).statements(places))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key>
pub(super) fn key(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "bypass_policy_lockout_safety_check",
        "custom_key_store_id",
        "customer_master_key_spec",
        "deletion_window_in_days",
        "description",
        "enable_key_rotation",
        "is_enabled",
        "key_usage",
        "multi_region",
        "rotation_period_in_days",
    ]);
    let (policy, places) = if of.has("policy") {
        policy(of, "policy")?
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
    of.ignore(&["name_prefix"]);
    Ok(KeyAlias {
        id,
        name: of.need("name", Context::term)?,
        key: of.need("target_key_id", Context::term)?,
    }
    .into())
}
