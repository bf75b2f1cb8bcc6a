//! Network security groups: what the first rule that matches lets pass.
//!
//! The lowest priority number decides, in each direction for itself, and Azure's own rules stand behind all others and
//! cannot be removed. A group is stateful: answers need no rule
//! (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview>).

use std::collections::BTreeMap;

use super::bounds::Bounds;
use super::ground::Tags;
use super::survey::{At, Survey, called};
use crate::cloud::azure::{Access, Direction, NetworkSecurityGroup, Protocol, SecurityRule, Side};
use crate::cloud::{Part, Term};
use crate::net::Ports;
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set, TrafficSet};

/// An application security group, by the order in which they were met.
pub(super) type GroupId = usize;

/// The application security groups that anything names.
#[derive(Default)]
pub(super) struct Groups<'a> {
    ids: BTreeMap<&'a Term, GroupId>,
    known: Vec<bool>,
}

impl<'a> Groups<'a> {
    pub(super) fn id(&mut self, survey: &Survey<'_>, term: &'a Term) -> GroupId {
        let next = self.known.len();
        let id = *self.ids.entry(term).or_insert(next);
        if id == next {
            self.known.push(survey.knows(term));
        }
        id
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.known.len()
    }

    /// Whether the template has a group. Of another one it is not known who is in it.
    pub(super) fn knows(&self, id: GroupId) -> bool {
        self.known.get(id).copied().unwrap_or(false)
    }

    /// Whether an interface in `own` is in one of `named`.
    fn meets(&self, own: &[GroupId], named: &[GroupId]) -> Bounds<bool> {
        let every = named.iter().any(|id| own.contains(id));
        let hidden = |ids: &[GroupId]| ids.iter().any(|&id| !self.knows(id));
        Bounds {
            some: every || hidden(own) || hidden(named),
            every,
        }
    }
}

/// One end of packets: machines of the networks, or whoever is outside of them.
#[derive(Clone, Copy)]
pub(super) struct Party<'s> {
    pub(super) addresses: &'s Addresses,
    /// The application security groups that it is in.
    pub(super) groups: &'s [GroupId],
    /// Whether it is Azure itself, asking whether a machine is well.
    pub(super) probe: bool,
}

/// Which packets are asked about, and how what the rules name is to be read.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s, 'a> {
    pub(super) direction: Direction,
    pub(super) source: Party<'s>,
    pub(super) destination: Party<'s>,
    pub(super) tags: &'s Tags,
    pub(super) groups: &'s Groups<'a>,
}

impl Scene<'_, '_> {
    /// The packets that are asked about.
    pub(super) fn all(&self) -> PacketBox {
        PacketBox {
            source: self.source.addresses.clone(),
            destination: self.destination.addresses.clone(),
            ..PacketBox::default()
        }
    }
}

/// What one rule lets pass.
#[derive(Clone, Debug)]
pub(super) struct Permit {
    /// The rule's position in its group; nothing for Azure's own rules.
    pub(super) rule: Option<usize>,
    pub(super) packets: Packets,
}

/// A network security group, ready to be asked.
pub(super) struct Filter<'a> {
    pub(super) at: At<'a, NetworkSecurityGroup>,
    inbound: Vec<Line<'a>>,
    outbound: Vec<Line<'a>>,
}

/// A rule, in the order in which it is tried.
struct Line<'a> {
    rule: Option<usize>,
    access: Access,
    source: Named<'a>,
    destination: Named<'a>,
    source_ports: Intervals<u16>,
    traffic: TrafficSet,
}

/// What one side of a rule names.
enum Named<'a> {
    Any,
    Addresses {
        blocks: Addresses,
        tags: Vec<&'a str>,
    },
    Groups(Vec<GroupId>),
}

impl<'a> Filter<'a> {
    pub(super) fn new(
        survey: &Survey<'_>,
        groups: &mut Groups<'a>,
        at: At<'a, NetworkSecurityGroup>,
    ) -> Self {
        let mut rules: Vec<_> = at.it.rules.iter().enumerate().collect();
        rules.sort_by_key(|(_, rule)| rule.priority);
        let mut lines = |direction, own: [Line<'a>; 3]| {
            let rules = rules.iter().filter(|(_, rule)| rule.direction == direction);
            let lines = rules.map(|&(position, rule)| Line::new(survey, groups, position, rule));
            lines.chain(own).collect()
        };
        let filter = Self {
            at,
            inbound: lines(Direction::Inbound, Line::own_inbound()),
            outbound: lines(Direction::Outbound, Line::own_outbound()),
        };
        filter.note(survey, groups);
        filter
    }

