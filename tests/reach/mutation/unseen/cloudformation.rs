//! What lets the same pass in CloudFormation.

use super::super::change::Change::{
    Copied, Half, LeftOut, Number, OtherBlock, Reference, Swapped, Truth, Wider, Word,
};
use super::{Equivalent, at, only, within};

pub(super) const EQUIVALENT: &[Equivalent] = &[
    at("AWSTemplateFormatVersion", "the version of the format"),
    at("Description", "for people"),
    at("Metadata/**", "for people"),
    at("Outputs/**", "what is told when everything is there"),
    at(
        "Parameters/**",
        "what is chosen when the stack is made; no rule, route or block of these templates is",
    ),
    at("**/Description", "for people"),
    at("**/GroupDescription", "for people"),
    at("**/VersionDescription", "for people"),
    at("**/Tags/**", "for people and for bills"),
    at("**/TagSpecifications/**", "for people and for bills"),
    at("**/DependsOn/**", "the order of making things"),
    at("**/UpdatePolicy/**", "how instances are replaced"),
    at("**/HealthCheckType", "when instances are replaced"),
    at("**/HealthCheckGracePeriod", "when instances are replaced"),
    at(
        "**/AWS::AutoScaling::ScalingPolicy/**",
        "how many instances there are",
    ),
    at(
        "**/AWS::AutoScaling::AutoScalingGroup/Properties/MinSize",
        "how many instances there are",
    ),
    at(
        "**/AWS::AutoScaling::AutoScalingGroup/Properties/MaxSize",
        "how many instances there are",
    ),
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
        "a machine's disks",
    ),
    at(
        "**/LaunchTemplateData/MetadataOptions/**",
        "what a machine asks itself",
    ),
    at(
        "**/LaunchTemplateData/InstanceInitiatedShutdownBehavior",
        "what is left of a machine",
    ),
    at(
        "**/AWS::Logs::LogGroup/**",
        "where it is written down what passed",
    ),
    at(
        "**/AWS::EC2::FlowLog/**",
        "where it is written down what passed",
    ),
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
    only(
        "**/AWS::EC2::VPC/Properties/CidrBlock",
        &[Half, Wider],
        "addresses that no machine has",
    ),
    only(
        "**/AWS::EC2::Subnet/Properties/CidrBlock",
        &[Half],
        "machines get other addresses of the network, which no rule names",
    ),
    only(
        "**/VPCZoneIdentifier/#",
        &[LeftOut],
        "machines stand in fewer subnets, and where they stand the same passes",
    ),
    only(
        "**/MapPublicIpOnLaunch",
        &[LeftOut, Truth],
        "a public address leads nowhere without an Internet gateway",
    ),
    only(
        "**/AssociatePublicIpAddress",
        &[LeftOut, Truth],
        "a public address leads nowhere without an Internet gateway",
    ),
    only(
        "**/StaticRoutesOnly",
        &[LeftOut, Truth],
        "the tables hold every route whatever is learned",
    ),
    within(
        "vpc-full",
        "**/AWS::EC2::NetworkAclEntry/**",
        &[
            LeftOut, Copied, Half, OtherBlock, Wider, Number, Word, Swapped, Truth,
        ],
        "the security group lets no more pass, whatever the network ACL before it lets pass",
    ),
    within(
        "vpc-full",
        "**/AWS::EC2::SubnetNetworkAclAssociation/**",
        &[LeftOut, Reference],
        "the security group lets no more pass, whatever the network ACL before it lets pass",
    ),
    within(
        "vpc-full",
        "**/AWS::EC2::SecurityGroup/Properties/*/#/*",
        &[Copied, Wider, Number, Word],
        "the network ACL before the group lets no more pass",
    ),
    within(
        "vpc-full",
        "**/AWS::EC2::SecurityGroup/Properties/SecurityGroupEgress/#/**",
        &[LeftOut, Half, OtherBlock, Word],
        "updates go to every address, the proxies of the datacenter among them",
    ),
    within(
        "vpc",
        "**/AWS::EC2::SecurityGroup/Properties/SecurityGroupEgress/#/CidrIp",
        &[Wider],
        "no route leads there",
    ),
    within(
        "vpc",
        "**/AWS::EC2::Route/**",
        &[Copied, Wider],
        "the VPN gateway has no route there, and no rule lets it pass",
    ),
    within(
        "vpc-full",
        "**/AWS::EC2::Route/**",
        &[LeftOut, Copied, Half, OtherBlock, Wider, Reference],
        "the default route leads to the same gateway",
    ),
    only(
        "**/AWS::EC2::VPNConnectionRoute/Properties/**",
        &[Copied, Wider],
        "no table sends such packets to the VPN gateway",
    ),
    at("**/AWS::IAM::Role/**", "who writes the flow logs"),
];
