//! What no walker can see in CloudFormation.

use super::{DEFAULT, Unseen, at, of, words};

pub(super) const UNSEEN: &[Unseen] = &[
    words("AWSTemplateFormatVersion", "the version of the format"),
    words("Description", "for people"),
    words("Metadata/**", "for people"),
    words("**/Description", "for people"),
    words("**/GroupDescription", "for people"),
    words("**/VersionDescription", "for people"),
    words("**/Tags/**", "for people and for bills"),
    words("**/TagSpecifications/**", "for people and for bills"),
    at("Outputs/**", "what is told when everything is there"),
    at(
        "Parameters/**",
        "what is chosen when the stack is made; no rule, route or block of these templates is",
    ),
    at("**/MapPublicIpOnLaunch", DEFAULT),
    at("**/VpcEndpointType", DEFAULT),
    at("**/StaticRoutesOnly", DEFAULT),
    at("**/AWS::EC2::NetworkAclEntry/Properties/Egress", DEFAULT),
    at("**/AWS::Events::Rule/Properties/State", DEFAULT),
    at("**/EventBridgeEnabled", DEFAULT),
    at(
        "**/Version",
        "the older version of the language differs in variables, and there are none",
    ),
    at("**/AWS::EC2::EIP/Properties", "all addresses are for VPCs"),
    at(
        "**/AWS::EC2::EIP/Properties/Domain",
        "all addresses are for VPCs",
    ),
    at(
        "**/AWS::EC2::Subnet/Properties/Ipv6CidrBlock/#/#",
        "how many parts a block is cut into, of which another number says which one it is",
    ),
    at("**/BucketName/**", "a name"),
    at(
        "**/AWS::SNS::Topic/Properties",
        "a name, and how messages are encrypted at rest",
    ),
    at("**/PolicyName", "a name"),
    at("**/RoleName", "a name"),
    at("**/InstanceProfileName", "a name"),
    at("**/DependsOn/**", "the order of making things"),
    at("**/UpdatePolicy/**", "how instances are replaced"),
    at("**/DeletionPolicy", "what is left of a stack"),
    at("**/UpdateReplacePolicy", "what is left of a stack"),
    at("**/HealthCheckType", "when instances are replaced"),
    at("**/HealthCheckGracePeriod", "when instances are replaced"),
    at(
        "**/AWS::AutoScaling::ScalingPolicy/**",
        "how many instances there are",
    ),
    at("**/MinSize", "how many instances there are"),
    at("**/MaxSize", "how many instances there are"),
    at("**/LaunchTemplate/Version", "there is one version"),
    at("**/LaunchTemplateData/ImageId", "what runs in a machine"),
    at(
        "**/LaunchTemplateData/InstanceType",
        "how large a machine is",
    ),
    at(
        "**/LaunchTemplateData/UserData/**",
        "what runs in a machine",
    ),
    at(
        "**/LaunchTemplateData/BlockDeviceMappings/**",
        "a machine's disks and their encryption",
    ),
    at(
        "**/LaunchTemplateData/MetadataOptions/**",
        "what a machine asks itself",
    ),
    at(
        "**/InstanceInitiatedShutdownBehavior",
        "what is left of a machine",
    ),
    at(
        "**/AWS::Logs::LogGroup/**",
        "where it is logged what passed",
    ),
    at("**/AWS::EC2::FlowLog/**", "where it is logged what passed"),
    of("FlowLogs", "**/AWS::IAM::Role/**", "who writes flow logs"),
    at(
        "**/AWS::IAM::Role/Properties/Policies/**",
        "what a function writes to its logs",
    ),
    at("**/LoggingConfig/**", "where a function logs"),
    at(
        "**/VpnTunnelOptionsSpecifications/**",
        "how packets in a tunnel are encrypted",
    ),
    at("**/AmazonSideAsn", "what a router calls itself"),
    at("**/BgpAsn", "what a router calls itself"),
    at(
        "**/AWS::EC2::Subnet/Properties/AvailabilityZone",
        "in which building machines stand",
    ),
    at(
        "**/EnableDnsSupport",
        "who is asked for names; packets to addresses pass all the same",
    ),
    at(
        "**/EnableDnsHostnames",
        "who is asked for names; packets to addresses pass all the same",
    ),
    at(
        "**/BucketEncryption/**",
        "how objects are encrypted at rest",
    ),
    at("**/VersioningConfiguration/**", "what is kept of an object"),
    at("**/LifecycleConfiguration/**", "what is kept of an object"),
    at(
        "**/OwnershipControls/**",
        "that ACLs do not count is what a bucket has by default",
    ),
    at(
        "**/PublicAccessBlockConfiguration/**",
        "a second wall: no policy here is public, and ACLs do not count",
    ),
    at("**/AWS::Lambda::Function/Properties/Code/**", "what runs"),
    at("**/AWS::Lambda::Function/Properties/Runtime", "what runs"),
    at("**/AWS::Lambda::Function/Properties/Handler", "what runs"),
    at(
        "**/AWS::Lambda::Function/Properties/MemorySize",
        "how much runs",
    ),
    at(
        "**/AWS::Lambda::Function/Properties/Timeout",
        "how long it runs",
    ),
    at(
        "**/AWS::Lambda::Function/Properties/Environment/**",
        "what a function is told; what it may do, its role says",
    ),
    at("**/AWS::Events::Rule/Properties/Targets/#/Id", "a name"),
    at("**/KmsMasterKeyId", "how messages are encrypted at rest"),
];
