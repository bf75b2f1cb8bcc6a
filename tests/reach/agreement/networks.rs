//! Random small networks: sketches in numbers, which shrink well, and the resources that they stand for.

use patternbook::cloud::aws::{
    AclEntry, Block, DefaultSecurityGroup, Direction, Effect, EgressOnlyInternetGateway,
    EndpointWay, Interface, InternetGateway, InternetGatewayAttachment, Kind, NatGateway,
    NetworkAcl, Peering, Policy, PrefixList, Resource, Route, RouteDestination, RoutePropagation,
    RouteTable, RouteTableAssociation, RouteTarget, Rule, RulePeer, RuleTraffic, SecurityGroup,
    SecurityGroupRule, Subnet, Vpc, VpcCidr, VpcEndpoint, VpnConnection, VpnConnectionRoute,
    VpnGateway, VpnGatewayAttachment,
};
use patternbook::cloud::{ResourceId, Term};
use patternbook::net::Cidr;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// The blocks that rules, entries and routes speak of. They meet, hold each other and stand alone.
const BLOCKS: [&str; 19] = [
    "0.0.0.0/0",
    "10.0.0.0/28",
    "10.0.0.0/30",
    "10.0.0.4/30",
    "10.0.0.4/31",
    "10.0.0.5/32",
    "10.0.0.8/30",
    "10.0.1.0/28",
    "10.0.0.0/8",
    "192.168.0.0/30",
    "192.168.0.2/31",
    "8.8.8.0/30",
    "8.8.8.3/32",
    "::/0",
    "2001:db8::/124",
    "2001:db8::/126",
    "2001:db8:0:1::/124",
    "2600::/126",
    "fd00::/126",
];

/// What rules and entries are about.
const TRAFFIC: [&str; 11] = [
    "all",
    "tcp/22",
    "tcp/80-81",
    "tcp/80-443",
    "tcp/1-1024",
    "tcp/1024-65535",
    "tcp/32768-61000",
    "udp/53",
    "udp/1-65535",
    "icmp",
    "icmp/8",
];

/// The VPCs' blocks.
const VPCS: [&str; 2] = ["10.0.0.0/28", "10.0.1.0/28"];
/// The VPCs' blocks of IPv6, where they have one.
const VPCS_V6: [&str; 2] = ["2001:db8::/124", "2001:db8:0:1::/124"];

/// A network in numbers.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    groups: Vec<GroupSketch>,
    subnets: Vec<SubnetSketch>,
    tables: Vec<TableSketch>,
    acls: Vec<AclSketch>,
    machines: Vec<MachineSketch>,
    /// Whether there is an Internet gateway that is attached to the first VPC.
    internet: Option<bool>,
    /// The NAT gateway's subnet.
    nat: Option<usize>,
    /// Whether there is a VPN gateway that is attached to the first VPC.
    vpn: Option<bool>,
    /// The VPN connection, where there is one.
    connection: Option<ConnectionSketch>,
    peering: bool,
    /// Whether there is IPv6 beside IPv4.
    v6: bool,
    /// The tables that a gateway endpoint has a route in, where there is one.
    endpoint: Option<Vec<usize>>,
    /// The blocks of a prefix list.
    list: Vec<usize>,
    /// Whether somebody emptied the group that the first VPC makes by itself, and the rules that were added to it.
    default: (bool, Vec<(bool, RuleSketch)>),
}

/// How the sides of a VPN connection learn their routes.
#[derive(Clone, Debug)]
enum ConnectionSketch {
    /// They are told these blocks.
    Static(Vec<usize>),
    Bgp,
}

impl ConnectionSketch {
    /// The blocks that are told.
    fn told(&self) -> &[usize] {
        match self {
            Self::Static(blocks) => blocks,
            Self::Bgp => &[],
        }
    }
}

/// The VPC, what may come in, and what may go out.
#[derive(Clone, Debug)]
struct GroupSketch(usize, Vec<RuleSketch>, Vec<RuleSketch>);

/// The other end and the traffic.
#[derive(Clone, Debug)]
struct RuleSketch(PeerSketch, usize);

/// The other end of a rule.
#[derive(Clone, Debug)]
enum PeerSketch {
    Block(usize),
    Group(usize),
    /// The group that the first VPC makes by itself.
    Default,
    /// The prefix list of the template.
    List,
    /// A prefix list that the template only names.
    UnknownList,
}

/// The VPC, the table and the network ACL.
#[derive(Clone, Debug)]
struct SubnetSketch(usize, Option<usize>, Option<usize>);

