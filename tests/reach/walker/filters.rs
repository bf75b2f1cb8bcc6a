//! Security groups and network ACLs, rule by rule.

use std::net::IpAddr;

use patternbook::cloud::ResourceId;
use patternbook::cloud::aws::{AclEntry, Effect, Rule, RulePeer, RuleTraffic};
use patternbook::net::Traffic;

use super::network::{Network, is_in, names};
use super::{Kind, Machine, Packet};

/// Whether a rule's protocol and ports are those of a packet
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>).
fn is_about(traffic: RuleTraffic, kind: Kind) -> bool {
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
        (RuleTraffic::Protocol(wanted), Kind::Other(number)) => wanted == number,
        _ => false,
    }
}

impl Network<'_> {
    /// Whether the groups of a machine let a packet out. Rules only allow, and those of all groups count together
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>). The answer to it may come back.
    pub(super) fn groups_let_out(self, from: &Machine, packet: Packet, to: &[ResourceId]) -> bool {
        from.groups.iter().any(|group| {
            let group = self.group(group);
            let rules = group.map_or(&[][..], |group| &group.egress);
            rules
                .iter()
                .any(|rule| self.rule_allows(rule, packet.destination, to, packet.kind))
        })
    }

    /// Whether the groups of a machine let a packet in.
    pub(super) fn groups_let_in(self, to: &Machine, packet: Packet, from: &[ResourceId]) -> bool {
        to.groups.iter().any(|group| {
            let group = self.group(group);
            let rules = group.map_or(&[][..], |group| &group.ingress);
            rules
                .iter()
                .any(|rule| self.rule_allows(rule, packet.source, from, packet.kind))
        })
    }

    fn rule_allows(self, rule: &Rule, far: IpAddr, groups: &[ResourceId], kind: Kind) -> bool {
        let is_peer = match &rule.peer {
            RulePeer::Cidr(block) => is_in(far, *block),
            RulePeer::Group(term) => groups.iter().any(|group| names(term, group)),
            RulePeer::PrefixList { of_endpoint, .. } => self
                .prefix_list(of_endpoint)
                .is_some_and(|list| list.entries.iter().any(|block| is_in(far, *block))),
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
