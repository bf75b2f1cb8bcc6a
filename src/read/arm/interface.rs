//! Virtual machines and their network interfaces.

use super::assembly::{Assembly, Read};
use super::context::Context;
use super::names;
use super::network::version;
use super::properties::Properties;
use super::value::Result;
use crate::cloud::ResourceId;
use crate::cloud::azure::{Interface, IpConfiguration, Kind};

/// <https://learn.microsoft.com/azure/templates/microsoft.network/networkinterfaces>
pub(super) fn interface(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // How fast it is, and by which names others are known to it.
    of.ignore(&[
        "enableAcceleratedNetworking",
        "dnsSettings",
        "primary",
        "deleteOption",
        "nicType",
    ]);
    let network_security_group = of.id("networkSecurityGroup")?;
    let forwarding = of.or("enableIPForwarding", Context::boolean, false);
    let mut configurations = Vec::new();
    for mut entry in of.list("ipConfigurations") {
        let (name, _) = entry.name();
        entry.ignore(&["id", "etag", "type"]);
        let mut inside = entry.inside_or_empty("properties");
        match configuration(name, &mut inside) {
            Ok(configuration) => configurations.push(configuration),
            Err(error) => {
                inside.give_up();
                inside.fault(&error);
            }
        }
    }
    Ok(Interface {
        id,
        network_security_group,
        forwarding,
        configurations,
    }
    .into())
}

fn configuration(name: String, of: &mut Properties<'_, '_>) -> Result<IpConfiguration> {
    of.ignore(&["primary", "privateIPAllocationMethod"]);
    let version = version(of, "privateIPAddressVersion");
    let subnet = of.id("subnet")?;
    let public_ip = match of.inside("publicIPAddress") {
        None => None,
        Some(mut public) if public.has("id") => {
            public.ignore(&["properties", "location", "tags", "sku"]);
            Some(public.need("id", Context::term)?)
        }
        // An address that is made with the machine, with the name that it has there.
        Some(mut public) => {
            let (name, _) = public.name();
            public.ignore(&["properties", "sku"]);
            Some(names::id(Kind::PublicIp, [name]).id())
        }
    };
    Ok(IpConfiguration {
        name,
        version,
        subnet: subnet.ok_or_else(|| of.missing("`subnet` is missing"))?,
        address: of.maybe("privateIPAddress", Context::term)?,
        public_ip,
        groups: of.ids("applicationSecurityGroups"),
        pools: of.ids("loadBalancerBackendAddressPools"),
        nat_rules: of.ids("loadBalancerInboundNatRules"),
    })
}

/// A virtual machine is its interfaces: those that it names are resources of their own, those that it describes are made
/// with it.
/// <https://learn.microsoft.com/azure/templates/microsoft.compute/virtualmachines>
pub(super) fn machine(name: &str, body: &mut Properties<'_, '_>, assembly: &mut Assembly) {
    body.ignore(&["plan", "zones"]);
    let mut of = body.inside_or_empty("properties");
    let network = of.inside("networkProfile");
    // What is in a machine is no matter of the network.
    of.give_up();
    let Some(mut network) = network else {
        return;
    };
    network.ignore(&["networkApiVersion"]);
    let _ = network.ids("networkInterfaces");
    for mut entry in network.list("networkInterfaceConfigurations") {
        let (own, place) = entry.name();
        let id = names::id(Kind::Interface, [format!("{name}-{own}")]);
        let mut inside = entry.inside_or_empty("properties");
        match interface(id, &mut inside) {
            Ok(read) => assembly.add(read, place, &body.owner),
            Err(error) => {
                inside.give_up();
                inside.fault(&error);
            }
        }
    }
}
