//! A plan beside a matrix: which peer of one is which peer of the other, and what the plan wants between them.

use indexmap::IndexMap;

use super::Finding;
use crate::cloud::ResourceId;
use crate::net::IpVersion;
use crate::plan::{Action, Allow, Flow, Network, Peer, Plan};
use crate::reach::matrix::{End, Matrix, Outside, Passage, Way};
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set, TrafficSet};
use crate::reach::words::{self, Naming, Outlook};

/// The resources that a plan's tiers, load balancers and services become, by their names in the plan.
pub type Names = IndexMap<String, Vec<ResourceId>>;

/// A plan beside a matrix.
pub struct Design<'a> {
    pub(super) plan: &'a Plan,
    pub(super) matrix: &'a Matrix,
    /// The name in the plan of each peer of the matrix.
    names: Vec<Option<&'a str>>,
    /// The network of each peer of the matrix that is a tier of the plan.
    networks: Vec<Option<&'a Network>>,
    /// What is called `datacenter` and `internet`.
    pub(super) outlook: Outlook,
    /// The addresses of the Internet, which many flows ask for.
    pub(super) internet: Addresses,
    /// What is neither in the networks nor in the datacenter, public or not.
    pub(super) elsewhere: Addresses,
}

/// One end of a passage in the words of the plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who<'a> {
    /// A tier, load balancer or service of the plan.
    Named(&'a str),
    /// Something that the plan does not have.
    Stranger,
    /// Whoever has the remote addresses.
    Remote,
    /// A service of the cloud itself.
    Service,
}

impl<'a> Design<'a> {
    /// Finds the plan's peers in a matrix.
    #[must_use]
    pub fn new(plan: &'a Plan, names: &'a Names, matrix: &'a Matrix) -> Self {
        // Where two have one name, the last one counts.
        let known = |id: &ResourceId| {
            let mut known = names.iter().rev();
            let found = known.find(|(_, ids)| ids.iter().any(|own| are_same(own, id)));
            found.map(|(name, _)| name.as_str())
        };
        let planned = |peer: &crate::reach::Peer| peer.resources.iter().find_map(known);
        let networks = plan.networks.iter().flat_map(Network::space);
        let datacenter = plan.datacenter.iter().flat_map(|it| &it.ranges);
        let outlook = Outlook {
            datacenter: datacenter.copied().collect(),
            networks: networks.collect(),
        };
        let names: Vec<_> = matrix.peers.iter().map(planned).collect();
        let networks = names.iter().map(|name| network_of(plan, (*name)?));
        Self {
            plan,
            matrix,
            networks: networks.collect(),
            names,
            internet: outlook.internet(),
            elsewhere: outlook.datacenter.union(&outlook.networks).complement(),
            outlook,
        }
    }

