//! From and to the Internet, load balancers' probes, the other side of a VPN, and whatever the template does not show.

use super::balancer::Listens;
use super::bounds::Bounds;
use super::filter::Party;
use super::ground::{Ground, shared};
use super::judge::{Judge, STRANGER};
use super::passage::{Course, Own};
use super::ranges;
use super::routes::Hop;
use super::seats::{Address, Stand};
use crate::cloud::azure::{AddressSku, Direction};
use crate::net::IpVersion;
use crate::reach::matrix::{End, Outside, Passage, Reason, Way};
use crate::reach::set::{Addresses, PacketBox, Packets, Set, TrafficSet};

/// A way between machines and whoever is outside: whom it leads to, and what it carries.
struct Gate {
    way: Way,
    remote: Bounds<Addresses>,
    traffic: Bounds<TrafficSet>,
    hop: Hop,
    reasons: Vec<Reason>,
}

impl Gate {
    /// A way that carries everything.
    fn open(way: Way, hop: Hop, remote: Bounds<Addresses>) -> Self {
        Self {
            way,
            remote,
            traffic: Bounds::sure(TrafficSet::everything()),
            hop,
            reasons: Vec::new(),
        }
    }

    fn is_shut(&self) -> bool {
        self.remote.is_nothing() || self.traffic.is_nothing()
    }
}

