//! What passes between machines and whoever is outside of the template: the Internet, the other side of a VPN, services.

use super::acl::Acl;
use super::guards::Guard;
use super::openings::Opened;
use super::passages::{Direction, Engine, clients, domain, for_every};
use super::routes::{Hop, Target, connections};
use super::rules::Rules;
use super::seats::{Public, Stand};
use crate::cloud::aws::{BlockedAccess, Kind, Resource};
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set, TrafficSet};
use crate::reach::{Assumption, End, Outside, Passage, Reason, Way};

/// Nobody can tell from a template without subnets where its machines will stand.
const EVERY_ROUTE: Assumption = Assumption(
    "Where the template does not say in which subnet machines stand, every route is taken to be there.",
);

/// Where packets can go, and come from.
struct Reachable {
    way: Way,
    region: Addresses,
    certain: bool,
    outward: bool,
    inward: bool,
    route: Option<usize>,
    by: By,
}

/// What brings packets further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    /// Nothing that changes them.
    Itself,
    /// A NAT gateway in the subnet at this position, whose network ACL is asked as well; nothing where the template does not
    /// have the subnet.
    Nat(Option<usize>),
}

impl By {
    /// What is carried, unless that is everything: a NAT gateway knows TCP, UDP and ICMP
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>).
    fn traffic(self) -> Option<TrafficSet> {
        match self {
            Self::Itself => None,
            Self::Nat(_) => {
                let everything = Intervals::everything;
                Some(TrafficSet {
                    tcp: everything(),
                    udp: everything(),
                    icmp: everything(),
                    ..TrafficSet::nothing()
                })
            }
        }
    }
}

/// The port that a NAT gateway gives to a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Port {
    /// The client's: enough to ask whether every port passes.
    Same,
    /// Any.
    Another,
}

