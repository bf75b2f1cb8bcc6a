//! Whether the flows of a plan keep what its pattern guarantees.

use super::Checker;
use crate::diag::{Code, Place};
use crate::net::Cidr;
use crate::plan::{Allow, Guarantee, Peer};

impl Checker<'_> {
    pub(super) fn guarantee(&mut self, guarantee: &Guarantee, place: &Place) {
        for peer in guarantee.peers() {
            self.peer_at(peer, place);
        }
        let flows = self.plan.flows.iter();
        let broken = match guarantee {
            Guarantee::Never { from, to } => flows
                .clone()
                .find(|flow| meets(from, &flow.from) && meets(to, &flow.to)),
            Guarantee::Only { only, to, allow } => flows.clone().find(|flow| {
                let counts = allow.map_or(matches!(flow.allow, Allow::Traffic(_)), |allow| {
                    concerns(allow, flow.allow)
                });
                meets(to, &flow.to) && counts && !only.iter().any(|peer| meets(peer, &flow.from))
            }),
            Guarantee::LeavesThrough { all, through } => flows.clone().find(|flow| {
                let leaves = meets(all, &flow.from) && flow.to == Peer::Internet;
                leaves && flow.through.as_deref() != Some(through.to_string().as_str())
            }),
        };
        if let Some(flow) = broken {
            let message = format!(
                "the guarantee that {guarantee} is broken by the flow of `{}` from `{}` to `{}`",
                flow.allow, flow.from, flow.to
            );
            self.push(
                Code::BrokenGuarantee,
                message,
                place,
                "take back the flow or the guarantee".into(),
            );
        }
    }
}

/// Whether a flow that allows `flow` lets anything pass that a guarantee about `guarded` speaks of.
fn concerns(guarded: Allow, flow: Allow) -> bool {
    match (guarded, flow) {
        (Allow::Traffic(guarded), Allow::Traffic(flow)) => guarded.overlaps(flow),
        (guarded, flow) => guarded == flow,
    }
}

/// Whether a peer in a flow is, or may be, the peer that a guarantee speaks of.
fn meets(guarded: &Peer, peer: &Peer) -> bool {
    match (guarded, peer) {
        (Peer::Block(a), Peer::Block(b)) => a.overlaps(*b),
        // An address that is listed one by one is still an address of the Internet.
        (Peer::Internet, Peer::Block(block)) => !is_private(*block),
        (a, b) => a == b,
    }
}

/// Whether a block is for private networks only (RFC 1918).
fn is_private(block: Cidr) -> bool {
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
        .iter()
        .filter_map(|private| private.parse::<Cidr>().ok())
        .any(|private| private.contains(block))
}
