//! An interface, as its machine describes it, and the peer that it belongs to.

use std::net::IpAddr;

use super::filter::GroupId;
use super::seats::Address;
use super::survey::called;
use crate::cloud::{ResourceId, Term};
use crate::net::IpVersion;
use crate::reach::matrix::{Peer, PeerKind};

/// What makes a peer: application security groups and the filter of the interface.
pub(super) type Key<'a> = (Vec<GroupId>, Option<&'a ResourceId>, Option<&'a Term>);

/// An interface, as its machine describes it.
pub(super) struct Card<'a> {
    pub(super) owner: Option<(usize, &'a ResourceId)>,
    pub(super) ground: usize,
    pub(super) version: IpVersion,
    pub(super) filter: Option<&'a Term>,
    pub(super) groups: Vec<GroupId>,
    pub(super) named: Vec<&'a Term>,
    pub(super) pools: Vec<&'a Term>,
    pub(super) nat_rules: Vec<&'a Term>,
    pub(super) public: Option<Address>,
    pub(super) fixed: Option<IpAddr>,
    pub(super) several: bool,
}

impl<'a> Card<'a> {
    pub(super) fn key(&self, guard: Option<&'a ResourceId>) -> Key<'a> {
        let alone = self.groups.is_empty() && guard.is_none() && self.filter.is_none();
        let owner = self.owner.filter(|_| alone).map(|(_, id)| id);
        let strange = self.filter.filter(|_| guard.is_none());
        (self.groups.clone(), guard.or(owner), strange)
    }

    pub(super) fn peer(&self, guard: Option<&ResourceId>) -> Peer {
        let names: Vec<_> = self.named.iter().map(|term| short(term)).collect();
        let own = || {
            let owner = self.owner.map(|(_, id)| id.name());
            guard.map(ResourceId::name).or(owner).unwrap_or_default()
        };
        let ids = self.named.iter().filter_map(|term| match term {
            Term::Attribute(id, _) => Some(id),
            _ => None,
        });
        Peer {
            name: if names.is_empty() {
                own().to_owned()
            } else {
                names.join("+")
            },
            kind: PeerKind::Tier,
            resources: ids.chain(guard).cloned().collect(),
            seats: Vec::new(),
        }
    }
}

fn short(term: &Term) -> String {
    match term {
        Term::Attribute(id, _) => id.name().to_owned(),
        Term::Parameter(name) => name.as_str().to_owned(),
        other => called(other),
    }
}
