//! Types of hashicorp/azurerm in our words: <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs>.

use crate::cloud::azure::Kind;

/// The types that are read, each into a resource or a part of its own.
const TYPES: [(&str, Kind); 24] = [
    ("azurerm_virtual_network", Kind::VirtualNetwork),
    ("azurerm_subnet", Kind::Subnet),
    ("azurerm_virtual_network_peering", Kind::Peering),
    ("azurerm_route_table", Kind::RouteTable),
    ("azurerm_nat_gateway", Kind::NatGateway),
    ("azurerm_public_ip", Kind::PublicIp),
    ("azurerm_public_ip_prefix", Kind::PublicIpPrefix),
    (
        "azurerm_virtual_network_gateway",
        Kind::VirtualNetworkGateway,
    ),
    ("azurerm_local_network_gateway", Kind::LocalNetworkGateway),
    (
        "azurerm_virtual_network_gateway_connection",
        Kind::Connection,
    ),
    (
        "azurerm_application_security_group",
        Kind::ApplicationSecurityGroup,
    ),
    ("azurerm_network_security_group", Kind::NetworkSecurityGroup),
    ("azurerm_network_security_rule", Kind::SecurityRule),
    ("azurerm_lb", Kind::LoadBalancer),
    ("azurerm_lb_backend_address_pool", Kind::BackendPool),
    ("azurerm_lb_probe", Kind::Probe),
    ("azurerm_lb_rule", Kind::BalancingRule),
    ("azurerm_lb_nat_rule", Kind::NatRule),
    ("azurerm_lb_outbound_rule", Kind::OutboundRule),
    ("azurerm_network_interface", Kind::Interface),
    ("azurerm_linux_virtual_machine_scale_set", Kind::ScaleSet),
    ("azurerm_windows_virtual_machine_scale_set", Kind::ScaleSet),
    (
        "azurerm_orchestrated_virtual_machine_scale_set",
        Kind::ScaleSet,
    ),
    ("azurerm_monitor_autoscale_setting", Kind::AutoscaleSetting),
];

/// The kind of resource that a type is read into.
pub(super) fn kind(type_name: &str) -> Option<Kind> {
    let known = TYPES.iter().find(|(name, _)| *name == type_name);
    known.map(|(_, kind)| *kind)
}

/// Types, or their beginnings where they end in `_`, that surely let nothing pass and change no other resource, by the
/// reason why.
const INERT: [(&str, &[&str]); 7] = [
    (
        "it is where resources are kept, and who may manage them",
        &[
            "azurerm_resource_group",
            "azurerm_management_lock",
            "azurerm_management_group",
            "azurerm_role_assignment",
            "azurerm_role_definition",
            "azurerm_user_assigned_identity",
            "azurerm_federated_identity_credential",
            "azurerm_resource_provider_registration",
            "azurerm_consumption_budget_",
        ],
    ),
    (
        "it watches, counts or keeps a record",
        &[
            "azurerm_log_analytics_",
            "azurerm_application_insights",
            "azurerm_application_insights_",
            "azurerm_monitor_",
            "azurerm_network_watcher",
            "azurerm_network_watcher_flow_log",
            "azurerm_network_connection_monitor",
            "azurerm_dashboard",
            "azurerm_portal_dashboard",
        ],
    ),
    (
        "it is a machine, which is known by its interfaces, or something that runs in one",
        &[
            "azurerm_linux_virtual_machine",
            "azurerm_windows_virtual_machine",
            "azurerm_virtual_machine",
            "azurerm_virtual_machine_extension",
            "azurerm_virtual_machine_run_command",
            "azurerm_virtual_machine_scale_set_extension",
            "azurerm_ssh_public_key",
            "azurerm_dev_test_global_vm_shutdown_schedule",
        ],
    ),
    (
        "it is a disk or a picture of one",
        &[
            "azurerm_managed_disk",
            "azurerm_virtual_machine_data_disk_attachment",
            "azurerm_disk_encryption_set",
            "azurerm_image",
            "azurerm_snapshot",
            "azurerm_shared_image",
            "azurerm_shared_image_gallery",
            "azurerm_shared_image_version",
        ],
    ),
    (
        "it is where machines stand",
        &[
            "azurerm_availability_set",
            "azurerm_proximity_placement_group",
        ],
    ),
    (
        "it is a name for an address, and opens no way to it",
        &[
            "azurerm_dns_",
            "azurerm_private_dns_a_record",
            "azurerm_private_dns_aaaa_record",
            "azurerm_private_dns_cname_record",
            "azurerm_private_dns_mx_record",
            "azurerm_private_dns_ptr_record",
            "azurerm_private_dns_srv_record",
            "azurerm_private_dns_txt_record",
            "azurerm_private_dns_zone",
            "azurerm_private_dns_zone_virtual_network_link",
            "azurerm_virtual_network_dns_servers",
        ],
    ),
    (
        "it protects what can be reached anyway, and changes no way to it",
        &["azurerm_network_ddos_protection_plan"],
    ),
];

/// Types of other providers that make values, files and pauses, and nothing in a cloud.
const OTHER_PROVIDERS: [&str; 7] = [
    "random_",
    "null_",
    "time_",
    "local_",
    "tls_",
    "terraform_",
    "azurecaf_",
];

/// Whether resources of a type surely let nothing pass.
pub(super) fn is_inert(type_name: &str) -> bool {
    let fits = |known: &str| {
        let is_start = known.ends_with('_');
        type_name == known || is_start && type_name.starts_with(known)
    };
    let mut inert = INERT.iter().flat_map(|(_, types)| types.iter());
    inert.any(|known| fits(known)) || OTHER_PROVIDERS.iter().any(|start| fits(start))
}

#[cfg(test)]
mod tests {
    use super::is_inert;

    #[test]
    fn a_family_is_inert_as_a_whole_and_its_namesake_is_not() {
        assert!(is_inert("azurerm_monitor_diagnostic_setting"));
        assert!(is_inert("azurerm_linux_virtual_machine"));
        assert!(!is_inert("azurerm_linux_virtual_machine_scale_set"));
        assert!(!is_inert("azurerm_private_endpoint"));
        assert!(!is_inert("azurerm_network_manager"));
    }
}
