//! Puts resources together from what a configuration writes apart: rules beside their group, parts beside their load
//! balancer, and what ties two resources together.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::names;
use crate::cloud::azure::{
    self, BackendPool, BalancingRule, Interface, IpConfiguration, Kind, LoadBalancer, NatRule,
    OutboundRule, Probe, Resource, Route, RouteTable, SecurityRule,
};
use crate::cloud::{self, Resource as _, ResourceId, Term};
use crate::diag::Place;
use crate::read::azure::{PlacedRule, in_order};
use crate::read::terraform::context::{Context, Fault, Result};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::Instance;
use crate::read::{Part, Placed, Unknown};

/// A resource as one block of the configuration says it.
pub(super) struct Read(Resource);

/// A part of a resource, which may be written inside of it or beside it.
pub(super) enum Piece {
    Rule(SecurityRule),
    Route(Route),
    Pool(BackendPool),
    Probe(Probe),
    BalancingRule(BalancingRule),
    NatRule(NatRule),
    OutboundRule(OutboundRule),
}

struct Waiting<'t> {
    whole: ResourceId,
    piece: Piece,
    place: Place,
    owner: &'t Instance,
}

/// The resources so far.
#[derive(Default)]
pub(super) struct Assembly<'t> {
    resources: Vec<Placed<Resource>>,
    /// Whose they are, in the same order.
    owners: Vec<&'t Instance>,
    at: HashMap<ResourceId, usize>,
    waiting: Vec<Waiting<'t>>,
    /// Resources that say inside of them what all of their parts are, by the kind of the part.
    complete: HashSet<(ResourceId, Kind)>,
    unknown: Vec<Unknown>,
}

const TWICE: &str = "it is written twice, and not the same";
const ELSEWHERE: &str = "what it belongs to is not in this configuration";

impl<'t> Assembly<'t> {
    /// Room for so many resources.
    pub(super) fn with_capacity(resources: usize) -> Self {
        Self {
            resources: Vec::with_capacity(resources),
            owners: Vec::with_capacity(resources),
            at: HashMap::with_capacity(resources),
            ..Self::default()
        }
    }

    /// Adds a resource.
    pub(super) fn add(&mut self, read: Read, owner: &'t Instance) {
        self.put(read, owner.place.clone(), owner);
    }

    /// Adds a resource that stands inside of another one.
    pub(super) fn beside(&mut self, read: Read, place: &Place, of: &Properties<'_, 't>) {
        self.put(read, place.clone(), of.owner);
    }

    /// Adds a resource. One that is written inside of another one and beside it must be the same both times.
    fn put(&mut self, Read(resource): Read, place: Place, owner: &'t Instance) {
        if let Some(before) = self.at.get(resource.id()) {
            let before = self.resources.get(*before);
            if before.is_none_or(|before| before.resource != resource) {
                self.unknown.push(note(owner, TWICE, &place));
            }
            return;
        }
        self.at.insert(resource.id().clone(), self.resources.len());
        self.owners.push(owner);
        self.resources.push(Placed {
            resource,
            place,
            parts: Vec::new(),
        });
    }

    /// Notes that a resource says inside of it what all of its parts of a kind are. For the routes of a table, the kind is
    /// the table's own.
    pub(super) fn says_all(&mut self, whole: &ResourceId, kind: Kind) {
        self.complete.insert((whole.clone(), kind));
    }

    /// Adds a part to a resource, which may come later.
    pub(super) fn piece(
        &mut self,
        whole: ResourceId,
        piece: Piece,
        place: &Place,
        of: &Properties<'_, 't>,
    ) {
        self.waiting.push(Waiting {
            whole,
            piece,
            place: place.clone(),
            owner: of.owner,
        });
    }

