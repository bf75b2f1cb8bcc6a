//! The ways from private subnets to the Internet, by which nothing comes in: a NAT gateway in each zone for IPv4, and an
//! egress-only Internet gateway for IPv6
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>,
//! <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>).

use super::network::{subnet_id, tables, vpc_id};
use super::{Lowering, in_network, names};
use crate::cloud::aws::{
    EgressOnlyInternetGateway, ElasticIp, InternetGateway, InternetGatewayAttachment, Kind,
    NatGateway, RouteTarget,
};
use crate::cloud::{Attribute, ResourceId};
use crate::net::Cidr;
use crate::plan::{DefaultRoute, Network, Purpose, SubnetGroup};

impl Lowering<'_> {
    /// The gateways to the Internet, and the default routes to them, where a subnet wants one.
    pub(super) fn ways_out(&mut self, network: &Network) {
        let home = network.subnets.iter();
        let home = home.clone().find(|it| it.purpose == Purpose::NatGateway);
        let leaving: Vec<_> = network.subnets.iter().filter(|it| leaves(it)).collect();
        match (home, leaving.as_slice()) {
            (None, []) => {}
            (None, [group, ..]) => self.unsupported(
                format!("a default route of `{}` through NAT without a subnet for NAT gateways", group.name),
                "add a subnet with `purpose: nat_gateway` and `spread: zones`, or use none or datacenter",
            ),
            (Some(home), []) => self.unsupported(
                format!("the subnet `{}` for NAT gateways, which nothing uses,", home.name),
                "let a subnet have `default_route: nat`, or leave it out",
            ),
            (Some(home), leaving) => self.way_out(network, home, leaving),
        }
    }

    fn way_out(&mut self, network: &Network, home: &SubnetGroup, leaving: &[&SubnetGroup]) {
        if network.isolate_zones {
            self.unsupported(
                "zones that are kept apart in a network with NAT gateways",
                "a network ACL of a NAT gateway's subnet would have to let everything pass: leave out `isolate_zones`",
            );
        }
        let vpc = vpc_id(network).id();
        let own = |kind: Kind| kind.named([network.name.as_str()]);
        let gateway = own(Kind::InternetGateway);
        let attachment = own(Kind::InternetGatewayAttachment);
        self.add(InternetGateway {
            id: gateway.clone(),
            name: self.name("internet"),
        });
        self.add(InternetGatewayAttachment {
            id: attachment.clone(),
            vpc: vpc.clone(),
            gateway: gateway.id(),
        });
        for (table, _) in tables(home) {
            let target = RouteTarget::Gateway(gateway.id());
            self.route(network, table, Cidr::ANY_V4, target, Some(&attachment));
        }
        self.nat_gateways(network, home, &attachment);
        for group in leaving {
            for member in &group.members {
                let Some(zone) = member.zone else { continue };
                let target = RouteTarget::NatGateway(nat_id(network, zone).id());
                self.route(network, &member.name, Cidr::ANY_V4, target, None);
            }
        }
        if network.ipv6.is_some() {
            let gateway = own(Kind::EgressOnlyInternetGateway);
            self.add(EgressOnlyInternetGateway {
                id: gateway.clone(),
                vpc,
            });
            for (table, _) in leaving.iter().flat_map(|group| tables(group)) {
                let target = RouteTarget::EgressOnlyGateway(gateway.id());
                self.route(network, table, Cidr::ANY_V6, target, None);
            }
        }
    }

    /// One NAT gateway in each zone, so that the loss of one is not that of another.
    fn nat_gateways(&mut self, network: &Network, home: &SubnetGroup, attachment: &ResourceId) {
        for member in &home.members {
            let Some(zone) = member.zone else { continue };
            let name = name_of(zone);
            let address = in_network(network, Kind::ElasticIp, &name);
            let tied = attachment.attribute(Attribute::Itself);
            self.add(ElasticIp {
                id: address.clone(),
                target: None,
                after: vec![tied.clone()],
            });
            self.add(NatGateway {
                id: nat_id(network, zone),
                name: self.name(&name),
                subnet: subnet_id(network, &member.name).id(),
                public: true,
                address: Some(address.id()),
                after: vec![tied],
            });
            self.output(
                format!("{}_address", names::output(&name)),
                format!("Address from which instances in zone {zone} come to the Internet."),
                address.attribute(Attribute::Address),
            );
        }
    }
}

/// Whether the instances of a group reach the Internet, and are not reached.
fn leaves(group: &SubnetGroup) -> bool {
    group.purpose == Purpose::Instances && group.default_route == DefaultRoute::Nat
}

fn name_of(zone: u8) -> String {
    format!("nat-{zone}")
}

fn nat_id(network: &Network, zone: u8) -> ResourceId {
    in_network(network, Kind::NatGateway, &name_of(zone))
}
