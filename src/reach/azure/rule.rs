//! One rule of a network security group, and what its sides name.

use super::bounds::Bounds;
use super::filter::{GroupId, Groups, Party, Scene};
use super::ground::Tags;
use super::survey::Survey;
use crate::cloud::azure::{Access, Protocol, SecurityRule, Side};
use crate::net::Ports;
use crate::reach::set::{Addresses, Intervals, Set, TrafficSet};

/// A rule, in the order in which it is tried.
pub(super) struct Line<'a> {
    pub(super) rule: Option<usize>,
    pub(super) access: Access,
    pub(super) source: Named<'a>,
    pub(super) destination: Named<'a>,
    pub(super) source_ports: Intervals<u16>,
    pub(super) traffic: TrafficSet,
}

/// What one side of a rule names.
pub(super) enum Named<'a> {
    Any,
    Addresses {
        blocks: Addresses,
        tags: Vec<&'a str>,
    },
    Groups(Vec<GroupId>),
}

impl<'a> Line<'a> {
    pub(super) fn new(
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
    pub(super) fn own_inbound() -> [Self; 3] {
        let network = || Named::tag("VirtualNetwork");
        [
            Self::own(Access::Allow, network(), network()),
            Self::own(Access::Allow, Named::tag("AzureLoadBalancer"), Named::Any),
            Self::own(Access::Deny, Named::Any, Named::Any),
        ]
    }

    /// 65000, 65001 and 65500
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#outbound>).
    pub(super) fn own_outbound() -> [Self; 3] {
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

    /// Whether it matches whatever is asked, so that no rule behind it is ever tried.
    pub(super) fn is_for_all(&self) -> bool {
        matches!((&self.source, &self.destination), (Named::Any, Named::Any))
            && self.source_ports == Intervals::everything()
            && self.traffic == TrafficSet::everything()
    }

    /// Whether what it names cannot be told.
    pub(super) fn is_strange(&self, groups: &Groups<'_>) -> bool {
        let strange = |named: &Named<'_>| match named {
            Named::Any => false,
            Named::Addresses { tags, .. } => tags.iter().any(|tag| !Tags::knows(tag)),
            Named::Groups(ids) => ids.iter().any(|&id| !groups.knows(id)),
        };
        strange(&self.source) || strange(&self.destination)
    }

    /// Whether the ends are in the groups that it names, if it names any: most rules are done with by that.
    pub(super) fn may_match(&self, scene: &Scene<'_, '_>) -> bool {
        let may = |named: &Named<'_>, party: Party<'_>| match named {
            Named::Groups(named) => scene.groups.meets(party.groups, named).some,
            _ => true,
        };
        may(&self.source, scene.source) && may(&self.destination, scene.destination)
    }

    pub(super) fn sides(&self, scene: &Scene<'_, '_>) -> (Bounds<Addresses>, Bounds<Addresses>) {
        (
            self.source.meet(scene, scene.source),
            self.destination.meet(scene, scene.destination),
        )
    }
}

impl<'a> Named<'a> {
    pub(super) fn new(survey: &Survey<'_>, groups: &mut Groups<'a>, side: &'a Side) -> Self {
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

    pub(super) fn groups(&self) -> &[GroupId] {
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
