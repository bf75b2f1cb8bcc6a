//! Network security groups: what the first rule that matches lets pass.
//!
//! The lowest priority number decides, in each direction for itself, and Azure's own rules stand behind all others and
//! cannot be removed. A group is stateful: answers need no rule
//! (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview>).

use foldhash::HashMap;

use super::bounds::Bounds;
use super::ground::Tags;
use super::rule::{Line, Named};
use super::survey::{At, Survey, called};
use crate::cloud::azure::{Access, Direction, NetworkSecurityGroup, Side};
use crate::cloud::{Part, Term};
use crate::reach::set::{Addresses, PacketBox, Packets, Set};

/// The most rules that are looked at: twice what Azure takes
/// (<https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-networking-limits>).
const MOST_RULES: usize = 2000;

/// An application security group, by the order in which they were met.
pub(super) type GroupId = usize;

/// The application security groups that anything names.
#[derive(Default)]
pub(super) struct Groups<'a> {
    // It is only looked into.
    ids: HashMap<&'a Term, GroupId>,
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
    pub(super) fn meets(&self, own: &[GroupId], named: &[GroupId]) -> Bounds<bool> {
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

/// What one rule lets pass.
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
        let lines = self.inbound.iter().chain(&self.outbound);
        let strange = lines.filter(|line| line.is_strange(groups));
        for position in strange.filter_map(|line| line.rule) {
            let rule = self.at.it.rules.get(position).into_iter();
            let sides = rule.flat_map(|rule| [&rule.source, &rule.destination]);
            for why in sides.flat_map(|side| lost(groups, side)) {
                survey.note(self.at.position, Some(Part::Rule(position)), why);
            }
        }
    }

    fn lines(&self, direction: Direction) -> &[Line<'a>] {
        match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        }
    }

    /// How many pieces its rules may cut each other into.
    pub(super) fn pieces(&self, direction: Direction) -> usize {
        match self.lines(direction).len() {
            lines if lines > MOST_RULES => usize::MAX,
            lines => lines.pow(2),
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

    /// What may pass, by the rules that let it pass, and what surely does where that is not the same.
    pub(super) fn pass(&self, scene: &Scene<'_, '_>) -> (Vec<Permit>, Option<Vec<Permit>>) {
        let (some, doubtful) = self.run(scene, Reading::Some);
        let every = doubtful.then(|| self.run(scene, Reading::Every).0);
        (some, every)
    }

    /// Tries the rules in order. What is read generously where it allows is read narrowly where it denies, and the other
    /// way round. Also says whether the two readings differ.
    fn run(&self, scene: &Scene<'_, '_>, reading: Reading) -> (Vec<Permit>, bool) {
        let mut permits = Vec::new();
        let mut denied = Vec::new();
        let mut doubtful = false;
        for line in self.lines(scene.direction) {
            if !line.may_match(scene) {
                continue;
            }
            let last = line.is_for_all();
            if last && line.access == Access::Deny {
                break;
            }
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
            match line.access {
                Access::Deny => denied.push(part),
                Access::Allow => {
                    let (packets, given_up) = left_by(&denied, part, reading);
                    doubtful |= given_up;
                    if !packets.is_nothing() {
                        let rule = line.rule;
                        permits.push(Permit { rule, packets });
                    }
                }
            }
            if last {
                break;
            }
        }
        (permits, doubtful)
    }
}

/// How many boxes the packets of one rule may fall into. Rules of people come to tens; what is made to come to more is not
/// followed to its end, and no longer exact: in `some` the rest of the denials is left out, and `every` is nothing.
const MOST_BOXES: usize = 256;

/// What a rule lets pass of what the rules before it have denied, and whether it was too much to tell.
fn left_by(denied: &[PacketBox], part: PacketBox, reading: Reading) -> (Packets, bool) {
    let mut left = Packets::of(part);
    for denied in denied {
        left = left.without_part(denied);
        if left.boxes().len() > MOST_BOXES {
            return match reading {
                Reading::Some => (left, true),
                Reading::Every => (Packets::nothing(), true),
            };
        }
    }
    (left, false)
}

/// Which of two bounds is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Some,
    Every,
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
