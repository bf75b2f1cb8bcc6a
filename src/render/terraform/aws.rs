//! Terraform for the provider hashicorp/aws.

use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};

use tera::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Provider, label, render_folder};
use crate::cloud::told::Teller;
use crate::cloud::{
    Attribute, Environment, Header, Kind, Resource as _, ResourceId, Resources, Term, aws,
};
use crate::render::context::expression;
use crate::render::engine::{RenderError, written};
use crate::render::{File, Library};

/// hashicorp/aws.
pub(super) struct Aws;

pub(in crate::render) fn render(
    resources: &Resources<aws::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let mut files = render_folder::<Aws, aws::Resource>(resources, library, "terraform-aws")?;
    let assets: BTreeSet<_> = resources.items.iter().flat_map(|it| it.assets()).collect();
    for asset in assets {
        let path = format!("functions/{}", asset.path);
        let text = library
            .text(&path)
            .ok_or_else(|| RenderError::new(&path, "no such file"))?;
        // What stands in a folder of its own is a function's code, which Lambda takes as an archive.
        if let Some((folder, name)) = asset.path.split_once('/') {
            let contents = library
                .made_of(&path, || archive(name, text))
                .map_err(|error| RenderError::new(&path, error))?;
            files.push(File {
                path: format!("functions/{folder}.zip"),
                contents,
            });
        }
        files.push(File {
            contents: text.as_bytes().to_vec(),
            path,
        });
    }
    Ok(files)
}

/// An archive of one file: the same bytes for the same text, whenever and wherever it is made, whichever version of a
/// compressor there is. It is a few kilobytes, and is not compressed.
fn archive(name: &str, text: &str) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644)
        .system(zip::System::Unix);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, options)?;
    writer.write_all(text.as_bytes())?;
    Ok(writer.finish()?.into_inner())
}

/// Writes terms in this provider's words. Only whole resources of AWS have ids, and these have labels.
pub(super) struct Scribe;

impl Teller for Scribe {
    type Told = Value;

    fn term(&self, term: Term) -> Value {
        expression::<super::Hcl<Aws>>(&term)
    }

    fn id(&self, id: &ResourceId) -> (&'static str, String) {
        ("id", written(|out| label(id, out)))
    }
}

impl Provider for Aws {
    type Scribe<'a> = Scribe;

    fn scribe(_: &Header) -> Scribe {
        Scribe
    }

    fn attribute(id: &ResourceId, attribute: Attribute, out: &mut String) {
        let Kind::Aws(kind) = id.kind else {
            unreachable!("hashicorp/aws is never asked for a resource of Azure");
        };
        out.push_str(block(kind, id));
        out.push('.');
        label(id, out);
        if let Some(name) = name(kind, attribute) {
            out.push('.');
            out.push_str(name);
        }
    }

    fn environment(environment: Environment) -> &'static str {
        match environment {
            Environment::AccountId => "data.aws_caller_identity.current.account_id",
            // Not `name`, which the provider's version 6 gives up, nor `region`, which version 5 does not have.
            Environment::Region => "data.aws_region.current.id",
            Environment::Partition => "data.aws_partition.current.partition",
        }
    }
}

/// The provider's name for an attribute; the resource itself has none.
fn name(kind: aws::Kind, attribute: Attribute) -> Option<&'static str> {
    Some(match attribute {
        Attribute::Id => "id",
        Attribute::Arn => "arn",
        Attribute::Name => "name",
        Attribute::Address if kind == aws::Kind::ElasticIp => "public_ip",
        Attribute::Address => "ip_address",
        Attribute::Ipv6Block => "ipv6_cidr_block",
        Attribute::Tunnel1Address => "tunnel1_address",
        Attribute::Tunnel2Address => "tunnel2_address",
        Attribute::LatestVersion => "latest_version",
        Attribute::PrefixList => "prefix_list_id",
        // AWS gives a VPN gateway no address of its own for BGP.
        Attribute::Itself
        | Attribute::BgpAddress
        | Attribute::RouteTableTie
        | Attribute::NatGatewayTie
        | Attribute::AddressTie => return None,
    })
}