    /// Notes a rule that is not understood: what its group lets through is not known.
    pub(super) fn wrong_rule(&mut self, rule: &ResourceId, fault: Fault, of: &Properties<'_, 't>) {
        let group = names::whole(rule, Kind::NetworkSecurityGroup);
        let owner = self.at.get(&group).and_then(|at| self.owners.get(*at));
        let name = owner.map_or(&of.owner.address, |owner| &owner.address);
        self.unknown.push(Unknown {
            name: name.to_string(),
            what: of.owner.kind.to_string(),
            why: format!(
                "the rule `{}` is not understood: {}",
                rule.name(),
                fault.why
            ),
            place: fault.place,
        });
    }

    /// The resource that a term names, which may be its name.
    pub(super) fn named(
        &self,
        of: &mut Properties<'_, '_>,
        key: &str,
        kind: Kind,
    ) -> Result<ResourceId> {
        let value = of.need(key, Context::term)?;
        let known = match &value {
            Term::Attribute(id, _) => self.at.get_key_value(id).map(|(id, _)| id),
            Term::Text(name) => self.at.keys().find(|id| {
                id.kind == cloud::Kind::Azure(kind) && id.name().eq_ignore_ascii_case(name)
            }),
            _ => None,
        };
        let known = known.filter(|id| id.kind == cloud::Kind::Azure(kind));
        known.cloned().ok_or_else(|| of.missing(ELSEWHERE))
    }

    pub(super) fn resource(&mut self, id: &ResourceId) -> Option<&mut Resource> {
        let at = *self.at.get(id)?;
        self.resources
            .get_mut(at)
            .map(|placed| &mut placed.resource)
    }

    /// The address of an interface that an association names.
    pub(super) fn configuration(
        &mut self,
        of: &mut Properties<'_, '_>,
    ) -> Result<&mut IpConfiguration> {
        let name = of.need("ip_configuration_name", Context::text)?;
        let all = self.interface(of)?.configurations.iter_mut();
        let mut named = all.filter(|it| it.name == name);
        named
            .next()
            .ok_or_else(|| of.missing("the interface has no such address"))
    }

    /// The interface that an association names.
    pub(super) fn interface(&mut self, of: &mut Properties<'_, '_>) -> Result<&mut Interface> {
        let id = self.named(of, "network_interface_id", Kind::Interface)?;
        match self.resource(&id) {
            Some(Resource::Interface(interface)) => Ok(interface),
            _ => Err(of.missing(ELSEWHERE)),
        }
    }

    /// Puts everything into its place, and tells what is found wrong only now.
    pub(super) fn finish(mut self) -> (Vec<Placed<Resource>>, Vec<Unknown>) {
        self.overwritten();
        let mut rules: BTreeMap<usize, Vec<PlacedRule>> = BTreeMap::new();
        for waiting in std::mem::take(&mut self.waiting) {
            let at = self.at.get(&waiting.whole).copied();
            let target = at.and_then(|at| self.resources.get_mut(at));
            let added = match (waiting.piece, at, target) {
                (Piece::Rule(rule), Some(at), Some(_)) => {
                    let all = rules.entry(at).or_default();
                    all.push((rule, waiting.place.clone()));
                    Ok(())
                }
                (piece, _, Some(target)) => put_piece(piece, target, &waiting.place),
                _ => Err(ELSEWHERE),
            };
            if let Err(why) = added {
                self.unknown.push(note(waiting.owner, why, &waiting.place));
            }
        }
        for (at, rules) in rules {
            self.put_rules(at, rules);
        }
        (self.resources, self.unknown)
    }

