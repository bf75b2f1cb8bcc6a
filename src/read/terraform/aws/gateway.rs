//! Gateways to the Internet and between VPCs, and public addresses.

use super::assembly::Read;
use super::route::after;
use crate::cloud::ResourceId;
use crate::cloud::aws::{
    EgressOnlyInternetGateway, ElasticIp, ElasticIpAssociation, InternetGateway,
    InternetGatewayAttachment, Kind, NatGateway, Peering, TransitGateway, TransitGatewayAttachment,
};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::{Properties, word};

/// A gateway, and what ties it to the VPC that it names itself.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/internet_gateway>
pub(super) fn internet(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let vpc = of.maybe("vpc_id", Context::term)?;
    let attachment = vpc.map(|vpc| InternetGatewayAttachment {
        id: id.child(
            crate::cloud::Kind::Aws(Kind::InternetGatewayAttachment),
            "vpc_id",
        ),
        vpc,
        gateway: id.id(),
    });
    let name = of.name();
    let place = of.place().clone();
    Ok(Read::from(InternetGateway { id, name }).beside(attachment, &place))
}

pub(super) fn attachment(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(InternetGatewayAttachment {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        gateway: of.need("internet_gateway_id", Context::term)?,
    }
    .into())
}

pub(super) fn egress_only(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["tags", "tags_all"]);
    let vpc = of.need("vpc_id", Context::term)?;
    Ok(EgressOnlyInternetGateway { id, vpc }.into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/nat_gateway>
pub(super) fn nat(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // Under which other addresses it speaks, and by which interface: not for whom.
    of.ignore(&[
        "network_interface_id",
        "private_ip",
        "secondary_allocation_ids",
        "secondary_private_ip_address_count",
        "secondary_private_ip_addresses",
    ]);
    let public = of.maybe("connectivity_type", |context, value| {
        word(context, value, &[("public", true), ("private", false)])
    })?;
    Ok(NatGateway {
        id,
        subnet: of.need("subnet_id", Context::term)?,
        public: public.unwrap_or(true),
        address: of.has("allocation_id").then(|| of.told("allocation_id")),
        after: after(of),
        name: of.name(),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eip>
pub(super) fn address(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "address",
        // A state repeats its own id.
        "allocation_id",
        "associate_with_private_ip",
        "domain",
        "network_border_group",
        "public_ipv4_pool",
        "tags",
        "tags_all",
        // How the provider said it before `domain`.
        "vpc",
    ]);
    let instance = of.maybe("instance", Context::term)?;
    let interface = of.maybe("network_interface", Context::term)?;
    let target = instance.or(interface);
    let after = after(of);
    Ok(ElasticIp { id, target, after }.into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eip_association>
pub(super) fn address_association(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["allow_reassociation", "private_ip_address"]);
    let address = if of.has("allocation_id") {
        "allocation_id"
    } else {
        "public_ip"
    };
    let target = if of.has("network_interface_id") {
        "network_interface_id"
    } else {
        "instance_id"
    };
    Ok(ElasticIpAssociation {
        id,
        address: of.need(address, Context::term)?,
        target: of.need(target, Context::term)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_peering_connection>
pub(super) fn peering(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // Until somebody accepts it, nothing passes; how names are answered opens no way.
    of.ignore(&["auto_accept", "accepter", "requester"]);
    Ok(Peering {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        peer: of.need("peer_vpc_id", Context::term)?,
        peer_account: of.maybe("peer_owner_id", Context::term)?,
        peer_region: of.maybe("peer_region", Context::term)?,
        name: of.name(),
    }
    .into())
}

/// The gateway as such. Its own route tables are other resources, and not read.
pub(super) fn transit(id: ResourceId, of: &mut Properties<'_, '_>) -> Read {
    of.ignore(&["amazon_side_asn", "description", "dns_support"]);
    let name = of.name();
    TransitGateway { id, name }.into()
}

pub(super) fn transit_attachment(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["dns_support", "ipv6_support", "tags", "tags_all"]);
    Ok(TransitGatewayAttachment {
        id,
        gateway: of.need("transit_gateway_id", Context::term)?,
        vpc: of.need("vpc_id", Context::term)?,
        subnets: of.need("subnet_ids", Context::terms)?,
    }
    .into())
}
