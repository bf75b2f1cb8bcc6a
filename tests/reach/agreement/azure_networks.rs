//! Random small networks of Azure: sketches in numbers, which shrink well, and the resources that they stand for.

use patternbook::cloud::azure::{
    Access, AddressSku, ApplicationSecurityGroup, BackendPool, BalancingRule, Connection,
    Direction, Frontend, FrontendAddress, Interface, IpConfiguration, IpsecPolicy, Kind,
    LoadBalancer, LocalNetworkGateway, NatGateway, NatRule, NetworkSecurityGroup, NextHop,
    OutboundRule, Peering, Probe, Protocol, PublicIp, Resource, Route, RouteTable, SecurityRule,
    Side, Subnet, Transport, VirtualNetwork, VirtualNetworkGateway,
};
use patternbook::cloud::{self, ResourceId, Term};
use patternbook::net::{Cidr, IpVersion, Ports};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// The blocks that rules and routes speak of.
const BLOCKS: [&str; 15] = [
    "0.0.0.0/0",
    "10.0.0.0/24",
    "10.0.0.0/28",
    "10.0.0.16/28",
    "10.0.0.16/29",
    "10.1.0.0/24",
    "10.0.0.0/8",
    "192.168.0.0/24",
    "192.168.0.128/25",
    "8.8.8.0/24",
    "8.8.8.8/32",
    "::/0",
    "fd00:a::/48",
    "fd00:a:0:1::/64",
    "2001:4860::/32",
];
const TAGS: [&str; 4] = ["VirtualNetwork", "Internet", "AzureLoadBalancer", "Storage"];
const PORTS: [&str; 4] = ["22", "80-443", "443", "1-65535"];
const PROTOCOLS: [Protocol; 5] = [
    Protocol::Any,
    Protocol::Tcp,
    Protocol::Udp,
    Protocol::Icmp,
    Protocol::Esp,
];

/// A network in numbers.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    filters: Vec<Vec<RuleSketch>>,
    /// The filter, the table, whether there is a NAT gateway, and default outbound access.
    subnets: Vec<(Option<usize>, Option<usize>, bool, bool)>,
    /// Routes by block and next hop, and whether those of the gateway are learned.
    tables: Vec<(Vec<(usize, usize)>, bool)>,
    machines: Vec<MachineSketch>,
    /// The site's blocks, whether it speaks BGP, and whether it is the default site.
    vpn: Option<(Vec<usize>, bool, bool)>,
    /// Whether the other network's addresses are tagged, and whether it peers in return.
    peering: Option<(bool, bool)>,
    balancer: BalancerSketch,
    nat_has_address: bool,
}

#[derive(Clone, Debug)]
struct RuleSketch {
    inbound: bool,
    allow: bool,
    protocol: usize,
    source: SideSketch,
    destination: SideSketch,
    source_ports: Option<usize>,
    ports: Option<usize>,
}

#[derive(Clone, Debug)]
enum SideSketch {
    Any,
    Tag(usize),
    Blocks(Vec<usize>),
    Mixed(usize, usize),
    Group(usize),
}

#[derive(Clone, Debug)]
struct MachineSketch {
    subnet: usize,
    filter: Option<usize>,
    group: Option<usize>,
    pooled: bool,
    by_nat_rule: bool,
    public: Option<bool>,
    /// An address of IPv6, and whether it is in the pool of that.
    ipv6: Option<bool>,
}

#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something of its own about a load balancer"
)]
struct BalancerSketch {
    standard: bool,
    /// The port of the front end and of the machines, and whether it sends.
    rules: Vec<(usize, usize, bool)>,
    probes: bool,
    sends: bool,
    /// Whether it listens in a subnet.
    inside: bool,
    /// Whether it has a front end of IPv6 beside, with rules and a pool of its own.
    ipv6: bool,
}

fn rule() -> impl Strategy<Value = RuleSketch> {
    let side = || {
        prop_oneof![
            2 => Just(SideSketch::Any),
            3 => (0..TAGS.len()).prop_map(SideSketch::Tag),
            4 => vec(0..BLOCKS.len(), 1..3).prop_map(SideSketch::Blocks),
            1 => (0..BLOCKS.len(), 0..TAGS.len()).prop_map(|(block, tag)| SideSketch::Mixed(block, tag)),
            2 => (0..2_usize).prop_map(SideSketch::Group),
        ]
    };
    let parts = (
        any::<bool>(),
        any::<bool>(),
        0..PROTOCOLS.len(),
        side(),
        side(),
        option::weighted(0.2, 0..PORTS.len()),
        option::of(0..PORTS.len()),
    );
    parts.prop_map(
        |(inbound, allow, protocol, source, destination, source_ports, ports)| RuleSketch {
            inbound,
            allow,
            protocol,
            source,
            destination,
            source_ports,
            ports,
        },
    )
}

