//! Gateways to the Internet and between VPCs, and public addresses.

use super::assembly::Read;
use super::properties::{Properties, word};
use super::route::after;
use super::value::{Context, Result};
use crate::cloud::ResourceId;
use crate::cloud::aws::{
    EgressOnlyInternetGateway, ElasticIp, ElasticIpAssociation, InternetGateway,
    InternetGatewayAttachment, NatGateway, Peering, TransitGateway, TransitGatewayAttachment,
};
use crate::yaml::Node;

pub(super) fn internet(id: ResourceId, of: &mut Properties<'_, '_>) -> Read {
    let name = of.name();
    InternetGateway { id, name }.into()
}

pub(super) fn attachment(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(InternetGatewayAttachment {
        id,
        vpc: of.need("VpcId", Context::term)?,
        gateway: of.need("InternetGatewayId", Context::term)?,
    }
    .into())
}

pub(super) fn egress_only(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Tags"]);
    let vpc = of.need("VpcId", Context::term)?;
    Ok(EgressOnlyInternetGateway { id, vpc }.into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html>
pub(super) fn nat(
    id: ResourceId,
    of: &mut Properties<'_, '_>,
    depends_on: Option<&Node>,
) -> Result<Read> {
    // Under which other addresses it speaks, and for how long: not for whom.
    of.ignore(&[
        "MaxDrainDurationSeconds",
        "PrivateIpAddress",
        "SecondaryAllocationIds",
        "SecondaryPrivateIpAddressCount",
        "SecondaryPrivateIpAddresses",
        "VpcId",
    ]);
    let public = of.maybe("ConnectivityType", |context, node| {
        word(context, node, &[("public", true), ("private", false)])
    })?;
    Ok(NatGateway {
        id,
        subnet: of.need("SubnetId", Context::term)?,
        public: public.unwrap_or(true),
        address: of.has("AllocationId").then(|| of.told("AllocationId")),
        after: after(of.context, depends_on),
        name: of.name(),
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html>
pub(super) fn address(
    id: ResourceId,
    of: &mut Properties<'_, '_>,
    depends_on: Option<&Node>,
) -> Result<Read> {
    of.ignore(&[
        "Address",
        "Domain",
        "IpamPoolId",
        "NetworkBorderGroup",
        "PublicIpv4Pool",
        "Tags",
    ]);
    let target = of.maybe("InstanceId", Context::term)?;
    let after = after(of.context, depends_on);
    Ok(ElasticIp { id, target, after }.into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eipassociation.html>
pub(super) fn address_association(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["PrivateIpAddress"]);
    let first_of = |of: &Properties<'_, '_>, one: &'static str, other: &'static str| {
        if of.has(one) { one } else { other }
    };
    let address = first_of(of, "AllocationId", "EIP");
    let target = first_of(of, "NetworkInterfaceId", "InstanceId");
    Ok(ElasticIpAssociation {
        id,
        address: of.need(address, Context::term)?,
        target: of.need(target, Context::term)?,
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcpeeringconnection.html>
pub(super) fn peering(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // Who may accept it. Until somebody does, nothing passes.
    of.ignore(&["PeerRoleArn", "AssumeRoleRegion"]);
    Ok(Peering {
        id,
        vpc: of.need("VpcId", Context::term)?,
        peer: of.need("PeerVpcId", Context::term)?,
        peer_account: of.maybe("PeerOwnerId", Context::term)?,
        peer_region: of.maybe("PeerRegion", Context::term)?,
        name: of.name(),
    }
    .into())
}

/// The gateway as such. Its own route tables are other resources, and not read.
pub(super) fn transit(id: ResourceId, of: &mut Properties<'_, '_>) -> Read {
    of.ignore(&["AmazonSideAsn", "Description", "DnsSupport"]);
    let name = of.name();
    TransitGateway { id, name }.into()
}

pub(super) fn transit_attachment(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Options", "Tags"]);
    Ok(TransitGatewayAttachment {
        id,
        gateway: of.need("TransitGatewayId", Context::term)?,
        vpc: of.need("VpcId", Context::term)?,
        subnets: of.need("SubnetIds", Context::terms)?,
    }
    .into())
}
