//! Security groups.

use super::{fixtures, group, resources};
use crate::cloud::aws::{Kind, RulePeer};
use crate::plan::{Peer, Plan};
use fixtures::{cidr, flow, named, tier};

fn two_tiers() -> Plan {
    let mut plan = fixtures::vpn();
    tier(&mut plan, "app", None);
    plan.flows
        .push(flow(400, named("servers"), named("app"), "tcp/8443"));
    plan
}

#[test]
fn a_flow_is_a_rule_at_each_end_and_names_the_group_at_the_other() {
    let items = resources(&two_tiers());
    let id = |name: &str| RulePeer::Group(Kind::SecurityGroup.named([name]).id());
    let out = group(&items, "servers").egress;
    let rule = out.iter().find(|rule| rule.peer == id("app")).unwrap();
    assert_eq!(
        (
            rule.name.as_str(),
            rule.traffic.to_string().as_str(),
            rule.description.as_str()
        ),
        ("to-app-tcp-8443", "tcp/8443", "Reason 400.")
    );
    let into = group(&items, "app").ingress;
    assert_eq!((into.len(), &into[0].peer), (1, &id("servers")));
    assert!(group(&items, "app").egress.is_empty());
}

#[test]
fn rules_about_addresses_stand_before_rules_about_groups() {
    let mut plan = two_tiers();
    plan.flows
        .insert(0, flow(50, named("servers"), named("servers"), "tcp/9000"));
    let egress = group(&resources(&plan), "servers").egress;
    let groups: Vec<_> = egress
        .iter()
        .map(|rule| matches!(rule.peer, RulePeer::Group(_)))
        .collect();
    assert!(groups.is_sorted());
    assert_eq!(groups.iter().filter(|is_group| **is_group).count(), 2);
}

#[test]
fn the_datacenter_is_one_rule_for_each_range() {
    let ingress = group(&resources(&fixtures::vpn()), "servers").ingress;
    let names: Vec<_> = ingress.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "from-datacenter-172-16-0-0-12-tcp-443",
            "from-datacenter-192-168-0-0-16-tcp-443"
        ]
    );
}

#[test]
fn one_peer_by_two_names_is_one_rule() {
    let mut plan = fixtures::vpn_full();
    plan.flows.push(flow(
        500,
        named("servers"),
        Peer::Block(cidr("0.0.0.0/0")),
        "tcp/443",
    ));
    let egress = group(&resources(&plan), "servers").egress;
    let all = egress
        .iter()
        .filter(|rule| rule.peer == RulePeer::Cidr(cidr("0.0.0.0/0")));
    assert_eq!(all.count(), 1);
}

#[test]
fn a_service_is_reached_by_its_prefix_list_alone() {
    let analysis = group(&resources(&fixtures::analytics()), "analysis");
    assert!(analysis.ingress.is_empty());
    assert_eq!(analysis.egress.len(), 1);
    let rule = &analysis.egress[0];
    assert!(matches!(rule.peer, RulePeer::PrefixList { weight: 1, .. }));
    assert_eq!(rule.traffic.to_string(), "tcp/443");
}