impl Engine<'_> {
    /// What passes between every stand and the outside.
    pub(super) fn beyond(&mut self) {
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        let mut without_subnet = false;
        for (crowd_at, crowd) in self.crowds.iter().enumerate() {
            let Some(guard) = self.guards.get(crowd_at) else {
                continue;
            };
            for (seat, stand) in crowd.seats.iter().enumerate() {
                let end = End::Seat(crowd_at, seat);
                let ways: Vec<_> = if let Some(hops) = self.hops(stand) {
                    let by_routes = hops.iter().flat_map(|hop| self.reachable(stand, hop));
                    by_routes.chain(self.arriving(stand, hops)).collect()
                } else {
                    without_subnet = true;
                    anywhere(stand)
                };
                let pieces = |rules: &Rules<'_>| rules.compared().saturating_pow(2);
                let inward = ways.iter().filter(|way| way.inward).count();
                let outward = ways.iter().filter(|way| way.outward).count();
                let inward = pieces(&guard.ingress).saturating_mul(inward);
                let outward = pieces(&guard.egress).saturating_mul(outward);
                if !self.budget.allows(inward.saturating_add(outward)) {
                    unknown.extend(self.too_many(crowd_at));
                    continue;
                }
                for way in &ways {
                    if way.outward {
                        found.extend(self.remote(end, stand, guard, way, Direction::Outward));
                    }
                    if way.inward {
                        found.extend(self.remote(end, stand, guard, way, Direction::Inward));
                    }
                }
                found.extend(self.services(end, stand, guard));
            }
        }
        self.passages.extend(found);
        self.unknown.append(&mut unknown);
        if without_subnet {
            self.assumptions.insert(EVERY_ROUTE);
        }
    }

    /// Where a hop leads to from some machines.
    fn reachable(&self, stand: &Stand, hop: &Hop) -> Vec<Reachable> {
        let both = |way, region| Reachable {
            way,
            region,
            certain: hop.certain,
            outward: true,
            inward: true,
            route: hop.route,
            by: By::Itself,
        };
        let region = &hop.region;
        let public = || region.intersection(&Addresses::public());
        match hop.target {
            Target::Nowhere => Vec::new(),
            // Whoever else is in the VPC guards itself: only what it may start is asked.
            Target::Local => vec![Reachable {
                outward: false,
                certain: false,
                ..both(Way::Local, region.clone())
            }],
            Target::Internet => self.internet(stand, &public(), hop),
            Target::EgressOnly => {
                let region = public().only_v6();
                let (_, outward) = self.unblocked(stand);
                vec![Reachable {
                    inward: false,
                    outward,
                    ..both(Way::Nat, region)
                }]
            }
            Target::Nat(at) => self.translated(at, region, hop),
            Target::Vpn => vec![both(Way::Vpn, region.clone())],
            Target::Peering(_) => vec![Reachable {
                certain: false,
                ..both(Way::Peering, region.clone())
            }],
            Target::Somewhere => vec![
                Reachable {
                    certain: false,
                    inward: false,
                    ..both(Way::Nat, public())
                },
                Reachable {
                    certain: false,
                    ..both(Way::Peering, region.difference(&Addresses::public()))
                },
            ],
        }
    }

    /// What arrives over a VPN from addresses that no route leads back to. A connection is never made, but a packet that
    /// needs no answer does its work: the tunnels take packets from any address
    /// (<https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html>).
    fn arriving(&self, stand: &Stand, hops: &[Hop]) -> Option<Reachable> {
        let subnet = self.world.subnet(*stand.subnets.first()?)?;
        let mut attachments = self.world.of(Kind::VpnGatewayAttachment);
        let tied = attachments.any(|(_, resource)| {
            matches!(resource, Resource::VpnGatewayAttachment(it)
                if it.vpc == subnet.vpc && connections(&self.world, &it.gateway).next().is_some())
        });
        let led_back = hops.iter().filter(|hop| hop.target == Target::Vpn);
        let known = led_back.fold(self.world.space(&subnet.vpc), |all, hop| {
            all.union(&hop.region)
        });
        tied.then(|| Reachable {
            way: Way::Vpn,
            region: Addresses::v4().difference(&known),
            certain: false,
            outward: false,
            inward: true,
            route: None,
            by: By::Itself,
        })
    }

    /// Through an Internet gateway, with a public address. Addresses of IPv6 are public ones.
    fn internet(&self, stand: &Stand, region: &Addresses, hop: &Hop) -> Vec<Reachable> {
        let (inward, outward) = self.unblocked(stand);
        let one = |region, certain| Reachable {
            way: Way::Internet,
            region,
            certain,
            outward,
            inward,
            route: hop.route,
            by: By::Itself,
        };
        let v6 = region.only_v6();
        let mut ways = vec![one(v6, hop.certain)];
        if stand.public != Public::No {
            let certain = hop.certain && stand.public == Public::Yes;
            ways.push(one(region.only_v4(), certain));
        }
        ways
    }

    /// Through a NAT gateway, as far as the route table of its own subnet leads.
    fn translated(&self, nat: usize, region: &Addresses, hop: &Hop) -> Vec<Reachable> {
        let Some(Resource::NatGateway(gateway)) = self.world.items.get(nat).map(|it| &it.resource)
        else {
            return Vec::new();
        };
        let region = region.only_v4();
        let one = |region, certain, by| Reachable {
            way: Way::Nat,
            region,
            certain: hop.certain && certain,
            outward: true,
            inward: false,
            route: hop.route,
            by: By::Nat(by),
        };
        let public = Addresses::public();
        let Some((at, Resource::Subnet(subnet))) = self.world.named(&gateway.subnet) else {
            return vec![one(region.intersection(&public), false, None)];
        };
        let refused = self.blocked(subnet) == BlockedAccess::Bidirectional;
        let onward = self.hops_of(subnet).unwrap_or_default();
        let onward = onward.iter().filter_map(|next| {
            let region = region.intersection(&next.region);
            let (region, certain) = match next.target {
                Target::Internet if !refused => (region.intersection(&public), true),
                Target::Vpn => (region, true),
                Target::Peering(_) | Target::Somewhere => (region, false),
                _ => return None,
            };
            Some(one(region, certain && next.certain, Some(at)))
        });
        onward.collect()
    }

    /// What passes between machines and remote addresses.
    fn remote(
        &self,
        end: End,
        stand: &Stand,
        guard: &Guard<'_>,
        way: &Reachable,
        direction: Direction,
    ) -> Option<Passage> {
        let domain = match direction {
            Direction::Outward => domain(&stand.addresses, &way.region),
            Direction::Inward => domain(&way.region, &stand.addresses),
        };
        let domain = match way.by.traffic() {
            None => domain,
            Some(traffic) => domain.intersection(&Packets::of(PacketBox {
                traffic,
                ..PacketBox::default()
            })),
        };
        let rules = match direction {
            Direction::Outward => &guard.egress,
            Direction::Inward => &guard.ingress,
        };
        let listed = || self.lists_unknown(stand);
        let Opened {
            packets,
            surely,
            mut reasons,
        } = Opened::of(rules, direction, &domain, listed)?;
        // Whoever else is in the VPC may be in the same subnet, where no network ACL is asked.
        let filtered = |packets: Packets, port: Port| match way.way {
            Way::Local => packets,
            _ => self.through_acls(stand, way.by, packets, direction, port),
        };
        let passing = filtered(domain.intersection(&packets), Port::Another);
        let forget = |part: &mut PacketBox| {
            match direction {
                Direction::Outward => part.source = Addresses::everything(),
                Direction::Inward => part.destination = Addresses::everything(),
            }
            part.source_ports = Intervals::everything();
        };
        let some = passing.for_some(forget);
        if some.is_nothing() {
            return None;
        }
        let every = if way.certain {
            // Without lists, and where no network ACL asks for ports on the way, it is the same.
            let passing = match &surely {
                None if self.on_the_way(stand, way.by).is_none() => passing,
                surely => {
                    let surely = surely.as_ref().unwrap_or(&packets);
                    filtered(domain.intersection(surely), Port::Same)
                }
            };
            for_every(&domain, &passing, forget)
        } else {
            Packets::nothing()
        };
        reasons.extend(way.route.map(|resource| Reason {
            resource,
            part: None,
            packets: Some(Packets::of(match direction {
                Direction::Outward => PacketBox {
                    destination: way.region.clone(),
                    ..PacketBox::default()
                },
                Direction::Inward => PacketBox {
                    source: way.region.clone(),
                    ..PacketBox::default()
                },
            })),
        }));
        reasons.extend(self.acl_reasons(stand, direction));
        let remote = End::Outside(Outside::Remote);
        let (from, to) = match direction {
            Direction::Outward => (end, remote),
            Direction::Inward => (remote, end),
        };
        Some(Passage {
            from,
            to,
            way: way.way,
            some,
            every,
            reasons,
        })
    }

    fn acl_reasons(&self, stand: &Stand, direction: Direction) -> Vec<Reason> {
        match (self.acl(stand), direction) {
            (None, _) => Vec::new(),
            (Some(acl), Direction::Outward) => acl.outward_reasons().collect(),
            (Some(acl), Direction::Inward) => acl.inward_reasons().collect(),
        }
    }

    /// What network ACLs leave of packets: that of the machines' own subnet, and that of a subnet on the way, which both
    /// lets in what comes from the machines and lets it out again.
    pub(super) fn through_acls(
        &self,
        stand: &Stand,
        by: By,
        mut left: Packets,
        direction: Direction,
        port: Port,
    ) -> Packets {
        if let Some(acl) = self.acl(stand) {
            left = match direction {
                Direction::Outward => acl.outward(&left),
                Direction::Inward => acl.inward(&left),
            };
        }
        if let Some(acl) = self.on_the_way(stand, by) {
            left = acl.inward(&left);
            if port == Port::Another {
                left = left.for_some(|part| part.source_ports = clients());
            }
            left = acl.outward(&left);
        }
        left
    }

    /// The network ACL of a subnet on the way.
    fn on_the_way(&self, stand: &Stand, by: By) -> Option<&Acl> {
        let By::Nat(Some(at)) = by else {
            return None;
        };
        let elsewhere = !stand.subnets.contains(&at);
        self.acl_of(self.world.subnet(at).filter(|_| elsewhere)?)
    }
}

/// Every way there can be, where nothing is known of routes.
fn anywhere(stand: &Stand) -> Vec<Reachable> {
    let private = Addresses::public().complement().only_v4();
    let way = |way, region| Reachable {
        way,
        region,
        certain: false,
        outward: true,
        inward: true,
        route: None,
        by: By::Itself,
    };
    let mut ways = vec![way(Way::Vpn, private.difference(&stand.addresses))];
    if stand.public != Public::No {
        ways.push(way(Way::Internet, Addresses::public()));
    }
    ways
}
