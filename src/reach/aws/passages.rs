//! What passes between machines, and between machines and the rest of the world.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::acl::Acl;
use super::candidates::Candidates;
use super::guards::{Group, Guard, guard};
use super::openings::Openings;
use super::routes::{Hop, hops};
use super::rules::Rules;
use super::seats::{Crowd, Stand, crowds};
use super::world::World;
use crate::cloud::aws::{Kind, Resource, Subnet};
use crate::cloud::{Term, Unknown};
use crate::reach::budget::{Budget, TOO_MANY};
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set, TrafficSet};
use crate::reach::{Assumption, End, Passage, Way};

/// The network part of a template, while it is asked.
pub(super) struct Engine<'r> {
    pub(super) world: World<'r>,
    pub(super) crowds: Vec<Crowd<'r>>,
    pub(super) guards: Vec<Guard<'r>>,
    acls: HashMap<usize, Acl>,
    /// The hops of subnets by their table and their VPC, which is all that they depend on.
    hops: HashMap<(Option<usize>, &'r Term), Vec<Hop>>,
    pub(super) budget: Budget,
    pub(super) passages: Vec<Passage>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) assumptions: BTreeSet<Assumption>,
}

/// Which end of a packet is the far one, seen from a guard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    /// The guard looks at what comes in: the far end is the source.
    Inward,
    /// The guard looks at what goes out: the far end is the destination.
    Outward,
}

impl Direction {
    /// The far addresses of packets.
    pub(super) fn far(self, part: &PacketBox) -> &Addresses {
        match self {
            Self::Inward => &part.source,
            Self::Outward => &part.destination,
        }
    }
}

/// The ports that clients connect from. Systems differ in which part of it they use
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports>).
pub(super) fn clients() -> Intervals<u16> {
    Intervals::range(1024, u16::MAX)
}

impl<'r> Engine<'r> {
    pub(super) fn new(world: World<'r>) -> Self {
        let crowds = crowds(&world);
        let mut unknown = Vec::new();
        let mut guards = Vec::with_capacity(crowds.len());
        for crowd in &crowds {
            unknown.extend(strange(&world, crowd));
            guards.push(if let Some(groups) = &crowd.groups {
                let (guard, more) = guard(&world, groups);
                unknown.extend(more);
                guard
            } else {
                let machine = crowd.resources.first();
                Guard::open(machine.and_then(|id| world.position(id)).unwrap_or(0))
            });
        }
        let mut engine = Self {
            acls: HashMap::new(),
            hops: HashMap::new(),
            budget: Budget::default(),
            passages: Vec::new(),
            assumptions: BTreeSet::new(),
            world,
            crowds,
            guards,
            unknown,
        };
        engine.prepare();
        engine
    }

    /// Looks up the filters and routes of every subnet that machines stand in, or NAT gateways.
    fn prepare(&mut self) {
        let stands = self.crowds.iter().flat_map(|crowd| &crowd.seats);
        let used: BTreeSet<usize> = stands
            .flat_map(|stand| stand.subnets.iter().copied())
            .collect();
        let mut told = BTreeSet::new();
        for at in used {
            let Some(subnet) = self.world.subnet(at) else {
                continue;
            };
            if let Some((position, acl)) = self.world.acl(subnet)
                && !self.acls.contains_key(&position)
            {
                let read = Acl::new(position, acl);
                if read.is_cut() {
                    self.unknown.extend(self.world.unknown(position, TOO_MANY));
                }
                self.acls.insert(position, read);
            }
            // Subnets share tables, and what is wrong with a table is said once.
            let unknown = self.lead(subnet).into_iter();
            let new = unknown.filter(|it| told.insert(it.name.clone()));
            self.unknown.extend(new);
        }
        let gateways: Vec<_> = self.world.of(Kind::NatGateway).collect();
        for (_, gateway) in gateways {
            if let Resource::NatGateway(gateway) = gateway
                && let Some((_, Resource::Subnet(subnet))) = self.world.named(&gateway.subnet)
            {
                self.lead(subnet);
            }
        }
    }

