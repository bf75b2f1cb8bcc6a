//! The rules by which AWS routes and filters, one test for each.

use std::net::IpAddr;

use super::matrix;
use crate::cloud::aws::{
    Block, Interface, InternetGateway, InternetGatewayAttachment, Kind, NatGateway, Peering,
    Resource, Route, RouteDestination, RouteTable, RouteTableAssociation, RouteTarget, Rule,
    RulePeer, SecurityGroup, Subnet, Vpc, VpcCidr,
};
use crate::cloud::{Placed, Resource as _, ResourceId, Term};
use crate::diag::{Place, Source};
use crate::net::Traffic;
use crate::reach::set::{Packet, Protocol};
use crate::reach::{End, Matrix, Outside, Passage, Way};

fn id(kind: Kind, name: &str) -> ResourceId {
    kind.named([name])
}

fn term(kind: Kind, name: &str) -> Term {
    id(kind, name).id()
}

fn vpc() -> Resource {
    Vpc {
        id: id(Kind::Vpc, "main"),
        name: "main".into(),
        cidr: "10.0.0.0/16".parse().unwrap(),
        ipv6: None,
        dns_support: true,
        dns_names: true,
    }
    .into()
}

/// A subnet with a table of its own name, which holds these routes.
fn subnet(name: &str, cidr: &str, public: bool, routes: &[(&str, RouteTarget)]) -> Vec<Resource> {
    let mut all: Vec<Resource> = vec![
        Subnet {
            id: id(Kind::Subnet, name),
            name: name.into(),
            vpc: term(Kind::Vpc, "main"),
            cidr: cidr.parse().unwrap(),
            ipv6: None,
            zone: "a".into(),
            public_addresses: public,
            ipv6_addresses: false,
            after: Vec::new(),
        }
        .into(),
        RouteTable {
            id: id(Kind::RouteTable, name),
            name: name.into(),
            vpc: term(Kind::Vpc, "main"),
            note: None,
        }
        .into(),
        RouteTableAssociation {
            id: id(Kind::RouteTableAssociation, name),
            table: term(Kind::RouteTable, name),
            subnet: term(Kind::Subnet, name),
        }
        .into(),
    ];
    for (at, (destination, target)) in routes.iter().enumerate() {
        let route = Route {
            id: id(Kind::Route, &format!("{name}-{at}")),
            table: term(Kind::RouteTable, name),
            destination: RouteDestination::Cidr(destination.parse().unwrap()),
            target: target.clone(),
            after: Vec::new(),
        };
        all.push(route.into());
    }
    all
}

fn gateway(attached: bool) -> Vec<Resource> {
    let mut all: Vec<Resource> = vec![
        InternetGateway {
            id: id(Kind::InternetGateway, "gateway"),
            name: "gateway".into(),
        }
        .into(),
    ];
    if attached {
        let tie = InternetGatewayAttachment {
            id: id(Kind::InternetGatewayAttachment, "gateway"),
            vpc: term(Kind::Vpc, "main"),
            gateway: term(Kind::InternetGateway, "gateway"),
        };
        all.push(tie.into());
    }
    all
}

fn to_internet() -> RouteTarget {
    RouteTarget::Gateway(term(Kind::InternetGateway, "gateway"))
}

fn nat(subnet: &str) -> Resource {
    NatGateway {
        id: id(Kind::NatGateway, "nat"),
        name: "nat".into(),
        subnet: term(Kind::Subnet, subnet),
        public: true,
        address: None,
        after: Vec::new(),
    }
    .into()
}

fn to_nat() -> RouteTarget {
    RouteTarget::NatGateway(term(Kind::NatGateway, "nat"))
}

fn rule(peer: RulePeer, traffic: &str) -> Rule {
    Rule {
        name: "rule".into(),
        peer,
        traffic: traffic.parse::<Traffic>().unwrap().into(),
        description: String::new(),
    }
}

fn block(cidr: &str) -> RulePeer {
    RulePeer::Cidr(cidr.parse().unwrap())
}

fn member_of(group: &str) -> RulePeer {
    RulePeer::Group(term(Kind::SecurityGroup, group))
}

fn group(name: &str, ingress: Vec<Rule>, egress: Vec<Rule>) -> Resource {
    SecurityGroup {
        id: id(Kind::SecurityGroup, name),
        name: name.into(),
        description: String::new(),
        vpc: term(Kind::Vpc, "main"),
        ingress,
        egress,
    }
    .into()
}

