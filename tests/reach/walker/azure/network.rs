//! What stands in a template for Azure, looked up in its list of resources.

use std::net::IpAddr;

use patternbook::cloud::azure::{
    Connection, Frontend, FrontendAddress, LoadBalancer, LocalNetworkGateway, NetworkSecurityGroup,
    Peering, PublicIp, Resource, RouteTable, Subnet, VirtualNetwork, VirtualNetworkGateway,
};
use patternbook::cloud::{ResourceId, Term};
use patternbook::net::{Cidr, IpVersion};

use crate::walker::{is_in, is_public};

/// The resources of a template.
#[derive(Clone, Copy)]
pub(crate) struct Network<'r>(pub(crate) &'r [Resource]);

/// Lookups of the resource of a type that a term names.
macro_rules! named {
    ($($name:ident $kind:ident)+) => {
        $(
            pub(super) fn $name(self, term: &Term) -> Option<&'r $kind> {
                self.0.iter().find_map(|resource| match resource {
                    Resource::$kind(it) if is_named(term, &it.id) => Some(it),
                    _ => None,
                })
            }
        )+
    };
}

/// Whether a term is a property of a resource.
fn is_named(term: &Term, id: &ResourceId) -> bool {
    matches!(term, Term::Attribute(named, _) if named == id)
}

/// The ranges that are private to whoever uses them
/// (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#default>).
const PRIVATE: [&str; 4] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
];

pub(super) fn private() -> impl Iterator<Item = Cidr> {
    PRIVATE.iter().map(|block| block.parse().unwrap())
}

pub(super) fn is_private(address: IpAddr) -> bool {
    private().any(|block| is_in(address, block))
}

/// Whether an address is one of the Internet's.
pub(super) fn is_internet(address: IpAddr) -> bool {
    is_public(address)
}

/// Whether an address is private to whoever uses it, of IPv6: <https://www.rfc-editor.org/rfc/rfc4193>.
pub(super) fn is_unique_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.octets()[0] & 0xfe == 0xfc)
}

/// The gateway of a virtual network, and what it knows.
pub(super) struct Gateway<'r> {
    pub(super) it: &'r VirtualNetworkGateway,
    /// The blocks that its connections were told of.
    pub(super) sites: Vec<Cidr>,
    pub(super) bgp: bool,
    connected: bool,
}

impl Gateway<'_> {
    /// Whether it has a way on to an address: to its sites, by what BGP tells, and to everything by a default site
    /// (<https://learn.microsoft.com/azure/vpn-gateway/about-site-to-site-tunneling>).
    pub(super) fn leads_to(&self, address: IpAddr) -> bool {
        let everywhere = self.bgp || self.connected && self.it.default_site.is_some();
        everywhere || self.sites.iter().any(|site| is_in(address, *site))
    }

    pub(super) fn leads_anywhere(&self) -> bool {
        self.bgp || !self.sites.is_empty() || self.connected && self.it.default_site.is_some()
    }
}

impl<'r> Network<'r> {
    named! {
        subnet_of Subnet
        table RouteTable
        filter NetworkSecurityGroup
        site LocalNetworkGateway
        network_of VirtualNetwork
        public_ip PublicIp
    }

