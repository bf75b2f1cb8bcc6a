//! Small worlds, made by hand, and questions to them.

use std::net::{IpAddr, Ipv4Addr};

use crate::cloud::azure::{
    Access, AddressSku, ApplicationSecurityGroup, BackendPool, BalancingRule, BgpPeer, Connection,
    Direction, Frontend, FrontendAddress, Interface, IpConfiguration, IpsecPolicy, Kind,
    LoadBalancer, LocalNetworkGateway, NatGateway, NetworkSecurityGroup, NextHop, Peering, Probe,
    Protocol as Words, PublicIp, Resource, Route, RouteTable, SecurityRule, Side, Subnet,
    Transport, VirtualNetwork, VirtualNetworkGateway,
};
use crate::cloud::{self, Attribute, ResourceId, Term};
use crate::net::{Cidr, IpVersion, Traffic};
use crate::reach::set::{Packet, Packets, Protocol, Set};
use crate::reach::{End, Matrix, Outside, Passage, Way};

pub(super) const IN: Direction = Direction::Inbound;
pub(super) const OUT: Direction = Direction::Outbound;

/// An address of the Internet.
pub(super) const CLIENT: &str = "9.9.9.9";
/// An address behind the VPN.
pub(super) const HOME: &str = "192.168.1.1";

pub(super) fn id(kind: Kind, name: &str) -> ResourceId {
    ResourceId::new(cloud::Kind::Azure(kind), name)
}

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

pub(super) fn network(name: &str, blocks: &[&str]) -> Resource {
    Resource::VirtualNetwork(VirtualNetwork {
        id: id(Kind::VirtualNetwork, name),
        address_space: blocks.iter().map(|block| cidr(block)).collect(),
    })
}

pub(super) fn subnet_id(network: &str, name: &str) -> ResourceId {
    let network = id(Kind::VirtualNetwork, network);
    network.child(cloud::Kind::Azure(Kind::Subnet), name)
}

/// A subnet without a way out.
pub(super) fn subnet(network: &str, name: &str, block: &str) -> Subnet {
    Subnet {
        id: subnet_id(network, name),
        network: id(Kind::VirtualNetwork, network).attribute(Attribute::Name),
        prefixes: vec![cidr(block)],
        default_outbound_access: false,
        route_table: None,
        nat_gateway: None,
        network_security_group: None,
    }
}

/// A network with one subnet.
pub(super) fn land(change: impl FnOnce(&mut Subnet)) -> Vec<Resource> {
    let mut own = subnet("net", "own", "10.0.0.0/24");
    change(&mut own);
    vec![network("net", &["10.0.0.0/16"]), Resource::Subnet(own)]
}

/// The interface of one machine in the subnet of [`land`].
pub(super) fn machine(name: &str, change: impl FnOnce(&mut Interface)) -> Resource {
    let mut interface = Interface {
        id: id(Kind::Interface, name),
        network_security_group: None,
        forwarding: false,
        configurations: vec![IpConfiguration {
            name: "first".to_owned(),
            version: IpVersion::V4,
            subnet: subnet_id("net", "own").id(),
            address: None,
            public_ip: None,
            groups: Vec::new(),
            pools: Vec::new(),
            nat_rules: Vec::new(),
        }],
    };
    change(&mut interface);
    Resource::Interface(interface)
}

pub(super) fn group(name: &str) -> Resource {
    Resource::ApplicationSecurityGroup(ApplicationSecurityGroup {
        id: id(Kind::ApplicationSecurityGroup, name),
    })
}

pub(super) fn groups(names: &[&str]) -> Side {
    let ids = names.iter();
    Side::Groups(
        ids.map(|name| id(Kind::ApplicationSecurityGroup, name).id())
            .collect(),
    )
}

pub(super) fn tag(name: &str) -> Side {
    Side::Tag(name.to_owned())
}

pub(super) fn blocks(blocks: &[&str]) -> Side {
    Side::Blocks(blocks.iter().map(|block| cidr(block)).collect())
}

pub(super) fn filter_id(name: &str) -> Term {
    id(Kind::NetworkSecurityGroup, name).id()
}

pub(super) fn filter(name: &str, rules: Vec<SecurityRule>) -> Resource {
    Resource::NetworkSecurityGroup(NetworkSecurityGroup {
        id: id(Kind::NetworkSecurityGroup, name),
        rules,
    })
}

