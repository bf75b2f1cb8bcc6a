//! Plans to test with, and slow, plain answers to compare with.
//!
//! The answers are about a universe so small that its points can be asked one by one: may this packet pass between the
//! tier and this other end? They share no arithmetic with what they check, neither `contains` nor `covers`.

use std::net::IpAddr;

use indexmap::IndexMap;

use super::*;
use crate::net::Cidr;
use crate::plan::{Cloud, Endpoint, EndpointService, LoadBalancer, Network, Tier};
use crate::spec::Renames;

pub(super) fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

pub(super) fn traffic(text: &str) -> Traffic {
    text.parse().unwrap()
}

pub(super) fn endpoint(name: &str) -> Endpoint {
    Endpoint {
        name: name.into(),
        service: EndpointService::S3,
        prefix_list: None,
    }
}

/// A network without anything in it.
pub(super) fn network(name: &str) -> Network {
    Network {
        name: name.into(),
        cidrs: vec![cidr("10.0.0.0/16")],
        zones: 1,
        subnets: Vec::new(),
        free: Vec::new(),
        ipv6: None,
        vpn: None,
        load_balancers: IndexMap::new(),
        endpoints: IndexMap::new(),
        isolate_zones: false,
        flow_log_days: None,
    }
}

/// A plan of one network with a load balancer `front`, an endpoint `storage`, and these tiers and flows.
pub(super) fn plan(tiers: &[&str], flows: Vec<Flow>) -> Plan {
    let mut main = network("main");
    let front = LoadBalancer {
        name: "front".into(),
        probe: traffic("tcp/80"),
        probe_path: None,
    };
    main.load_balancers.insert("front".into(), front);
    main.endpoints.insert("storage".into(), endpoint("storage"));
    Plan {
        stack: "test".into(),
        environment: None,
        pattern: "test".into(),
        version: "1.0.0".into(),
        title: "A test".into(),
        cloud: Cloud::Aws,
        region: None,
        tags: IndexMap::new(),
        parameters: IndexMap::new(),
        networks: vec![main],
        datacenter: None,
        tied: false,
        tiers: tiers
            .iter()
            .map(|name| ((*name).into(), tier(name)))
            .collect(),
        services: IndexMap::new(),
        flows,
        guarantees: Vec::new(),
        renamed: Renames::default(),
    }
}

fn tier(name: &str) -> Tier {
    Tier {
        name: name.into(),
        network: "main".into(),
        subnet: "main".into(),
        machines: None,
    }
}

/// One packet, as far as rules look at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Packet {
    Tcp(u16),
    Udp(u16),
    Icmp(u8),
    /// Any other protocol, which only `all` lets pass.
    Other,
}

/// One thing that a packet can come from or go to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Atom {
    Address(IpAddr),
    /// Any other end. It stands for itself.
    Whole(End),
}

/// One question that can be put to a list of rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Point {
    pub(super) direction: Direction,
    pub(super) atom: Atom,
    pub(super) packet: Packet,
}

/// Every port that decides something when ranges end at 1 to 8, at 443 or at 65535, and one in each gap.
const PORTS: [u16; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 443, 444, u16::MAX];

/// What distinguishes any two of the rules that the laws are tried on.
pub(super) fn universe() -> Vec<Point> {
    let icmp = [0, 1, 2, u8::MAX].map(Packet::Icmp);
    let mut packets = vec![Packet::Other];
    packets.extend(PORTS.map(Packet::Tcp));
    packets.extend(PORTS.map(Packet::Udp));
    packets.extend(icmp);
    let mut points = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        for atom in atoms() {
            points.extend(packets.iter().map(|packet| Point {
                direction,
                atom: atom.clone(),
                packet: *packet,
            }));
        }
    }
    points
}

fn atoms() -> Vec<Atom> {
    // Eight addresses that blocks divide, and one in each of the larger blocks around them.
    let last = (0..8).map(|last| format!("10.0.0.{last}"));
    let around = [
        "10.0.0.9", "10.9.0.0", "11.0.0.0", "::", "::1", "::2", "::9", "1::",
    ];
    let addresses = last.chain(around.map(String::from));
    let mut atoms: Vec<Atom> = addresses
        .map(|address| Atom::Address(address.parse().unwrap()))
        .collect();
    let whole = |kind: fn(String) -> End, names: [&str; 3]| {
        names.map(|name| Atom::Whole(kind(name.to_owned())))
    };
    atoms.extend(whole(End::Group, ["a", "b", "c"]));
    atoms.extend(whole(End::LoadBalancer, ["a", "b", "front"]));
    atoms.extend(whole(End::Service, ["a", "b", "storage"]));
    atoms.push(Atom::Whole(End::Internet));
    atoms
}

