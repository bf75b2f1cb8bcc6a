//! Launch templates and autoscale groups.

use std::collections::BTreeMap;

use super::assembly::{Read, asset};
use crate::cloud::aws::{AutoScalingGroup, Image, LaunchTemplate, Shutdown, Tagged};
use crate::cloud::{ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::{Properties, word};
use crate::read::terraform::tree::{Kind, Value};

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/launch_template>
pub(super) fn launch_template(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "name",
        "name_prefix",
        "update_default_version",
        "default_version",
        "ebs_optimized",
        "monitoring",
    ]);
    of.ignore(INERT);
    let tagged = tagged(of);
    let name = name(of, &tagged);
    let (metadata_guarded, metadata_tags) = metadata(of);
    let (groups, public_address) = interface(of)?;
    let disks = disks(of, "block_device_mappings", Some("ebs"));
    Ok(LaunchTemplate {
        id,
        name,
        description: of.label("description"),
        image: image(of),
        size: of.label("instance_type"),
        disk_gib: disks.first_gib,
        disk_encrypted: disks.encrypted,
        disks: disks.count,
        groups,
        public_address,
        profile: profile(of)?,
        metadata_guarded,
        metadata_tags,
        shutdown: shutdown(of),
        user_data: of.take("user_data").map(asset),
        tagged,
    }
    .into())
}

/// What says how an instance runs, and not who reaches it.
const INERT: &[&str] = &[
    "cpu_options",
    "credit_specification",
    "disable_api_stop",
    "disable_api_termination",
    "ebs_optimized",
    "hibernation_options",
    "instance_market_options",
    "key_name",
    "monitoring",
    "placement",
];

/// The older form of a launch template.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/launch_configuration>
pub(super) fn launch_configuration(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(INERT);
    of.ignore(&[
        "enable_monitoring",
        "name",
        "name_prefix",
        "placement_tenancy",
        "spot_price",
    ]);
    let (metadata_guarded, metadata_tags) = metadata(of);
    let disks = disks(of, "root_block_device", None);
    let user_data = of.take("user_data").or_else(|| of.take("user_data_base64"));
    Ok(LaunchTemplate {
        id,
        name: of.owner.label.to_string(),
        description: String::new(),
        image: image(of),
        size: of.label("instance_type"),
        disk_gib: disks.first_gib,
        disk_encrypted: disks.encrypted,
        disks: disks.count,
        groups: of
            .maybe("security_groups", Context::terms)?
            .unwrap_or_default(),
        public_address: of.maybe("associate_public_ip_address", Context::boolean)?,
        profile: of.maybe("iam_instance_profile", Context::term)?,
        metadata_guarded,
        metadata_tags,
        shutdown: Shutdown::Stop,
        user_data: user_data.map(asset),
        tagged: Vec::new(),
    }
    .into())
}

/// The name tag of what is launched. All of it has the same tags; in a template by others it may have none.
fn name(of: &mut Properties<'_, '_>, tagged: &[Tagged]) -> String {
    let own = of.name();
    let Some(first) = tagged.first() else {
        return own;
    };
    match first.tags.get("Name") {
        Some(Term::Text(name)) => name.as_str().to_owned(),
        _ => of.owner.label.to_string(),
    }
}

/// The tags of what is launched.
fn tagged(of: &mut Properties<'_, '_>) -> Vec<Tagged> {
    let all = of.blocks("tag_specifications").into_iter();
    all.map(|mut of| {
        let kind = of.or("resource_type", Context::text, String::new());
        let tags = of.take("tags");
        let tags = tags.map(|value| tags_in(of.context, value));
        let (tags, whole) = tags.unwrap_or_else(|| (BTreeMap::new(), true));
        Tagged { kind, tags, whole }
    })
    .collect()
}

