//! Who is there, and by what name.

use super::matrix;
use super::world::*;
use crate::cloud::Term;
use crate::cloud::azure::Resource;
use crate::reach::{Matrix, PeerKind, Way};

use Passes::{Always, Maybe, Never};

fn names(matrix: &Matrix) -> Vec<&str> {
    matrix.peers.iter().map(|peer| peer.name.as_str()).collect()
}

#[test]
fn a_peer_has_the_name_of_its_groups_or_its_filter_or_its_machine() {
    let mut items = land(|_| ());
    items.extend([group("web"), group("logged"), filter("guard", Vec::new())]);
    items.push(machine("first", |it| {
        it.network_security_group = Some(filter_id("guard"));
        it.configurations[0].groups = vec![
            id(crate::cloud::azure::Kind::ApplicationSecurityGroup, "web").id(),
            id(
                crate::cloud::azure::Kind::ApplicationSecurityGroup,
                "logged",
            )
            .id(),
        ];
    }));
    items.push(machine("second", |it| {
        it.network_security_group = Some(filter_id("guard"));
    }));
    items.push(machine("third", |_| ()));
    let matrix = matrix(items);
    assert_eq!(names(&matrix), ["web+logged", "guard", "third"]);
    assert!(matrix.peers.iter().all(|peer| peer.kind == PeerKind::Tier));
}

#[test]
fn a_peer_has_a_seat_in_each_of_its_subnets() {
    let mut items = land(|_| ());
    items.push(Resource::Subnet(subnet("net", "second", "10.0.1.0/24")));
    items.push(filter("guard", Vec::new()));
    for at in ["own", "second"] {
        items.push(machine(at, |it| {
            it.network_security_group = Some(filter_id("guard"));
            it.configurations[0].subnet = subnet_id("net", at).id();
        }));
    }
    let matrix = matrix(items);
    let seats = matrix.peers[0].seats.iter();
    let seats: Vec<_> = seats.map(|seat| seat.subnet.as_deref().unwrap()).collect();
    assert_eq!(seats, ["own", "second"]);
    assert_eq!(
        asks(&matrix, "guard", "guard", Way::Local, "tcp/22"),
        Always
    );
}

#[test]
fn one_machine_does_not_meet_itself_and_two_of_a_kind_do() {
    let one = || {
        let mut items = land(|_| ());
        items.push(filter("guard", Vec::new()));
        items.push(machine("one", |it| {
            it.network_security_group = Some(filter_id("guard"));
        }));
        items
    };
    let passes = |items| asks(&matrix(items), "guard", "guard", Way::Local, "tcp/22");
    assert_eq!(passes(one()), Never);
    let mut two = one();
    two.push(machine("two", |it| {
        it.network_security_group = Some(filter_id("guard"));
    }));
    assert_eq!(passes(two), Always);
}

#[test]
fn a_filter_that_nothing_uses_is_judged_as_if_machines_had_it_in_every_subnet() {
    let mut items = land(|_| ());
    items.push(Resource::Subnet(subnet("net", "second", "10.0.1.0/24")));
    items.push(Resource::Subnet(subnet(
        "net",
        "GatewaySubnet",
        "10.0.2.0/27",
    )));
    items.push(group("web"));
    let to_web = to(groups(&["web"]), allow(100, IN, "tcp/443"));
    items.push(filter("later", vec![to_web, deny(4096, IN, "all")]));
    let matrix = matrix(items);
    assert_eq!(names(&matrix), ["later"]);
    assert_eq!(matrix.peers[0].seats.len(), 2);
    assert_eq!(
        asks(&matrix, "later", "later", Way::Local, "tcp/443"),
        Always
    );
    let said = matrix
        .assumptions
        .iter()
        .any(|it| it.0.contains("nothing uses yet"));
    assert!(said, "{:?}", matrix.assumptions);
}

#[test]
fn a_filter_of_an_empty_subnet_is_judged_there() {
    let mut items = land(|it| it.network_security_group = Some(filter_id("guard")));
    items.push(Resource::Subnet(subnet("net", "second", "10.0.1.0/24")));
    items.push(filter("guard", vec![deny(4096, IN, "all")]));
    let matrix = matrix(items);
    assert_eq!(matrix.peers[0].seats.len(), 1);
    assert_eq!(
        asks(&matrix, "guard", "guard", Way::Local, "tcp/443"),
        Never
    );
}

#[test]
fn a_fixed_address_is_the_only_one_that_a_machine_has() {
    let mut items = land(|_| ());
    let narrow = from(blocks(&["10.0.0.4/32"]), allow(100, IN, "tcp/443"));
    items.push(filter("guard", vec![narrow, deny(4096, IN, "all")]));
    items.push(machine("server", |it| {
        it.network_security_group = Some(filter_id("guard"));
    }));
    for (name, address) in [("right", "10.0.0.4"), ("wrong", "10.0.0.5")] {
        items.push(machine(name, |it| {
            it.configurations[0].address = Some(address.into());
        }));
    }
    let matrix = matrix(items);
    assert_eq!(
        asks(&matrix, "right", "guard", Way::Local, "tcp/443"),
        Always
    );
    assert_eq!(
        asks(&matrix, "wrong", "guard", Way::Local, "tcp/443"),
        Never
    );
}

#[test]
fn a_machine_in_a_subnet_that_the_template_does_not_show_may_meet_anyone() {
    let mut items = land(|_| ());
    items.push(machine("here", |_| ()));
    items.push(machine("there", |it| {
        it.configurations[0].subnet = Term::Parameter("subnet".into());
    }));
    let matrix = matrix(items);
    assert_eq!(asks(&matrix, "there", "here", Way::Local, "tcp/22"), Maybe);
    assert_eq!(asks(&matrix, "there", CLIENT, Way::Nat, "tcp/22"), Maybe);
    assert!(
        matrix.unknown[0].why.contains("`subnet`"),
        "{:?}",
        matrix.unknown
    );
}
