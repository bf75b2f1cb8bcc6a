//! What must hold of the resources of any plan for Azure.

mod refusals;
mod rules;

use crate::cloud::azure::fixtures::{all, flow, hybrid, hybrid_all, public, public_all};
use crate::cloud::azure::{
    Access, Direction, LoadBalancer, LocalNetworkGateway, NetworkSecurityGroup, NextHop, Resource,
    RouteTable, ScaleSet, SecurityRule, Side, Subnet, VirtualNetworkGateway, lower,
};
use crate::cloud::{Attribute, LoweringError, Resource as _, Resources, Term};
use crate::net::Cidr;
use crate::plan::{DefaultRoute, Plan, Scale, VpnRouting};

fn lowered(plan: &Plan) -> Resources<Resource> {
    lower(plan).unwrap()
}

/// The resources of one type.
macro_rules! only {
    ($resources:expr, $kind:ident) => {
        $resources
            .items
            .iter()
            .filter_map(|item| match item {
                Resource::$kind(item) => Some(item),
                _ => None,
            })
            .collect::<Vec<&$kind>>()
    };
}

fn filter(plan: &Plan, tier: &str) -> NetworkSecurityGroup {
    let resources = lowered(plan);
    let groups = only!(resources, NetworkSecurityGroup);
    let name = format!("nsg-{}-{tier}", resources.header.stack);
    let group = groups.into_iter().find(|group| group.id.name() == name);
    group.unwrap().clone()
}

fn rule<'a>(group: &'a NetworkSecurityGroup, name: &str) -> &'a SecurityRule {
    let found = group.rules.iter().find(|rule| rule.id.name() == name);
    found.unwrap_or_else(|| {
        let names: Vec<_> = group.rules.iter().map(|rule| rule.id.name()).collect();
        panic!("no rule `{name}` in {names:?}")
    })
}

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

fn blocks(texts: &[&str]) -> Side {
    Side::Blocks(texts.iter().map(|text| cidr(text)).collect())
}

fn errors(plan: &Plan) -> Vec<String> {
    let errors = lower(plan).unwrap_err();
    let text = |error: &LoweringError| match error {
        LoweringError::Limit { source_page, .. } => format!("{error} ({source_page})"),
        LoweringError::Text { help, .. }
        | LoweringError::Size { help, .. }
        | LoweringError::Unsupported { help, .. } => format!("{error} ({help})"),
    };
    errors.iter().map(text).collect()
}

/// That lowering fails with one error that says all of `words`, one of them the provider's page.
#[track_caller]
fn refused(plan: &Plan, words: &[&str]) {
    let errors = errors(plan);
    assert!(
        errors
            .iter()
            .any(|error| words.iter().all(|word| error.contains(word))),
        "{errors:#?}"
    );
}

#[test]
fn a_flow_between_tiers_opens_both_ends_by_group() {
    let plan = hybrid();
    let (web, app) = (filter(&plan, "web"), filter(&plan, "app"));
    let out = rule(&web, "allow-tcp-to-app");
    let into = rule(&app, "allow-tcp-from-web");
    assert_eq!(
        (out.direction, into.direction),
        (Direction::Outbound, Direction::Inbound)
    );
    assert_eq!(
        (&out.source, &out.destination),
        (&into.source, &into.destination)
    );
    assert!(
        matches!((&into.source, &into.destination), (Side::Groups(from), Side::Groups(to)) if from != to)
    );
    assert_eq!(into.ports.len(), 1);
    assert_eq!(
        into.description,
        "The only way into the app tier from the cloud."
    );
}

