//! Named cases: what each kind of flow becomes, and what is kept apart on purpose.

use super::oracle::{cidr, endpoint, network, plan, traffic};
use super::*;
use crate::net::Cidr;
use crate::plan::{Action, Datacenter};

fn named(name: &str) -> Peer {
    Peer::Named(name.into())
}

fn flow(slot: u32, from: Peer, to: Peer, allow: &str) -> Flow {
    Flow {
        from,
        to,
        allow: allow.parse().unwrap(),
        why: format!("Reason {slot}."),
        through: None,
        per_instance: None,
        slot,
    }
}

/// The rules of a tier as lines, for example `in 100 web tcp/443`.
fn lines(plan: &Plan, tier: &str) -> Vec<String> {
    let groups = groups(plan);
    let group = groups.iter().find(|group| group.tier == tier).unwrap();
    group.rules.iter().map(line).collect()
}

fn line(rule: &Rule) -> String {
    let direction = match rule.direction {
        Direction::Ingress => "in",
        Direction::Egress => "out",
    };
    format!("{direction} {} {} {}", rule.slot, rule.end, rule.traffic)
}

fn rule_of(slot: u32, end: End, allow: &str) -> Rule {
    Rule {
        direction: Direction::Ingress,
        slot,
        end,
        traffic: traffic(allow),
        why: format!("Reason {slot}."),
        through: None,
    }
}

#[test]
fn both_ends_of_a_flow_get_a_rule_and_each_names_the_other() {
    let plan = plan(
        &["web", "app"],
        vec![flow(100, named("web"), named("app"), "tcp/8443")],
    );
    assert_eq!(lines(&plan, "web"), ["out 100 app tcp/8443"]);
    assert_eq!(lines(&plan, "app"), ["in 100 web tcp/8443"]);
}

#[test]
fn a_tier_that_talks_to_itself_has_both_rules() {
    let plan = plan(&["db"], vec![flow(0, named("db"), named("db"), "tcp/5432")]);
    assert_eq!(
        lines(&plan, "db"),
        ["in 0 db tcp/5432", "out 0 db tcp/5432"]
    );
}

#[test]
fn a_tier_without_flows_is_there_without_rules() {
    let groups = groups(&plan(
        &["lonely", "web"],
        vec![flow(0, Peer::Internet, named("web"), "tcp/443")],
    ));
    let found: Vec<_> = groups
        .iter()
        .map(|group| (group.tier.as_str(), group.rules.len()))
        .collect();
    assert_eq!(found, [("lonely", 0), ("web", 1)]);
}

#[test]
fn the_datacenter_is_each_of_its_ranges_in_an_order_of_their_own() {
    let mut plan = plan(
        &["app"],
        vec![
            flow(0, Peer::Datacenter, named("app"), "tcp/22"),
            flow(100, named("app"), Peer::Datacenter, "tcp/1433"),
        ],
    );
    // The third is part of the first.
    let ranges = ["192.168.0.0/16", "172.16.0.0/12", "192.168.7.0/24"]
        .map(cidr)
        .to_vec();
    plan.datacenter = Some(Datacenter {
        ranges,
        ..Datacenter::default()
    });
    assert_eq!(
        lines(&plan, "app"),
        [
            "in 0 172.16.0.0/12 tcp/22",
            "in 0 192.168.0.0/16 tcp/22",
            "out 100 172.16.0.0/12 tcp/1433",
            "out 100 192.168.0.0/16 tcp/1433",
        ]
    );
}

#[test]
fn a_probe_comes_from_the_load_balancer_and_a_client_from_the_internet() {
    let mut probe = flow(100, named("front"), named("web"), "tcp/80");
    probe.why = "Health probes.".into();
    let mut client = flow(0, Peer::Internet, named("web"), "tcp/443");
    client.through = Some("front".into());
    let plan = plan(&["web"], vec![client, probe]);
    let rules = &groups(&plan)[0].rules;
    assert_eq!(rules[0].end, End::Internet);
    assert_eq!(rules[0].through.as_deref(), Some("front"));
    assert_eq!(rules[1].end, End::LoadBalancer("front".into()));
    assert_eq!(rules[1].why, "Health probes.");
}