/// The routes, by block (or the prefix list behind the last block) and target, and whether it learns others.
#[derive(Clone, Debug)]
struct TableSketch(Vec<(usize, usize)>, bool);

/// What may come in, and what may go out: whether it is allowed, the block, and the traffic.
#[derive(Clone, Debug)]
struct AclSketch(Vec<EntrySketch>, Vec<EntrySketch>);

type EntrySketch = (bool, usize, usize);

/// The groups, the subnet, and whether it has a public address.
#[derive(Clone, Debug)]
struct MachineSketch(Vec<usize>, usize, bool);

fn rule() -> impl Strategy<Value = RuleSketch> {
    let peer = prop_oneof![
        8 => (0..BLOCKS.len()).prop_map(PeerSketch::Block),
        4 => (0..3_usize).prop_map(PeerSketch::Group),
        1 => Just(PeerSketch::Default),
        1 => Just(PeerSketch::List),
        1 => Just(PeerSketch::UnknownList),
    ];
    (peer, 0..TRAFFIC.len() + 4).prop_map(|(peer, traffic)| RuleSketch(peer, traffic))
}

fn entries() -> impl Strategy<Value = Vec<EntrySketch>> {
    let all = vec((any::<bool>(), 0..BLOCKS.len(), 0..TRAFFIC.len() + 4), 0..4);
    // A network ACL that lets much pass is more telling than one that lets nothing.
    let open = prop_oneof![Just(None), Just(Some((true, 0, 0)))];
    (all, open).prop_map(|(mut all, open)| {
        all.extend(open);
        all
    })
}

pub(crate) fn sketch() -> impl Strategy<Value = Sketch> {
    let vpc = || prop_oneof![4 => Just(0_usize), 1 => Just(1)];
    let group = (vpc(), vec(rule(), 0..4), vec(rule(), 0..4))
        .prop_map(|(vpc, ingress, egress)| GroupSketch(vpc, ingress, egress));
    let subnet = (
        vpc(),
        option::of(0..2_usize),
        option::weighted(0.3, 0..2_usize),
    )
        .prop_map(|(vpc, table, acl)| SubnetSketch(vpc, table, acl));
    let table = (vec((0..=BLOCKS.len(), 0..5_usize), 0..4), any::<bool>())
        .prop_map(|(routes, learns)| TableSketch(routes, learns));
    let acl = (entries(), entries()).prop_map(|(ingress, egress)| AclSketch(ingress, egress));
    let machine = (vec(0..3_usize, 0..3), 0..3_usize, any::<bool>())
        .prop_map(|(groups, subnet, public)| MachineSketch(groups, subnet, public));
    let connection = prop_oneof![
        Just(None),
        Just(Some(ConnectionSketch::Bgp)),
        // A VPN gateway takes no routes of IPv6.
        vec(0..13_usize, 0..3).prop_map(|blocks| Some(ConnectionSketch::Static(blocks))),
    ];
    let parts = (
        vec(group, 1..4),
        vec(subnet, 1..4),
        vec(table, 2),
        vec(acl, 2),
        vec(machine, 0..4),
        option::weighted(0.8, prop::bool::weighted(0.8)),
        option::of(0..3_usize),
        option::weighted(0.7, prop::bool::weighted(0.8)),
        connection,
        any::<bool>(),
    );
    let more = (
        any::<bool>(),
        option::of(vec(0..2_usize, 0..3)),
        vec(0..BLOCKS.len(), 0..3),
        (any::<bool>(), vec((any::<bool>(), rule()), 0..2)),
    );
    (parts, more).prop_map(
        |(
            (groups, subnets, tables, acls, machines, internet, nat, vpn, connection, peering),
            (v6, endpoint, list, default),
        )| {
            Sketch {
                groups,
                subnets,
                tables,
                acls,
                machines,
                internet,
                nat,
                vpn,
                connection,
                peering,
                v6,
                endpoint,
                list,
                default,
            }
        },
    )
}

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

fn traffic(number: usize) -> RuleTraffic {
    match TRAFFIC.get(number) {
        Some(text) => RuleTraffic::Of(text.parse().unwrap()),
        None => match number - TRAFFIC.len() {
            0 => RuleTraffic::FRAGMENTATION_NEEDED,
            1 => RuleTraffic::Protocol(50),
            2 => RuleTraffic::Icmp6(None),
            _ => RuleTraffic::Icmp6(Some((128, None))),
        },
    }
}

fn vpc(number: usize) -> ResourceId {
    Kind::Vpc.named([format!("vpc{number}")])
}

