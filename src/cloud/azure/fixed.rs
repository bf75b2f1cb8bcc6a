//! What of a resource Azure cannot change where it stands: another value makes another resource, and destroys this one.
//!
//! The name of a resource is its id and never changes. Beside it, each of these "forces a new resource to be created" in the
//! reference of the provider for Terraform
//! (<https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs>, the page of each type); Azure Resource Manager refuses the
//! same changes with `PropertyChangeNotAllowed` and its like, so that the resource has to be deleted first.

use std::fmt::Debug;

use super::Resource;

/// A property and what it says.
type Property = (&'static str, String);

fn property(name: &'static str, value: &impl Debug) -> Property {
    (name, format!("{value:?}"))
}

/// The properties of a resource that cannot change where it stands, by the names that the typed resource has for them.
pub(super) fn fixed(resource: &Resource) -> Vec<Property> {
    match resource {
        Resource::Subnet(it) => vec![property("network", &it.network)],
        Resource::PublicIp(it) => vec![
            property("sku", &it.sku),
            property("version", &it.version),
            property("zones", &it.zones),
        ],
        Resource::PublicIpPrefix(it) => {
            vec![property("length", &it.length), property("zones", &it.zones)]
        }
        Resource::Connection(it) => vec![property("gateway", &it.gateway)],
        Resource::LoadBalancer(it) => vec![property("sku", &it.sku)],
        Resource::Peering(it) => vec![property("remote", &it.remote)],
        Resource::ScaleSet(it) => vec![
            property("zones", &it.zones),
            property("computer_name_prefix", &it.computer_name_prefix),
            property("admin_user", &it.admin_user),
            property("disk_type", &it.disk_type),
            property("secure_boot", &it.secure_boot),
            property("vtpm", &it.vtpm),
        ],
        Resource::AutoscaleSetting(it) => vec![property("target", &it.target)],
        Resource::VirtualNetwork(_)
        | Resource::RouteTable(_)
        | Resource::NatGateway(_)
        | Resource::VirtualNetworkGateway(_)
        | Resource::LocalNetworkGateway(_)
        | Resource::ApplicationSecurityGroup(_)
        | Resource::NetworkSecurityGroup(_)
        | Resource::Interface(_) => Vec::new(),
    }
}
