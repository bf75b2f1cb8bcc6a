//! Scale sets and the settings that grow them.

use super::assembly::Read;
use super::context::Context;
use super::network::version;
use super::properties::Properties;
use super::value::{Data, Result, Value};
use crate::cloud::azure::{
    AutoscaleSetting, Health, InstanceAddress, Ipv6Configuration, NetworkInterface, ScaleRule,
    ScaleSet,
};
use crate::cloud::{ResourceId, Term};
use crate::net::IpVersion;

/// <https://learn.microsoft.com/azure/templates/microsoft.compute/virtualmachinescalesets>
///
/// What it waits for is not read: the order of making things lets nothing pass.
pub(super) fn scale_set(id: ResourceId, body: &mut Properties<'_, '_>) -> Result<Read> {
    body.ignore(&["plan"]);
    let mut sku = body.inside_or_empty("sku");
    sku.ignore(&["tier"]);
    let (size, instances) = (sku.label("name"), sku.or("capacity", Context::number, 0));
    let zones = body.maybe("zones", Context::words)?.unwrap_or_default();
    let mut of = body.inside_or_empty("properties");
    // How machines are spread, replaced and upgraded.
    of.ignore(&[
        "orchestrationMode",
        "overprovision",
        "platformFaultDomainCount",
        "singlePlacementGroup",
        "upgradePolicy",
        "zoneBalance",
        "scaleInPolicy",
    ]);
    let repair = of
        .inside("automaticRepairsPolicy")
        .is_some_and(|mut repairs| {
            repairs.ignore(&["gracePeriod", "repairAction"]);
            repairs.or("enabled", Context::boolean, false)
        });
    let mut profile = of.inside_or_empty("virtualMachineProfile");
    // What runs in a machine beside its system, what it is billed as, and what it writes at its start.
    profile.ignore(&[
        "extensionProfile",
        "licenseType",
        "diagnosticsProfile",
        "priority",
    ]);
    let system = System::read(&mut profile);
    let mut network = profile.inside_or_empty("networkProfile");
    network.ignore(&["networkApiVersion"]);
    let probe = network.id("healthProbe")?;
    let mut configuration = network.only("networkInterfaceConfigurations");
    configuration.ignore(&["name"]);
    let interface = interface_of_set(&mut configuration)?;
    drop((network, profile));
    Ok(ScaleSet {
        id,
        size,
        instances,
        zones,
        computer_name_prefix: system.computer_name_prefix,
        admin_user: system.admin_user,
        admin_key: system.admin_key,
        image: system.image,
        disk_gib: system.disk_gib,
        disk_type: system.disk_type,
        encryption_at_host: system.encryption_at_host,
        secure_boot: system.secure_boot,
        vtpm: system.vtpm,
        interface,
        cloud_init: system.cloud_init,
        health: probe.map(|probe| Health { probe, repair }),
        after: Vec::new(),
    }
    .into())
}

/// What runs on a machine. Nothing of it lets anything pass, so that what is not understood is empty.
struct System {
    computer_name_prefix: String,
    admin_user: String,
    admin_key: Term,
    cloud_init: Option<Term>,
    image: Term,
    disk_gib: u32,
    disk_type: String,
    encryption_at_host: bool,
    secure_boot: bool,
    vtpm: bool,
}

impl System {
    fn read(profile: &mut Properties<'_, '_>) -> Self {
        let mut os = profile.inside_or_empty("osProfile");
        os.ignore(&[
            "adminPassword",
            "windowsConfiguration",
            "secrets",
            "allowExtensionOperations",
        ]);
        let computer_name_prefix = os.label("computerNamePrefix");
        let admin_user = os.label("adminUsername");
        let cloud_init = os.take("customData").and_then(|value| encoded(&os, &value));
        let mut linux = os.inside_or_empty("linuxConfiguration");
        linux.ignore(&["provisionVMAgent", "patchSettings"]);
        let admin_key = key(&mut linux);
        drop((linux, os));
        let mut security = profile.inside_or_empty("securityProfile");
        security.ignore(&["securityType"]);
        let mut firmware = security.inside_or_empty("uefiSettings");
        let mut disks = profile.inside_or_empty("storageProfile");
        disks.ignore(&["dataDisks", "diskControllerType"]);
        let image = image(&mut disks);
        let mut disk = disks.inside_or_empty("osDisk");
        disk.ignore(&[
            "createOption",
            "caching",
            "name",
            "osType",
            "vhdContainers",
            "image",
        ]);
        let mut managed = disk.inside_or_empty("managedDisk");
        let disk_type = managed.label("storageAccountType");
        drop(managed);
        Self {
            computer_name_prefix,
            admin_user,
            admin_key,
            cloud_init,
            image,
            disk_gib: disk.or("diskSizeGB", Context::number, 0),
            disk_type,
            encryption_at_host: security.or("encryptionAtHost", Context::boolean, false),
            secure_boot: firmware.or("secureBootEnabled", Context::boolean, false),
            vtpm: firmware.or("vTpmEnabled", Context::boolean, false),
        }
    }
}

