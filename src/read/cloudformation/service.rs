//! Functions, events and topics.

use indexmap::IndexMap;

use super::assembly::{Read, asset};
use super::policy::policy;
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{
    Caller, Event, EventRule, Function, Permission, Subscriber, Subscription, Topic, TopicPolicy,
};
use crate::cloud::{Asset, ResourceId, Term};
use crate::yaml::Kind;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html>
pub(super) fn function(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["FunctionName", "Architectures"]);
    let code = code(of)?;
    let environment = environment(of)?;
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    let other = Term::Text(format!("/aws/lambda/{}", of.owner.name));
    let log_group = match of.inside("LoggingConfig") {
        Some(mut logging) => logging.or("LogGroup", Context::term, other),
        None => other,
    };
    Ok(Function {
        id,
        description: of.label("Description"),
        runtime: of.label("Runtime"),
        handler: of.label("Handler"),
        code,
        timeout_seconds: of.or("Timeout", Context::number, 3),
        memory_mib: of.or("MemorySize", Context::number, 128),
        role: of.need("Role", Context::term)?,
        environment,
        log_group,
        name: of.name(),
    }
    .into())
}

fn code(of: &mut Properties<'_, '_>) -> Result<Asset> {
    let mut code = of.inside_needed("Code");
    if let Some(text) = code.maybe("ZipFile", Context::term)? {
        return Ok(asset("", &text));
    }
    let mut parts = Vec::new();
    for key in ["ImageUri", "S3Bucket", "S3Key", "S3ObjectVersion"] {
        parts.extend(code.maybe(key, Context::term)?);
    }
    Ok(asset("outside the template ", &Term::Join(parts)))
}

fn environment(of: &mut Properties<'_, '_>) -> Result<IndexMap<String, Term>> {
    let Some(mut environment) = of.inside("Environment") else {
        return Ok(IndexMap::new());
    };
    let Some(node) = environment.take("Variables") else {
        return Ok(IndexMap::new());
    };
    let Some(Kind::Map(variables)) = of.context.map(node)?.map(|map| &map.kind) else {
        return Ok(IndexMap::new());
    };
    let told = variables.iter();
    told.map(|(key, node)| Ok((key.text.clone(), of.context.term(node)?)))
        .collect()
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html>
pub(super) fn permission(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Action", "lambda:InvokeFunction", false);
    Ok(Permission {
        id,
        function: of.need("FunctionName", Context::term)?,
        action: "lambda:InvokeFunction".into(),
        caller: Caller::Service(of.need("Principal", Context::text)?),
        source: Some(of.need("SourceArn", Context::term)?),
        source_account: None,
        organization: None,
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html>
pub(super) fn event_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Name"]);
    of.fixed("State", "ENABLED", true);
    let mut pattern = of.inside_needed("EventPattern");
    let source = one(&mut pattern, "source")?;
    let detail_type = one(&mut pattern, "detail-type")?;
    let mut detail = pattern.inside_needed("detail");
    let mut bucket = detail.inside_needed("bucket");
    let bucket = bucket.need("name", Context::terms)?;
    let [bucket] = bucket.as_slice() else {
        return Err(of.missing("an event has a place for one bucket"));
    };
    let mut target = of.only("Targets");
    Ok(EventRule {
        id,
        description: of.label("Description"),
        event: Event::Bucket {
            source,
            detail_type,
            bucket: bucket.clone(),
        },
        more_targets: Vec::new(),
        target: target.need("Arn", Context::term)?,
        target_name: target.label("Id"),
        name: of.name(),
    }
    .into())
}

/// The one text in a list.
fn one(of: &mut Properties<'_, '_>, key: &str) -> Result<String> {
    let terms = of.need(key, Context::terms)?;
    match terms.as_slice() {
        [Term::Text(text)] => Ok(text.clone()),
        _ => Err(of.missing(&format!("`{key}` has a place for one text"))),
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html>
pub(super) fn topic(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["TopicName", "DisplayName"]);
    let kms_key = of.maybe("KmsMasterKeyId", Context::term)?;
    if kms_key.is_none() {
        of.unknown("there is no place for a topic without a key", of.place());
    }
    Ok(Topic {
        id,
        kms_key,
        name: of.name(),
    }
    .into())
}

pub(super) fn topic_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = policy(of, "PolicyDocument")?;
    let topics = of.need("Topics", Context::terms)?;
    let [topic] = topics.as_slice() else {
        return Err(of.missing("a policy has a place for one topic"));
    };
    let topic = topic.clone();
    Ok(Read::from(TopicPolicy { id, topic, policy }).statements(places))
}

pub(super) fn subscription(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Protocol", "email", false);
    Ok(Subscription {
        id,
        topic: of.need("TopicArn", Context::term)?,
        why: String::new(),
        subscriber: Subscriber::Email(of.need("Endpoint", Context::term)?),
    }
    .into())
}