fn machine(name: &str, subnet: &str, groups: &[&str]) -> Resource {
    let groups = groups.iter().map(|name| term(Kind::SecurityGroup, name));
    Interface {
        id: id(Kind::Interface, name),
        name: name.into(),
        what: "AWS::EC2::Instance".into(),
        owner: None,
        subnets: vec![term(Kind::Subnet, subnet)],
        groups: Some(groups.collect()),
        public_address: None,
        template: None,
        forwards: false,
    }
    .into()
}

fn judged(resources: Vec<Vec<Resource>>) -> Matrix {
    let source = Source::new("template", "");
    let placed: Vec<_> = resources
        .into_iter()
        .flatten()
        .map(|resource| Placed {
            place: Place::start_of(&source),
            parts: Vec::new(),
            resource,
        })
        .collect();
    assert!(placed.iter().all(|it| !it.resource.id().path.is_empty()));
    matrix(&placed, &[])
}

/// The ways by which a connection from one address to another can be made: where a seat is meant, any of its addresses.
fn ways(matrix: &Matrix, from: &str, to: &str, port: u16) -> Vec<Way> {
    let named = |name: &str, end: End| match end {
        End::Seat(peer, _) => matrix.peers[peer].name == name,
        End::Outside(Outside::Remote) => name.parse::<IpAddr>().is_ok(),
        End::Outside(_) => false,
    };
    let address = |text: &str| text.parse().unwrap_or(IpAddr::from([10, 0, 0, 9]));
    let packet = Packet {
        source: address(from),
        destination: address(to),
        source_port: 40_000,
        protocol: Protocol::Tcp(port),
    };
    let found = matrix.passages.iter().filter(|passage: &&Passage| {
        named(from, passage.from) && named(to, passage.to) && passage.some.contains(&packet)
    });
    found.map(|passage| passage.way).collect()
}

const ANYWHERE: &str = "203.0.113.9";

fn everything() -> Vec<Rule> {
    vec![rule(block("0.0.0.0/0"), "all")]
}

#[test]
fn both_ends_must_let_a_connection_pass() {
    let matrix = judged(vec![
        vec![vpc()],
        subnet("private", "10.0.0.0/24", false, &[]),
        vec![
            group("web", vec![], vec![rule(member_of("app"), "tcp/8443")]),
            group("app", vec![rule(member_of("web"), "tcp/8000-9000")], vec![]),
            machine("web", "private", &["web"]),
            machine("app", "private", &["app"]),
        ],
    ]);
    assert_eq!(ways(&matrix, "web", "app", 8443), [Way::Local]);
    assert_eq!(
        ways(&matrix, "web", "app", 8444),
        [],
        "only the destination opens it"
    );
    assert_eq!(ways(&matrix, "app", "web", 8443), []);
}

#[test]
fn groups_of_one_machine_add_up() {
    let matrix = judged(vec![
        vec![vpc()],
        subnet("private", "10.0.0.0/24", false, &[]),
        vec![
            group(
                "one",
                vec![rule(block("10.0.0.0/16"), "tcp/1")],
                everything(),
            ),
            group("two", vec![rule(member_of("one"), "tcp/2")], vec![]),
            machine("both", "private", &["one", "two"]),
        ],
    ]);
    let name = &matrix.peers[0].name;
    assert_eq!(name, "one+two");
    assert_eq!(ways(&matrix, name, name, 1), [Way::Local]);
    assert_eq!(ways(&matrix, name, name, 2), [Way::Local]);
    assert_eq!(ways(&matrix, name, name, 3), []);
}

#[test]
fn the_internet_reaches_a_machine_with_a_public_address_behind_an_attached_gateway() {
    let with = |attached, public| {
        let route = [("0.0.0.0/0", to_internet())];
        let matrix = judged(vec![
            vec![vpc()],
            gateway(attached),
            subnet("public", "10.0.0.0/24", public, &route),
            vec![
                group("web", vec![rule(block("0.0.0.0/0"), "tcp/443")], vec![]),
                machine("web", "public", &["web"]),
            ],
        ]);
        ways(&matrix, ANYWHERE, "web", 443)
    };
    assert_eq!(with(true, true), [Way::Internet]);
    assert_eq!(with(true, false), [], "no public address");
    assert_eq!(with(false, true), [], "a black hole");
}

