//! What plans become.

mod acl;
mod limits;
mod policies;
mod refused;
mod roles;
mod rules;

use super::fixtures;
use crate::cloud::aws::{
    BucketPolicy, NetworkAcl, Resource, Role, SecurityGroup, TopicPolicy, lower,
};
use crate::cloud::{LoweringError, Resource as _};
use crate::plan::Plan;

fn resources(plan: &Plan) -> Vec<Resource> {
    lower(plan).unwrap().items
}

fn errors(plan: &Plan) -> Vec<LoweringError> {
    lower(plan).unwrap_err()
}

/// The resource of one type with this name.
macro_rules! find {
    ($function:ident, $variant:ident) => {
        fn $function(items: &[Resource], name: &str) -> $variant {
            let found = items.iter().find_map(|item| match item {
                Resource::$variant(it) if it.id.path.join("-") == name => Some(it.clone()),
                _ => None,
            });
            found.unwrap()
        }
    };
}

find!(group, SecurityGroup);
find!(acl, NetworkAcl);
find!(bucket_policy, BucketPolicy);
find!(topic_policy, TopicPolicy);
find!(role, Role);

#[test]
fn a_plan_always_becomes_the_same() {
    for (name, plan) in fixtures::all() {
        assert_eq!(lower(&plan), lower(&plan), "{name}");
    }
}

#[test]
fn another_order_of_flows_gives_no_resource_another_name() {
    for (name, plan) in fixtures::all() {
        let mut turned = plan.clone();
        turned.flows.reverse();
        let names = |plan: &Plan| {
            let mut names: Vec<_> = resources(plan).iter().map(|it| it.id().clone()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&plan), names(&turned), "{name}");
    }
}

#[test]
fn static_routes_are_told_and_learned_ones_are_not() {
    let count = |plan: &Plan, wanted: fn(&Resource) -> bool| {
        resources(plan).iter().filter(|item| wanted(item)).count()
    };
    let told = |item: &Resource| matches!(item, Resource::VpnConnectionRoute(_));
    let routes = |item: &Resource| matches!(item, Resource::Route(_));
    assert_eq!(count(&fixtures::vpn(), told), 2);
    assert_eq!(count(&fixtures::vpn_full(), told), 0);
    // The routes of the subnets are written out either way; the full plan has a default route besides.
    assert_eq!(count(&fixtures::vpn(), routes), 2);
    assert_eq!(count(&fixtures::vpn_full(), routes), 3);
}

#[test]
fn the_two_sides_of_a_vpn_never_have_one_number() {
    let mut plan = fixtures::vpn();
    if let Some(vpn) = &mut plan.networks[0].vpn {
        vpn.routing = crate::plan::VpnRouting::Bgp { asn: 64512 };
    }
    let numbers: Vec<u32> = resources(&plan)
        .iter()
        .filter_map(|item| match item {
            Resource::VpnGateway(it) => Some(it.asn),
            Resource::CustomerGateway(it) => Some(it.asn),
            _ => None,
        })
        .collect();
    assert_ne!(numbers[0], numbers[1]);
}

#[test]
fn addresses_are_told_without_keys_and_a_number_where_one_is_needed() {
    let outputs = |plan: &Plan| lower(plan).unwrap().outputs;
    let names =
        |plan: &Plan| -> Vec<String> { outputs(plan).into_iter().map(|it| it.name).collect() };
    let number = "vpn_asn_in_cloud".to_owned();
    assert!(!names(&fixtures::vpn()).contains(&number));
    assert!(names(&fixtures::vpn_full()).contains(&number));
    let found = outputs(&fixtures::vpn());
    let command = found.iter().find(|it| it.name == "vpn_addresses_command");
    let command = format!("{:?}", command.unwrap().value);
    assert!(command.contains("OutsideIpAddress") && !command.contains("Configuration"));
}
