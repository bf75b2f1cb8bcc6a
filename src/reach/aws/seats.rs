//! Who stands where: peers by their security groups, and seats by the subnets that they stand in.
//!
//! A peer is a set of groups, because that is what filters see. Subnets that no filter and no route tells apart are one
//! seat, so that the work grows with what differs and not with the number of zones. Machines with addresses of both versions
//! of IP are two seats.

use indexmap::{IndexMap, IndexSet};

use super::guards::Group;
use super::world::{World, addresses};
use crate::cloud::aws::{Interface, LaunchTemplate, Resource};
use crate::cloud::{ResourceId, Term};
use crate::net::IpVersion;
use crate::reach::set::{Addresses, Set};

/// The groups of an interface, in order, each once; nothing where none guards it.
pub(super) type Groups<'r> = Option<Vec<Group<'r>>>;

/// Machines with the same groups.
pub(super) struct Crowd<'r> {
    /// The groups.
    pub(super) groups: Groups<'r>,
    /// The resources that make it: the groups, or the machines where there are none.
    pub(super) resources: Vec<ResourceId>,
    /// The VPC.
    pub(super) vpc: Option<&'r Term>,
    /// Where they stand.
    pub(super) seats: Vec<Stand>,
}

/// Machines of a crowd in subnets that nothing tells apart.
pub(super) struct Stand {
    /// The positions of the subnets; none where the template does not say.
    pub(super) subnets: Vec<usize>,
    /// The version of IP of their addresses.
    pub(super) version: IpVersion,
    /// The addresses that they may have.
    pub(super) addresses: Addresses,
    /// Whether each machine surely has one of these addresses: of IPv6 where the subnet says that it gets one
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html>).
    pub(super) addressed: bool,
    /// Whether they have public addresses.
    pub(super) public: Public,
}

/// Whether machines have public addresses of IPv4.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Public {
    /// None has.
    No,
    /// Somebody may give them one, or some have and some have not.
    Perhaps,
    /// Each has.
    Yes,
}

/// Every crowd of a template, in the order of the template.
pub(super) fn crowds<'r>(world: &World<'r>) -> Vec<Crowd<'r>> {
    let mut found: IndexMap<Groups<'r>, Found<'r>> = IndexMap::new();
    // Groups come first, so that the order is that of the groups in the template.
    for (_, resource) in world.resources() {
        if let Resource::SecurityGroup(group) = resource {
            found.insert(Some(vec![Group::Named(&group.id)]), Found::default());
        }
    }
    for (_, resource) in world.resources() {
        match resource {
            Resource::Interface(interface) => placed(world, interface, &mut found),
            Resource::LaunchTemplate(template) => launched(world, template, &mut found),
            _ => {}
        }
    }
    let used: IndexSet<Group<'r>> = found
        .iter()
        .filter(|(_, found)| !found.places.is_empty())
        .flat_map(|(groups, _)| groups.iter().flatten().copied())
        .collect();
    let crowds = found.into_iter().filter_map(|(groups, mut found)| {
        let vpc = vpc(world, groups.as_deref().unwrap_or_default(), &found);
        if found.places.is_empty() {
            // What a group lets pass is asked as if something were in it.
            // A group that machines have beside others is asked together with those.
            let mut all = groups.iter().flatten();
            if all.any(|group| used.contains(group)) {
                return None;
            }
            found.anywhere(world, vpc, None);
        }
        Some(Crowd {
            resources: resources(groups.as_deref(), &found),
            vpc,
            seats: found.stands(world, vpc),
            groups,
        })
    });
    crowds.collect()
}

/// What is found of a crowd.
#[derive(Default)]
struct Found<'r> {
    /// The subnets that its machines stand in, by position; nothing for one that is not in the template.
    places: Vec<(Option<usize>, Public)>,
    machines: Vec<&'r ResourceId>,
}

impl<'r> Found<'r> {
    /// Puts machines into every subnet of a VPC, because the template does not say into which they are put.
    fn anywhere(&mut self, world: &World<'r>, vpc: Option<&Term>, public: Option<bool>) {
        let before = self.places.len();
        let public = match public {
            Some(false) => Public::No,
            Some(true) => Public::Yes,
            None => Public::Perhaps,
        };
        let subnets = vpc.map_or(&[][..], |vpc| world.subnets(vpc)).iter();
        self.places.extend(subnets.map(|&at| (Some(at), public)));
        if self.places.len() == before {
            self.places.push((None, Public::Perhaps));
        }
    }