impl Sketch {
    /// The resources of the network.
    pub(crate) fn resources(&self) -> Vec<Resource> {
        let mut all = Vec::new();
        for (number, block) in VPCS.iter().enumerate() {
            all.push(Resource::from(Vpc {
                id: vpc(number),
                name: String::new(),
                cidr: cidr(block),
                ipv6: None,
                dns_support: true,
                dns_names: true,
            }));
        }
        self.more(&mut all);
        self.subnets(&mut all);
        self.groups(&mut all);
        self.acls(&mut all);
        self.machines(&mut all);
        self.gateways(&mut all);
        self.tables(&mut all);
        all
    }

    fn subnet_id(&self, number: usize) -> ResourceId {
        Kind::Subnet.named([format!("subnet{}", number % self.subnets.len())])
    }

    fn subnets(&self, all: &mut Vec<Resource>) {
        for (number, SubnetSketch(of, table, _)) in self.subnets.iter().enumerate() {
            let id = self.subnet_id(number);
            if let Some(table) = table {
                all.push(Resource::from(RouteTableAssociation {
                    id: Kind::RouteTableAssociation.named([number.to_string()]),
                    table: table_id(*of, *table).id(),
                    subnet: id.id(),
                }));
            }
            all.push(Resource::from(Subnet {
                id,
                name: String::new(),
                vpc: vpc(*of).id(),
                cidr: cidr(&format!("10.0.{of}.{}/30", number * 4)),
                ipv6: self.v6.then(|| {
                    let block = format!("2001:db8:0:{of}::{:x}/126", number * 4);
                    Block::Known(cidr(&block))
                }),
                zone: Term::Text("a".into()),
                public_addresses: false,
                ipv6_addresses: false,
                after: Vec::new(),
            }));
        }
    }

    fn groups(&self, all: &mut Vec<Resource>) {
        for (number, GroupSketch(of, ingress, egress)) in self.groups.iter().enumerate() {
            all.push(Resource::from(SecurityGroup {
                id: group_id(number),
                name: String::new(),
                description: String::new(),
                vpc: vpc(*of).id(),
                ingress: ingress.iter().map(|rule| self.rule(rule)).collect(),
                egress: egress.iter().map(|rule| self.rule(rule)).collect(),
            }));
        }
    }

    fn rule(&self, RuleSketch(peer, about): &RuleSketch) -> Rule {
        let list = |term: Term| RulePeer::PrefixList {
            of_endpoint: term.clone(),
            given: term,
            weight: 1,
        };
        let peer = match peer {
            PeerSketch::Block(block) => RulePeer::Cidr(cidr(BLOCKS[*block])),
            PeerSketch::Group(group) => RulePeer::Group(group_id(group % self.groups.len()).id()),
            PeerSketch::Default => RulePeer::Group(default_group()),
            PeerSketch::List => list(list_id().id()),
            PeerSketch::UnknownList => list(Term::Parameter("List".into())),
        };
        Rule {
            name: String::new(),
            peer,
            traffic: traffic(*about),
            description: String::new(),
        }
    }

    /// What not every network has.
    fn more(&self, all: &mut Vec<Resource>) {
        for (number, block) in VPCS_V6.iter().enumerate().filter(|_| self.v6) {
            all.push(Resource::from(VpcCidr {
                id: Kind::VpcCidr.named([number.to_string()]),
                vpc: vpc(number).id(),
                block: Block::Known(cidr(block)),
                pool: None,
            }));
        }
        all.push(Resource::from(PrefixList {
            id: list_id(),
            name: String::new(),
            entries: self.list.iter().map(|at| cidr(BLOCKS[*at])).collect(),
            max_entries: 5,
        }));
        all.push(Resource::from(EgressOnlyInternetGateway {
            id: egress_only_id(),
            vpc: vpc(0).id(),
        }));
        if let Some(tables) = &self.endpoint {
            all.push(Resource::from(VpcEndpoint {
                id: Kind::VpcEndpoint.named(["storage"]),
                name: String::new(),
                vpc: vpc(0).id(),
                service: Term::Text("com.amazonaws.eu-west-1.s3".into()),
                way: EndpointWay::Gateway,
                tables: tables.iter().map(|at| table_id(0, *at).id()).collect(),
                policy: Policy::default(),
            }));
        }
        let (emptied, rules) = &self.default;
        if *emptied {
            all.push(Resource::from(DefaultSecurityGroup {
                id: Kind::DefaultSecurityGroup.named(["adopted"]),
                name: String::new(),
                vpc: vpc(0).id(),
            }));
        }
        for (number, (inward, rule)) in rules.iter().enumerate() {
            all.push(Resource::from(SecurityGroupRule {
                id: Kind::SecurityGroupRule.named([number.to_string()]),
                group: default_group(),
                direction: if *inward {
                    Direction::Ingress
                } else {
                    Direction::Egress
                },
                rule: self.rule(rule),
            }));
        }
    }

