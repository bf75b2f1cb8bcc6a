//! Addresses of IPv6 in templates of others: both formats read the same, and what has no place is named.

use patternbook::cloud::azure::Resource;
use patternbook::net::IpVersion;
use patternbook::read::Reading;
use serde_json::json;

use crate::arm::{self, resources_of};
use crate::arm_foreign::template;
use crate::terraform::read_azurerm;

/// The versions of IP of public addresses and of the addresses of interfaces, in the order of the template.
fn versions(reading: &Reading<Resource>) -> Vec<IpVersion> {
    let resources = resources_of(reading).into_iter();
    let versions = resources.flat_map(|resource| match resource {
        Resource::PublicIp(it) => vec![it.version],
        Resource::Interface(it) => it.configurations.iter().map(|own| own.version).collect(),
        _ => Vec::new(),
    });
    versions.collect()
}

fn unknown(reading: &Reading<Resource>) -> Vec<&str> {
    reading.unknown.iter().map(|it| it.why.as_str()).collect()
}

fn arm_reading(inside: &str) -> Reading<Resource> {
    let subnet =
        json!({ "id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 'own')]" });
    let address = |version: &str| {
        json!({
            "name": version,
            "properties": { "privateIPAddressVersion": version, "subnet": subnet },
        })
    };
    let text = template(json!({ "resources": [
        {
            "type": "Microsoft.Network/virtualNetworks",
            "apiVersion": "2025-05-01",
            "name": "net",
            "properties": {
                "addressSpace": { "addressPrefixes": ["10.0.0.0/16", "fd00:a::/48"] },
                "subnets": [{
                    "name": "own",
                    "properties": {
                        "addressPrefixes": ["10.0.0.0/24", "fd00:a::/64"],
                        "defaultOutboundAccess": false,
                    },
                }],
            },
        },
        {
            "type": "Microsoft.Network/publicIPAddresses",
            "apiVersion": "2025-05-01",
            "name": "six",
            "sku": { "name": "Standard" },
            "properties": { "publicIPAddressVersion": "ipv6", "publicIPAllocationMethod": "Static" },
        },
        {
            "type": "Microsoft.Network/networkInterfaces",
            "apiVersion": "2025-05-01",
            "name": "nic",
            "properties": { "ipConfigurations": [address("IPv4"), address("IPv6")] },
        },
        {
            "type": "Microsoft.Network/loadBalancers",
            "apiVersion": "2025-05-01",
            "name": "inner",
            "sku": { "name": "Standard" },
            "properties": {
                "frontendIPConfigurations": [{
                    "name": "front",
                    "properties": { "privateIPAddressVersion": inside, "subnet": subnet },
                }],
            },
        },
    ]}));
    arm::read(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"))
}

fn terraform_reading(inside: &str) -> Reading<Resource> {
    let text = format!(
        r#"
resource "azurerm_virtual_network" "net" {{
  name          = "net"
  address_space = ["10.0.0.0/16", "fd00:a::/48"]
}}
resource "azurerm_subnet" "own" {{
  name                            = "own"
  virtual_network_name            = azurerm_virtual_network.net.name
  address_prefixes                = ["10.0.0.0/24", "fd00:a::/64"]
  default_outbound_access_enabled = false
}}
resource "azurerm_public_ip" "six" {{
  name              = "six"
  allocation_method = "Static"
  ip_version        = "IPv6"
}}
resource "azurerm_network_interface" "nic" {{
  name = "nic"
  ip_configuration {{
    name      = "IPv4"
    subnet_id = azurerm_subnet.own.id
  }}
  ip_configuration {{
    name                       = "IPv6"
    subnet_id                  = azurerm_subnet.own.id
    private_ip_address_version = "IPv6"
  }}
}}
resource "azurerm_lb" "inner" {{
  name = "inner"
  frontend_ip_configuration {{
    name                       = "front"
    subnet_id                  = azurerm_subnet.own.id
    private_ip_address_version = "{inside}"
  }}
}}
"#
    );
    read_azurerm(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn addresses_of_both_versions_are_read_in_both_formats() {
    for reading in [arm_reading("IPv4"), terraform_reading("IPv4")] {
        assert_eq!(unknown(&reading), Vec::<&str>::new());
        assert_eq!(
            versions(&reading),
            [IpVersion::V6, IpVersion::V4, IpVersion::V6]
        );
    }
}

#[test]
fn a_front_end_of_ipv6_inside_has_no_place() {
    for reading in [arm_reading("IPv6"), terraform_reading("IPv6")] {
        let named = unknown(&reading);
        let why = "there is no place for front ends inside that are of IPv6";
        assert_eq!(named.len(), 1, "{named:?}");
        assert!(named[0].contains(why), "{named:?}");
    }
}