    /// The name in the plan of the peer at a position.
    pub(super) fn planned(&self, peer: usize) -> Option<&'a str> {
        self.names.get(peer).copied().flatten()
    }

    /// Who an end is.
    pub(super) fn who(&self, end: End) -> Who<'a> {
        match end {
            End::Seat(peer, _) | End::Outside(Outside::Probe(peer)) => {
                self.planned(peer).map_or(Who::Stranger, Who::Named)
            }
            End::Outside(Outside::Remote) => Who::Remote,
            End::Outside(Outside::Service(_)) => Who::Service,
        }
    }

    /// The seats of a tier of the plan.
    pub(super) fn seats(&self, name: &str) -> Vec<End> {
        let peers = self.matrix.peers.iter().enumerate();
        peers
            .filter(|(at, _)| self.planned(*at) == Some(name))
            .flat_map(|(at, peer)| (0..peer.seats.len()).map(move |seat| End::Seat(at, seat)))
            .collect()
    }

    /// Whether a flow goes from one end to another, whatever its way.
    pub(super) fn joins(&self, flow: &Flow, passage: &Passage) -> bool {
        let same = |peer: &Peer, who: Who<'_>, other: Who<'_>| match (peer, who) {
            (Peer::Named(name), Who::Named(known)) => name == known,
            (Peer::Named(_), Who::Service) => endpoint_action(flow) && other != Who::Remote,
            (Peer::Internet | Peer::Datacenter | Peer::Block(_), Who::Remote) => true,
            _ => false,
        };
        let (from, to) = (self.who(passage.from), self.who(passage.to));
        same(&flow.from, from, to) && same(&flow.to, to, from)
    }

    /// Whether a flow may take a way.
    pub(super) fn takes(&self, flow: &Flow, way: Way, inward: bool) -> bool {
        let remote = if inward { &flow.from } else { &flow.to };
        let through = flow.through.as_deref();
        let outside = matches!(remote, Peer::Internet | Peer::Block(_));
        match way {
            Way::Local => match remote {
                Peer::Named(_) | Peer::Block(_) => through.is_none(),
                // Who may come from anywhere may come from the same network, unless all come through something.
                Peer::Internet => inward && through.is_none(),
                Peer::Datacenter => false,
            },
            Way::Endpoint => endpoint_action(flow),
            Way::Vpn => match remote {
                Peer::Datacenter => true,
                Peer::Block(block) if through.is_none() => {
                    self.outlook.datacenter.covers(&(*block).into())
                }
                _ => through == Some("datacenter"),
            },
            Way::Nat => outside && through.is_none_or(|through| through == "nat"),
            Way::Balancer(at) => outside && through.is_some() && self.planned(at) == through,
            // Machines with public addresses of their own can be reached beside their load balancer.
            Way::Internet => {
                let beside = inward && self.has_public_addresses(&flow.to);
                outside && (through.is_none() || beside)
            }
            Way::Peering => false,
        }
    }

    /// Whether a flow can rely on a way. What is reached beside its load balancer is not reached through it.
    pub(super) fn relies_on(&self, flow: &Flow, way: Way, inward: bool) -> bool {
        let beside = way == Way::Internet && flow.through.is_some();
        !beside && self.takes(flow, way, inward)
    }

    fn has_public_addresses(&self, peer: &Peer) -> bool {
        let tier = match peer {
            Peer::Named(name) => self.plan.tiers.get(name),
            _ => None,
        };
        let machines = tier.and_then(|tier| tier.machines.as_ref());
        machines.is_some_and(|machines| machines.public_addresses)
    }

    /// The versions of IP in which a flow must pass: those of the networks of its tiers, and that of a block which it names.
    pub(super) fn versions(&self, flow: &Flow) -> Vec<IpVersion> {
        let has = |peer: &Peer, version| match peer {
            Peer::Named(name) => {
                let network = network_of(self.plan, name);
                network.is_none_or(|network| network.versions().contains(&version))
            }
            Peer::Block(block) => block.version() == version,
            Peer::Internet | Peer::Datacenter => true,
        };
        let versions = IpVersion::BOTH.into_iter();
        versions
            .filter(|version| has(&flow.from, *version) && has(&flow.to, *version))
            .filter(|version| self.is_asked(flow, *version))
            .collect()
    }

    /// Whether a flow passes by a version of IP if it is that of a load balancer which asks whether machines are well: it asks
    /// by those in which it hands something on to them, and by IPv4 always.
    fn is_asked(&self, flow: &Flow, version: IpVersion) -> bool {
        let Peer::Named(from) = &flow.from else {
            return true;
        };
        let mut networks = self.plan.networks.iter();
        let asks = networks.any(|network| network.load_balancers.contains_key(from));
        let mut handed = self.plan.flows.iter().filter(|other| {
            other.from != flow.from && other.to == flow.to && other.through.as_ref() == Some(from)
        });
        !asks
            || version == IpVersion::V4
            || handed.any(|other| self.versions(other).contains(&version))
    }

    /// The addresses of the versions of IP that the tiers at both ends of a passage speak in the plan.
    pub(super) fn spoken(&self, passage: &Passage) -> Addresses {
        let ends = [passage.from, passage.to].into_iter();
        let networks = ends.filter_map(|end| match end {
            End::Seat(peer, _) | End::Outside(Outside::Probe(peer)) => *self.networks.get(peer)?,
            End::Outside(_) => None,
        });
        networks.fold(Addresses::everything(), |all, network| {
            let versions = network.versions().iter();
            let own = versions.map(|it| Addresses::of_version(*it));
            all.intersection(&own.fold(Addresses::nothing(), |all, it| all.union(&it)))
        })
    }

    /// Whether an end may have some of these addresses. Whoever is outside may have any.
    pub(super) fn has_some(&self, end: End, addresses: &Addresses) -> bool {
        match end {
            End::Seat(peer, seat) => {
                let peer = self.matrix.peers.get(peer);
                let seat = peer.and_then(|peer| peer.seats.get(seat));
                seat.is_some_and(|seat| seat.addresses.overlaps(addresses))
            }
            End::Outside(_) => true,
        }
    }

    /// Whether every machine at an end surely has an address of the seat's.
    pub(super) fn is_addressed(&self, end: End) -> bool {
        match end {
            End::Seat(peer, seat) => {
                let peer = self.matrix.peers.get(peer);
                let seat = peer.and_then(|peer| peer.seats.get(seat));
                seat.is_some_and(|seat| seat.addressed)
            }
            End::Outside(_) => true,
        }
    }

    /// The packets of a flow that must pass by a version of IP.
    pub(super) fn must(&self, flow: &Flow, inward: bool, version: IpVersion) -> Packets {
        let remote = match if inward { &flow.from } else { &flow.to } {
            Peer::Named(_) => return of_flow(flow, inward, Addresses::everything()),
            Peer::Internet => self.internet.clone(),
            Peer::Datacenter => self.outlook.datacenter.clone(),
            Peer::Block(block) => (*block).into(),
        };
        let remote = remote.intersection(&Addresses::of_version(version));
        of_flow(flow, inward, remote)
    }

    /// All packets of a flow that may pass, to and from addresses that its tiers can speak with.
    pub(super) fn may(&self, flow: &Flow, inward: bool, spoken: &Addresses) -> Packets {
        let remote = match if inward { &flow.from } else { &flow.to } {
            Peer::Named(_) => return of_flow(flow, inward, Addresses::everything()),
            Peer::Internet if inward => self.outlook.datacenter.complement(),
            // The network's own addresses are not elsewhere, whatever way leads to them.
            Peer::Internet => self.elsewhere.clone(),
            Peer::Datacenter => self.outlook.datacenter.clone(),
            Peer::Block(block) => (*block).into(),
        };
        of_flow(flow, inward, remote.intersection(spoken))
    }

    /// Packets of a passage as findings, one for each pair of words.
    pub(super) fn findings(&self, passage: &Passage, packets: &Packets, why: &str) -> Vec<Finding> {
        let found = words::found(self.matrix, self, passage, packets);
        let findings = found.into_iter().map(|found| Finding {
            found,
            why: why.to_owned(),
        });
        findings.collect()
    }
}

