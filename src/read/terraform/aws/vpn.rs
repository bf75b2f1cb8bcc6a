//! Site-to-site VPNs.

use super::assembly::Read;
use crate::cloud::ResourceId;
use crate::cloud::aws::{
    CustomerGateway, Kind, Tunnel, VpnConnection, VpnConnectionRoute, VpnGateway,
    VpnGatewayAttachment,
};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpn_gateway>
pub(super) fn gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let vpc = of.maybe("vpc_id", Context::term)?;
    let attachment = vpc.map(|vpc| VpnGatewayAttachment {
        id: id.child(
            crate::cloud::Kind::Aws(Kind::VpnGatewayAttachment),
            "vpc_id",
        ),
        vpc,
        gateway: id.id(),
    });
    of.ignore(&["availability_zone"]);
    let gateway = VpnGateway {
        id,
        // https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html#VPNGateway
        asn: of
            .maybe("amazon_side_asn", Context::number)?
            .unwrap_or(64512),
        name: of.name(),
    };
    let place = of.place().clone();
    Ok(Read::from(gateway).beside(attachment, &place))
}

pub(super) fn attachment(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(VpnGatewayAttachment {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        gateway: of.need("vpn_gateway_id", Context::term)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/customer_gateway>
pub(super) fn customer_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("type", "ipsec.1", false);
    of.ignore(&["device_name"]);
    let extended = of.maybe("bgp_asn_extended", Context::number)?;
    let asn = of.maybe("bgp_asn", Context::number)?;
    Ok(CustomerGateway {
        id,
        address: of.need("ip_address", Context::term)?,
        asn: asn.or(extended).unwrap_or(65000),
        name: of.name(),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpn_connection>
pub(super) fn connection(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("type", "ipsec.1", false);
    // What protects the tunnels does not say where they lead: options that are not understood are noted, and no more.
    let tunnels = tunnels(of).unwrap_or_else(|error| {
        of.fault(&error);
        None
    });
    let gateway = if of.has("transit_gateway_id") {
        of.need("transit_gateway_id", Context::term)?
    } else {
        of.need("vpn_gateway_id", Context::term)?
    };
    Ok(VpnConnection {
        id,
        gateway,
        customer_gateway: of.need("customer_gateway_id", Context::term)?,
        static_routes: of.or("static_routes_only", Context::boolean, false),
        tunnels,
        name: of.name(),
    }
    .into())
}

fn tunnels(of: &mut Properties<'_, '_>) -> Result<Option<[Tunnel; 2]>> {
    if !of.says_any_of("tunnel") {
        return Ok(None);
    }
    Ok(Some([tunnel(of, 1)?, tunnel(of, 2)?]))
}

fn tunnel(of: &mut Properties<'_, '_>, number: u8) -> Result<Tunnel> {
    let key = |name: &str| format!("tunnel{number}_{name}");
    let encryption = texts(of, &key("phase1_encryption_algorithms"))?;
    let integrity = texts(of, &key("phase1_integrity_algorithms"))?;
    let groups = texts(of, &key("phase1_dh_group_numbers"))?;
    same(of, &key("phase2_encryption_algorithms"), &encryption)?;
    same(of, &key("phase2_integrity_algorithms"), &integrity)?;
    same(of, &key("phase2_dh_group_numbers"), &groups)?;
    let dh_groups = groups.iter().map(|group| group.parse());
    Ok(Tunnel {
        ike_versions: texts(of, &key("ike_versions"))?,
        encryption,
        integrity,
        dh_groups: match dh_groups.collect::<std::result::Result<_, _>>() {
            Ok(groups) => groups,
            Err(_) => return Err(of.missing("the groups of phase 1 are no numbers")),
        },
        phase1_seconds: of.need(&key("phase1_lifetime_seconds"), Context::number)?,
        phase2_seconds: of.need(&key("phase2_lifetime_seconds"), Context::number)?,
        dpd_action: of.need(&key("dpd_timeout_action"), Context::text)?,
        startup_action: of.need(&key("startup_action"), Context::text)?,
    })
}

fn texts(of: &mut Properties<'_, '_>, key: &str) -> Result<Vec<String>> {
    of.need(key, |context, value| {
        let items = context.list(value).into_iter();
        items.map(|item| context.text(item)).collect()
    })
}

/// Both phases are read as one.
fn same(of: &mut Properties<'_, '_>, key: &str, first: &[String]) -> Result<()> {
    if texts(of, key)? == first {
        Ok(())
    } else {
        Err(of.missing(&format!("`{key}` is not the same as in phase 1")))
    }
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpn_connection_route>
pub(super) fn connection_route(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(VpnConnectionRoute {
        id,
        connection: of.need("vpn_connection_id", Context::term)?,
        destination: of.need("destination_cidr_block", Context::cidr)?,
    }
    .into())
}