    fn in_subnets(&mut self, world: &World<'r>, subnets: &[Term], public: Option<bool>) {
        for subnet in subnets {
            let place = match world.named(subnet) {
                Some((at, Resource::Subnet(subnet))) => {
                    let public = public.unwrap_or(subnet.public_addresses);
                    (Some(at), if public { Public::Yes } else { Public::No })
                }
                _ => (
                    None,
                    if public == Some(false) {
                        Public::No
                    } else {
                        Public::Perhaps
                    },
                ),
            };
            self.places.push(place);
        }
    }

    /// The places without those that nothing tells apart.
    fn stands(&self, world: &World<'r>, vpc: Option<&Term>) -> Vec<Stand> {
        /// What tells subnets apart: the table, the network ACL (each subnet alone where there is one), public addresses.
        type Class = (Option<usize>, Option<usize>, bool, Public);
        let mut classes: IndexMap<Class, IndexSet<usize>> = IndexMap::new();
        for &(at, public) in &self.places {
            let subnet = at.and_then(|at| world.subnet(at));
            let table = subnet.and_then(|subnet| world.table(subnet));
            let guarded = subnet.is_some_and(|subnet| world.acl(subnet).is_some());
            let alone = at.filter(|_| guarded);
            let known = classes
                .entry((table, alone, at.is_some(), public))
                .or_default();
            known.extend(at);
        }
        let stands = classes
            .into_iter()
            .flat_map(|((_, _, _, public), subnets)| {
                let stands = IpVersion::BOTH.map(|version| {
                    if subnets.is_empty() {
                        nowhere(world, vpc, public, version)
                    } else {
                        stand(world, &subnets, public, version)
                    }
                });
                stands.into_iter().flatten()
            });
        stands.collect()
    }
}

/// Machines in some subnets, by their addresses of a version of IP; nothing where no subnet has any.
fn stand(
    world: &World<'_>,
    subnets: &IndexSet<usize>,
    public: Public,
    version: IpVersion,
) -> Option<Stand> {
    let within = subnets
        .iter()
        .filter_map(|&at| Some((at, world.subnet(at)?)));
    let within = within.filter(|(_, subnet)| version == IpVersion::V4 || subnet.ipv6.is_some());
    let within: Vec<_> = within.collect();
    (!within.is_empty()).then(|| Stand {
        version,
        addresses: within
            .iter()
            .map(|(_, subnet)| addresses(subnet, version))
            .collect(),
        addressed: version == IpVersion::V4
            || within.iter().all(|(_, subnet)| subnet.ipv6_addresses),
        subnets: within.into_iter().map(|(at, _)| at).collect(),
        public,
    })
}

/// Machines of which the template does not say where they stand, by their addresses of a version of IP.
fn nowhere(
    world: &World<'_>,
    vpc: Option<&Term>,
    public: Public,
    version: IpVersion,
) -> Option<Stand> {
    let addresses = somewhere(world, vpc).intersection(&Addresses::of_version(version));
    (!addresses.is_nothing()).then(|| Stand {
        subnets: Vec::new(),
        version,
        addresses,
        addressed: version == IpVersion::V4,
        public,
    })
}

/// The addresses of a machine of which only the VPC is known.
fn somewhere(world: &World<'_>, vpc: Option<&Term>) -> Addresses {
    let space = vpc.map_or_else(Addresses::nothing, |vpc| world.widest_space(vpc));
    if space.is_nothing() {
        Addresses::public().complement().only_v4()
    } else {
        space
    }
}

