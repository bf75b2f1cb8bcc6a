//! Routes, the VPN and peerings.

use super::matrix;
use super::world::*;
use crate::cloud::azure::{NextHop, Peering, Resource};
use crate::cloud::{Part, Term};
use crate::reach::{Matrix, Way};

use Passes::{Always, Maybe, Never};

/// A machine without a filter in a subnet with a table, and a VPN.
fn with_routes(learns: bool, routes: &[(&str, NextHop)], gateway: Vec<Resource>) -> Matrix {
    let mut items = land(|it| {
        it.route_table = Some(table_id("table"));
        it.default_outbound_access = true;
    });
    items.push(table("table", learns, routes));
    items.push(machine("it", |_| ()));
    items.extend(gateway);
    matrix(items)
}

/// What passes to the other side of the VPN. What comes from there arrives even where no route leads back.
fn home(matrix: &Matrix) -> Passes {
    let out = asks(matrix, "it", HOME, Way::Vpn, "tcp/22");
    let back = if out == Never { Maybe } else { out };
    assert_eq!(asks(matrix, HOME, "it", Way::Vpn, "tcp/22"), back);
    out
}

const GATEWAY: NextHop = NextHop::VirtualNetworkGateway;

#[test]
fn a_subnet_learns_the_gateways_routes_where_its_table_lets_it() {
    assert_eq!(home(&with_routes(true, &[], vpn(|_, _, _| ()))), Always);
    assert_eq!(home(&with_routes(false, &[], vpn(|_, _, _| ()))), Never);
    let written = [("192.168.0.0/16", GATEWAY)];
    assert_eq!(
        home(&with_routes(false, &written, vpn(|_, _, _| ()))),
        Always
    );
}

#[test]
fn the_longest_prefix_decides_and_then_the_written_route() {
    for (prefix, passes) in [
        ("192.168.1.0/24", Never),
        ("192.168.0.0/16", Never),
        ("192.0.0.0/8", Always),
    ] {
        let routes = [(prefix, NextHop::None)];
        assert_eq!(
            home(&with_routes(true, &routes, vpn(|_, _, _| ()))),
            passes,
            "{prefix}"
        );
    }
}

#[test]
fn azures_own_routes_in_the_network_go_before_what_the_gateway_tells() {
    let gateway = vpn(|_, site, _| site.address_space = vec!["10.0.0.0/24".parse().unwrap()]);
    let mut items = land(|_| ());
    items.extend(gateway);
    items.extend([machine("one", |_| ()), machine("two", |_| ())]);
    let matrix = matrix(items);
    assert_eq!(asks(&matrix, "one", "two", Way::Local, "tcp/22"), Always);
}

#[test]
fn private_ranges_that_nobody_has_are_dropped() {
    let matrix = with_routes(true, &[], vpn(|_, _, _| ()));
    for way in [Way::Vpn, Way::Nat, Way::Internet] {
        assert_eq!(asks(&matrix, "it", "172.16.0.1", way, "tcp/22"), Never);
    }
    assert_eq!(asks(&matrix, "it", CLIENT, Way::Nat, "tcp/22"), Always);
}

#[test]
fn a_default_route_to_the_gateway_needs_a_way_on() {
    let routes = [("0.0.0.0/0", GATEWAY)];
    let internet = |gateway| {
        let matrix = with_routes(true, &routes, gateway);
        assert_eq!(asks(&matrix, "it", CLIENT, Way::Nat, "tcp/22"), Never);
        asks(&matrix, "it", CLIENT, Way::Vpn, "tcp/22")
    };
    assert_eq!(internet(vpn(|_, _, _| ())), Never);
    assert_eq!(
        internet(vpn(|it, site, _| it.default_site = Some(site.id.id()))),
        Always
    );
    assert_eq!(
        internet(vpn(|_, site, connection| bgp(site, connection))),
        Always
    );
}

#[test]
fn what_bgp_tells_is_not_known() {
    let told = |learns| {
        with_routes(
            learns,
            &[],
            vpn(|_, site, connection| bgp(site, connection)),
        )
    };
    assert_eq!(home(&told(true)), Maybe);
    assert_eq!(home(&told(false)), Never);
    assert_eq!(asks(&told(true), "it", CLIENT, Way::Nat, "tcp/22"), Always);
}

#[test]
fn a_gateway_without_a_connection_leads_nowhere() {
    let mut gateway = vpn(|_, _, _| ());
    gateway.pop();
    let matrix = with_routes(false, &[("192.168.0.0/16", GATEWAY)], gateway);
    assert_eq!(asks(&matrix, "it", HOME, Way::Vpn, "tcp/22"), Never);
    assert_eq!(asks(&matrix, HOME, "it", Way::Vpn, "tcp/22"), Never);
}

#[test]
fn whoever_else_is_in_the_network_may_be_anywhere_in_it() {
    let mut items = land(|_| ());
    items.push(machine("it", |_| ()));
    let matrix = matrix(items);
    assert_eq!(asks(&matrix, "10.0.9.9", "it", Way::Local, "tcp/22"), Maybe);
    assert_eq!(
        asks(&matrix, "10.99.0.1", "it", Way::Local, "tcp/22"),
        Never
    );
}