/// Whether a block holds the atom, by comparing addresses.
pub(super) fn in_block(block: Cidr, atom: &Atom) -> bool {
    match atom {
        Atom::Address(address) => {
            let family = address.is_ipv4() == block.first().is_ipv4();
            family && block.first() <= *address && *address <= block.last()
        }
        Atom::Whole(_) => false,
    }
}

pub(super) fn passes(traffic: Traffic, packet: Packet) -> bool {
    let within = |ports: Ports, port| ports.from().number() <= port && port <= ports.to().number();
    match (traffic, packet) {
        (Traffic::All, _) => true,
        (Traffic::Tcp(ports), Packet::Tcp(port)) | (Traffic::Udp(ports), Packet::Udp(port)) => {
            within(ports, port)
        }
        (Traffic::Icmp(kind), Packet::Icmp(sent)) => kind.is_none_or(|kind| kind == sent),
        _ => false,
    }
}

/// Whether a rule lets the point pass.
pub(super) fn admits(rule: &Rule, point: &Point) -> bool {
    let end = match &rule.end {
        End::Block(block) => in_block(*block, &point.atom),
        end => point.atom == Atom::Whole(end.clone()),
    };
    rule.direction == point.direction && end && passes(rule.traffic, point.packet)
}

/// For each point of the universe, whether one of the rules lets it pass.
pub(super) fn admitted(rules: &[Rule], points: &[Point]) -> Vec<bool> {
    let any = |point| rules.iter().any(|rule| admits(rule, point));
    points.iter().map(any).collect()
}

/// Whether everything of `part` is in `whole`, both as [`admitted`] gives them.
pub(super) fn within(part: &[bool], whole: &[bool]) -> bool {
    part.iter().zip(whole).all(|(part, whole)| !part || *whole)
}

/// Compares each rule with each other one, point by point.
pub(super) fn slow_prune(rules: &[Rule], points: &[Point]) -> Vec<Rule> {
    let sets: Vec<_> = rules
        .iter()
        .map(|rule| admitted(std::slice::from_ref(rule), points))
        .collect();
    let precedence = |index: usize| {
        let rule = &rules[index];
        (rule.slot, &rule.why, &rule.through, index)
    };
    let superfluous = |index: usize| {
        (0..rules.len()).any(|other| {
            let wider = within(&sets[index], &sets[other]);
            let equal = wider && within(&sets[other], &sets[index]);
            wider && (!equal || precedence(other) < precedence(index))
        })
    };
    let kept = (0..rules.len()).filter(|index| !superfluous(*index));
    let mut kept: Vec<Rule> = kept.map(|index| rules[index].clone()).collect();
    kept.sort();
    kept
}

/// Whether one of the plan's flows asks for the point at this tier.
pub(super) fn wanted(plan: &Plan, tier: &str, point: &Point) -> bool {
    plan.flows.iter().any(|flow| {
        let (here, other) = match point.direction {
            Direction::Ingress => (&flow.to, &flow.from),
            Direction::Egress => (&flow.from, &flow.to),
        };
        *here == Peer::Named(tier.into()) && asks(plan, flow, other, point)
    })
}

/// Whether a flow with `other` at the other end asks for the point.
fn asks(plan: &Plan, flow: &Flow, other: &Peer, point: &Point) -> bool {
    let Allow::Traffic(traffic) = flow.allow else {
        let storage = Atom::Whole(End::Service("storage".into()));
        let through = flow.through.as_deref() == Some("storage");
        let out = point.direction == Direction::Egress;
        return out && through && point.atom == storage && point.packet == Packet::Tcp(443);
    };
    let is = |end| point.atom == Atom::Whole(end);
    let end = match other {
        Peer::Internet => is(End::Internet),
        Peer::Datacenter => {
            let ranges = &plan.datacenter.as_ref().unwrap().ranges;
            ranges.iter().any(|range| in_block(*range, &point.atom))
        }
        Peer::Block(block) => in_block(*block, &point.atom),
        Peer::Named(name) if name == "front" => is(End::LoadBalancer(name.clone())),
        Peer::Named(name) if plan.tiers.contains_key(name) => is(End::Group(name.clone())),
        Peer::Named(_) => false,
    };
    end && passes(traffic, point.packet)
}