/// The tags in a map, and whether these are all.
fn tags_in(context: &Context<'_>, map: &Value) -> (BTreeMap<String, Term>, bool) {
    let Some(entries) = context.known(map).entries() else {
        return (BTreeMap::new(), false);
    };
    let term = |value: &Value| match context.text(value) {
        Ok(text) => Ok(text.into()),
        Err(_) => context.term(value),
    };
    let known = entries
        .iter()
        .filter_map(|(key, value)| Some((key.to_string(), term(value).ok()?)));
    let tags: BTreeMap<_, _> = known.collect();
    let whole = tags.len() == entries.len();
    (tags, whole)
}

/// Whether instance metadata wants a token and answers one hop far, and whether it tells tags. What is left out, the
/// account's defaults decide:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html>
fn metadata(of: &mut Properties<'_, '_>) -> (bool, bool) {
    let Some(mut options) = of.block("metadata_options") else {
        return (false, false);
    };
    options.ignore(&["http_protocol_ipv6"]);
    let endpoint = options.label("http_endpoint");
    let guarded = ["", "enabled"].contains(&endpoint.as_str())
        & (options.label("http_tokens") == "required")
        & (options.count("http_put_response_hop_limit") == 1);
    let words = |context: &Context<'_>, value: &Value| {
        word(context, value, &[("enabled", true), ("disabled", false)])
    };
    (guarded, options.or("instance_metadata_tags", words, false))
}

/// The groups, and whether there is a public address, from the one network interface or from the template itself.
fn interface(of: &mut Properties<'_, '_>) -> Result<(Vec<Term>, Option<bool>)> {
    let Some(mut interface) = of.block("network_interfaces") else {
        let groups = of.maybe("vpc_security_group_ids", Context::terms)?;
        return Ok((groups.unwrap_or_default(), None));
    };
    interface.fixed("device_index", "0", true);
    interface.ignore(&["delete_on_termination", "description"]);
    let public = interface.maybe("associate_public_ip_address", Context::boolean)?;
    let groups = interface.maybe("security_groups", Context::terms)?;
    Ok((groups.unwrap_or_default(), public))
}

/// An image that is looked up in SSM, or one by its id. Which one it is, lets nothing pass.
fn image(of: &mut Properties<'_, '_>) -> Image {
    let Some(value) = of.take("image_id") else {
        return Image::Id(Term::EMPTY);
    };
    let context = of.context;
    let told = |value: &Value| {
        let term = context.term(value);
        term.unwrap_or(Term::EMPTY)
    };
    if let Kind::Reference(reference) = &value.kind
        && let Some(data) = context.tree.find(&reference.address)
        && &*data.kind == "aws_ssm_parameter"
        && let Some(name) = data.body.value("name")
    {
        return Image::SsmParameter(told(name));
    }
    let term = told(value);
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
    match &term {
        Term::Text(text) => match text.strip_prefix("resolve:ssm:") {
            Some(path) => Image::SsmParameter(path.into()),
            None => Image::Id(term),
        },
        _ => Image::Id(term),
    }
}

/// What is said of disks.
struct Disks {
    /// The size of the first one.
    first_gib: u32,
    /// Whether all of them are encrypted.
    encrypted: bool,
    /// How many there are.
    count: usize,
}

fn disks(of: &mut Properties<'_, '_>, key: &'static str, inside: Option<&'static str>) -> Disks {
    let (mut sizes, mut encrypted) = (Vec::new(), true);
    for mut device in of.blocks(key) {
        device.ignore(&["device_name", "no_device", "virtual_name"]);
        let disk = match inside {
            Some(key) => device.block(key),
            None => Some(device),
        };
        let Some(mut disk) = disk else { continue };
        disk.fixed("delete_on_termination", "true", true);
        disk.ignore(&[
            "volume_type",
            "iops",
            "throughput",
            "snapshot_id",
            "kms_key_id",
        ]);
        encrypted &= disk.or("encrypted", Context::boolean, false);
        sizes.push(disk.count("volume_size"));
    }
    Disks {
        first_gib: sizes.first().copied().unwrap_or_default(),
        encrypted: encrypted && !sizes.is_empty(),
        count: sizes.len(),
    }
}

