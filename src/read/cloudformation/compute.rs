//! Launch templates and autoscale groups.

use super::assembly::{Read, asset};
use super::function;
use super::properties::{Properties, word};
use super::value::{Context, Result};
use crate::cloud::aws::{AutoScalingGroup, Image, LaunchTemplate, Shutdown};
use crate::cloud::{Asset, ResourceId, Term};
use crate::yaml::Node;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html>
pub(super) fn launch_template(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["LaunchTemplateName", "TagSpecifications"]);
    let description = of.label("VersionDescription");
    let mut data = of.inside_needed("LaunchTemplateData");
    let name = name(&mut data);
    let metadata_tags = metadata(&mut data);
    let (groups, public_address) = interface(&mut data)?;
    Ok(LaunchTemplate {
        id,
        name,
        description,
        image: data.need("ImageId", image)?,
        size: data.need("InstanceType", Context::text)?,
        disk_gib: disk(&mut data)?,
        groups,
        public_address,
        profile: profile(&mut data)?,
        metadata_guarded: true,
        disk_encrypted: true,
        metadata_tags,
        shutdown: shutdown(&mut data),
        user_data: data.maybe("UserData", user_data)?,
    }
    .into())
}

/// The name tag of what is launched.
fn name(data: &mut Properties<'_, '_>) -> String {
    let own = data.owner.name.to_owned();
    let tags = data.list("TagSpecifications").into_iter().map(|mut tags| {
        tags.ignore(&["ResourceType"]);
        tags.name()
    });
    // All of them are made of the same tags; a template by others may have none.
    tags.collect::<Vec<_>>().into_iter().next().unwrap_or(own)
}

/// Instance metadata wants a token and answers one hop far. What is left out, the account's defaults decide:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html>
fn metadata(data: &mut Properties<'_, '_>) -> bool {
    let mut options = data.inside_needed("MetadataOptions");
    options.fixed("HttpEndpoint", "enabled", true);
    options.fixed("HttpTokens", "required", false);
    options.fixed("HttpPutResponseHopLimit", "1", false);
    options.or(
        "InstanceMetadataTags",
        |context, node| word(context, node, &[("enabled", true), ("disabled", false)]),
        false,
    )
}

/// The groups, and whether there is a public address, from the one network interface or from the template itself.
fn interface(data: &mut Properties<'_, '_>) -> Result<(Vec<Term>, Option<bool>)> {
    if !data.has("NetworkInterfaces") {
        let groups = data.maybe("SecurityGroupIds", Context::terms)?;
        return Ok((groups.unwrap_or_default(), None));
    }
    let mut interface = data.only("NetworkInterfaces");
    interface.fixed("DeviceIndex", "0", false);
    interface.ignore(&["DeleteOnTermination", "Description"]);
    let public = interface.maybe("AssociatePublicIpAddress", Context::boolean)?;
    let groups = interface.maybe("Groups", Context::terms)?;
    Ok((groups.unwrap_or_default(), public))
}

fn image<'t>(context: &Context<'t>, node: &'t Node) -> Result<Image> {
    let term = context.term(node)?;
    Ok(match &term {
        Term::Parameter(name) if context.is_looked_up(name) => Image::SsmParameter(term),
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
        Term::Text(text) => match text.strip_prefix("{{resolve:ssm:") {
            Some(path) => Image::SsmParameter(path.trim_end_matches('}').into()),
            None => Image::Id(term),
        },
        _ => Image::Id(term),
    })
}

/// The system disk. It is encrypted: what is not has no place here.
fn disk(data: &mut Properties<'_, '_>) -> Result<u32> {
    let mut device = data.only("BlockDeviceMappings");
    device.ignore(&["DeviceName"]);
    let mut disk = device.inside_needed("Ebs");
    disk.fixed("Encrypted", "true", false);
    disk.fixed("DeleteOnTermination", "true", true);
    disk.ignore(&["VolumeType", "Iops", "Throughput"]);
    Ok(disk.maybe("VolumeSize", Context::number)?.unwrap_or(0))
}

fn profile(data: &mut Properties<'_, '_>) -> Result<Option<Term>> {
    match data.inside("IamInstanceProfile") {
        Some(mut profile) => profile.need("Arn", Context::term).map(Some),
        None => Ok(None),
    }
}

fn shutdown(data: &mut Properties<'_, '_>) -> Shutdown {
    data.or(
        "InstanceInitiatedShutdownBehavior",
        |context, node| {
            let words = [("stop", Shutdown::Stop), ("terminate", Shutdown::Terminate)];
            word(context, node, &words)
        },
        Shutdown::Stop,
    )
}

fn user_data<'t>(context: &Context<'t>, node: &'t Node) -> Result<Asset> {
    match function::call(node) {
        Some(call) if call.name == "Fn::Base64" => {
            let text = match call.argument.text() {
                Some(text) => text.into(),
                None => context.argument_term(call.argument)?,
            };
            Ok(asset("", &text))
        }
        _ => Ok(asset("base64 ", &context.term(node)?)),
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html>
pub(super) fn group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "AutoScalingGroupName",
        "Cooldown",
        "DesiredCapacity",
        "HealthCheckGracePeriod",
        "HealthCheckType",
    ]);
    let mut template = of.inside_needed("LaunchTemplate");
    Ok(AutoScalingGroup {
        id,
        min: of.need("MinSize", Context::number)?,
        max: of.need("MaxSize", Context::number)?,
        subnets: of.need("VPCZoneIdentifier", Context::terms)?,
        template: template.need("LaunchTemplateId", Context::term)?,
        version: template.need("Version", Context::term)?,
        // A policy beside it says more.
        target_cpu: 0,
        name: of.name(),
    }
    .into())
}

/// The policy that makes a group follow its load: the group's name, and the load in percent.
pub(super) fn scaling_policy(of: &mut Properties<'_, '_>) -> Result<(Term, u8)> {
    of.fixed("PolicyType", "TargetTrackingScaling", false);
    let mut target = of.inside_needed("TargetTrackingConfiguration");
    let mut metric = target.inside_needed("PredefinedMetricSpecification");
    metric.fixed("PredefinedMetricType", "ASGAverageCPUUtilization", false);
    let load = target.need("TargetValue", Context::number)?;
    let load = u8::try_from(load).map_err(|_| of.missing("the load is over 255 percent"))?;
    Ok((of.need("AutoScalingGroupName", Context::term)?, load))
}
