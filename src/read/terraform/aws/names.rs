//! Names of hashicorp/aws in our words: types of resources, and what their attributes give.

use crate::cloud::aws::Kind;
use crate::cloud::{Attribute, Environment, ResourceId, Term};
use crate::read::terraform::context::Provider;
use crate::read::terraform::tree::Instance;

/// The types that are read, each into a resource of its own: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.
const TYPES: [(&str, Kind); 28] = [
    ("aws_vpc", Kind::Vpc),
    ("aws_subnet", Kind::Subnet),
    ("aws_route_table", Kind::RouteTable),
    ("aws_route_table_association", Kind::RouteTableAssociation),
    ("aws_route", Kind::Route),
    ("aws_vpc_endpoint", Kind::VpcEndpoint),
    ("aws_vpn_gateway", Kind::VpnGateway),
    ("aws_vpn_gateway_attachment", Kind::VpnGatewayAttachment),
    ("aws_customer_gateway", Kind::CustomerGateway),
    ("aws_vpn_connection", Kind::VpnConnection),
    ("aws_vpn_connection_route", Kind::VpnConnectionRoute),
    ("aws_default_security_group", Kind::DefaultSecurityGroup),
    ("aws_security_group", Kind::SecurityGroup),
    ("aws_network_acl", Kind::NetworkAcl),
    ("aws_launch_template", Kind::LaunchTemplate),
    ("aws_autoscaling_group", Kind::AutoScalingGroup),
    ("aws_s3_bucket", Kind::Bucket),
    ("aws_s3_bucket_policy", Kind::BucketPolicy),
    ("aws_lambda_function", Kind::Function),
    ("aws_lambda_permission", Kind::Permission),
    ("aws_cloudwatch_event_rule", Kind::EventRule),
    ("aws_sns_topic", Kind::Topic),
    ("aws_sns_topic_policy", Kind::TopicPolicy),
    ("aws_sns_topic_subscription", Kind::Subscription),
    ("aws_iam_role", Kind::Role),
    ("aws_iam_instance_profile", Kind::InstanceProfile),
    ("aws_cloudwatch_log_group", Kind::LogGroup),
    ("aws_flow_log", Kind::FlowLog),
];

/// The kind of resource that a type is read into.
pub(super) fn kind(type_name: &str) -> Option<Kind> {
    let known = TYPES.iter().find(|(name, _)| *name == type_name);
    known.map(|(_, kind)| *kind)
}

/// What references to resources and data sources of hashicorp/aws give.
pub(super) struct Names;

impl Provider for Names {
    fn attribute(&self, instance: &Instance, id: Option<&ResourceId>, path: &str) -> Option<Term> {
        if instance.address.contains("data.")
            && let Some(environment) = environment(&instance.kind, path)
        {
            return Some(Term::Environment(environment));
        }
        let id = id?;
        let crate::cloud::Kind::Aws(kind) = id.kind else {
            return None;
        };
        if kind == Kind::Vpc && path == "default_security_group_id" {
            // The group that the VPC makes by itself.
            return Some(Kind::DefaultSecurityGroup.named(id.path.clone()).id());
        }
        attribute(kind, path).map(|attribute| id.attribute(attribute))
    }
}

/// What the provider tells of where it works.
fn environment(kind: &str, path: &str) -> Option<Environment> {
    match (kind, path) {
        ("aws_caller_identity", "account_id" | "id") => Some(Environment::AccountId),
        // The provider called it `name` before version 6.
        ("aws_region", "id" | "name" | "region") => Some(Environment::Region),
        ("aws_partition", "partition" | "id") => Some(Environment::Partition),
        _ => None,
    }
}

/// What an attribute is: the section "Attribute Reference" of each type's page, as in
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role#attribute-reference>.
fn attribute(kind: Kind, path: &str) -> Option<Attribute> {
    Some(match (kind, path) {
        (_, "arn") | (Kind::Topic, "id") => Attribute::Arn,
        (Kind::Bucket, "bucket")
        | (Kind::RouteTable, "route_table_id")
        | (Kind::VpnGateway, "vpn_gateway_id") => Attribute::Id,
        (
            Kind::Role
            | Kind::InstanceProfile
            | Kind::LogGroup
            | Kind::AutoScalingGroup
            | Kind::Function
            | Kind::EventRule,
            "id" | "name" | "function_name",
        )
        | (Kind::Topic, "name") => Attribute::Name,
        (Kind::LaunchTemplate, "latest_version") => Attribute::LatestVersion,
        (Kind::VpcEndpoint, "prefix_list_id") => Attribute::PrefixList,
        (Kind::VpnConnection, "tunnel1_address") => Attribute::Tunnel1Address,
        (Kind::VpnConnection, "tunnel2_address") => Attribute::Tunnel2Address,
        (_, "id") => Attribute::Id,
        _ => return None,
    })
}
