//! Types of CloudFormation in our words: what each is read into, and what a reference to it gives.

use super::shapes;
use crate::cloud::Attribute;
use crate::cloud::aws::Kind;
use crate::yaml::Node;

/// The types that are read, each into a resource of its own. Those that are network interfaces first of all stand at
/// [`shapes::of`].
const TYPES: [(&str, Kind); 58] = [
    ("AWS::EC2::VPC", Kind::Vpc),
    ("AWS::EC2::VPCCidrBlock", Kind::VpcCidr),
    (
        "AWS::EC2::VPCBlockPublicAccessOptions",
        Kind::VpcPublicAccess,
    ),
    (
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        Kind::VpcPublicAccessExclusion,
    ),
    ("AWS::EC2::PrefixList", Kind::PrefixList),
    ("AWS::EC2::Subnet", Kind::Subnet),
    ("AWS::EC2::RouteTable", Kind::RouteTable),
    (
        "AWS::EC2::SubnetRouteTableAssociation",
        Kind::RouteTableAssociation,
    ),
    ("AWS::EC2::Route", Kind::Route),
    (
        "AWS::EC2::VPNGatewayRoutePropagation",
        Kind::RoutePropagation,
    ),
    ("AWS::EC2::InternetGateway", Kind::InternetGateway),
    (
        "AWS::EC2::EgressOnlyInternetGateway",
        Kind::EgressOnlyInternetGateway,
    ),
    ("AWS::EC2::NatGateway", Kind::NatGateway),
    ("AWS::EC2::EIP", Kind::ElasticIp),
    ("AWS::EC2::EIPAssociation", Kind::ElasticIpAssociation),
    ("AWS::EC2::VPCPeeringConnection", Kind::Peering),
    ("AWS::EC2::TransitGateway", Kind::TransitGateway),
    (
        "AWS::EC2::TransitGatewayAttachment",
        Kind::TransitGatewayAttachment,
    ),
    (
        "AWS::EC2::TransitGatewayVpcAttachment",
        Kind::TransitGatewayAttachment,
    ),
    ("AWS::EC2::VPCEndpoint", Kind::VpcEndpoint),
    ("AWS::EC2::VPNGateway", Kind::VpnGateway),
    ("AWS::EC2::CustomerGateway", Kind::CustomerGateway),
    ("AWS::EC2::VPNConnection", Kind::VpnConnection),
    ("AWS::EC2::VPNConnectionRoute", Kind::VpnConnectionRoute),
    ("AWS::EC2::SecurityGroup", Kind::SecurityGroup),
    ("AWS::EC2::SecurityGroupIngress", Kind::SecurityGroupRule),
    ("AWS::EC2::SecurityGroupEgress", Kind::SecurityGroupRule),
    ("AWS::EC2::NetworkAcl", Kind::NetworkAcl),
    ("AWS::EC2::LaunchTemplate", Kind::LaunchTemplate),
    (
        "AWS::AutoScaling::LaunchConfiguration",
        Kind::LaunchTemplate,
    ),
    ("AWS::AutoScaling::AutoScalingGroup", Kind::AutoScalingGroup),
    ("AWS::RDS::DBSubnetGroup", Kind::SubnetGroup),
    ("AWS::DocDB::DBSubnetGroup", Kind::SubnetGroup),
    ("AWS::Neptune::DBSubnetGroup", Kind::SubnetGroup),
    ("AWS::ElastiCache::SubnetGroup", Kind::SubnetGroup),
    ("AWS::Redshift::ClusterSubnetGroup", Kind::SubnetGroup),
    ("AWS::S3::Bucket", Kind::Bucket),
    ("AWS::S3::BucketPolicy", Kind::BucketPolicy),
    ("AWS::Lambda::Function", Kind::Function),
    ("AWS::Lambda::Permission", Kind::Permission),
    ("AWS::Events::Rule", Kind::EventRule),
    ("AWS::SNS::Topic", Kind::Topic),
    ("AWS::SNS::TopicPolicy", Kind::TopicPolicy),
    ("AWS::SNS::TopicInlinePolicy", Kind::TopicPolicy),
    ("AWS::SNS::Subscription", Kind::Subscription),
    ("AWS::SQS::Queue", Kind::Queue),
    ("AWS::SQS::QueuePolicy", Kind::QueuePolicy),
    ("AWS::SQS::QueueInlinePolicy", Kind::QueuePolicy),
    ("AWS::KMS::Key", Kind::Key),
    ("AWS::KMS::Alias", Kind::KeyAlias),
    ("AWS::IAM::Role", Kind::Role),
    ("AWS::IAM::ManagedPolicy", Kind::ManagedPolicy),
    ("AWS::IAM::User", Kind::User),
    ("AWS::IAM::Group", Kind::UserGroup),
    ("AWS::IAM::InstanceProfile", Kind::InstanceProfile),
    ("AWS::Logs::LogGroup", Kind::LogGroup),
    ("AWS::EC2::FlowLog", Kind::FlowLog),
    ("AWS::EC2::VPCGatewayAttachment", Kind::VpnGatewayAttachment),
];

