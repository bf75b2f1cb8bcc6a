//! Scale sets, one for each tier with machines.

use super::{Lowering, balancer, network as networks};
use crate::cloud::azure::{
    AutoscaleSetting, Health, InstanceAddress, Ipv6Configuration, NetworkInterface, Resource,
    ScaleRule, ScaleSet,
};
use crate::cloud::{Attribute, LoweringError, ResourceId, Term};
use crate::net::IpVersion;
use crate::plan::{Bound, Machines, Network, Scale, Tier};

/// The scale sets of a network, of which everything else stands in `standing`.
pub(super) fn lower(
    lowering: &mut Lowering<'_>,
    network: &Network,
    standing: &[Resource],
) -> Vec<Resource> {
    let mut items = Vec::new();
    for tier in lowering.tiers(network) {
        if let Some(machines) = &tier.machines {
            items.extend(scale_set(lowering, network, tier, machines, standing));
        }
    }
    items
}

fn scale_set(
    lowering: &mut Lowering<'_>,
    network: &Network,
    tier: &Tier,
    machines: &Machines,
    standing: &[Resource],
) -> Vec<Resource> {
    let Some((minimum, maximum)) = scale(lowering, tier, machines) else {
        return Vec::new();
    };
    let Some(login) = &machines.login else {
        lowering.unsupported(
            &format!("machines of `{}` without an account", tier.name),
            "give them a `login` with a user and a public key",
        );
        return Vec::new();
    };
    let Some(interface) = interface(lowering, network, tier, machines) else {
        return Vec::new();
    };
    check_image(lowering, tier, &machines.image);
    let id = lowering.names.scale_set(network, &tier.name);
    let health_probe = health(lowering, network, tier);
    if machines.repair && health_probe.is_none() {
        lowering.unsupported(
            &format!("the repair of machines of `{}`, which no probe asks,", tier.name),
            "let a flow reach them through a load balancer, or leave out `repair` \
             (https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs)",
        );
    }
    let after = before(standing, &interface);
    vec![
        Resource::ScaleSet(ScaleSet {
            id: id.clone(),
            size: machines.size.clone(),
            instances: minimum,
            zones: (1..=network.zones).map(|zone| zone.to_string()).collect(),
            computer_name_prefix: super::names::kebab(&tier.name),
            admin_user: login.user.clone(),
            admin_key: login.key.clone().into(),
            image: machines.image.clone().into(),
            disk_gib: machines.disk_gib,
            disk_type: "Premium_LRS".to_owned(),
            encryption_at_host: true,
            secure_boot: true,
            vtpm: true,
            interface,
            cloud_init: machines.cloud_init.clone().and_then(cloud_init),
            health: health_probe.map(|probe| Health {
                probe: probe.id(),
                repair: machines.repair,
            }),
            after,
        }),
        Resource::AutoscaleSetting(AutoscaleSetting {
            id: lowering.names.autoscale(network, &tier.name),
            target: id.id(),
            minimum,
            maximum,
            rules: vec![
                ScaleRule {
                    out: true,
                    cpu_percent: 70,
                },
                ScaleRule {
                    out: false,
                    cpu_percent: 30,
                },
            ],
        }),
    ]
}

/// What is known to be empty is left out; what the deployer leaves empty, the template leaves out.
fn cloud_init(document: Bound<String>) -> Option<Term> {
    match document {
        Bound::Known(text) if text.is_empty() => None,
        document => Some(document.into()),
    }
}

fn scale(lowering: &mut Lowering<'_>, tier: &Tier, machines: &Machines) -> Option<(u32, u32)> {
    if let Some(script) = &machines.bootstrap {
        lowering.unsupported(
            &format!(
                "the script `{script}` at the first start of `{}`",
                tier.name
            ),
            "bake it into the image",
        );
    }
    match machines.scale {
        Scale::Automatic { min, max } => Some((min, max)),
        Scale::OnDemand { .. } => {
            lowering.unsupported(
                &format!("machines of `{}` that a function launches", tier.name),
                "give the tier a `scale` with `min` and `max`",
            );
            None
        }
    }
}

