//! What AWS refuses to make. Of resources that are never made, nobody can say what they let through.
//!
//! Templates are checked by nobody before AWS does it. Only what the answer rests on is looked at here: references that lead
//! to a resource of another type, and blocks of addresses that a VPC or a subnet cannot have.

use foldhash::{HashMap, HashMapExt};

use super::world::{World, id_of, is_a};
use crate::cloud::aws::{Block, Kind, Resource, RouteTarget, RulePeer, VpcCidr};
use crate::cloud::{self, ResourceId, Term, Unknown};
use crate::net::Cidr;
use crate::reach::set::{Addresses, Set};

/// What is not known because AWS refuses it, in the order of the template.
pub(super) fn refused(world: &World<'_>) -> Vec<Unknown> {
    let spaces = spaces(world);
    let mut unknown = Vec::new();
    for (at, resource) in world.resources() {
        let wrong = references(resource)
            .into_iter()
            .find(|(term, kind)| leads_elsewhere(term, *kind));
        if let Some((term, kind)) = wrong {
            let named = id_of(term).map_or_else(String::new, |id| id.path.join("."));
            unknown.extend(world.unknown(at, format!("`{named}` is no {kind:?}")));
        }
        if leads_to_another_vpc(world, resource) {
            unknown.extend(world.unknown(at, "it ties together what is not in one VPC"));
        }
        if let Resource::AutoScalingGroup(it) = resource
            && it.subnets.is_empty()
        {
            unknown
                .extend(world.unknown(at, "it does not say in which subnets it starts instances"));
        }
        if let Resource::VpcEndpoint(it) = resource
            && is_nowhere(&it.service)
        {
            unknown.extend(world.unknown(at, "its service is in no region"));
        }
        unknown.extend(block(resource, &spaces).and_then(|why| world.unknown(at, why)));
    }
    unknown.extend(overlapping(world));
    unknown
}

/// Whether the name of a service, as in `com.amazonaws.eu-west-1.s3`, has something else where the region belongs
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>).
fn is_nowhere(service: &Term) -> bool {
    let Term::Text(name) = service else {
        return false;
    };
    let region = name.strip_prefix("com.amazonaws.");
    let region = region.and_then(|rest| rest.split('.').next());
    region.is_some_and(|region| region != "vpce" && !region.contains('-'))
}

/// The references of a resource that decide on what passes, each with the type that it must lead to.
fn references(resource: &Resource) -> Vec<(&Term, Kind)> {
    match resource {
        Resource::Subnet(it) => vec![(&it.vpc, Kind::Vpc)],
        Resource::RouteTable(it) => vec![(&it.vpc, Kind::Vpc)],
        Resource::SecurityGroup(it) => {
            let rules = it.ingress.iter().chain(&it.egress);
            let peers = rules.filter_map(|rule| peer(&rule.peer));
            peers.chain([(&it.vpc, Kind::Vpc)]).collect()
        }
        Resource::SecurityGroupRule(it) => peer(&it.rule.peer).into_iter().collect(),
        Resource::NetworkAcl(it) => all(&it.subnets, Kind::Subnet)
            .chain([(&it.vpc, Kind::Vpc)])
            .collect(),
        Resource::RouteTableAssociation(it) => {
            vec![(&it.subnet, Kind::Subnet), (&it.table, Kind::RouteTable)]
        }
        Resource::Route(it) => target(&it.target)
            .into_iter()
            .chain([(&it.table, Kind::RouteTable)])
            .collect(),
        Resource::RoutePropagation(it) => all(&it.tables, Kind::RouteTable)
            .chain([(&it.gateway, Kind::VpnGateway)])
            .collect(),
        Resource::InternetGatewayAttachment(it) => {
            vec![(&it.vpc, Kind::Vpc), (&it.gateway, Kind::InternetGateway)]
        }
        Resource::VpnGatewayAttachment(it) => {
            vec![(&it.vpc, Kind::Vpc), (&it.gateway, Kind::VpnGateway)]
        }
        Resource::VpnConnection(it) => {
            let customer = (&it.customer_gateway, Kind::CustomerGateway);
            let own = (&it.gateway, Kind::VpnGateway);
            let transit = is_a(&it.gateway, Kind::TransitGateway);
            [customer]
                .into_iter()
                .chain((!transit).then_some(own))
                .collect()
        }
        Resource::VpnConnectionRoute(it) => vec![(&it.connection, Kind::VpnConnection)],
        Resource::NatGateway(it) => vec![(&it.subnet, Kind::Subnet)],
        Resource::VpcEndpoint(it) => all(&it.tables, Kind::RouteTable)
            .chain([(&it.vpc, Kind::Vpc)])
            .collect(),
        Resource::AutoScalingGroup(it) => all(&it.subnets, Kind::Subnet)
            .chain([(&it.template, Kind::LaunchTemplate)])
            .collect(),
        Resource::Interface(it) => all(&it.subnets, Kind::Subnet).collect(),
        _ => Vec::new(),
    }
}

fn all(terms: &[Term], kind: Kind) -> impl Iterator<Item = (&Term, Kind)> {
    terms.iter().map(move |term| (term, kind))
}

fn peer(peer: &RulePeer) -> Option<(&Term, Kind)> {
    match peer {
        // An endpoint tells the prefix list of its service.
        RulePeer::PrefixList { given, .. } if is_a(given, Kind::VpcEndpoint) => None,
        RulePeer::PrefixList { given, .. } => Some((given, Kind::PrefixList)),
        // What a template calls a group may be the one that a VPC makes.
        RulePeer::Group(_) | RulePeer::Cidr(_) => None,
    }
}

