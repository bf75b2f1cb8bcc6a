//! CloudFormation, YAML or JSON, into resources of AWS.
//!
//! Knows the grammar of templates, the intrinsic functions and the properties of resources as AWS documents them. A property
//! is read into its place in the typed resource, or known to let nothing pass, or noted as unknown: there is no fourth way.

mod access;
mod apply;
mod assembly;
mod cidr;
mod compute;
mod endpoint;
mod filter;
mod finish;
mod function;
mod gateway;
mod inert;
mod interface;
mod known;
mod message;
mod names;
mod network;
mod policy;
mod properties;
mod references;
mod route;
mod service;
mod shapes;
mod storage;
mod template;
mod types;
mod value;
mod vpn;

use std::sync::Arc;

use self::assembly::{Addition, Assembly, Read};
use self::properties::{Owner, Properties};
use self::template::Declared;
use self::value::{Context, Result};
use super::{Parameter, Reading};
use crate::cloud::aws::{Kind as AwsKind, Other, Resource};
use crate::cloud::{Output, Term};
use crate::diag::{Diagnostics, Source};
use crate::yaml::{self, Dialect, Kind, Node};

/// Reads a template.
///
/// # Errors
/// When it is no template, or one that CloudFormation refuses: a reference to nothing, a circle of references, a CIDR block
/// that is none.
pub fn read(source: &Arc<Source>) -> std::result::Result<Reading<Resource>, Diagnostics> {
    let root = yaml::read_as(source, Dialect::TEMPLATE)?;
    let template = template::shape(&root)?;
    references::check(&template)?;
    let context = Context::new(&template);
    let assembly = resources(&context);
    let outputs = template.outputs.iter();
    let outputs = outputs.filter_map(|(key, node)| output(&context, &key.text, key, node));
    let outputs = outputs.collect();
    context.wrong.take().into_result(())?;
    let (resources, wrong) = assembly.finish();
    let mut unknown = template.unknown.clone();
    unknown.extend(context.unknown.take());
    unknown.extend(wrong);
    Ok(Reading {
        resources,
        unknown,
        parameters: parameters(&context),
        outputs,
    })
}

/// Every resource, and then what stands beside them.
fn resources<'t>(context: &Context<'t>) -> Assembly<'t> {
    let mut assembly = Assembly::with_capacity(context.template.resources.len());
    let all = context.template.resources.values();
    let there = all.filter(|declared| is_there(context, declared));
    let mut additions = Vec::new();
    for declared in there {
        let mut of = properties(context, declared);
        if let Some(addition) = Addition::of(declared.type_name) {
            additions.push((addition, of));
            continue;
        }
        match resource(declared, &mut of) {
            Ok(read) => assembly.add(read, owner(declared)),
            Err(error) => {
                of.give_up();
                of.fault(&error);
            }
        }
    }
    for (addition, mut of) in additions {
        if let Err(error) = assembly.extend(addition, &mut of) {
            of.give_up();
            of.fault(&error);
        }
    }
    assembly
}

/// Whether a resource is made. When only the deployer knows, it is read as if it were, and noted.
fn is_there<'t>(context: &Context<'t>, declared: &Declared<'t>) -> bool {
    let Some(condition) = declared.node.get("Condition") else {
        return true;
    };
    if let Some(there) = condition.as_text().and_then(|name| context.decide(name)) {
        return there;
    }
    let of = Properties::new(context, owner(declared), None);
    let why = "whether it is made, only the deployer knows";
    of.unknown(why, &condition.place);
    true
}

fn owner<'t>(declared: &Declared<'t>) -> Owner<'t> {
    Owner {
        name: &declared.key.text,
        type_name: declared.type_name,
        place: &declared.key.place,
    }
}

/// The properties of a resource. Of what stands beside them, only what is known to let nothing pass is left out.
fn properties<'a, 't>(context: &'a Context<'t>, declared: &Declared<'t>) -> Properties<'a, 't> {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    let mut attributes = Properties::new(context, owner(declared), Some(declared.node));
    attributes.ignore(&[
        "Type",
        "Condition",
        "CreationPolicy",
        "DeletionPolicy",
        "DependsOn",
        "Metadata",
        "UpdatePolicy",
        "UpdateReplacePolicy",
    ]);
    let nothing = || Properties::new(context, owner(declared), None);
    match attributes.take("Properties") {
        None => nothing(),
        Some(node) => match context.map(node) {
            Ok(map) => Properties::new(context, owner(declared), map),
            Err(error) => {
                attributes.fault(&error);
                nothing()
            }
        },
    }
}

