//! The site-to-site VPN: Azure's gateway, the customer's, and the connection between them.

use super::assembly::Read;
use super::context::Context;
use super::properties::Properties;
use super::value::{Data, Result, Value};
use crate::cloud::azure::{
    BgpPeer, Connection, IpsecPolicy, LocalNetworkGateway, VirtualNetworkGateway,
};
use crate::cloud::{ResourceId, Term};

fn needed(of: &Properties<'_, '_>, key: &str, id: Option<Term>) -> Result<Term> {
    id.ok_or_else(|| of.missing(format!("`{key}` is missing")))
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworkgateways>
pub(super) fn gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("gatewayType", "Vpn", false);
    of.fixed("vpnType", "RouteBased", true);
    of.fixed("activeActive", "false", true);
    of.ignore(&["vpnGatewayGeneration"]);
    let mut sku = of.inside_or_empty("sku");
    let make = sku.label("name");
    sku.fixed("tier", &make, true);
    sku.ignore(&["capacity"]);
    drop(sku);
    let speaks = of.or("enableBgp", Context::boolean, false);
    let asn = if speaks {
        let mut bgp = of.inside_or_empty("bgpSettings");
        // Azure's own number, where none is given:
        // https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
        Some(bgp.maybe("asn", Context::number)?.unwrap_or(65515))
    } else {
        // Nobody is told.
        of.ignore(&["bgpSettings"]);
        None
    };
    let default_site = of.id("gatewayDefaultSite")?;
    let mut configuration = of.only("ipConfigurations");
    configuration.ignore(&["name", "id"]);
    let mut address = configuration.inside_or_empty("properties");
    address.ignore(&["privateIPAllocationMethod"]);
    let (subnet, public_ip) = (address.id("subnet")?, address.id("publicIPAddress")?);
    Ok(VirtualNetworkGateway {
        id,
        sku: make,
        subnet: needed(of, "subnet", subnet)?,
        public_ip: needed(of, "publicIPAddress", public_ip)?,
        asn,
        default_site,
    }
    .into())
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/localnetworkgateways>
pub(super) fn local_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let bgp = match of.inside("bgpSettings") {
        Some(mut bgp) => Some(BgpPeer {
            asn: bgp.need("asn", Context::number)?,
            address: bgp.need("bgpPeeringAddress", Context::term)?,
        }),
        None => None,
    };
    let key = if of.has("fqdn") {
        "fqdn"
    } else {
        "gatewayIpAddress"
    };
    let address = of.need(key, Context::term)?;
    let mut space = of.inside_or_empty("localNetworkAddressSpace");
    Ok(LocalNetworkGateway {
        id,
        address,
        address_space: space
            .maybe("addressPrefixes", Context::cidrs)?
            .unwrap_or_default(),
        bgp,
    }
    .into())
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/connections>
pub(super) fn connection(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("connectionType", "IPsec", false);
    of.fixed("connectionProtocol", "IKEv2", true);
    // How soon a dead tunnel is noticed, and which of several routes is taken.
    of.ignore(&["dpdTimeoutSeconds", "routingWeight"]);
    of.fixed("usePolicyBasedTrafficSelectors", "false", true);
    let (gateway, remote) = (
        of.id("virtualNetworkGateway1")?,
        of.id("localNetworkGateway2")?,
    );
    Ok(Connection {
        id,
        gateway: needed(of, "virtualNetworkGateway1", gateway)?,
        remote: needed(of, "localNetworkGateway2", remote)?,
        shared_key: of.or("sharedKey", Context::term, Term::EMPTY),
        bgp: of.or("enableBgp", Context::boolean, false),
        policy: policy(of)?,
    }
    .into())
}

/// What both sides must agree on. With none, Azure's list of what it takes, which is told by empty words
/// (<https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto>).
fn policy(of: &mut Properties<'_, '_>) -> Result<IpsecPolicy> {
    let nothing = Value::new(Data::Null, of.place());
    let mut policy = if of.has("ipsecPolicies") {
        of.only("ipsecPolicies")
    } else {
        Properties::new(of.context, &of.owner, nothing)
    };
    let mut word = |key| -> Result<String> {
        let word = policy.maybe(key, Context::text)?;
        Ok(word.unwrap_or_default().into())
    };
    let words = [
        word("ikeEncryption")?,
        word("ikeIntegrity")?,
        word("dhGroup")?,
        word("ipsecEncryption")?,
        word("ipsecIntegrity")?,
        word("pfsGroup")?,
    ];
    let [
        ike_encryption,
        ike_integrity,
        dh_group,
        ipsec_encryption,
        ipsec_integrity,
        pfs_group,
    ] = words;
    let mut number = |key| {
        policy
            .maybe(key, Context::number)
            .map(Option::unwrap_or_default)
    };
    Ok(IpsecPolicy {
        ike_encryption,
        ike_integrity,
        dh_group,
        ipsec_encryption,
        ipsec_integrity,
        pfs_group,
        sa_lifetime_seconds: number("saLifeTimeSeconds")?,
        sa_data_size_kilobytes: number("saDataSizeKilobytes")?,
    })
}
