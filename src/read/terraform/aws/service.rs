//! Functions, events and topics.

use indexmap::IndexMap;

use super::assembly::{Read, asset};
use super::policy::policy;
use crate::cloud::aws::{EventRule, Function, Permission, Subscription, Topic, TopicPolicy};
use crate::cloud::{Asset, ResourceId, Term};
use crate::read::terraform::context::{Context, Result, fault};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::Kind;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function>
pub(super) fn function(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "architectures",
        "package_type",
        "publish",
        "source_code_hash",
        "source_hash",
    ]);
    let code = code(of)?;
    let environment = environment(of)?;
    let own_name = of.label("function_name");
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    let other = Term::Text(format!("/aws/lambda/{own_name}"));
    let log_group = match of.block("logging_config") {
        Some(mut logging) => {
            logging.ignore(&["log_format"]);
            logging.or("log_group", Context::term, other)
        }
        None => other,
    };
    Ok(Function {
        id,
        description: of.label("description"),
        runtime: of.label("runtime"),
        handler: of.label("handler"),
        code,
        timeout_seconds: of.or("timeout", Context::number, 3),
        memory_mib: of.or("memory_size", Context::number, 128),
        role: of.need("role", Context::term)?,
        environment,
        log_group,
        name: of.name(),
    }
    .into())
}

/// The code, by where it comes from.
fn code(of: &mut Properties<'_, '_>) -> Result<Asset> {
    if let Some(file) = of.take("filename") {
        return Ok(asset(file));
    }
    let mut parts = Vec::new();
    for key in ["image_uri", "s3_bucket", "s3_key", "s3_object_version"] {
        parts.extend(of.maybe(key, Context::term)?);
    }
    let path = format!("outside the configuration {parts:?}");
    Ok(Asset { path })
}

fn environment(of: &mut Properties<'_, '_>) -> Result<IndexMap<String, Term>> {
    let variables = of.block("environment");
    let Some(mut environment) = variables else {
        return Ok(IndexMap::new());
    };
    let Some(variables) = environment.take("variables") else {
        return Ok(IndexMap::new());
    };
    let known = of.context.known(variables);
    let Some(entries) = known.entries() else {
        return fault(known, "a map belongs here");
    };
    let told = entries.iter();
    told.map(|(key, value)| Ok((key.to_string(), of.context.term(value)?)))
        .collect()
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission>
pub(super) fn permission(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["statement_id", "statement_id_prefix"]);
    of.fixed("action", "lambda:InvokeFunction", false);
    Ok(Permission {
        id,
        function: of.need("function_name", Context::term)?,
        service: of.need("principal", Context::text)?,
        source: of.need("source_arn", Context::term)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_rule>
pub(super) fn event_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name_prefix", "event_bus_name"]);
    let own = of.label("name");
    of.fixed("state", "ENABLED", true);
    of.fixed("is_enabled", "true", true);
    let Some(pattern) = of.take("event_pattern") else {
        return Err(of.missing("there is no place for a rule without a pattern"));
    };
    let Kind::Json(pattern) = &pattern.kind else {
        return fault(pattern, "the pattern is not understood");
    };
    let (source, detail_type, bucket) = event(of.map("event_pattern", pattern)?)?;
    let tag = of.name();
    let is_named = of.owner.body.value("tags").is_some() || own.is_empty();
    Ok(EventRule {
        id,
        description: of.label("description"),
        source,
        detail_type,
        bucket,
        // A target beside it says more.
        target: Term::Text(String::new()),
        target_name: String::new(),
        name: if is_named { tag } else { own },
    }
    .into())
}

/// The event that a pattern picks: who tells of it, what happened, and the bucket.
fn event(mut pattern: Properties<'_, '_>) -> Result<(String, String, Term)> {
    let source = one(&mut pattern, "source")?;
    let detail_type = one(&mut pattern, "detail-type")?;
    let mut detail = pattern.block_needed("detail");
    let mut bucket = detail.block_needed("bucket");
    let buckets = bucket.need("name", Context::terms)?;
    match <[Term; 1]>::try_from(buckets) {
        Ok([bucket]) => Ok((source, detail_type, bucket)),
        Err(_) => Err(pattern.missing("an event has a place for one bucket")),
    }
}

/// What an event starts: the rule's name, the target, and its name in the rule.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target>
pub(super) fn event_target(of: &mut Properties<'_, '_>) -> Result<(Term, Term, String)> {
    of.ignore(&["event_bus_name"]);
    Ok((
        of.need("rule", Context::term)?,
        of.need("arn", Context::term)?,
        of.label("target_id"),
    ))
}

/// The one text in a list.
fn one(of: &mut Properties<'_, '_>, key: &str) -> Result<String> {
    let terms = of.need(key, Context::terms)?;
    match terms.as_slice() {
        [Term::Text(text)] => Ok(text.clone()),
        _ => Err(of.missing(&format!("`{key}` has a place for one text"))),
    }
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic>
pub(super) fn topic(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name", "name_prefix", "display_name"]);
    let kms_key = of.maybe("kms_master_key_id", Context::term)?;
    if kms_key.is_none() {
        of.unknown("there is no place for a topic without a key", of.place());
    }
    Ok(Topic {
        id,
        kms_key: kms_key.unwrap_or_else(|| Term::Text(String::new())),
        name: of.name(),
    }
    .into())
}

pub(super) fn topic_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "policy")?;
    let topic = of.need("arn", Context::term)?;
    Ok(Read::from(TopicPolicy { id, topic, policy }).statements(places))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic_subscription>
pub(super) fn subscription(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("protocol", "email", false);
    Ok(Subscription {
        id,
        topic: of.need("topic_arn", Context::term)?,
        why: String::new(),
        email: of.need("endpoint", Context::term)?,
    }
    .into())
}
