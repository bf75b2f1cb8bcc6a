//! From and to the Internet, load balancers' probes, and the other side of a VPN.

use std::collections::BTreeMap;

use super::bounds::Bounds;
use super::filter::Party;
use super::ground::Ground;
use super::judge::{Judge, STRANGER};
use super::passage::{Course, Own, Passed};
use super::ranges;
use super::routes::Hop;
use super::seats::Stand;
use crate::cloud::Term;
use crate::cloud::azure::{AddressSku, Direction, Transport};
use crate::reach::matrix::{End, Outside, Passage, Reason, Way};
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set, TrafficSet};

/// What a load balancer does for a pool.
struct Hand {
    /// Its place in the list of load balancers.
    balancer: usize,
    /// What it hands on, as it arrives at the machines.
    hands: TrafficSet,
    /// What the machines may send out by it.
    sends: TrafficSet,
}

type Hands<'a> = BTreeMap<&'a Term, BTreeMap<usize, Hand>>;

/// What is handed through by one way: to or from whom, and of what kind.
struct Gate {
    way: Way,
    remote: Bounds<Addresses>,
    traffic: Bounds<TrafficSet>,
    hop: Hop,
    reasons: Vec<Reason>,
}

impl<'a> Judge<'a> {
    /// Judges what passes between each of the machines and whoever is outside.
    pub(super) fn outside(&mut self) {
        let hands = self.hands();
        let mut passages = Vec::new();
        for stand in &self.census.stands {
            let Some(ground) = self.ground(stand) else {
                continue;
            };
            let inward = self.inward(stand, ground, &hands);
            passages.extend(inward.filter_map(|gate| self.comes_in(stand, ground, gate)));
            passages.extend(self.probed(stand, ground, &hands));
            let outward = self.outward(stand, ground, &hands);
            passages.extend(outward.filter_map(|gate| self.goes_out(stand, ground, gate)));
        }
        self.passages.extend(passages);
    }

