//! Scale sets, the settings that grow them, virtual machines and network interfaces.

use super::assembly::{Assembly, Read};
use super::context::Context;
use super::names;
use super::properties::Properties;
use super::value::{Data, Result, Value};
use crate::cloud::azure::{
    AutoscaleSetting, Health, InstanceAddress, Interface, IpConfiguration, Kind, NetworkInterface,
    ScaleRule, ScaleSet,
};
use crate::cloud::{ResourceId, Term};

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
    let nothing = Term::Text(String::new());
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
    let nothing = Term::Text(String::new());
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
            Term::Text(String::new())
        })
    });
    let texts: Vec<_> = texts.collect();
    let known = texts.iter().map(|term| match term {
        Term::Text(text) => Some(text.as_str()),
        _ => None,
    });
    match known.collect::<Option<Vec<_>>>() {
        Some(known) => Term::Text(known.join(":")),
        None => Term::Join(texts),
    }
}

/// The value of which these are the pieces between colons, each in its place.
fn split_apart(parts: &[Option<Value>; 4]) -> Option<Term> {
    let mut whole = None;
    for (at, part) in parts.iter().enumerate() {
        let Data::Piece(term, separator, index) = &part.as_ref()?.data else {
            return None;
        };
        let same = whole.get_or_insert(term) == &term;
        if !same || separator != ":" || *index != at {
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
    let mut address = of.only("ipConfigurations");
    address.ignore(&["name"]);
    let mut of = address.inside_or_empty("properties");
    of.fixed("primary", "true", true);
    of.fixed("privateIPAddressVersion", "IPv4", true);
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
    })
}

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
    of.fixed("privateIPAddressVersion", "IPv4", true);
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
            Some(names::id(Kind::PublicIp, vec![name]).id())
        }
    };
    Ok(IpConfiguration {
        name,
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
        let id = names::id(Kind::Interface, vec![format!("{name}-{own}")]);
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
