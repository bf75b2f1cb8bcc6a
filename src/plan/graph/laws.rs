//! What holds for every list of rules and for every graph, and the same answers from slow and plain code.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::oracle::{admits, admitted, cidr, plan, slow_prune, traffic, universe, wanted, within};
use super::*;
use crate::net::Cidr;
use crate::plan::{Action, Datacenter};

/// No files of seeds: a failure is reproduced by a named case in `tests.rs`.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(150)
    }
}

const BLOCKS: [&str; 16] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/28",
    "10.0.0.0/29",
    "10.0.0.0/30",
    "10.0.0.4/30",
    "10.0.0.0/31",
    "10.0.0.2/31",
    "10.0.0.6/31",
    "10.0.0.0/32",
    "10.0.0.3/32",
    "10.0.0.7/32",
    "::/0",
    "::/64",
    "::/127",
    "::1/128",
];

fn block() -> impl Strategy<Value = Cidr> {
    select(&BLOCKS[..]).prop_map(cidr)
}

fn end() -> impl Strategy<Value = End> {
    let name = || select(&["a", "b"][..]).prop_map(String::from);
    prop_oneof![
        6 => block().prop_map(End::Block),
        1 => name().prop_map(End::Group),
        1 => name().prop_map(End::LoadBalancer),
        1 => name().prop_map(End::Service),
        1 => Just(End::Internet),
    ]
}

fn any_traffic() -> impl Strategy<Value = Traffic> {
    let number = || prop_oneof![8 => 1_i64..=8, 1 => Just(i64::from(u16::MAX))];
    let ports = || {
        (number(), number()).prop_map(|(a, b)| {
            Ports::new(Port::new(a.min(b)).unwrap(), Port::new(a.max(b)).unwrap()).unwrap()
        })
    };
    prop_oneof![
        1 => Just(Traffic::All),
        8 => ports().prop_map(Traffic::Tcp),
        3 => ports().prop_map(Traffic::Udp),
        1 => Just(Traffic::Icmp(None)),
        2 => select(&[0, 1, 2, u8::MAX][..]).prop_map(|kind| Traffic::Icmp(Some(kind))),
    ]
}

prop_compose! {
    /// Few slots and few reasons, so that rules differ in nothing or in one thing only.
    fn rule()(
        direction in select(&[Direction::Ingress, Direction::Egress][..]),
        slot in 0_u32..4,
        end in end(),
        traffic in any_traffic(),
        why in "[xy]",
        through in proptest::option::of(Just("front".to_owned())),
    ) -> Rule {
        Rule { direction, slot, end, traffic, why, through }
    }
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    vec(rule(), 0..40)
}

/// Rules, and the same ones in another order.
fn rules_twice() -> impl Strategy<Value = (Vec<Rule>, Vec<Rule>)> {
    rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle()))
}

fn peer() -> impl Strategy<Value = Peer> {
    let named = |names: &'static [&'static str]| {
        select(names).prop_map(|name| Peer::Named(name.to_owned()))
    };
    prop_oneof![
        // Three tiers and many flows: cycles and loops are the rule.
        8 => named(&["a", "b", "c"]),
        1 => named(&["front", "bucket"]),
        1 => Just(Peer::Internet),
        1 => Just(Peer::Datacenter),
        1 => block().prop_map(Peer::Block),
    ]
}

prop_compose! {
    fn flow()(
        from in peer(),
        to in peer(),
        allow in prop_oneof![
            5 => any_traffic().prop_map(Allow::Traffic),
            1 => select(&Action::ALL[..]).prop_map(Allow::Action),
        ],
        through in proptest::option::of(select(&["front", "storage", "datacenter"][..])),
    ) -> Flow {
        let through = through.map(String::from);
        Flow { from, to, allow, why: String::new(), through, per_instance: None, slot: 0 }
    }
}