    /// What load balancers do, by pool.
    fn hands(&self) -> Hands<'a> {
        let mut hands = Hands::new();
        for (balancer, it) in self.census.balancers.iter().enumerate() {
            let mut hand = |pool: &'a Term, hands_on: &TrafficSet, sends: &TrafficSet| {
                let of_pool = hands.entry(pool).or_default();
                let hand = of_pool.entry(balancer).or_insert_with(|| Hand {
                    balancer,
                    hands: TrafficSet::nothing(),
                    sends: TrafficSet::nothing(),
                });
                hand.hands = hand.hands.union(hands_on);
                hand.sends = hand.sends.union(sends);
            };
            let nothing = TrafficSet::nothing();
            for rule in &it.it.rules {
                let sends = match (rule.outbound_snat, rule.protocol) {
                    (false, _) => nothing.clone(),
                    (true, Transport::Tcp) => TrafficSet::protocol(6),
                    (true, Transport::Udp) => TrafficSet::protocol(17),
                };
                hand(
                    &rule.pool,
                    &carried(rule.protocol, rule.backend_port),
                    &sends,
                );
            }
            for rule in &it.it.nat_rules {
                hand(
                    &rule.pool,
                    &carried(rule.protocol, rule.backend_port),
                    &nothing,
                );
            }
        }
        hands
    }

    /// By what something can come in.
    fn inward(
        &self,
        stand: &Stand<'_>,
        ground: &Ground<'_>,
        hands: &Hands<'_>,
    ) -> impl Iterator<Item = Gate> {
        let closed = stand.is_bare();
        // The answer must go back by the Internet: under a default route to a gateway it does not, and a load balancer's
        // clients get none either
        // (https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#default-route).
        let remote = self.internet(ground);
        let own = stand
            .public
            .filter(|sku| !closed || *sku == AddressSku::Basic);
        let own = own.map(|_| Gate {
            way: Way::Internet,
            remote: remote.clone(),
            traffic: Bounds::sure(TrafficSet::everything()),
            hop: Hop::Internet,
            reasons: Vec::new(),
        });
        let vpn = Gate {
            way: Way::Vpn,
            remote: ground.beyond.clone(),
            traffic: Bounds::sure(TrafficSet::everything()),
            hop: Hop::Gateway,
            reasons: Vec::new(),
        };
        let balanced: Vec<_> = behind(stand, hands)
            .into_values()
            .filter(|_| !closed)
            .filter_map(|hand| {
                let balancer = self.census.balancers.get(hand.balancer)?;
                Some(Gate {
                    way: Way::Balancer(balancer.peer),
                    remote: remote.clone(),
                    traffic: Bounds::sure(hand.hands),
                    hop: Hop::Internet,
                    reasons: vec![Reason {
                        resource: balancer.position,
                        part: None,
                        packets: None,
                    }],
                })
            })
            .collect();
        own.into_iter().chain(balanced).chain([vpn])
    }

    /// The public addresses that packets for go by the Internet, outside of the network.
    fn internet(&self, ground: &Ground<'_>) -> Bounds<Addresses> {
        let network = ground.network.and_then(|at| self.networks.get(at));
        let own = network.map_or_else(Addresses::nothing, |network| network.space.clone());
        let public = ranges::internet().difference(&own);
        ground.routes.by(Hop::Internet).within(&public)
    }

    /// By what something can go out. To the Internet one way alone: a NAT gateway goes before a public address of the
    /// machine's own, that before a load balancer's, and only without any of these Azure may give a way of its own accord
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access>,
    /// <https://learn.microsoft.com/azure/nat-gateway/nat-overview>).
    fn outward(
        &self,
        stand: &Stand<'_>,
        ground: &Ground<'_>,
        hands: &Hands<'_>,
    ) -> impl Iterator<Item = Gate> + use<> {
        let everything = || Bounds::sure(TrafficSet::everything());
        // What shares an address among machines tells their connections apart by ports.
        let shared = || TrafficSet::protocol(6).union(&TrafficSet::protocol(17));
        let subnet = ground.subnet.map(|subnet| subnet.it);
        let behind = behind(stand, hands).into_values();
        let sends = behind.fold(TrafficSet::nothing(), |sum, hand| sum.union(&hand.sends));
        let (way, traffic) = if subnet.is_some_and(|subnet| subnet.nat_gateway.is_some()) {
            (Way::Nat, Bounds::sure(shared()))
        } else if stand.public.is_some() {
            (Way::Internet, everything())
        } else if !sends.is_nothing() {
            (Way::Nat, Bounds::sure(sends))
        } else if subnet.is_none() {
            (Way::Nat, Bounds::maybe(TrafficSet::everything()))
        } else if subnet.is_some_and(|subnet| subnet.default_outbound_access) {
            // Whether a machine behind a load balancer that sends nothing out has this way, Azure's pages do not agree.
            let sure = stand.pools.is_empty();
            let every = if sure {
                shared()
            } else {
                TrafficSet::nothing()
            };
            let some = shared();
            (Way::Nat, Bounds { some, every })
        } else {
            (Way::Nat, Bounds::nothing())
        };
        let out = Gate {
            way,
            remote: self.internet(ground),
            traffic,
            hop: Hop::Internet,
            reasons: Vec::new(),
        };
        let vpn = Gate {
            way: Way::Vpn,
            remote: ground.beyond.clone(),
            traffic: everything(),
            hop: Hop::Gateway,
            reasons: Vec::new(),
        };
        [out, vpn].into_iter()
    }

    fn goes_out(&self, stand: &Stand<'_>, ground: &Ground<'_>, gate: Gate) -> Option<Passage> {
        let own = stand.party(&ground.addresses);
        let far = Party {
            addresses: &gate.remote.some,
            groups: STRANGER,
            probe: false,
        };
        if gate.remote.is_nothing() || gate.traffic.is_nothing() {
            return None;
        }
        let mut passed = self.pass(stand, Direction::Outbound, own, far);
        let part = |remote: &Addresses, traffic: &TrafficSet| PacketBox {
            destination: remote.clone(),
            traffic: traffic.clone(),
            ..PacketBox::default()
        };
        passed.reasons.extend(gate.reasons);
        let routes = self.routes(stand, gate.hop, |to| part(to, &TrafficSet::everything()));
        passed.reasons.extend(routes);
        let through = Bounds {
            some: Packets::of(part(&gate.remote.some, &gate.traffic.some)),
            every: Packets::of(part(&gate.remote.every, &gate.traffic.every)),
        };
        let course = Course {
            from: stand.seat(),
            to: End::Outside(Outside::Remote),
            way: gate.way,
            own: Own::Source,
            source: &ground.addresses,
            destination: &gate.remote.some,
        };
        course.passage(passed.within(&through))
    }

    fn comes_in(&self, stand: &Stand<'_>, ground: &Ground<'_>, gate: Gate) -> Option<Passage> {
        if gate.remote.is_nothing() || gate.traffic.is_nothing() {
            return None;
        }
        let far = Party {
            addresses: &gate.remote.some,
            groups: STRANGER,
            probe: false,
        };
        let own = stand.party(&ground.addresses);
        let mut passed = self.pass(stand, Direction::Inbound, far, own);
        // The gateway delivers by the routes of its own subnet.
        let delivered = match gate.hop {
            Hop::Gateway => ground.from_gateway.clone(),
            _ => Bounds::sure(ground.addresses.clone()),
        };
        let part = |remote: &Addresses, own: &Addresses, traffic: &TrafficSet| PacketBox {
            source: remote.clone(),
            destination: own.clone(),
            traffic: traffic.clone(),
            ..PacketBox::default()
        };
        let all = TrafficSet::everything();
        passed.reasons.extend(gate.reasons);
        let routes = self.routes(stand, gate.hop, |to| {
            part(to, &Addresses::everything(), &all)
        });
        passed.reasons.extend(routes);
        let through = Bounds {
            some: Packets::of(part(&gate.remote.some, &delivered.some, &gate.traffic.some)),
            every: Packets::of(part(
                &gate.remote.every,
                &delivered.every,
                &gate.traffic.every,
            )),
        };
        let course = Course {
            from: End::Outside(Outside::Remote),
            to: stand.seat(),
            way: gate.way,
            own: Own::Destination,
            source: &gate.remote.some,
            destination: &ground.addresses,
        };
        course.passage(passed.within(&through))
    }

    /// What the load balancers that probe some machines may ask: everything that the filters let pass from the one address
    /// that all probes come from. The ports that the probes ask today are not the limit: a filter that lets more pass is
    /// wider than it need be, and that is to be seen. Probes come from inside of Azure, and so by no balancer's front end
    /// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview#probe-source-ip-address>).
    fn probed(&self, stand: &Stand<'_>, ground: &Ground<'_>, hands: &Hands<'_>) -> Vec<Passage> {
        let platform = ranges::platform();
        let behind = behind(stand, hands).into_values();
        let probing = behind
            .filter_map(|hand| self.census.balancers.get(hand.balancer))
            .filter(|balancer| !balancer.it.probes.is_empty());
        let passages = probing.filter_map(|balancer| {
            let far = Party {
                addresses: &platform,
                groups: STRANGER,
                probe: true,
            };
            let own = stand.party(&ground.addresses);
            let passed: Passed = self.pass(stand, Direction::Inbound, far, own);
            let course = Course {
                from: End::Outside(Outside::Probe(balancer.peer)),
                to: stand.seat(),
                way: Way::Local,
                own: Own::Destination,
                source: &platform,
                destination: &ground.addresses,
            };
            course.passage(passed)
        });
        passages.collect()
    }
}

/// What arrives at the machines by a rule: a filter sees the port behind the translation
/// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).
fn carried(protocol: Transport, backend_port: u16) -> TrafficSet {
    let port = Intervals::one(backend_port);
    match protocol {
        Transport::Tcp => TrafficSet::tcp(port),
        Transport::Udp => TrafficSet::udp(port),
    }
}

/// The load balancers that some machines are behind.
fn behind(stand: &Stand<'_>, hands: &Hands<'_>) -> BTreeMap<usize, Hand> {
    let mut behind = BTreeMap::<usize, Hand>::new();
    let own = stand.pools.iter().filter_map(|pool| hands.get(pool));
    for hand in own.flat_map(BTreeMap::values) {
        let sum = behind.entry(hand.balancer).or_insert_with(|| Hand {
            balancer: hand.balancer,
            hands: TrafficSet::nothing(),
            sends: TrafficSet::nothing(),
        });
        sum.hands = sum.hands.union(&hand.hands);
        sum.sends = sum.sends.union(&hand.sends);
    }
    behind
}
