//! Launch templates and autoscale groups.

use std::collections::BTreeMap;

use super::assembly::{Read, asset};
use super::function;
use super::properties::{Properties, word};
use super::value::{Context, Result};
use crate::cloud::aws::{AutoScalingGroup, Image, LaunchTemplate, Shutdown, Tagged};
use crate::cloud::{Asset, ResourceId, Term};
use crate::yaml::Node;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html>
pub(super) fn launch_template(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["LaunchTemplateName", "TagSpecifications"]);
    let description = of.label("VersionDescription");
    let mut data = of.inside_needed("LaunchTemplateData");
    data.ignore(INERT);
    let tagged = tagged(&mut data);
    let (metadata_guarded, metadata_tags) = metadata(&mut data);
    let (groups, public_address) = interface(&mut data)?;
    let disks = disks(&mut data);
    Ok(LaunchTemplate {
        id,
        name: name(&data, &tagged),
        description,
        image: self::image(&mut data),
        size: data.label("InstanceType"),
        disk_gib: disks.first_gib,
        disk_encrypted: disks.encrypted,
        disks: disks.count,
        groups,
        public_address,
        profile: profile(&mut data)?,
        metadata_guarded,
        metadata_tags,
        shutdown: shutdown(&mut data),
        user_data: user_data(&mut data),
        tagged,
    }
    .into())
}

/// What says how an instance runs, and not who reaches it.
const INERT: &[&str] = &[
    "CpuOptions",
    "CreditSpecification",
    "DisableApiStop",
    "DisableApiTermination",
    "EbsOptimized",
    "HibernationOptions",
    "InstanceMarketOptions",
    "KeyName",
    "Monitoring",
    "Placement",
];

/// The older form of a launch template.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-launchconfiguration.html>
pub(super) fn launch_configuration(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(INERT);
    of.ignore(&[
        "InstanceMonitoring",
        "LaunchConfigurationName",
        "PlacementTenancy",
        "SpotPrice",
    ]);
    let (metadata_guarded, metadata_tags) = metadata(of);
    let disks = disks(of);
    Ok(LaunchTemplate {
        id,
        name: of.owner.name.to_owned(),
        description: String::new(),
        image: self::image(of),
        size: of.label("InstanceType"),
        disk_gib: disks.first_gib,
        disk_encrypted: disks.encrypted,
        disks: disks.count,
        groups: of
            .maybe("SecurityGroups", Context::terms)?
            .unwrap_or_default(),
        public_address: of.maybe("AssociatePublicIpAddress", Context::boolean)?,
        profile: of.maybe("IamInstanceProfile", Context::term)?,
        metadata_guarded,
        metadata_tags,
        shutdown: Shutdown::Stop,
        user_data: user_data(of),
        tagged: Vec::new(),
    }
    .into())
}

/// The name tag of what is launched. All of it has the same tags; in a template by others it may have none.
fn name(data: &Properties<'_, '_>, tagged: &[Tagged]) -> String {
    let tag = tagged.first().and_then(|it| it.tags.get("Name"));
    let known = tag.and_then(|tag| data.context.known(tag));
    known.unwrap_or_else(|| data.owner.name.to_owned())
}

/// The tags of what is launched.
fn tagged(data: &mut Properties<'_, '_>) -> Vec<Tagged> {
    let all = data.list("TagSpecifications").into_iter();
    all.map(|mut of| {
        let kind = of.or("ResourceType", Context::text, String::new());
        let tags = of.take("Tags");
        let tags = tags.map(|node| tags_in(of.context, node));
        let (tags, whole) = tags.unwrap_or_else(|| (BTreeMap::new(), true));
        Tagged { kind, tags, whole }
    })
    .collect()
}

/// The tags in a list, and whether these are all.
fn tags_in<'t>(context: &Context<'t>, list: &'t Node) -> (BTreeMap<String, Term>, bool) {
    let maps = context.maps(list);
    let count = maps.len();
    let tags = maps.into_iter().filter_map(|map| {
        let map = map.ok()?;
        let key = context.text(map.get("Key")?).ok()?;
        Some((key, context.term(map.get("Value")?).ok()?))
    });
    let tags: BTreeMap<_, _> = tags.collect();
    let whole = tags.len() == count;
    (tags, whole)
}

/// Whether instance metadata wants a token and answers one hop far, and whether it tells tags. What is left out, the
/// account's defaults decide:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html>
fn metadata(data: &mut Properties<'_, '_>) -> (bool, bool) {
    let Some(mut options) = data.inside("MetadataOptions") else {
        return (false, false);
    };
    options.ignore(&["HttpProtocolIpv6"]);
    let endpoint = options.label("HttpEndpoint");
    let guarded = ["", "enabled"].contains(&endpoint.as_str())
        && options.label("HttpTokens") == "required"
        && options.count("HttpPutResponseHopLimit") == 1;
    let tags = options.or(
        "InstanceMetadataTags",
        |context, node| word(context, node, &[("enabled", true), ("disabled", false)]),
        false,
    );
    (guarded, tags)
}

/// The groups, and whether there is a public address, from the one network interface or from the template itself.
fn interface(data: &mut Properties<'_, '_>) -> Result<(Vec<Term>, Option<bool>)> {
    if !data.has("NetworkInterfaces") {
        let key = if data.has("SecurityGroupIds") {
            "SecurityGroupIds"
        } else {
            "SecurityGroups"
        };
        let groups = data.maybe(key, Context::terms)?;
        return Ok((groups.unwrap_or_default(), None));
    }
    let mut interface = data.only("NetworkInterfaces");
    interface.fixed("DeviceIndex", "0", false);
    interface.ignore(&["DeleteOnTermination", "Description"]);
    let public = interface.maybe("AssociatePublicIpAddress", Context::boolean)?;
    let groups = interface.maybe("Groups", Context::terms)?;
    Ok((groups.unwrap_or_default(), public))
}

