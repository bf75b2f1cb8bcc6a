//! Network security groups: order, both ends, tags and groups.

use super::matrix;
use super::world::*;
use crate::cloud::azure::{NextHop, SecurityRule, Side};
use crate::cloud::{Part, Term};
use crate::net::{Port, Ports};
use crate::reach::{Matrix, Way};

use Passes::{Always, Maybe, Never};

/// Two machines of one subnet, `one` and `other`: the first filtered by nothing, the second by rules.
fn between(rules: Vec<SecurityRule>) -> Matrix {
    let mut items = land(|_| ());
    items.push(filter("other", rules));
    items.push(machine("one", |_| ()));
    items.push(machine("two", |it| {
        it.network_security_group = Some(filter_id("other"));
    }));
    matrix(items)
}

fn local(matrix: &Matrix, from: &str, to: &str, what: &str) -> Passes {
    asks(matrix, from, to, Way::Local, what)
}

#[test]
fn the_lowest_priority_that_matches_decides() {
    let rules = |first, second| vec![allow(first, IN, "tcp/22"), deny(second, IN, "all")];
    assert_eq!(
        local(&between(rules(100, 200)), "one", "other", "tcp/22"),
        Always
    );
    assert_eq!(
        local(&between(rules(200, 100)), "one", "other", "tcp/22"),
        Never
    );
}

#[test]
fn azures_own_rules_let_the_network_pass_until_a_rule_denies_it() {
    assert_eq!(
        local(&between(Vec::new()), "one", "other", "tcp/22"),
        Always
    );
    let closed = between(vec![deny(4096, IN, "all")]);
    assert_eq!(local(&closed, "one", "other", "tcp/22"), Never);
}

#[test]
fn answers_need_no_rule() {
    let closed = between(vec![
        allow(100, OUT, "tcp/22"),
        deny(4096, OUT, "all"),
        deny(4096, IN, "all"),
    ]);
    assert_eq!(local(&closed, "other", "one", "tcp/22"), Always);
    assert_eq!(local(&closed, "other", "one", "tcp/23"), Never);
}

#[test]
fn machines_of_one_subnet_are_filtered_among_themselves() {
    let closed = between(vec![allow(100, IN, "tcp/443"), deny(4096, IN, "all")]);
    assert_eq!(local(&closed, "one", "other", "tcp/443"), Always);
    assert_eq!(local(&closed, "one", "other", "icmp/8"), Never);
}

#[test]
fn without_any_filter_the_network_passes() {
    let mut items = land(|_| ());
    items.extend([machine("one", |_| ()), machine("two", |_| ())]);
    assert_eq!(local(&matrix(items), "one", "two", "icmp/8"), Always);
}

#[test]
fn the_filters_of_the_subnet_and_of_the_interface_must_both_let_a_packet_pass() {
    for (subnet, interface, passes) in [
        ("tcp/22", "tcp/22", Always),
        ("tcp/22", "tcp/23", Never),
        ("tcp/23", "tcp/22", Never),
    ] {
        for direction in [IN, OUT] {
            let rules =
                |traffic| vec![allow(100, direction, traffic), deny(4096, direction, "all")];
            let mut items = land(|it| it.network_security_group = Some(filter_id("wide")));
            items.push(filter("wide", rules(subnet)));
            items.push(filter("narrow", rules(interface)));
            items.push(machine("one", |it| {
                it.network_security_group = Some(filter_id("narrow"));
            }));
            items.push(machine("two", |it| {
                it.network_security_group = Some(filter_id("narrow"));
            }));
            let matrix = matrix(items);
            assert_eq!(local(&matrix, "narrow", "narrow", "tcp/22"), passes);
        }
    }
}

#[test]
fn icmp_is_no_port_and_a_rule_for_ports_lets_none_pass() {
    let mut both = allow(100, IN, "all");
    both.ports = vec![Ports::one(Port::HTTPS)];
    let matrix = between(vec![both, deny(4096, IN, "all")]);
    for (what, passes) in [
        ("tcp/443", Always),
        ("udp/443", Always),
        ("tcp/80", Never),
        ("icmp/8", Never),
    ] {
        assert_eq!(local(&matrix, "one", "other", what), passes, "{what}");
    }
}

#[test]
fn a_rule_for_ports_of_clients_is_for_some_clients_only() {
    let mut odd = allow(100, IN, "tcp/443");
    odd.source_ports = vec![Ports::one(Port::new(50_000).unwrap())];
    let matrix = between(vec![odd, deny(4096, IN, "all")]);
    assert_eq!(local(&matrix, "one", "other", "tcp/443"), Maybe);
}

#[test]
fn a_rule_for_a_part_of_the_subnet_may_let_a_machine_pass() {
    let half = from(blocks(&["10.0.0.0/25"]), allow(100, IN, "tcp/443"));
    let matrix = between(vec![half, deny(4096, IN, "all")]);
    assert_eq!(local(&matrix, "one", "other", "tcp/443"), Maybe);
}

