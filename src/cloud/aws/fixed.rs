//! What of a resource AWS cannot change where it stands: another value makes another resource, and destroys this one.
//!
//! Each is a property whose update "requires replacement" in the reference of CloudFormation's types; Terraform's provider
//! does the same (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>).

use std::fmt::Debug;

use super::Resource;

/// A property and what it says.
type Property = (&'static str, String);

fn property(name: &'static str, value: &impl Debug) -> Property {
    (name, format!("{value:?}"))
}

/// The properties of a resource that cannot change where it stands, by the names that the typed resource has for them.
pub(super) fn fixed(resource: &Resource) -> Vec<Property> {
    match resource {
        Resource::Vpc(it) => vec![property("cidr", &it.cidr)],
        Resource::VpcCidr(it) => vec![
            property("vpc", &it.vpc),
            property("block", &it.block),
            property("pool", &it.pool),
        ],
        Resource::Subnet(it) => vec![
            property("vpc", &it.vpc),
            property("cidr", &it.cidr),
            property("zone", &it.zone),
        ],
        Resource::EgressOnlyInternetGateway(it) => vec![property("vpc", &it.vpc)],
        Resource::InternetGatewayAttachment(it) => vec![property("vpc", &it.vpc)],
        Resource::NatGateway(it) => vec![
            property("subnet", &it.subnet),
            property("address", &it.address),
        ],
        Resource::RouteTable(it) => vec![property("vpc", &it.vpc)],
        Resource::RouteTableAssociation(it) => vec![property("subnet", &it.subnet)],
        Resource::Route(it) => vec![
            property("table", &it.table),
            property("destination", &it.destination),
        ],
        Resource::VpcEndpoint(it) => {
            vec![property("vpc", &it.vpc), property("service", &it.service)]
        }
        Resource::VpnGateway(it) => vec![property("asn", &it.asn)],
        Resource::CustomerGateway(it) => {
            vec![property("address", &it.address), property("asn", &it.asn)]
        }
        Resource::VpnConnection(it) => vec![
            property("gateway", &it.gateway),
            property("customer_gateway", &it.customer_gateway),
            property("static_routes", &it.static_routes),
        ],
        Resource::VpnConnectionRoute(it) => vec![
            property("connection", &it.connection),
            property("destination", &it.destination),
        ],
        Resource::SecurityGroup(it) => vec![
            property("name", &it.name),
            property("description", &it.description),
            property("vpc", &it.vpc),
        ],
        Resource::NetworkAcl(it) => vec![property("vpc", &it.vpc)],
        Resource::FlowLog(it) => vec![
            property("vpc", &it.vpc),
            property("log_group", &it.log_group),
            property("role", &it.role),
        ],
        _ => named(resource),
    }
}

/// The same of resources of which only the name cannot change.
fn named(resource: &Resource) -> Vec<Property> {
    let name = match resource {
        Resource::LaunchTemplate(it) => property("name", &it.name),
        Resource::AutoScalingGroup(it) => property("name", &it.name),
        Resource::Bucket(it) => property("name", &it.name),
        Resource::Function(it) => property("name", &it.name),
        Resource::EventRule(it) => property("name", &it.name),
        Resource::Topic(it) => property("name", &it.name),
        Resource::Queue(it) => property("name", &it.name),
        Resource::LogGroup(it) => property("name", &it.name),
        Resource::Role(it) => property("name", &it.name),
        Resource::InstanceProfile(it) => property("name", &it.name),
        _ => return Vec::new(),
    };
    vec![name]
}
