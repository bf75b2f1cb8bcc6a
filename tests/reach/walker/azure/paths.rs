//! The whole way of a packet on Azure and of its answer. Network security groups are stateful: an answer needs no rule, but a
//! way back.

use std::net::IpAddr;

use patternbook::cloud::Term;
use patternbook::cloud::azure::{AddressSku, Direction, FrontendAddress, Subnet};

use super::network::{Network, is_internet, is_private, is_unique_local};
use super::routes::Hop;
use super::{End, Luck, Machine, Perhaps, Road};
use crate::walker::{Kind, Packet, is_in};

/// Whence load balancers ask whether a machine with this address is well
/// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview#probe-source-ip-address>).
fn prober(of: IpAddr) -> IpAddr {
    let text = if of.is_ipv4() {
        "168.63.129.16"
    } else {
        "fe80::1234:5678:9abc"
    };
    text.parse().unwrap()
}

/// Whether both ends of a packet are of one version of IP.
fn is_possible(packet: Packet) -> bool {
    packet.source.is_ipv4() == packet.destination.is_ipv4()
}

fn stranger(address: IpAddr) -> End<'static> {
    End {
        address,
        groups: &[],
        probe: false,
    }
}

/// Whether a packet has ports, by which those who share an address are told apart.
fn is_shared(kind: Kind) -> bool {
    matches!(kind, Kind::Tcp(_) | Kind::Udp(_))
}

