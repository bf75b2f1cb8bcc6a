//! What references to resources and data sources of hashicorp/aws give.

use super::types;
use crate::cloud::aws::Kind;
use crate::cloud::{Attribute, Environment, ResourceId, Term};
use crate::read::terraform::context::Provider;
use crate::read::terraform::tree::Instance;

/// The words of hashicorp/aws.
pub(super) struct Names;

impl Provider for Names {
    fn attribute(&self, instance: &Instance, id: Option<&ResourceId>, path: &str) -> Option<Term> {
        let Some(id) = id else {
            return data(instance, path);
        };
        let crate::cloud::Kind::Aws(kind) = id.kind else {
            return None;
        };
        if kind == Kind::Vpc && path == "default_security_group_id" {
            // The group that the VPC makes by itself.
            return Some(
                Kind::DefaultSecurityGroup
                    .named(id.path.iter().cloned())
                    .id(),
            );
        }
        attribute(kind, path).map(|attribute| id.attribute(attribute))
    }
}

/// What the provider tells of where it works. What is looked up else is known to the deploy only.
fn data(instance: &Instance, path: &str) -> Option<Term> {
    let environment = match (&*instance.kind, path) {
        ("aws_caller_identity", "account_id" | "id") => Environment::AccountId,
        // The provider called it `name` before version 6.
        ("aws_region", "id" | "name" | "region") => Environment::Region,
        ("aws_partition", "partition" | "id") => Environment::Partition,
        // A list that AWS or the account has: it is known by its id, as a parameter would be.
        (kind @ ("aws_prefix_list" | "aws_ec2_managed_prefix_list"), "id" | "prefix_list_id") => {
            let id = types::kind(kind).named([instance.address.to_string()]);
            return Some(id.id());
        }
        _ => return None,
    };
    Some(Term::Environment(environment))
}

/// What an attribute is: the section "Attribute Reference" of each type's page, as in
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role#attribute-reference>.
fn attribute(kind: Kind, path: &str) -> Option<Attribute> {
    Some(match (kind, path) {
        (_, "arn") | (Kind::Topic | Kind::ManagedPolicy, "id") => Attribute::Arn,
        (
            Kind::Role
            | Kind::User
            | Kind::UserGroup
            | Kind::InstanceProfile
            | Kind::LogGroup
            | Kind::AutoScalingGroup
            | Kind::Function
            | Kind::EventRule
            | Kind::KeyAlias,
            "id" | "name" | "function_name",
        )
        | (Kind::Topic | Kind::Queue, "name") => Attribute::Name,
        // A group of subnets is named by its name.
        (Kind::SubnetGroup, "name")
        | (Kind::Bucket, "bucket")
        | (Kind::Queue, "url")
        | (Kind::Key, "key_id")
        | (Kind::ElasticIp, "allocation_id")
        | (Kind::Interface, "primary_network_interface_id")
        | (_, "id") => Attribute::Id,
        (Kind::ElasticIp, "public_ip") => Attribute::Address,
        (Kind::LaunchTemplate, "latest_version" | "default_version") => Attribute::LatestVersion,
        (Kind::VpcEndpoint, "prefix_list_id") => Attribute::PrefixList,
        (Kind::VpnConnection, "tunnel1_address") => Attribute::Tunnel1Address,
        (Kind::VpnConnection, "tunnel2_address") => Attribute::Tunnel2Address,
        _ => return None,
    })
}