impl Naming for Design<'_> {
    fn name(&self, peer: usize) -> String {
        let own = || self.matrix.peers.get(peer).map(|peer| peer.name.clone());
        let planned = self.planned(peer).map(str::to_owned);
        planned.or_else(own).unwrap_or_default()
    }

    fn outlook(&self) -> &Outlook {
        &self.outlook
    }
}

/// The network of a tier.
fn network_of<'a>(plan: &'a Plan, tier: &str) -> Option<&'a Network> {
    let tier = plan.tiers.get(tier)?;
    let mut networks = plan.networks.iter();
    networks.find(|network| network.name == tier.network)
}

/// The packets of a flow whose other end has these addresses.
fn of_flow(flow: &Flow, inward: bool, remote: Addresses) -> Packets {
    let traffic = match flow.allow {
        Allow::Traffic(traffic) => traffic.into(),
        // What a service does, it does over HTTPS.
        Allow::Action(_) => TrafficSet::tcp(Intervals::one(443)),
    };
    let everything = PacketBox {
        traffic,
        ..PacketBox::default()
    };
    Packets::of(if inward {
        PacketBox {
            source: remote,
            ..everything
        }
    } else {
        PacketBox {
            destination: remote,
            ..everything
        }
    })
}

/// Whether a flow is something that is done to a service through an endpoint.
fn endpoint_action(flow: &Flow) -> bool {
    let over_endpoint = |action| matches!(action, Action::S3Read | Action::S3Write);
    matches!(flow.allow, Allow::Action(action) if over_endpoint(action)) && flow.through.is_some()
}

/// Whether two ids are of one resource but for what formats change in them: some have no hyphens in names.
fn are_same(one: &ResourceId, other: &ResourceId) -> bool {
    fn letters(id: &ResourceId) -> impl Iterator<Item = u8> {
        let bytes = id.path.iter().flat_map(|part| part.bytes());
        let letters = bytes.filter(u8::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase())
    }
    one.kind == other.kind && letters(one).eq(letters(other))
}
