//! Functions, events and topics.

use indexmap::IndexMap;
use smol_str::format_smolstr;

use super::assembly::{Read, asset};
use super::policy::policy;
use crate::cloud::aws::{
    Caller, Event, EventRule, Function, Interface, Kind as AwsKind, Permission, Subscriber,
    Subscription, Topic, TopicPolicy,
};
use crate::cloud::{Asset, ResourceId, Term};
use crate::read::terraform::context::{Context, Result, fault};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::Kind;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function>
pub(super) fn function(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "architectures",
        "package_type",
        "dead_letter_config",
        "ephemeral_storage",
        "layers",
        "publish",
        "reserved_concurrent_executions",
        "source_code_hash",
        "source_hash",
        "tracing_config",
        "kms_key_arn",
    ]);
    let code = code(of)?;
    let environment = environment(of)?;
    let own_name = of.label("function_name");
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    let other = Term::Text(format_smolstr!("/aws/lambda/{own_name}"));
    let log_group = match of.block("logging_config") {
        Some(mut logging) => {
            logging.ignore(&["log_format"]);
            logging.or("log_group", Context::term, other)
        }
        None => other,
    };
    let network = of.block("vpc_config");
    let function = Function {
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
        id,
    };
    let beside = match network {
        Some(mut network) => Some(interface(&function, &mut network)?),
        None => None,
    };
    let place = of.place().clone();
    Ok(Read::from(function).beside(beside, &place))
}

/// The interface of a function in a VPC. It has no public address.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
fn interface(function: &Function, of: &mut Properties<'_, '_>) -> Result<Interface> {
    of.ignore(&["ipv6_allowed_for_dual_stack"]);
    Ok(Interface {
        id: function
            .id
            .child(crate::cloud::Kind::Aws(AwsKind::Interface), "interface"),
        name: function.name.clone(),
        what: "AWS::Lambda::Function".into(),
        owner: Some(function.id.id()),
        subnets: of.need("subnet_ids", Context::terms)?,
        groups: Some(of.need("security_group_ids", Context::terms)?),
        public_address: Some(false),
        template: None,
        forwards: false,
    })
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
    of.ignore(&["qualifier", "event_source_token"]);
    let principal = of.need("principal", Context::term)?;
    let caller = match &principal {
        Term::Text(text) if text == "*" => Caller::Everyone,
        Term::Text(text) if text.ends_with(".amazonaws.com") => {
            Caller::Service(text.as_str().to_owned())
        }
        _ => Caller::Principal(principal),
    };
    Ok(Permission {
        id,
        function: of.need("function_name", Context::term)?,
        action: of.need("action", Context::text)?,
        caller,
        source: of.maybe("source_arn", Context::term)?,
        source_account: of.maybe("source_account", Context::term)?,
        organization: of.maybe("principal_org_id", Context::term)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_rule>
pub(super) fn event_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name_prefix", "event_bus_name"]);
    let own = of.label("name");
    of.fixed("state", "ENABLED", true);
    of.fixed("is_enabled", "true", true);
    of.ignore(&["schedule_expression", "role_arn", "force_destroy"]);
    let event = match of.take("event_pattern").map(|pattern| &pattern.kind) {
        Some(Kind::Json(pattern)) => event(of.map("event_pattern", pattern)?),
        _ => Event::Other {},
    };
    let tag = of.name();
    let is_named = of.owner.body.value("tags").is_some() || own.is_empty();
    Ok(EventRule {
        id,
        description: of.label("description"),
        event,
        // A target beside it says more.
        target: Term::EMPTY,
        target_name: String::new(),
        more_targets: Vec::new(),
        name: if is_named { tag } else { own },
    }
    .into())
}

/// The event that a pattern picks. What is no event of one bucket is another one, and opens nothing by itself.
fn event(mut pattern: Properties<'_, '_>) -> Event {
    let found = bucket_event(&mut pattern);
    pattern.give_up();
    found.unwrap_or(Event::Other {})
}

/// The one bucket that a pattern is about. A narrower event than the bucket's is another one.
fn bucket_of(pattern: &mut Properties<'_, '_>) -> Option<Term> {
    let mut detail = pattern.block("detail")?;
    let names = detail.block("bucket").and_then(|mut bucket| {
        let names = bucket.maybe("name", Context::terms).ok().flatten();
        let whole = bucket.is_done();
        bucket.give_up();
        names.filter(|_| whole)
    });
    let whole = detail.is_done();
    detail.give_up();
    match names?.as_slice() {
        [bucket] if whole => Some(bucket.clone()),
        _ => None,
    }
}

fn bucket_event(pattern: &mut Properties<'_, '_>) -> Option<Event> {
    let source = one(pattern, "source")?;
    let detail_type = one(pattern, "detail-type")?;
    let bucket = if pattern.has("detail") {
        Some(bucket_of(pattern)?)
    } else {
        None
    };
    pattern.is_done().then_some(Event::Bucket {
        source,
        detail_type,
        bucket,
    })
}

/// What an event starts: the rule's name, the target, and its name in the rule.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target>
pub(super) fn event_target(of: &mut Properties<'_, '_>) -> Result<(Term, Term, String)> {
    of.ignore(&[
        "event_bus_name",
        "input",
        "input_path",
        "input_transformer",
        "retry_policy",
        "dead_letter_config",
    ]);
    Ok((
        of.need("rule", Context::term)?,
        of.need("arn", Context::term)?,
        of.label("target_id"),
    ))
}

/// The one text in a list.
fn one(of: &mut Properties<'_, '_>, key: &str) -> Option<String> {
    let terms = of.maybe(key, Context::terms).ok()??;
    match terms.as_slice() {
        [Term::Text(text)] => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic>
pub(super) fn topic(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name", "name_prefix", "display_name"]);
    of.ignore(&[
        "delivery_policy",
        "fifo_topic",
        "content_based_deduplication",
    ]);
    let own = if of.has("policy") {
        Some(policy(of, "policy")?)
    } else {
        None
    };
    let beside = own.map(|(policy, _)| TopicPolicy {
        id: id.child(crate::cloud::Kind::Aws(AwsKind::TopicPolicy), "policy"),
        topic: id.arn(),
        policy,
    });
    let topic = Topic {
        kms_key: of.maybe("kms_master_key_id", Context::term)?,
        name: of.name(),
        id,
    };
    let place = of.place().clone();
    Ok(Read::from(topic).beside(beside, &place))
}

pub(super) fn topic_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "policy")?;
    let topic = of.need("arn", Context::term)?;
    Ok(Read::from(TopicPolicy { id, topic, policy }).statements(places))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic_subscription>
pub(super) fn subscription(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "confirmation_timeout_in_minutes",
        "delivery_policy",
        "endpoint_auto_confirms",
        "filter_policy",
        "filter_policy_scope",
        "raw_message_delivery",
        "redrive_policy",
        "subscription_role_arn",
    ]);
    let topic = of.need("topic_arn", Context::term)?;
    let endpoint = of.need("endpoint", Context::term)?;
    let protocol = of.need("protocol", Context::text)?;
    Ok(Subscription {
        id,
        topic,
        why: String::new(),
        subscriber: match protocol.as_str() {
            "email" => Subscriber::Email(endpoint),
            "lambda" => Subscriber::Function(endpoint),
            "sqs" => Subscriber::Queue(endpoint),
            _ => Subscriber::Other { protocol, endpoint },
        },
    }
    .into())
}
