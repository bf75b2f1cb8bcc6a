//! What stands in a template, looked up in its list of resources.

use std::net::IpAddr;

use patternbook::cloud::aws::{
    self, EndpointWay, InternetGateway, NatGateway, NetworkAcl, Peering, PrefixList, Resource,
    SecurityGroup, Subnet, VpcEndpoint, VpnConnection,
};
use patternbook::cloud::{self, ResourceId, Term};
use patternbook::net::Cidr;

use super::Group;

/// The resources of a template.
#[derive(Clone, Copy)]
pub(crate) struct Network<'r>(pub(crate) &'r [Resource]);

/// Whether an address is in a block: the leading bits are the same.
pub(crate) fn is_in(address: IpAddr, block: Cidr) -> bool {
    match (block.first(), address) {
        (IpAddr::V4(first), IpAddr::V4(address)) => {
            let host_bits = 32 - u32::from(block.prefix_len());
            let prefix = |address: u32| address.checked_shr(host_bits).unwrap_or(0);
            prefix(first.to_bits()) == prefix(address.to_bits())
        }
        (IpAddr::V6(first), IpAddr::V6(address)) => {
            let host_bits = 128 - u32::from(block.prefix_len());
            let prefix = |address: u128| address.checked_shr(host_bits).unwrap_or(0);
            prefix(first.to_bits()) == prefix(address.to_bits())
        }
        _ => false,
    }
}

/// Whether a term is the id of this resource.
pub(super) fn names(term: &Term, id: &ResourceId) -> bool {
    matches!(term, Term::Attribute(named, _) if named == id)
}

