//! Networks, subnets and route tables.

use super::{Lowering, in_network, ipv6, names};
use crate::cloud::aws::{
    Block as Space, DefaultSecurityGroup, Kind, Route, RouteDestination, RouteTable,
    RouteTableAssociation, RouteTarget, Subnet, Vpc, VpcCidr,
};
use crate::cloud::{Attribute, Environment, Parameter, ParameterKind, ResourceId, Term};
use crate::net::Cidr;
use crate::plan::{DefaultRoute, Network, Purpose, Subnet as Block, SubnetGroup};

impl Lowering<'_> {
    pub(super) fn network(&mut self, network: &Network) {
        let Some(&cidr) = network.cidrs.first() else {
            return self.unsupported("a network without addresses", "give it a CIDR block");
        };
        self.zone_parameters(network);
        let vpc = vpc_id(network);
        self.add(Vpc {
            id: vpc.clone(),
            name: match network.name.as_str() {
                "main" => self.stack.clone(),
                name => self.name(name),
            },
            cidr,
            ipv6: network.ipv6.as_ref().map(ipv6::whole),
            dns_support: true,
            // Gateway endpoints need both: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
            dns_names: true,
        });
        for &block in network.cidrs.iter().skip(1) {
            self.add(VpcCidr {
                id: space_id(network, block),
                vpc: vpc.id(),
                block: Space::Known(block),
                pool: None,
            });
        }
        if let Some(ipv6) = &network.ipv6 {
            self.ipv6(network, ipv6);
        }
        let output = match network.name.as_str() {
            "main" => "vpc_id".to_owned(),
            name => format!("{}_vpc_id", names::output(name)),
        };
        self.output(output, "Id of the VPC.", vpc.id());
        self.add(DefaultSecurityGroup {
            id: in_network(network, Kind::DefaultSecurityGroup, "default"),
            name: self.name("default-unused"),
            vpc: vpc.id(),
        });
        for group in &network.subnets {
            self.subnet_group(network, group);
        }
        self.ways_out(network);
        if let Some(vpn) = &network.vpn {
            self.vpn(network, vpn);
        }
        for endpoint in network.endpoints.values() {
            self.endpoint(network, endpoint);
        }
        if !network.load_balancers.is_empty() {
            self.unsupported(
                "a load balancer",
                "let the tier be reached without one on AWS",
            );
        }
        if network.isolate_zones {
            self.network_acls(network);
        }
        if let Some(days) = network.flow_log_days {
            self.flow_log(network, days);
        }
    }

    /// One parameter for each zone that a subnet stands in: the letter behind the region's name. Which of a region's
    /// zones an account can use, only the account knows; the first letters fit nearly everywhere.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>
    fn zone_parameters(&mut self, network: &Network) {
        let members = network.subnets.iter().flat_map(|group| &group.members);
        let zones: std::collections::BTreeSet<_> =
            members.filter_map(|member| member.zone).collect();
        for zone in zones {
            let name = zone_parameter(zone);
            if self.parameters.iter().any(|known| known.name == name) {
                continue;
            }
            let letter = char::from(b'a' + zone.saturating_sub(1));
            self.parameters.push(Parameter {
                name,
                kind: ParameterKind::Zone,
                help: format!(
                    "Availability zone {zone} of the stack: the letter behind the region's name. Never change it."
                ),
                default: Some(letter.to_string()),
            });
        }
    }

    fn subnet_group(&mut self, network: &Network, group: &SubnetGroup) {
        for (name, members) in tables(group) {
            let table = table_id(network, name);
            self.add(RouteTable {
                id: table.clone(),
                name: self.name(name),
                vpc: vpc_id(network).id(),
                note: network.vpn.as_ref().map(|_| {
                    "Every route is written out: nothing that BGP announces can widen what was approved.".to_owned()
                }),
            });
            for member in members {
                self.subnet(network, member, &table);
            }
            self.routes(network, group, name);
        }
    }

    fn subnet(&mut self, network: &Network, member: &Block, table: &ResourceId) {
        let Some(zone) = member.zone else {
            return self.unsupported(
                format!("the subnet `{}` without a zone", member.name),
                "spread it over zones",
            );
        };
        let id = subnet_id(network, &member.name);
        self.add(Subnet {
            id: id.clone(),
            name: self.name(&member.name),
            vpc: vpc_id(network).id(),
            cidr: member.cidr,
            ipv6: ipv6::block(network, member),
            zone: names::join([
                Term::Environment(Environment::Region),
                Term::Parameter(zone_parameter(zone).into()),
            ]),
            public_addresses: false,
            ipv6_addresses: member.ipv6.is_some(),
            after: Self::spaces_of(network, member),
        });
        self.add(RouteTableAssociation {
            id: in_network(network, Kind::RouteTableAssociation, &member.name),
            table: table.id(),
            subnet: id.id(),
        });
        self.output(
            format!("{}_subnet_id", names::output(&member.name)),
            format!("Id of the subnet {} ({}).", member.name, member.cidr),
            id.id(),
        );
    }

    /// The address spaces that a subnet's blocks are of, but for the first one, which stands with the VPC.
    fn spaces_of(network: &Network, member: &Block) -> Vec<Term> {
        let others = network.cidrs.iter().skip(1);
        let others = others.filter(|space| space.contains(member.cidr));
        let others = others.map(|space| space_id(network, *space));
        let ipv6 = network.ipv6.as_ref().filter(|_| member.ipv6.is_some());
        let ipv6 = ipv6.map(|ipv6| ipv6::space_id(network, ipv6));
        others
            .chain(ipv6)
            .map(|space| space.attribute(Attribute::Itself))
            .collect()
    }

    /// Routes to the datacenter. The table of a subnet without a VPN keeps the VPC's own route only, and those to the Internet.
    fn routes(&mut self, network: &Network, group: &SubnetGroup, table: &str) {
        let what = format!("a default route of `{}`", group.name);
        match (group.default_route, &network.vpn) {
            (DefaultRoute::Datacenter, None) => {
                self.unsupported(format!("{what} without a VPN"), "add a VPN, or use none");
            }
            (_, None) => {}
            (default, Some(vpn)) => {
                let ranges = self.plan.datacenter.as_ref();
                let ranges = ranges.map_or(&[][..], |datacenter| &datacenter.ranges);
                let ranges = ranges.iter().copied();
                let everything = Some(Cidr::ANY_V4)
                    .filter(|_| default == DefaultRoute::Datacenter)
                    .filter(|any| !ranges.clone().any(|range| range == *any));
                let gateway = in_network(network, Kind::VpnGateway, &vpn.name);
                let attachment = in_network(network, Kind::VpnGatewayAttachment, &vpn.name);
                for destination in ranges.chain(everything) {
                    let target = RouteTarget::Gateway(gateway.id());
                    self.route(network, table, destination, target, Some(&attachment));
                }
            }
        }
    }

    /// A route of a table, which waits for what ties its gateway to the VPC.
    pub(super) fn route(
        &mut self,
        network: &Network,
        table: &str,
        destination: Cidr,
        target: RouteTarget,
        after: Option<&ResourceId>,
    ) {
        let name = match destination {
            Cidr::ANY_V4 => "default".to_owned(),
            Cidr::ANY_V6 => "default-ipv6".to_owned(),
            destination => names::cidr(destination),
        };
        self.add(Route {
            id: in_network(network, Kind::Route, table)
                .child(crate::cloud::Kind::Aws(Kind::Route), name),
            table: table_id(network, table).id(),
            destination: RouteDestination::Cidr(destination),
            target,
            after: after
                .map(|it| it.attribute(Attribute::Itself))
                .into_iter()
                .collect(),
        });
    }
}

