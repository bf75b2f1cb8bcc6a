//! The virtual network, its subnets and its public addresses.

use super::{Lowering, balancer, routing};
use crate::cloud::Attribute;
use crate::cloud::ResourceId;
use crate::cloud::Term;
use crate::cloud::azure::{AddressSku, PublicIp, PublicIpPrefix, Resource, Subnet, VirtualNetwork};
use crate::net::IpVersion;
use crate::plan::{self, DefaultRoute, Ipv6Block, Network, Purpose, Scale, SubnetGroup};

/// The zones of a region that has zones. A public address is in all of them or survives the loss of none
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#availability-zone>).
const ALL_ZONES: [&str; 3] = ["1", "2", "3"];

/// The largest block of public addresses that anyone may have: a /28
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-address-prefix>).
const MOST_INSTANCE_ADDRESSES: u32 = 16;
const SUBNET_PAGE: &str = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq#are-there-any-restrictions-on-using-ip-addresses-within-these-subnets";
const PREFIX_PAGE: &str =
    "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-address-prefix";

pub(super) fn lower(lowering: &mut Lowering<'_>, network: &Network) -> Vec<Resource> {
    let mut items = vec![Resource::VirtualNetwork(VirtualNetwork {
        id: lowering.names.network(network),
        address_space: network.space().collect(),
    })];
    for group in &network.subnets {
        for member in &group.members {
            items.push(subnet(lowering, network, group, member));
        }
    }
    for (id, version) in public_ips(lowering, network) {
        items.push(Resource::PublicIp(PublicIp {
            id,
            sku: AddressSku::Standard,
            version,
            zones: ALL_ZONES.map(str::to_owned).to_vec(),
        }));
    }
    items.extend(public_prefixes(lowering, network));
    check_zones(lowering, network);
    check_room(lowering, network);
    items
}

fn subnet(
    lowering: &Lowering<'_>,
    network: &Network,
    group: &SubnetGroup,
    member: &plan::Subnet,
) -> Resource {
    let names = &lowering.names;
    let nat = group.default_route == DefaultRoute::Nat && group.purpose == Purpose::Instances;
    Resource::Subnet(Subnet {
        id: names.subnet(network, group, member),
        network: names.network(network).attribute(Attribute::Name),
        prefixes: std::iter::once(member.cidr)
            .chain(member.ipv6.and_then(Ipv6Block::known))
            .collect(),
        default_outbound_access: false,
        route_table: routing::has_table(lowering, network, group)
            .then(|| names.route_table(network, group).id()),
        nat_gateway: nat.then(|| names.nat_gateway(network).id()),
        // Rules stand at each machine's interface, so that they hold between machines of one subnet as well and for one
        // tier only.
        network_security_group: None,
    })
}

/// The id of the subnet that a group's machines are in.
pub(super) fn subnet_of(lowering: &Lowering<'_>, network: &Network, group: &str) -> Option<Term> {
    let group = network.subnets.iter().find(|known| known.name == group)?;
    let member = group.members.first()?;
    Some(lowering.names.subnet(network, group, member).id())
}

/// Load balancers, the NAT gateway and the VPN gateway each have an address of their own, and load balancers one of each
/// version of IP that they serve.
fn public_ips(lowering: &Lowering<'_>, network: &Network) -> Vec<(ResourceId, IpVersion)> {
    let names = &lowering.names;
    let balancers = network.load_balancers.values().flat_map(|it| {
        let versions = balancer::versions(lowering, network, it);
        versions.map(|version| (balancer::address(lowering, network, it, version), version))
    });
    let nat = routing::has_nat(network).then_some(routing::NAT);
    let vpn = network.vpn.as_ref().map(|vpn| vpn.name.as_str());
    let gateways = nat.into_iter().chain(vpn);
    let gateways = gateways.map(|owner| (names.public_ip(network, owner), IpVersion::V4));
    balancers.chain(gateways).collect()
}

/// Machines with addresses of their own get them out of one block, which partners can allow as a whole.
fn public_prefixes(lowering: &mut Lowering<'_>, network: &Network) -> Vec<Resource> {
    let mut items = Vec::new();
    for tier in lowering.tiers(network) {
        let Some(machines) = tier
            .machines
            .as_ref()
            .filter(|machines| machines.public_addresses)
        else {
            continue;
        };
        let Scale::Automatic { max, .. } = machines.scale else {
            continue;
        };
        if max > MOST_INSTANCE_ADDRESSES {
            lowering.limit(
                format!(
                    "the block of public addresses for instances of `{}`",
                    tier.name
                ),
                max as usize,
                MOST_INSTANCE_ADDRESSES as usize,
                PREFIX_PAGE,
            );
        }
        let bits = max
            .clamp(2, MOST_INSTANCE_ADDRESSES)
            .next_power_of_two()
            .trailing_zeros();
        items.push(Resource::PublicIpPrefix(PublicIpPrefix {
            id: lowering.names.public_ip_prefix(network, &tier.name),
            length: u8::try_from(32 - bits).unwrap_or(28),
            zones: ALL_ZONES.map(str::to_owned).to_vec(),
        }));
    }
    items
}

/// Every machine has an address of its subnet, of which Azure keeps five ([`SUBNET_PAGE`]).
fn check_room(lowering: &mut Lowering<'_>, network: &Network) {
    for group in &network.subnets {
        let tiers: Vec<_> = lowering.tiers_of(network, group).collect();
        let most = tiers.iter().map(|tier| match &tier.machines {
            Some(machines) => match machines.scale {
                Scale::Automatic { max, .. } => max as usize,
                Scale::OnDemand { .. } => 0,
            },
            None => 0,
        });
        let most: usize = most.sum();
        let usable: u128 = group.members.iter().map(|member| member.usable).sum();
        let usable = usize::try_from(usable).unwrap_or(usize::MAX);
        if most > usable {
            let names: Vec<_> = tiers.iter().map(|tier| tier.name.as_str()).collect();
            let what = format!(
                "the subnet `{}`, at the most instances of `{}`,",
                group.name,
                names.join("` and `")
            );
            lowering.limit(what, most, usable, SUBNET_PAGE);
        }
    }
}

fn check_zones(lowering: &mut Lowering<'_>, network: &Network) {
    if usize::from(network.zones) > ALL_ZONES.len() {
        lowering.limit(
            format!("the list of zones of the network `{}`", network.name),
            network.zones.into(),
            ALL_ZONES.len(),
            "https://learn.microsoft.com/azure/reliability/availability-zones-overview",
        );
    }
}