/// The provider's name for a type. Where one resource becomes several blocks, this is the block that others name.
fn block(kind: aws::Kind, id: &ResourceId) -> &'static str {
    match kind {
        aws::Kind::Vpc => "aws_vpc",
        aws::Kind::Subnet => "aws_subnet",
        aws::Kind::RouteTable => "aws_route_table",
        aws::Kind::RouteTableAssociation => "aws_route_table_association",
        aws::Kind::Route => "aws_route",
        aws::Kind::VpcEndpoint => "aws_vpc_endpoint",
        aws::Kind::VpnGateway => "aws_vpn_gateway",
        aws::Kind::VpnGatewayAttachment => "aws_vpn_gateway_attachment",
        aws::Kind::CustomerGateway => "aws_customer_gateway",
        aws::Kind::VpnConnection => "aws_vpn_connection",
        aws::Kind::VpnConnectionRoute => "aws_vpn_connection_route",
        aws::Kind::DefaultSecurityGroup => "aws_default_security_group",
        aws::Kind::SecurityGroup => "aws_security_group",
        aws::Kind::NetworkAcl => "aws_network_acl",
        aws::Kind::LaunchTemplate => "aws_launch_template",
        aws::Kind::AutoScalingGroup => "aws_autoscaling_group",
        aws::Kind::Bucket => "aws_s3_bucket",
        aws::Kind::BucketPolicy => "aws_s3_bucket_policy",
        aws::Kind::Function => "aws_lambda_function",
        aws::Kind::Permission => "aws_lambda_permission",
        aws::Kind::EventRule => "aws_cloudwatch_event_rule",
        aws::Kind::Topic => "aws_sns_topic",
        aws::Kind::TopicPolicy => "aws_sns_topic_policy",
        aws::Kind::Subscription => "aws_sns_topic_subscription",
        aws::Kind::Role => "aws_iam_role",
        aws::Kind::InstanceProfile => "aws_iam_instance_profile",
        aws::Kind::LogGroup => "aws_cloudwatch_log_group",
        aws::Kind::FlowLog => "aws_flow_log",
        aws::Kind::VpcCidr if id.name() == aws::VpcCidr::BROUGHT => {
            "aws_vpc_ipv6_cidr_block_association"
        }
        aws::Kind::VpcCidr => "aws_vpc_ipv4_cidr_block_association",
        aws::Kind::VpcPublicAccess => "aws_vpc_block_public_access_options",
        aws::Kind::VpcPublicAccessExclusion => "aws_vpc_block_public_access_exclusion",
        aws::Kind::PrefixList => "aws_ec2_managed_prefix_list",
        aws::Kind::RoutePropagation => "aws_vpn_gateway_route_propagation",
        aws::Kind::InternetGateway => "aws_internet_gateway",
        aws::Kind::InternetGatewayAttachment => "aws_internet_gateway_attachment",
        aws::Kind::EgressOnlyInternetGateway => "aws_egress_only_internet_gateway",
        aws::Kind::NatGateway => "aws_nat_gateway",
        aws::Kind::ElasticIp => "aws_eip",
        aws::Kind::ElasticIpAssociation => "aws_eip_association",
        aws::Kind::Peering => "aws_vpc_peering_connection",
        aws::Kind::TransitGateway => "aws_ec2_transit_gateway",
        aws::Kind::TransitGatewayAttachment => "aws_ec2_transit_gateway_vpc_attachment",
        aws::Kind::SecurityGroupRule => "aws_security_group_rule",
        aws::Kind::Interface => "aws_network_interface",
        aws::Kind::SubnetGroup => "aws_db_subnet_group",
        aws::Kind::Queue => "aws_sqs_queue",
        aws::Kind::QueuePolicy => "aws_sqs_queue_policy",
        aws::Kind::Key => "aws_kms_key",
        aws::Kind::KeyAlias => "aws_kms_alias",
        aws::Kind::ManagedPolicy => "aws_iam_policy",
        aws::Kind::User => "aws_iam_user",
        aws::Kind::UserGroup => "aws_iam_group",
        // Only a reader makes it, and it has no template: nobody comes as far as this.
        aws::Kind::Other => "aws_resource",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_depends_on_its_text_alone() {
        let first = archive("index.py", "print(1)\n").unwrap();
        assert_eq!(first, archive("index.py", "print(1)\n").unwrap());
        assert_ne!(first, archive("index.py", "print(2)\n").unwrap());
    }
}
