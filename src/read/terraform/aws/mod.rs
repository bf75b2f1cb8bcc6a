//! hashicorp/aws: from the tree to resources of AWS.
//!
//! Knows the arguments of resources as the provider documents them. A security group says here itself what may go out, and
//! when it says nothing, nothing goes out: the provider removes the rule that AWS adds
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group>).

mod access;
mod assembly;
mod bucket;
mod compute;
mod document;
mod endpoint;
mod filter;
mod finish;
mod gateway;
mod interface;
mod message;
mod names;
mod network;
mod policy;
mod route;
mod service;
mod shapes;
mod types;
mod vpn;

use self::assembly::{Addition, Assembly, Read};
use super::context::{Context, Result};
use super::properties::Properties;
use super::tree::Configuration;
use crate::cloud::aws::{Kind, Other, Resource};
use crate::cloud::{Output, ResourceId, Term};
use crate::diag::Diagnostics;
use crate::read::{Reading, Unknown};

/// Reads the resources of AWS in a configuration.
///
/// # Errors
/// When a value is one that AWS refuses, as a CIDR block that is none.
pub(super) fn read(tree: &Configuration) -> std::result::Result<Reading<Resource>, Diagnostics> {
    let kind = |name: &str| Some(crate::cloud::Kind::Aws(types::kind(name)));
    let ids = super::names::ids(tree, kind);
    let context = Context::new(tree, &names::Names, ids);
    let assembly = resources(&context);
    let outputs = outputs(&context);
    let (resources, wrong) = assembly.finish();
    let (mut unknown, parameters) = context.finish()?;
    unknown.extend(wrong);
    Ok(Reading {
        resources,
        unknown,
        parameters,
        outputs,
    })
}

/// Every resource, and then what stands beside them.
fn resources<'t>(context: &Context<'t>) -> Assembly<'t> {
    let mut assembly = Assembly::with_capacity(context.tree.instances.len());
    let mut additions = Vec::new();
    for instance in &context.tree.instances {
        let mut of = Properties::new(context, instance);
        of.ignore(&["timeouts"]);
        if let Some(addition) = Addition::of(&instance.kind) {
            additions.push((addition, of));
            continue;
        }
        let Some(id) = context.id(instance) else {
            continue;
        };
        let crate::cloud::Kind::Aws(kind) = id.kind else {
            continue;
        };
        match resource(kind, id.clone(), &mut of) {
            Ok(read) => assembly.add(read, instance),
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

/// A resource of a type that has a place of its own.
fn resource(kind: Kind, id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    match kind {
        Kind::Vpc => network::vpc(id, of),
        Kind::VpcCidr => network::vpc_cidr(id, of),
        Kind::Subnet => network::subnet(id, of),
        Kind::VpcPublicAccess => network::public_access(id, of),
        Kind::VpcPublicAccessExclusion => network::exclusion(id, of),
        Kind::PrefixList => network::prefix_list(id, of),
        Kind::RouteTable => route::table(id, of),
        Kind::RouteTableAssociation => route::association(id, of),
        Kind::Route => route::route(id, of),
        Kind::RoutePropagation => route::propagation(id, of),
        Kind::InternetGateway => gateway::internet(id, of),
        Kind::InternetGatewayAttachment => gateway::attachment(id, of),
        Kind::EgressOnlyInternetGateway => gateway::egress_only(id, of),
        Kind::NatGateway => gateway::nat(id, of),
        Kind::ElasticIp => gateway::address(id, of),
        Kind::ElasticIpAssociation => gateway::address_association(id, of),
        Kind::Peering => gateway::peering(id, of),
        Kind::TransitGateway => Ok(gateway::transit(id, of)),
        Kind::TransitGatewayAttachment => gateway::transit_attachment(id, of),
        Kind::VpcEndpoint => endpoint::endpoint(id, of),
        Kind::VpnGateway => vpn::gateway(id, of),
        Kind::VpnGatewayAttachment => vpn::attachment(id, of),
        Kind::CustomerGateway => vpn::customer_gateway(id, of),
        Kind::VpnConnection => vpn::connection(id, of),
        Kind::VpnConnectionRoute => vpn::connection_route(id, of),
        Kind::DefaultSecurityGroup => filter::default_group(id, of),
        Kind::SecurityGroup => filter::security_group(id, of),
        Kind::NetworkAcl => filter::network_acl(id, of),
        Kind::LaunchTemplate if &*of.owner.kind == "aws_launch_configuration" => {
            compute::launch_configuration(id, of)
        }
        Kind::LaunchTemplate => compute::launch_template(id, of),
        Kind::AutoScalingGroup => compute::group(id, of),
        Kind::Interface => interface::interface(id, of),
        Kind::SubnetGroup => interface::subnet_group(id, of),
        Kind::Bucket => bucket::bucket(id, of),
        Kind::BucketPolicy => bucket::bucket_policy(id, of),
        Kind::Function => service::function(id, of),
        Kind::Permission => service::permission(id, of),
        Kind::EventRule => service::event_rule(id, of),
        Kind::Topic => service::topic(id, of),
        Kind::TopicPolicy => service::topic_policy(id, of),
        Kind::Subscription => service::subscription(id, of),
        Kind::Queue => message::queue(id, of),
        Kind::QueuePolicy => message::queue_policy(id, of),
        Kind::Key => message::key(id, of),
        Kind::KeyAlias => message::alias(id, of),
        Kind::Role => access::role(id, of),
        Kind::ManagedPolicy => access::managed_policy(id, of),
        Kind::User => access::user(id, of),
        Kind::UserGroup => access::group(id, of),
        Kind::InstanceProfile => access::profile(id, of),
        Kind::LogGroup => Ok(access::log_group(id, of)),
        Kind::FlowLog => access::flow_log(id, of),
        // Rules beside their groups are additions.
        Kind::SecurityGroupRule | Kind::Other => Ok(other(id, of)),
    }
}

/// A resource of a type that has no place of its own. It stands for itself where others name it.
fn other(id: ResourceId, of: &mut Properties<'_, '_>) -> Read {
    of.give_up();
    let what = of.owner.kind.to_string();
    if !types::is_inert(&what) {
        of.unknown(types::why_not(&what), &of.owner.place);
    }
    Other { id, what }.into()
}

/// What is given back after the deploy. Nothing passes by it: what is not understood is noted all the same.
fn outputs(context: &Context<'_>) -> Vec<Output> {
    let all = context.tree.outputs.iter();
    all.map(|output| {
        let value = context.term(&output.value).unwrap_or_else(|fault| {
            context.note(Unknown {
                name: output.name.clone(),
                what: "output".into(),
                why: fault.why,
                place: fault.place,
            });
            Term::EMPTY
        });
        Output {
            name: output.name.clone(),
            help: output.help.clone(),
            value,
            secret: output.secret,
        }
    })
    .collect()
}
