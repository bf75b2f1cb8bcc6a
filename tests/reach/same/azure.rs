//! Two templates of Azure.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use patternbook::cloud::azure::{AddressSku, PublicIp, Resource, ScaleSet, SecurityRule, Subnet};
use patternbook::cloud::{Resource as _, ResourceId, Term};
use patternbook::net::IpVersion;

use super::Difference;
use crate::walker::Kind;
use crate::walker::azure::{Machine, Road};
use crate::walks::{Answer, AzureCorners, AzureWalks};

/// What one template lets pass and another does not, or what nobody can say of it.
pub(crate) fn difference(one: &[Resource], other: &[Resource]) -> Option<Difference> {
    if one == other {
        return Some(Difference::Unseen("nothing of it is read".into()));
    }
    if let Some(what) = unwalked(one, other) {
        return Some(Difference::Unseen(what));
    }
    walked(one, other).map(Difference::Walked)
}

/// What the walker does not look at and is not the same.
fn unwalked(one: &[Resource], other: &[Resource]) -> Option<String> {
    let rest = |resources: &[Resource]| -> BTreeMap<ResourceId, Resource> {
        let rest = resources.iter().filter_map(rest);
        rest.map(|it| (it.id().clone(), it)).collect()
    };
    let (one, other) = (rest(one), rest(other));
    let ids: BTreeSet<_> = one.keys().chain(other.keys()).collect();
    let different = ids.into_iter().find(|id| one.get(id) != other.get(id));
    different.map(|id| format!("no walk looks at {:?} {}", id.kind, id.path.join("/")))
}

/// A resource without what a walker looks at; nothing where that is all there is.
fn rest(resource: &Resource) -> Option<Resource> {
    let nowhere = || Term::EMPTY;
    let mut rest = resource.clone();
    match &mut rest {
        Resource::NatGateway(it) => it.public_ips.clear(),
        Resource::PublicIp(it) => {
            it.sku = AddressSku::Standard;
            it.version = IpVersion::V4;
        }
        Resource::VirtualNetworkGateway(it) => {
            it.subnet = nowhere();
            it.default_site = None;
        }
        Resource::LocalNetworkGateway(it) => it.address_space.clear(),
        Resource::Connection(it) => {
            it.gateway = nowhere();
            it.remote = nowhere();
            it.bgp = false;
        }
        Resource::LoadBalancer(it) => {
            it.sku = AddressSku::Standard;
            it.rules.clear();
            it.nat_rules.clear();
            it.outbound_rules.clear();
            for probe in &mut it.probes {
                probe.port = 0;
            }
        }
        Resource::ScaleSet(it) => {
            it.interface.subnet = nowhere();
            it.interface.network_security_group = None;
            it.interface.groups.clear();
            it.interface.pools.clear();
            it.interface.ipv6 = None;
            // The order of making things, in which a rule is named by its group.
            it.after.clear();
        }
        Resource::VirtualNetwork(_)
        | Resource::Subnet(_)
        | Resource::RouteTable(_)
        | Resource::NetworkSecurityGroup(_)
        | Resource::ApplicationSecurityGroup(_)
        | Resource::Peering(_)
        | Resource::Interface(_) => return None,
        _ => {}
    }
    Some(rest)
}

/// Machines by what makes them, and by the version of IP of their addresses.
pub(crate) type Crowds = BTreeMap<(ResourceId, IpVersion), Vec<Machine>>;

/// A packet that one lets pass and the other does not.
fn walked(one: &[Resource], other: &[Resource]) -> Option<String> {
    let rules: Vec<&SecurityRule> = one.iter().chain(other).flat_map(rules).collect();
    let corners = AzureCorners::of(one.iter().chain(other)).fewer(&rules);
    let all = [crowds(one, &corners), crowds(other, &corners)];
    if let Some(id) = all[0].keys().find(|id| !all[1].contains_key(*id)) {
        return Some(format!("{id:?} is gone"));
    }
    let sides = [one, other].map(|it| AzureWalks::new(it, &corners));
    let nobody = Vec::new();
    let both = |id: &(ResourceId, IpVersion)| {
        [0, 1].map(|at| all[at].get(id).unwrap_or(&nobody).as_slice())
    };
    for id in all[1].keys() {
        let own = both(id);
        for &kind in &corners.kinds {
            for far in all[1].keys() {
                let others = both(far);
                let told = [0, 1].map(|at| {
                    let handed = sides[at].handed(own[at], others[at], kind);
                    (sides[at].between(own[at], others[at], kind), handed)
                });
                if told[0] != told[1] {
                    return Some(format!("{id:?} -> {far:?} {kind:?}: {told:?}"));
                }
            }
            for road in sides[1].roads() {
                let probed = [0, 1].map(|at| sides[at].probed(&road, own[at], kind));
                if probed[0] != probed[1] {
                    return Some(format!("{id:?} by {road:?} {kind:?}: {probed:?}"));
                }
                for &remote in &corners.addresses {
                    let told: [[Answer; 2]; 2] = [0, 1].map(|at| {
                        [
                            outward(&sides[at], own[at], remote, kind, &road),
                            sides[at].inward(remote, own[at], kind, &road),
                        ]
                    });
                    if told[0] != told[1] {
                        return Some(format!("{id:?}, {remote} by {road:?} {kind:?}: {told:?}"));
                    }
                }
            }
        }
    }
    None
}