impl<'r> Network<'r> {
    pub(super) fn subnet(self, id: &ResourceId) -> &'r Subnet {
        self.subnet_of(&id.id())
    }

    /// The subnet that a term names. A network that is walked through has every subnet that it speaks of.
    pub(super) fn subnet_of(self, term: &Term) -> &'r Subnet {
        let mut subnets = self.0.iter().filter_map(|resource| match resource {
            Resource::Subnet(subnet) if names(term, &subnet.id) => Some(subnet),
            _ => None,
        });
        subnets.next().unwrap()
    }

    pub(super) fn group(self, id: &ResourceId) -> Option<&'r SecurityGroup> {
        self.0.iter().find_map(|resource| match resource {
            Resource::SecurityGroup(group) if group.id == *id => Some(group),
            _ => None,
        })
    }

    /// Whether a term names a group. A VPC's own is named by the resource that adopts it, or by the VPC itself.
    pub(super) fn is_group(self, term: &Term, group: &Group) -> bool {
        match group {
            Group::Named(id) => names(term, id),
            Group::Default(vpc) => {
                let Term::Attribute(id, _) = term else {
                    return false;
                };
                let adopted = self.0.iter().find_map(|resource| match resource {
                    Resource::DefaultSecurityGroup(it) if it.id == *id => Some(&it.vpc),
                    _ => None,
                });
                let own = || {
                    let is_default = id.kind == cloud::Kind::Aws(aws::Kind::DefaultSecurityGroup);
                    is_default && names(vpc, &aws::Kind::Vpc.named(id.path.iter().cloned()))
                };
                adopted.map_or_else(own, |adopted| adopted == vpc)
            }
        }
    }

    /// The gateway endpoints of a subnet: those that its table has a route to
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    pub(super) fn endpoints(self, subnet: &ResourceId) -> impl Iterator<Item = &'r VpcEndpoint> {
        let table = self.table(subnet);
        self.0.iter().filter_map(move |resource| match resource {
            Resource::VpcEndpoint(it) if it.way == EndpointWay::Gateway => {
                let here = table.is_some_and(|table| it.tables.contains(table));
                here.then_some(it)
            }
            _ => None,
        })
    }

    pub(super) fn prefix_list(self, id: &Term) -> Option<&'r PrefixList> {
        self.0.iter().find_map(|resource| match resource {
            Resource::PrefixList(list) if names(id, &list.id) => Some(list),
            _ => None,
        })
    }

    /// The network ACL that is associated with a subnet; the VPC's default one when there is none
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>).
    pub(super) fn acl(self, subnet: &ResourceId) -> Option<&'r NetworkAcl> {
        self.0.iter().find_map(|resource| match resource {
            Resource::NetworkAcl(acl) if acl.subnets.iter().any(|term| names(term, subnet)) => {
                Some(acl)
            }
            _ => None,
        })
    }

    /// The route table that is associated with a subnet; the VPC's main one when there is none
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>).
    pub(super) fn table(self, subnet: &ResourceId) -> Option<&'r Term> {
        self.0.iter().find_map(|resource| match resource {
            Resource::RouteTableAssociation(it) if names(&it.subnet, subnet) => Some(&it.table),
            _ => None,
        })
    }

    /// The blocks of a VPC.
    pub(super) fn blocks(self, vpc: &Term) -> Vec<Cidr> {
        let blocks = self.0.iter().filter_map(|resource| match resource {
            Resource::Vpc(it) if names(vpc, &it.id) => Some(it.cidr),
            // A network that is walked through has every block: what AWS picks is picked before.
            Resource::VpcCidr(it) if it.vpc == *vpc => Some(it.block.known().unwrap()),
            _ => None,
        });
        blocks.collect()
    }

    /// Whether an address is in a VPC.
    pub(super) fn holds(self, vpc: &Term, address: IpAddr) -> bool {
        self.blocks(vpc).iter().any(|block| is_in(address, *block))
    }

    pub(super) fn internet_gateway(self, term: &Term) -> Option<&'r InternetGateway> {
        self.0.iter().find_map(|resource| match resource {
            Resource::InternetGateway(it) if names(term, &it.id) => Some(it),
            _ => None,
        })
    }

    pub(super) fn nat_gateway(self, term: &Term) -> Option<&'r NatGateway> {
        self.0.iter().find_map(|resource| match resource {
            Resource::NatGateway(it) if names(term, &it.id) => Some(it),
            _ => None,
        })
    }

    pub(super) fn peering(self, term: &Term) -> Option<&'r Peering> {
        self.0.iter().find_map(|resource| match resource {
            Resource::Peering(it) if names(term, &it.id) => Some(it),
            _ => None,
        })
    }

    /// Whether a term is an egress-only Internet gateway of a VPC.
    pub(super) fn is_egress_only(self, term: &Term, of: &Term) -> bool {
        self.0.iter().any(|resource| match resource {
            Resource::EgressOnlyInternetGateway(it) => names(term, &it.id) && it.vpc == *of,
            _ => false,
        })
    }

    pub(super) fn is_vpn_gateway(self, term: &Term) -> bool {
        self.0
            .iter()
            .any(|resource| matches!(resource, Resource::VpnGateway(it) if names(term, &it.id)))
    }

    /// Whether an Internet gateway or a VPN gateway is attached to a VPC. One that is not leads nowhere: its routes are
    /// black holes (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>).
    pub(super) fn is_attached(self, gateway: &Term, vpc: &Term) -> bool {
        self.0.iter().any(|resource| match resource {
            Resource::InternetGatewayAttachment(it) => it.gateway == *gateway && it.vpc == *vpc,
            Resource::VpnGatewayAttachment(it) => it.gateway == *gateway && it.vpc == *vpc,
            _ => false,
        })
    }

    /// The VPN connections of a gateway.
    pub(super) fn connections(self, gateway: &Term) -> impl Iterator<Item = &'r VpnConnection> {
        self.0.iter().filter_map(move |resource| match resource {
            Resource::VpnConnection(it) if it.gateway == *gateway => Some(it),
            _ => None,
        })
    }

    /// The blocks that a connection was told of.
    pub(super) fn static_blocks(self, connection: &VpnConnection) -> Vec<Cidr> {
        let blocks = self.0.iter().filter_map(|resource| match resource {
            Resource::VpnConnectionRoute(it) if names(&it.connection, &connection.id) => {
                Some(it.destination)
            }
            _ => None,
        });
        blocks.collect()
    }

    /// The VPN gateways that are attached to a VPC.
    pub(super) fn vpn_gateways(self, vpc: &Term) -> impl Iterator<Item = &'r Term> {
        self.0.iter().filter_map(move |resource| match resource {
            Resource::VpnGatewayAttachment(it) if it.vpc == *vpc => Some(&it.gateway),
            _ => None,
        })
    }

    /// The VPN gateways whose routes a table learns.
    pub(super) fn propagating(self, table: &Term) -> impl Iterator<Item = &'r Term> {
        self.0.iter().filter_map(move |resource| match resource {
            Resource::RoutePropagation(it) if it.tables.contains(table) => Some(&it.gateway),
            _ => None,
        })
    }

    /// Whether an Internet gateway is attached to a VPC.
    pub(super) fn has_internet_gateway(self, vpc: &Term) -> bool {
        self.0.iter().any(
            |resource| matches!(resource, Resource::InternetGatewayAttachment(it) if it.vpc == *vpc),
        )
    }

    /// Whether an address is in the VPC at the other end of a peering connection. It leads no further
    /// (<https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>).
    pub(super) fn leads_to(self, peering: &Peering, from: &Term, address: IpAddr) -> bool {
        let other = if peering.vpc == *from {
            &peering.peer
        } else {
            &peering.vpc
        };
        self.holds(other, address)
    }
}
