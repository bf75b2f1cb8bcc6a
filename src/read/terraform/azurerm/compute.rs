//! Scale sets and the settings that grow them.

use super::assembly::Read;
use super::words::{maybe_id, switch, texts, version};
use crate::cloud::azure::{
    AutoscaleSetting, Health, InstanceAddress, Ipv6Configuration, NetworkInterface, ScaleRule,
    ScaleSet,
};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::net::IpVersion;
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::{self, Value};

/// How machines are spread, replaced, upgraded and paid for, and what runs in them beside their system.
const OF_MACHINES: &[&str] = &[
    "additional_capabilities",
    "additional_unattend_content",
    "admin_password",
    "automatic_os_upgrade_policy",
    "boot_diagnostics",
    "capacity_reservation_group_id",
    "data_disk",
    "disable_password_authentication",
    "do_not_run_extensions_on_overprovisioned_machines",
    "enable_automatic_updates",
    "eviction_policy",
    "extension",
    "extension_operations_enabled",
    "extensions_time_budget",
    "gallery_application",
    "gallery_applications",
    "host_group_id",
    "identity",
    "license_type",
    "max_bid_price",
    "network_api_version",
    "os_profile",
    "overprovision",
    "plan",
    "platform_fault_domain_count",
    "priority",
    "priority_mix",
    "provision_vm_agent",
    "proximity_placement_group_id",
    "resilient_vm_creation_enabled",
    "resilient_vm_deletion_enabled",
    "rolling_upgrade_policy",
    "scale_in",
    "secret",
    "single_placement_group",
    "sku_profile",
    "spot_restore",
    "termination_notification",
    "timezone",
    "upgrade_mode",
    "user_data",
    "user_data_base64",
    "winrm_listener",
    "zone_balance",
];

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/linux_virtual_machine_scale_set>
pub(super) fn scale_set(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(OF_MACHINES);
    let repair = of
        .block("automatic_instance_repair")
        .is_some_and(|mut repairs| {
            repairs.ignore(&["action", "grace_period"]);
            repairs.or("enabled", Context::boolean, false)
        });
    let probe = maybe_id(of, "health_probe_id")?;
    let interface = interface(&mut of.block_needed("network_interface"))?;
    let (disk_gib, disk_type) = disk(of);
    let size = of.label("sku_name");
    let prefix = of.label("computer_name_prefix");
    Ok(ScaleSet {
        // A flexible set's size has another name.
        size: if size.is_empty() {
            of.label("sku")
        } else {
            size
        },
        instances: of.count("instances"),
        zones: of.maybe("zones", texts)?.unwrap_or_default(),
        computer_name_prefix: if prefix.is_empty() {
            id.name().to_owned()
        } else {
            prefix
        },
        admin_user: of.label("admin_username"),
        admin_key: key(of),
        image: image(of),
        disk_gib,
        disk_type,
        encryption_at_host: switch_of_machine(of, "encryption_at_host_enabled"),
        secure_boot: switch_of_machine(of, "secure_boot_enabled"),
        vtpm: switch_of_machine(of, "vtpm_enabled"),
        interface,
        cloud_init: cloud_init(of),
        health: probe.map(|probe| Health { probe, repair }),
        after: after(of),
        id,
    }
    .into())
}

/// A switch of what is in a machine, which lets nothing pass.
fn switch_of_machine(of: &mut Properties<'_, '_>, key: &str) -> bool {
    let switch = of.maybe(key, Context::boolean);
    switch.ok().flatten().unwrap_or_default()
}

fn disk(of: &mut Properties<'_, '_>) -> (u32, String) {
    let Some(mut disk) = of.block("os_disk") else {
        return (0, String::new());
    };
    let read = (
        disk.count("disk_size_gb"),
        disk.label("storage_account_type"),
    );
    disk.give_up();
    read
}

fn key(of: &mut Properties<'_, '_>) -> Term {
    let mut keys = of.blocks("admin_ssh_key");
    let key = keys.first_mut().map(|key| key.told("public_key"));
    keys.iter_mut().for_each(Properties::give_up);
    key.unwrap_or(Term::EMPTY)
}

/// The text that is given to a machine in base64; one that was encoded elsewhere is not taken apart.
fn cloud_init(of: &mut Properties<'_, '_>) -> Option<Term> {
    match &of.take("custom_data")?.kind {
        tree::Kind::Encoded(text) => of.context.term(text).ok(),
        _ => None,
    }
}