    fn acls(&self, all: &mut Vec<Resource>) {
        for of in 0..VPCS.len() {
            for (number, AclSketch(ingress, egress)) in self.acls.iter().enumerate() {
                let guarded = self.subnets.iter().enumerate();
                let guarded = guarded
                    .filter(|(_, SubnetSketch(vpc, _, acl))| *vpc == of && *acl == Some(number));
                all.push(Resource::from(NetworkAcl {
                    id: Kind::NetworkAcl.named([format!("acl{of}{number}")]),
                    name: String::new(),
                    vpc: vpc(of).id(),
                    subnets: guarded.map(|(at, _)| self.subnet_id(at).id()).collect(),
                    ingress: acl_entries(ingress),
                    egress: acl_entries(egress),
                }));
            }
        }
    }

    /// Interfaces, with groups of their own VPC only, and each in one place.
    fn machines(&self, all: &mut Vec<Resource>) {
        let mut known = Vec::new();
        for (number, MachineSketch(groups, subnet, public)) in self.machines.iter().enumerate() {
            let subnet = subnet % self.subnets.len();
            let by_default = groups.is_empty();
            let mut groups: Vec<_> = groups.iter().map(|at| at % self.groups.len()).collect();
            groups.retain(|at| self.groups[*at].0 == self.subnets[subnet].0);
            groups.sort_unstable();
            groups.dedup();
            let strange = groups.is_empty() && !by_default;
            if strange || known.contains(&(groups.clone(), subnet)) {
                continue;
            }
            known.push((groups.clone(), subnet));
            all.push(Resource::from(Interface {
                id: Kind::Interface.named([format!("machine{number}")]),
                name: String::new(),
                what: "AWS::EC2::Instance".into(),
                owner: None,
                subnets: vec![self.subnet_id(subnet).id()],
                groups: Some(groups.into_iter().map(|at| group_id(at).id()).collect()),
                public_address: Some(*public),
                template: None,
                forwards: false,
            }));
        }
    }

    fn gateways(&self, all: &mut Vec<Resource>) {
        if let Some(attached) = self.internet {
            all.push(Resource::from(InternetGateway {
                id: internet_id(),
                name: String::new(),
            }));
            let attachment = InternetGatewayAttachment {
                id: Kind::InternetGatewayAttachment.named(["tie"]),
                vpc: vpc(0).id(),
                gateway: internet_id().id(),
            };
            all.extend(attached.then(|| Resource::from(attachment)));
        }
        if let Some(subnet) = self.nat {
            all.push(Resource::from(NatGateway {
                id: nat_id(),
                name: String::new(),
                subnet: self.subnet_id(subnet).id(),
                public: true,
                address: None,
                after: Vec::new(),
            }));
        }
        if self.peering {
            all.push(Resource::from(Peering {
                id: peering_id(),
                name: String::new(),
                vpc: vpc(0).id(),
                peer: vpc(1).id(),
                peer_account: None,
                peer_region: None,
            }));
        }
        self.vpn(all);
    }

    fn vpn(&self, all: &mut Vec<Resource>) {
        let Some(attached) = self.vpn else {
            return;
        };
        all.push(Resource::from(VpnGateway {
            id: vpn_id(),
            name: String::new(),
            asn: 64512,
        }));
        let attachment = VpnGatewayAttachment {
            id: Kind::VpnGatewayAttachment.named(["tie"]),
            vpc: vpc(0).id(),
            gateway: vpn_id().id(),
        };
        all.extend(attached.then(|| Resource::from(attachment)));
        let Some(connection) = &self.connection else {
            return;
        };
        let id = Kind::VpnConnection.named(["connection"]);
        for (number, block) in connection.told().iter().enumerate() {
            all.push(Resource::from(VpnConnectionRoute {
                id: Kind::VpnConnectionRoute.named([number.to_string()]),
                connection: id.id(),
                destination: cidr(BLOCKS[*block]),
            }));
        }
        all.push(Resource::from(VpnConnection {
            id,
            name: String::new(),
            gateway: vpn_id().id(),
            customer_gateway: Term::Parameter("Customer".into()),
            static_routes: matches!(connection, ConnectionSketch::Static(_)),
            tunnels: None,
        }));
    }