    fn note(&self, survey: &Survey<'_>, groups: &Groups<'_>) {
        for (position, rule) in self.at.it.rules.iter().enumerate() {
            for side in [&rule.source, &rule.destination] {
                for why in lost(groups, side) {
                    let part = Some(Part::Rule(position));
                    survey.note(self.at.position, part, why);
                }
            }
        }
    }

    fn lines(&self, direction: Direction) -> &[Line<'a>] {
        match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        }
    }

    /// The groups that rules which let something pass name as the other end.
    pub(super) fn far_groups(&self, direction: Direction) -> impl Iterator<Item = GroupId> {
        let allowing = self.lines(direction).iter();
        let allowing = allowing.filter(|line| line.access == Access::Allow);
        allowing
            .flat_map(move |line| match direction {
                Direction::Inbound => line.source.groups(),
                Direction::Outbound => line.destination.groups(),
            })
            .copied()
    }

    /// The groups that rules name as their own end.
    pub(super) fn own_groups(&self) -> Vec<GroupId> {
        let inbound = self.inbound.iter().map(|line| &line.destination);
        let outbound = self.outbound.iter().map(|line| &line.source);
        let mut own = Vec::new();
        for &id in inbound.chain(outbound).flat_map(Named::groups) {
            if !own.contains(&id) {
                own.push(id);
            }
        }
        own
    }

    /// What passes, by the rules that let it pass.
    pub(super) fn pass(&self, scene: &Scene<'_, '_>) -> Bounds<Vec<Permit>> {
        let (some, doubtful) = self.run(scene, Reading::Some);
        let every = if doubtful {
            self.run(scene, Reading::Every).0
        } else {
            some.clone()
        };
        Bounds { some, every }
    }

    /// Tries the rules in order. What is read generously where it allows is read narrowly where it denies, and the other
    /// way round. Also says whether the two readings differ.
    fn run(&self, scene: &Scene<'_, '_>, reading: Reading) -> (Vec<Permit>, bool) {
        let all = scene.all();
        let mut permits = Vec::new();
        let mut denied = Packets::nothing();
        let mut doubtful = false;
        for line in self.lines(scene.direction) {
            let (source, destination) = line.sides(scene);
            doubtful |= source.some != source.every || destination.some != destination.every;
            let generous = (line.access == Access::Allow) == (reading == Reading::Some);
            let pick = |bounds: Bounds<Addresses>| {
                if generous { bounds.some } else { bounds.every }
            };
            let part = PacketBox {
                source: pick(source),
                destination: pick(destination),
                source_ports: line.source_ports.clone(),
                traffic: line.traffic.clone(),
            };
            if part.source.is_nothing() || part.destination.is_nothing() {
                continue;
            }
            let last = part == all;
            match line.access {
                Access::Deny if last => break,
                Access::Deny => denied.insert(part),
                Access::Allow => {
                    let packets = Packets::of(part).difference(&denied);
                    if !packets.is_nothing() {
                        let rule = line.rule;
                        permits.push(Permit { rule, packets });
                    }
                    if last {
                        break;
                    }
                }
            }
        }
        (permits, doubtful)
    }
}

/// Which of two bounds is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Some,
    Every,
}

impl<'a> Line<'a> {
    fn new(
        survey: &Survey<'_>,
        groups: &mut Groups<'a>,
        position: usize,
        rule: &'a SecurityRule,
    ) -> Self {
        Self {
            rule: Some(position),
            access: rule.access,
            source: Named::new(survey, groups, &rule.source),
            destination: Named::new(survey, groups, &rule.destination),
            source_ports: source_ports(rule),
            traffic: traffic(rule),
        }
    }

    /// 65000, 65001 and 65500
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#inbound>).
    fn own_inbound() -> [Self; 3] {
        let network = || Named::tag("VirtualNetwork");
        [
            Self::own(Access::Allow, network(), network()),
            Self::own(Access::Allow, Named::tag("AzureLoadBalancer"), Named::Any),
            Self::own(Access::Deny, Named::Any, Named::Any),
        ]
    }

    /// 65000, 65001 and 65500
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#outbound>).
    fn own_outbound() -> [Self; 3] {
        let network = || Named::tag("VirtualNetwork");
        [
            Self::own(Access::Allow, network(), network()),
            Self::own(Access::Allow, Named::Any, Named::tag("Internet")),
            Self::own(Access::Deny, Named::Any, Named::Any),
        ]
    }

    fn own(access: Access, source: Named<'a>, destination: Named<'a>) -> Self {
        Self {
            rule: None,
            access,
            source,
            destination,
            source_ports: Intervals::everything(),
            traffic: TrafficSet::everything(),
        }
    }

    fn sides(&self, scene: &Scene<'_, '_>) -> (Bounds<Addresses>, Bounds<Addresses>) {
        (
            self.source.meet(scene, scene.source),
            self.destination.meet(scene, scene.destination),
        )
    }
}