impl Judge<'_> {
    /// Judges what passes between each of the machines and whoever is outside.
    pub(super) fn outside(&mut self) {
        let mut passages = Vec::new();
        for stand in &self.census.stands {
            let Some(ground) = self.ground(stand) else {
                continue;
            };
            let inward = self.inward(stand, ground).into_iter();
            passages.extend(inward.filter_map(|gate| self.comes_in(stand, ground, gate)));
            passages.extend(self.probed(stand));
            let outward = self.outward(stand, ground).into_iter();
            passages.extend(outward.filter_map(|gate| self.goes_out(stand, gate)));
        }
        self.passages.extend(passages);
    }

    /// By what something can come in.
    fn inward(&self, stand: &Stand<'_>, ground: &Ground<'_>) -> Vec<Gate> {
        let mut gates = self.by_own_address(stand, ground);
        gates.extend(self.balanced(stand, ground));
        gates.push(Gate::open(Way::Vpn, Hop::Gateway, ground.beyond.clone()));
        gates.push(Gate::open(
            Way::Peering,
            Hop::Appliance,
            ground.strange.clone(),
        ));
        gates.extend(self.unanswered(ground));
        gates
    }

    /// Who is not sure to be there or to be answered, and whose packets arrive all the same: whoever else is in the network,
    /// and whoever on the other side of a VPN has an address that no route leads back to. A packet that needs no answer does
    /// its work (<https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-devices>).
    fn unanswered(&self, ground: &Ground<'_>) -> Vec<Gate> {
        let network = ground.network.and_then(|at| self.networks.get(at));
        let Some(network) = network else {
            return Vec::new();
        };
        let others = Bounds::maybe(network.space.clone());
        let mut gates = vec![Gate::open(Way::Local, Hop::Local, others)];
        let gateway = network.gateway.as_ref();
        if gateway.is_some_and(|gateway| !gateway.beyond.is_nothing()) {
            let private: Addresses = ranges::private_blocks().collect();
            let answered = network.space.union(&ground.beyond.some);
            let others = Bounds::maybe(private.difference(&answered));
            gates.push(Gate::open(Way::Vpn, Hop::Gateway, others));
        }
        gates
    }

    /// From the Internet by a public address of the machine's own. One of Standard make is closed where nothing filters
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku>).
    fn by_own_address(&self, stand: &Stand<'_>, ground: &Ground<'_>) -> Vec<Gate> {
        let remote = ground.internet.clone();
        let remote = match (stand.public, stand.is_bare()) {
            (None, _) | (Some(Address::Of(AddressSku::Standard)), true) => None,
            (Some(Address::Hidden), true) => Some(Bounds::maybe(remote.some)),
            (Some(_), _) => Some(remote),
        };
        let strange = stand.pools.iter().any(|pool| !self.balancing.knows(pool));
        let strange = strange.then(|| Bounds::maybe(ground.internet.some.clone()));
        let ways = remote.into_iter().chain(strange);
        ways.map(|remote| Gate::open(Way::Internet, Hop::Internet, remote))
            .collect()
    }

    /// From the Internet by load balancers: to the ports that they hand on. A Standard one is closed where nothing filters
    /// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-overview#securebydefault>).
    fn balanced(&self, stand: &Stand<'_>, ground: &Ground<'_>) -> Vec<Gate> {
        let mut gates = Vec::new();
        for (at, service) in self.balancing.behind(stand) {
            let Some(balancer) = self.census.balancers.get(at) else {
                continue;
            };
            if stand.is_bare() && balancer.it.sku == AddressSku::Standard {
                continue;
            }
            let public = service.hands.iter();
            let public: Vec<_> = public
                .filter(|handed| handed.at == Listens::Public)
                .collect();
            let traffic = public.iter();
            let traffic = traffic.fold(TrafficSet::nothing(), |sum, it| sum.union(&it.back));
            let reasons = public.iter().map(|handed| Reason {
                resource: balancer.position,
                part: Some(handed.part),
                packets: Some(Packets::of(PacketBox {
                    traffic: handed.back.clone(),
                    ..PacketBox::default()
                })),
            });
            gates.push(Gate {
                traffic: Bounds::sure(traffic),
                reasons: reasons.collect(),
                ..Gate::open(
                    Way::Balancer(balancer.peer),
                    Hop::Internet,
                    ground.internet.clone(),
                )
            });
        }
        gates
    }

    /// By what something can go out.
    fn outward(&self, stand: &Stand<'_>, ground: &Ground<'_>) -> [Gate; 3] {
        let (way, traffic) = self.way_out(stand, ground);
        let internet = Gate {
            traffic,
            ..Gate::open(way, Hop::Internet, ground.internet.clone())
        };
        [
            internet,
            Gate::open(Way::Vpn, Hop::Gateway, ground.beyond.clone()),
            Gate::open(Way::Peering, Hop::Appliance, ground.strange.clone()),
        ]
    }

    /// The one way to the Internet that machines have, and what it carries: a NAT gateway goes before a public address of
    /// the machine's own, that before a load balancer's, and only without any of these Azure may give a way of its own
    /// accord (<https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access>,
    /// <https://learn.microsoft.com/azure/nat-gateway/nat-overview>). A NAT gateway of Standard make carries IPv4 only, and
    /// whether Azure gives a way for IPv6 of its own accord its pages do not say.
    fn way_out(&self, stand: &Stand<'_>, ground: &Ground<'_>) -> (Way, Bounds<TrafficSet>) {
        let Some(subnet) = ground.subnet.map(|subnet| subnet.it) else {
            return (Way::Nat, Bounds::maybe(TrafficSet::everything()));
        };
        if let Some(carries) = ground
            .nat
            .as_ref()
            .filter(|_| stand.version == IpVersion::V4)
        {
            return (Way::Nat, carries.clone());
        }
        if stand.public.is_some() {
            return (Way::Internet, Bounds::sure(TrafficSet::everything()));
        }
        let behind = self.balancing.behind(stand).into_values();
        let sends = behind.filter_map(|service| service.sends);
        if let Some(sends) = sends.reduce(|sum, sends| sum.union(&sends)) {
            return (Way::Nat, Bounds::sure(sends));
        }
        let strange = stand.pools.iter().any(|pool| !self.balancing.knows(pool));
        let traffic = match (subnet.default_outbound_access, stand.pools.is_empty()) {
            (true, true) if stand.version == IpVersion::V4 => Bounds::sure(shared()),
            // Whether a machine behind a load balancer that sends nothing out has this way, Azure's pages do not agree.
            (true, _) => Bounds::maybe(shared()),
            (false, _) if strange => Bounds::maybe(shared()),
            (false, _) => Bounds::nothing(),
        };
        (Way::Nat, traffic)
    }

    fn goes_out(&self, stand: &Stand<'_>, gate: Gate) -> Option<Passage> {
        if gate.is_shut() {
            return None;
        }
        let far = stranger(&gate.remote.some);
        let mut passed = self.pass(stand, Direction::Outbound, stand.party(), far);
        let part = |remote: &Addresses, traffic: &TrafficSet| PacketBox {
            destination: remote.clone(),
            traffic: traffic.clone(),
            ..PacketBox::default()
        };
        let all = TrafficSet::everything();
        let routes = self.routes(stand, gate.hop, |to| part(to, &all));
        passed
            .reasons
            .extend(gate.reasons.into_iter().chain(routes));
        let through = Bounds {
            some: Packets::of(part(&gate.remote.some, &gate.traffic.some)),
            every: Packets::of(part(&gate.remote.every, &gate.traffic.every)),
        };
        let course = Course {
            from: stand.seat(),
            to: End::Outside(Outside::Remote),
            way: gate.way,
            own: Own::Source,
            source: &stand.addresses,
            destination: &gate.remote.some,
        };
        course.passage(passed.within(&through))
    }

    fn comes_in(&self, stand: &Stand<'_>, ground: &Ground<'_>, gate: Gate) -> Option<Passage> {
        if gate.is_shut() {
            return None;
        }
        let far = stranger(&gate.remote.some);
        let mut passed = self.pass(stand, Direction::Inbound, far, stand.party());
        // A gateway delivers by the routes of its own subnet.
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
        let all = (Addresses::everything(), TrafficSet::everything());
        let routes = self.routes(stand, gate.hop, |to| part(to, &all.0, &all.1));
        passed
            .reasons
            .extend(gate.reasons.into_iter().chain(routes));
        let through = |remote, delivered, traffic| Packets::of(part(remote, delivered, traffic));
        let through = Bounds {
            some: through(&gate.remote.some, &delivered.some, &gate.traffic.some),
            every: through(&gate.remote.every, &delivered.every, &gate.traffic.every),
        };
        let course = Course {
            from: End::Outside(Outside::Remote),
            to: stand.seat(),
            way: gate.way,
            own: Own::Destination,
            source: &gate.remote.some,
            destination: &stand.addresses,
        };
        course.passage(passed.within(&through))
    }

    /// What the load balancers that probe some machines may ask: everything that the filters let pass from the one address
    /// that all probes come from. The ports that the probes ask today are not the limit: a filter that lets more pass is
    /// wider than it need be, and that is to be seen. Probes come from inside of Azure, and so by no front end
    /// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview#probe-source-ip-address>).
    fn probed(&self, stand: &Stand<'_>) -> Vec<Passage> {
        let platform = ranges::platform();
        let behind = self.balancing.behind(stand).into_keys();
        let probing = behind
            .filter_map(|at| self.census.balancers.get(at))
            .filter(|balancer| !balancer.it.probes.is_empty());
        let passages = probing.filter_map(|balancer| {
            let far = Party {
                probe: true,
                ..stranger(&platform)
            };
            let passed = self.pass(stand, Direction::Inbound, far, stand.party());
            let course = Course {
                from: End::Outside(Outside::Probe(balancer.peer)),
                to: stand.seat(),
                way: Way::Local,
                own: Own::Destination,
                source: &platform,
                destination: &stand.addresses,
            };
            course.passage(passed)
        });
        passages.collect()
    }
}

/// Somebody outside of the networks.
fn stranger(addresses: &Addresses) -> Party<'_> {
    Party {
        addresses,
        groups: STRANGER,
        probe: false,
    }
}