/// The kind of resource that a type is read into. Of one type, the properties say which of two it is.
pub(super) fn kind(type_name: &str, resource: &Node) -> Kind {
    if shapes::of(type_name).is_some() {
        return Kind::Interface;
    }
    let known = TYPES.iter().find(|(name, _)| *name == type_name);
    match known.map(|(_, kind)| *kind) {
        Some(Kind::VpnGatewayAttachment) if ties_an_internet_gateway(resource) => {
            Kind::InternetGatewayAttachment
        }
        Some(kind) => kind,
        None => Kind::Other,
    }
}

fn ties_an_internet_gateway(resource: &Node) -> bool {
    let properties = resource.get("Properties");
    properties.is_some_and(|all| all.get("InternetGatewayId").is_some())
}

/// What `Ref` gives: the section "Return values" of each type's page, as in
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html#aws-resource-iam-role-return-values>.
pub(super) fn of_ref(kind: Kind) -> Attribute {
    match kind {
        Kind::Role
        | Kind::User
        | Kind::UserGroup
        | Kind::InstanceProfile
        | Kind::LogGroup
        | Kind::AutoScalingGroup
        | Kind::Function
        | Kind::EventRule
        | Kind::KeyAlias => Attribute::Name,
        Kind::Topic | Kind::Subscription | Kind::ManagedPolicy => Attribute::Arn,
        // The address itself, not the id of its allocation.
        Kind::ElasticIp => Attribute::Address,
        _ => Attribute::Id,
    }
}

/// What `GetAtt` gives, and the text behind it.
pub(super) fn of_get_att(kind: Kind, name: &str) -> Option<(Attribute, &'static str)> {
    let attribute = match (kind, name) {
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
        (Kind::LogGroup, "Arn") => return Some((Attribute::Arn, ":*")),
        (
            Kind::Role
            | Kind::User
            | Kind::UserGroup
            | Kind::InstanceProfile
            | Kind::Bucket
            | Kind::Function
            | Kind::EventRule
            | Kind::Queue
            | Kind::Key
            | Kind::Other,
            "Arn",
        )
        | (Kind::Topic, "TopicArn")
        | (Kind::ManagedPolicy, "PolicyArn") => Attribute::Arn,
        (Kind::SecurityGroup, "GroupId" | "Id")
        | (Kind::Vpc, "VpcId")
        | (Kind::Subnet, "SubnetId")
        | (Kind::RouteTable, "RouteTableId")
        | (
            Kind::NetworkAcl
            | Kind::VpcEndpoint
            | Kind::Peering
            | Kind::TransitGateway
            | Kind::TransitGatewayAttachment
            | Kind::EgressOnlyInternetGateway
            | Kind::Interface,
            "Id",
        )
        | (Kind::InternetGateway, "InternetGatewayId")
        | (Kind::NatGateway, "NatGatewayId")
        | (Kind::PrefixList, "PrefixListId")
        | (Kind::ElasticIp, "AllocationId")
        | (Kind::Interface, "InstanceId")
        | (Kind::Queue, "QueueUrl")
        | (Kind::Key, "KeyId")
        | (Kind::CustomerGateway, "CustomerGatewayId")
        | (Kind::VpnGateway, "VPNGatewayId")
        | (Kind::VpnConnection, "VpnConnectionId")
        | (Kind::LaunchTemplate, "LaunchTemplateId") => Attribute::Id,
        (Kind::Topic, "TopicName") | (Kind::Queue, "QueueName") => Attribute::Name,
        (Kind::ElasticIp, "PublicIp") => Attribute::Address,
        (Kind::LaunchTemplate, "LatestVersionNumber" | "DefaultVersionNumber") => {
            Attribute::LatestVersion
        }
        _ => return None,
    };
    Some((attribute, ""))
}