impl<'a> Named<'a> {
    fn new(survey: &Survey<'_>, groups: &mut Groups<'a>, side: &'a Side) -> Self {
        match side {
            Side::Any => Self::Any,
            Side::Tag(tag) => Self::tag(tag),
            Side::Blocks(blocks) => Self::Addresses {
                blocks: blocks.iter().copied().collect(),
                tags: Vec::new(),
            },
            Side::Mixed { blocks, tags } => Self::Addresses {
                blocks: blocks.iter().copied().collect(),
                tags: tags.iter().map(String::as_str).collect(),
            },
            Side::Groups(terms) => {
                Self::Groups(terms.iter().map(|term| groups.id(survey, term)).collect())
            }
        }
    }

    fn tag(tag: &'a str) -> Self {
        Self::Addresses {
            blocks: Addresses::nothing(),
            tags: vec![tag],
        }
    }

    fn groups(&self) -> &[GroupId] {
        match self {
            Self::Groups(ids) => ids,
            _ => &[],
        }
    }

    /// The addresses of a party that a side of a rule names. A group names the interfaces that are in it, whatever their
    /// addresses are, and nobody else
    /// (<https://learn.microsoft.com/azure/virtual-network/application-security-groups>).
    fn meet(&self, scene: &Scene<'_, '_>, party: Party<'_>) -> Bounds<Addresses> {
        let addresses = party.addresses;
        match self {
            Self::Any => Bounds::sure(addresses.clone()),
            Self::Addresses { blocks, tags } => {
                let blocks = Bounds::sure(blocks.intersection(addresses));
                let tags = tags
                    .iter()
                    .filter(|tag| party.probe == Tags::is_for_probes(tag));
                let tags = tags.map(|tag| scene.tags.addresses(tag).within(addresses));
                tags.fold(blocks, |sum, tag| sum.union(&tag))
            }
            Self::Groups(named) => {
                let meets = scene.groups.meets(party.groups, named);
                let when = |meets| {
                    if meets {
                        addresses.clone()
                    } else {
                        Addresses::nothing()
                    }
                };
                Bounds {
                    some: when(meets.some),
                    every: when(meets.every),
                }
            }
        }
    }
}

/// What a side names that cannot be told.
fn lost(groups: &Groups<'_>, side: &Side) -> Vec<String> {
    let (tags, terms): (&[String], &[Term]) = match side {
        Side::Any | Side::Blocks(_) => (&[], &[]),
        Side::Tag(tag) => (std::slice::from_ref(tag), &[]),
        Side::Mixed { tags, .. } => (tags, &[]),
        Side::Groups(terms) => (&[], terms),
    };
    let tags = tags.iter().filter(|tag| !Tags::knows(tag));
    let tags = tags.map(|tag| format!("the addresses of the service tag `{tag}` are not known"));
    let strange = terms.iter().filter(|term| {
        let id = groups.ids.get(term);
        id.is_none_or(|&id| !groups.knows(id))
    });
    let strange = strange.map(|term| {
        let term = called(term);
        format!("the application security group {term} is not in the template")
    });
    tags.chain(strange).collect()
}

/// What a rule speaks of. Ports are those of TCP and UDP: a rule for every protocol that names some is about these two, and
/// for ICMP, ESP and AH a rule has none
/// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).
fn traffic(rule: &SecurityRule) -> TrafficSet {
    let ports = ports(&rule.ports);
    let named = !rule.ports.is_empty() || !rule.source_ports.is_empty();
    match rule.protocol {
        Protocol::Any if named => TrafficSet::tcp(ports.clone()).union(&TrafficSet::udp(ports)),
        Protocol::Any => TrafficSet::everything(),
        Protocol::Tcp => TrafficSet::tcp(ports),
        Protocol::Udp => TrafficSet::udp(ports),
        Protocol::Icmp => TrafficSet::protocol(1),
        Protocol::Esp => TrafficSet::protocol(50),
        Protocol::Ah => TrafficSet::protocol(51),
    }
}

/// The ports that a rule asks of the side that a connection comes from.
fn source_ports(rule: &SecurityRule) -> Intervals<u16> {
    match rule.protocol {
        Protocol::Any | Protocol::Tcp | Protocol::Udp => ports(&rule.source_ports),
        Protocol::Icmp | Protocol::Esp | Protocol::Ah => Intervals::everything(),
    }
}

/// Ranges of ports; none stands for every port.
fn ports(ranges: &[Ports]) -> Intervals<u16> {
    if ranges.is_empty() {
        return Intervals::everything();
    }
    let ranges = ranges.iter().map(|&range| Intervals::from(range));
    ranges.fold(Intervals::nothing(), |sum, range| sum.union(&range))
}
