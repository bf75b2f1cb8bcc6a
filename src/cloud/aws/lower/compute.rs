//! The machines of a tier.

use std::collections::BTreeMap;

use super::network::subnet_id;
use super::{Lowering, access, filters, names};
use crate::cloud::aws::{
    AutoScalingGroup, Image, InstanceProfile, Kind, LaunchTemplate, Policy, Role, Shutdown, Tagged,
};
use crate::cloud::{Asset, Attribute, LoweringError, Parameter, ParameterKind, ResourceId, Term};
use crate::plan::{Bound, Machines, Scale, Subnet, Tier};

/// The processor load in percent that an autoscale group is held at.
const TARGET_CPU: u8 = 60;

impl<'p> Lowering<'p> {
    pub(super) fn machines(&mut self, tier: &'p Tier) {
        let Some(machines) = &tier.machines else {
            return;
        };
        if machines.behind.is_some() {
            self.unsupported(
                format!("a load balancer in front of `{}`", tier.name),
                "leave out `behind`",
            );
        }
        if machines.login.is_some() {
            self.unsupported(
                format!("an account on the machines of `{}`", tier.name),
                "leave out `login`: the image brings its own",
            );
        }
        if machines.public_addresses {
            self.unsupported(
                format!("public addresses for the machines of `{}`", tier.name),
                "leave them out: the network has no Internet gateway",
            );
        }
        if machines.cloud_init.is_some() {
            self.unsupported(
                format!("a cloud-init document on the machines of `{}`", tier.name),
                "leave out `cloud_init`: `bootstrap` names a script that each runs at its first start",
            );
        }
        if machines.repair {
            self.unsupported(
                format!("the repair of machines of `{}` by a probe", tier.name),
                "leave out `repair`: no load balancer asks them",
            );
        }
        let profile = self.instance_profile(tier);
        let template = template_id(&tier.name);
        let image = self.image(tier, machines);
        let on_demand = matches!(machines.scale, Scale::OnDemand { .. });
        self.add(LaunchTemplate {
            id: template.clone(),
            name: self.name(&tier.name),
            description: format!("Instances of the tier {}.", tier.name),
            image,
            size: machines.size.clone(),
            disk_gib: machines.disk_gib,
            disk_encrypted: true,
            disks: 1,
            groups: vec![filters::group_id(&tier.name).id()],
            // Whoever launches on demand names the subnet, and EC2 takes a subnet in the request only when the template
            // has no network interface: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
            public_address: (!on_demand).then_some(machines.public_addresses),
            profile: profile.map(|profile| profile.arn()),
            metadata_guarded: true,
            metadata_tags: machines.bootstrap.is_some(),
            shutdown: if on_demand {
                Shutdown::Terminate
            } else {
                Shutdown::Stop
            },
            user_data: machines.bootstrap.clone().map(|path| Asset { path }),
            tagged: self.tagged(tier),
        });
        match machines.scale {
            Scale::Automatic { min, max } => self.autoscale_group(tier, &template, min, max),
            Scale::OnDemand { .. } => self.output(
                format!("{}_launch_template_id", names::output(&tier.name)),
                format!("Id of the launch template of the tier {}.", tier.name),
                template.id(),
            ),
        }
    }

    /// The tags of what is launched: those of every resource, and its name.
    fn tagged(&self, tier: &Tier) -> Vec<Tagged> {
        let mut tags: BTreeMap<String, Term> = self
            .tags()
            .into_iter()
            .map(|(key, value)| (key, value.into()))
            .collect();
        tags.insert("Name".into(), self.name(&tier.name).into());
        let kinds = ["instance", "volume", "network-interface"];
        let tagged = kinds.map(|kind| Tagged {
            kind: kind.into(),
            tags: tags.clone(),
            whole: true,
        });
        tagged.into()
    }

    fn autoscale_group(&mut self, tier: &Tier, template: &ResourceId, min: u32, max: u32) {
        let id = Kind::AutoScalingGroup.named([tier.name.as_str()]);
        let subnets = self.subnets_of(tier);
        self.room(tier, max, &subnets);
        self.add(AutoScalingGroup {
            id: id.clone(),
            name: self.name(&tier.name),
            min,
            max,
            subnets: subnets.into_iter().map(|(id, _)| id.id()).collect(),
            template: template.id(),
            version: template.attribute(Attribute::LatestVersion),
            target_cpu: TARGET_CPU,
        });
        self.output(
            format!("{}_autoscaling_group_name", names::output(&tier.name)),
            format!("Name of the autoscale group of the tier {}.", tier.name),
            id.attribute(Attribute::Name),
        );
    }

    /// Whether the subnets hold as many instances as there may be: without room, a group grows no further.
    fn room(&mut self, tier: &Tier, max: u32, subnets: &[(ResourceId, &Subnet)]) {
        let room: u128 = subnets.iter().map(|(_, subnet)| subnet.usable).sum();
        if u128::from(max) > room {
            self.errors.push(LoweringError::Limit {
                what: format!("the subnets of the tier `{}` in instances", tier.name),
                count: usize::try_from(max).unwrap_or(usize::MAX),
                limit: usize::try_from(room).unwrap_or(usize::MAX),
                cloud: super::AWS,
                source_page: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
            });
        }
    }

    /// The role of a tier's instances, where a flow lets them do something; without one, they can do nothing in the account.
    fn instance_profile(&mut self, tier: &'p Tier) -> Option<ResourceId> {
        let statements = self.permissions(&tier.name);
        if statements.is_empty() {
            return None;
        }
        let role = access::role_id(&tier.name);
        self.add(Role {
            id: role.clone(),
            name: self.role_name(&tier.name),
            description: format!("What instances of the tier {} may do.", tier.name),
            trust: access::trust("ec2.amazonaws.com"),
            policy: Policy { statements },
            managed: Vec::new(),
            boundary: None,
        });
        let id = Kind::InstanceProfile.named([tier.name.as_str()]);
        self.add(InstanceProfile {
            id: id.clone(),
            name: self.role_name(&tier.name),
            role: role.attribute(Attribute::Name),
        });
        Some(id)
    }

    /// The image. A path that is known now becomes a parameter's default, because only a parameter is looked up.
    fn image(&mut self, tier: &Tier, machines: &Machines) -> Image {
        match &machines.image {
            Bound::Deploy(name) => Image::SsmParameter(Term::Parameter(name.into())),
            Bound::Known(path) if path.starts_with('/') => {
                let name = format!("{}_image", names::output(&tier.name));
                self.parameters.push(Parameter {
                    name: name.clone(),
                    kind: ParameterKind::Image,
                    help: format!(
                        "SSM parameter that holds the id of the image of the tier {}.",
                        tier.name
                    ),
                    default: Some(path.clone()),
                });
                Image::SsmParameter(Term::Parameter(name.into()))
            }
            Bound::Known(id) => Image::Id(id.as_str().into()),
        }
    }

    /// The subnets that a tier stands in.
    pub(super) fn subnets_of(&self, tier: &Tier) -> Vec<(ResourceId, &'p Subnet)> {
        let network = self.plan.networks.iter().find(|it| it.name == tier.network);
        network.map_or_else(Vec::new, |network| {
            network
                .subnets
                .iter()
                .filter(|group| group.name == tier.subnet)
                .flat_map(|group| &group.members)
                .map(|member| (subnet_id(network, &member.name), member))
                .collect()
        })
    }
}

/// The id of a tier's launch template.
pub(super) fn template_id(tier: &str) -> ResourceId {
    Kind::LaunchTemplate.named([tier])
}
