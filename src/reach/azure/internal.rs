//! From machines to machines by a load balancer that listens inside of the networks.
//!
//! It takes packets to its own address and port and hands them on to another address and port, with the client's address as
//! their source. The client's filters see them before, those of the machine behind see them after
//! (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).

use super::balancer::{Handed, Listens};
use super::bounds::Bounds;
use super::filter::Party;
use super::inside::{leads, routed};
use super::judge::{Judge, STRANGER};
use super::passage::{Course, Own};
use super::routes::Hop;
use super::seats::{Balancer, Stand};
use crate::cloud::azure::Direction;
use crate::reach::matrix::{Passage, Reason, Way};
use crate::reach::set::{Addresses, PacketBox, Packets, Set, TrafficSet};

/// What a load balancer hands on from inside.
pub(super) struct Hand<'s> {
    balancer: &'s Balancer<'s>,
    handed: &'s Handed,
    front: &'s Addresses,
}

impl Judge<'_> {
    /// What some machines get from load balancers inside.
    pub(super) fn internal<'s>(&'s self, stand: &Stand<'_>) -> Vec<Hand<'s>> {
        let mut hands = Vec::new();
        for (at, service) in self.balancing.behind(stand) {
            let Some(balancer) = self.census.balancers.get(at) else {
                continue;
            };
            let inside = service.hands.into_iter();
            hands.extend(inside.filter_map(|handed| match &handed.at {
                Listens::Inside(front) => Some(Hand {
                    balancer,
                    handed,
                    front,
                }),
                Listens::Public => None,
            }));
        }
        hands
    }

    /// What passes from some machines by a load balancer to others. A machine that gets its own packets back does not
    /// understand them, and is no other.
    pub(super) fn handed(
        &self,
        from: &Stand<'_>,
        to: &Stand<'_>,
        hand: &Hand<'_>,
    ) -> Option<Passage> {
        if from.end == to.end && !from.several {
            return None;
        }
        let (near, far) = (self.ground(from)?, self.ground(to)?);
        let hop = match self.way(near, far)? {
            Way::Peering => Hop::Peered,
            _ => Hop::Local,
        };
        let front = Party {
            addresses: hand.front,
            groups: STRANGER,
            probe: false,
        };
        let to_front = leads(near, hop, hand.front);
        let back = leads(far, hop, &from.addresses);
        let course = |destination| Course {
            from: from.seat(),
            to: to.seat(),
            way: Way::Balancer(hand.balancer.peer),
            own: Own::Both,
            source: &from.addresses,
            destination,
        };
        let sent = self.pass(from, Direction::Outbound, from.party(), front);
        let sent = course(hand.front).passage(sent.within(&routed(back, to_front)))?;
        let handed = Bounds {
            some: hand.on(&sent.some, |asked| asked.overlaps(&hand.front_packets())),
            every: hand.on(&sent.every, |asked| asked.covers(&hand.front_packets())),
        };
        let mut received = self.pass(to, Direction::Inbound, from.party(), to.party());
        received.reasons.extend(hand.reasons(sent.reasons));
        course(&to.addresses).passage(received.within(&handed))
    }
}

impl Hand<'_> {
    fn front_packets(&self) -> Packets {
        of_traffic(&self.handed.front)
    }

    /// What arrives at the machines of what is sent to the front end.
    fn on(&self, sent: &Packets, carried: impl Fn(&Packets) -> bool) -> Packets {
        if self.handed.front == self.handed.back {
            return sent.intersection(&self.front_packets());
        }
        if carried(sent) {
            of_traffic(&self.handed.back)
        } else {
            Packets::nothing()
        }
    }

    /// The load balancer's rule, and what let the packets reach it, which had another address and port then.
    fn reasons(&self, sent: Vec<Reason>) -> impl Iterator<Item = Reason> {
        let own = Reason {
            resource: self.balancer.position,
            part: Some(self.handed.part),
            packets: None,
        };
        let before = sent.into_iter().map(|reason| Reason {
            packets: None,
            ..reason
        });
        before.chain([own])
    }
}

fn of_traffic(traffic: &TrafficSet) -> Packets {
    Packets::of(PacketBox {
        traffic: traffic.clone(),
        ..PacketBox::default()
    })
}
