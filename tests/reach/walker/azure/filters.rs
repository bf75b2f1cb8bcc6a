//! Network security groups, rule by rule.

use std::net::IpAddr;

use patternbook::cloud::azure::{
    Access, Direction, NetworkSecurityGroup, NextHop, Protocol, SecurityRule, Side, Subnet,
};
use patternbook::net::{Cidr, Ports};

use super::network::{Network, is_internet, is_private};
use super::{End, Luck, Machine, Perhaps};
use crate::walker::{Kind, Packet, is_in};

/// Whether a rule speaks of a protocol and its ports: those of TCP and UDP, and a rule for every protocol that names some is
/// about these two (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).
fn is_about(rule: &SecurityRule, packet: Packet) -> bool {
    let has = |ranges: &[Ports], port: u16| {
        let mut all = ranges.iter();
        let holds = |range: &Ports| range.from().number() <= port && port <= range.to().number();
        ranges.is_empty() || all.any(holds)
    };
    let names_ports = !rule.ports.is_empty() || !rule.source_ports.is_empty();
    match (rule.protocol, packet.kind) {
        (Protocol::Any | Protocol::Tcp, Kind::Tcp(port))
        | (Protocol::Any | Protocol::Udp, Kind::Udp(port)) => {
            has(&rule.ports, port) && has(&rule.source_ports, packet.source_port)
        }
        (Protocol::Any, _) => !names_ports,
        (Protocol::Icmp, Kind::Icmp(..))
        | (Protocol::Esp, Kind::Other(50))
        | (Protocol::Ah, Kind::Other(51)) => true,
        _ => false,
    }
}

impl Network<'_> {
    /// Whether what filters a machine lets a packet pass: the group of its interface and that of its subnet, and both must;
    /// where there is none, it passes
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works>).
    pub(super) fn lets(
        self,
        machine: &Machine,
        direction: Direction,
        ends: (End<'_>, End<'_>),
        packet: Packet,
        luck: Luck,
    ) -> bool {
        let subnet = self.subnet(&machine.subnet);
        let filters = machine.filter.iter().chain(&subnet.network_security_group);
        let mut filters = filters.filter_map(|term| self.filter(term));
        filters.all(|filter| self.decides(filter, subnet, direction, ends, packet, luck))
    }

    pub(super) fn is_bare(self, machine: &Machine) -> bool {
        let subnet = self.subnet(&machine.subnet);
        machine.filter.is_none() && subnet.network_security_group.is_none()
    }

    /// The rule with the lowest priority that fits decides, and Azure's own come last.
    fn decides(
        self,
        filter: &NetworkSecurityGroup,
        subnet: &Subnet,
        direction: Direction,
        (source, destination): (End<'_>, End<'_>),
        packet: Packet,
        luck: Luck,
    ) -> bool {
        let mut rules: Vec<_> = filter.rules.iter().collect();
        rules.sort_by_key(|rule| rule.priority);
        for rule in rules {
            if rule.direction != direction || !is_about(rule, packet) {
                continue;
            }
            let fits = self.names(&rule.source, source, subnet).and(self.names(
                &rule.destination,
                destination,
                subnet,
            ));
            // Good luck is that what allows fits and that what denies does not.
            let fits = match rule.access {
                Access::Allow => fits.helps(luck),
                Access::Deny => fits == Perhaps::Yes || fits == Perhaps::May && luck == Luck::Worst,
            };
            if fits {
                return rule.access == Access::Allow;
            }
        }
        self.by_default(subnet, direction, source, destination)
            .helps(luck)
    }

    /// Azure's own rules 65000, 65001 and 65500
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules>).
    fn by_default(
        self,
        subnet: &Subnet,
        direction: Direction,
        source: End<'_>,
        destination: End<'_>,
    ) -> Perhaps {
        let is = |tag: &str, end| self.is_tagged(tag, end, subnet);
        let inside = is("VirtualNetwork", source).and(is("VirtualNetwork", destination));
        inside.or(match direction {
            Direction::Inbound => is("AzureLoadBalancer", source),
            Direction::Outbound => is("Internet", destination),
        })
    }

    fn names(self, side: &Side, end: End<'_>, subnet: &Subnet) -> Perhaps {
        let in_blocks =
            |blocks: &[Cidr]| Perhaps::of(blocks.iter().any(|block| is_in(end.address, *block)));
        match side {
            Side::Any => Perhaps::Yes,
            Side::Tag(tag) => self.is_tagged(tag, end, subnet),
            Side::Blocks(blocks) => in_blocks(blocks),
            Side::Mixed { blocks, tags } => {
                let tags = tags.iter().map(|tag| self.is_tagged(tag, end, subnet));
                tags.fold(in_blocks(blocks), Perhaps::or)
            }
            Side::Groups(groups) => {
                Perhaps::of(groups.iter().any(|group| end.groups.contains(group)))
            }
        }
    }

    /// Whether a service tag holds an address, as a subnet sees it
    /// (<https://learn.microsoft.com/azure/virtual-network/service-tags-overview>). Probes come from the one address of
    /// `AzureLoadBalancer`, which no other tag holds; nothing else comes from there.
    fn is_tagged(self, tag: &str, end: End<'_>, subnet: &Subnet) -> Perhaps {
        let of_probes = tag.eq_ignore_ascii_case("AzureLoadBalancer");
        if of_probes || end.probe {
            return Perhaps::of(of_probes && end.probe);
        }
        if tag.eq_ignore_ascii_case("VirtualNetwork") {
            self.is_of_network(end.address, subnet)
        } else if tag.eq_ignore_ascii_case("Internet") {
            self.is_elsewhere(end.address, subnet)
        } else {
            self.is_elsewhere(end.address, subnet).and(Perhaps::May)
        }
    }

    /// `VirtualNetwork` is the network, the networks peered with it, and what its gateway is told of. It may be the prefixes
    /// of user-defined routes as well, and so every address under a default route.
    fn is_of_network(self, address: IpAddr, subnet: &Subnet) -> Perhaps {
        let home = self.home(subnet);
        let gateway = self.gateway(home);
        let peers = self.peers(home).into_iter();
        let mut tagged = peers.filter(|(_, peering)| peering.access);
        let sites = gateway.iter().flat_map(|gateway| &gateway.sites);
        let sure = Self::holds(home, address)
            || tagged.any(|(far, _)| Self::holds(far, address))
            || sites.into_iter().any(|site| is_in(address, *site));
        let routes = self.table_of(subnet).map_or(&[][..], |table| &table.routes);
        let mut prefixes = routes.iter().map(|route| route.prefix);
        let learned = gateway.is_some_and(|gateway| gateway.bgp) && is_private(address);
        let may = prefixes.any(|prefix| is_in(address, prefix)) || learned;
        match (sure, may) {
            (true, _) => Perhaps::Yes,
            (false, true) => Perhaps::May,
            (false, false) => Perhaps::No,
        }
    }

    /// `Internet` is every public address outside of the network. Whether it still is one that a route leads elsewhere,
    /// Azure does not say.
    fn is_elsewhere(self, address: IpAddr, subnet: &Subnet) -> Perhaps {
        if !is_internet(address) || Self::holds(self.home(subnet), address) {
            return Perhaps::No;
        }
        let routes = self.table_of(subnet).map_or(&[][..], |table| &table.routes);
        let mut elsewhere = routes
            .iter()
            .filter(|route| !matches!(route.next_hop, NextHop::Internet | NextHop::None));
        if elsewhere.any(|route| is_in(address, route.prefix)) {
            Perhaps::May
        } else {
            Perhaps::Yes
        }
    }
}
