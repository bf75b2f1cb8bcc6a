//! VPNs: both sides, the tunnels, and the ranges that are sent through them.

use super::assembly::Read;
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::ResourceId;
use crate::cloud::aws::{
    CustomerGateway, Tunnel, VpnConnection, VpnConnectionRoute, VpnGateway, VpnGatewayAttachment,
};

pub(super) fn vpn_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Type", "ipsec.1", false);
    Ok(VpnGateway {
        id,
        // https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html#VPNGateway
        asn: of.maybe("AmazonSideAsn", Context::number)?.unwrap_or(64512),
        name: of.name(),
    }
    .into())
}

pub(super) fn attachment(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(VpnGatewayAttachment {
        id,
        vpc: of.need("VpcId", Context::term)?,
        gateway: of.need("VpnGatewayId", Context::term)?,
    }
    .into())
}

pub(super) fn customer_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Type", "ipsec.1", false);
    let extended = of.maybe("BgpAsnExtended", Context::number)?;
    let asn = of.maybe("BgpAsn", Context::number)?;
    Ok(CustomerGateway {
        id,
        address: of.need("IpAddress", Context::term)?,
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-customergateway.html
        asn: asn.or(extended).unwrap_or(65000),
        name: of.name(),
    }
    .into())
}

pub(super) fn connection(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Type", "ipsec.1", false);
    // What protects the tunnels does not say where they lead: options that are not understood are noted, and no more.
    let tunnels = tunnels(of).unwrap_or_else(|error| {
        of.fault(&error);
        None
    });
    let gateway = if of.has("TransitGatewayId") {
        of.need("TransitGatewayId", Context::term)?
    } else {
        of.need("VpnGatewayId", Context::term)?
    };
    Ok(VpnConnection {
        id,
        gateway,
        customer_gateway: of.need("CustomerGatewayId", Context::term)?,
        static_routes: of.or("StaticRoutesOnly", Context::boolean, false),
        tunnels,
        name: of.name(),
    }
    .into())
}

fn tunnels(of: &mut Properties<'_, '_>) -> Result<Option<[Tunnel; 2]>> {
    if !of.says("VpnTunnelOptionsSpecifications") {
        return Ok(None);
    }
    let mut all = of.list("VpnTunnelOptionsSpecifications");
    let read = all.iter_mut().map(tunnel).collect::<Result<Vec<_>>>();
    if read.is_err() {
        all.iter_mut().for_each(Properties::give_up);
    }
    match read?.try_into() {
        Ok(tunnels) => Ok(Some(tunnels)),
        Err(_) => Err(of.missing("there is a place for two tunnels whose options are all written")),
    }
}

fn tunnel(of: &mut Properties<'_, '_>) -> Result<Tunnel> {
    let encryption = values(of, "Phase1EncryptionAlgorithms")?;
    let integrity = values(of, "Phase1IntegrityAlgorithms")?;
    let groups = values(of, "Phase1DHGroupNumbers")?;
    same(of, "Phase2EncryptionAlgorithms", &encryption)?;
    same(of, "Phase2IntegrityAlgorithms", &integrity)?;
    same(of, "Phase2DHGroupNumbers", &groups)?;
    let dh_groups = groups.iter().map(|group| group.parse());
    Ok(Tunnel {
        ike_versions: values(of, "IKEVersions")?,
        encryption,
        integrity,
        dh_groups: match dh_groups.collect::<std::result::Result<_, _>>() {
            Ok(groups) => groups,
            Err(_) => return Err(of.missing("`Phase1DHGroupNumbers` are no numbers")),
        },
        phase1_seconds: of.need("Phase1LifetimeSeconds", Context::number)?,
        phase2_seconds: of.need("Phase2LifetimeSeconds", Context::number)?,
        dpd_action: of.need("DPDTimeoutAction", Context::text)?,
        startup_action: of.need("StartupAction", Context::text)?,
    })
}

/// A list of `{Value: …}`.
fn values(of: &mut Properties<'_, '_>, key: &'static str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for mut item in of.list(key) {
        found.push(item.need("Value", Context::text)?);
    }
    if found.is_empty() {
        return Err(of.missing(&format!("`{key}` is missing")));
    }
    Ok(found)
}

/// Both phases are read as one.
fn same(of: &mut Properties<'_, '_>, key: &'static str, first: &[String]) -> Result<()> {
    if values(of, key)? == first {
        Ok(())
    } else {
        Err(of.missing(&format!("`{key}` is not the same as in phase 1")))
    }
}

pub(super) fn connection_route(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(VpnConnectionRoute {
        id,
        connection: of.need("VpnConnectionId", Context::term)?,
        destination: of.need("DestinationCidrBlock", Context::cidr)?,
    }
    .into())
}
