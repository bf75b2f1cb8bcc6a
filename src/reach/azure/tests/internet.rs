//! From and to the Internet: public addresses, load balancers and the ways out.

use super::matrix;
use super::world::*;
use crate::cloud::Term;
use crate::cloud::azure::{
    AddressSku, FrontendAddress, Interface, Kind, LoadBalancer, NextHop, OutboundRule, Resource,
    Subnet, Transport,
};
use crate::reach::{Matrix, Way};

use Passes::{Always, Maybe, Never};

/// One machine without a filter, in a subnet.
fn bare(of: impl FnOnce(&mut Subnet), change: impl FnOnce(&mut Interface)) -> Vec<Resource> {
    let mut items = land(of);
    items.push(machine("it", change));
    items
}

fn with_address(sku: AddressSku) -> Vec<Resource> {
    let mut items = bare(
        |_| (),
        |it| it.configurations[0].public_ip = Some(id(Kind::PublicIp, "own").id()),
    );
    items.push(public_ip("own", sku));
    items
}

#[test]
fn a_standard_address_without_a_filter_is_closed_and_a_basic_one_is_open() {
    let passes = |sku| {
        asks(
            &matrix(with_address(sku)),
            CLIENT,
            "it",
            Way::Internet,
            "tcp/22",
        )
    };
    assert_eq!(passes(AddressSku::Standard), Never);
    assert_eq!(passes(AddressSku::Basic), Always);
    // Out it goes either way.
    let matrix = matrix(with_address(AddressSku::Standard));
    assert_eq!(asks(&matrix, "it", CLIENT, Way::Internet, "icmp/8"), Always);
}

#[test]
fn an_address_that_the_template_does_not_show_may_be_open() {
    let items = bare(
        |_| (),
        |it| it.configurations[0].public_ip = Some(Term::Parameter("own".into())),
    );
    let matrix = matrix(items);
    assert_eq!(asks(&matrix, CLIENT, "it", Way::Internet, "tcp/22"), Maybe);
    assert_eq!(matrix.unknown.len(), 1);
}

/// A machine behind the load balancer, whose filter lets everything in.
fn behind(change: impl FnOnce(&mut LoadBalancer)) -> Vec<Resource> {
    let mut items = bare(
        |_| (),
        |it| {
            it.network_security_group = Some(filter_id("open"));
            it.configurations[0].pools = vec![pool()];
        },
    );
    items.push(filter("open", vec![allow(100, IN, "all")]));
    items.push(balancer(change));
    items
}

fn comes(matrix: &Matrix, what: &str) -> Passes {
    asks(matrix, CLIENT, "open", by_balancer(matrix), what)
}

#[test]
fn a_load_balancer_hands_on_the_ports_of_its_rules_and_a_filter_sees_the_machines_port() {
    let matrix = matrix(behind(|_| ()));
    assert_eq!(comes(&matrix, "tcp/8443"), Always);
    assert_eq!(comes(&matrix, "tcp/443"), Never);
    assert_eq!(comes(&matrix, "udp/8443"), Never);
    assert_eq!(
        asks(&matrix, CLIENT, "open", Way::Internet, "tcp/8443"),
        Never
    );
}

#[test]
fn a_standard_load_balancer_without_a_filter_behind_it_is_closed() {
    for (sku, passes) in [(AddressSku::Standard, Never), (AddressSku::Basic, Always)] {
        let mut items = bare(|_| (), |it| it.configurations[0].pools = vec![pool()]);
        items.push(balancer(|it| it.sku = sku));
        let matrix = matrix(items);
        assert_eq!(
            asks(&matrix, CLIENT, "it", by_balancer(&matrix), "tcp/8443"),
            passes
        );
    }
}

#[test]
fn a_rule_for_every_port_hands_on_every_port() {
    let matrix = matrix(behind(|it| {
        it.rules[0].frontend_port = 0;
        it.rules[0].backend_port = 0;
        it.rules[0].protocol = Transport::All;
    }));
    assert_eq!(comes(&matrix, "udp/53"), Always);
    assert_eq!(comes(&matrix, "icmp/8"), Never);
}

#[test]
fn a_pool_that_the_template_does_not_show_may_be_reached() {
    let mut items = behind(|_| ());
    if let Some(Resource::Interface(it)) = items.get_mut(2) {
        it.configurations[0].pools = vec![Term::Parameter("pool".into())];
    }
    let matrix = matrix(items);
    assert_eq!(
        asks(&matrix, CLIENT, "open", Way::Internet, "tcp/22"),
        Maybe
    );
    assert_eq!(matrix.unknown.len(), 1, "{:?}", matrix.unknown);
}

