//! What passes between machines and whoever is outside of the template: the Internet, the other side of a VPN, services.

use super::guards::Guard;
use super::passages::{Direction, Engine, domain, facing, for_every};
use super::routes::{Hop, Target, connections};
use super::rules::{Far, Rules};
use super::seats::{Public, Stand};
use crate::cloud::Term;
use crate::cloud::aws::{BlockedAccess, EndpointWay, Kind, Resource, Subnet};
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set};
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
    /// The subnet that packets pass on their way, and its network ACL with it.
    by: Option<usize>,
}

impl Engine<'_> {
    /// What passes between every stand and the outside.
    pub(super) fn beyond(&mut self) {
        let mut found = Vec::new();
        let mut beyond_budget = Vec::new();
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
                let each = pieces(&guard.ingress) + pieces(&guard.egress);
                if !self.budget.allows(each.saturating_mul(ways.len())) {
                    beyond_budget.extend(self.too_many(crowd_at));
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
        self.unknown.extend(beyond_budget);
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
            by: None,
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
                let region = public().difference(&Addresses::v4());
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
            by: None,
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
            by: None,
        };
        let v6 = region.difference(&Addresses::v4());
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
        let Some((at, Resource::Subnet(subnet))) = self.world.named(&gateway.subnet) else {
            return vec![Reachable {
                way: Way::Nat,
                region: region.intersection(&Addresses::public()).only_v4(),
                certain: false,
                outward: true,
                inward: false,
                route: hop.route,
                by: None,
            }];
        };
        let hops = self.hops_of(subnet).unwrap_or_default();
        let onward = hops.iter().filter(|it| it.target == Target::Internet);
        let onward = onward.fold(Addresses::nothing(), |all, it| all.union(&it.region));
        let region = region.intersection(&onward);
        vec![Reachable {
            way: Way::Nat,
            region: region.intersection(&Addresses::public()).only_v4(),
            certain: hop.certain,
            outward: self.blocked(subnet) != BlockedAccess::Bidirectional,
            inward: false,
            route: hop.route,
            by: Some(at),
        }]
    }

    /// Whether the account lets packets of Internet gateways in, and out.
    fn unblocked(&self, stand: &Stand) -> (bool, bool) {
        let mut subnets = stand.subnets.iter();
        let subnet = subnets.find_map(|at| self.world.subnet(*at));
        match subnet.map(|subnet| self.blocked(subnet)) {
            None | Some(BlockedAccess::Nothing) => (true, true),
            Some(BlockedAccess::Ingress) => (false, true),
            Some(BlockedAccess::Bidirectional) => (false, false),
        }
    }

    /// What VPC Block Public Access refuses in a subnet, when the template sets it
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>).
    fn blocked(&self, subnet: &Subnet) -> BlockedAccess {
        let mut blocked = BlockedAccess::Nothing;
        for (_, resource) in self.world.of(Kind::VpcPublicAccess) {
            if let Resource::VpcPublicAccess(it) = resource {
                blocked = it.blocked;
            }
        }
        for (_, resource) in self.world.of(Kind::VpcPublicAccessExclusion) {
            let Resource::VpcPublicAccessExclusion(it) = resource else {
                continue;
            };
            let here = it.of == subnet.vpc || super::world::id_of(&it.of) == Some(&subnet.id);
            if here && blocked != BlockedAccess::Nothing {
                blocked = if it.ingress {
                    BlockedAccess::Nothing
                } else {
                    BlockedAccess::Ingress
                };
            }
        }
        blocked
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
        let rules = match direction {
            Direction::Outward => &guard.egress,
            Direction::Inward => &guard.ingress,
        };
        let listed = self.lists_unknown(stand);
        let mut opened = Packets::nothing();
        let mut surely = Packets::nothing();
        let mut reasons = Vec::new();
        for rule in rules.iter() {
            let (far, sure) = match &rule.far {
                Far::Blocks(blocks) => (blocks.clone(), true),
                Far::Service if listed => (Addresses::public(), false),
                Far::Service | Far::Group(_) => continue,
            };
            let part = facing(direction, far, rule.traffic.clone());
            if !domain.overlaps(&Packets::of(part.clone())) {
                continue;
            }
            if sure {
                surely.insert(part.clone());
            }
            opened.insert(part.clone());
            reasons.push(Reason {
                packets: Some(Packets::of(part)),
                ..rule.reason()
            });
        }
        // Whoever else is in the VPC may be in the same subnet, where no network ACL is asked.
        let filtered = |packets: &Packets| match way.way {
            Way::Local => packets.clone(),
            _ => self.through_acls(stand, way.by, packets, direction),
        };
        let passing = filtered(&domain.intersection(&opened));
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
            let passing = filtered(&domain.intersection(&surely));
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
    fn through_acls(
        &self,
        stand: &Stand,
        by: Option<usize>,
        packets: &Packets,
        direction: Direction,
    ) -> Packets {
        let mut left = packets.clone();
        if let Some(acl) = self.acl(stand) {
            left = match direction {
                Direction::Outward => acl.outward(&left),
                Direction::Inward => acl.inward(&left),
            };
        }
        let on_the_way = by.filter(|at| !stand.subnets.contains(at));
        let on_the_way = on_the_way.and_then(|at| self.world.subnet(at));
        if let Some(acl) = on_the_way.and_then(|subnet| self.acl_of(subnet)) {
            left = acl.outward(&acl.inward(&left));
        }
        left
    }

    /// Whether the addresses of prefix lists by parameter may lie anywhere: no endpoint of the table takes them.
    fn lists_unknown(&self, stand: &Stand) -> bool {
        self.endpoints(stand).next().is_none()
    }

    /// The services that the table of machines has a gateway endpoint to.
    fn endpoints(&self, stand: &Stand) -> impl Iterator<Item = (usize, &'static str)> {
        let subnet = stand.subnets.first().and_then(|at| self.world.subnet(*at));
        let table = subnet.and_then(|subnet| self.world.table(subnet));
        let resources = self.world.of(Kind::VpcEndpoint);
        resources.filter_map(move |(at, resource)| match resource {
            Resource::VpcEndpoint(it) if it.way == EndpointWay::Gateway => {
                let mut tables = it.tables.iter().filter_map(|term| self.world.named(term));
                tables
                    .any(|(at, _)| Some(at) == table)
                    .then(|| (at, service(&it.service)))
            }
            _ => None,
        })
    }

    /// What passes to services by gateway endpoints. Which addresses a service has, no template says: they are public ones
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    fn services(&self, end: End, stand: &Stand, guard: &Guard<'_>) -> Vec<Passage> {
        let region = Addresses::public().only_v4();
        let domain = domain(&stand.addresses, &region);
        let mut found = Vec::new();
        for (at, service) in self.endpoints(stand) {
            let mut opened = Packets::nothing();
            let mut reasons = vec![Reason {
                resource: at,
                part: None,
                packets: None,
            }];
            for rule in guard.egress.iter() {
                let far = match &rule.far {
                    Far::Service => Addresses::everything(),
                    Far::Blocks(blocks) => blocks.clone(),
                    Far::Group(_) => continue,
                };
                let part = facing(Direction::Outward, far, rule.traffic.clone());
                opened.insert(part);
                reasons.push(rule.reason());
            }
            let opened = domain.intersection(&opened);
            let passing = self.through_acls(stand, None, &opened, Direction::Outward);
            let forget = |part: &mut PacketBox| {
                part.source = Addresses::everything();
                part.destination = Addresses::everything();
                part.source_ports = Intervals::everything();
            };
            let some = passing.for_some(forget);
            if some.is_nothing() {
                continue;
            }
            found.push(Passage {
                from: end,
                to: End::Outside(Outside::Service(service)),
                way: Way::Endpoint,
                every: for_every(&domain, &passing, forget),
                some,
                reasons,
            });
        }
        found
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
        by: None,
    };
    let mut ways = vec![way(Way::Vpn, private.difference(&stand.addresses))];
    if stand.public != Public::No {
        ways.push(way(Way::Internet, Addresses::public()));
    }
    ways
}

/// The service at the end of an endpoint's name, as in `com.amazonaws.eu-west-1.s3`.
fn service(name: &Term) -> &'static str {
    let last = match name {
        Term::Text(text) => text.as_str(),
        Term::Join(parts) => match parts.last() {
            Some(Term::Text(text)) => text.as_str(),
            _ => "",
        },
        _ => "",
    };
    match last.rsplit('.').next() {
        Some("s3") => "s3",
        Some("dynamodb") => "dynamodb",
        _ => "service",
    }
}