#[test]
fn every_filter_ends_in_denying_the_rest_both_ways() {
    for (name, plan) in all() {
        for group in only!(lowered(&plan), NetworkSecurityGroup) {
            for direction in [Direction::Inbound, Direction::Outbound] {
                let last = group
                    .rules
                    .iter()
                    .filter(|rule| rule.direction == direction)
                    .max_by_key(|rule| rule.priority)
                    .unwrap();
                assert_eq!((last.priority, last.access), (4096, Access::Deny), "{name}");
                assert_eq!((&last.source, &last.destination), (&Side::Any, &Side::Any));
                assert!(last.ports.is_empty());
            }
        }
    }
}

#[test]
fn no_rule_relies_on_the_tag_of_the_virtual_network() {
    for (_, plan) in all() {
        for group in only!(lowered(&plan), NetworkSecurityGroup) {
            for side in group
                .rules
                .iter()
                .flat_map(|rule| [&rule.source, &rule.destination])
            {
                assert!(
                    !matches!(side, Side::Tag(tag) if !["Internet", "AzureLoadBalancer"].contains(&tag.as_str()))
                );
            }
        }
    }
}

#[test]
fn only_the_port_of_the_probe_is_open_to_probes() {
    let group = filter(&public_all(), "web");
    let probes: Vec<_> = group
        .rules
        .iter()
        .filter(|rule| rule.source == Side::Tag("AzureLoadBalancer".into()))
        .collect();
    assert_eq!(probes.len(), 1);
    assert_eq!(probes[0].ports[0].to_string(), "8080");
}

#[test]
fn a_flow_that_is_added_renumbers_no_rule() {
    let before = filter(&hybrid(), "app");
    let mut plan = hybrid();
    plan.flows.insert(
        0,
        flow(900, "10.9.0.0/16", "app", "tcp/9", "A new neighbour."),
    );
    plan.flows
        .push(flow(1000, "app", "internet", "udp/123", "The time."));
    let after = filter(&plan, "app");
    for old in &before.rules {
        assert_eq!(rule(&after, old.id.name()), old);
    }
    assert_eq!(after.rules.len(), before.rules.len() + 2);
}

#[test]
fn a_rule_keeps_its_name_and_priority_when_another_parameter_changes() {
    let before = filter(&hybrid(), "web");
    let mut plan = hybrid();
    plan.datacenter
        .as_mut()
        .unwrap()
        .ranges
        .push(cidr("172.16.0.0/12"));
    let after = filter(&plan, "web");
    let names = |group: &NetworkSecurityGroup| -> Vec<_> {
        let rules = group.rules.iter();
        rules.map(|rule| (rule.id.clone(), rule.priority)).collect()
    };
    assert_eq!(names(&before), names(&after));
}

#[test]
fn the_internet_through_the_datacenter_is_every_public_address_but_its_own() {
    let group = filter(&hybrid_all(), "app");
    let denied = rule(&group, "deny-own-ranges-outbound");
    let allowed = rule(&group, "allow-tcp-to-internet");
    assert_eq!(denied.access, Access::Deny);
    assert_eq!(
        denied.destination,
        blocks(&[
            "10.0.0.0/8",
            "100.64.0.0/10",
            "172.16.0.0/12",
            "192.168.0.0/16"
        ])
    );
    assert!(denied.ports.is_empty() && denied.priority < allowed.priority);
    assert_eq!(allowed.destination, blocks(&["0.0.0.0/0"]));
    // What the datacenter is asked for by name stands before the deny.
    let datacenter = rule(&group, "allow-tcp-to-datacenter");
    assert!(datacenter.priority < denied.priority);
    assert_eq!(
        datacenter.destination,
        blocks(&["172.16.0.0/12", "192.168.0.0/16"])
    );
}

