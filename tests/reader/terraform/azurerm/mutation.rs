//! Whatever is changed in a folder for Azure, the reading changes, unless it is in the short list of what lets nothing pass.

use super::{examples, read};
use crate::terraform::mutation::{Judge, assert_all_seen, said};

/// What has no meaning for what passes, by the end of its path, and why.
const WITHOUT_MEANING: &[(&str, &str)] = &[
    ("terraform/*", "which versions of programs there must be"),
    ("provider/*", "the subscription of everything"),
    ("variable/description", "for people"),
    ("validation/error_message", "for people"),
    ("variable/nullable", "whether the deployer may give nothing"),
    (
        "lifecycle/*",
        "what later changes of the configuration change",
    ),
    (
        "output/value/separator",
        "what stands between addresses, of which there is one",
    ),
    ("locals/tags/*", "labels"),
    ("tags", "labels"),
    ("azurerm_resource_group/*", "where resources are kept"),
    ("location", "one folder makes everything in one place"),
    ("resource_group_name", "where resources are kept"),
    ("allocation_method", "whether an address stays the same"),
    (
        "private_ip_address_allocation",
        "whether an address stays the same",
    ),
    (
        "azurerm_lb_rule/idle_timeout_in_minutes",
        "when an idle connection is forgotten",
    ),
    (
        "azurerm_lb_nat_rule/idle_timeout_in_minutes",
        "when an idle connection is forgotten",
    ),
    ("tcp_reset_enabled", "how a connection ends"),
    ("dpd_timeout_seconds", "how soon a dead tunnel is noticed"),
    ("ip_configuration/name", "a name that nothing refers to"),
    ("network_interface/name", "a name that nothing refers to"),
    ("public_ip_address/name", "a name that nothing refers to"),
    ("profile/name", "a name that nothing refers to"),
    ("overprovision", "how machines are replaced"),
    ("platform_fault_domain_count", "where machines stand"),
    ("single_placement_group", "where machines stand"),
    ("upgrade_mode", "how machines are replaced"),
    (
        "automatic_instance_repair/action",
        "how machines are replaced",
    ),
    ("grace_period", "how machines are replaced"),
    ("disable_password_authentication", "what runs in a machine"),
    ("admin_ssh_key/username", "repeats the administrator's name"),
    ("caching", "how fast a disk is"),
    (
        "capacity/default",
        "how many there are while nothing is measured",
    ),
];

/// What happens when nothing is said: see the pages at the types that are read.
const DEFAULTS: &[(&str, &str)] = &[
    ("sku", "Standard"),
    ("sku_name", "Standard"),
    ("idle_timeout_in_minutes", "4"),
    ("primary", "true"),
    ("version", "IPv4"),
    ("vpn_type", "RouteBased"),
    ("active_active", "false"),
    ("bgp_enabled", "false"),
    ("connection_protocol", "IKEv2"),
    ("enabled", "true"),
    ("protocol", "Tcp"),
    ("bgp_route_propagation_enabled", "true"),
    ("sensitive", "false"),
    ("prefix_length", "28"),
    ("asn", "65515"),
];

const AZURE: Judge = Judge {
    without_meaning: WITHOUT_MEANING,
    defaults: DEFAULTS,
    // Its number is that which Azure's gateways have anyway.
    default_blocks: &["azurerm_virtual_network_gateway/bgp_settings"],
    read: |folder| read(folder).map(|reading| said(&reading)),
};

#[test]
fn every_change_that_means_something_is_seen() {
    let folders = examples().into_iter();
    let folders: Vec<_> = folders.map(|it| (it.name, it.folder)).collect();
    let tried = assert_all_seen(&AZURE, &folders);
    assert!(tried > 2000, "{tried}");
}