#[test]
fn probes_reach_what_the_filter_lets_pass_from_their_tag() {
    let closed = |rules| {
        let mut items = behind(|_| ());
        items[3] = filter("open", rules);
        matrix(items)
    };
    let asked = |matrix: &Matrix, what| asks(matrix, "probe", "open", Way::Local, what);
    // Azure's own rule lets every port be asked.
    assert_eq!(asked(&closed(Vec::new()), "tcp/22"), Always);
    let probes = from(tag("AzureLoadBalancer"), allow(100, IN, "tcp/8080"));
    let narrow = closed(vec![probes, deny(4096, IN, "all")]);
    assert_eq!(asked(&narrow, "tcp/8080"), Always);
    assert_eq!(asked(&narrow, "tcp/22"), Never);
    // Clients do not come from there.
    assert_eq!(
        asks(&narrow, CLIENT, "open", by_balancer(&narrow), "tcp/8443"),
        Never
    );
}

fn leaves(items: Vec<Resource>, way: Way, what: &str) -> Passes {
    asks(&matrix(items), "it", CLIENT, way, what)
}

#[test]
fn without_a_way_out_nothing_leaves() {
    assert_eq!(leaves(bare(|_| (), |_| ()), Way::Nat, "tcp/443"), Never);
    assert_eq!(
        leaves(bare(|_| (), |_| ()), Way::Internet, "tcp/443"),
        Never
    );
}

#[test]
fn azure_gives_a_way_out_where_the_subnet_allows_it() {
    let items = || bare(|it| it.default_outbound_access = true, |_| ());
    assert_eq!(leaves(items(), Way::Nat, "tcp/443"), Always);
    assert_eq!(leaves(items(), Way::Nat, "icmp/8"), Never);
}

#[test]
fn a_nat_gateway_carries_tcp_and_udp_before_any_other_way() {
    let items = || {
        let nat = id(Kind::NatGateway, "nat").id();
        let own = Some(id(Kind::PublicIp, "own").id());
        let mut items = bare(
            |it| it.nat_gateway = Some(nat),
            |it| it.configurations[0].public_ip = own,
        );
        items.push(nat_gateway());
        items.push(public_ip("own", AddressSku::Standard));
        items
    };
    assert_eq!(leaves(items(), Way::Nat, "udp/53"), Always);
    assert_eq!(leaves(items(), Way::Nat, "icmp/8"), Never);
    assert_eq!(leaves(items(), Way::Internet, "tcp/443"), Never);
}

#[test]
fn a_load_balancer_is_a_way_out_where_a_rule_says_so() {
    let passes = |change: fn(&mut LoadBalancer), what| {
        asks(&matrix(behind(change)), "open", CLIENT, Way::Nat, what)
    };
    assert_eq!(passes(|_| (), "tcp/443"), Never);
    let by_rule: fn(&mut LoadBalancer) = |it| it.rules[0].outbound_snat = true;
    assert_eq!(passes(by_rule, "tcp/443"), Always);
    assert_eq!(passes(by_rule, "udp/53"), Never);
    let outbound: fn(&mut LoadBalancer) = |it| {
        it.outbound_rules.push(OutboundRule {
            id: id(Kind::OutboundRule, "out"),
            protocol: Transport::All,
            frontends: vec![it.frontends[0].id.id()],
            pool: pool(),
        });
    };
    assert_eq!(passes(outbound, "udp/53"), Always);
}

#[test]
fn who_comes_from_the_internet_gets_no_answer_by_another_way() {
    for hop in [NextHop::VirtualNetworkGateway, NextHop::None] {
        let mut items = behind(|_| ());
        if let Some(Resource::Subnet(own)) = items.get_mut(1) {
            own.route_table = Some(table_id("table"));
        }
        items.push(table("table", true, &[("0.0.0.0/0", hop)]));
        items.extend(vpn(|_, _, _| ()));
        assert_eq!(comes(&matrix(items), "tcp/8443"), Never);
    }
}

#[test]
fn a_load_balancer_inside_hands_on_what_both_filters_let_pass() {
    let passes = |port: &str, to_port: &str| {
        let mut items = behind(|it| {
            it.frontends[0].address = FrontendAddress::Subnet(subnet_id("net", "front").id());
        });
        items[3] = filter("open", vec![allow(100, IN, to_port), deny(4096, IN, "all")]);
        items.push(Resource::Subnet(subnet("net", "front", "10.0.9.0/29")));
        let out = to(blocks(&["10.0.9.0/29"]), allow(100, OUT, port));
        items.push(filter("client", vec![out, deny(4096, OUT, "all")]));
        items.push(machine("nic", |it| {
            it.network_security_group = Some(filter_id("client"));
        }));
        let matrix = matrix(items);
        assert_eq!(comes(&matrix, "tcp/8443"), Never);
        assert_eq!(
            asks(&matrix, "client", "open", Way::Local, "tcp/8443"),
            Never
        );
        asks(&matrix, "client", "open", by_balancer(&matrix), "tcp/8443")
    };
    assert_eq!(passes("tcp/443", "tcp/8443"), Always);
    assert_eq!(passes("tcp/8443", "tcp/8443"), Never);
    assert_eq!(passes("tcp/443", "tcp/443"), Never);
}
