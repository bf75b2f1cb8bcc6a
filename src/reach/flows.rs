//! A matrix as flows, for templates without a plan.

use foldhash::{HashSet, HashSetExt};

use super::grant::Basis;
use super::matrix::{End, Matrix, Outside, Passage};
use super::request;
use super::set::{Addresses, PacketBox, Packets, Set};
use super::words::{self, Found, Naming, Outlook};
use crate::net::Cidr;

/// Whose flows somebody wants to see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Those of the Internet: of any public address.
    Internet,
    /// Those of the other side of a VPN or of another network: of any private address.
    Datacenter,
    /// Those of a block of addresses.
    Block(Cidr),
    /// Those of a peer, by its name.
    Named(String),
}

impl Wanted {
    /// Whom a word means.
    #[must_use]
    pub fn read(word: &str) -> Self {
        let address = || {
            let address: std::net::IpAddr = word.parse().ok()?;
            let bits = if address.is_ipv4() { 32 } else { 128 };
            Cidr::holding(address, bits).ok()
        };
        match word {
            "internet" => Self::Internet,
            "datacenter" => Self::Datacenter,
            _ => match word.parse().ok().or_else(address) {
                Some(block) => Self::Block(block),
                None => Self::Named(word.to_owned()),
            },
        }
    }
}

/// The names of a matrix's own peers.
pub(super) struct Own<'a> {
    pub(super) matrix: &'a Matrix,
    pub(super) outlook: Outlook,
}

impl Naming for Own<'_> {
    fn name(&self, peer: usize) -> String {
        let peer = self.matrix.peers.get(peer);
        peer.map_or_else(String::new, |peer| peer.name.clone())
    }

    fn outlook(&self) -> &Outlook {
        &self.outlook
    }
}

/// The flows of a matrix, in its order, each once.
#[must_use]
pub fn flows(matrix: &Matrix, from: Option<&Wanted>, to: Option<&Wanted>) -> Vec<Found> {
    let seats = matrix.peers.iter().flat_map(|peer| &peer.seats);
    let networks = seats.map(|seat| seat.addresses.clone()).collect();
    let own = Own {
        matrix,
        outlook: Outlook {
            datacenter: Addresses::nothing(),
            networks,
        },
    };
    let mut seen = HashSet::new();
    let mut flows = Vec::new();
    let mut add = |found: Found| {
        if seen.insert(found.words()) {
            flows.push(found);
        }
    };
    for passage in &matrix.passages {
        let Some(sources) = side(&own, passage.from, from) else {
            continue;
        };
        let Some(targets) = side(&own, passage.to, to) else {
            continue;
        };
        let packets = narrowed(passage, sources, targets);
        words::found(matrix, &own, passage, &packets)
            .into_iter()
            .for_each(&mut add);
    }
    let granted = matrix.grants.iter();
    let granted = granted.filter(|grant| grant.basis == Basis::Granted);
    granted
        .flat_map(request::found)
        .filter(|found| is_wanted(&found.from, from) && is_wanted(&found.to, to))
        .for_each(&mut add);
    flows
}

/// Whether somebody wants to see what a peer may do to services. Whoever has no name in the template may come from the
/// Internet.
fn is_wanted(name: &str, wanted: Option<&Wanted>) -> bool {
    match wanted {
        None => true,
        Some(Wanted::Named(word)) => name.eq_ignore_ascii_case(word),
        Some(Wanted::Internet) => name.starts_with("everybody"),
        Some(Wanted::Datacenter | Wanted::Block(_)) => false,
    }
}

/// The packets of a passage between these addresses.
fn narrowed(passage: &Passage, source: Addresses, destination: Addresses) -> Packets {
    let everything = Addresses::everything();
    if source == everything && destination == everything {
        return passage.some.clone();
    }
    passage.some.intersection(&Packets::of(PacketBox {
        source,
        destination,
        ..PacketBox::default()
    }))
}

/// The addresses of an end that somebody wants to see; nothing when it is another one.
fn side(own: &Own<'_>, end: End, wanted: Option<&Wanted>) -> Option<Addresses> {
    let Some(wanted) = wanted else {
        return Some(Addresses::everything());
    };
    let named = |name: String| match wanted {
        Wanted::Named(word) if name.eq_ignore_ascii_case(word) => Some(Addresses::everything()),
        _ => None,
    };
    match end {
        End::Seat(peer, _) | End::Outside(Outside::Probe(peer)) => named(own.name(peer)),
        End::Outside(Outside::Service(service)) => named(service.to_owned()),
        End::Outside(Outside::Remote) => match wanted {
            Wanted::Internet => Some(Addresses::public()),
            Wanted::Datacenter => Some(Addresses::public().complement()),
            Wanted::Block(block) => Some((*block).into()),
            Wanted::Named(_) => None,
        },
    }
}
