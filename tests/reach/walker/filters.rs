//! Security groups and network ACLs, rule by rule.

use std::net::IpAddr;

use patternbook::cloud::ResourceId;
use patternbook::cloud::aws::{AclEntry, Direction, Effect, Resource, Rule, RulePeer, RuleTraffic};
use patternbook::net::{Cidr, Traffic};

use super::network::{Network, is_in};
use super::paths::is_public;
use super::{Group, Kind, Luck, Machine, Packet};

/// Whether a rule's protocol and ports are those of a packet
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>).
pub(crate) fn is_about(traffic: RuleTraffic, kind: Kind) -> bool {
    match (traffic, kind) {
        (RuleTraffic::Of(Traffic::All), _)
        | (RuleTraffic::Of(Traffic::Icmp(None)), Kind::Icmp(..)) => true,
        (RuleTraffic::Of(Traffic::Tcp(ports)), Kind::Tcp(port))
        | (RuleTraffic::Of(Traffic::Udp(ports)), Kind::Udp(port)) => {
            ports.from().number() <= port && port <= ports.to().number()
        }
        (RuleTraffic::Of(Traffic::Icmp(Some(wanted))), Kind::Icmp(kind, _)) => wanted == kind,
        (RuleTraffic::IcmpCode { kind, code }, Kind::Icmp(given, with)) => {
            kind == given && code == with
        }
        (RuleTraffic::Icmp6(wanted), Kind::Icmp6(kind, code)) => wanted
            .is_none_or(|wanted| wanted.0 == kind && wanted.1.is_none_or(|wanted| wanted == code)),
        (RuleTraffic::Protocol(wanted), Kind::Other(number)) => wanted == number,
        _ => false,
    }
}

/// Whether a rule is for nobody, which is how templates say that there is no rule: for the host itself, or for broadcast
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-security-group.html>).
fn is_nobodys(block: Cidr) -> bool {
    let is_broadcast = block.first() == IpAddr::from([255, 255, 255, 255]);
    let is_host = match block.first() {
        IpAddr::V4(first) => first.is_loopback() && block.prefix_len() >= 8,
        IpAddr::V6(first) => first.is_loopback() && block.prefix_len() == 128,
    };
    is_host || is_broadcast && block.prefix_len() == 32
}

impl Network<'_> {
    /// Whether the groups of a machine let a packet out. Rules only allow, and those of all groups count together
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>). The answer to it may come back.
    pub(super) fn groups_let_out(
        self,
        from: &Machine,
        packet: Packet,
        to: &[Group],
        luck: Luck,
    ) -> bool {
        self.groups_let(
            from,
            Direction::Egress,
            packet.destination,
            to,
            packet,
            luck,
        )
    }

    /// Whether the groups of a machine let a packet in.
    pub(super) fn groups_let_in(
        self,
        to: &Machine,
        packet: Packet,
        from: &[Group],
        luck: Luck,
    ) -> bool {
        self.groups_let(to, Direction::Ingress, packet.source, from, packet, luck)
    }

    fn groups_let(
        self,
        own: &Machine,
        direction: Direction,
        far: IpAddr,
        groups: &[Group],
        packet: Packet,
        luck: Luck,
    ) -> bool {
        own.groups.iter().any(|group| match group {
            Group::Named(id) => {
                let group = self.group(id);
                let rules = group.map_or(&[][..], |group| match direction {
                    Direction::Ingress => &group.ingress,
                    Direction::Egress => &group.egress,
                });
                let mut rules = rules.iter();
                rules.any(|rule| self.rule_allows(rule, far, groups, packet.kind, luck))
            }
            Group::Default(_) => {
                self.default_lets(group, direction, groups)
                    || self.added_lets(group, direction, far, groups, packet.kind, luck)
            }
        })
    }

    /// What a VPC's own group lets pass: everything from its members, everything to everywhere, unless somebody emptied it
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>).
    fn default_lets(self, group: &Group, direction: Direction, far: &[Group]) -> bool {
        let Group::Default(vpc) = group else {
            return false;
        };
        let emptied = self.0.iter().any(
            |resource| matches!(resource, Resource::DefaultSecurityGroup(it) if it.vpc == *vpc),
        );
        !emptied && (direction == Direction::Egress || far.contains(group))
    }

    /// What rules let pass that stand alone, for a group that the template does not have as a resource with rules.
    fn added_lets(
        self,
        group: &Group,
        direction: Direction,
        far: IpAddr,
        groups: &[Group],
        kind: Kind,
        luck: Luck,
    ) -> bool {
        self.0.iter().any(|resource| match resource {
            Resource::SecurityGroupRule(it) => {
                it.direction == direction
                    && self.is_group(&it.group, group)
                    && self.rule_allows(&it.rule, far, groups, kind, luck)
            }
            _ => false,
        })
    }

    fn rule_allows(
        self,
        rule: &Rule,
        far: IpAddr,
        groups: &[Group],
        kind: Kind,
        luck: Luck,
    ) -> bool {
        let is_peer = match &rule.peer {
            RulePeer::Cidr(block) => is_in(far, *block) && !is_nobodys(*block),
            RulePeer::Group(term) => groups.iter().any(|group| self.is_group(term, group)),
            RulePeer::PrefixList { given, .. } => match self.prefix_list(given) {
                Some(list) => list.entries.iter().any(|block| is_in(far, *block)),
                None => luck.listed && is_public(far),
            },
        };
        is_peer && is_about(rule.traffic, kind)
    }

    /// Whether a packet may leave a subnet: the entry with the lowest number that fits decides, and none denies
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>).
    pub(super) fn may_leave(self, subnet: &ResourceId, packet: Packet) -> bool {
        let acl = self.acl(subnet);
        acl.is_none_or(|acl| decided(&acl.egress, packet.destination, packet.kind))
    }

    /// Whether a packet may enter a subnet.
    pub(super) fn may_enter(self, subnet: &ResourceId, packet: Packet) -> bool {
        let acl = self.acl(subnet);
        acl.is_none_or(|acl| decided(&acl.ingress, packet.source, packet.kind))
    }

    /// Whether a packet gets from one subnet into another. Network ACLs stand at the edge: inside one subnet they are not
    /// asked (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>).
    pub(super) fn crosses(self, from: &ResourceId, to: &ResourceId, packet: Packet) -> bool {
        from == to || self.may_leave(from, packet) && self.may_enter(to, packet)
    }
}

fn decided(entries: &[AclEntry], far: IpAddr, kind: Kind) -> bool {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|entry| entry.number);
    for entry in entries {
        if is_in(far, entry.cidr) && is_about(entry.traffic, kind) {
            return entry.effect == Effect::Allow;
        }
    }
    false
}