/// `publisher:offer:sku:version`, or the id of an image.
fn image(of: &mut Properties<'_, '_>) -> Term {
    let own = of.told("source_image_id");
    let Some(mut reference) = of.block("source_image_reference") else {
        return own;
    };
    let parts = ["publisher", "offer", "sku", "version"].map(|key| reference.take(key));
    if let Some(variable) = split_apart(&parts) {
        return Term::Parameter(variable.into());
    }
    let texts = parts.iter().flatten().map(|part| {
        let text = reference.context.text(part);
        text.unwrap_or_default()
    });
    texts.collect::<Vec<_>>().join(":").into()
}

/// The variable of which these are the pieces between colons, each in its place.
fn split_apart(parts: &[Option<&Value>; 4]) -> Option<String> {
    let mut whole = None;
    for (at, part) in parts.iter().enumerate() {
        let tree::Kind::Piece(piece) = &part.as_ref()?.kind else {
            return None;
        };
        let is_same = *whole.get_or_insert(&piece.variable) == &piece.variable;
        if !is_same || &*piece.separator != ":" || piece.at != at {
            return None;
        }
    }
    whole.map(ToString::to_string)
}

fn interface(of: &mut Properties<'_, '_>) -> Result<NetworkInterface> {
    let read = read_interface(of);
    if read.is_err() {
        of.give_up();
    }
    read
}

fn read_interface(of: &mut Properties<'_, '_>) -> Result<NetworkInterface> {
    // How fast it is, and by which names others are known to it.
    of.ignore(&[
        "accelerated_networking_enabled",
        "auxiliary_mode",
        "auxiliary_sku",
        "dns_servers",
        "enable_accelerated_networking",
        "name",
    ]);
    of.fixed("primary", "true", true);
    if switch(of, ["ip_forwarding_enabled", "enable_ip_forwarding"], false) {
        of.unknown("there is no place for machines that forward", of.place());
    }
    let network_security_group = maybe_id(of, "network_security_group_id")?;
    let (mut of, ipv6) = configurations(of)?;
    of.fixed("primary", "true", true);
    let public_address = match of.block("public_ip_address") {
        None => None,
        Some(mut public) => {
            public.ignore(&[
                "domain_name_label",
                "idle_timeout_in_minutes",
                "ip_tag",
                "name",
                "sku_name",
            ]);
            public.fixed("version", "IPv4", true);
            Some(InstanceAddress {
                prefix: maybe_id(&mut public, "public_ip_prefix_id")?,
            })
        }
    };
    Ok(NetworkInterface {
        subnet: of.need("subnet_id", Context::term)?,
        network_security_group,
        groups: ids(&mut of, "application_security_group_ids")?,
        pools: ids(&mut of, "load_balancer_backend_address_pool_ids")?,
        public_address,
        ipv6,
    })
}

fn ids(of: &mut Properties<'_, '_>, key: &str) -> Result<Vec<Term>> {
    of.maybe(key, Context::terms).map(Option::unwrap_or_default)
}

/// The configuration of IPv4, and what that of IPv6 says where there is one. Others are noted.
fn configurations<'a, 't>(
    of: &mut Properties<'a, 't>,
) -> Result<(Properties<'a, 't>, Option<Ipv6Configuration>)> {
    let (mut v4, mut v6) = (None, None);
    for mut address in of.blocks("ip_configuration") {
        address.ignore(&["name"]);
        let known = match version(&mut address, "version") {
            IpVersion::V4 => &mut v4,
            IpVersion::V6 => &mut v6,
        };
        if known.is_some() {
            let why = "there is a place for one address of each version of IP";
            address.unknown(why, address.place());
            address.give_up();
        } else {
            *known = Some(address);
        }
    }
    let v6 = v6.map(|mut of| ipv6(&mut of)).transpose()?;
    let v4 = v4.unwrap_or_else(|| of.block_needed("ip_configuration"));
    Ok((v4, v6))
}

fn ipv6(of: &mut Properties<'_, '_>) -> Result<Ipv6Configuration> {
    let read = read_ipv6(of);
    if read.is_err() {
        of.give_up();
    }
    read
}