/// A rule that lets traffic pass, as in `tcp/443`, between any ends.
pub(super) fn allow(priority: u16, direction: Direction, traffic: &str) -> SecurityRule {
    let (protocol, ports) = match traffic.parse().unwrap() {
        Traffic::All => (Words::Any, Vec::new()),
        Traffic::Tcp(ports) => (Words::Tcp, vec![ports]),
        Traffic::Udp(ports) => (Words::Udp, vec![ports]),
        Traffic::Icmp(_) => (Words::Icmp, Vec::new()),
    };
    SecurityRule {
        id: id(Kind::SecurityRule, &format!("rule-{priority}")),
        description: String::new(),
        priority,
        direction,
        access: Access::Allow,
        protocol,
        source: Side::Any,
        destination: Side::Any,
        source_ports: Vec::new(),
        ports,
    }
}

pub(super) fn deny(priority: u16, direction: Direction, traffic: &str) -> SecurityRule {
    SecurityRule {
        access: Access::Deny,
        ..allow(priority, direction, traffic)
    }
}

pub(super) fn from(source: Side, rule: SecurityRule) -> SecurityRule {
    SecurityRule { source, ..rule }
}

pub(super) fn to(destination: Side, rule: SecurityRule) -> SecurityRule {
    SecurityRule {
        destination,
        ..rule
    }
}

pub(super) fn table(name: &str, gateway_routes: bool, routes: &[(&str, NextHop)]) -> Resource {
    let routes = routes.iter().map(|(prefix, hop)| Route {
        name: prefix.replace(['.', '/'], "-"),
        prefix: cidr(prefix),
        next_hop: hop.clone(),
    });
    Resource::RouteTable(RouteTable {
        id: id(Kind::RouteTable, name),
        gateway_routes,
        routes: routes.collect(),
    })
}

pub(super) fn table_id(name: &str) -> Term {
    id(Kind::RouteTable, name).id()
}

pub(super) fn public_ip(name: &str, sku: AddressSku) -> Resource {
    Resource::PublicIp(PublicIp {
        id: id(Kind::PublicIp, name),
        sku,
        version: IpVersion::V4,
        zones: Vec::new(),
    })
}

pub(super) fn nat_gateway() -> Resource {
    Resource::NatGateway(NatGateway {
        id: id(Kind::NatGateway, "nat"),
        public_ips: vec![id(Kind::PublicIp, "nat").id()],
        idle_minutes: 4,
    })
}

/// A gateway of `net` that is connected to 192.168.0.0/16.
pub(super) fn vpn(
    change: impl FnOnce(&mut VirtualNetworkGateway, &mut LocalNetworkGateway, &mut Connection),
) -> Vec<Resource> {
    let mut gateway = VirtualNetworkGateway {
        id: id(Kind::VirtualNetworkGateway, "gateway"),
        sku: "VpnGw1AZ".to_owned(),
        subnet: subnet_id("net", "GatewaySubnet").id(),
        public_ip: id(Kind::PublicIp, "gateway").id(),
        asn: None,
        default_site: None,
    };
    let mut site = LocalNetworkGateway {
        id: id(Kind::LocalNetworkGateway, "home"),
        address: "203.0.113.1".into(),
        address_space: vec![cidr("192.168.0.0/16")],
        bgp: None,
    };
    let mut connection = Connection {
        id: id(Kind::Connection, "connection"),
        gateway: gateway.id.id(),
        remote: site.id.id(),
        shared_key: Term::Parameter("key".into()),
        bgp: false,
        policy: IpsecPolicy {
            ike_encryption: String::new(),
            ike_integrity: String::new(),
            dh_group: String::new(),
            ipsec_encryption: String::new(),
            ipsec_integrity: String::new(),
            pfs_group: String::new(),
            sa_lifetime_seconds: 27_000,
            sa_data_size_kilobytes: 1024,
        },
    };
    change(&mut gateway, &mut site, &mut connection);
    vec![
        Resource::Subnet(subnet("net", "GatewaySubnet", "10.0.255.0/27")),
        Resource::VirtualNetworkGateway(gateway),
        Resource::LocalNetworkGateway(site),
        Resource::Connection(connection),
    ]
}

