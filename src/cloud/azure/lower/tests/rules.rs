//! Which rule a flow becomes: one for each kind of end and each protocol, at a place that no list decides.

use super::*;
use crate::plan::Flow;

/// The name and priority of every rule, with what it lets pass.
fn places(group: &NetworkSecurityGroup) -> Vec<(String, Direction, u16)> {
    let rules = group.rules.iter();
    rules
        .map(|rule| (rule.id.name().to_owned(), rule.direction, rule.priority))
        .collect()
}

fn ports(rule: &SecurityRule) -> Vec<String> {
    rule.ports.iter().map(ToString::to_string).collect()
}

/// The second pattern with one more flow, expanded from lists as the plan expands them.
fn with(place: u32, from: &[&str], to: &str, allow: &[&str]) -> Plan {
    let mut plan = hybrid();
    let mut slot = place * 100;
    for from in from {
        for allow in allow {
            plan.flows.push(flow(slot, from, to, allow, "Listed."));
            slot += 1;
        }
    }
    plan
}

#[test]
fn an_item_more_in_a_list_or_another_order_changes_one_rule_in_place() {
    let (near, far) = ("10.9.0.0/16", "10.8.0.0/16");
    let before = filter(&with(8, &[near], "app", &["tcp/443"]), "app");
    for (from, allow) in [
        (vec![near], vec!["tcp/80", "tcp/443"]),
        (vec![far, near], vec!["tcp/443"]),
        (vec![far, near], vec!["tcp/80", "udp/53", "icmp", "tcp/443"]),
        (vec![near, far], vec!["tcp/443", "icmp", "tcp/80"]),
    ] {
        let after = filter(&with(8, &from, "app", &allow), "app");
        for old in places(&before) {
            assert!(places(&after).contains(&old), "{old:?}");
        }
    }
}

#[test]
fn a_list_is_one_rule_for_each_protocol() {
    let plan = with(
        8,
        &["10.9.0.0/16", "10.8.0.0/16"],
        "app",
        &["tcp/443", "tcp/80", "udp/53", "icmp"],
    );
    let group = filter(&plan, "app");
    let tcp = rule(&group, "allow-tcp-from-listed-addresses");
    assert_eq!(tcp.source, blocks(&["10.8.0.0/16", "10.9.0.0/16"]));
    assert_eq!(ports(tcp), ["80", "443"]);
    let others = ["udp", "icmp"].map(|it| format!("allow-{it}-from-listed-addresses"));
    let others = others.map(|name| rule(&group, &name).priority - tcp.priority);
    assert_eq!(others, [1, 2]);
}

#[test]
fn ends_of_different_kinds_have_a_rule_each() {
    let from = ["10.9.0.0/16", "web", "datacenter", "internet"];
    let group = filter(&with(8, &from, "app", &["udp/53"]), "app");
    // Another flow of the pattern has two of these ends already.
    for word in [
        "listed-addresses",
        "web-flow-9",
        "datacenter-flow-9",
        "internet",
    ] {
        assert_eq!(
            ports(rule(&group, &format!("allow-udp-from-{word}"))),
            ["53"]
        );
    }
}

#[test]
fn tiers_of_one_flow_share_a_rule() {
    let plan = with(8, &["web", "app"], "app", &["udp/53"]);
    let group = filter(&plan, "app");
    let shared = rule(&group, "allow-udp-from-tiers");
    assert!(matches!(&shared.source, Side::Groups(groups) if groups.len() == 2));
}

#[test]
fn a_second_flow_between_the_same_ends_has_a_name_of_its_own() {
    let before = filter(&hybrid(), "app");
    let plan = with(8, &["datacenter"], "app", &["tcp/9999"]);
    let after = filter(&plan, "app");
    assert_eq!(
        ports(rule(&after, "allow-tcp-from-datacenter-flow-9")),
        ["9999"]
    );
    for old in &before.rules {
        assert_eq!(rule(&after, old.id.name()), old);
    }
}

#[test]
fn what_another_flow_covers_drops_out_of_its_rule() {
    let mut plan = with(8, &["datacenter"], "app", &["tcp/22", "tcp/80"]);
    let names = |plan: &Plan| places(&filter(plan, "app"));
    let group = filter(&plan, "app");
    assert_eq!(
        ports(rule(&group, "allow-tcp-from-datacenter-flow-9")),
        ["80"]
    );
    let before = names(&plan);
    // Without the flow that covered it, it is back, and nothing has moved.
    plan.flows.retain(|flow: &Flow| flow.slot != 500);
    plan.flows
        .push(flow(501, "datacenter", "app", "tcp/23", "Another port."));
    assert_eq!(names(&plan), before);
    let group = filter(&plan, "app");
    let back = rule(&group, "allow-tcp-from-datacenter-flow-9");
    assert_eq!(ports(back), ["22", "80"]);
}

#[test]
fn ports_of_one_rule_do_not_overlap() {
    let allow = ["tcp/80-90", "tcp/85-100", "tcp/101", "tcp/443"];
    let group = filter(&with(8, &["10.9.0.0/16"], "app", &allow), "app");
    let listed = rule(&group, "allow-tcp-from-listed-addresses");
    assert_eq!(ports(listed), ["80-100", "101", "443"]);
    let group = filter(
        &with(8, &["10.9.0.0/16"], "app", &["tcp/1-65535", "tcp/80"]),
        "app",
    );
    assert!(
        rule(&group, "allow-tcp-from-listed-addresses")
            .ports
            .is_empty()
    );
}

#[test]
fn addresses_that_come_through_the_load_balancer_stand_behind_the_deny() {
    let group = filter(&hybrid_all(), "web");
    let denied = rule(&group, "deny-own-ranges-inbound");
    let listed = rule(&group, "allow-tcp-from-listed-addresses");
    assert!(denied.priority < listed.priority);
    // What comes straight from a block stands before it.
    let group = filter(&with(8, &["10.9.0.0/16"], "web", &["tcp/22"]), "web");
    let denied = rule(&group, "deny-own-ranges-inbound");
    let listed = rule(&group, "allow-tcp-from-listed-addresses");
    assert!(listed.priority < denied.priority);
}