fn read_ipv6(of: &mut Properties<'_, '_>) -> Result<Ipv6Configuration> {
    of.fixed("primary", "false", true);
    Ok(Ipv6Configuration {
        subnet: of.need("subnet_id", Context::term)?,
        groups: ids(of, "application_security_group_ids")?,
        pools: ids(of, "load_balancer_backend_address_pool_ids")?,
    })
}

/// What the set waits for. What is not read is left out: the order of making things lets nothing pass.
fn after(of: &Properties<'_, '_>) -> Vec<Term> {
    let waits = of.owner.depends_on.iter();
    let known = waits.filter_map(|reference| {
        let instance = of.context.tree.find(&reference.address)?;
        let tie = match &*instance.kind {
            "azurerm_subnet_route_table_association" => {
                Some(("subnet_id", Attribute::RouteTableTie))
            }
            "azurerm_subnet_nat_gateway_association" => {
                Some(("subnet_id", Attribute::NatGatewayTie))
            }
            "azurerm_nat_gateway_public_ip_association" => {
                Some(("nat_gateway_id", Attribute::AddressTie))
            }
            _ => None,
        };
        let Some((key, tie)) = tie else {
            return Some(of.context.id(instance)?.attribute(Attribute::Itself));
        };
        match of.context.term(instance.body.value(key)?).ok()? {
            Term::Attribute(id, _) => Some(id.attribute(tie)),
            _ => None,
        }
    });
    known.collect()
}

/// A setting that grows a scale set by the load of its processors. One of another shape has no place: it changes how many
/// machines there are, and not who reaches them.
/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/monitor_autoscale_setting>
pub(super) fn autoscale(id: ResourceId, of: &mut Properties<'_, '_>) -> Option<Read> {
    let read = read_autoscale(id, of);
    of.give_up();
    read.map(Read::from)
}

fn read_autoscale(id: ResourceId, of: &mut Properties<'_, '_>) -> Option<AutoscaleSetting> {
    says(of, "enabled", "true")?;
    let target = of.need("target_resource_id", Context::term).ok()?;
    let mut profiles = of.blocks("profile");
    let read = match profiles.as_mut_slice() {
        [profile] => read_profile(id, target, profile),
        _ => None,
    };
    profiles.iter_mut().for_each(Properties::give_up);
    read
}

fn read_profile(
    id: ResourceId,
    target: Term,
    profile: &mut Properties<'_, '_>,
) -> Option<AutoscaleSetting> {
    let mut capacity = profile.block("capacity")?;
    let minimum = capacity.need("minimum", Context::number);
    let maximum = capacity.need("maximum", Context::number);
    capacity.give_up();
    let mut rules = profile.blocks("rule");
    let read = rules.iter_mut().map(|rule| scale_rule(rule, &target));
    let read: Vec<_> = read.collect();
    rules.iter_mut().for_each(Properties::give_up);
    Some(AutoscaleSetting {
        id,
        minimum: minimum.ok()?,
        maximum: maximum.ok()?,
        rules: read.into_iter().collect::<Option<_>>()?,
        target,
    })
}

fn scale_rule(of: &mut Properties<'_, '_>, target: &Term) -> Option<ScaleRule> {
    let mut action = of.block("scale_action")?;
    let out = action.label("direction");
    let steps = ["type", "value", "cooldown"].map(|key| action.label(key));
    action.give_up();
    let mut trigger = of.block("metric_trigger")?;
    let measured = trigger.need("metric_resource_id", Context::term);
    let threshold = trigger.need("threshold", super::words::small);
    let how = [
        "metric_name",
        "time_grain",
        "statistic",
        "time_window",
        "time_aggregation",
    ]
    .map(|key| trigger.label(key));
    let operator = trigger.label("operator");
    trigger.give_up();
    let out = match (&*out, &*operator) {
        ("Increase", "GreaterThan") => true,
        ("Decrease", "LessThan") => false,
        _ => return None,
    };
    let ours = steps == ["ChangeCount", "1", "PT5M"]
        && how == ["Percentage CPU", "PT1M", "Average", "PT5M", "Average"]
        && measured.ok()? == *target;
    let cpu_percent = threshold.ok().filter(|_| ours)?;
    Some(ScaleRule { out, cpu_percent })
}

/// Whether an argument is a word, or left out.
fn says(of: &mut Properties<'_, '_>, key: &str, right: &str) -> Option<()> {
    let text = of.maybe(key, Context::text).ok()?;
    text.is_none_or(|text| text == right).then_some(())
}
