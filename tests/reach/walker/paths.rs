//! The whole way of a packet and of its answer.

use std::net::IpAddr;

use patternbook::cloud::aws::{NatGateway, Subnet};

use super::network::Network;
use super::routes::Next;
use super::{Kind, Luck, Machine, Packet, Road};

/// Whether an address is one of the Internet's: none that is kept for private networks or for nobody
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>).
pub(crate) fn is_public(address: IpAddr) -> bool {
    let IpAddr::V4(address) = address else {
        return address.is_ipv6() && address.to_string().starts_with(['2', '3']);
    };
    let [first, second, third, _] = address.octets();
    let kept = match first {
        0 | 10 | 127 | 224.. => true,
        100 => (64..128).contains(&second),
        169 => second == 254,
        172 => (16..32).contains(&second),
        192 => second == 168 || (second == 0 && third == 0),
        198 => second == 18 || second == 19,
        _ => false,
    };
    !kept
}

impl Network<'_> {
    /// Whether a packet passes from one machine to another of the same VPC.
    pub(crate) fn between(self, from: &Machine, to: &Machine, packet: Packet) -> bool {
        let (here, there) = (self.subnet(&from.subnet), self.subnet(&to.subnet));
        let luck = Luck {
            nat_port: packet.source_port,
            announced: false,
            listed: false,
        };
        // What stays in a subnet needs no route.
        let routed = here.id == there.id
            || self.next(here, packet.destination, luck) == Next::Local
                && self.next(there, packet.source, luck) == Next::Local;
        let answered = |answer| self.crosses(&there.id, &here.id, answer);
        here.vpc == there.vpc
            && packet.source.is_ipv4() == packet.destination.is_ipv4()
            && self.groups_let_out(from, packet, &to.groups, luck)
            && routed
            && self.crosses(&here.id, &there.id, packet)
            && self.groups_let_in(to, packet, &from.groups, luck)
            && packet.answer().is_none_or(answered)
    }

    /// By which road a packet from a machine gets to an address outside of the template and is answered, if it does.
    pub(crate) fn outward(self, from: &Machine, packet: Packet, luck: Luck) -> Option<Road> {
        let subnet = self.subnet(&from.subnet);
        let luck = self.told(subnet, luck);
        if !is_whole(packet) || !self.groups_let_out(from, packet, &[], luck) {
            return None;
        }
        let next = self.next(subnet, packet.destination, luck);
        let answered = |answer| self.may_enter(&subnet.id, answer);
        let crosses = |nat: Option<&NatGateway>| match nat {
            Some(nat) if self.subnet_of(&nat.subnet).id == subnet.id => true,
            _ => self.may_leave(&subnet.id, packet) && packet.answer().is_none_or(answered),
        };
        match next {
            Next::Internet => {
                // Addresses of IPv6 are public ones.
                let public = from.public || packet.source.is_ipv6();
                let arrives = public && is_public(packet.destination);
                (arrives && crosses(None)).then_some(Road::Internet)
            }
            Next::EgressOnly => {
                let arrives = packet.source.is_ipv6() && is_public(packet.destination);
                (arrives && crosses(None)).then_some(Road::Nat)
            }
            Next::Vpn => crosses(None).then_some(Road::Vpn),
            Next::Peering(peering) => {
                let arrives = self.leads_to(peering, &subnet.vpc, packet.destination);
                (arrives && crosses(None)).then_some(Road::Peering)
            }
            Next::Nat(nat) => (crosses(Some(nat)) && self.translated(nat, from, packet, luck))
                .then_some(Road::Nat),
            // What is in the VPC guards itself and is asked by itself.
            Next::Local | Next::Nowhere => None,
        }
    }

    /// Whether a NAT gateway brings a packet to its end and the answer back. It stands in a subnet of its own: the packet
    /// comes in there, goes out under the gateway's address and by the table of that subnet, and the answer takes the same way
    /// back (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>).
    fn translated(self, nat: &NatGateway, from: &Machine, packet: Packet, luck: Luck) -> bool {
        let subnet = self.subnet_of(&nat.subnet);
        // A gateway passes TCP, UDP and ICMP: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html.
        if matches!(packet.kind, Kind::Other(_) | Kind::Icmp6(..)) || packet.source.is_ipv6() {
            return false;
        }
        let arrives = match self.next(subnet, packet.destination, luck) {
            Next::Internet => nat.public && is_public(packet.destination),
            Next::Vpn => true,
            Next::Peering(peering) => self.leads_to(peering, &subnet.vpc, packet.destination),
            Next::Local | Next::Nat(_) | Next::EgressOnly | Next::Nowhere => false,
        };
        let own = Packet {
            source: subnet.cidr.first(),
            source_port: luck.nat_port,
            ..packet
        };
        let at_home = subnet.id == from.subnet;
        let let_in = at_home || self.may_enter(&subnet.id, packet);
        let let_back = |answer| at_home || self.may_leave(&subnet.id, answer);
        let answered = |answer| self.may_enter(&subnet.id, answer);
        arrives
            && let_in
            && self.may_leave(&subnet.id, own)
            && own.answer().is_none_or(answered)
            && packet.answer().is_none_or(let_back)
    }

    /// Whether a packet from outside of the template arrives at a machine by a road and is answered.
    pub(crate) fn inward(self, road: Road, packet: Packet, to: &Machine, luck: Luck) -> bool {
        let subnet = self.subnet(&to.subnet);
        let luck = self.told(subnet, luck);
        if !is_whole(packet) || !self.groups_let_in(to, packet, &[], luck) {
            return false;
        }
        let next = self.next(subnet, packet.source, luck);
        let arrives = match road {
            // Whoever else is in the VPC may be in the same subnet, where no network ACL is asked.
            Road::Local => return next == Next::Local,
            Road::Internet => {
                (to.public || packet.source.is_ipv6())
                    && is_public(packet.source)
                    && self.has_internet_gateway(&subnet.vpc)
                    && next == Next::Internet
            }
            Road::Vpn => next == Next::Vpn,
            Road::Peering => match next {
                Next::Peering(peering) => self.leads_to(peering, &subnet.vpc, packet.source),
                _ => false,
            },
            // A NAT gateway lets nobody in.
            Road::Nat => false,
        };
        let answered = |answer| self.may_leave(&subnet.id, answer);
        arrives && self.may_enter(&subnet.id, packet) && packet.answer().is_none_or(answered)
    }

    /// Whether a packet arrives over a VPN that no route leads back into. Its answer is lost, which is why network ACLs are
    /// asked about one all the same.
    pub(crate) fn unanswered(self, packet: Packet, to: &Machine, luck: Luck) -> bool {
        let subnet = self.subnet(&to.subnet);
        let luck = self.told(subnet, luck);
        let mut gateways = self.vpn_gateways(&subnet.vpc);
        let next = self.next(subnet, packet.source, luck);
        let answered = |answer| self.may_leave(&subnet.id, answer);
        is_whole(packet)
            && packet.source.is_ipv4()
            && gateways.any(|gateway| self.connections(gateway).next().is_some())
            && !matches!(next, Next::Vpn | Next::Local)
            && self.may_enter(&subnet.id, packet)
            && packet.answer().is_none_or(answered)
            && self.groups_let_in(to, packet, &[], luck)
    }

    /// Whether a packet from a machine gets to an address of a service by a gateway endpoint and is answered. The endpoint's
    /// routes hold all addresses of the service, and a rule may name them by the service's prefix list
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    pub(crate) fn to_service(self, from: &Machine, packet: Packet) -> bool {
        let subnet = self.subnet(&from.subnet);
        let luck = Luck {
            nat_port: packet.source_port,
            announced: false,
            listed: true,
        };
        let answered = |answer| self.may_enter(&subnet.id, answer);
        packet.source.is_ipv4()
            && packet.destination.is_ipv4()
            && is_public(packet.destination)
            && self.endpoints(&subnet.id).next().is_some()
            && self.groups_let_out(from, packet, &[], luck)
            && self.may_leave(&subnet.id, packet)
            && packet.answer().is_none_or(answered)
    }

    /// What is left to luck in a subnet: where an endpoint takes what goes to the service, nobody else has the addresses of
    /// its prefix list.
    fn told(self, subnet: &Subnet, luck: Luck) -> Luck {
        let endpoint = self.endpoints(&subnet.id).next();
        Luck {
            listed: luck.listed && endpoint.is_none(),
            ..luck
        }
    }
}

/// Whether both ends speak the same version of IP.
fn is_whole(packet: Packet) -> bool {
    packet.source.is_ipv4() == packet.destination.is_ipv4()
}
