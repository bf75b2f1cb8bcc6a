//! Two templates of AWS.

use std::collections::{BTreeMap, BTreeSet};

use patternbook::cloud::aws::{
    AutoScalingGroup, Block, Interface, LaunchTemplate, Policy, Resource, Subnet,
};
use patternbook::cloud::{Resource as _, ResourceId, Term};

use super::{Difference, requests};
use crate::walker::{Group, Machine, Road};
use crate::walks::{Corners, Walks, picked};

/// What one template lets pass and another does not, or what nobody can say of it.
pub(crate) fn difference(one: &[Resource], other: &[Resource]) -> Option<Difference> {
    let unseen = |what: &str| Some(Difference::Unseen(what.to_owned()));
    if one == other {
        return unseen("nothing of it is read");
    }
    let (one, other) = (requests::without_logs(one), requests::without_logs(other));
    if one == other {
        return unseen("only logs are written or not");
    }
    if let Some(what) = unwalked(&one, &other) {
        return unseen(&what);
    }
    let [one, other] = [one, other].map(|it| picked(&it, 1));
    let walked = walked(&one, &other).or_else(|| requests::difference(&one, &other));
    walked.map(Difference::Walked)
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
        Resource::Vpc(it) => it.cidr = patternbook::net::Cidr::ANY_V4,
        Resource::Subnet(it) => {
            it.vpc = nowhere();
            it.cidr = patternbook::net::Cidr::ANY_V4;
            it.ipv6 = None;
            it.public_addresses = false;
        }
        Resource::LaunchTemplate(it) => {
            it.groups.clear();
            it.public_address = None;
        }
        Resource::AutoScalingGroup(it) => {
            it.subnets.clear();
            it.template = nowhere();
        }
        Resource::VpnConnection(it) => {
            it.gateway = nowhere();
            it.static_routes = false;
        }
        Resource::VpcEndpoint(it) => {
            it.vpc = nowhere();
            it.tables.clear();
            it.policy = Policy::default();
        }
        Resource::Role(it) => {
            it.trust = Policy::default();
            it.policy = Policy::default();
        }
        Resource::VpcCidr(_)
        | Resource::PrefixList(_)
        | Resource::RouteTable(_)
        | Resource::RouteTableAssociation(_)
        | Resource::Route(_)
        | Resource::RoutePropagation(_)
        | Resource::InternetGateway(_)
        | Resource::InternetGatewayAttachment(_)
        | Resource::EgressOnlyInternetGateway(_)
        | Resource::NatGateway(_)
        | Resource::Peering(_)
        | Resource::VpnGatewayAttachment(_)
        | Resource::VpnConnectionRoute(_)
        | Resource::DefaultSecurityGroup(_)
        | Resource::SecurityGroup(_)
        | Resource::SecurityGroupRule(_)
        | Resource::NetworkAcl(_)
        | Resource::BucketPolicy(_)
        | Resource::TopicPolicy(_)
        | Resource::Interface(_) => return None,
        _ => {}
    }
    Some(rest)
}

/// Machines by their security groups.
type Crowds = BTreeMap<Vec<Group>, Vec<Machine>>;

/// A packet that one lets pass and the other does not.
fn walked(one: &[Resource], other: &[Resource]) -> Option<String> {
    let corners = Corners::of(one.iter().chain(other)).fewer();
    let (here, there) = (crowds(one, &corners), crowds(other, &corners));
    if let Some(groups) = here.keys().find(|groups| !there.contains_key(*groups)) {
        return Some(format!("nobody is in {groups:?} any more"));
    }
    let sides = [one, other].map(|it| Walks::new(it, corners.client_ports.clone()));
    let nobody = Vec::new();
    let both = |groups: &Vec<Group>| {
        [&here, &there].map(|crowds| crowds.get(groups).unwrap_or(&nobody).as_slice())
    };
    for groups in there.keys() {
        let own = both(groups);
        for &kind in &corners.kinds {
            for others in there.keys() {
                let far = both(others);
                let [one, other] = [0, 1].map(|at| sides[at].between(own[at], far[at], kind));
                if one != other {
                    return Some(format!(
                        "{groups:?} -> {others:?} {kind:?}: {one:?}, {other:?}"
                    ));
                }
            }
            let service = [0, 1].map(|at| sides[at].to_services(own[at], &corners.addresses, kind));
            if service[0] != service[1] {
                return Some(format!("{groups:?} -> a service {kind:?}: {service:?}"));
            }
            for &remote in &corners.addresses {
                for road in ROADS {
                    let out = [0, 1].map(|at| sides[at].outward(own[at], remote, kind, road));
                    let back = [0, 1].map(|at| sides[at].inward(remote, own[at], kind, road));
                    if out[0] != out[1] || back[0] != back[1] {
                        return Some(format!(
                            "{groups:?} and {remote} by {road:?} {kind:?}: {out:?}, {back:?}"
                        ));
                    }
                }
            }
        }
    }
    None
}

