//! Our own stacks: what their resources let through is what their flows say, no more and no less.

use std::collections::BTreeMap;
use std::path::Path;

use super::matrix;
use crate::cloud::azure::{self, fixtures};
use crate::plan::{self, Allow, Flow, Plan};
use crate::reach::set::{Addresses, PacketBox, Packets, Set};
use crate::reach::{End, Matrix, Outside, Way};
use crate::spec::{Pattern, Stack};
use crate::yaml;

fn example(name: &str) -> Plan {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let node = |path: String| {
        let bytes = std::fs::read(project.join(&path)).unwrap();
        let source = yaml::decode(&path, &bytes, yaml::Dialect::SPEC).unwrap();
        yaml::read(&source).unwrap()
    };
    let stack = Stack::read(&node(format!("examples/{name}.yaml"))).unwrap();
    let pattern = Pattern::read(&node(format!("patterns/{}.yaml", stack.pattern))).unwrap();
    plan::expand(&pattern, &stack).unwrap()
}

/// Who passes to whom by which way, in the words of the plan.
type Line = (String, String, String);

/// What passes by each line, with the machines' own addresses forgotten.
type Lines = BTreeMap<Line, Packets>;

fn add(lines: &mut Lines, line: [&str; 3], packets: &Packets) {
    let line = line.map(str::to_owned).into();
    let known = lines.entry(line).or_insert_with(Packets::nothing);
    *known = known.union(packets);
}

/// What a plan says.
fn expected(plan: &Plan) -> Lines {
    let mut lines = Lines::new();
    for flow in &plan.flows {
        let Allow::Traffic(traffic) = flow.allow else {
            panic!("actions are no flows on Azure");
        };
        let remote = |peer: &plan::Peer| match peer {
            plan::Peer::Named(_) => Addresses::everything(),
            plan::Peer::Block(block) => (*block).into(),
            plan::Peer::Datacenter => datacenter(plan),
            plan::Peer::Internet => internet(plan),
        };
        let packets = Packets::of(PacketBox {
            source: remote(&flow.from),
            destination: remote(&flow.to),
            traffic: traffic.into(),
            ..PacketBox::default()
        });
        let (from, to) = (end(plan, &flow.from), end(plan, &flow.to));
        for way in ways(plan, flow) {
            // Machines with public addresses are let into where the load balancer's clients are.
            add(&mut lines, [&from, &to, &way], &packets);
        }
    }
    lines
}

fn datacenter(plan: &Plan) -> Addresses {
    plan.datacenter
        .iter()
        .flat_map(|it| it.ranges.iter().copied())
        .collect()
}

fn internet(plan: &Plan) -> Addresses {
    let own: Addresses = plan
        .networks
        .iter()
        .flat_map(|it| it.cidrs.iter().copied())
        .collect();
    Addresses::public()
        .only_v4()
        .difference(&own)
        .difference(&datacenter(plan))
}

fn end(plan: &Plan, peer: &plan::Peer) -> String {
    match peer {
        plan::Peer::Named(name) if plan.tiers.contains_key(name) => name.clone(),
        plan::Peer::Named(name) => format!("probe of {name}"),
        _ => "remote".to_owned(),
    }
}

fn ways(plan: &Plan, flow: &Flow) -> Vec<String> {
    let tier = |peer: &plan::Peer| match peer {
        plan::Peer::Named(name) => plan.tiers.get(name),
        _ => None,
    };
    let way = match (&flow.from, &flow.to, &flow.through) {
        (plan::Peer::Named(_), plan::Peer::Named(_), _) => "local",
        (plan::Peer::Datacenter, ..) | (_, plan::Peer::Datacenter, _) => "vpn",
        (_, plan::Peer::Internet, Some(through)) if through == "datacenter" => "vpn",
        (_, plan::Peer::Internet, _) => "nat",
        (_, _, Some(through)) => through.as_str(),
        (_, _, None) => "internet",
    };
    let machines = tier(&flow.to).and_then(|tier| tier.machines.as_ref());
    let own =
        machines.is_some_and(|machines| machines.public_addresses) && tier(&flow.from).is_none();
    let own = own && way != "local";
    [way]
        .into_iter()
        .chain(own.then_some("internet"))
        .map(str::to_owned)
        .collect()
}

/// What a matrix says, in the same words; of each passage what `pick` picks.
fn found(plan: &Plan, matrix: &Matrix, pick: impl Fn(&crate::reach::Passage) -> &Packets) -> Lines {
    // Names of resources end in the name of their part of the pattern.
    let part = |peer: usize| {
        let name = &matrix.peers[peer].name;
        let balancers = plan.networks.iter().flat_map(|it| it.load_balancers.keys());
        let mut parts = plan.tiers.keys().chain(balancers);
        let part = parts.find(|part| name.ends_with(&format!("-{}", part.replace('_', "-"))));
        part.unwrap_or_else(|| panic!("{name}")).clone()
    };
    let end = |end: End| match end {
        End::Seat(peer, _) => part(peer),
        End::Outside(Outside::Probe(peer)) => format!("probe of {}", part(peer)),
        End::Outside(Outside::Remote) => "remote".to_owned(),
        End::Outside(Outside::Service(name)) => name.to_owned(),
    };
    let mut lines = Lines::new();
    for passage in &matrix.passages {
        let way = match passage.way {
            Way::Balancer(peer) => part(peer),
            Way::Local => "local".to_owned(),
            Way::Internet => "internet".to_owned(),
            Way::Nat => "nat".to_owned(),
            Way::Vpn => "vpn".to_owned(),
            Way::Endpoint => "endpoint".to_owned(),
            Way::Peering => "peering".to_owned(),
        };
        add(
            &mut lines,
            [&end(passage.from), &end(passage.to), &way],
            pick(passage),
        );
    }
    // Probes come from one address, which no flow knows.
    for (line, packets) in &mut lines {
        if line.0.starts_with("probe of") {
            *packets = packets.for_some(|part| part.source = Addresses::everything());
        }
    }
    lines
}

fn proves(name: &str, plan: &Plan) {
    let resources = azure::lower(plan).unwrap().items;
    let matrix = matrix(resources);
    assert!(matrix.unknown.is_empty(), "{name}: {:?}", matrix.unknown);
    let expected = expected(plan);
    let some = found(plan, &matrix, |passage| &passage.some);
    let every = found(plan, &matrix, |passage| &passage.every);
    for (lines, which) in [(some, "some"), (every, "every")] {
        let keys = |lines: &Lines| lines.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&lines), keys(&expected), "{name}, {which}");
        for (line, packets) in &lines {
            let wanted = &expected[line];
            let (extra, missing) = (packets.difference(wanted), wanted.difference(packets));
            assert!(
                extra.is_nothing(),
                "{name}, {which}, {line:?}: too much: {extra:?}"
            );
            assert!(
                missing.is_nothing(),
                "{name}, {which}, {line:?}: too little: {missing:?}"
            );
        }
    }
}

#[test]
fn the_passages_of_every_example_are_its_flows() {
    for name in ["web", "web-full", "shop", "shop-full"] {
        proves(name, &example(name));
    }
}

#[test]
fn the_passages_of_every_fixture_are_its_flows() {
    for (name, plan) in fixtures::all() {
        proves(name, &plan);
    }
}