/// The text that is given to a machine encoded; one that was encoded before is not taken apart.
fn encoded(of: &Properties<'_, '_>, value: &Value) -> Option<Term> {
    if let Data::Encoded(term) = &value.data {
        return Some(term.clone());
    }
    of.unknown(
        "`customData` is not read: it is encoded already",
        &value.place,
    );
    None
}

fn key(linux: &mut Properties<'_, '_>) -> Term {
    let nothing = Term::EMPTY;
    linux.or("disablePasswordAuthentication", Context::boolean, false);
    let Some(mut ssh) = linux.inside("ssh") else {
        return nothing;
    };
    let mut key = ssh.only("publicKeys");
    key.ignore(&["path"]);
    key.or("keyData", Context::term, nothing)
}

/// `publisher:offer:sku:version`, or the id of an image.
fn image(disks: &mut Properties<'_, '_>) -> Term {
    let mut reference = disks.inside_or_empty("imageReference");
    let nothing = Term::EMPTY;
    if reference.has("id") {
        return reference.or("id", Context::term, nothing);
    }
    let parts = ["publisher", "offer", "sku", "version"].map(|key| reference.take(key));
    if let Some(whole) = split_apart(&parts) {
        return whole;
    }
    let texts = parts.into_iter().flatten().map(|value| {
        let text = reference.context.term(&value);
        text.unwrap_or_else(|error| {
            reference.fault(&error);
            Term::EMPTY
        })
    });
    let texts: Vec<_> = texts.collect();
    let known = texts.iter().map(|term| match term {
        Term::Text(text) => Some(text.as_str()),
        _ => None,
    });
    match known.collect::<Option<Vec<_>>>() {
        Some(known) => known.join(":").into(),
        None => Term::Join(texts),
    }
}

/// The value of which these are the pieces between colons, each in its place.
fn split_apart(parts: &[Option<Value>; 4]) -> Option<Term> {
    let mut whole = None;
    for (at, part) in parts.iter().enumerate() {
        let Data::Piece(pieces, index) = &part.as_ref()?.data else {
            return None;
        };
        let same = *whole.get_or_insert(&pieces.whole) == &pieces.whole;
        if !same || pieces.separator != ":" || *index != at {
            return None;
        }
    }
    whole.cloned()
}

fn interface_of_set(configuration: &mut Properties<'_, '_>) -> Result<NetworkInterface> {
    let mut of = configuration.inside_or_empty("properties");
    // The first of several, and how fast it is.
    of.fixed("primary", "true", true);
    of.ignore(&["enableAcceleratedNetworking", "dnsSettings", "deleteOption"]);
    of.fixed("enableIPForwarding", "false", true);
    let network_security_group = of.id("networkSecurityGroup")?;
    let (mut of, ipv6) = configurations(&mut of)?;
    of.fixed("primary", "true", true);
    let subnet = of.id("subnet")?;
    let public_address = match of.inside("publicIPAddressConfiguration") {
        None => None,
        Some(mut public) => {
            public.ignore(&["name", "sku"]);
            let mut of = public.inside_or_empty("properties");
            of.ignore(&["idleTimeoutInMinutes", "dnsSettings", "deleteOption"]);
            of.fixed("publicIPAddressVersion", "IPv4", true);
            Some(InstanceAddress {
                prefix: of.id("publicIPPrefix")?,
            })
        }
    };
    Ok(NetworkInterface {
        subnet: subnet.ok_or_else(|| of.missing("`subnet` is missing"))?,
        network_security_group,
        groups: of.ids("applicationSecurityGroups"),
        pools: of.ids("loadBalancerBackendAddressPools"),
        public_address,
        ipv6,
    })
}

