//! Virtual networks, subnets, peerings and public addresses.

use super::assembly::{Assembly, Read};
use super::names;
use super::words::{cidrs, maybe_id, small, texts, version, word};
use crate::cloud::azure::{
    AddressSku, Kind, Peering, PublicIp, PublicIpPrefix, Subnet, VirtualNetwork,
};
use crate::cloud::{Attribute, ResourceId};
use crate::net::Cidr;
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_network>
pub(super) fn network<'t>(
    id: ResourceId,
    of: &mut Properties<'_, 't>,
    assembly: &mut Assembly<'t>,
) -> Result<Read> {
    // Names, protection against floods, and how fast flows are forgotten.
    of.ignore(&[
        "dns_servers",
        "ddos_protection_plan",
        "flow_timeout_in_minutes",
        "private_endpoint_vnet_policies",
    ]);
    if of.has("subnet") {
        assembly.says_all(&id, Kind::Subnet);
    }
    for mut entry in of.blocks("subnet") {
        let name = entry.label("name");
        let subnet = id.child(crate::cloud::Kind::Azure(Kind::Subnet), name);
        match inline_subnet(subnet, &mut entry) {
            Ok(read) => assembly.beside(read, entry.place(), of),
            Err(error) => {
                entry.give_up();
                entry.fault(&error);
            }
        }
    }
    Ok(VirtualNetwork {
        address_space: of.need("address_space", cidrs)?,
        id,
    }
    .into())
}

/// What a service may do with the subnet, and rules for private endpoints, which are not read.
const OF_SERVICES: &[&str] = &[
    "delegation",
    "private_endpoint_network_policies",
    "private_endpoint_network_policies_enabled",
    "private_link_service_network_policies_enabled",
    "enforce_private_link_endpoint_network_policies",
    "enforce_private_link_service_network_policies",
];

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/subnet>
pub(super) fn subnet(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["virtual_network_name", "sharing_scope"]);
    of.ignore(OF_SERVICES);
    let network = names::whole(&id, Kind::VirtualNetwork);
    Ok(Subnet {
        id,
        network: network.attribute(Attribute::Name),
        prefixes: prefixes(of)?,
        default_outbound_access: default_outbound_access(of),
        route_table: None,
        nat_gateway: None,
        network_security_group: None,
    }
    .into())
}

/// A subnet that stands inside its network.
fn inline_subnet(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["id"]);
    of.ignore(OF_SERVICES);
    let network = names::whole(&id, Kind::VirtualNetwork);
    Ok(Subnet {
        id,
        network: network.attribute(Attribute::Name),
        prefixes: prefixes(of)?,
        default_outbound_access: default_outbound_access(of),
        route_table: maybe_id(of, "route_table_id")?,
        nat_gateway: None,
        network_security_group: maybe_id(of, "security_group")?,
    }
    .into())
}

/// The provider says that subnets have a way out where the configuration says nothing, whatever the API's own default is
/// (<https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/subnet#default_outbound_access_enabled-1>).
fn default_outbound_access(of: &mut Properties<'_, '_>) -> bool {
    of.or("default_outbound_access_enabled", Context::boolean, true)
}

fn prefixes(of: &mut Properties<'_, '_>) -> Result<Vec<Cidr>> {
    let mut prefixes = of.maybe("address_prefixes", cidrs)?.unwrap_or_default();
    // The provider's name before version 3, and that of subnets inside of networks before version 4.
    prefixes.extend(of.maybe("address_prefix", Context::cidr)?);
    if prefixes.is_empty() {
        return Err(of.missing("the subnet has no block of addresses"));
    }
    Ok(prefixes)
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_network_peering>
pub(super) fn peering(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["virtual_network_name", "triggers"]);
    of.fixed("peer_complete_virtual_networks_enabled", "true", true);
    of.fixed("only_ipv6_peering_enabled", "false", true);
    let switch = |of: &mut Properties<'_, '_>, key, missing| of.or(key, Context::boolean, missing);
    Ok(Peering {
        id,
        remote: of.need("remote_virtual_network_id", Context::term)?,
        access: switch(of, "allow_virtual_network_access", true),
        forwarded: switch(of, "allow_forwarded_traffic", false),
        gateway_transit: switch(of, "allow_gateway_transit", false),
        remote_gateways: switch(of, "use_remote_gateways", false),
    }
    .into())
}

/// The make of an address or of a load balancer, which the provider says where the configuration does not: `Standard` since
/// version 4 (<https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/public_ip#sku-1>).
pub(super) fn sku(of: &mut Properties<'_, '_>) -> AddressSku {
    of.fixed("sku_tier", "Regional", true);
    let read = |context: &Context<'_>, value: &_| {
        let words = [
            ("Basic", AddressSku::Basic),
            ("Standard", AddressSku::Standard),
        ];
        word(context, value, &words)
    };
    of.or("sku", read, AddressSku::Standard)
}

/// The zones, which older versions of the provider take as a word.
fn zones(of: &mut Properties<'_, '_>) -> Result<Vec<String>> {
    of.ignore(&["availability_zone"]);
    Ok(of.maybe("zones", texts)?.unwrap_or_default())
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/public_ip>
pub(super) fn public_ip(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // Names, how long an idle connection is kept, protection against floods, and whether the address stays the same.
    of.ignore(&[
        "allocation_method",
        "ddos_protection_mode",
        "ddos_protection_plan_id",
        "domain_name_label",
        "domain_name_label_scope",
        "idle_timeout_in_minutes",
        "ip_tags",
        "public_ip_prefix_id",
        "reverse_fqdn",
    ]);
    Ok(PublicIp {
        id,
        sku: sku(of),
        version: version(of, "ip_version"),
        zones: zones(of)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/public_ip_prefix>
pub(super) fn public_ip_prefix(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("sku", "Standard", true);
    of.fixed("sku_tier", "Regional", true);
    of.fixed("ip_version", "IPv4", true);
    Ok(PublicIpPrefix {
        id,
        length: of.maybe("prefix_length", small)?.unwrap_or(28),
        zones: zones(of)?,
    }
    .into())
}