pub(super) fn sketch() -> impl Strategy<Value = Sketch> {
    let machine = (
        0..3_usize,
        option::of(0..2_usize),
        option::of(0..2_usize),
        any::<bool>(),
        any::<bool>(),
        option::of(any::<bool>()),
        option::of(any::<bool>()),
    )
        .prop_map(
            |(subnet, filter, group, pooled, by_nat_rule, public, ipv6)| MachineSketch {
                subnet,
                filter,
                group,
                pooled,
                by_nat_rule,
                public,
                ipv6,
            },
        );
    let balancer = (
        any::<bool>(),
        vec((0..3_usize, 0..3_usize, any::<bool>()), 0..3),
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.3),
        any::<bool>(),
    )
        .prop_map(
            |(standard, rules, probes, sends, inside, ipv6)| BalancerSketch {
                standard,
                rules,
                probes,
                sends,
                inside,
                ipv6,
            },
        );
    let subnet = (
        option::of(0..2_usize),
        option::of(0..2_usize),
        prop::bool::weighted(0.2),
        any::<bool>(),
    );
    let parts = (
        vec(vec(rule(), 0..4), 2),
        vec(subnet, 3),
        vec((vec((0..BLOCKS.len(), 0..5_usize), 0..3), any::<bool>()), 2),
        vec(machine, 1..4),
        option::of((vec(0..BLOCKS.len(), 0..2), any::<bool>(), any::<bool>())),
        option::of((any::<bool>(), prop::bool::weighted(0.8))),
        balancer,
        any::<bool>(),
    );
    parts.prop_map(
        |(filters, subnets, tables, machines, vpn, peering, balancer, nat_has_address)| Sketch {
            filters,
            subnets,
            tables,
            machines,
            vpn,
            peering,
            balancer,
            nat_has_address,
        },
    )
}

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

fn id(kind: Kind, path: &[&str]) -> ResourceId {
    ResourceId {
        kind: cloud::Kind::Azure(kind),
        path: path.iter().copied().collect(),
    }
}

/// The subnets: two of one network, and one of the other.
const SUBNETS: [(&str, &str, [&str; 2]); 3] = [
    ("near", "one", ["10.0.0.0/28", "fd00:a::/64"]),
    ("near", "two", ["10.0.0.16/28", "fd00:a:0:1::/64"]),
    ("far", "three", ["10.1.0.0/28", "fd00:b::/64"]),
];

fn filter_id(number: usize) -> ResourceId {
    id(Kind::NetworkSecurityGroup, &[&format!("filter{number}")])
}

fn table_id(number: usize) -> ResourceId {
    id(Kind::RouteTable, &[&format!("table{number}")])
}

fn group_id(number: usize) -> ResourceId {
    id(Kind::ApplicationSecurityGroup, &[&format!("group{number}")])
}

fn balancer_id() -> ResourceId {
    id(Kind::LoadBalancer, &["balancer"])
}

fn part(kind: Kind, name: &str) -> ResourceId {
    balancer_id().child(cloud::Kind::Azure(kind), name)
}

fn address_id(standard: bool) -> ResourceId {
    let name = if standard { "standard" } else { "basic" };
    id(Kind::PublicIp, &[name])
}