    pub(super) fn subnet(self, id: &ResourceId) -> &'r Subnet {
        self.subnet_of(&id.id()).unwrap()
    }

    pub(crate) fn balancers(self) -> impl Iterator<Item = &'r LoadBalancer> {
        self.0.iter().filter_map(|resource| match resource {
            Resource::LoadBalancer(it) => Some(it),
            _ => None,
        })
    }

    /// Whether a front end of a load balancer listens in the version of IP of an address: that of its own public address.
    pub(super) fn speaks(self, frontend: Option<&Frontend>, address: IpAddr) -> bool {
        let of_v6 = match frontend.map(|it| &it.address) {
            Some(FrontendAddress::Subnet(_)) => Some(false),
            Some(FrontendAddress::PublicIp(term)) => {
                let found = self.public_ip(term);
                found.map(|it| it.version == IpVersion::V6)
            }
            None => None,
        };
        of_v6.is_none_or(|of_v6| of_v6 == address.is_ipv6())
    }

    /// Whether a NAT gateway has an address to send from. One that stands elsewhere is taken to have some.
    pub(super) fn has_address(self, nat: &Term) -> bool {
        let found = self.0.iter().find_map(|resource| match resource {
            Resource::NatGateway(it) if is_named(nat, &it.id) => Some(it),
            _ => None,
        });
        found.is_none_or(|it| !it.public_ips.is_empty())
    }

    /// The virtual network of a subnet, which it names by a reference or by the name.
    pub(super) fn home(self, subnet: &Subnet) -> &'r VirtualNetwork {
        self.network_of(&subnet.network).unwrap_or_else(|| {
            let name = match &subnet.network {
                Term::Text(name) => name,
                _ => &subnet.id.path[0],
            };
            self.network_called(name).unwrap()
        })
    }

    fn network_called(self, name: &str) -> Option<&'r VirtualNetwork> {
        self.0.iter().find_map(|resource| match resource {
            Resource::VirtualNetwork(it) if it.id.name() == name => Some(it),
            _ => None,
        })
    }

    pub(super) fn holds(network: &VirtualNetwork, address: IpAddr) -> bool {
        let mut space = network.address_space.iter();
        space.any(|block| is_in(address, *block))
    }

    /// The virtual networks that one is peered with, and its own peering with each: both must have one
    /// (<https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview>).
    pub(super) fn peers(self, of: &VirtualNetwork) -> Vec<(&'r VirtualNetwork, &'r Peering)> {
        let peerings = self.0.iter().filter_map(|resource| match resource {
            Resource::Peering(it) => Some((self.network_called(&it.id.path[0])?, it)),
            _ => None,
        });
        let peerings: Vec<_> = peerings.collect();
        let own = peerings.iter().filter(|(near, _)| near.id == of.id);
        let found = own.filter_map(|(_, peering)| {
            let far = self.network_of(&peering.remote)?;
            let back = |(near, it): &(&VirtualNetwork, &Peering)| {
                near.id == far.id && is_named(&it.remote, &of.id)
            };
            peerings.iter().any(back).then_some((far, *peering))
        });
        found.collect()
    }

    /// The gateway of a virtual network: its own, or that of a peered one which lets it use that.
    pub(super) fn gateway(self, of: &VirtualNetwork) -> Option<Gateway<'r>> {
        self.own_gateway(of).or_else(|| {
            self.peers(of).into_iter().find_map(|(far, peering)| {
                let mut back = self.peers(far).into_iter();
                let lent = back.any(|(near, it)| near.id == of.id && it.gateway_transit);
                (peering.remote_gateways && lent)
                    .then(|| self.own_gateway(far))
                    .flatten()
            })
        })
    }

    fn own_gateway(self, of: &VirtualNetwork) -> Option<Gateway<'r>> {
        let it = self.0.iter().find_map(|resource| match resource {
            Resource::VirtualNetworkGateway(it) => {
                let subnet = self.subnet_of(&it.subnet)?;
                (self.home(subnet).id == of.id).then_some(it)
            }
            _ => None,
        })?;
        let connections = self.0.iter().filter_map(|resource| match resource {
            Resource::Connection(connection) if is_named(&connection.gateway, &it.id) => {
                Some(connection)
            }
            _ => None,
        });
        let connections: Vec<&Connection> = connections.collect();
        let sites = connections.iter().filter_map(|it| self.site(&it.remote));
        Some(Gateway {
            it,
            sites: sites.flat_map(|site| site.address_space.clone()).collect(),
            bgp: connections.iter().any(|connection| connection.bgp),
            connected: !connections.is_empty(),
        })
    }
}