/// The route tables of a group by their names, and the subnets that use them: one for all, but one for each where each has a
/// NAT gateway in its own zone.
pub(super) fn tables(group: &SubnetGroup) -> Vec<(&str, &[Block])> {
    if group.purpose == Purpose::Instances && group.default_route == DefaultRoute::Nat {
        let members = group.members.iter();
        return members
            .map(|member| (member.name.as_str(), std::slice::from_ref(member)))
            .collect();
    }
    vec![(group.name.as_str(), group.members.as_slice())]
}

/// The name of the parameter that holds a zone.
fn zone_parameter(zone: u8) -> String {
    format!("zone_{zone}")
}

/// The id of a network's VPC.
pub(super) fn vpc_id(network: &Network) -> ResourceId {
    Kind::Vpc.named([network.name.as_str()])
}

/// The id of one more address space of a network's VPC, by its block: where it stands in a list says nothing.
fn space_id(network: &Network, block: Cidr) -> ResourceId {
    in_network(
        network,
        Kind::VpcCidr,
        &format!("space-{}", names::cidr(block)),
    )
}

/// The id of a subnet, by its name in the network.
pub(super) fn subnet_id(network: &Network, name: &str) -> ResourceId {
    in_network(network, Kind::Subnet, name)
}

/// The id of a route table, by its name among [`tables`].
pub(super) fn table_id(network: &Network, name: &str) -> ResourceId {
    in_network(network, Kind::RouteTable, name)
}