impl Sketch {
    pub(super) fn resources(&self) -> Vec<Resource> {
        let mut all = Vec::new();
        let spaces = [
            ("near", ["10.0.0.0/24", "fd00:a::/48"]),
            ("far", ["10.1.0.0/24", "fd00:b::/48"]),
        ];
        for (name, space) in spaces {
            all.push(Resource::VirtualNetwork(VirtualNetwork {
                id: id(Kind::VirtualNetwork, &[name]),
                address_space: space.map(cidr).to_vec(),
            }));
        }
        for standard in [true, false] {
            all.push(Resource::PublicIp(PublicIp {
                id: address_id(standard),
                sku: if standard {
                    AddressSku::Standard
                } else {
                    AddressSku::Basic
                },
                version: IpVersion::V4,
                zones: Vec::new(),
            }));
        }
        all.push(Resource::PublicIp(PublicIp {
            id: id(Kind::PublicIp, &["ipv6"]),
            sku: AddressSku::Standard,
            version: IpVersion::V6,
            zones: Vec::new(),
        }));
        all.extend([0, 1].map(|number| {
            Resource::ApplicationSecurityGroup(ApplicationSecurityGroup {
                id: group_id(number),
            })
        }));
        let machines = self.machines();
        self.subnets(&machines, &mut all);
        self.filters(&machines, &mut all);
        self.gateways(&mut all);
        self.balancer(&mut all);
        all.extend(
            machines
                .into_iter()
                .map(|(_, machine)| Resource::Interface(machine)),
        );
        all
    }

    /// Interfaces, no two of which stand in one subnet behind the same groups, so that each has a seat of its own. A subnet
    /// has a filter only where every interface in it has an application security group or a filter of its own.
    fn machines(&self) -> Vec<(usize, Interface)> {
        let mut seen = Vec::new();
        let mut all = Vec::new();
        for (number, sketch) in self.machines.iter().enumerate() {
            let key = (sketch.subnet, sketch.filter, sketch.group);
            let bare = sketch.filter.is_none() && sketch.group.is_none();
            if seen.contains(&key) || bare && self.subnets[sketch.subnet].0.is_some() {
                continue;
            }
            seen.push(key);
            all.push((sketch.subnet, self.machine(number, sketch)));
        }
        all
    }

    fn machine(&self, number: usize, sketch: &MachineSketch) -> Interface {
        let (network, subnet, _) = SUBNETS[sketch.subnet];
        // A load balancer serves one network.
        let near = network == "near";
        let pooled = near && sketch.pooled;
        let configuration = IpConfiguration {
            name: "primary".into(),
            version: IpVersion::V4,
            subnet: id(Kind::Subnet, &[network, subnet]).id(),
            address: None,
            public_ip: sketch.public.map(|standard| address_id(standard).id()),
            groups: sketch
                .group
                .map(|group| group_id(group).id())
                .into_iter()
                .collect(),
            pools: pooled
                .then(|| part(Kind::BackendPool, "pool").id())
                .into_iter()
                .collect(),
            nat_rules: (near && sketch.by_nat_rule)
                .then(|| part(Kind::NatRule, "one").id())
                .into_iter()
                .collect(),
        };
        let ipv6 = sketch.ipv6.map(|pooled| IpConfiguration {
            name: "ipv6".into(),
            version: IpVersion::V6,
            public_ip: None,
            pools: (near && pooled && self.balancer.ipv6)
                .then(|| part(Kind::BackendPool, "pool6").id())
                .into_iter()
                .collect(),
            nat_rules: Vec::new(),
            ..configuration.clone()
        });
        Interface {
            id: id(Kind::Interface, &[&format!("machine{number}")]),
            network_security_group: sketch.filter.map(|filter| filter_id(filter).id()),
            forwarding: false,
            configurations: std::iter::once(configuration).chain(ipv6).collect(),
        }
    }

    fn subnets(&self, machines: &[(usize, Interface)], all: &mut Vec<Resource>) {
        for (number, (sketch, (network, name, blocks))) in
            self.subnets.iter().zip(SUBNETS).enumerate()
        {
            let (filter, table, nat, outbound) = *sketch;
            // A filter of a subnet without machines would be judged as if some stood there.
            let used = machines.iter().any(|(subnet, _)| *subnet == number);
            all.push(Resource::Subnet(Subnet {
                id: id(Kind::Subnet, &[network, name]),
                network: id(Kind::VirtualNetwork, &[network]).id(),
                prefixes: blocks.map(cidr).to_vec(),
                default_outbound_access: outbound,
                route_table: table.map(|table| table_id(table).id()),
                nat_gateway: nat.then(|| id(Kind::NatGateway, &["nat"]).id()),
                network_security_group: filter
                    .filter(|_| used)
                    .map(|filter| filter_id(filter).id()),
            }));
        }
        for (number, (routes, learns)) in self.tables.iter().enumerate() {
            let mut known: Vec<usize> = Vec::new();
            let routes = routes.iter().filter(|(block, _)| {
                let new = !known.contains(block);
                known.push(*block);
                new
            });
            all.push(Resource::RouteTable(RouteTable {
                id: table_id(number),
                gateway_routes: *learns,
                routes: routes
                    .map(|(block, hop)| Route {
                        name: block.to_string(),
                        prefix: cidr(BLOCKS[*block]),
                        next_hop: match hop {
                            0 => NextHop::VirtualNetworkGateway,
                            1 => NextHop::VnetLocal,
                            2 => NextHop::Internet,
                            3 => NextHop::VirtualAppliance("10.0.0.4".into()),
                            _ => NextHop::None,
                        },
                    })
                    .collect(),
            }));
        }
    }