fn profile(of: &mut Properties<'_, '_>) -> Result<Option<Term>> {
    match of.block("iam_instance_profile") {
        Some(mut profile) => {
            let key = if profile.has("arn") { "arn" } else { "name" };
            profile.need(key, Context::term).map(Some)
        }
        None => Ok(None),
    }
}

fn shutdown(of: &mut Properties<'_, '_>) -> Shutdown {
    let words = |context: &Context<'_>, value: &Value| {
        let words = [("stop", Shutdown::Stop), ("terminate", Shutdown::Terminate)];
        word(context, value, &words)
    };
    of.or(
        "instance_initiated_shutdown_behavior",
        words,
        Shutdown::Stop,
    )
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group>
pub(super) fn group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "name_prefix",
        "default_cooldown",
        "desired_capacity",
        "health_check_grace_period",
        "health_check_type",
        "instance_refresh",
        "force_delete",
        "wait_for_capacity_timeout",
        "termination_policies",
        "enabled_metrics",
        "availability_zones",
        "capacity_rebalance",
        "default_instance_warmup",
        "force_delete_warm_pool",
        "initial_lifecycle_hook",
        "load_balancers",
        "max_instance_lifetime",
        "metrics_granularity",
        "min_elb_capacity",
        "placement_group",
        "protect_from_scale_in",
        "service_linked_role_arn",
        "suspended_processes",
        "target_group_arns",
        "wait_for_elb_capacity",
        "warm_pool",
    ]);
    let label = of.maybe("name", Context::text).ok().flatten();
    let tagged = name_in_tags(of);
    let own = of.owner.label.to_string();
    let (template, version) = launched(of)?;
    Ok(AutoScalingGroup {
        id,
        min: of.count("min_size"),
        max: of.count("max_size"),
        subnets: of
            .maybe("vpc_zone_identifier", Context::terms)?
            .unwrap_or_default(),
        template,
        version,
        // A policy beside it says more.
        target_cpu: 0,
        name: tagged.or(label).unwrap_or(own),
    }
    .into())
}

/// The launch template and its version, or the older launch configuration, which has none.
fn launched(of: &mut Properties<'_, '_>) -> Result<(Term, Term)> {
    let mut mixed = of.block("mixed_instances_policy");
    let from_mixed = mixed.as_mut().and_then(|mixed| {
        mixed.ignore(&["instances_distribution"]);
        let mut template = mixed.block("launch_template")?;
        template.ignore(&["override"]);
        template.block("launch_template_specification")
    });
    let Some(mut template) = of.block("launch_template").or(from_mixed) else {
        let configuration = of.need("launch_configuration", Context::term)?;
        return Ok((configuration, Term::EMPTY));
    };
    let names = ["id", "launch_template_id", "launch_template_name"];
    let key = names.into_iter().find(|key| template.has(key));
    let id = template.need(key.unwrap_or("name"), Context::term)?;
    Ok((id, template.told("version")))
}

fn name_in_tags(of: &mut Properties<'_, '_>) -> Option<String> {
    let mut found = None;
    for mut tag in of.blocks("tag") {
        tag.ignore(&["propagate_at_launch"]);
        let (key, value) = (tag.label("key"), tag.label("value"));
        if key == "Name" {
            found = Some(value);
        }
    }
    found
}

/// The policy that makes a group follow its load: the group's name, and the load in percent. Other policies change how many
/// there are by other measures, and say nothing of who reaches them.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_policy>
pub(super) fn scaling_policy(of: &mut Properties<'_, '_>) -> Option<(Term, u8)> {
    let tracks = of.label("policy_type") == "TargetTrackingScaling";
    let group = of.maybe("autoscaling_group_name", Context::term);
    let mut target = of.block("target_tracking_configuration");
    of.give_up();
    let target = target.as_mut()?;
    let mut metric = target.block("predefined_metric_specification");
    let load = target.count("target_value");
    target.give_up();
    let metric = metric.as_mut()?;
    let is_load = metric.label("predefined_metric_type") == "ASGAverageCPUUtilization";
    metric.give_up();
    let load = u8::try_from(load).ok().filter(|_| tracks && is_load)?;
    Some((group.ok()??, load))
}
