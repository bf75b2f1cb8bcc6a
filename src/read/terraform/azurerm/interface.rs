//! Network interfaces. What is in a machine behind them is no matter of the network.

use super::assembly::Read;
use super::words::{maybe_id, switch, version};
use crate::cloud::ResourceId;
use crate::cloud::azure::{Interface, IpConfiguration};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_interface>
pub(super) fn interface(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // How fast it is, and by which names others are known to it.
    of.ignore(&[
        "accelerated_networking_enabled",
        "auxiliary_mode",
        "auxiliary_sku",
        "dns_servers",
        "enable_accelerated_networking",
        "internal_dns_name_label",
    ]);
    let mut configurations = Vec::new();
    for mut entry in of.blocks("ip_configuration") {
        match configuration(&mut entry) {
            Ok(configuration) => configurations.push(configuration),
            Err(error) => {
                entry.give_up();
                entry.fault(&error);
            }
        }
    }
    Ok(Interface {
        id,
        // The provider's way before there were associations.
        network_security_group: maybe_id(of, "network_security_group_id")?,
        forwarding: switch(of, ["ip_forwarding_enabled", "enable_ip_forwarding"], false),
        configurations,
    }
    .into())
}

fn configuration(of: &mut Properties<'_, '_>) -> Result<IpConfiguration> {
    of.ignore(&["primary", "private_ip_address_allocation"]);
    Ok(IpConfiguration {
        name: of.label("name"),
        version: version(of, "private_ip_address_version"),
        subnet: of.need("subnet_id", Context::term)?,
        address: maybe_id(of, "private_ip_address")?,
        public_ip: maybe_id(of, "public_ip_address_id")?,
        groups: Vec::new(),
        pools: Vec::new(),
        nat_rules: Vec::new(),
    })
}