const ROADS: [Road; 5] = [
    Road::Local,
    Road::Internet,
    Road::Nat,
    Road::Vpn,
    Road::Peering,
];

/// Whoever may be there: a machine for each address that the networks tell apart.
fn crowds(resources: &[Resource], corners: &Corners) -> Crowds {
    let mut crowds = Crowds::new();
    for resource in resources {
        match resource {
            Resource::Interface(it) => of_interface(resources, it, corners, &mut crowds),
            Resource::LaunchTemplate(it) => of_template(resources, it, corners, &mut crowds),
            _ => {}
        }
    }
    let used: BTreeSet<Group> = crowds.keys().flatten().cloned().collect();
    for resource in resources {
        // Somebody may put machines into a group that nobody is in.
        if let Resource::SecurityGroup(it) = resource
            && !used.contains(&Group::Named(it.id.clone()))
        {
            let group = Group::Named(it.id.clone());
            stand(
                &mut crowds,
                &[group],
                anywhere(resources, &it.vpc),
                None,
                corners,
            );
        }
    }
    crowds
}

fn of_interface(resources: &[Resource], it: &Interface, corners: &Corners, crowds: &mut Crowds) {
    let subnets: Vec<_> = subnets(resources)
        .filter(|subnet| it.subnets.contains(&subnet.id.id()))
        .collect();
    let groups = groups(it.groups.as_deref().unwrap_or_default(), &subnets);
    let publicity = subnets
        .first()
        .map(|subnet| it.public_address.unwrap_or(subnet.public_addresses));
    stand(crowds, &groups, subnets, publicity, corners);
}

/// What is launched from a template: into the subnets of its groups of instances, or into any of the VPC.
fn of_template(
    resources: &[Resource],
    it: &LaunchTemplate,
    corners: &Corners,
    crowds: &mut Crowds,
) {
    let fleets: Vec<&AutoScalingGroup> = resources
        .iter()
        .filter_map(|resource| match resource {
            Resource::AutoScalingGroup(fleet) if fleet.template == it.id.id() => Some(fleet),
            _ => None,
        })
        .collect();
    let vpc = resources.iter().find_map(|resource| match resource {
        Resource::SecurityGroup(group) if it.groups.contains(&group.id.id()) => Some(&group.vpc),
        _ => None,
    });
    let into: Vec<_> = if fleets.is_empty() {
        subnets(resources)
            .filter(|subnet| vpc.is_none_or(|vpc| subnet.vpc == *vpc))
            .collect()
    } else {
        let named = |subnet: &&Subnet| {
            fleets
                .iter()
                .any(|fleet| fleet.subnets.contains(&subnet.id.id()))
        };
        subnets(resources).filter(named).collect()
    };
    let groups = groups(&it.groups, &into);
    for subnet in into {
        let by_subnet = (!fleets.is_empty()).then_some(subnet.public_addresses);
        let public = it.public_address.or(by_subnet);
        stand(crowds, &groups, vec![subnet], public, corners);
    }
}

fn groups(terms: &[Term], subnets: &[&Subnet]) -> Vec<Group> {
    let mut groups: Vec<_> = terms
        .iter()
        .filter_map(|term| match term {
            Term::Attribute(id, _) => Some(Group::Named(id.clone())),
            _ => None,
        })
        .collect();
    if terms.is_empty() {
        groups.extend(
            subnets
                .first()
                .map(|subnet| Group::Default(subnet.vpc.clone())),
        );
    }
    groups.sort();
    groups.dedup();
    groups
}

fn subnets(resources: &[Resource]) -> impl Iterator<Item = &Subnet> {
    resources.iter().filter_map(|resource| match resource {
        Resource::Subnet(subnet) => Some(subnet),
        _ => None,
    })
}

fn anywhere<'r>(resources: &'r [Resource], vpc: &Term) -> Vec<&'r Subnet> {
    subnets(resources)
        .filter(|subnet| subnet.vpc == *vpc)
        .collect()
}

/// Puts machines into subnets.
fn stand(
    crowds: &mut Crowds,
    groups: &[Group],
    subnets: Vec<&Subnet>,
    public: Option<bool>,
    corners: &Corners,
) {
    let publicity = public.map_or(vec![false, true], |public| vec![public]);
    let machines = crowds.entry(groups.to_vec()).or_default();
    for subnet in subnets {
        let mut addresses = corners.of_block(subnet.cidr);
        if let Some(Block::Known(block)) = subnet.ipv6 {
            addresses.extend(corners.of_block(block));
        }
        for address in addresses {
            machines.extend(publicity.iter().map(|&public| Machine {
                groups: groups.to_vec(),
                subnet: subnet.id.clone(),
                address,
                public,
            }));
        }
    }
}
