//! What one set of resources lets through that another one does not.
//!
//! Knows two matrices and no cloud, and nothing of the resources behind them. Peers are the same when they have the same name.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::flows::Own;
use super::grant::{Basis, Grant, Origin};
use super::matrix::{End, Matrix, Outside, Passage, Way};
use super::request;
use super::set::{Addresses, Packets, Set};
use super::words::{self, Found, Outlook};

/// What may pass by the second matrix and by the first one not, in the order of the second.
///
/// `datacenter` are the addresses that are called so. What passes for some of a machine's addresses counts as passing.
#[must_use]
pub fn opened(old: &Matrix, new: &Matrix, datacenter: &Addresses) -> Vec<Found> {
    let known = known(old);
    let own = Own {
        matrix: new,
        outlook: Outlook {
            datacenter: datacenter.clone(),
            networks: networks(old).union(&networks(new)),
        },
    };
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut add = |it: Found| {
        if seen.insert(it.words()) {
            found.push(it);
        }
    };
    for passage in &new.passages {
        let left = match known.get(&Key::of(new, passage)) {
            Some(known) => passage.some.difference(known),
            None => passage.some.clone(),
        };
        if !left.is_nothing() {
            let words = words::found(new, &own, passage, &left);
            words.into_iter().for_each(&mut add);
        }
    }
    let granted = |matrix: &'_ Matrix| -> Vec<Grant> {
        let grants = matrix.grants.iter();
        let grants = grants.filter(|grant| grant.basis == Basis::Granted);
        grants.cloned().collect()
    };
    let before = granted(old);
    for grant in granted(new) {
        let known: Vec<_> = before.iter().filter(|it| same(it, &grant)).collect();
        for found in request::found(&grant) {
            if !known.iter().any(|it| comes_alike(it, &grant, &found)) {
                add(found);
            }
        }
    }
    found
}

/// Whether what comes by one of the ways of a grant comes by the other grant as well.
fn comes_alike(other: &Grant, grant: &Grant, way: &Found) -> bool {
    let by = |grant: &Grant| -> Vec<Origin> {
        let origins = grant.origins.iter();
        let by = origins.filter(|it| request::through(it) == way.through);
        by.cloned().collect()
    };
    other.origins.is_empty() || !grant.origins.is_empty() && by(other) == by(grant)
}

/// Whether two grants let the same happen, whatever statements they rest on and wherever it comes from.
fn same(one: &Grant, other: &Grant) -> bool {
    let demands = |grant: &Grant| {
        let mut demands = grant.demands.clone();
        demands.sort();
        demands
    };
    (&one.from, &one.to, one.action, &one.verb)
        == (&other.from, &other.to, other.action, &other.verb)
        && demands(one) == demands(other)
}

/// From whom to whom by which way, in words that mean the same in both matrices.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    from: String,
    to: String,
    way: String,
}

impl Key {
    fn of(matrix: &Matrix, passage: &Passage) -> Self {
        let name = |at: usize| matrix.peers.get(at).map_or("", |peer| peer.name.as_str());
        // A peer and whatever is outside never have the same word: the first letter tells them apart.
        let end = |end: End| match end {
            End::Seat(peer, seat) => {
                let peer_seats = matrix.peers.get(peer).map(|peer| &peer.seats);
                let seat = peer_seats.and_then(|seats| seats.get(seat));
                // A seat's own addresses are forgotten in packets, and with them the version of IP.
                let v4 = seat.is_none_or(|seat| seat.addresses.overlaps(&Addresses::v4()));
                format!("{}{}", if v4 { "=" } else { "=IPv6 of " }, name(peer))
            }
            End::Outside(Outside::Remote) => "*".to_owned(),
            End::Outside(Outside::Probe(peer)) => format!("?{}", name(peer)),
            End::Outside(Outside::Service(service)) => format!("@{service}"),
        };
        Self {
            from: end(passage.from),
            to: end(passage.to),
            way: match passage.way {
                Way::Balancer(at) => format!("={}", name(at)),
                way => format!("{way:?}"),
            },
        }
    }
}

/// What passes, by who and how.
fn known(matrix: &Matrix) -> HashMap<Key, Packets> {
    let mut known: HashMap<Key, Packets> = HashMap::new();
    for passage in &matrix.passages {
        let packets = known
            .entry(Key::of(matrix, passage))
            .or_insert_with(Packets::nothing);
        *packets = packets.union(&passage.some);
    }
    known
}

fn networks(matrix: &Matrix) -> Addresses {
    let seats = matrix.peers.iter().flat_map(|peer| &peer.seats);
    seats.fold(Addresses::nothing(), |all, seat| all.union(&seat.addresses))
}