impl Network<'_> {
    /// The way between two subnets: inside of one network, or of two that are peered.
    fn way(self, near: &Subnet, far: &Subnet) -> Option<Hop> {
        let (near, far) = (self.home(near), self.home(far));
        if near.id == far.id {
            return Some(Hop::Local);
        }
        let mut peers = self.peers(near).into_iter();
        peers
            .any(|(peer, _)| peer.id == far.id)
            .then_some(Hop::Peered)
    }

    /// Whether a packet passes from one machine to another, and whether by a peering.
    pub(crate) fn between(
        self,
        from: &Machine,
        to: &Machine,
        packet: Packet,
        luck: Luck,
    ) -> Option<bool> {
        let (near, far) = (self.subnet(&from.subnet), self.subnet(&to.subnet));
        let hop = self.way(near, far)?;
        let ends = (from.end(), to.end());
        let found = self
            .finds(near, to.address, hop)
            .and(self.finds(far, from.address, hop));
        let passes = is_possible(packet)
            && found.helps(luck)
            && self.lets(from, Direction::Outbound, ends, packet, luck)
            && self.lets(to, Direction::Inbound, ends, packet, luck);
        passes.then_some(hop == Hop::Peered)
    }

    /// Whether what a machine sends to the front end of a load balancer inside, at one of its addresses, is handed on to
    /// another machine and arrives as this packet.
    pub(crate) fn handed(
        self,
        from: &Machine,
        to: &Machine,
        packet: Packet,
        front: (&Road, IpAddr),
        luck: Luck,
    ) -> bool {
        let (near, far) = (self.subnet(&from.subnet), self.subnet(&to.subnet));
        let Some(hop) = self.way(near, far) else {
            return false;
        };
        let found = self
            .finds(near, front.1, hop)
            .and(self.finds(far, from.address, hop));
        let received = self.lets(to, Direction::Inbound, (from.end(), to.end()), packet, luck);
        let ends = (from.end(), stranger(front.1));
        let hands = self.hands(to).into_iter().filter(|hand| {
            let here = hand.inside.and_then(|subnet| self.subnet_of(subnet));
            let here = here
                .is_some_and(|subnet| subnet.prefixes.iter().any(|block| is_in(front.1, *block)));
            here && Road::Balancer(hand.balancer.id.clone()) == *front.0 && hand.gives(packet.kind)
        });
        let mut sent = hands.map(|hand| {
            let mut kinds = hand.sent(packet.kind).into_iter();
            let passes = |kind| {
                let packet = Packet {
                    kind,
                    destination: front.1,
                    ..packet
                };
                self.lets(from, Direction::Outbound, ends, packet, luck)
            };
            match luck {
                Luck::Best => kinds.any(passes),
                Luck::Worst => kinds.all(passes),
            }
        });
        let possible = is_possible(packet) && front.1.is_ipv4() == packet.source.is_ipv4();
        possible && found.helps(luck) && received && sent.any(|sent| sent)
    }

    /// Whether a machine is asked whether it is well by a load balancer, as this packet.
    pub(crate) fn probed(self, by: &Road, to: &Machine, packet: Packet, luck: Luck) -> bool {
        let probe = End {
            probe: true,
            ..stranger(prober(to.address))
        };
        let serves = self.balancers().any(|balancer| {
            let mut sends = balancer.outbound_rules.iter();
            let speaks = |term: &Term| {
                let mut frontends = balancer.frontends.iter();
                self.speaks(frontends.find(|it| it.id.id() == *term), to.address)
            };
            let behind = self
                .hands(to)
                .iter()
                .any(|hand| hand.balancer.id == balancer.id)
                || sends
                    .any(|rule| to.pools.contains(&rule.pool) && rule.frontends.iter().any(speaks));
            Road::Balancer(balancer.id.clone()) == *by && !balancer.probes.is_empty() && behind
        });
        let packet = Packet {
            source: prober(to.address),
            ..packet
        };
        serves && self.lets(to, Direction::Inbound, (probe, to.end()), packet, luck)
    }

    /// By which road a packet to an address outside may leave a machine.
    pub(crate) fn outward(self, from: &Machine, packet: Packet, road: &Road, luck: Luck) -> bool {
        let subnet = self.subnet(&from.subnet);
        let there = match road {
            Road::Vpn => self.is_beyond(subnet, packet.destination),
            Road::Appliance => self.by_appliance(subnet, packet.destination),
            Road::Internet | Road::Nat => {
                let (own, carried) = self.way_out(from, packet.kind);
                let internet = self.by_internet(subnet, packet.destination);
                internet.and(if own == *road { carried } else { Perhaps::No })
            }
            Road::Local | Road::Balancer(_) => Perhaps::No,
        };
        let ends = (from.end(), stranger(packet.destination));
        is_possible(packet)
            && there.helps(luck)
            && self.lets(from, Direction::Outbound, ends, packet, luck)
    }

    /// The one way to the Internet that a machine has, and whether it carries a packet: a NAT gateway goes before a public
    /// address of its own, that before a load balancer's, and only without any of these Azure may give one
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access>). NAT gateways of Standard
    /// make are of IPv4 (<https://learn.microsoft.com/azure/nat-gateway/nat-overview>), and what Azure gives by IPv6 it does
    /// not say.
    fn way_out(self, from: &Machine, kind: Kind) -> (Road, Perhaps) {
        let subnet = self.subnet(&from.subnet);
        let shared = Perhaps::of(is_shared(kind));
        let v4 = from.address.is_ipv4();
        if let Some(nat) = subnet.nat_gateway.as_ref().filter(|_| v4) {
            let sure = if self.has_address(nat) {
                Perhaps::Yes
            } else {
                Perhaps::May
            };
            return (Road::Nat, shared.and(sure));
        }
        if from.public.is_some() {
            return (Road::Internet, Perhaps::Yes);
        }
        if let Some(carried) = self.sends(from, kind) {
            return (Road::Nat, Perhaps::of(carried));
        }
        let given = match (subnet.default_outbound_access, from.pools.is_empty()) {
            (true, true) if v4 => Perhaps::Yes,
            // Behind a load balancer that sends nothing out, Azure's pages do not agree.
            (true, _) => Perhaps::May,
            (false, _) => Perhaps::No,
        };
        (Road::Nat, shared.and(given))
    }

    /// Whether a packet from outside arrives at a machine by a road, and its answer finds the way back where it must.
    pub(crate) fn inward(self, packet: Packet, to: &Machine, road: &Road, luck: Luck) -> bool {
        let subnet = self.subnet(&to.subnet);
        let there = match road {
            // Whoever else is in the network: nobody can rely on them.
            Road::Local => {
                Perhaps::of(Self::holds(self.home(subnet), packet.source)).and(Perhaps::May)
            }
            Road::Internet if self.is_open(to) => self.by_internet(subnet, packet.source),
            Road::Balancer(_) => {
                let handed = self.is_handed(road, to, packet.kind);
                self.by_internet(subnet, packet.source)
                    .and(Perhaps::of(handed))
            }
            Road::Vpn => {
                let answered = self.is_beyond(subnet, packet.source);
                let lost = self.is_lost(subnet, packet.source);
                answered.or(lost).and(self.is_delivered(to))
            }
            Road::Appliance => self.by_appliance(subnet, packet.source),
            Road::Internet | Road::Nat => Perhaps::No,
        };
        let ends = (stranger(packet.source), to.end());
        is_possible(packet)
            && there.helps(luck)
            && self.lets(to, Direction::Inbound, ends, packet, luck)
    }

    /// Whether a machine's own public address is open: one of Standard make is closed where nothing filters
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku>).
    fn is_open(self, machine: &Machine) -> bool {
        match machine.public {
            None => false,
            Some(AddressSku::Basic) => true,
            Some(AddressSku::Standard) => !self.is_bare(machine),
        }
    }

    /// Whether a load balancer hands on a packet from the Internet. A Standard one is closed where nothing filters
    /// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-overview#securebydefault>).
    fn is_handed(self, by: &Road, to: &Machine, kind: Kind) -> bool {
        self.hands(to).iter().any(|hand| {
            let closed = hand.balancer.sku == AddressSku::Standard && self.is_bare(to);
            Road::Balancer(hand.balancer.id.clone()) == *by
                && hand.inside.is_none()
                && !closed
                && hand.gives(kind)
        })
    }

    /// Whether packets to a public address outside of the network go by the Internet. Who comes from there is answered only by
    /// the same way.
    fn by_internet(self, subnet: &Subnet, address: IpAddr) -> Perhaps {
        let outside = is_internet(address) && !Self::holds(self.home(subnet), address);
        Perhaps::of(outside).and(self.goes(subnet, address, Hop::Internet))
    }

    fn is_outside(self, subnet: &Subnet, address: IpAddr) -> bool {
        let somewhere = is_internet(address) || is_private(address) || is_unique_local(address);
        somewhere && !Self::holds(self.home(subnet), address)
    }

    /// Whether packets to an address go by the gateway, which has a way on.
    fn is_beyond(self, subnet: &Subnet, address: IpAddr) -> Perhaps {
        let gateway = self.gateway(self.home(subnet));
        let led = match gateway {
            Some(gateway) => Perhaps::of(gateway.leads_to(address)),
            None => Perhaps::May,
        };
        // A VPN gateway carries IPv4 only
        // (https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations).
        Perhaps::of(address.is_ipv4() && self.is_outside(subnet, address))
            .and(self.goes(subnet, address, Hop::Gateway))
            .and(led)
    }

    /// Whether a packet over a VPN arrives from a private address that no route leads back to. One that needs no answer does
    /// its work (<https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-devices>).
    fn is_lost(self, subnet: &Subnet, address: IpAddr) -> Perhaps {
        let home = self.home(subnet);
        let gateway = self.gateway(home);
        let tunnel = gateway.is_some_and(|gateway| gateway.leads_anywhere());
        Perhaps::of(tunnel && is_private(address) && !Self::holds(home, address)).and(Perhaps::May)
    }

    /// Whether the gateway's own subnet leads to a machine.
    fn is_delivered(self, to: &Machine) -> Perhaps {
        let gateway = self.gateway(self.home(self.subnet(&to.subnet)));
        let own = gateway.and_then(|gateway| self.subnet_of(&gateway.it.subnet));
        let Some(own) = own else {
            return Perhaps::May;
        };
        let local = self.goes(own, to.address, Hop::Local);
        local.or(self.goes(own, to.address, Hop::Peered))
    }

    fn by_appliance(self, subnet: &Subnet, address: IpAddr) -> Perhaps {
        Perhaps::of(self.is_outside(subnet, address))
            .and(self.goes(subnet, address, Hop::Appliance))
            .and(Perhaps::May)
    }

    /// The subnets in which load balancers have addresses, by the load balancer.
    pub(crate) fn inner_fronts(self) -> Vec<(Road, patternbook::net::Cidr)> {
        let mut found = Vec::new();
        for balancer in self.balancers() {
            for frontend in &balancer.frontends {
                if let FrontendAddress::Subnet(term) = &frontend.address
                    && let Some(subnet) = self.subnet_of(term)
                {
                    let road = Road::Balancer(balancer.id.clone());
                    let blocks = subnet.prefixes.iter().filter(|block| block.is_v4());
                    found.extend(blocks.map(|block| (road.clone(), *block)));
                }
            }
        }
        found
    }
}