    /// Finds the hops of a subnet, unless another one has the same, and says what is not understood about them.
    fn lead(&mut self, subnet: &'r Subnet) -> Vec<Unknown> {
        let key = (self.world.table(subnet), &subnet.vpc);
        if self.hops.contains_key(&key) {
            return Vec::new();
        }
        let (hops, unknown) = hops(&self.world, subnet);
        self.hops.insert(key, hops);
        unknown
    }

    /// The network ACL in front of machines.
    pub(super) fn acl(&self, stand: &Stand) -> Option<&Acl> {
        let subnet = self.world.subnet(*stand.subnets.first()?)?;
        self.acl_of(subnet)
    }

    pub(super) fn acl_of(&self, subnet: &Subnet) -> Option<&Acl> {
        self.acls.get(&self.world.acl(subnet)?.0)
    }

    /// The hops of the table that machines use; nothing when no subnet of the template holds them.
    pub(super) fn hops(&self, stand: &Stand) -> Option<&[Hop]> {
        self.hops_of(self.world.subnet(*stand.subnets.first()?)?)
    }

    /// The hops of a subnet's table.
    pub(super) fn hops_of<'s>(&'s self, subnet: &'s Subnet) -> Option<&'s [Hop]> {
        let hops = self.hops.get(&(self.world.table(subnet), &subnet.vpc))?;
        Some(hops)
    }

    /// What passes between machines of one network.
    pub(super) fn between(&mut self) {
        let candidates = Candidates::new(&self.crowds);
        for to in 0..self.crowds.len() {
            let Some(entering) = self.guards.get(to) else {
                continue;
            };
            if self.budget.is_spent() {
                let unknown = self.too_many(to);
                self.unknown.extend(unknown);
                continue;
            }
            for from in candidates.of(&entering.ingress) {
                if !self.budget.allows(self.effort(from, to)) {
                    let unknown = self.too_many(to);
                    self.unknown.extend(unknown);
                    break;
                }
                self.pair(from, to);
            }
        }
    }

    /// How much there is to compare between two crowds.
    fn effort(&self, from: usize, to: usize) -> usize {
        let compared = |rules: Option<&Rules<'_>>| rules.map_or(0, Rules::compared);
        let egress = compared(self.guards.get(from).map(|it| &it.egress));
        let ingress = compared(self.guards.get(to).map(|it| &it.ingress));
        let seats = |at: usize| self.crowds.get(at).map_or(0, |crowd| crowd.seats.len());
        let rules = Budget::PASSAGE + egress + ingress;
        rules.saturating_mul(seats(from) * seats(to))
    }

    /// That nobody has told everything that passes to or from a crowd.
    pub(super) fn too_many(&self, crowd: usize) -> Option<Unknown> {
        let resource = self.crowds.get(crowd)?.resources.first()?;
        self.world.unknown(self.world.position(resource)?, TOO_MANY)
    }

    fn pair(&mut self, from: usize, to: usize) {
        let (Some(source), Some(target)) = (self.crowds.get(from), self.crowds.get(to)) else {
            return;
        };
        if let (Some(one), Some(other)) = (source.vpc, target.vpc)
            && one != other
        {
            return;
        }
        let (Some(leaving), Some(entering)) = (self.guards.get(from), self.guards.get(to)) else {
            return;
        };
        let mut found = Vec::new();
        let mut unknown = None;
        // What the rules of one side say depends on where the other side stands, and not on the own seat.
        let egress = target.seats.iter();
        let egress = egress.map(|end| Openings::of(&leaving.egress, target, &end.addresses));
        let egress: Vec<_> = egress.collect();
        if egress.iter().all(Openings::are_none) {
            return;
        }
        for (from_seat, start) in source.seats.iter().enumerate() {
            let ingress = Openings::of(&entering.ingress, source, &start.addresses);
            for (to_seat, (end, egress)) in target.seats.iter().zip(&egress).enumerate() {
                if egress.are_none() {
                    continue;
                }
                if !self.budget.allows(egress.pieces() + ingress.pieces()) {
                    unknown = self.too_many(to);
                    continue;
                }
                let Some((some, every)) = self.local(start, end, egress, &ingress) else {
                    continue;
                };
                found.push(Passage {
                    from: End::Seat(from, from_seat),
                    to: End::Seat(to, to_seat),
                    way: Way::Local,
                    reasons: egress
                        .reasons(&some)
                        .chain(ingress.reasons(&some))
                        .collect(),
                    some,
                    every,
                });
            }
        }
        self.passages.extend(found);
        self.unknown.extend(unknown);
    }

