//! Functions, events and topics.

use indexmap::IndexMap;
use smol_str::format_smolstr;

use super::assembly::{Read, asset};
use super::message::for_each;
use super::policy::policy;
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{
    Caller, Event, EventRule, Function, Interface, Kind, Other, Permission, Subscriber,
    Subscription, Topic, TopicPolicy,
};
use crate::cloud::{Asset, ResourceId, Term};
use crate::yaml;

/// What a function is made of and how it runs. Its role says what it may do.
const INERT: &[&str] = &[
    "Architectures",
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "PackageType",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "RuntimeManagementConfig",
    "SnapStart",
    "TracingConfig",
];

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html>
pub(super) fn function(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(INERT);
    let code = code(of);
    let environment = environment(of)?;
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    let other = Term::Text(format_smolstr!("/aws/lambda/{}", of.owner.name));
    let log_group = match of.inside("LoggingConfig") {
        Some(mut logging) => {
            logging.ignore(&["ApplicationLogLevel", "LogFormat", "SystemLogLevel"]);
            logging.or("LogGroup", Context::term, other)
        }
        None => other,
    };
    let timeout_seconds = of.maybe("Timeout", Context::number);
    let memory_mib = of.maybe("MemorySize", Context::number);
    let function = Function {
        id,
        description: of.label("Description"),
        runtime: of.label("Runtime"),
        handler: of.label("Handler"),
        code,
        timeout_seconds: timeout_seconds.ok().flatten().unwrap_or(3),
        memory_mib: memory_mib.ok().flatten().unwrap_or(128),
        role: of.need("Role", Context::term)?,
        environment,
        log_group,
        name: of.name(),
    };
    let interface = interface(&function, of)?;
    Ok(Read::from(function).beside(interface))
}

/// The interface of a function in a VPC. It has no public address, wherever it stands:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html>.
fn interface(function: &Function, of: &mut Properties<'_, '_>) -> Result<Option<Interface>> {
    let Some(mut vpc) = of.inside("VpcConfig") else {
        return Ok(None);
    };
    vpc.ignore(&["Ipv6AllowedForDualStack"]);
    let subnets = vpc.maybe("SubnetIds", Context::terms)?.unwrap_or_default();
    let groups = vpc.maybe("SecurityGroupIds", Context::terms)?;
    let kind = crate::cloud::Kind::Aws(Kind::Interface);
    let interface = Interface {
        id: function.id.child(kind, "interface"),
        name: function.name.clone(),
        what: of.owner.type_name.to_owned(),
        owner: Some(function.id.arn()),
        groups: Some(groups.unwrap_or_default()),
        public_address: Some(false),
        template: None,
        forwards: false,
        subnets,
    };
    // An empty list leaves the function outside.
    Ok((!interface.subnets.is_empty()).then_some(interface))
}

/// The code. It runs with the rights of its role: code that the deploy alone knows is as good as any other.
fn code(of: &mut Properties<'_, '_>) -> Asset {
    let mut code = of.inside_needed("Code");
    if code.has("ZipFile") {
        return asset("", &code.told("ZipFile"));
    }
    let keys = ["ImageUri", "S3Bucket", "S3Key", "S3ObjectVersion"];
    let parts = keys.map(|key| code.told(key));
    code.ignore(&["SourceKMSKeyArn"]);
    asset("outside the template ", &Term::Join(parts.to_vec()))
}

