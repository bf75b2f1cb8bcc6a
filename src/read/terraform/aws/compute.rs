//! Launch templates and autoscale groups.

use super::assembly::{Read, asset};
use crate::cloud::aws::{AutoScalingGroup, Image, LaunchTemplate, Shutdown};
use crate::cloud::{Asset, ResourceId, Term};
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
    let name = name(of);
    let metadata_tags = metadata(of);
    let (groups, public_address) = interface(of)?;
    Ok(LaunchTemplate {
        id,
        name,
        description: of.label("description"),
        image: of.need("image_id", image)?,
        size: of.need("instance_type", Context::text)?,
        disk_gib: disk(of)?,
        groups,
        public_address,
        profile: profile(of)?,
        metadata_tags,
        shutdown: shutdown(of),
        user_data: of.maybe("user_data", user_data)?,
    }
    .into())
}

/// The name tag of what is launched.
fn name(of: &mut Properties<'_, '_>) -> String {
    let launched = of.blocks("tag_specifications").into_iter().map(|mut tags| {
        tags.ignore(&["resource_type"]);
        tags.name()
    });
    // All of them are made of the same tags; a template by others may have none.
    let launched = launched.collect::<Vec<_>>().into_iter().next();
    let own = of.name();
    launched.unwrap_or(own)
}

/// Instance metadata wants a token and answers one hop far. What is left out, the account's defaults decide:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html>
fn metadata(of: &mut Properties<'_, '_>) -> bool {
    let mut options = of.block_needed("metadata_options");
    options.fixed("http_endpoint", "enabled", true);
    options.fixed("http_tokens", "required", false);
    options.fixed("http_put_response_hop_limit", "1", false);
    let words = |context: &Context<'_>, value: &Value| {
        word(context, value, &[("enabled", true), ("disabled", false)])
    };
    options.or("instance_metadata_tags", words, false)
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

/// An image that is looked up in SSM, or one by its id.
fn image(context: &Context<'_>, value: &Value) -> Result<Image> {
    if let Kind::Reference(reference) = &value.kind
        && let Some(data) = context.tree.find(&reference.address)
        && &*data.kind == "aws_ssm_parameter"
        && let Some(name) = data.body.value("name")
    {
        return Ok(Image::SsmParameter(context.term(name)?));
    }
    let term = context.term(value)?;
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
    Ok(match &term {
        Term::Text(text) => match text.strip_prefix("resolve:ssm:") {
            Some(path) => Image::SsmParameter(path.into()),
            None => Image::Id(term),
        },
        _ => Image::Id(term),
    })
}

/// The system disk. It is encrypted: what is not has no place here.
fn disk(of: &mut Properties<'_, '_>) -> Result<u32> {
    let mut device = of.block_needed("block_device_mappings");
    device.ignore(&["device_name"]);
    let mut disk = device.block_needed("ebs");
    disk.fixed("encrypted", "true", false);
    disk.fixed("delete_on_termination", "true", true);
    disk.ignore(&["volume_type", "iops", "throughput"]);
    Ok(disk.maybe("volume_size", Context::number)?.unwrap_or(0))
}

fn profile(of: &mut Properties<'_, '_>) -> Result<Option<Term>> {
    match of.block("iam_instance_profile") {
        Some(mut profile) => profile.need("arn", Context::term).map(Some),
        None => Ok(None),
    }
}

fn shutdown(of: &mut Properties<'_, '_>) -> Shutdown {
    let words = |context: &Context<'_>, value: &Value| {
        let words = [("stop", Shutdown::Stop), ("terminate", Shutdown::Terminate)];
        word(context, value, &words)
    };
    of.or("instance_initiated_shutdown_behavior", words, Shutdown::Stop)
}

/// The script of the first start. What it is, lets nothing pass.
#[expect(clippy::unnecessary_wraps, reason = "values are read by one kind of function")]
fn user_data(_: &Context<'_>, value: &Value) -> Result<Asset> {
    Ok(asset(value))
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
    ]);
    let label = of.maybe("name", Context::text).ok().flatten();
    let tagged = name_in_tags(of);
    let own = of.owner.label.to_string();
    let mut template = of.block_needed("launch_template");
    Ok(AutoScalingGroup {
        id,
        min: of.need("min_size", Context::number)?,
        max: of.need("max_size", Context::number)?,
        subnets: of.need("vpc_zone_identifier", Context::terms)?,
        template: template.need("id", Context::term)?,
        version: template.need("version", Context::term)?,
        // A policy beside it says more.
        target_cpu: 0,
        name: tagged.or(label).unwrap_or(own),
    }
    .into())
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

/// The policy that makes a group follow its load: the group's name, and the load in percent.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_policy>
pub(super) fn scaling_policy(of: &mut Properties<'_, '_>) -> Result<(Term, u8)> {
    of.ignore(&["name"]);
    of.fixed("policy_type", "TargetTrackingScaling", false);
    let mut target = of.block_needed("target_tracking_configuration");
    let mut metric = target.block_needed("predefined_metric_specification");
    metric.fixed("predefined_metric_type", "ASGAverageCPUUtilization", false);
    let load = target.need("target_value", Context::number)?;
    let load = u8::try_from(load).map_err(|_| of.missing("the load is over 255 percent"))?;
    Ok((of.need("autoscaling_group_name", Context::term)?, load))
}