fn target(target: &RouteTarget) -> Option<(&Term, Kind)> {
    match target {
        RouteTarget::NatGateway(term) => Some((term, Kind::NatGateway)),
        RouteTarget::EgressOnlyGateway(term) => Some((term, Kind::EgressOnlyInternetGateway)),
        _ => None,
    }
}

/// Whether a term names a resource of another type. What stands outside of the template may be anything.
fn leads_elsewhere(term: &Term, kind: Kind) -> bool {
    id_of(term).is_some_and(|id| id.kind != cloud::Kind::Aws(kind))
}

/// Whether a resource ties together things of different VPCs.
fn leads_to_another_vpc(world: &World<'_>, resource: &Resource) -> bool {
    let (own, terms): (Option<&Term>, Vec<&Term>) = match resource {
        Resource::RouteTableAssociation(it) => (None, vec![&it.subnet, &it.table]),
        Resource::NetworkAcl(it) => (Some(&it.vpc), it.subnets.iter().collect()),
        Resource::VpcEndpoint(it) => (Some(&it.vpc), it.tables.iter().collect()),
        Resource::AutoScalingGroup(it) => {
            let template = world.named(&it.template);
            let groups = template.map_or(&[][..], |(_, template)| match template {
                Resource::LaunchTemplate(template) => &template.groups,
                _ => &[],
            });
            (None, it.subnets.iter().chain(groups).collect())
        }
        Resource::Interface(it) => {
            let groups = it.groups.iter().flatten();
            (None, it.subnets.iter().chain(groups).collect())
        }
        _ => return false,
    };
    let others = terms.into_iter().filter_map(|term| vpc(world, term));
    let mut vpcs = own.into_iter().chain(others);
    let first = vpcs.next();
    vpcs.any(|vpc| Some(vpc) != first)
}

/// The VPC of what a term names.
fn vpc<'r>(world: &World<'r>, term: &Term) -> Option<&'r Term> {
    match world.named(term)?.1 {
        Resource::Subnet(it) => Some(&it.vpc),
        Resource::RouteTable(it) => Some(&it.vpc),
        Resource::SecurityGroup(it) => Some(&it.vpc),
        _ => None,
    }
}

/// The addresses of a VPC of the template.
struct Space {
    /// Those that the template says.
    known: Addresses,
    /// Whether AWS gives it a block of IPv6 as well.
    given: bool,
}

fn spaces<'r>(world: &World<'r>) -> HashMap<&'r ResourceId, Space> {
    let mut spaces: HashMap<_, Space> = HashMap::new();
    for (_, resource) in world.resources() {
        let (vpc, block) = match resource {
            Resource::Vpc(it) => (Some(&it.id), Some(it.cidr)),
            Resource::VpcCidr(VpcCidr { vpc, block, .. }) => (id_of(vpc), block.known()),
            _ => continue,
        };
        let Some(vpc) = vpc else { continue };
        let space = spaces.entry(vpc).or_insert_with(|| Space {
            known: Addresses::nothing(),
            given: false,
        });
        match block {
            Some(block) => space.known = space.known.union(&block.into()),
            None => space.given = true,
        }
    }
    spaces
}

/// What is wrong with the blocks of a resource: VPCs and subnets have 16 to 28 bits of prefix, and a subnet is in its VPC
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>,
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
fn block(resource: &Resource, spaces: &HashMap<&ResourceId, Space>) -> Option<String> {
    let (block, vpc) = match resource {
        Resource::Vpc(it) => (it.cidr, None),
        Resource::Subnet(it) => (it.cidr, Some(&it.vpc)),
        _ => return None,
    };
    if block.is_v4() && !(16..=28).contains(&block.prefix_len()) {
        return Some(format!("{block} is not between /16 and /28"));
    }
    let space = spaces.get(id_of(vpc?)?)?;
    if !space.known.covers(&block.into()) {
        return Some(outside(&block));
    }
    match resource {
        Resource::Subnet(it) => ipv6(it.ipv6.as_ref()?, space),
        _ => None,
    }
}

/// What is wrong with a subnet's block of IPv6. Of a block that AWS gives, any may be a part.
fn ipv6(block: &Block, space: &Space) -> Option<String> {
    let inside = match block.known() {
        _ if space.given => true,
        Some(block) => space.known.covers(&block.into()),
        None => space.known.overlaps(&Addresses::v6()),
    };
    (!inside).then(|| outside(block))
}

fn outside(block: &impl std::fmt::Display) -> String {
    format!("{block} is not in the addresses of its VPC")
}

/// The subnets whose block another subnet of the VPC has as well.
fn overlapping(world: &World<'_>) -> Vec<Unknown> {
    let mut subnets: Vec<(&Term, Cidr, usize)> = Vec::new();
    for (at, resource) in world.resources() {
        if let Resource::Subnet(it) = resource {
            subnets.push((&it.vpc, it.cidr, at));
        }
    }
    subnets.sort_by_key(|(vpc, block, _)| (*vpc, block.first()));
    let twice = subnets.windows(2).filter_map(|pair| match pair {
        [(vpc, one, _), (other_vpc, other, at)] if vpc == other_vpc && one.overlaps(*other) => {
            world.unknown(*at, format!("{other} overlaps with another subnet"))
        }
        _ => None,
    });
    twice.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_in_a_region() {
        assert!(!is_nowhere(&"com.amazonaws.eu-west-1.s3".into()));
        // A service of somebody's own, and one that only a deploy names.
        assert!(!is_nowhere(
            &"com.amazonaws.vpce.eu-west-1.vpce-svc-1".into()
        ));
        assert!(!is_nowhere(&Term::Parameter("Service".into())));
        assert!(is_nowhere(&"com.amazonaws.x.s3".into()));
    }
}
