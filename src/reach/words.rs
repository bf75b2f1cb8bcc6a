//! Peers and traffic in the words of flows, for people.

use super::matrix::{End, Matrix, Outside, Way};
use super::set::{Addresses, PacketBox, Set};

/// More blocks than these are told by their number.
const MOST_BLOCKS: usize = 16;

/// What is called `datacenter` and `internet`, where somebody has said it.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The ranges on the customer's side.
    pub datacenter: Addresses,
    /// The address spaces of the networks themselves.
    pub networks: Addresses,
}

impl Outlook {
    /// The addresses of the Internet.
    #[must_use]
    pub fn internet(&self) -> Addresses {
        let public = Addresses::public().difference(&self.datacenter);
        public.difference(&self.networks)
    }

    /// What remote addresses are called, each part by one word.
    #[must_use]
    pub fn remote(&self, addresses: &Addresses) -> Vec<(String, Addresses)> {
        let mut words = Vec::new();
        let mut left = addresses.clone();
        if !self.datacenter.is_nothing() && left.covers(&self.datacenter) {
            words.push(("datacenter".to_owned(), self.datacenter.clone()));
            left = left.difference(&self.datacenter);
        }
        let internet = self.internet();
        let v6 = Addresses::everything().difference(&Addresses::v4());
        for family in [Addresses::v4(), v6] {
            let all = internet.intersection(&family);
            if left.covers(&all) {
                // What is neither public nor anybody's that is known goes with it.
                let with = left.intersection(&family);
                left = left.difference(&with);
                match words.last_mut() {
                    Some((word, known)) if word == "internet" => *known = known.union(&with),
                    _ => words.push(("internet".to_owned(), with)),
                }
            }
        }
        let blocks = left.cidrs();
        if blocks.len() > MOST_BLOCKS {
            words.push((format!("{} blocks of addresses", blocks.len()), left));
        } else {
            let blocks = blocks.into_iter();
            words.extend(blocks.map(|block| (block.to_string(), block.into())));
        }
        words
    }
}

/// What an end is called, with the addresses that the word stands for.
#[must_use]
pub fn end(matrix: &Matrix, outlook: &Outlook, end: End, remote: &Addresses) -> Vec<(String, Addresses)> {
    let name = |at: usize| {
        let peer = matrix.peers.get(at);
        let name = peer.map_or_else(String::new, |peer| peer.name.clone());
        vec![(name, Addresses::everything())]
    };
    match end {
        End::Seat(peer, _) | End::Outside(Outside::Probe(peer)) => name(peer),
        End::Outside(Outside::Service(service)) => {
            vec![(service.to_owned(), Addresses::everything())]
        }
        End::Outside(Outside::Remote) => outlook.remote(remote),
    }
}

/// The way that packets take, in words.
#[must_use]
pub fn way(matrix: &Matrix, way: Way) -> Option<String> {
    match way {
        Way::Local | Way::Internet => None,
        Way::Nat => Some("nat".into()),
        Way::Vpn => Some("datacenter".into()),
        Way::Endpoint => Some("endpoint".into()),
        Way::Peering => Some("peering".into()),
        Way::Balancer(at) => matrix.peers.get(at).map(|peer| peer.name.clone()),
    }
}

/// The remote addresses of a box.
#[must_use]
pub fn far(from: End, part: &PacketBox) -> &Addresses {
    match from {
        End::Outside(Outside::Remote) => &part.source,
        _ => &part.destination,
    }
}