/// A resource of any type.
fn resource(declared: &Declared<'_>, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (id, node) = (declared.id.clone(), declared.node);
    match declared.kind {
        AwsKind::Vpc => network::vpc(id, of),
        AwsKind::VpcCidr => network::vpc_cidr(id, of),
        AwsKind::VpcPublicAccess => network::public_access(id, of),
        AwsKind::VpcPublicAccessExclusion => network::exclusion(id, of),
        AwsKind::PrefixList => network::prefix_list(id, of),
        AwsKind::Subnet => network::subnet(id, of, node.get("DependsOn")),
        AwsKind::RouteTable => route::table(id, of),
        AwsKind::RouteTableAssociation => route::association(id, of),
        AwsKind::Route => route::route(id, of, node.get("DependsOn")),
        AwsKind::RoutePropagation => route::propagation(id, of),
        AwsKind::InternetGateway => Ok(gateway::internet(id, of)),
        AwsKind::InternetGatewayAttachment => gateway::attachment(id, of),
        AwsKind::EgressOnlyInternetGateway => gateway::egress_only(id, of),
        AwsKind::NatGateway => gateway::nat(id, of, node.get("DependsOn")),
        AwsKind::ElasticIp => gateway::address(id, of, node.get("DependsOn")),
        AwsKind::ElasticIpAssociation => gateway::address_association(id, of),
        AwsKind::Peering => gateway::peering(id, of),
        AwsKind::TransitGateway => Ok(gateway::transit(id, of)),
        AwsKind::TransitGatewayAttachment => gateway::transit_attachment(id, of),
        AwsKind::VpcEndpoint => endpoint::endpoint(id, of),
        AwsKind::VpnGateway => vpn::vpn_gateway(id, of),
        AwsKind::VpnGatewayAttachment => vpn::attachment(id, of),
        AwsKind::CustomerGateway => vpn::customer_gateway(id, of),
        AwsKind::VpnConnection => vpn::connection(id, of),
        AwsKind::VpnConnectionRoute => vpn::connection_route(id, of),
        AwsKind::SecurityGroup => filter::security_group(id, of),
        AwsKind::NetworkAcl => filter::network_acl(id, of),
        AwsKind::LaunchTemplate if declared.type_name == LAUNCH_CONFIGURATION => {
            compute::launch_configuration(id, of)
        }
        AwsKind::LaunchTemplate => compute::launch_template(id, of),
        AwsKind::AutoScalingGroup => compute::group(id, of),
        AwsKind::Interface => interface::interface(id, of),
        AwsKind::SubnetGroup => interface::subnet_group(id, of),
        AwsKind::Bucket => storage::bucket(id, of),
        AwsKind::BucketPolicy => storage::bucket_policy(id, of),
        AwsKind::Function => service::function(id, of),
        AwsKind::Permission => service::permission(id, of),
        AwsKind::EventRule => service::event_rule(id, of),
        AwsKind::Topic => service::topic(id, of),
        AwsKind::TopicPolicy => service::topic_policy(id, of),
        AwsKind::Subscription => service::subscription(id, of),
        AwsKind::Queue => message::queue(id, of),
        AwsKind::QueuePolicy => message::queue_policy(id, of),
        AwsKind::Key => message::key(id, of),
        AwsKind::KeyAlias => message::alias(id, of),
        AwsKind::Role => access::role(id, of),
        AwsKind::ManagedPolicy => access::managed_policy(id, of),
        AwsKind::User => access::user(id, of),
        AwsKind::UserGroup => access::group(id, of),
        AwsKind::InstanceProfile => access::profile(id, of),
        AwsKind::LogGroup => access::log_group(id, of, node),
        AwsKind::FlowLog => access::flow_log(id, of),
        AwsKind::Other => Ok(other(declared, of)),
        AwsKind::DefaultSecurityGroup | AwsKind::SecurityGroupRule => {
            Err(of.missing("no template has this resource"))
        }
    }
}

/// The older form of a launch template.
const LAUNCH_CONFIGURATION: &str = "AWS::AutoScaling::LaunchConfiguration";

/// A resource of a type that is not read. It is kept as what others name, and noted unless it surely lets nothing pass.
fn other(declared: &Declared<'_>, of: &mut Properties<'_, '_>) -> Read {
    of.give_up();
    if inert::why(declared.type_name).is_none() {
        of.unknown("resources of this type are not read", &declared.key.place);
    }
    Read::from(Other {
        id: declared.id.clone(),
        what: declared.type_name.to_owned(),
    })
}

/// What is given back after the deploy. Nothing passes by it: what is not understood is noted all the same.
fn output<'t>(
    context: &Context<'t>,
    name: &'t str,
    key: &'t yaml::Key,
    node: &'t Node,
) -> Option<Output> {
    let owner = Owner {
        name,
        type_name: "Outputs",
        place: &key.place,
    };
    let mut of = Properties::new(context, owner, Some(node));
    if let Some(condition) = of.take("Condition")
        && condition.as_text().and_then(|name| context.decide(name)) == Some(false)
    {
        of.give_up();
        return None;
    }
    of.ignore(&["Export"]);
    let value = of.or("Value", Context::term, Term::EMPTY);
    Some(Output {
        name: names::parameter(name),
        help: of.label("Description"),
        value,
        secret: false,
    })
}

/// The parameters, after everything that asks for their defaults.
fn parameters(context: &Context<'_>) -> Vec<Parameter> {
    let assumed = context.assumed.borrow();
    let all = context.template.parameters.values();
    let given = all.map(|given| {
        let no_echo = given.node.get("NoEcho").and_then(Node::as_text);
        Parameter {
            name: given.name.clone(),
            kind: given.kind.into(),
            default: given.default.map(str::to_owned),
            secret: no_echo.is_some_and(|text| text.eq_ignore_ascii_case("true")),
            constraints: constraints(given.node),
            assumed: assumed.contains(given.key.text.as_str()),
            place: given.key.place.clone(),
        }
    });
    given.chain(context.outside.take().into_values()).collect()
}

/// What the deployer may give.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>
fn constraints(node: &Node) -> Vec<(String, Vec<String>)> {
    let Kind::Map(entries) = &node.kind else {
        return Vec::new();
    };
    let described = [
        "Type",
        "Default",
        "Description",
        "ConstraintDescription",
        "NoEcho",
    ];
    let limits = entries
        .iter()
        .filter(|(key, _)| !described.contains(&key.text.as_str()));
    limits
        .map(|(key, node)| {
            let values = match &node.kind {
                Kind::List(items) => items.as_slice(),
                _ => std::slice::from_ref(node),
            };
            let texts = values.iter().filter_map(Node::as_text);
            (
                key.text.as_str().to_owned(),
                texts.map(str::to_owned).collect(),
            )
        })
        .collect()
}
