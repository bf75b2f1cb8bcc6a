//! What no walker can see in Terraform for Azure.

use super::{DEFAULT, Unseen, at, words};

pub(super) const UNSEEN: &[Unseen] = &[
    words("**/description", "for people"),
    words("**/tags/**", "for people and for bills"),
    words("terraform/**", "the versions of tools"),
    at("provider/**", "where the stack stands"),
    at("locals/**", "for people and for bills"),
    at("output/**", "what is told when everything is there"),
    at(
        "variable/**",
        "what is chosen when the stack is made; no rule, route or block of these templates is",
    ),
    at("azurerm_resource_group/**", "where the stack stands"),
    at("**/location", "where the stack stands"),
    at("**/resource_group_name", "where the stack stands"),
    at("**/name", "a name"),
    at("**/zones/**", "in which buildings things stand"),
    at("**/depends_on/**", "the order of making things"),
    at("**/lifecycle/**", "how things are replaced"),
    at(
        "azurerm_monitor_autoscale_setting/**",
        "how many machines there are",
    ),
    at(
        "azurerm_linux_virtual_machine_scale_set/sku",
        "how large machines are",
    ),
    at(
        "azurerm_linux_virtual_machine_scale_set/instances",
        "how many machines there are",
    ),
    at(
        "**/platform_fault_domain_count",
        "in which buildings machines stand",
    ),
    at(
        "**/single_placement_group",
        "in which buildings machines stand",
    ),
    at("**/overprovision", "how machines are made"),
    at("**/upgrade_mode", "how machines are replaced"),
    at(
        "**/automatic_instance_repair/**",
        "how machines are replaced",
    ),
    at("**/health_probe_id", "when machines are replaced"),
    at("**/os_disk/**", "a machine's disks"),
    at("**/source_image_reference/**", "what runs in a machine"),
    at("**/custom_data/**", "what runs in a machine"),
    at("**/admin_ssh_key/**", "whose key opens a machine"),
    at("**/admin_username", "whose key opens a machine"),
    at(
        "**/disable_password_authentication",
        "whose key opens a machine",
    ),
    at("**/computer_name_prefix", "a name"),
    at(
        "**/encryption_at_host_enabled",
        "how a machine encrypts its disks",
    ),
    at("**/secure_boot_enabled", "how a machine starts"),
    at("**/vtpm_enabled", "how a machine starts"),
    at(
        "**/primary",
        "which of the addresses is the first: there is one",
    ),
    at("**/ip_configuration/version", DEFAULT),
    at("**/public_ip_address/**", "how an address is found"),
    at("**/allocation_method", "how an address is found"),
    at("azurerm_lb/sku", DEFAULT),
    at("azurerm_public_ip/sku", "the make of an address"),
    at(
        "azurerm_public_ip_prefix/**",
        "from where addresses are taken",
    ),
    at(
        "**/idle_timeout_in_minutes",
        "when an idle connection is forgotten",
    ),
    at(
        "**/tcp_reset_enabled",
        "how an idle connection is forgotten",
    ),
    at("azurerm_lb_probe/**", "when a machine gets no clients"),
    at("**/probe_id", "when a machine gets no clients"),
    at("**/sku_name", "the make of a gateway"),
    at(
        "azurerm_virtual_network_gateway/**",
        "the make of a gateway, and what it calls itself",
    ),
    at(
        "azurerm_local_network_gateway/**",
        "where the other side is, and what it calls itself",
    ),
    at(
        "azurerm_virtual_network_gateway_connection/**",
        "how packets in a tunnel are encrypted",
    ),
];