    /// The filters that something has.
    fn filters(&self, machines: &[(usize, Interface)], all: &mut Vec<Resource>) {
        for (number, rules) in self.filters.iter().enumerate() {
            let own = filter_id(number).id();
            let of_machine = machines
                .iter()
                .any(|(_, machine)| machine.network_security_group.as_ref() == Some(&own));
            let of_subnet = machines
                .iter()
                .any(|(subnet, _)| self.subnets[*subnet].0 == Some(number));
            if !of_machine && !of_subnet {
                continue;
            }
            let rules = rules.iter().zip(100_u16..);
            all.push(Resource::NetworkSecurityGroup(NetworkSecurityGroup {
                id: filter_id(number),
                rules: rules
                    .map(|(sketch, priority)| sketch.rule(number, priority))
                    .collect(),
            }));
        }
    }

    fn gateways(&self, all: &mut Vec<Resource>) {
        let addresses = self.nat_has_address.then(|| address_id(true).id());
        all.push(Resource::NatGateway(NatGateway {
            id: id(Kind::NatGateway, &["nat"]),
            public_ips: addresses.into_iter().collect(),
            idle_minutes: 4,
        }));
        if let Some((access, back)) = self.peering {
            let both = [("near", "far"), ("far", "near")];
            for (from, to) in both.into_iter().take(if back { 2 } else { 1 }) {
                all.push(Resource::Peering(Peering {
                    id: id(Kind::Peering, &[from, to]),
                    remote: id(Kind::VirtualNetwork, &[to]).id(),
                    access,
                    forwarded: false,
                    gateway_transit: true,
                    remote_gateways: from == "far",
                }));
            }
        }
        let Some((sites, bgp, default)) = &self.vpn else {
            return;
        };
        let subnet = id(Kind::Subnet, &["near", "GatewaySubnet"]);
        all.push(Resource::Subnet(Subnet {
            id: subnet.clone(),
            network: id(Kind::VirtualNetwork, &["near"]).id(),
            prefixes: vec![cidr("10.0.0.224/27")],
            default_outbound_access: false,
            route_table: None,
            nat_gateway: None,
            network_security_group: None,
        }));
        let site = id(Kind::LocalNetworkGateway, &["site"]);
        let gateway = id(Kind::VirtualNetworkGateway, &["gateway"]);
        all.push(Resource::VirtualNetworkGateway(VirtualNetworkGateway {
            id: gateway.clone(),
            sku: "VpnGw1AZ".into(),
            subnet: subnet.id(),
            public_ip: address_id(true).id(),
            asn: None,
            default_site: default.then(|| site.id()),
        }));
        all.push(Resource::LocalNetworkGateway(LocalNetworkGateway {
            id: site.clone(),
            address: "203.0.113.1".into(),
            address_space: sites.iter().map(|at| cidr(BLOCKS[*at])).collect(),
            bgp: None,
        }));
        all.push(Resource::Connection(connection(
            gateway.id(),
            site.id(),
            *bgp,
        )));
    }