/// The configuration of IPv4, and what that of IPv6 says where there is one. Others are noted.
fn configurations<'a, 't>(
    of: &mut Properties<'a, 't>,
) -> Result<(Properties<'a, 't>, Option<Ipv6Configuration>)> {
    let (mut v4, mut v6) = (None, None);
    for mut address in of.list("ipConfigurations") {
        address.ignore(&["name"]);
        let mut inside = address.inside_or_empty("properties");
        let known = match version(&mut inside, "privateIPAddressVersion") {
            IpVersion::V4 => &mut v4,
            IpVersion::V6 => &mut v6,
        };
        if known.is_some() {
            let why = "there is a place for one address of each version of IP";
            inside.unknown(why, inside.place());
            inside.give_up();
        } else {
            *known = Some(inside);
        }
    }
    let v6 = v6.map(|mut of| ipv6(&mut of));
    let v4 = v4.ok_or_else(|| of.missing("there is no address of IPv4"))?;
    Ok((v4, v6.transpose()?))
}

fn ipv6(of: &mut Properties<'_, '_>) -> Result<Ipv6Configuration> {
    of.fixed("primary", "false", true);
    let subnet = of.id("subnet")?;
    Ok(Ipv6Configuration {
        subnet: subnet.ok_or_else(|| of.missing("`subnet` is missing"))?,
        groups: of.ids("applicationSecurityGroups"),
        pools: of.ids("loadBalancerBackendAddressPools"),
    })
}

/// <https://learn.microsoft.com/azure/templates/microsoft.insights/autoscalesettings>
pub(super) fn autoscale(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("enabled", "true", true);
    of.ignore(&["name", "notifications", "targetResourceLocation"]);
    let target = of.need("targetResourceUri", Context::term)?;
    let mut profile = of.only("profiles");
    profile.ignore(&["name"]);
    let mut capacity = profile.inside_or_empty("capacity");
    let minimum = capacity.need("minimum", Context::number)?;
    let maximum = capacity.need("maximum", Context::number)?;
    capacity.fixed("default", &minimum.to_string(), true);
    drop(capacity);
    let rules = profile.list("rules").into_iter();
    let rules = rules.map(|mut of| {
        let rule = scale_rule(&mut of, &target);
        if rule.is_err() {
            of.give_up();
        }
        rule
    });
    Ok(AutoscaleSetting {
        rules: rules.collect::<Result<_>>()?,
        id,
        target,
        minimum,
        maximum,
    }
    .into())
}

fn scale_rule(of: &mut Properties<'_, '_>, target: &Term) -> Result<ScaleRule> {
    let mut action = of.inside_or_empty("scaleAction");
    action.fixed("type", "ChangeCount", true);
    action.fixed("value", "1", true);
    action.fixed("cooldown", "PT5M", true);
    let out = action.need("direction", |context, value| {
        let words = [("Increase", true), ("Decrease", false)];
        super::properties::word(context, value, &words)
    })?;
    let mut trigger = of.inside_or_empty("metricTrigger");
    trigger.ignore(&[
        "metricNamespace",
        "metricResourceLocation",
        "dividePerInstance",
    ]);
    trigger.fixed("metricName", "Percentage CPU", false);
    trigger.fixed("timeGrain", "PT1M", true);
    trigger.fixed("statistic", "Average", true);
    trigger.fixed("timeWindow", "PT5M", true);
    trigger.fixed("timeAggregation", "Average", true);
    trigger.fixed(
        "operator",
        if out { "GreaterThan" } else { "LessThan" },
        false,
    );
    let measured = trigger.need("metricResourceUri", Context::term)?;
    if measured != *target {
        trigger.unknown("another resource is measured", trigger.place());
    }
    let threshold = trigger.need("threshold", Context::number)?;
    match u8::try_from(threshold) {
        Ok(cpu_percent) => Ok(ScaleRule { out, cpu_percent }),
        Err(_) => Err(trigger.missing("the load is more than all")),
    }
}
