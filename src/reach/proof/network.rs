//! Flows on the network: what is missing, and what is extra.

use std::borrow::Cow;

use foldhash::{HashSet, HashSetExt};

use super::Finding;
use super::design::{Design, Who};
use crate::net::IpVersion;
use crate::plan::{Allow, Flow, Peer};
use crate::reach::matrix::{End, Outside, Passage, Way};
use crate::reach::set::{Addresses, Packet, Packets, Set};
use crate::reach::words::Found;

/// The flows of the plan that do not pass, and what passes beside them.
pub(super) fn compare(design: &Design<'_>) -> (Vec<Finding>, Vec<Finding>) {
    let flows = &design.plan.flows;
    let missing = flows.iter().flat_map(|flow| missing(design, flow));
    let extra = design.matrix.passages.iter();
    let extra = extra.flat_map(|passage| extra_of(design, passage));
    (unique(missing.collect()), unique(extra.collect()))
}

fn is_inward(passage: &Passage) -> bool {
    matches!(passage.from, End::Outside(_))
}

/// What passes by one way and is no flow.
fn extra_of(design: &Design<'_>, passage: &Passage) -> Vec<Finding> {
    let inward = is_inward(passage);
    let mut left = Cow::Borrowed(&passage.some);
    let spoken = design.spoken(passage);
    // What passes between addresses that the design does not have is no flow of it.
    let known = [passage.from, passage.to]
        .into_iter()
        .all(|end| design.has_some(end, &spoken));
    for flow in &design.plan.flows {
        if known && design.joins(flow, passage) && design.takes(flow, passage.way, inward) {
            left = Cow::Owned(left.difference(&design.may(flow, inward, &spoken)));
            if left.is_nothing() {
                return Vec::new();
            }
        }
    }
    if left.is_nothing() {
        return Vec::new();
    }
    let stranger = [passage.from, passage.to]
        .into_iter()
        .any(|end| design.who(end) == Who::Stranger);
    let why = if stranger {
        "the design has no such peer"
    } else if !known {
        "the design has no addresses of this version of IP"
    } else if passage.way == Way::Local && matches!(passage.from, End::Outside(Outside::Remote)) {
        "whoever else has such an address in the network may do it, and the design has no such flow"
    } else {
        "the design has no such flow"
    };
    design.findings(passage, &left, why)
}

/// What of a flow does not pass, or not from every machine of its tiers.
fn missing(design: &Design<'_>, flow: &Flow) -> Vec<Finding> {
    let Some(ends) = ends(design, flow) else {
        return Vec::new();
    };
    if ends.is_empty() {
        return vec![lacking(
            flow,
            "no machines of the tier are in the template",
            None,
        )];
    }
    let versions = design.versions(flow).into_iter();
    let findings = versions.flat_map(|version| missing_by(design, flow, &ends, version));
    findings.collect()
}

