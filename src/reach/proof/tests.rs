//! What a proof comes to, on resources as the plan is lowered and with one thing changed.

use std::path::Path;

use super::{Proof, Verdict, prove};
use crate::cloud::aws::{self, Resource, SecurityGroup};
use crate::cloud::{Placed, Unknown};
use crate::diag::{Place, Source};
use crate::plan::{Plan, expand};
use crate::reach;
use crate::spec::{Pattern, Stack};
use crate::yaml;

fn plan() -> Plan {
    plan_of("vpc")
}

fn plan_of(example: &str) -> Plan {
    let read = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(path).unwrap();
        yaml::read(&Source::new("file", &text)).unwrap()
    };
    let stack = Stack::read(&read(&format!("examples/{example}.yaml"))).unwrap();
    let pattern = Pattern::read(&read("patterns/aws-private-vpn.yaml")).unwrap();
    expand(&pattern, &stack).unwrap()
}

fn place() -> Place {
    Place::start_of(&Source::new("template", ""))
}

/// The proof of the plan's own resources after a change.
fn changed(change: impl Fn(&mut Vec<Resource>), unknown: &[Unknown]) -> Proof {
    changed_of(&plan(), change, unknown)
}

fn changed_of(plan: &Plan, change: impl Fn(&mut Vec<Resource>), unknown: &[Unknown]) -> Proof {
    let mut resources = aws::lower(plan).unwrap().items;
    change(&mut resources);
    let placed: Vec<_> = resources
        .into_iter()
        .map(|resource| Placed {
            resource,
            place: place(),
            parts: Vec::new(),
        })
        .collect();
    prove(
        plan,
        &aws::names(plan),
        &reach::aws::matrix(&placed, unknown),
    )
}

fn group(resources: &mut [Resource]) -> &mut SecurityGroup {
    let mut resources = resources.iter_mut();
    resources
        .find_map(|resource| match resource {
            Resource::SecurityGroup(group) => Some(group),
            _ => None,
        })
        .unwrap()
}

fn unknown() -> Vec<Unknown> {
    vec![Unknown {
        name: "Wall".into(),
        what: "AWS::NetworkFirewall::Firewall".into(),
        why: "it is not read".into(),
        place: place(),
    }]
}

#[test]
fn what_the_plan_says_and_no_more_is_proved() {
    let proof = changed(|_| (), &[]);
    assert_eq!(proof.verdict(), Verdict::Proved);
    assert!(
        proof
            .guarantees
            .iter()
            .all(|it| it.counterexample.is_none())
    );
    assert!(!proof.assumptions.is_empty());
}

#[test]
fn a_rule_that_is_gone_is_a_flow_that_is_missing() {
    let proof = changed(|resources| group(resources).ingress.clear(), &[]);
    assert_eq!(proof.verdict(), Verdict::Refuted);
    let [missing] = proof.missing.as_slice() else {
        panic!("{:?}", proof.missing);
    };
    assert_eq!(missing.found.from, "datacenter");
    assert_eq!(missing.found.to, "servers");
    assert_eq!(missing.found.allow, "tcp/443");
    assert!(proof.extra.is_empty());
}

#[test]
fn a_rule_too_many_is_a_flow_that_is_extra_with_its_reason() {
    let proof = changed(
        |resources| {
            let group = group(resources);
            let mut more = group.ingress[0].clone();
            more.traffic = "tcp/22".parse::<crate::net::Traffic>().unwrap().into();
            group.ingress.push(more);
        },
        &[],
    );
    let [extra] = proof.extra.as_slice() else {
        panic!("{:?}", proof.extra);
    };
    assert_eq!(extra.found.allow, "tcp/22");
    let packet = extra.found.packet.unwrap().to_string();
    assert!(packet.ends_with("tcp/22"), "{packet}");
    let rule = extra.found.reasons[0].part;
    assert_eq!(rule, Some(crate::cloud::Part::Ingress(1)));
}

#[test]
fn a_guarantee_is_checked_on_what_passes() {
    let proof = changed(
        |resources| {
            let group = group(resources);
            let own = aws::RulePeer::Group(group.id.id());
            for rules in [&mut group.ingress, &mut group.egress] {
                let mut more = rules[0].clone();
                more.peer = own.clone();
                rules.push(more);
            }
        },
        &[],
    );
    let broken: Vec<_> = proof
        .guarantees
        .iter()
        .filter(|it| it.counterexample.is_some())
        .collect();
    let texts: Vec<_> = broken.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "servers never reaches servers",
            "nothing but datacenter reaches servers"
        ]
    );
}

#[test]
fn what_is_not_understood_is_never_proved_and_never_hides_what_is_wrong() {
    assert_eq!(changed(|_| (), &unknown()).verdict(), Verdict::Unknown);
    let wrong = changed(|resources| group(resources).egress.clear(), &unknown());
    assert_eq!(wrong.verdict(), Verdict::Refuted);
}

#[test]
fn a_tier_that_is_not_there_is_missing() {
    let proof = changed(
        |resources| resources.retain(|it| !matches!(it, Resource::SecurityGroup(_))),
        &[],
    );
    assert_eq!(proof.missing.len(), 2, "{:?}", proof.missing);
    assert!(proof.missing[0].why.contains("no machines"));
}

/// In the larger example, everything that is not in the network leaves through the datacenter.
#[test]
fn the_network_s_own_addresses_are_not_the_internet() {
    let proof = changed_of(
        &plan_of("vpc-full"),
        |resources| {
            for resource in resources {
                if let Resource::Vpc(vpc) = resource {
                    vpc.cidr = "10.64.0.0/17".parse().unwrap();
                }
            }
        },
        &[],
    );
    assert_eq!(proof.verdict(), Verdict::Refuted);
    let extra = proof.extra.iter().map(|it| it.found.to.as_str());
    assert!(extra.clone().count() > 0 && extra.clone().all(|to| to.contains("10.64.128.0")));
}
