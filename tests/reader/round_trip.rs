//! `read(render(resources)) = resources`, and nothing is unknown.

use std::collections::BTreeSet;

use patternbook::cloud::aws::{Block, Kind, Policy, Resource, VpcCidr};
use patternbook::cloud::{Attribute, Parameter, Resources};
use patternbook::read::Reading;
use proptest::prelude::*;

use crate::written::{
    LIBRARY, comparable, comparable_outputs, examples, lowered, read, resources_of, written,
};

#[track_caller]
fn assert_same(name: &str, resources: &Resources<Resource>, text: &str) {
    let reading = read(text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    assert_eq!(reading.unknown, [], "{name}\n{text}");
    let (written, found) = (
        comparable(&resources.items),
        comparable(&resources_of(&reading)),
    );
    for (written, found) in written.iter().zip(&found) {
        assert_eq!(written, found, "{name}\n{text}");
    }
    assert_eq!(written.len(), found.len(), "{name}\n{text}");
    assert_eq!(
        comparable_outputs(&resources.outputs),
        comparable_outputs(&reading.outputs),
        "{name}"
    );
    assert_same_parameters(name, &resources.parameters, &reading);
    assert_conditions_are_distinct(&resources.items);
    assert_places(&reading, text);
}

/// Parameters that no resource uses are not written.
fn assert_same_parameters(name: &str, written: &[Parameter], reading: &Reading<Resource>) {
    for found in &reading.parameters {
        let same = |known: &&Parameter| known.name.replace('_', "") == found.name.replace('_', "");
        let known = written.iter().find(same).unwrap();
        assert_eq!(known.default, found.default, "{name}: {}", known.name);
        assert!(!found.assumed, "{name}: {}", known.name);
    }
}

/// The JSON that is compared has a place for one condition of each operator and key, and so has the template.
fn assert_conditions_are_distinct(resources: &[Resource]) {
    for policy in resources.iter().flat_map(policies) {
        for statement in &policy.statements {
            let keys: BTreeSet<_> = statement
                .conditions
                .iter()
                .map(|condition| (&condition.operator, &condition.key))
                .collect();
            assert_eq!(keys.len(), statement.conditions.len(), "{statement:?}");
        }
    }
}

fn policies(resource: &Resource) -> Vec<&Policy> {
    match resource {
        Resource::Role(role) => vec![&role.trust, &role.policy],
        Resource::BucketPolicy(policy) => vec![&policy.policy],
        Resource::TopicPolicy(policy) => vec![&policy.policy],
        Resource::VpcEndpoint(endpoint) => vec![&endpoint.policy],
        _ => Vec::new(),
    }
}

/// Every resource stands where its name is written, and every part inside the template.
fn assert_places(reading: &Reading<Resource>, text: &str) {
    for placed in &reading.resources {
        let line = text.lines().nth(placed.place.line() - 1).unwrap();
        assert_eq!(line, format!("  {}:", placed.place.text()));
        assert!(placed.parts.iter().all(|(_, place)| place.line() > 1));
    }
}

#[test]
fn every_example_is_read_as_it_was_written() {
    for (name, resources, text) in examples() {
        assert_same(&name, &resources, &text);
    }
}

/// A network with one more block, and a subnet that waits for it.
pub(crate) fn with_another_block() -> Resources<Resource> {
    let mut resources = lowered("stack: vpc\npattern: aws-private-vpn\n")
        .unwrap()
        .unwrap();
    let vpc = resources.items.iter().find_map(|item| match item {
        Resource::Vpc(vpc) => Some(vpc.id.id()),
        _ => None,
    });
    let id = Kind::VpcCidr.named(["space-10-1-0-0-16"]);
    let subnet = resources.items.iter_mut().find_map(|item| match item {
        Resource::Subnet(subnet) => Some(subnet),
        _ => None,
    });
    subnet.unwrap().after = vec![id.attribute(Attribute::Itself)];
    let space = VpcCidr {
        id,
        vpc: vpc.unwrap(),
        block: Block::Known("10.1.0.0/16".parse().unwrap()),
        pool: None,
    };
    // A template has them by sections: this one stands with the network.
    resources.items.insert(1, space.into());
    resources
}

#[test]
fn a_subnet_waits_for_its_block() {
    let resources = with_another_block();
    let files = patternbook::render::cloudformation(&resources, &LIBRARY).unwrap();
    let text = String::from_utf8(files[0].contents.clone()).unwrap();
    assert_same("another block", &resources, &text);
}

#[test]
fn json_is_read_as_yaml_is() {
    for (name, resources, text) in examples() {
        let json = crate::written::as_json(&text);
        let reading = read(&json).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(reading.unknown, [], "{name}");
        assert_eq!(
            comparable(&resources.items),
            comparable(&resources_of(&reading)),
            "{name}"
        );
    }
}

#[test]
fn the_parts_of_a_group_have_their_lines() {
    let (_, _, text) = examples()
        .into_iter()
        .find(|it| it.0 == "vpc-full")
        .unwrap();
    let reading = read(&text).unwrap();
    let group = reading
        .resources
        .iter()
        .find(|placed| placed.place.text() == "ServersSecurityGroup");
    let parts = &group.unwrap().parts;
    let Resource::SecurityGroup(group) = &group.unwrap().resource else {
        panic!("no group");
    };
    assert_eq!(parts.len(), group.ingress.len() + group.egress.len());
    for (_, place) in parts {
        assert!(place.text().contains("IpProtocol: tcp"), "{}", place.text());
    }
}

/// A list of some kinds of traffic, each once.
fn traffic() -> impl Strategy<Value = String> {
    let kinds = [
        "tcp/443",
        "tcp/22",
        "udp/53",
        "udp/1024-65535",
        "tcp/8000-8999",
        "icmp",
        "icmp/8",
    ];
    proptest::sample::subsequence(kinds.to_vec(), 1..kinds.len())
        .prop_map(|kinds| format!("[{}]", kinds.join(", ")))
}

pub(crate) fn private_vpn() -> impl Strategy<Value = String> {
    let choices = (
        1..=4_u8,
        any::<[bool; 4]>(),
        [traffic(), traffic(), traffic()],
        proptest::sample::subsequence(
            vec!["192.168.0.0/16", "172.20.0.0/14", "203.0.113.0/24"],
            1..=3,
        ),
        1..=4_294_967_294_u32,
    );
    choices.prop_map(|(zones, [bgp, through, isolate, instances], traffic, datacenter, asn)| {
        let routing = if bgp { "bgp" } else { "static" };
        let default_route = if through { "datacenter" } else { "none" };
        let [inbound, outbound, updates] = traffic;
        format!(
            "stack: made\npattern: aws-private-vpn\nversion: 1.0.0\nparameters:\n  network: 10.64.0.0/16\n  \
             zones: {zones}\n  hosts: 200\n  datacenter: [{}]\n  routing: {routing}\n  asn: {asn}\n  \
             default_route: {default_route}\n  inbound: {inbound}\n  outbound: {outbound}\n  updates: {updates}\n  \
             isolate_zones: {isolate}\n  instances: {instances}\n",
            datacenter.join(", ")
        )
    })
}

pub(crate) fn analytics_loop() -> impl Strategy<Value = String> {
    let choices = (
        proptest::sample::select(vec!["principals", "addresses", "both"]),
        any::<bool>(),
        any::<bool>(),
        1..=3650_u16,
        5..=1440_u16,
        8..=16384_u16,
    );
    choices.prop_map(|(sender, kms, known, days, minutes, disk)| {
        let encryption = if kms { "kms" } else { "s3" };
        let given = if known { "  notification_address: team@example.com\n" } else { "" };
        format!(
            "stack: made\npattern: aws-analytics-loop\nversion: 1.0.0\nparameters:\n  sender: {sender}\n  \
             encryption: {encryption}\n  keep_old_versions_days: {days}\n  max_minutes: {minutes}\n  \
             disk_gib: {disk}\n{given}"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_stack_is_read_as_it_was_written(stack in prop_oneof![private_vpn(), analytics_loop()]) {
        match written(&stack) {
            Ok(made) => {
                let (resources, text) = made.unwrap();
                assert_same("made", &resources, &text);
            }
            // More rules than AWS takes: what is refused is not written.
            Err(error) => prop_assert!(error.contains("Limit"), "{error}\n{stack}"),
        }
    }
}