#[test]
fn the_routes_of_the_gateways_own_subnet_lead_to_the_machines() {
    let mut gateway = vpn(|_, _, _| ());
    if let Some(Resource::Subnet(own)) = gateway.first_mut() {
        own.route_table = Some(table_id("gateways"));
    }
    gateway.push(table("gateways", true, &[("10.0.0.0/24", NextHop::None)]));
    let matrix = with_routes(true, &[], gateway);
    assert_eq!(asks(&matrix, HOME, "it", Way::Vpn, "tcp/22"), Never);
}

#[test]
fn a_gateway_that_the_template_does_not_show_may_lead_anywhere() {
    let matrix = with_routes(true, &[("0.0.0.0/0", GATEWAY)], Vec::new());
    assert_eq!(asks(&matrix, "it", CLIENT, Way::Vpn, "tcp/22"), Maybe);
    assert_eq!(matrix.unknown.len(), 1);
}

#[test]
fn a_table_that_the_template_does_not_show_may_lead_anywhere() {
    let mut items = land(|it| {
        it.route_table = Some(Term::Parameter("table".into()));
        it.default_outbound_access = true;
    });
    items.push(machine("it", |_| ()));
    let matrix = matrix(items);
    assert_eq!(asks(&matrix, "it", CLIENT, Way::Nat, "tcp/22"), Maybe);
    assert_eq!(matrix.unknown.len(), 1);
}

#[test]
fn what_a_virtual_appliance_passes_on_is_not_known() {
    let appliance = NextHop::VirtualAppliance("10.0.9.4".into());
    let matrix = with_routes(true, &[("0.0.0.0/0", appliance)], Vec::new());
    assert_eq!(asks(&matrix, "it", CLIENT, Way::Nat, "tcp/22"), Never);
    assert_eq!(asks(&matrix, "it", CLIENT, Way::Peering, "tcp/22"), Maybe);
    assert_eq!(matrix.unknown.len(), 1);
}

#[test]
fn a_route_drops_what_goes_on_inside_of_the_network_too() {
    let mut items = land(|it| it.route_table = Some(table_id("table")));
    items.push(table("table", true, &[("10.0.0.0/24", NextHop::None)]));
    items.extend([machine("one", |_| ()), machine("two", |_| ())]);
    let matrix = matrix(items);
    assert_eq!(asks(&matrix, "one", "two", Way::Local, "tcp/22"), Never);
}

#[test]
fn a_passage_names_the_routes_that_lead_there() {
    let matrix = with_routes(false, &[("192.168.0.0/16", GATEWAY)], vpn(|_, _, _| ()));
    let passage = matrix
        .passages
        .iter()
        .find(|it| it.way == Way::Vpn)
        .unwrap();
    let parts: Vec<_> = passage.reasons.iter().map(|reason| reason.part).collect();
    assert_eq!(parts, [Some(Part::Route(0))]);
}

/// Two networks with a machine each, and peerings.
fn peered(peerings: Vec<Peering>) -> Matrix {
    let mut items = land(|_| ());
    items.push(network("far", &["10.1.0.0/16"]));
    items.push(Resource::Subnet(subnet("far", "own", "10.1.0.0/24")));
    items.push(filter("guard", Vec::new()));
    items.push(machine("near", |_| ()));
    items.push(machine("other", |it| {
        it.network_security_group = Some(filter_id("guard"));
        it.configurations[0].subnet = subnet_id("far", "own").id();
    }));
    items.extend(peerings.into_iter().map(Resource::Peering));
    items.extend(vpn(|_, _, _| ()));
    matrix(items)
}

#[test]
fn networks_meet_when_each_has_a_peering_of_the_other() {
    let both = || vec![peering("net", "far"), peering("far", "net")];
    let passes = |peerings| asks(&peered(peerings), "near", "guard", Way::Peering, "tcp/22");
    assert_eq!(passes(Vec::new()), Never);
    assert_eq!(passes(vec![peering("net", "far")]), Never);
    assert_eq!(passes(both()), Always);
    assert_eq!(
        asks(&peered(both()), "near", "guard", Way::Local, "tcp/22"),
        Never
    );
    let mut closed = both();
    closed[1].access = false;
    assert_eq!(passes(closed), Never);
}

#[test]
fn a_network_uses_the_gateway_of_another_when_both_agree() {
    let passes = |lent, used| {
        let mut peerings = vec![peering("net", "far"), peering("far", "net")];
        peerings[0].gateway_transit = lent;
        peerings[1].remote_gateways = used;
        asks(&peered(peerings), HOME, "guard", Way::Vpn, "tcp/22")
    };
    assert_eq!(passes(true, true), Always);
    assert_eq!(passes(false, true), Never);
    assert_eq!(passes(true, false), Never);
}

#[test]
fn a_peer_that_the_template_does_not_show_may_be_any_private_address() {
    let mut strange = peering("net", "far");
    strange.remote = Term::Parameter("hub".into());
    let matrix = peered(vec![strange]);
    assert_eq!(
        asks(&matrix, "near", "172.16.0.1", Way::Peering, "tcp/22"),
        Maybe
    );
    assert_eq!(matrix.unknown.len(), 1);
}
