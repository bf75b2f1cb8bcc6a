//! Network ACLs that keep subnets of different zones apart.
//!
//! A network ACL has no memory: an answer needs an entry of its own, to the ports that the asking side picks for itself.
//! Such an entry lets new connections to those ports pass as well; the security group behind it does not.
//!
//! For the same reason, what tells a sender that its packets are too long must be let through, both ways:
//! <https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html>. The tunnels of a VPN take shorter packets
//! than subnets do.

use super::network::{subnet_id, vpc_id};
use super::{Lowering, filters, in_network};
use crate::cloud::aws::{AclEntry, Effect, Kind, NetworkAcl, RuleTraffic};
use crate::net::{Cidr, Ports, Traffic};
use crate::plan::{Allow, Flow, Network, Peer, Subnet, SubnetGroup, Tier};

/// Where entries that deny begin: before every entry that allows.
const FIRST_DENY: u16 = 100;
/// Where entries that allow begin.
const FIRST_ALLOW: u16 = 1000;
/// The highest number that an entry may have:
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>.
const LAST: u32 = 32766;

/// The last of the fifty parts of a flow, of which each has room for twenty blocks: messages about lengths.
const LENGTHS: u32 = 49;

/// The entries of one ACL while they are made.
#[derive(Default)]
struct Entries {
    ingress: Vec<AclEntry>,
    egress: Vec<AclEntry>,
}

impl Lowering<'_> {
    pub(super) fn network_acls(&mut self, network: &Network) {
        for group in &network.subnets {
            for member in &group.members {
                self.network_acl(network, group, member);
            }
        }
    }

    fn network_acl(&mut self, network: &Network, group: &SubnetGroup, member: &Subnet) {
        let mut entries = Entries::default();
        deny_other_zones(network, member, &mut entries);
        let plan = self.plan;
        for tier in plan.tiers.values() {
            if tier.network != network.name || tier.subnet != group.name {
                continue;
            }
            for flow in &plan.flows {
                self.allow(network, member, tier, flow, &mut entries);
            }
        }
        let (ingress, egress) = (distinct(entries.ingress), distinct(entries.egress));
        if ingress
            .iter()
            .chain(&egress)
            .any(|entry| entry.number == u16::MAX)
        {
            return self.unsupported(
                format!("a network ACL for as many flows as `{}` has", group.name),
                "have fewer flows, or do not isolate zones",
            );
        }
        self.add(NetworkAcl {
            id: in_network(network, Kind::NetworkAcl, &member.name),
            name: self.name(&member.name),
            vpc: vpc_id(network).id(),
            subnets: vec![subnet_id(network, &member.name).id()],
            ingress,
            egress,
        });
    }

    /// The entries for one flow of a tier of this subnet: the request one way, and the answer the other.
    fn allow(&self, network: &Network, own: &Subnet, tier: &Tier, flow: &Flow, to: &mut Entries) {
        let tier = Peer::Named(tier.name.clone());
        let traffic = match flow.allow {
            Allow::Traffic(traffic) => traffic,
            Allow::Action(_) if flow.from == tier && flow.through.is_some() => filters::https(),
            Allow::Action(_) => return,
        };
        let ends = [
            (flow.to == tier, &flow.from, true),
            (flow.from == tier, &flow.to, false),
        ];
        for (here, other, inward) in ends {
            if !here {
                continue;
            }
            for (index, cidr) in self
                .blocks_of(network, own, other, flow)
                .into_iter()
                .enumerate()
            {
                let entry = |traffic: Traffic, why: String| AclEntry {
                    number: number(flow.slot, index),
                    effect: Effect::Allow,
                    cidr,
                    traffic: traffic.into(),
                    why,
                };
                let request = entry(traffic, flow.why.clone());
                let answer = entry(answers(traffic), format!("Answers: {}", flow.why));
                let (ingress, egress) = if inward {
                    (request, answer)
                } else {
                    (answer, request)
                };
                let too_long = AclEntry {
                    number: number(flow.slot / 100 * 100 + LENGTHS, index),
                    traffic: RuleTraffic::FRAGMENTATION_NEEDED,
                    why: "Tells a sender that its packets are too long for the path.".into(),
                    ..ingress.clone()
                };
                to.ingress.extend([ingress, too_long.clone()]);
                to.egress.extend([egress, too_long]);
            }
        }
    }

    /// The addresses of a flow's other end, as a network ACL can call them: by blocks only.
    fn blocks_of(&self, network: &Network, own: &Subnet, peer: &Peer, flow: &Flow) -> Vec<Cidr> {
        match peer {
            Peer::Internet => vec![Cidr::ANY_V4],
            Peer::Block(block) => vec![*block],
            Peer::Datacenter => match &self.plan.datacenter {
                Some(datacenter) => datacenter.ranges.clone(),
                None => Vec::new(),
            },
            Peer::Named(name) => match self.plan.tiers.get(name) {
                // Inside one subnet no ACL is asked; in another zone the peer is denied.
                Some(tier) => network
                    .subnets
                    .iter()
                    .filter(|group| group.name == tier.subnet)
                    .flat_map(|group| &group.members)
                    .filter(|member| member.zone == own.zone && member.name != own.name)
                    .map(|member| member.cidr)
                    .collect(),
                // A service behind an endpoint has public addresses, which an ACL cannot name by their prefix list:
                // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
                None if flow.through.is_some() => vec![Cidr::ANY_V4],
                None => Vec::new(),
            },
        }
    }
}