#[test]
fn a_rule_that_denies_a_part_of_the_subnet_leaves_nothing_to_rely_on() {
    let half = from(blocks(&["10.0.0.0/25"]), deny(100, IN, "tcp/443"));
    let matrix = between(vec![half, allow(200, IN, "all")]);
    assert_eq!(local(&matrix, "one", "other", "tcp/443"), Maybe);
    assert_eq!(local(&matrix, "one", "other", "tcp/80"), Always);
}

/// Machines in application security groups, all with one filter.
fn grouped(rules: Vec<SecurityRule>, members: &[&[&str]]) -> Matrix {
    let mut items = land(|_| ());
    items.extend(["web", "app"].map(group));
    items.push(filter("all", rules));
    for (at, names) in members.iter().enumerate() {
        items.push(machine(&format!("nic-{at}"), |it| {
            it.network_security_group = Some(filter_id("all"));
            let Side::Groups(ids) = groups(names) else {
                return;
            };
            it.configurations[0].groups = ids;
        }));
    }
    matrix(items)
}

fn web_to_app() -> Vec<SecurityRule> {
    let rule = allow(100, IN, "tcp/8443");
    vec![
        from(groups(&["web"]), to(groups(&["app"]), rule)),
        deny(4096, IN, "all"),
    ]
}

#[test]
fn a_group_names_its_members_and_nobody_else() {
    let matrix = grouped(web_to_app(), &[&["web"], &["app"], &[]]);
    let passes = |from, to| local(&matrix, from, to, "tcp/8443");
    assert_eq!(passes("web", "app"), Always);
    assert_eq!(passes("web", "web"), Never);
    assert_eq!(passes("app", "web"), Never);
    assert_eq!(passes("all", "app"), Never);
    assert_eq!(passes("web", "all"), Never);
    assert!(matrix.unknown.is_empty());
}

#[test]
fn a_machine_in_two_groups_has_the_rights_of_both() {
    let matrix = grouped(web_to_app(), &[&["web", "app"], &["app"]]);
    assert_eq!(local(&matrix, "web+app", "app", "tcp/8443"), Always);
    assert_eq!(local(&matrix, "app", "web+app", "tcp/8443"), Never);
}

#[test]
fn a_group_that_the_template_does_not_show_may_hold_anyone() {
    let strange = Side::Groups(vec![Term::Parameter("admins".into())]);
    let rules = vec![
        from(strange, allow(100, IN, "tcp/22")),
        deny(4096, IN, "all"),
    ];
    let matrix = grouped(rules, &[&["web"], &["app"]]);
    assert_eq!(local(&matrix, "web", "app", "tcp/22"), Maybe);
    assert_eq!(local(&matrix, "web", "app", "tcp/23"), Never);
    assert_eq!(matrix.unknown.len(), 1);
    assert!(
        matrix.unknown[0].why.contains("`admins`"),
        "{:?}",
        matrix.unknown
    );
}

#[test]
fn a_filter_that_the_template_does_not_show_may_let_anything_pass() {
    let mut items = land(|_| ());
    items.push(machine("one", |_| ()));
    items.push(machine("two", |it| {
        it.network_security_group = Some(Term::Parameter("filter".into()));
    }));
    let matrix = matrix(items);
    assert_eq!(local(&matrix, "one", "two", "tcp/22"), Maybe);
    assert!(
        matrix.unknown[0].why.contains("`filter`"),
        "{:?}",
        matrix.unknown
    );
}

/// A machine with a public address, whose filter holds `rules`, in a subnet with `routes`.
fn exposed(rules: Vec<SecurityRule>, routes: &[(&str, NextHop)]) -> Matrix {
    let mut items = land(|it| it.route_table = Some(table_id("table")));
    items.push(table("table", true, routes));
    items.push(public_ip("own", crate::cloud::azure::AddressSku::Standard));
    items.push(filter("it", rules));
    items.push(machine("nic", |it| {
        it.network_security_group = Some(filter_id("it"));
        let own = id(crate::cloud::azure::Kind::PublicIp, "own");
        it.configurations[0].public_ip = Some(own.id());
    }));
    matrix(items)
}

#[test]
fn the_tag_internet_is_what_is_outside_of_the_network() {
    let rules = vec![
        from(tag("Internet"), allow(100, IN, "tcp/443")),
        deny(4096, IN, "all"),
    ];
    let matrix = exposed(rules, &[]);
    assert_eq!(
        asks(&matrix, CLIENT, "it", Way::Internet, "tcp/443"),
        Always
    );
    assert_eq!(asks(&matrix, CLIENT, "it", Way::Internet, "tcp/80"), Never);
}

#[test]
fn what_a_tag_holds_that_is_not_modelled_cannot_be_relied_on() {
    let rules = vec![
        from(tag("Storage"), allow(100, IN, "tcp/443")),
        deny(4096, IN, "all"),
    ];
    let matrix = exposed(rules, &[]);
    assert_eq!(asks(&matrix, CLIENT, "it", Way::Internet, "tcp/443"), Maybe);
    assert!(
        matrix.unknown[0].why.contains("`Storage`"),
        "{:?}",
        matrix.unknown
    );
    // A rule that denies such a tag denies nothing for sure.
    let rules = vec![
        from(tag("Storage"), deny(100, IN, "all")),
        allow(200, IN, "tcp/443"),
    ];
    let matrix = exposed(rules, &[]);
    assert_eq!(asks(&matrix, CLIENT, "it", Way::Internet, "tcp/443"), Maybe);
}

