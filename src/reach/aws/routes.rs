//! Where a route table sends packets.

use super::world::{World, id_of, is_a};
use crate::cloud::aws::{
    Kind, NatGateway, Peering, Resource, Route, RouteDestination, RouteTarget, Subnet,
    VpnConnection,
};
use crate::cloud::{Term, Unknown};
use crate::net::Cidr;
use crate::reach::set::{Addresses, Set};

/// Where the packets for some addresses go.
pub(super) struct Hop {
    /// The addresses.
    pub(super) region: Addresses,
    /// Where they go.
    pub(super) target: Target,
    /// The position of the route.
    pub(super) route: Option<usize>,
    /// Whether it is known that they go there: what a gateway learns by BGP is not.
    pub(super) certain: bool,
}

/// What takes packets further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// The VPC itself.
    Local,
    /// An Internet gateway.
    Internet,
    /// An egress-only Internet gateway.
    EgressOnly,
    /// A NAT gateway, by its position; it stands in a subnet of its own.
    Nat(usize),
    /// A VPN gateway with a connection.
    Vpn,
    /// A peering connection, by its position.
    Peering(usize),
    /// Something that forwards by rules that no template shows, or that the template does not name.
    Somewhere,
    /// Nothing: the packets are dropped.
    Nowhere,
}

/// Longest prefix first; where two are as long, the VPC's own, then what is written, then prefix lists, then what is learned
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Own,
    Written,
    Listed,
    Learned,
}

struct Candidate {
    prefix_len: u8,
    /// The addresses that it is for.
    region: Addresses,
    rank: Rank,
    target: Target,
    /// The addresses that the target has a way to.
    known: Addresses,
    route: Option<usize>,
    certain: bool,
}

/// The most routes of a table that are compared with each other. AWS takes no more
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-route-tables>).
const MOST_ROUTES: usize = 1000;

/// The hops of the table that a subnet uses, and what is not understood about them.
pub(super) fn hops(world: &World<'_>, subnet: &Subnet) -> (Vec<Hop>, Vec<Unknown>) {
    let mut unknown = Vec::new();
    let mut candidates: Vec<_> = world
        .space(&subnet.vpc)
        .cidrs()
        .into_iter()
        .map(|block| Candidate {
            prefix_len: block.prefix_len(),
            region: block.into(),
            rank: Rank::Own,
            target: Target::Local,
            known: Addresses::everything(),
            route: None,
            certain: true,
        })
        .collect();
    if let Some(table) = world.table(subnet) {
        written(world, subnet, table, &mut candidates, &mut unknown);
        learned(world, table, &subnet.vpc, &mut candidates);
    }
    candidates.sort_by_key(|it| (std::cmp::Reverse(it.prefix_len), it.rank));
    if candidates.len() > MOST_ROUTES {
        candidates.truncate(MOST_ROUTES);
        let table = world.table(subnet);
        unknown.extend(table.and_then(|at| world.unknown(at, "it has too many routes to compare")));
    }
    let mut taken = Addresses::nothing();
    let mut hops = Vec::new();
    for candidate in candidates {
        let free = candidate.region.difference(&taken);
        let region = free.intersection(&candidate.known);
        // What is only perhaps learned takes nothing away from shorter prefixes.
        if candidate.certain {
            taken = taken.union(&candidate.region);
        }
        if !region.is_nothing() {
            hops.push(Hop {
                region,
                target: candidate.target,
                route: candidate.route,
                certain: candidate.certain,
            });
        }
    }
    // A block that AWS picks is somewhere among these, with a route of its own. Which addresses have it nobody knows yet, and it
    // takes nothing away from what is written.
    let given = world.given_space(&subnet.vpc);
    if !given.is_nothing() {
        hops.push(Hop {
            region: given,
            target: Target::Local,
            route: None,
            certain: false,
        });
    }
    (hops, unknown)
}

/// The routes that stand in a table.
fn written(
    world: &World<'_>,
    subnet: &Subnet,
    table: usize,
    candidates: &mut Vec<Candidate>,
    unknown: &mut Vec<Unknown>,
) {
    for (at, route) in world.routes(table) {
        let (target, known) = target(world, &route.target, &subnet.vpc);
        if target == Target::Somewhere {
            unknown.extend(world.unknown(at, SOMEWHERE));
        }
        let Some(blocks) = blocks(world, route) else {
            unknown.extend(world.unknown(at, "the addresses of its prefix list are not known"));
            continue;
        };
        let rank = match route.destination {
            RouteDestination::Cidr(_) => Rank::Written,
            RouteDestination::PrefixList(_) => Rank::Listed,
        };
        candidates.extend(blocks.into_iter().map(|block| Candidate {
            prefix_len: block.prefix_len(),
            region: block.into(),
            rank,
            target,
            known: known.clone(),
            route: Some(at),
            certain: true,
        }));
    }
}

const SOMEWHERE: &str =
    "what forwards its packets does so by rules that are not in the template or not read";

fn blocks(world: &World<'_>, route: &Route) -> Option<Vec<Cidr>> {
    match &route.destination {
        RouteDestination::Cidr(block) => Some(vec![*block]),
        RouteDestination::PrefixList(list) => match world.named(list)?.1 {
            Resource::PrefixList(list) => Some(list.entries.clone()),
            _ => None,
        },
    }
}