#[test]
fn actions_through_one_endpoint_are_one_rule_with_the_first_reason() {
    let through = |name: &str, mut flow: Flow| {
        flow.through = Some(name.into());
        flow
    };
    let mut plan = plan(
        &["analysis"],
        vec![
            through(
                "storage",
                flow(400, named("analysis"), named("results"), "s3:write"),
            ),
            through(
                "storage",
                flow(300, named("analysis"), named("intake"), "s3:read"),
            ),
            // Through nothing, and through what is no endpoint: policies say who may, and no group does.
            flow(500, named("analysis"), named("intake"), "s3:read"),
            through(
                "front",
                flow(600, named("analysis"), named("intake"), "s3:read"),
            ),
            // No tier does it.
            through(
                "storage",
                flow(700, Peer::Datacenter, named("intake"), "s3:write"),
            ),
            flow(
                800,
                named("launch"),
                named("analysis"),
                Action::Ec2Launch.as_str(),
            ),
        ],
    );
    assert_eq!(lines(&plan, "analysis"), ["out 300 storage tcp/443"]);
    let rule = &groups(&plan)[0].rules[0];
    assert_eq!(rule.end, End::Service("storage".into()));
    assert_eq!(rule.why, "Reason 300.");

    // An endpoint of another network leads the tier nowhere.
    plan.networks[0].endpoints.clear();
    let mut other = network("other");
    other
        .endpoints
        .insert("storage".into(), endpoint("storage"));
    plan.networks.push(other);
    assert_eq!(lines(&plan, "analysis"), [""; 0]);
}

#[test]
fn a_rule_that_a_wider_one_covers_goes_whichever_was_first() {
    let wide = rule_of(200, End::Block(cidr("10.0.0.0/8")), "tcp/1-1024");
    let narrow = rule_of(100, End::Block(cidr("10.9.0.0/16")), "tcp/80");
    let wide_only = vec![wide.clone()];
    assert_eq!(prune(vec![narrow.clone(), wide.clone()]), wide_only);
    assert_eq!(prune(vec![wide, narrow]), wide_only);
}

#[test]
fn of_equal_rules_the_lowest_slot_stays_with_its_reason() {
    let first = rule_of(100, End::Internet, "tcp/443");
    let mut second = rule_of(200, End::Internet, "tcp/443");
    second.through = Some("front".into());
    assert_eq!(prune(vec![second, first.clone()]), [first]);
}

#[test]
fn neighbours_stay_apart() {
    let rules = vec![
        rule_of(0, End::Block(cidr("10.0.0.0/25")), "tcp/80-90"),
        rule_of(100, End::Block(cidr("10.0.0.0/25")), "tcp/91-99"),
        rule_of(200, End::Block(cidr("10.0.0.128/25")), "tcp/80-90"),
        // Only together do the others cover it.
        rule_of(300, End::Block(cidr("10.0.0.0/25")), "tcp/85-95"),
    ];
    assert_eq!(prune(rules.clone()), rules);
}

#[test]
fn no_block_stands_for_the_internet_or_a_group() {
    let rules = vec![
        rule_of(0, End::Block(Cidr::ANY_V4), "all"),
        rule_of(100, End::Internet, "tcp/443"),
        rule_of(200, End::Group("web".into()), "tcp/443"),
        rule_of(300, End::LoadBalancer("web".into()), "tcp/443"),
        rule_of(400, End::Block(cidr("::/0")), "tcp/443"),
    ];
    assert_eq!(prune(rules.clone()), rules);
}

#[test]
fn an_icmp_type_is_covered_by_icmp_and_by_no_port() {
    let kind = rule_of(0, End::Internet, "icmp/8");
    let ports = rule_of(100, End::Internet, "tcp/1-65535");
    let icmp = rule_of(200, End::Internet, "icmp");
    assert_eq!(
        prune(vec![kind.clone(), ports.clone()]),
        [kind.clone(), ports.clone()]
    );
    assert_eq!(
        prune(vec![kind, ports.clone(), icmp.clone()]),
        [ports, icmp]
    );
}
