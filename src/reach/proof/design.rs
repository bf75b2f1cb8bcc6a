//! A plan beside a matrix: which peer of one is which peer of the other, and what the plan wants between them.

use indexmap::IndexMap;

use super::Finding;
use crate::cloud::ResourceId;
use crate::plan::{Action, Allow, Flow, Peer, Plan};
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
    /// What is called `datacenter` and `internet`.
    pub(super) outlook: Outlook,
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
        let known: IndexMap<String, &str> = names
            .iter()
            .flat_map(|(name, ids)| ids.iter().map(move |id| (plain(id), name.as_str())))
            .collect();
        let planned = |peer: &crate::reach::Peer| {
            let mut ids = peer.resources.iter();
            ids.find_map(|id| known.get(&plain(id)).copied())
        };
        let networks = plan.networks.iter().flat_map(|network| &network.cidrs);
        let datacenter = plan.datacenter.iter().flat_map(|it| &it.ranges);
        Self {
            plan,
            matrix,
            names: matrix.peers.iter().map(planned).collect(),
            outlook: Outlook {
                datacenter: datacenter.copied().collect(),
                networks: networks.copied().collect(),
            },
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

    /// The packets of a flow: those that must pass, or all that may.
    pub(super) fn packets(&self, flow: &Flow, inward: bool, must: bool) -> Packets {
        let traffic = match flow.allow {
            Allow::Traffic(traffic) => traffic.into(),
            // What a service does, it does over HTTPS.
            Allow::Action(_) => TrafficSet::tcp(Intervals::one(443)),
        };
        let remote = match if inward { &flow.from } else { &flow.to } {
            Peer::Named(_) => Addresses::everything(),
            Peer::Internet if must => self.outlook.internet().only_v4(),
            Peer::Internet if inward => self.outlook.datacenter.complement(),
            // The network's own addresses are not elsewhere, whatever way leads to them.
            Peer::Internet => {
                let elsewhere = self.outlook.datacenter.complement();
                elsewhere.difference(&self.outlook.networks)
            }
            Peer::Datacenter => self.outlook.datacenter.clone(),
            Peer::Block(block) => (*block).into(),
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

/// Whether a flow is something that is done to a service through an endpoint.
fn endpoint_action(flow: &Flow) -> bool {
    let over_endpoint = |action| matches!(action, Action::S3Read | Action::S3Write);
    matches!(flow.allow, Allow::Action(action) if over_endpoint(action)) && flow.through.is_some()
}

/// A resource's id without what formats change in it: some have no hyphens in names.
fn plain(id: &ResourceId) -> String {
    let letters = id.path.iter().flat_map(|part| part.chars());
    let letters: String = letters.filter(char::is_ascii_alphanumeric).collect();
    format!("{:?}/{}", id.kind, letters.to_ascii_lowercase())
}
