//! The site-to-site VPN: Azure's gateway, the customer's, and the connection between them.

use super::assembly::Read;
use super::words::{cidrs, maybe_id, switch};
use crate::cloud::azure::{
    BgpPeer, Connection, IpsecPolicy, LocalNetworkGateway, VirtualNetworkGateway,
};
use crate::cloud::{ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_network_gateway>
pub(super) fn gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("type", "Vpn", false);
    of.fixed("vpn_type", "RouteBased", true);
    let doubled = switch(of, ["active_active_enabled", "active_active"], false);
    if doubled {
        of.unknown(
            "there is no place for the second address of an active-active gateway",
            of.place(),
        );
    }
    of.ignore(&["generation"]);
    let speaks = switch(of, ["bgp_enabled", "enable_bgp"], false);
    let settings = of.block("bgp_settings");
    // Azure's own number, where none is given: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
    let asn = match settings {
        Some(mut bgp) => {
            bgp.ignore(&["peer_weight"]);
            let asn = bgp.maybe("asn", Context::number)?;
            // Nobody is told.
            if !speaks {
                bgp.give_up();
            }
            asn
        }
        None => None,
    };
    let default_site = maybe_id(of, "default_local_network_gateway_id")?;
    let mut address = of.block_needed("ip_configuration");
    address.ignore(&["name", "private_ip_address_allocation"]);
    let (subnet, public_ip) = (
        address.need("subnet_id", Context::term),
        address.need("public_ip_address_id", Context::term),
    );
    drop(address);
    Ok(VirtualNetworkGateway {
        id,
        sku: of.label("sku"),
        subnet: subnet?,
        public_ip: public_ip?,
        asn: speaks.then_some(asn.unwrap_or(65515)),
        default_site,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/local_network_gateway>
pub(super) fn local_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let bgp = match of.block("bgp_settings") {
        Some(mut bgp) => {
            bgp.ignore(&["peer_weight"]);
            Some(BgpPeer {
                asn: bgp.need("asn", Context::number)?,
                address: bgp.need("bgp_peering_address", Context::term)?,
            })
        }
        None => None,
    };
    let key = if of.has("gateway_fqdn") {
        "gateway_fqdn"
    } else {
        "gateway_address"
    };
    Ok(LocalNetworkGateway {
        id,
        address: of.need(key, Context::term)?,
        address_space: of.maybe("address_space", cidrs)?.unwrap_or_default(),
        bgp,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_network_gateway_connection>
pub(super) fn connection(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("type", "IPsec", false);
    of.fixed("connection_protocol", "IKEv2", true);
    of.fixed("use_policy_based_traffic_selectors", "false", true);
    // How soon a dead tunnel is noticed, who calls first, and which of several routes is taken.
    of.ignore(&["connection_mode", "dpd_timeout_seconds", "routing_weight"]);
    Ok(Connection {
        id,
        gateway: of.need("virtual_network_gateway_id", Context::term)?,
        remote: of.need("local_network_gateway_id", Context::term)?,
        shared_key: of.or("shared_key", Context::term, Term::EMPTY),
        bgp: switch(of, ["bgp_enabled", "enable_bgp"], false),
        policy: policy(of)?,
    }
    .into())
}

/// What both sides must agree on. With none, Azure's list of what it takes, which is told by empty words
/// (<https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto>).
fn policy(of: &mut Properties<'_, '_>) -> Result<IpsecPolicy> {
    let mut policy = of.block("ipsec_policy");
    let mut word = |key| match &mut policy {
        Some(policy) => policy
            .maybe(key, Context::text)
            .map(Option::unwrap_or_default),
        None => Ok(String::new()),
    };
    let (ike_encryption, ike_integrity) = (word("ike_encryption")?, word("ike_integrity")?);
    let (ipsec_encryption, ipsec_integrity) = (word("ipsec_encryption")?, word("ipsec_integrity")?);
    let (dh_group, pfs_group) = (word("dh_group")?, word("pfs_group")?);
    let mut number = |key| match &mut policy {
        Some(policy) => policy
            .maybe(key, Context::number)
            .map(Option::unwrap_or_default),
        None => Ok(0),
    };
    Ok(IpsecPolicy {
        ike_encryption,
        ike_integrity,
        dh_group,
        ipsec_encryption,
        ipsec_integrity,
        pfs_group,
        sa_lifetime_seconds: number("sa_lifetime")?,
        sa_data_size_kilobytes: number("sa_datasize")?,
    })
}