    /// What passes from one stand to another: for some of their addresses, and for every one.
    fn local(
        &self,
        start: &Stand,
        end: &Stand,
        egress: &Openings<'_, '_>,
        ingress: &Openings<'_, '_>,
    ) -> Option<(Packets, Packets)> {
        if start.version != end.version {
            return None;
        }
        // Inside a subnet no network ACL is asked.
        let inside = start.subnets.len() == 1 && start.subnets == end.subnets;
        let acls = [
            self.acl(start).filter(|_| !inside),
            self.acl(end).filter(|_| !inside),
        ];
        if egress.parts.is_empty() && ingress.parts.is_empty() && acls.iter().all(Option::is_none) {
            let traffic = egress.whole.intersection(&ingress.whole);
            return (!traffic.is_nothing()).then(|| {
                let packets = Packets::of(PacketBox {
                    traffic,
                    ..PacketBox::default()
                });
                (packets.clone(), packets)
            });
        }
        let domain = domain(&start.addresses, &end.addresses);
        let mut passing = domain
            .intersection(&egress.packets(Direction::Outward))
            .intersection(&ingress.packets(Direction::Inward));
        if let Some(acl) = acls[0] {
            passing = acl.outward(&passing);
        }
        if let Some(acl) = acls[1] {
            passing = acl.inward(&passing);
        }
        let forget = |part: &mut PacketBox| {
            part.source = Addresses::everything();
            part.destination = Addresses::everything();
            part.source_ports = Intervals::everything();
        };
        let some = passing.for_some(forget);
        (!some.is_nothing()).then(|| (some, for_every(&domain, &passing, forget)))
    }
}

/// What is left when fields are forgotten and the rest holds whatever they are.
pub(super) fn for_every(
    domain: &Packets,
    passing: &Packets,
    forget: impl Fn(&mut PacketBox),
) -> Packets {
    let stopped = domain.difference(passing);
    domain.for_some(&forget).without(&stopped.for_some(&forget))
}

/// The packets between two sets of addresses that can be: no packet has ends of two families.
pub(super) fn domain(source: &Addresses, destination: &Addresses) -> Packets {
    let mut packets = Packets::nothing();
    for family in [Addresses::only_v4, Addresses::only_v6] {
        let (source, destination) = (family(source), family(destination));
        // Mostly there is no other family.
        if !source.is_nothing() && !destination.is_nothing() {
            packets.insert(PacketBox {
                source,
                destination,
                source_ports: clients(),
                ..PacketBox::default()
            });
        }
    }
    packets
}

/// What is not known of machines with a group whose rules are not in the template.
fn strange(world: &World<'_>, crowd: &Crowd<'_>) -> Option<Unknown> {
    let mut groups = crowd.groups.iter().flatten();
    groups.find(|group| matches!(group, Group::Elsewhere(_)))?;
    let machine = crowd.resources.last()?;
    let why = "it has a security group that is not in the template";
    world.unknown(world.position(machine)?, why)
}

/// The packets whose far end is among some addresses.
pub(super) fn facing(direction: Direction, far: Addresses, traffic: TrafficSet) -> PacketBox {
    match direction {
        Direction::Inward => PacketBox {
            source: far,
            traffic,
            ..PacketBox::default()
        },
        Direction::Outward => PacketBox {
            destination: far,
            traffic,
            ..PacketBox::default()
        },
    }
}
