//! Network ACLs, asked as EC2 asks them: the entry with the lowest number that fits decides.

use super::{acl, fixtures, resources};
use crate::cloud::aws::{AclEntry, Effect, NetworkAcl, RuleTraffic};
use crate::net::{Cidr, Traffic};
use fixtures::cidr;

fn passes(entries: &[AclEntry], peer: &str, traffic: &str) -> bool {
    let (peer, traffic): (Cidr, Traffic) = (cidr(peer), traffic.parse().unwrap());
    let mut entries = entries.to_vec();
    entries.sort_by_key(|entry| entry.number);
    entries
        .iter()
        .find(|entry| entry.cidr.contains(peer) && entry.traffic.covers(RuleTraffic::Of(traffic)))
        .is_some_and(|entry| entry.effect == Effect::Allow)
}

fn first() -> NetworkAcl {
    acl(&resources(&fixtures::vpn_full()), "private-1")
}

#[test]
fn a_request_passes_and_so_does_its_answer() {
    let acl = first();
    // The datacenter asks the servers by tcp/443, from a port of its own choice.
    assert!(passes(&acl.ingress, "192.168.7.7/32", "tcp/443"));
    assert!(passes(&acl.egress, "192.168.7.7/32", "tcp/50000"));
    // The servers ask the datacenter by udp/53.
    assert!(passes(&acl.egress, "172.16.3.4/32", "udp/53"));
    assert!(passes(&acl.ingress, "172.16.3.4/32", "udp/1024"));
    // The servers ask the Internet for updates.
    assert!(passes(&acl.egress, "203.0.113.1/32", "tcp/443"));
    assert!(passes(&acl.ingress, "203.0.113.1/32", "tcp/65535"));
}

#[test]
fn nothing_else_passes() {
    let acl = first();
    for (peer, traffic) in [
        ("192.168.7.7/32", "tcp/22"),
        ("192.168.7.7/32", "udp/443"),
        ("203.0.113.1/32", "tcp/443"),
        ("192.168.7.7/32", "icmp"),
    ] {
        assert!(!passes(&acl.ingress, peer, traffic), "in {peer} {traffic}");
    }
    for (peer, traffic) in [("192.168.7.7/32", "tcp/22"), ("203.0.113.1/32", "udp/53")] {
        assert!(!passes(&acl.egress, peer, traffic), "out {peer} {traffic}");
    }
}

#[test]
fn other_zones_are_denied_whatever_is_allowed_to_all() {
    let acl = first();
    for traffic in ["tcp/443", "tcp/50000", "udp/53", "icmp"] {
        assert!(
            !passes(&acl.ingress, "10.1.2.9/32", traffic),
            "in {traffic}"
        );
        assert!(
            !passes(&acl.egress, "10.1.2.9/32", traffic),
            "out {traffic}"
        );
    }
}

#[test]
fn a_flow_more_renumbers_no_entry() {
    let numbers =
        |acl: &NetworkAcl| -> Vec<_> { acl.ingress.iter().chain(&acl.egress).cloned().collect() };
    let before = numbers(&first());
    let mut plan = fixtures::vpn_full();
    let more = fixtures::flow(
        400,
        crate::plan::Peer::Datacenter,
        fixtures::named("servers"),
        "tcp/22",
    );
    plan.flows.insert(0, more);
    let after = numbers(&acl(&resources(&plan), "private-1"));
    assert!(before.iter().all(|entry| after.contains(entry)));
}

#[test]
fn a_subnet_that_is_added_before_others_renumbers_no_entry() {
    let denied = |acl: &NetworkAcl| -> Vec<(u16, Cidr)> {
        let denied = acl.ingress.iter().filter(|it| it.effect == Effect::Deny);
        denied.map(|it| (it.number, it.cidr)).collect()
    };
    let before = denied(&first());
    assert!(!before.is_empty());
    let mut plan = fixtures::vpn_full();
    let mut added = plan.networks[0].subnets[0].clone();
    added.name = "cache".into();
    added.since = 1_001_000;
    for (at, member) in (100..).zip(&mut added.members) {
        member.name = format!("cache-{at}");
        member.cidr = cidr(&format!("10.1.{at}.0/24"));
    }
    plan.networks[0].subnets.insert(0, added);
    let after = denied(&acl(&resources(&plan), "private-1"));
    assert!(after.len() > before.len());
    for entry in before {
        assert!(after.contains(&entry), "{entry:?} is not among {after:?}");
    }
}

#[test]
fn a_sender_learns_that_its_packets_are_too_long() {
    let acl = first();
    for entries in [&acl.ingress, &acl.egress] {
        for peer in ["192.168.7.7/32", "172.16.3.4/32", "203.0.113.1/32"] {
            let found = entries.iter().find(|entry| {
                entry.cidr.contains(cidr(peer))
                    && entry.traffic.covers(RuleTraffic::FRAGMENTATION_NEEDED)
            });
            assert_eq!(
                found.map(|entry| entry.effect),
                Some(Effect::Allow),
                "{peer}"
            );
        }
        assert!(!passes(entries, "192.168.7.7/32", "icmp/3"));
        let mut numbers: Vec<_> = entries.iter().map(|entry| entry.number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), entries.len());
    }
}
