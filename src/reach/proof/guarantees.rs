//! Guarantees, checked on what passes and not on what was planned.

use super::design::{Design, Who};
use super::{Checked, Finding, deeds};
use crate::plan::{Allow, Guarantee, Peer};
use crate::reach::matrix::{End, Outside, Passage, Way};
use crate::reach::set::{Addresses, PacketBox, Packets, Set, TrafficSet};

/// Every guarantee of the plan, each with what breaks it.
pub(super) fn check(design: &Design<'_>) -> Vec<Checked> {
    let guarantees = design.plan.guarantees.iter();
    guarantees
        .map(|guarantee| Checked {
            text: guarantee.to_string(),
            counterexample: counterexample(design, guarantee)
                .or_else(|| deeds::counterexample(design, guarantee)),
        })
        .collect()
}

fn counterexample(design: &Design<'_>, guarantee: &Guarantee) -> Option<Finding> {
    let mut passages = design.matrix.passages.iter();
    passages.find_map(|passage| {
        let broken = broken(design, guarantee, passage)?;
        if broken.is_nothing() {
            return None;
        }
        let why = format!("it breaks the guarantee that {guarantee}");
        let mut findings = design.findings(passage, &broken, &why).into_iter();
        findings.next()
    })
}

/// What passes by one way and breaks a guarantee. Mostly that is nothing, which shows before any packets are looked at.
fn broken(design: &Design<'_>, guarantee: &Guarantee, passage: &Passage) -> Option<Packets> {
    let meant = match guarantee {
        Guarantee::Never { from, to } => PacketBox {
            source: side(design, from, passage, true)?,
            destination: side(design, to, passage, false)?,
            ..PacketBox::default()
        },
        Guarantee::Only { only, to, allow } => {
            let traffic = match allow {
                None => TrafficSet::everything(),
                Some(Allow::Traffic(traffic)) => (*traffic).into(),
                Some(Allow::Action(_)) => return None,
            };
            let destination = side(design, to, passage, false)?;
            let mut left = Addresses::everything();
            for peer in only {
                if let Some(allowed) = side(design, peer, passage, true) {
                    left = left.difference(&allowed);
                }
            }
            PacketBox {
                source: left,
                destination,
                traffic,
                ..PacketBox::default()
            }
        }
        Guarantee::LeavesThrough { all, through } => {
            side(design, all, passage, true)?;
            if passage.way == way_through(through)? {
                return None;
            }
            PacketBox {
                destination: side(design, &Peer::Internet, passage, false)?,
                ..PacketBox::default()
            }
        }
    };
    let meets = passage.some.meets(&meant);
    meets.then(|| passage.some.intersection(&Packets::of(meant)))
}

/// The addresses at the source (or destination) that are a peer of the plan; nothing when that end of the passage is
/// somebody else.
fn side(design: &Design<'_>, peer: &Peer, passage: &Passage, source: bool) -> Option<Addresses> {
    let end = if source { passage.from } else { passage.to };
    Some(match (peer, design.who(end)) {
        (Peer::Named(name), Who::Named(known)) => {
            // A probe is of the load balancer, and so is what only passes through it.
            (name == known).then(Addresses::everything)?
        }
        (Peer::Internet, Who::Remote) => internet(design, passage).clone(),
        (Peer::Datacenter, Who::Remote) => design.outlook.datacenter.clone(),
        (Peer::Block(block), Who::Remote) => (*block).into(),
        _ => return None,
    })
}

/// The addresses of the Internet: what is neither in the networks nor in the datacenter. Over the VPN, private addresses
/// that nobody listed are the customer's business.
fn internet<'d>(design: &'d Design<'_>, passage: &Passage) -> &'d Addresses {
    match (passage.way, passage.from) {
        (Way::Vpn, End::Outside(Outside::Remote)) => &design.internet,
        _ => &design.elsewhere,
    }
}

fn way_through(peer: &Peer) -> Option<Way> {
    match peer {
        Peer::Datacenter => Some(Way::Vpn),
        Peer::Named(name) if name == "nat" => Some(Way::Nat),
        _ => None,
    }
}