/// What a route leads to, and the addresses that are reached by it.
fn target(world: &World<'_>, target: &RouteTarget, vpc: &Term) -> (Target, Addresses) {
    let everything = Addresses::everything;
    let somewhere = || (Target::Somewhere, everything());
    match target {
        RouteTarget::Gateway(Term::Text(text)) if text == "local" => (Target::Local, everything()),
        RouteTarget::Gateway(term) if is_a(term, Kind::InternetGateway) => {
            let tied = attached(world, term, vpc);
            (
                if tied {
                    Target::Internet
                } else {
                    Target::Nowhere
                },
                everything(),
            )
        }
        RouteTarget::Gateway(term) if is_a(term, Kind::VpnGateway) => {
            if attached(world, term, vpc) {
                (Target::Vpn, behind(world, term))
            } else {
                (Target::Nowhere, everything())
            }
        }
        RouteTarget::NatGateway(term) => match world.named(term) {
            Some((at, Resource::NatGateway(NatGateway { public: true, .. }))) => {
                (Target::Nat(at), everything())
            }
            _ => somewhere(),
        },
        RouteTarget::EgressOnlyGateway(term) => match world.named(term) {
            Some((_, Resource::EgressOnlyInternetGateway(gateway))) if gateway.vpc == *vpc => {
                (Target::EgressOnly, everything())
            }
            Some(_) => (Target::Nowhere, everything()),
            None => somewhere(),
        },
        RouteTarget::Peering(term) => match world.named(term) {
            Some((at, Resource::Peering(it))) => match beyond(it, vpc) {
                Some(other) => (Target::Peering(at), spoken_of(world, other)),
                None => (Target::Nowhere, everything()),
            },
            _ => somewhere(),
        },
        _ => somewhere(),
    }
}

/// The VPC at the other end of a peering connection; nothing where it does not end in this one.
fn beyond<'r>(peering: &'r Peering, vpc: &Term) -> Option<&'r Term> {
    if peering.vpc == *vpc {
        Some(&peering.peer)
    } else {
        (peering.peer == *vpc).then_some(&peering.vpc)
    }
}

/// The addresses that a peered VPC may have. A peering connection leads no further
/// (<https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>).
fn spoken_of(world: &World<'_>, vpc: &Term) -> Addresses {
    match world.named(vpc) {
        Some((_, Resource::Vpc(_))) => world.widest_space(vpc),
        _ => Addresses::everything(),
    }
}

/// Whether a gateway is tied to a VPC. A route to one that is not is a black hole.
fn attached(world: &World<'_>, gateway: &Term, vpc: &Term) -> bool {
    let same = |term: &Term| id_of(term) == id_of(gateway);
    let internet = world.of(Kind::InternetGatewayAttachment);
    let mut attachments = internet.chain(world.of(Kind::VpnGatewayAttachment));
    attachments.any(|(_, resource)| match resource {
        Resource::InternetGatewayAttachment(it) => same(&it.gateway) && it.vpc == *vpc,
        Resource::VpnGatewayAttachment(it) => same(&it.gateway) && it.vpc == *vpc,
        _ => false,
    })
}

/// The connections of a VPN gateway, with their positions.
pub(super) fn connections<'r>(
    world: &World<'r>,
    gateway: &Term,
) -> impl Iterator<Item = (usize, &'r VpnConnection)> {
    world
        .of(Kind::VpnConnection)
        .filter_map(move |(at, resource)| match resource {
            Resource::VpnConnection(it) if id_of(&it.gateway) == id_of(gateway) => Some((at, it)),
            _ => None,
        })
}

/// The addresses that a VPN gateway has a route to, and drops everything else
/// (<https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>). Over BGP the customer's device may tell of any.
fn behind(world: &World<'_>, gateway: &Term) -> Addresses {
    let mut behind = Addresses::nothing();
    for (_, connection) in connections(world, gateway) {
        if !connection.static_routes {
            // A VPN gateway carries no IPv6: https://docs.aws.amazon.com/vpn/latest/s2svpn/ipv4-ipv6.html.
            return Addresses::v4();
        }
        behind = behind.union(&told(world, &connection.id).into_iter().collect());
    }
    behind.only_v4()
}

/// The ranges that a connection was told of.
fn told(world: &World<'_>, connection: &crate::cloud::ResourceId) -> Vec<Cidr> {
    let routes = world
        .of(Kind::VpnConnectionRoute)
        .filter_map(|(_, resource)| match resource {
            Resource::VpnConnectionRoute(it) if id_of(&it.connection) == Some(connection) => {
                Some(it.destination)
            }
            _ => None,
        });
    routes.collect()
}

/// The routes that a table learns from VPN gateways
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html>). The VPC's own addresses are none of them,
/// however long the prefix (<https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>).
fn learned(world: &World<'_>, table: usize, vpc: &Term, candidates: &mut Vec<Candidate>) {
    let others = world.space(vpc).complement();
    for (at, resource) in world.of(Kind::RoutePropagation) {
        let Resource::RoutePropagation(propagation) = resource else {
            continue;
        };
        let mut tables = propagation.tables.iter();
        let here = tables.any(|it| world.named(it).map(|(at, _)| at) == Some(table));
        if !here || !attached(world, &propagation.gateway, vpc) {
            continue;
        }
        for (_, connection) in connections(world, &propagation.gateway) {
            let blocks = if connection.static_routes {
                told(world, &connection.id)
            } else {
                vec![Cidr::ANY_V4]
            };
            candidates.extend(blocks.into_iter().map(|block| Candidate {
                // A customer's device may tell of each address by itself.
                prefix_len: if connection.static_routes {
                    block.prefix_len()
                } else {
                    block.address_bits()
                },
                region: others.intersection(&block.into()),
                rank: Rank::Learned,
                target: Target::Vpn,
                known: Addresses::everything(),
                route: Some(at),
                certain: connection.static_routes,
            }));
        }
    }
}