/// Everything from and to the subnets of other zones is denied, before anything is allowed.
fn deny_other_zones(network: &Network, own: &Subnet, entries: &mut Entries) {
    // A subnet that a later version of the pattern added comes behind those that were there, wherever it is written.
    let mut groups: Vec<_> = network.subnets.iter().collect();
    groups.sort_by_key(|group| group.since);
    let groups = groups.into_iter().enumerate();
    for (place, member) in
        groups.flat_map(|(place, group)| group.members.iter().map(move |member| (place, member)))
    {
        let Some(zone) = member.zone.filter(|zone| Some(*zone) != own.zone) else {
            continue;
        };
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        let entry = AclEntry {
            number: FIRST_DENY
                .saturating_add(u16::from(zone) * 10)
                .saturating_add(place.saturating_mul(100)),
            effect: Effect::Deny,
            cidr: member.cidr,
            traffic: Traffic::All.into(),
            why: format!("The subnet {} is in another zone.", member.name),
        };
        entries.ingress.push(entry.clone());
        entries.egress.push(entry);
    }
}

/// What comes back: to any port that a client picks for itself.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports>
fn answers(traffic: Traffic) -> Traffic {
    let picked = || "1024-65535".parse().unwrap_or(Ports::ALL);
    match traffic {
        Traffic::All => Traffic::All,
        Traffic::Tcp(_) => Traffic::Tcp(picked()),
        Traffic::Udp(_) => Traffic::Udp(picked()),
        // The answer to an ICMP message has another type.
        Traffic::Icmp(_) => Traffic::Icmp(None),
    }
}

/// The number of an entry, which depends on its own flow alone: a flow added later renumbers none. Over the top: `u16::MAX`.
fn number(slot: u32, index: usize) -> u16 {
    let (flow, part) = (slot / 100, slot % 100);
    let index = u32::try_from(index).unwrap_or(LAST);
    let number = u32::from(FIRST_ALLOW) + flow * 1000 + part * 20 + index;
    let fits = part <= LENGTHS && index < 20 && number <= LAST;
    u16::try_from(number)
        .ok()
        .filter(|_| fits)
        .unwrap_or(u16::MAX)
}

/// Leaves out entries that an earlier one of the same effect covers, and orders by number.
fn distinct(mut entries: Vec<AclEntry>) -> Vec<AclEntry> {
    entries.sort_by_key(|entry| entry.number);
    let mut kept: Vec<AclEntry> = Vec::new();
    for entry in entries {
        let covered = kept.iter().any(|known| {
            known.effect == entry.effect
                && known.cidr.contains(entry.cidr)
                && known.traffic.covers(entry.traffic)
        });
        if !covered {
            kept.push(entry);
        }
    }
    kept
}
