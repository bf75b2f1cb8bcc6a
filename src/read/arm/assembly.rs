//! Puts resources together from what a template writes apart: rules beside their group, routes beside their table.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use super::function::{Declaration, declaration};
use super::properties::{Owner, Properties};
use crate::cloud::azure::{self, BackendPool, NatRule, Resource, Route, RouteTable, SecurityRule};
use crate::cloud::{Resource as _, ResourceId};
use crate::diag::Place;
use crate::read::azure::{PlacedRule, in_order};
use crate::read::{Part, Placed, Unknown};

/// A resource as one entry of the template says it.
pub(super) struct Read {
    pub(super) resource: Resource,
    pub(super) parts: Vec<(Part, Place)>,
}

/// A part of a resource, which may be written inside of it or beside it.
pub(super) enum Piece {
    Rule(SecurityRule),
    Route(Route),
    Pool(BackendPool),
    NatRule(NatRule),
}

struct Waiting {
    whole: ResourceId,
    piece: Piece,
    place: Place,
    owner: Rc<Owner>,
}

/// The resources so far.
#[derive(Default)]
pub(super) struct Assembly {
    resources: Vec<Placed<Resource>>,
    /// Where they are, by their ids in small letters: capitals make no difference.
    at: HashMap<Declaration, usize>,
    waiting: Vec<Waiting>,
    unknown: Vec<Unknown>,
}

const TWICE: &str = "it is written twice, and not the same";

impl Assembly {
    /// Room for so many resources.
    pub(super) fn with_capacity(resources: usize) -> Self {
        Self {
            resources: Vec::with_capacity(resources),
            at: HashMap::with_capacity(resources),
            ..Self::default()
        }
    }

    /// Adds a resource. One that is written inside of another one and beside it must be the same both times.
    pub(super) fn add(&mut self, read: Read, place: Place, owner: &Owner) {
        let id = declaration(read.resource.id());
        if let Some(before) = self.at.get(&id).and_then(|at| self.resources.get(*at)) {
            if before.resource != read.resource {
                self.unknown.push(note(owner, TWICE, &place));
            }
            return;
        }
        self.at.insert(id, self.resources.len());
        self.resources.push(Placed {
            resource: read.resource,
            place,
            parts: read.parts,
        });
    }

    /// Adds a rule to its group.
    pub(super) fn rule(&mut self, rule: SecurityRule, place: Place, of: &Properties<'_, '_>) {
        let whole = whole(&rule.id, azure::Kind::NetworkSecurityGroup);
        self.piece(whole, Piece::Rule(rule), place, of);
    }

    /// Adds a part to a resource, which may come later.
    pub(super) fn piece(
        &mut self,
        whole: ResourceId,
        piece: Piece,
        place: Place,
        of: &Properties<'_, '_>,
    ) {
        self.waiting.push(Waiting {
            whole,
            piece,
            place,
            owner: Rc::clone(&of.owner),
        });
    }

    /// Puts everything into its place, and tells what is found wrong only now.
    pub(super) fn finish(mut self) -> (Vec<Placed<Resource>>, Vec<Unknown>) {
        let mut rules: HashMap<usize, Vec<PlacedRule>> = HashMap::new();
        for waiting in std::mem::take(&mut self.waiting) {
            let at = self.at.get(&declaration(&waiting.whole)).copied();
            let target = at.and_then(|at| self.resources.get_mut(at));
            let place = waiting.place;
            let added = match (
                waiting.piece,
                target.map(|it| (&mut it.resource, &mut it.parts)),
            ) {
                (Piece::Rule(rule), Some((Resource::NetworkSecurityGroup(_), _))) => {
                    let all = rules.entry(at.unwrap_or_default()).or_default();
                    all.push((rule, place.clone()));
                    Ok(())
                }
                (Piece::Route(route), Some((Resource::RouteTable(table), parts))) => {
                    add_route(table, parts, route, &place)
                }
                (Piece::Pool(pool), Some((Resource::LoadBalancer(balancer), _))) => {
                    if !balancer.pools.contains(&pool) {
                        balancer.pools.push(pool);
                    }
                    Ok(())
                }
                (Piece::NatRule(rule), Some((Resource::LoadBalancer(balancer), parts))) => {
                    parts.push((Part::NatRule(balancer.nat_rules.len()), place.clone()));
                    balancer.nat_rules.push(rule);
                    Ok(())
                }
                _ => Err("what it belongs to is not in this template"),
            };
            if let Err(why) = added {
                self.unknown.push(note(&waiting.owner, why, &place));
            }
        }
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_unstable_by_key(|(at, _)| *at);
        for (at, rules) in rules {
            self.put_rules(at, rules);
        }
        (self.resources, self.unknown)
    }

    /// The rules of a group in the order in which they count.
    fn put_rules(&mut self, at: usize, rules: Vec<PlacedRule>) {
        let Some(target) = self.resources.get_mut(at) else {
            return;
        };
        let Resource::NetworkSecurityGroup(group) = &mut target.resource else {
            return;
        };
        let (rules, clashes) = in_order(rules);
        for (why, place) in clashes {
            self.unknown.push(Unknown {
                name: group.id.name().to_owned(),
                what: "Microsoft.Network/networkSecurityGroups/securityRules".into(),
                why,
                place,
            });
        }
        for (rule, place) in rules {
            target.parts.push((Part::Rule(group.rules.len()), place));
            group.rules.push(rule);
        }
    }
}

fn add_route(
    table: &mut RouteTable,
    parts: &mut Vec<(Part, Place)>,
    route: Route,
    place: &Place,
) -> Result<(), &'static str> {
    let same = |known: &&Route| known.name.eq_ignore_ascii_case(&route.name);
    match table.routes.iter().find(same) {
        Some(known) if *known == route => Ok(()),
        Some(_) => Err(TWICE),
        None => {
            parts.push((Part::Route(table.routes.len()), place.clone()));
            table.routes.push(route);
            Ok(())
        }
    }
}

/// The id of the resource that a part belongs to.
pub(super) fn whole(id: &ResourceId, kind: azure::Kind) -> ResourceId {
    let path = id.path.split_last().map_or(&[][..], |(_, path)| path);
    super::names::id(kind, path.iter().cloned())
}

fn note(owner: &Owner, why: &str, place: &Place) -> Unknown {
    Unknown {
        name: owner.name.clone(),
        what: owner.type_name.clone(),
        why: why.into(),
        place: place.clone(),
    }
}

macro_rules! into_read {
    ($($name:ident)+) => {
        $(impl From<azure::$name> for Read {
            fn from(resource: azure::$name) -> Self {
                Self {
                    resource: Resource::$name(resource),
                    parts: Vec::new(),
                }
            }
        })+
    };
}

into_read!(
    VirtualNetwork Subnet Peering RouteTable NatGateway PublicIp PublicIpPrefix VirtualNetworkGateway
    LocalNetworkGateway Connection ApplicationSecurityGroup NetworkSecurityGroup LoadBalancer Interface
    ScaleSet AutoscaleSetting
);
