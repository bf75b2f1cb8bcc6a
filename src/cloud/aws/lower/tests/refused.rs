//! What is not built in silence: everything in a plan becomes a resource or an error.

use super::{errors, fixtures};
use crate::plan::{Bound, DefaultRoute, LoadBalancer, Login, Peer, Plan, Service, VpnRouting};
use fixtures::{cidr, flow, named};

fn refused(change: impl FnOnce(&mut Plan), plan: fn() -> Plan) -> String {
    let mut plan = plan();
    change(&mut plan);
    let found: Vec<_> = errors(&plan).iter().map(ToString::to_string).collect();
    found.join("; ")
}

#[test]
fn what_this_cloud_is_not_asked_for_yet_is_named() {
    for (change, word) in [
        (
            (|plan: &mut Plan| plan.networks[0].subnets[0].default_route = DefaultRoute::Nat)
                as fn(&mut Plan),
            "NAT",
        ),
        (
            |plan| {
                let balancer = LoadBalancer {
                    name: "front".into(),
                    probe: "tcp/80".parse().unwrap(),
                    probe_path: None,
                };
                plan.networks[0]
                    .load_balancers
                    .insert("front".into(), balancer);
            },
            "load balancer",
        ),
        (
            |plan| plan.networks[0].vpn.as_mut().unwrap().key = Some("key".into()),
            "pre-shared key",
        ),
        (
            |plan| plan.networks[0].subnets[0].members[0].zone = None,
            "without a zone",
        ),
        (
            |plan| {
                plan.flows
                    .push(flow(900, named("servers"), named("front"), "tcp/80"));
            },
            "`front`",
        ),
        (
            |plan| {
                plan.flows.push(flow(
                    900,
                    Peer::Block(cidr("2001:db8::/32")),
                    named("servers"),
                    "tcp/80",
                ));
            },
            "IPv6",
        ),
        (
            |plan| {
                plan.tiers["servers"].machines.as_mut().unwrap().login = Some(Login {
                    user: "me".into(),
                    key: Bound::Known("ssh".into()),
                });
            },
            "an account",
        ),
        (
            |plan| {
                let machines = plan.tiers["servers"].machines.as_mut().unwrap();
                machines.cloud_init = Some(Bound::Deploy("script".into()));
            },
            "a cloud-init document",
        ),
        (
            |plan| plan.tiers["servers"].machines.as_mut().unwrap().repair = true,
            "the repair",
        ),
        (|plan| plan.networks[0].vpn = None, "without a VPN"),
        (
            |plan| {
                plan.tiers["servers"]
                    .machines
                    .as_mut()
                    .unwrap()
                    .public_addresses = true;
            },
            "public addresses",
        ),
        (
            |plan| {
                plan.networks[0].vpn.as_mut().unwrap().bgp_peer =
                    Some(Bound::Deploy("peer".into()));
            },
            "a BGP address",
        ),
        (
            |plan| plan.networks[0].vpn.as_mut().unwrap().routing = VpnRouting::Bgp { asn: 7224 },
            "number 7224",
        ),
    ] {
        let found = refused(change, fixtures::vpn_full);
        assert!(found.contains(word), "{word}: {found}");
    }
}

#[test]
fn a_loop_that_does_not_close_is_named() {
    for (change, word) in [
        (
            (|plan: &mut Plan| plan.flows[3].through = None) as fn(&mut Plan),
            "without an endpoint",
        ),
        (
            |plan| plan.networks[0].endpoints[0].prefix_list = None,
            "prefix list",
        ),
        (
            |plan| plan.datacenter.as_mut().unwrap().principals = None,
            "neither principals nor addresses",
        ),
        (
            |plan| plan.flows[1].from = Peer::Internet,
            "from `internet`",
        ),
        (|plan| plan.flows[7].to = named("intake"), "no topic"),
        (
            |plan| {
                plan.services.shift_remove("intake").unwrap();
            },
            "no bucket",
        ),
    ] {
        let found = refused(change, fixtures::analytics);
        assert!(found.contains(word), "{word}: {found}");
    }
}

#[test]
fn a_known_image_is_a_parameters_default() {
    let mut plan = fixtures::vpn_full();
    plan.tiers["servers"].machines.as_mut().unwrap().image = Bound::Known("/path/to/image".into());
    let resources = crate::cloud::aws::lower(&plan).unwrap();
    let parameter = resources
        .parameters
        .iter()
        .find(|it| it.name == "servers_image")
        .unwrap();
    assert_eq!(parameter.default.as_deref(), Some("/path/to/image"));
    assert!(!matches!(
        plan.services.first(),
        Some((_, Service::Topic(_)))
    ));
}