prop_compose! {
    fn graph()(flows in vec(flow(), 0..12), ranges in vec(block(), 0..3)) -> Plan {
        let mut plan = plan(&["a", "b", "c"], flows);
        for (slot, flow) in (0_u32..).zip(&mut plan.flows) {
            flow.slot = slot;
            flow.why = format!("Reason {slot}.");
        }
        plan.datacenter = Some(Datacenter { ranges, ..Datacenter::default() });
        plan
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn pruning_keeps_exactly_what_is_admitted(rules in rules()) {
        let points = universe();
        prop_assert_eq!(admitted(&prune(rules.clone()), &points), admitted(&rules, &points));
    }

    #[test]
    fn pruning_twice_is_pruning_once(rules in rules()) {
        let once = prune(rules);
        prop_assert_eq!(prune(once.clone()), once);
    }

    #[test]
    fn the_order_of_rules_decides_nothing((rules, shuffled) in rules_twice()) {
        prop_assert_eq!(prune(rules), prune(shuffled));
    }

    #[test]
    fn no_rule_that_is_left_covers_another(rules in rules()) {
        let points = universe();
        let left = prune(rules);
        let sets: Vec<_> =
            left.iter().map(|rule| admitted(std::slice::from_ref(rule), &points)).collect();
        for (a, wide) in sets.iter().enumerate() {
            for (b, narrow) in sets.iter().enumerate() {
                prop_assert!(a == b || !within(narrow, wide), "{:?} covers {:?}", left[a], left[b]);
            }
        }
    }

    #[test]
    fn a_slow_pruner_gives_the_same(rules in rules()) {
        let slow = slow_prune(&rules, &universe());
        prop_assert_eq!(prune(rules), slow);
    }

    /// The universe can tell any two rules apart, and `covers` says what its points say.
    #[test]
    fn covering_is_admitting_at_least_the_same(a in rule(), b in rule()) {
        let points = universe();
        let [wide, narrow] = [&a, &b].map(|rule| admitted(std::slice::from_ref(rule), &points));
        prop_assert_eq!(a.covers(&b), within(&narrow, &wide));
    }

    /// Both ends of every flow have their rule, and no rule is without its flow.
    #[test]
    fn a_group_admits_what_the_flows_ask_of_it(plan in graph()) {
        let groups = groups(&plan);
        prop_assert!(groups.iter().map(|group| &group.tier).eq(plan.tiers.keys()));
        for point in universe() {
            for group in &groups {
                let admitted = group.rules.iter().any(|rule| admits(rule, &point));
                prop_assert_eq!(admitted, wanted(&plan, &group.tier, &point), "{} {:?}", group.tier, point);
            }
        }
    }

    #[test]
    fn both_ends_of_a_flow_between_tiers_admit_it(plan in graph()) {
        let groups = groups(&plan);
        let covered = |at: &Peer, direction, other: &Peer, traffic: Traffic| {
            let Peer::Named(other) = other else { return true };
            let group = groups.iter().find(|group| *at == Peer::Named(group.tier.clone()));
            let end = End::Group(other.clone());
            let fits = |rule: &Rule| {
                rule.direction == direction && rule.end == end && rule.traffic.covers(traffic)
            };
            !plan.tiers.contains_key(other) || group.is_none_or(|group| group.rules.iter().any(fits))
        };
        for flow in &plan.flows {
            let Allow::Traffic(traffic) = flow.allow else { continue };
            prop_assert!(covered(&flow.from, Direction::Egress, &flow.to, traffic));
            prop_assert!(covered(&flow.to, Direction::Ingress, &flow.from, traffic));
        }
    }

    #[test]
    fn every_rule_carries_slot_reason_and_way_of_its_flow(plan in graph()) {
        for group in groups(&plan) {
            let here = Peer::Named(group.tier.clone());
            prop_assert!(group.rules.is_sorted());
            prop_assert!(group.ingress().chain(group.egress()).eq(&group.rules));
            for rule in &group.rules {
                let flow = plan.flows.iter().find(|flow| flow.slot == rule.slot).unwrap();
                let at = match rule.direction {
                    Direction::Ingress => &flow.to,
                    Direction::Egress => &flow.from,
                };
                prop_assert_eq!(at, &here);
                prop_assert_eq!((&rule.why, &rule.through), (&flow.why, &flow.through));
                let allow = match flow.allow {
                    Allow::Traffic(traffic) => traffic,
                    Allow::Action(_) => traffic("tcp/443"),
                };
                prop_assert_eq!(rule.traffic, allow);
            }
        }
    }
}