#[test]
fn under_a_default_route_the_tag_of_the_network_may_be_everybody() {
    // Azure's own rules let the network in: everybody may be the network.
    let to_gateway = ("0.0.0.0/0", NextHop::VirtualNetworkGateway);
    let land_under = |route: &[(&str, NextHop)], rules| {
        let mut items = land(|it| it.route_table = Some(table_id("table")));
        items.push(table("table", true, route));
        items.extend(vpn(|gateway, site, _| {
            gateway.default_site = Some(site.id.id());
        }));
        items.push(filter("it", rules));
        items.push(machine("nic", |it| {
            it.network_security_group = Some(filter_id("it"));
        }));
        matrix(items)
    };
    let open = land_under(std::slice::from_ref(&to_gateway), Vec::new());
    assert_eq!(asks(&open, CLIENT, "it", Way::Vpn, "tcp/22"), Maybe);
    assert_eq!(asks(&open, HOME, "it", Way::Vpn, "tcp/22"), Always);
    assert_eq!(asks(&open, "it", CLIENT, Way::Vpn, "tcp/22"), Maybe);
    let closed = land_under(
        &[to_gateway],
        vec![deny(4096, IN, "all"), deny(4096, OUT, "all")],
    );
    assert_eq!(asks(&closed, CLIENT, "it", Way::Vpn, "tcp/22"), Never);
    assert_eq!(asks(&closed, HOME, "it", Way::Vpn, "tcp/22"), Never);
    let without = land_under(&[], Vec::new());
    assert_eq!(asks(&without, CLIENT, "it", Way::Vpn, "tcp/22"), Never);
    assert_eq!(asks(&without, HOME, "it", Way::Vpn, "tcp/22"), Always);
}

#[test]
fn every_passage_names_the_rules_that_let_it_pass() {
    let matrix = grouped(web_to_app(), &[&["web"], &["app"]]);
    let passage = matrix
        .passages
        .iter()
        .find(|it| it.way == Way::Local)
        .unwrap();
    let parts: Vec<_> = passage.reasons.iter().map(|reason| reason.part).collect();
    // Out by Azure's own rules, in by the one that is written.
    assert_eq!(parts, [None, Some(Part::Rule(0))]);
}

#[test]
fn blocks_and_tags_stand_in_one_rule_together() {
    let mixed = Side::Mixed {
        blocks: vec!["10.0.0.0/24".parse().unwrap()],
        tags: vec!["internet".to_owned()],
    };
    let rules = vec![
        from(mixed, allow(100, IN, "tcp/443")),
        deny(4096, IN, "all"),
    ];
    let matrix = exposed(rules, &[]);
    assert_eq!(
        asks(&matrix, CLIENT, "it", Way::Internet, "tcp/443"),
        Always
    );
    assert!(matrix.unknown.is_empty());
}

#[test]
fn a_thousand_filters_of_a_thousand_groups_meet_only_where_a_rule_says_so() {
    let name = |at: usize| format!("tier-{:04}", at % 1000);
    let mut items = land(|_| ());
    for at in 0..1000 {
        items.push(group(&name(at)));
        let own = || groups(&[&name(at)]);
        let mut rules = Vec::new();
        for (step, priority) in [(1, 100), (2, 200), (3, 300)] {
            let next = groups(&[&name(at + step)]);
            let before = groups(&[&name(at + 1000 - step)]);
            rules.push(from(before, to(own(), allow(priority, IN, "tcp/443"))));
            rules.push(from(own(), to(next, allow(priority, OUT, "tcp/443"))));
        }
        rules.extend([deny(4096, IN, "all"), deny(4096, OUT, "all")]);
        items.push(filter(&name(at), rules));
    }
    assert_eq!(matrix(items).passages.len(), 3000);
}

#[test]
fn a_filter_of_very_many_rules_that_overlap_is_judged_in_bounded_time() {
    let mut rules = Vec::new();
    for at in 0..1000_u16 {
        let (low, high) = (at * 7 % 251, at * 13 % 251);
        let mut rule = deny(100 + at, IN, "tcp/1-2");
        let first = i64::from(low) * 200 + 1;
        rule.ports = vec![
            Ports::new(
                Port::new(first).unwrap(),
                Port::new(first + 10_000).unwrap(),
            )
            .unwrap(),
        ];
        rule.source = blocks(&[&format!("{low}.0.0.0/8")]);
        rule.destination = blocks(&[&format!("10.0.0.{}/28", high & !15)]);
        rules.push(rule);
    }
    rules.push(allow(4000, IN, "all"));
    let matrix = exposed(rules, &[]);
    // What no rule denies passes, whether or not all that they deny was followed to its end.
    assert_ne!(asks(&matrix, CLIENT, "it", Way::Internet, "icmp/8"), Never);
}