    fn balancer(&self, all: &mut Vec<Resource>) {
        const FRONT: [u16; 3] = [443, 80, 8443];
        let sketch = &self.balancer;
        let frontend = part(Kind::FrontendIp, "front");
        let pool = part(Kind::BackendPool, "pool");
        // The second front end, its pool and its rules are those of IPv6.
        let versions = if sketch.ipv6 { 2 } else { 1 };
        let suffix = ["", "6"];
        let suffixes = &suffix[..versions];
        let each = suffixes.iter().flat_map(|suffix| {
            let rules = sketch.rules.iter().enumerate();
            rules.map(move |(number, rule)| (*suffix, number, rule))
        });
        let rules = each.map(|(suffix, number, (front, back, sends))| BalancingRule {
            id: part(Kind::BalancingRule, &format!("{number}-{suffix}")),
            protocol: Transport::Tcp,
            frontend: part(Kind::FrontendIp, &format!("front{suffix}")).id(),
            frontend_port: FRONT[*front],
            pool: part(Kind::BackendPool, &format!("pool{suffix}")).id(),
            backend_port: FRONT[*back],
            probe: None,
            outbound_snat: *sends,
        });
        let nat_rule = NatRule {
            id: part(Kind::NatRule, "one"),
            protocol: Transport::Tcp,
            frontend: frontend.id(),
            first_port: 2222,
            last_port: 2222,
            pool: None,
            backend_port: 22,
        };
        let probe = Probe {
            id: part(Kind::Probe, "health"),
            port: 443,
            path: None,
            interval_seconds: 5,
            threshold: 2,
        };
        let outbound = OutboundRule {
            id: part(Kind::OutboundRule, "out"),
            protocol: Transport::All,
            frontends: vec![frontend.id()],
            pool: pool.id(),
        };
        all.push(Resource::LoadBalancer(LoadBalancer {
            id: balancer_id(),
            sku: if sketch.standard {
                AddressSku::Standard
            } else {
                AddressSku::Basic
            },
            rules: rules.collect(),
            frontends: suffixes
                .iter()
                .map(|suffix| Frontend {
                    id: part(Kind::FrontendIp, &format!("front{suffix}")),
                    address: if *suffix == "6" {
                        FrontendAddress::PublicIp(id(Kind::PublicIp, &["ipv6"]).id())
                    } else if sketch.inside {
                        FrontendAddress::Subnet(id(Kind::Subnet, &["near", "two"]).id())
                    } else {
                        FrontendAddress::PublicIp(address_id(true).id())
                    },
                })
                .collect(),
            pools: suffixes
                .iter()
                .map(|suffix| BackendPool {
                    id: part(Kind::BackendPool, &format!("pool{suffix}")),
                })
                .collect(),
            probes: sketch.probes.then_some(probe).into_iter().collect(),
            nat_rules: vec![nat_rule],
            outbound_rules: (sketch.sends && !sketch.inside)
                .then_some(outbound)
                .into_iter()
                .collect(),
        }));
    }
}

fn connection(gateway: Term, remote: Term, bgp: bool) -> Connection {
    let text = String::new;
    Connection {
        id: id(Kind::Connection, &["connection"]),
        gateway,
        remote,
        shared_key: Term::Parameter("key".into()),
        bgp,
        policy: IpsecPolicy {
            ike_encryption: text(),
            ike_integrity: text(),
            dh_group: text(),
            ipsec_encryption: text(),
            ipsec_integrity: text(),
            pfs_group: text(),
            sa_lifetime_seconds: 3600,
            sa_data_size_kilobytes: 1024,
        },
    }
}

impl RuleSketch {
    fn rule(&self, filter: usize, priority: u16) -> SecurityRule {
        let ports = |ports: Option<usize>| -> Vec<Ports> {
            ports
                .map(|at| PORTS[at].parse().unwrap())
                .into_iter()
                .collect()
        };
        SecurityRule {
            id: filter_id(filter)
                .child(cloud::Kind::Azure(Kind::SecurityRule), priority.to_string()),
            description: String::new(),
            priority,
            direction: if self.inbound {
                Direction::Inbound
            } else {
                Direction::Outbound
            },
            access: if self.allow {
                Access::Allow
            } else {
                Access::Deny
            },
            protocol: PROTOCOLS[self.protocol],
            source: self.source.side(),
            destination: self.destination.side(),
            source_ports: ports(self.source_ports),
            ports: ports(self.ports),
        }
    }
}

impl SideSketch {
    fn side(&self) -> Side {
        match self {
            Self::Any => Side::Any,
            Self::Tag(tag) => Side::Tag(TAGS[*tag].into()),
            Self::Blocks(blocks) => {
                Side::Blocks(blocks.iter().map(|at| cidr(BLOCKS[*at])).collect())
            }
            Self::Mixed(block, tag) => Side::Mixed {
                blocks: vec![cidr(BLOCKS[*block])],
                tags: vec![TAGS[*tag].into()],
            },
            Self::Group(group) => Side::Groups(vec![group_id(*group).id()]),
        }
    }
}