fn environment(of: &mut Properties<'_, '_>) -> Result<IndexMap<String, Term>> {
    let Some(mut environment) = of.inside("Environment") else {
        return Ok(IndexMap::new());
    };
    let Some(node) = environment.take("Variables") else {
        return Ok(IndexMap::new());
    };
    let Some(yaml::Kind::Map(variables)) = of.context.map(node)?.map(|map| &map.kind) else {
        return Ok(IndexMap::new());
    };
    // What a function is told opens nothing: a value that the deploy alone knows is left empty.
    let told = |node| of.context.term(node).unwrap_or_else(|_| "".into());
    let told = variables
        .iter()
        .map(|(key, node)| (key.text.as_str().to_owned(), told(node)));
    Ok(told.collect())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html>
pub(super) fn permission(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let principal = of.need("Principal", Context::term)?;
    let caller = match of.context.known(&principal).as_deref() {
        Some("*") => Caller::Everyone,
        Some(name) if name.contains(".amazonaws.com") => Caller::Service(name.to_owned()),
        _ => Caller::Principal(principal),
    };
    Ok(Permission {
        id,
        function: of.need("FunctionName", Context::term)?,
        action: of.need("Action", Context::text)?,
        caller,
        source: of.maybe("SourceArn", Context::term)?,
        source_account: of.maybe("SourceAccount", Context::term)?,
        organization: of.maybe("PrincipalOrgID", Context::term)?,
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html>
pub(super) fn event_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Name", "RoleArn"]);
    of.fixed("State", "ENABLED", true);
    let event = event(of);
    let mut targets = Vec::new();
    let mut target_name = String::new();
    for mut target in of.list("Targets") {
        let name = target.label("Id");
        targets.push(target.need("Arn", Context::term)?);
        if targets.len() == 1 {
            target_name = name;
        }
        // What it is told, and what happens when it cannot be told.
        target.ignore(&[
            "DeadLetterConfig",
            "EcsParameters",
            "Input",
            "InputPath",
            "InputTransformer",
            "RetryPolicy",
            "RoleArn",
            "SqsParameters",
        ]);
    }
    if targets.is_empty() {
        let what = of.owner.type_name.to_owned();
        of.give_up();
        return Ok(Other { id, what }.into());
    }
    let target = targets.remove(0);
    Ok(EventRule {
        id,
        description: of.label("Description"),
        event,
        target,
        target_name,
        more_targets: targets,
        name: of.name(),
    }
    .into())
}

/// What a rule waits for. Who may start what, permissions say: of an event that is no bucket's, no more is read.
fn event(of: &mut Properties<'_, '_>) -> Event {
    of.ignore(&["EventBusName", "ScheduleExpression"]);
    let Some(mut pattern) = of.inside("EventPattern") else {
        return Event::Other {};
    };
    let event = of_bucket(&mut pattern);
    pattern.give_up();
    event.unwrap_or(Event::Other {})
}

fn of_bucket(pattern: &mut Properties<'_, '_>) -> Option<Event> {
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

/// The one bucket that a pattern is about. A narrower event than the bucket's is another one.
fn bucket_of(pattern: &mut Properties<'_, '_>) -> Option<Term> {
    let mut detail = pattern.inside("detail")?;
    let names = detail.inside("bucket").and_then(|mut bucket| {
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

/// The one text in a list.
fn one(of: &mut Properties<'_, '_>, key: &str) -> Option<String> {
    match of.maybe(key, Context::terms).ok()??.as_slice() {
        [Term::Text(text)] => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html>
pub(super) fn topic(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "ContentBasedDeduplication",
        "DeliveryStatusLogging",
        "DisplayName",
        "FifoTopic",
        "TopicName",
        "TracingConfig",
    ]);
    let kms_key = of.maybe("KmsMasterKeyId", Context::term)?;
    let name = of.name();
    let kind = crate::cloud::Kind::Aws(Kind::Subscription);
    let mut beside = Vec::new();
    for (at, mut item) in of.list("Subscription").into_iter().enumerate() {
        beside.push(Subscription {
            id: id.child(kind, (at + 1).to_string()),
            topic: id.arn(),
            why: String::new(),
            subscriber: subscriber(&mut item)?,
        });
    }
    Ok(Read::from(Topic { id, name, kms_key }).beside(beside))
}

pub(super) fn topic_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let found = policy(of, "PolicyDocument")?;
    let key = if of.has("TopicArn") {
        "TopicArn"
    } else {
        "Topics"
    };
    let topics = of.need(key, Context::terms)?;
    let make = |id, topic, policy| TopicPolicy { id, topic, policy };
    for_each(id, of, found, topics, Kind::TopicPolicy, make)
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html>
pub(super) fn subscription(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "DeliveryPolicy",
        "FilterPolicy",
        "FilterPolicyScope",
        "RawMessageDelivery",
        "RedrivePolicy",
        "Region",
    ]);
    Ok(Subscription {
        id,
        topic: of.need("TopicArn", Context::term)?,
        why: String::new(),
        subscriber: subscriber(of)?,
    }
    .into())
}

fn subscriber(of: &mut Properties<'_, '_>) -> Result<Subscriber> {
    let endpoint = of.need("Endpoint", Context::term)?;
    let protocol = of.need("Protocol", Context::text)?;
    Ok(match protocol.as_str() {
        "email" => Subscriber::Email(endpoint),
        "lambda" => Subscriber::Function(endpoint),
        "sqs" => Subscriber::Queue(endpoint),
        _ => Subscriber::Other { protocol, endpoint },
    })
}