fn image(data: &mut Properties<'_, '_>) -> Image {
    let term = data.told("ImageId");
    match &term {
        Term::Parameter(name) if data.context.is_looked_up(name) => Image::SsmParameter(term),
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
        Term::Text(text) => match text.strip_prefix("{{resolve:ssm:") {
            Some(path) => Image::SsmParameter(path.trim_end_matches('}').into()),
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

fn disks(data: &mut Properties<'_, '_>) -> Disks {
    let (mut sizes, mut encrypted) = (Vec::new(), true);
    for mut device in data.list("BlockDeviceMappings") {
        device.ignore(&["DeviceName", "NoDevice", "VirtualName"]);
        let Some(mut disk) = device.inside("Ebs") else {
            continue;
        };
        disk.fixed("DeleteOnTermination", "true", true);
        disk.ignore(&["VolumeType", "Iops", "Throughput", "SnapshotId", "KmsKeyId"]);
        encrypted &= disk.or("Encrypted", Context::boolean, false);
        sizes.push(disk.count("VolumeSize"));
    }
    Disks {
        first_gib: sizes.first().copied().unwrap_or_default(),
        encrypted: encrypted && !sizes.is_empty(),
        count: sizes.len(),
    }
}

fn profile(data: &mut Properties<'_, '_>) -> Result<Option<Term>> {
    match data.inside("IamInstanceProfile") {
        Some(mut profile) => {
            let key = if profile.has("Arn") { "Arn" } else { "Name" };
            profile.need(key, Context::term).map(Some)
        }
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

/// The script. It opens nothing: where the deploy alone knows it, what stands there is what counts.
fn user_data(data: &mut Properties<'_, '_>) -> Option<Asset> {
    let node = data.take("UserData")?;
    let written = || function::written(node).into();
    Some(match function::call(node) {
        Some(call) if call.name == "Fn::Base64" => {
            let text = data.context.argument_or_text(call.argument);
            asset("", &text.unwrap_or_else(|_| written()))
        }
        _ => {
            let text = data.context.term(node);
            asset("base64 ", &text.unwrap_or_else(|_| written()))
        }
    })
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
    of.ignore(&[
        "AvailabilityZones",
        "CapacityRebalance",
        "Context",
        "DefaultInstanceWarmup",
        "InstanceMaintenancePolicy",
        "LifecycleHookSpecificationList",
        "LoadBalancerNames",
        "MaxInstanceLifetime",
        "MetricsCollection",
        "NewInstancesProtectedFromScaleIn",
        "NotificationConfigurations",
        "PlacementGroup",
        "ServiceLinkedRoleARN",
        "TargetGroupARNs",
        "TerminationPolicies",
    ]);
    let (template, version) = launched(of)?;
    Ok(AutoScalingGroup {
        id,
        min: of.count("MinSize"),
        max: of.count("MaxSize"),
        subnets: of
            .maybe("VPCZoneIdentifier", Context::terms)?
            .unwrap_or_default(),
        template,
        version,
        // A policy beside it says more.
        target_cpu: 0,
        name: of.name(),
    }
    .into())
}

/// What a group launches: a template and its version, or a launch configuration, which has none.
fn launched(of: &mut Properties<'_, '_>) -> Result<(Term, Term)> {
    if let Some(configuration) = of.maybe("LaunchConfigurationName", Context::term)? {
        return Ok((configuration, Term::EMPTY));
    }
    let mut mixed = of.inside("MixedInstancesPolicy");
    let mut template = match &mut mixed {
        Some(mixed) => {
            mixed.ignore(&["InstancesDistribution"]);
            let mut launched = mixed.inside_needed("LaunchTemplate");
            // Other sizes of the same. Another template among them is one that is not read.
            if !launched.mentions("Overrides", "LaunchTemplateSpecification") {
                launched.ignore(&["Overrides"]);
            }
            launched.inside_needed("LaunchTemplateSpecification")
        }
        None => of.inside_needed("LaunchTemplate"),
    };
    let key = if template.has("LaunchTemplateId") {
        "LaunchTemplateId"
    } else {
        "LaunchTemplateName"
    };
    Ok((template.need(key, Context::term)?, template.told("Version")))
}

/// The policy that makes a group follow its load: the group's name, and the load in percent. Any other policy changes how
/// many instances there are in another way, and nothing else.
pub(super) fn scaling_policy(of: &mut Properties<'_, '_>) -> Option<(Term, u8)> {
    let found = follows_load(of);
    of.give_up();
    found
}

fn follows_load(of: &mut Properties<'_, '_>) -> Option<(Term, u8)> {
    let mut target = of.inside("TargetTrackingConfiguration")?;
    let metric = target
        .inside("PredefinedMetricSpecification")
        .map(|mut metric| {
            let name = metric.label("PredefinedMetricType");
            metric.give_up();
            name
        });
    let load = target.count("TargetValue");
    target.give_up();
    let tracks = of.label("PolicyType") == "TargetTrackingScaling"
        && metric.as_deref() == Some("ASGAverageCPUUtilization");
    let group = of.maybe("AutoScalingGroupName", Context::term).ok()??;
    Some((group, u8::try_from(load).ok().filter(|_| tracks)?))
}