    /// Notes what says inside of it what all of its parts are, and has others beside it: whichever is made last wins
    /// (<https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_security_group>).
    fn overwritten(&mut self) {
        let beside = self.waiting.iter().filter_map(|waiting| {
            let kind = match waiting.piece {
                Piece::Rule(_) => Kind::SecurityRule,
                Piece::Route(_) => Kind::RouteTable,
                _ => return None,
            };
            Some((waiting.whole.clone(), kind, waiting.owner))
        });
        let subnets = self.resources.iter().zip(&self.owners);
        let subnets = subnets.filter_map(|(placed, owner)| match &placed.resource {
            Resource::Subnet(subnet) => {
                let network = names::whole(&subnet.id, Kind::VirtualNetwork);
                Some((network, Kind::Subnet, *owner))
            }
            _ => None,
        });
        let mut wrong = Vec::new();
        for (whole, kind, owner) in beside.chain(subnets) {
            let Some(of) = self.at.get(&whole).and_then(|at| self.owners.get(*at)) else {
                continue;
            };
            let is_beside = of.address != owner.address;
            if is_beside && self.complete.remove(&(whole, kind)) {
                let why = "what stands inside of it and what stands beside it overwrite each other";
                wrong.push(note(of, why, &of.place));
            }
        }
        self.unknown.extend(wrong);
    }

    /// The rules of a group in the order in which they count.
    fn put_rules(&mut self, at: usize, rules: Vec<PlacedRule>) {
        let (Some(target), Some(owner)) = (self.resources.get_mut(at), self.owners.get(at)) else {
            return;
        };
        let Resource::NetworkSecurityGroup(group) = &mut target.resource else {
            return;
        };
        let (rules, clashes) = in_order(rules);
        let clashes = clashes.iter().map(|(why, place)| note(owner, why, place));
        self.unknown.extend(clashes);
        for (rule, place) in rules {
            target.parts.push((Part::Rule(group.rules.len()), place));
            group.rules.push(rule);
        }
    }
}

fn put_piece(
    piece: Piece,
    target: &mut Placed<Resource>,
    place: &Place,
) -> std::result::Result<(), &'static str> {
    let parts = &mut target.parts;
    match (piece, &mut target.resource) {
        (Piece::Route(route), Resource::RouteTable(table)) => put_route(table, parts, route, place),
        (piece, Resource::LoadBalancer(balancer)) => {
            put_in_balancer(piece, balancer, parts, place);
            Ok(())
        }
        _ => Err(ELSEWHERE),
    }
}

fn put_in_balancer(
    piece: Piece,
    balancer: &mut LoadBalancer,
    parts: &mut Vec<(Part, Place)>,
    place: &Place,
) {
    let part = match piece {
        Piece::Pool(pool) => {
            balancer.pools.push(pool);
            None
        }
        Piece::Probe(probe) => {
            balancer.probes.push(probe);
            None
        }
        Piece::BalancingRule(rule) => {
            balancer.rules.push(rule);
            Some(Part::BalancingRule(balancer.rules.len() - 1))
        }
        Piece::NatRule(rule) => {
            balancer.nat_rules.push(rule);
            Some(Part::NatRule(balancer.nat_rules.len() - 1))
        }
        Piece::OutboundRule(rule) => {
            balancer.outbound_rules.push(rule);
            Some(Part::OutboundRule(balancer.outbound_rules.len() - 1))
        }
        // They are parts of other resources.
        Piece::Rule(_) | Piece::Route(_) => None,
    };
    parts.extend(part.map(|part| (part, place.clone())));
}

fn put_route(
    table: &mut RouteTable,
    parts: &mut Vec<(Part, Place)>,
    route: Route,
    place: &Place,
) -> std::result::Result<(), &'static str> {
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

fn note(owner: &Instance, why: &str, place: &Place) -> Unknown {
    Unknown {
        name: owner.address.to_string(),
        what: owner.kind.to_string(),
        why: why.into(),
        place: place.clone(),
    }
}

macro_rules! into_read {
    ($($name:ident)+) => {
        $(impl From<azure::$name> for Read {
            fn from(resource: azure::$name) -> Self {
                Self(Resource::$name(resource))
            }
        })+
    };
}

into_read!(
    VirtualNetwork Subnet Peering RouteTable NatGateway PublicIp PublicIpPrefix VirtualNetworkGateway
    LocalNetworkGateway Connection ApplicationSecurityGroup NetworkSecurityGroup LoadBalancer Interface
    ScaleSet AutoscaleSetting
);