/// What of a flow does not pass by a version of IP.
fn missing_by(
    design: &Design<'_>,
    flow: &Flow,
    ends: &[(End, End)],
    version: IpVersion,
) -> Vec<Finding> {
    let addresses = Addresses::of_version(version);
    let speak = |(from, to): &&(End, End)| {
        design.has_some(*from, &addresses) && design.has_some(*to, &addresses)
    };
    let ends: Vec<_> = ends.iter().filter(speak).collect();
    if ends.is_empty() {
        let why = match version {
            IpVersion::V4 => "no machines of the tier have addresses of IPv4 in the template",
            IpVersion::V6 => "no machines of the tier have addresses of IPv6 in the template",
        };
        return vec![lacking(flow, why, None)];
    }
    let mut findings = Vec::new();
    let sure = |(from, to): &&(End, End)| design.is_addressed(*from) && design.is_addressed(*to);
    if !ends.iter().copied().all(|pair| sure(&pair)) {
        let why = "not every machine of the tier surely has an address of IPv6";
        findings.push(lacking(flow, why, None));
    }
    // All ends of one flow are on the same sides.
    let inward = ends.iter().any(|(from, _)| matches!(from, End::Outside(_)));
    let wanted = design.must(flow, inward, version);
    for &(from, to) in ends {
        let mut left = Cow::Borrowed(&wanted);
        let mut near: Option<&Passage> = None;
        for passage in &design.matrix.passages {
            let same = |end: End, wanted: End| match (end, wanted) {
                // Which service it is, the flow's way has decided.
                (End::Outside(Outside::Service(_)), End::Outside(Outside::Service(_))) => true,
                (end, wanted) => end == wanted,
            };
            if same(passage.from, from)
                && same(passage.to, to)
                && design.relies_on(flow, passage.way, inward)
            {
                left = Cow::Owned(left.difference(&relied_on(passage)));
                near = near.or(Some(passage));
            }
        }
        if !left.is_nothing() {
            let why = match (near, version) {
                (None, IpVersion::V4) => "nothing lets it pass",
                (Some(_), IpVersion::V4) => "it does not pass in full, or not for every machine",
                (None, IpVersion::V6) => "nothing lets it pass by IPv6",
                (Some(_), IpVersion::V6) => {
                    "it does not pass in full by IPv6, or not for every machine"
                }
            };
            findings.push(lacking(flow, why, left.example()));
        }
    }
    findings
}

/// What one can rely on. A probe comes from the address that its cloud gives it, whichever that is.
fn relied_on(passage: &Passage) -> Cow<'_, Packets> {
    match passage.from {
        End::Outside(Outside::Probe(_)) => Cow::Owned(passage.every.for_some(|part| {
            part.source = Addresses::everything();
        })),
        _ => Cow::Borrowed(&passage.every),
    }
}

/// The pairs of ends that a flow must pass between; nothing for a flow that is no matter of the network.
fn ends(design: &Design<'_>, flow: &Flow) -> Option<Vec<(End, End)>> {
    let outside = |peer: &Peer| match peer {
        Peer::Named(_) => None,
        _ => Some(End::Outside(Outside::Remote)),
    };
    let tier = |peer: &Peer| match peer {
        Peer::Named(name) if design.plan.tiers.contains_key(name) => Some(design.seats(name)),
        _ => None,
    };
    let balancer = |peer: &Peer| match peer {
        Peer::Named(name) => {
            let mut peers = 0..design.matrix.peers.len();
            peers.find(|at| design.planned(*at) == Some(name))
        }
        _ => None,
    };
    if let Allow::Action(_) = flow.allow {
        // Through an endpoint, the network carries it; everything else that is done to services is no packet of ours.
        let service = End::Outside(Outside::Service("s3"));
        let from = tier(&flow.from).filter(|_| flow.through.is_some())?;
        return Some(from.into_iter().map(|seat| (seat, service)).collect());
    }
    let pairs = match (tier(&flow.from), tier(&flow.to)) {
        (Some(from), Some(to)) => {
            let pairs = from
                .iter()
                .flat_map(|&from| to.iter().map(move |&to| (from, to)));
            pairs.collect()
        }
        (Some(from), None) => {
            let to = outside(&flow.to)?;
            from.into_iter().map(|seat| (seat, to)).collect()
        }
        (None, Some(to)) => {
            let probe = || balancer(&flow.from).map(|at| End::Outside(Outside::Probe(at)));
            let Some(from) = outside(&flow.from).or_else(probe) else {
                return Some(Vec::new());
            };
            to.into_iter().map(|seat| (from, seat)).collect()
        }
        (None, None) => return None,
    };
    Some(pairs)
}

fn lacking(flow: &Flow, why: &str, packet: Option<Packet>) -> Finding {
    Finding {
        found: Found {
            from: flow.from.to_string(),
            to: flow.to.to_string(),
            allow: flow.allow.to_string(),
            through: flow.through.clone(),
            packet,
            reasons: Vec::new(),
        },
        why: why.into(),
    }
}

/// The findings without those that say the same of another seat.
fn unique(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut said = HashSet::new();
    findings.retain(|finding| said.insert(finding.found.words()));
    findings
}