/// What leaves by a road. Under whose address something goes to the Internet, no flow says.
fn outward(
    walks: &AzureWalks<'_>,
    own: &[Machine],
    remote: IpAddr,
    kind: Kind,
    road: &Road,
) -> Answer {
    let by = |road: &Road| walks.outward(own, remote, kind, road);
    match road {
        Road::Internet | Road::Nat => {
            let (one, other) = (by(&Road::Internet), by(&Road::Nat));
            Answer {
                some: one.some || other.some,
                every: one.every || other.every,
            }
        }
        road => by(road),
    }
}

fn rules(resource: &Resource) -> &[SecurityRule] {
    match resource {
        Resource::NetworkSecurityGroup(it) => &it.rules,
        _ => &[],
    }
}

/// Whoever is there: each machine once for each address that the networks tell apart.
pub(crate) fn crowds(resources: &[Resource], corners: &AzureCorners) -> Crowds {
    let mut crowds = Crowds::new();
    for resource in resources {
        match resource {
            Resource::ScaleSet(it) => {
                for (version, machine) in in_set(it) {
                    let all = everywhere(resources, &machine, version, corners);
                    let key = (it.id.clone(), version);
                    crowds.entry(key).or_default().extend(all);
                }
            }
            Resource::Interface(it) => {
                for own in &it.configurations {
                    let Term::Attribute(subnet, _) = &own.subnet else {
                        continue;
                    };
                    let machine = Machine {
                        subnet: subnet.clone(),
                        filter: it.network_security_group.clone(),
                        groups: own.groups.clone(),
                        pools: own.pools.clone(),
                        nat_rules: own.nat_rules.clone(),
                        public: own.public_ip.as_ref().map(|term| sku(resources, term)),
                        address: NOWHERE,
                    };
                    let all = everywhere(resources, &machine, own.version, corners);
                    let key = (it.id.clone(), own.version);
                    crowds.entry(key).or_default().extend(all);
                }
            }
            _ => {}
        }
    }
    crowds
}

/// What stands for an address until it is tried everywhere.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The machines of a scale set: an address of IPv4, and one of IPv6 where it has any.
fn in_set(set: &ScaleSet) -> Vec<(IpVersion, Machine)> {
    let own = &set.interface;
    let machine = |subnet: &Term, groups: &[Term], pools: &[Term]| match subnet {
        Term::Attribute(subnet, _) => Some(Machine {
            subnet: subnet.clone(),
            filter: own.network_security_group.clone(),
            groups: groups.to_vec(),
            pools: pools.to_vec(),
            nat_rules: Vec::new(),
            public: None,
            address: NOWHERE,
        }),
        _ => None,
    };
    // A block of addresses is always of Standard make.
    let public = own.public_address.as_ref().map(|_| AddressSku::Standard);
    let v4 = machine(&own.subnet, &own.groups, &own.pools);
    let v4 = v4.map(|machine| (IpVersion::V4, Machine { public, ..machine }));
    let v6 = own.ipv6.as_ref().and_then(|it| {
        let machine = machine(&it.subnet, &it.groups, &it.pools)?;
        Some((IpVersion::V6, machine))
    });
    v4.into_iter().chain(v6).collect()
}

fn everywhere(
    resources: &[Resource],
    machine: &Machine,
    version: IpVersion,
    corners: &AzureCorners,
) -> Vec<Machine> {
    let subnet = subnet(resources, &machine.subnet.id());
    let blocks = subnet.into_iter().flat_map(|subnet| &subnet.prefixes);
    let blocks = blocks.filter(|block| block.version() == version);
    let addresses = blocks.flat_map(|block| corners.of_block(*block));
    let all = addresses.map(|address| Machine {
        address,
        ..machine.clone()
    });
    all.collect()
}

fn subnet<'r>(resources: &'r [Resource], term: &Term) -> Option<&'r Subnet> {
    resources.iter().find_map(|resource| match resource {
        Resource::Subnet(it) if it.id.id() == *term => Some(it),
        _ => None,
    })
}

fn sku(resources: &[Resource], term: &Term) -> AddressSku {
    let found: Option<&PublicIp> = resources.iter().find_map(|resource| match resource {
        Resource::PublicIp(it) if it.id.id() == *term => Some(it),
        _ => None,
    });
    found.map_or(AddressSku::Standard, |it| it.sku)
}
