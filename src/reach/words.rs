//! Peers and traffic in the words of flows, for people.

use super::matrix::{End, Matrix, Outside, Passage, Reason, Way};
use super::set::{Addresses, Intervals, Packet, PacketBox, Packets, Set};

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
        let v6 = Addresses::everything().only_v6();
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

/// Something that passes, in the words of flows.
#[derive(Clone, Debug)]
pub struct Found {
    /// Who starts.
    pub from: String,
    /// Who is reached.
    pub to: String,
    /// What passes.
    pub allow: String,
    /// By which way, where it is not the direct one.
    pub through: Option<String>,
    /// A packet that shows it.
    pub packet: Option<Packet>,
    /// The rules and routes that let it pass.
    pub reasons: Vec<Reason>,
}

impl Found {
    /// What it says, of whatever seats.
    #[must_use]
    pub fn words(&self) -> [String; 4] {
        let through = self.through.clone().unwrap_or_default();
        [
            self.from.clone(),
            self.to.clone(),
            self.allow.clone(),
            through,
        ]
    }
}

/// How peers are called: by their own names, or by those that a plan has for them.
pub trait Naming {
    /// The name of the peer at a position.
    fn name(&self, peer: usize) -> String;
    /// What is called `datacenter` and `internet`.
    fn outlook(&self) -> &Outlook;
}

/// Packets of a passage in words, one for each pair of peers and each kind of traffic.
#[must_use]
pub fn found(
    matrix: &Matrix,
    naming: &impl Naming,
    passage: &Passage,
    packets: &Packets,
) -> Vec<Found> {
    let mut all = Vec::new();
    for part in packets.boxes() {
        let remote = far(passage.from, part);
        for (from, sources) in end(naming, passage.from, remote) {
            for (to, targets) in end(naming, passage.to, remote) {
                let part = PacketBox {
                    source: part.source.intersection(&sources),
                    destination: part.destination.intersection(&targets),
                    ..part.clone()
                };
                let packets = Packets::of(part.clone());
                let reasons = reasons(passage, &packets);
                let packet = example(matrix, passage, &packets);
                all.extend(part.traffic.words().into_iter().map(|allow| Found {
                    from: from.clone(),
                    to: to.clone(),
                    allow,
                    through: way(naming, passage.way),
                    packet,
                    reasons: reasons.clone(),
                }));
            }
        }
    }
    all
}

/// The reasons of a passage that let some of these packets pass.
fn reasons(passage: &Passage, packets: &Packets) -> Vec<Reason> {
    let reasons = passage.reasons.iter();
    reasons
        .filter(|reason| {
            let known = reason.packets.as_ref();
            known.is_none_or(|known| known.overlaps(packets))
        })
        .cloned()
        .collect()
}

/// A packet between machines of the seats.
fn example(matrix: &Matrix, passage: &Passage, packets: &Packets) -> Option<Packet> {
    let seat = |end| match end {
        End::Seat(peer, seat) => {
            let seat = matrix.peers.get(peer)?.seats.get(seat)?;
            Some(seat.addresses.clone())
        }
        End::Outside(_) => None,
    };
    let among = PacketBox {
        source: seat(passage.from).unwrap_or_else(Addresses::everything),
        destination: seat(passage.to).unwrap_or_else(Addresses::everything),
        source_ports: Intervals::range(1024, u16::MAX),
        ..PacketBox::default()
    };
    packets.intersection(&Packets::of(among)).example()
}

/// What an end is called, with the addresses that the word stands for.
fn end(naming: &impl Naming, end: End, remote: &Addresses) -> Vec<(String, Addresses)> {
    let one = |name| vec![(name, Addresses::everything())];
    match end {
        End::Seat(peer, _) | End::Outside(Outside::Probe(peer)) => one(naming.name(peer)),
        End::Outside(Outside::Service(service)) => one(service.to_owned()),
        End::Outside(Outside::Remote) => naming.outlook().remote(remote),
    }
}

/// The way that packets take, in words.
fn way(naming: &impl Naming, way: Way) -> Option<String> {
    match way {
        Way::Local | Way::Internet => None,
        Way::Nat => Some("nat".into()),
        Way::Vpn => Some("datacenter".into()),
        Way::Endpoint => Some("endpoint".into()),
        Way::Peering => Some("peering".into()),
        Way::Balancer(at) => Some(naming.name(at)),
    }
}

/// The remote addresses of a box.
fn far(from: End, part: &PacketBox) -> &Addresses {
    match from {
        End::Outside(Outside::Remote) => &part.source,
        _ => &part.destination,
    }
}