#[test]
fn a_nat_gateway_leads_out_and_never_in_and_as_far_as_its_own_subnet_does() {
    let with = |table: &[(&str, RouteTarget)]| {
        judged(vec![
            vec![vpc()],
            gateway(true),
            subnet("public", "10.0.1.0/24", true, table),
            vec![nat("public")],
            subnet("private", "10.0.0.0/24", false, &[("0.0.0.0/0", to_nat())]),
            vec![
                group("app", everything(), everything()),
                machine("app", "private", &["app"]),
            ],
        ])
    };
    let matrix = with(&[("0.0.0.0/0", to_internet())]);
    assert_eq!(ways(&matrix, "app", ANYWHERE, 443), [Way::Nat]);
    assert_eq!(ways(&matrix, ANYWHERE, "app", 443), []);
    let matrix = with(&[]);
    assert_eq!(ways(&matrix, "app", ANYWHERE, 443), []);
    let matrix = with(&[("198.51.100.0/24", to_internet())]);
    assert_eq!(ways(&matrix, "app", ANYWHERE, 443), []);
}

#[test]
fn the_longest_prefix_decides() {
    let routes = [("0.0.0.0/0", to_internet()), ("203.0.113.0/24", to_nat())];
    let matrix = judged(vec![
        vec![vpc()],
        gateway(true),
        subnet(
            "other",
            "10.0.1.0/24",
            true,
            &[("0.0.0.0/0", to_internet())],
        ),
        vec![nat("other")],
        subnet("public", "10.0.0.0/24", true, &routes),
        vec![
            group("web", vec![], everything()),
            machine("web", "public", &["web"]),
        ],
    ]);
    assert_eq!(ways(&matrix, "web", ANYWHERE, 443), [Way::Nat]);
    assert_eq!(ways(&matrix, "web", "198.51.100.1", 443), [Way::Internet]);
}

#[test]
fn a_group_without_machines_is_asked_as_if_it_had_some_in_every_subnet() {
    let matrix = judged(vec![
        vec![vpc()],
        subnet("one", "10.0.0.0/24", false, &[]),
        subnet("two", "10.0.1.0/24", false, &[]),
        vec![group(
            "spare",
            vec![rule(member_of("spare"), "tcp/1")],
            everything(),
        )],
    ]);
    let seats = &matrix.peers[0].seats;
    let subnets: Vec<_> = seats
        .iter()
        .filter_map(|seat| seat.subnet.clone())
        .collect();
    assert_eq!(subnets, ["one", "two"]);
    assert_eq!(
        ways(&matrix, "spare", "spare", 1).len(),
        4,
        "from each to each"
    );
}

#[test]
fn whoever_else_is_in_the_network_counts_by_its_address() {
    let matrix = judged(vec![
        vec![vpc()],
        subnet("private", "10.0.0.0/24", false, &[]),
        vec![
            group("app", vec![rule(block("10.0.7.0/24"), "tcp/22")], vec![]),
            machine("app", "private", &["app"]),
        ],
    ]);
    assert_eq!(ways(&matrix, "10.0.7.7", "app", 22), [Way::Local]);
    assert_eq!(ways(&matrix, "10.0.8.8", "app", 22), []);
}

/// A network that is peered with another one, by IPv6 as well; the block of that one is known, or AWS picks it.
fn peered(addresses: Block) -> Matrix {
    let peering = Peering {
        id: id(Kind::Peering, "peering"),
        name: "peering".into(),
        vpc: term(Kind::Vpc, "main"),
        peer: term(Kind::Vpc, "other"),
        peer_account: None,
        peer_region: None,
    };
    let to_peer = RouteTarget::Peering(term(Kind::Peering, "peering"));
    let other = Vpc {
        id: id(Kind::Vpc, "other"),
        name: "other".into(),
        cidr: "10.1.0.0/16".parse().unwrap(),
        ipv6: None,
        dns_support: true,
        dns_names: true,
    };
    let addresses = VpcCidr {
        id: id(Kind::VpcCidr, "other"),
        vpc: term(Kind::Vpc, "other"),
        block: addresses,
        pool: None,
    };
    let mut subnet = subnet("private", "10.0.0.0/24", false, &[("::/0", to_peer)]);
    if let Some(Resource::Subnet(subnet)) = subnet.first_mut() {
        subnet.ipv6 = Some(Block::Known("2001:db8::/64".parse().unwrap()));
    }
    judged(vec![
        vec![vpc(), other.into(), addresses.into(), peering.into()],
        subnet,
        vec![
            group("open", vec![], vec![rule(block("::/0"), "all")]),
            machine("one", "private", &["open"]),
        ],
    ])
}

#[test]
fn a_peering_leads_no_further_than_the_other_network_by_ipv6_either() {
    let known = peered(Block::Known("2001:db8:1::/56".parse().unwrap()));
    assert_eq!(ways(&known, "open", "2001:db8:1::1", 443), [Way::Peering]);
    assert_eq!(ways(&known, "open", "2001:db8:2::1", 443), []);
    let given = peered(Block::SomeIpv6(56));
    assert_eq!(ways(&given, "open", "2001:db8:2::1", 443), [Way::Peering]);
}