/// An interface of the template.
fn placed<'r>(
    world: &World<'r>,
    interface: &'r Interface,
    found: &mut IndexMap<Groups<'r>, Found<'r>>,
) {
    let template = interface
        .template
        .as_ref()
        .and_then(|term| world.named(term));
    let template = match template {
        Some((_, Resource::LaunchTemplate(template))) => Some(template),
        _ => None,
    };
    let of_subnets = interface
        .subnets
        .first()
        .and_then(|subnet| match world.named(subnet) {
            Some((_, Resource::Subnet(subnet))) => Some(&subnet.vpc),
            _ => None,
        });
    let groups = match (&interface.groups, template) {
        (Some(groups), Some(template)) if groups.is_empty() => Some(&template.groups),
        (groups, _) => groups.as_ref(),
    };
    let groups = groups.map(|groups| normal(world, groups, of_subnets));
    let entry = found.entry(groups).or_default();
    entry.machines.push(&interface.id);
    let elastic = world.is_elastic(&interface.id).then_some(true);
    let public = elastic
        .or(interface.public_address)
        .or_else(|| template.and_then(|template| template.public_address));
    if interface.subnets.is_empty() {
        entry.places.push((None, Public::Perhaps));
    } else {
        entry.in_subnets(world, &interface.subnets, public);
    }
}

/// What is launched from a template: by groups of instances into their subnets, by others into any.
fn launched<'r>(
    world: &World<'r>,
    template: &'r LaunchTemplate,
    found: &mut IndexMap<Groups<'r>, Found<'r>>,
) {
    let (fleets, named) = world.launched(&template.id);
    if named && fleets.is_empty() {
        return;
    }
    let first = fleets.iter().find_map(|fleet| fleet.subnets.first());
    let vpc = first.and_then(|subnet| match world.named(subnet) {
        Some((_, Resource::Subnet(subnet))) => Some(&subnet.vpc),
        _ => None,
    });
    // Without groups, machines have the one of whichever VPC they are put into.
    let mut vpcs: IndexSet<_> = match vpc {
        None if template.groups.is_empty() => world.vpc_terms().collect(),
        vpc => IndexSet::from([vpc]),
    };
    if vpcs.is_empty() {
        vpcs.insert(None);
    }
    for vpc in vpcs {
        let groups = normal(world, &template.groups, vpc);
        let vpc = vpc.or_else(|| vpc_of(world, &groups));
        let entry = found.entry(Some(groups)).or_default();
        entry.machines.push(&template.id);
        for fleet in fleets {
            entry.in_subnets(world, &fleet.subnets, template.public_address);
        }
        if fleets.is_empty() {
            entry.anywhere(world, vpc, template.public_address);
        }
    }
}

/// The groups of an interface: without any, it has the one that its VPC makes by itself
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>).
fn normal<'r>(world: &World<'r>, groups: &'r [Term], vpc: Option<&'r Term>) -> Vec<Group<'r>> {
    let mut normal: Vec<_> = groups.iter().map(|term| Group::of(world, term)).collect();
    if normal.is_empty() {
        normal.extend(vpc.map(Group::Default));
    }
    normal.sort_unstable();
    normal.dedup();
    normal
}

fn vpc<'r>(world: &World<'r>, groups: &[Group<'r>], found: &Found<'r>) -> Option<&'r Term> {
    let mut places = found.places.iter().filter_map(|(at, _)| *at);
    let subnet = places.find_map(|at| world.subnet(at));
    subnet
        .map(|subnet| &subnet.vpc)
        .or_else(|| vpc_of(world, groups))
}

/// The VPC of groups.
fn vpc_of<'r>(world: &World<'r>, groups: &[Group<'r>]) -> Option<&'r Term> {
    groups.iter().find_map(|group| match group {
        Group::Named(id) => match world.items.get(world.position(id)?).map(|it| &it.resource) {
            Some(Resource::SecurityGroup(group)) => Some(&group.vpc),
            _ => None,
        },
        Group::Default(vpc) => Some(*vpc),
        Group::Elsewhere(_) => None,
    })
}

fn resources(groups: Option<&[Group<'_>]>, found: &Found<'_>) -> Vec<ResourceId> {
    let named = groups
        .unwrap_or_default()
        .iter()
        .filter_map(|group| match group {
            Group::Named(id) => Some((*id).clone()),
            _ => None,
        });
    let mut resources: Vec<_> = named.collect();
    resources.extend(found.machines.iter().map(|id| (*id).clone()));
    resources
}