fn interface(
    lowering: &mut Lowering<'_>,
    network: &Network,
    tier: &Tier,
    machines: &Machines,
) -> Option<NetworkInterface> {
    let members = network
        .subnets
        .iter()
        .find(|group| group.name == tier.subnet)
        .map_or(0, |group| group.members.len());
    if members != 1 {
        lowering.unsupported(
            &format!("the tier `{}` in {members} subnets", tier.name),
            "a subnet on Azure spans zones; give the tier one",
        );
    }
    let lowering = &*lowering;
    let names = &lowering.names;
    let behind = network
        .load_balancers
        .values()
        .filter(|balancer| lowering.is_behind(tier, balancer));
    let pools = |version| {
        let serving = behind.clone();
        let serving = serving.filter(|it| balancer::serves(lowering, network, it, tier, version));
        let pools = serving.map(|balancer| {
            let id = names.load_balancer(network, &balancer.name);
            balancer::pool(&id, tier, version).id()
        });
        pools.collect()
    };
    let subnet = networks::subnet_of(lowering, network, &tier.subnet)?;
    let groups = vec![names.group(network, &tier.name).id()];
    Some(NetworkInterface {
        ipv6: network.ipv6.is_some().then(|| Ipv6Configuration {
            subnet: subnet.clone(),
            groups: groups.clone(),
            pools: pools(IpVersion::V6),
        }),
        subnet,
        network_security_group: Some(names.filter(network, &tier.name).id()),
        groups,
        pools: pools(IpVersion::V4),
        public_address: machines.public_addresses.then(|| InstanceAddress {
            prefix: Some(names.public_ip_prefix(network, &tier.name).id()),
        }),
    })
}

/// What of `standing` must be there before a machine with this interface starts.
fn before(standing: &[Resource], interface: &NetworkInterface) -> Vec<Term> {
    let mut before = Vec::new();
    let mut way_out = None;
    let ipv6 = interface.ipv6.iter().flat_map(|ipv6| &ipv6.pools);
    let own_pools: Vec<_> = interface.pools.iter().chain(ipv6).collect();
    for item in standing {
        match item {
            Resource::Subnet(subnet) if subnet.id.id() == interface.subnet => {
                way_out.clone_from(&subnet.nat_gateway);
                let routes = subnet.route_table.as_ref();
                before.extend(routes.map(|_| subnet.id.attribute(Attribute::RouteTableTie)));
                let nat = subnet.nat_gateway.as_ref();
                before.extend(nat.map(|_| subnet.id.attribute(Attribute::NatGatewayTie)));
            }
            Resource::NatGateway(gateway) if way_out == Some(gateway.id.id()) => {
                before.push(gateway.id.attribute(Attribute::AddressTie));
            }
            Resource::NetworkSecurityGroup(group)
                if interface.network_security_group == Some(group.id.id()) =>
            {
                let rules = group.rules.iter();
                before.extend(rules.map(|rule| rule.id.attribute(Attribute::Itself)));
            }
            Resource::LoadBalancer(balancer) => {
                let rules = balancer
                    .rules
                    .iter()
                    .map(|rule| (&rule.id, Some(&rule.pool)));
                let nat_rules = balancer.nat_rules.iter();
                let nat_rules = nat_rules.map(|rule| (&rule.id, rule.pool.as_ref()));
                let own = rules
                    .chain(nat_rules)
                    .filter(|(_, pool)| pool.is_some_and(|pool| own_pools.contains(&pool)));
                before.extend(own.map(|(id, _)| id.attribute(Attribute::Itself)));
            }
            _ => {}
        }
    }
    before
}

/// The probe of the first load balancer that spreads a flow over the tier.
fn health(lowering: &Lowering<'_>, network: &Network, tier: &Tier) -> Option<ResourceId> {
    network.load_balancers.values().find_map(|balancer| {
        let id = lowering.names.load_balancer(network, &balancer.name);
        balancer::spreads(lowering, balancer, tier).then(|| balancer::probe(&id))
    })
}

fn check_image(lowering: &mut Lowering<'_>, tier: &Tier, image: &Bound<String>) {
    let Bound::Known(urn) = image else {
        return;
    };
    let parts: Vec<_> = urn.split(':').collect();
    if parts.len() != 4 || parts.iter().any(|part| part.is_empty()) {
        lowering.errors.push(LoweringError::Text {
            what: format!("the image of `{}`", tier.name),
            found: format!("{} parts between its colons", parts.len()),
            cloud: super::CLOUD,
            help: "write it as `publisher:offer:sku:version`".into(),
        });
    }
}