#[test]
fn public_ranges_of_the_datacenter_and_the_network_are_not_the_internet() {
    let mut plan = hybrid_all();
    plan.networks[0].cidrs = vec![cidr("203.0.112.0/24")];
    plan.datacenter.as_mut().unwrap().ranges = vec![cidr("192.0.2.0/24")];
    let public = ["192.0.2.0/24", "203.0.112.0/24"].map(cidr);
    for (tier, name) in [
        ("app", "deny-own-ranges-outbound"),
        ("web", "deny-own-ranges-inbound"),
        ("web", "deny-own-ranges-outbound"),
    ] {
        let group = filter(&plan, tier);
        let denied = rule(&group, name);
        let sides = [&denied.source, &denied.destination].into_iter();
        let known: Vec<_> = sides
            .filter_map(|side| match side {
                Side::Blocks(known) => Some(known),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(known.len(), 6);
        assert!(public.iter().all(|block| known.contains(&block)));
    }
}

#[test]
fn without_a_datacenter_the_internet_is_a_tag_and_nothing_is_denied_before() {
    let group = filter(&public_all(), "web");
    let allowed = rule(&group, "allow-tcp-to-internet");
    assert_eq!(allowed.destination, Side::Tag("Internet".into()));
    assert!(
        !group
            .rules
            .iter()
            .any(|rule| rule.id.name().starts_with("deny-own"))
    );
}

#[test]
fn ranges_that_hold_each_other_become_one() {
    let mut plan = hybrid();
    let datacenter = plan.datacenter.as_mut().unwrap();
    datacenter.ranges = ["192.168.0.0/16", "192.168.1.0/24", "172.16.0.0/12"]
        .map(cidr)
        .to_vec();
    let group = filter(&plan, "app");
    assert_eq!(
        rule(&group, "allow-tcp-from-datacenter").source,
        blocks(&["172.16.0.0/12", "192.168.0.0/16"])
    );
    let resources = lowered(&plan);
    let remote = only!(resources, LocalNetworkGateway)[0];
    assert_eq!(
        remote.address_space,
        ["172.16.0.0/12", "192.168.0.0/16"].map(cidr)
    );
    assert_eq!(routes(&plan, "-app").len(), 3);
}

fn routes(plan: &Plan, table: &str) -> Vec<(String, NextHop)> {
    let resources = lowered(plan);
    let tables = only!(resources, RouteTable);
    let found = tables
        .iter()
        .find(|found| found.id.name().ends_with(table))
        .unwrap();
    assert!(!found.gateway_routes);
    let routes = found.routes.iter();
    routes
        .map(|route| (route.prefix.to_string(), route.next_hop.clone()))
        .collect()
}

#[test]
fn the_forced_tunnel_takes_one_subnet_and_leaves_the_other_alone() {
    use NextHop::{Internet, VirtualNetworkGateway};
    let plan = hybrid();
    assert_eq!(
        routes(&plan, "-app"),
        [
            ("192.168.0.0/16".into(), VirtualNetworkGateway),
            ("0.0.0.0/0".into(), VirtualNetworkGateway)
        ]
    );
    assert_eq!(routes(&plan, "-web"), [("0.0.0.0/0".into(), Internet)]);
    let resources = lowered(&plan);
    for subnet in only!(resources, Subnet) {
        let gateway = subnet.id.name() == "GatewaySubnet";
        assert_eq!(subnet.route_table.is_none(), gateway);
        assert!(!subnet.default_outbound_access);
        assert_eq!(subnet.network_security_group, None);
    }
}

#[test]
fn a_private_subnet_without_a_default_route_leads_nowhere() {
    let mut plan = hybrid();
    plan.networks[0].subnets[1].default_route = DefaultRoute::None;
    plan.flows.pop();
    assert_eq!(
        routes(&plan, "-app").last().unwrap(),
        &("0.0.0.0/0".into(), NextHop::None)
    );
}

#[test]
fn the_gateway_knows_a_way_on_by_its_default_site_or_by_bgp() {
    let gateway = |plan: &Plan| {
        let resources = lowered(plan);
        let gateway = only!(resources, VirtualNetworkGateway)[0].clone();
        let remote = only!(resources, LocalNetworkGateway)[0].clone();
        (gateway, remote, resources)
    };
    let (fixed, remote, _) = gateway(&hybrid());
    assert_eq!(fixed.default_site, Some(remote.id.id()));
    assert_eq!((fixed.asn, remote.address_space.len()), (None, 1));

    let (learned, remote, resources) = gateway(&hybrid_all());
    assert_eq!(learned.default_site, None);
    assert_eq!(learned.asn, Some(65515));
    assert!(remote.address_space.is_empty());
    let peer = remote.bgp.unwrap();
    assert_eq!(peer.address, Term::Parameter("bgp_peer".into()));
    assert!(
        resources
            .parameters
            .iter()
            .any(|parameter| parameter.name == "bgp_peer")
    );
}

#[test]
fn administrators_share_one_range_of_ports_and_one_rule() {
    let plan = public_all();
    let resources = lowered(&plan);
    let balancer = only!(resources, LoadBalancer)[0];
    assert_eq!(balancer.nat_rules.len(), 1);
    let nat = &balancer.nat_rules[0];
    assert_eq!(
        (nat.first_port, nat.last_port, nat.backend_port),
        (50_000, 50_019, 22)
    );
    let group = filter(&plan, "web");
    assert_eq!(
        rule(&group, "allow-tcp-from-listed-addresses").source,
        blocks(&["198.51.100.7/32", "203.0.113.0/24"])
    );
    assert!(balancer.rules.iter().all(|rule| !rule.outbound_snat));
}

#[test]
fn machines_wait_for_their_rules_and_their_ways() {
    for (_, plan) in all() {
        let resources = lowered(&plan);
        for set in only!(resources, ScaleSet) {
            let waits = |name: &str| {
                set.after
                    .iter()
                    .any(|term| matches!(term, Term::Attribute(id, _) if id.name() == name))
            };
            assert!(waits("deny-all-inbound") && waits("deny-all-outbound"));
            let groups = only!(resources, NetworkSecurityGroup);
            let own = groups
                .iter()
                .find(|group| set.interface.network_security_group == Some(group.id.id()));
            assert!(own.unwrap().rules.iter().all(|rule| waits(rule.id.name())));
            for subnet in only!(resources, Subnet) {
                let own = subnet.id.id() == set.interface.subnet;
                let routed = subnet.id.attribute(Attribute::RouteTableTie);
                let out = subnet.id.attribute(Attribute::NatGatewayTie);
                let has_routes = own && subnet.route_table.is_some();
                let has_nat = own && subnet.nat_gateway.is_some();
                assert_eq!(set.after.contains(&routed), has_routes);
                assert_eq!(set.after.contains(&out), has_nat);
                if has_nat {
                    assert!(waits("ng-shop-prod"));
                }
            }
            for balancer in only!(resources, LoadBalancer) {
                let behind = !set.interface.pools.is_empty();
                for rule in &balancer.nat_rules {
                    assert_eq!(waits(rule.id.name()), behind);
                }
            }
            assert!(set.encryption_at_host && set.secure_boot && set.vtpm);
            assert!(set.interface.network_security_group.is_some());
        }
    }
}

#[test]
fn only_parameters_that_something_uses_are_asked_for() {
    let mut plan = public();
    let unused = plan.parameters["image"].clone();
    plan.parameters.insert(
        "unused".into(),
        crate::plan::DeployParameter {
            name: "unused".into(),
            ..unused
        },
    );
    let names: Vec<_> = lowered(&plan)
        .parameters
        .into_iter()
        .map(|parameter| parameter.name)
        .collect();
    assert_eq!(names, ["image", "admin_key"]);
}

#[test]
fn the_same_plan_makes_the_same_resources() {
    for (_, plan) in all() {
        assert_eq!(lowered(&plan), lowered(&plan.clone()));
        let resources = lowered(&plan);
        let ids: std::collections::BTreeSet<_> = resources.items.iter().map(Resource::id).collect();
        assert_eq!(ids.len(), resources.items.len());
    }
}