/// A connection whose sides tell each other their routes, and nothing else does.
pub(super) fn bgp(site: &mut LocalNetworkGateway, connection: &mut Connection) {
    site.address_space.clear();
    site.bgp = Some(BgpPeer {
        asn: 65010,
        address: "192.168.0.1".into(),
    });
    connection.bgp = true;
}

/// A public load balancer that hands port 443 on to port 8443 of the pool `pool`, and probes port 8080.
pub(super) fn balancer(change: impl FnOnce(&mut LoadBalancer)) -> Resource {
    let own = id(Kind::LoadBalancer, "balancer");
    let part = |kind, name| own.child(cloud::Kind::Azure(kind), name);
    let mut balancer = LoadBalancer {
        sku: AddressSku::Standard,
        frontends: vec![Frontend {
            id: part(Kind::FrontendIp, "front"),
            address: FrontendAddress::PublicIp(id(Kind::PublicIp, "balancer").id()),
        }],
        pools: vec![BackendPool {
            id: part(Kind::BackendPool, "pool"),
        }],
        probes: vec![Probe {
            id: part(Kind::Probe, "health"),
            port: 8080,
            path: None,
            interval_seconds: 5,
            threshold: 2,
        }],
        rules: vec![BalancingRule {
            id: part(Kind::BalancingRule, "service"),
            protocol: Transport::Tcp,
            frontend: part(Kind::FrontendIp, "front").id(),
            frontend_port: 443,
            pool: part(Kind::BackendPool, "pool").id(),
            backend_port: 8443,
            probe: Some(part(Kind::Probe, "health").id()),
            outbound_snat: false,
        }],
        nat_rules: Vec::new(),
        outbound_rules: Vec::new(),
        id: own,
    };
    change(&mut balancer);
    Resource::LoadBalancer(balancer)
}

pub(super) fn pool() -> Term {
    let own = id(Kind::LoadBalancer, "balancer");
    own.child(cloud::Kind::Azure(Kind::BackendPool), "pool")
        .id()
}

pub(super) fn peering(near: &str, far: &str) -> Peering {
    let own = id(Kind::VirtualNetwork, near);
    Peering {
        id: own.child(cloud::Kind::Azure(Kind::Peering), far),
        remote: id(Kind::VirtualNetwork, far).id(),
        access: true,
        forwarded: false,
        gateway_transit: false,
        remote_gateways: false,
    }
}

/// What is said of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Passes {
    /// Whatever the addresses are.
    Always,
    /// For some addresses, or in one reading of the resources.
    Maybe,
    Never,
}

/// Whether one packet passes by a way. An end is the name of a peer, an address outside, or `probe`.
pub(super) fn asks(matrix: &Matrix, from: &str, to: &str, way: Way, what: &str) -> Passes {
    let address = |end: &str| {
        end.parse()
            .unwrap_or(IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)))
    };
    let packet = Packet {
        source: address(from),
        destination: address(to),
        source_port: 50_000,
        protocol: match what.parse().unwrap() {
            Traffic::Tcp(ports) => Protocol::Tcp(ports.from().number()),
            Traffic::Udp(ports) => Protocol::Udp(ports.from().number()),
            Traffic::Icmp(kind) => Protocol::Icmp(kind.unwrap_or(8), 0),
            Traffic::All => panic!("a packet has one protocol"),
        },
    };
    let is = |end: End, name: &str| match end {
        End::Seat(peer, _) => matrix.peers[peer].name == name,
        End::Outside(Outside::Probe(_)) => name == "probe",
        End::Outside(_) => name.parse::<IpAddr>().is_ok(),
    };
    let of_packet = |pick: fn(&Passage) -> &Packets| {
        matrix.passages.iter().any(|it| {
            is(it.from, from) && is(it.to, to) && it.way == way && pick(it).contains(&packet)
        })
    };
    for passage in &matrix.passages {
        assert!(passage.some.covers(&passage.every), "{passage:?}");
    }
    match (of_packet(|it| &it.some), of_packet(|it| &it.every)) {
        (_, true) => Passes::Always,
        (true, false) => Passes::Maybe,
        (false, false) => Passes::Never,
    }
}

/// The way through the one load balancer.
pub(super) fn by_balancer(matrix: &Matrix) -> Way {
    let mut peers = matrix.peers.iter();
    Way::Balancer(peers.position(|peer| peer.name == "balancer").unwrap())
}