    /// Whether a VPC has what a route leads to. A gateway that is not attached stays as a black hole.
    fn is_there(&self, target: usize, vpc: usize) -> bool {
        match target {
            0 => self.internet.is_some(),
            1 => self
                .nat
                .is_some_and(|at| self.subnets[at % self.subnets.len()].0 == vpc),
            2 => self.vpn.is_some(),
            3 => vpc == 0,
            _ => self.peering,
        }
    }

    /// Where a route goes, where AWS takes such a route: none inside the VPC's own blocks, whose subnets the blocks here do
    /// not equal (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>).
    fn destination(&self, block: usize, of: usize) -> Option<RouteDestination> {
        let Some(block) = BLOCKS.get(block) else {
            let inside = self.list.iter().any(|at| !is_routable(BLOCKS[*at], of));
            return (!inside).then(|| RouteDestination::PrefixList(list_id().id()));
        };
        is_routable(block, of).then(|| RouteDestination::Cidr(cidr(block)))
    }

    /// Every table once for each VPC, because a table serves the subnets of its own VPC only.
    fn tables(&self, all: &mut Vec<Resource>) {
        for of in 0..VPCS.len() {
            for (number, TableSketch(routes, learns)) in self.tables.iter().enumerate() {
                let id = table_id(of, number);
                all.push(Resource::from(RouteTable {
                    id: id.clone(),
                    name: String::new(),
                    vpc: vpc(of).id(),
                    note: None,
                }));
                let mut known = Vec::new();
                for (block, target) in routes {
                    let Some(destination) = self.destination(*block, of) else {
                        continue;
                    };
                    if !self.is_there(*target, of) || known.contains(block) {
                        continue;
                    }
                    known.push(*block);
                    all.push(Resource::from(Route {
                        id: id.child(
                            patternbook::cloud::Kind::Aws(Kind::Route),
                            block.to_string(),
                        ),
                        table: id.id(),
                        destination,
                        target: target_of(*target),
                        after: Vec::new(),
                    }));
                }
                if *learns {
                    all.push(Resource::from(RoutePropagation {
                        id: Kind::RoutePropagation.named([format!("{of}{number}")]),
                        tables: vec![id.id()],
                        gateway: vpn_id().id(),
                    }));
                }
            }
        }
    }
}

fn is_routable(block: &str, vpc: usize) -> bool {
    let space = [VPCS[vpc], VPCS_V6[vpc]];
    !space.iter().any(|space| cidr(space).contains(cidr(block)))
}

fn acl_entries(entries: &[EntrySketch]) -> Vec<AclEntry> {
    let entries = (100_u16..).step_by(100).zip(entries);
    let entries = entries.map(|(number, (allow, block, about))| AclEntry {
        number,
        effect: if *allow { Effect::Allow } else { Effect::Deny },
        cidr: cidr(BLOCKS[*block]),
        traffic: traffic(*about),
        why: String::new(),
    });
    entries.collect()
}

fn target_of(number: usize) -> RouteTarget {
    match number {
        0 => RouteTarget::Gateway(internet_id().id()),
        1 => RouteTarget::NatGateway(nat_id().id()),
        2 => RouteTarget::Gateway(vpn_id().id()),
        3 => RouteTarget::EgressOnlyGateway(egress_only_id().id()),
        _ => RouteTarget::Peering(peering_id().id()),
    }
}

fn group_id(number: usize) -> ResourceId {
    Kind::SecurityGroup.named([format!("group{number}")])
}

fn table_id(vpc: usize, number: usize) -> ResourceId {
    Kind::RouteTable.named([format!("table{vpc}{number}")])
}

fn list_id() -> ResourceId {
    Kind::PrefixList.named(["list"])
}

fn egress_only_id() -> ResourceId {
    Kind::EgressOnlyInternetGateway.named(["egress"])
}

/// The group that the first VPC makes by itself.
fn default_group() -> Term {
    Kind::DefaultSecurityGroup.named(["vpc0"]).id()
}

fn internet_id() -> ResourceId {
    Kind::InternetGateway.named(["internet"])
}

fn nat_id() -> ResourceId {
    Kind::NatGateway.named(["nat"])
}

fn vpn_id() -> ResourceId {
    Kind::VpnGateway.named(["vpn"])
}

fn peering_id() -> ResourceId {
    Kind::Peering.named(["peering"])
}
