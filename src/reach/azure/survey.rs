//! The resources of a template, found by the names that they call each other.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::cloud::azure::{
    Connection, LocalNetworkGateway, NatGateway, NetworkSecurityGroup, Peering, PublicIp, Resource,
    RouteTable, Subnet, VirtualNetwork, VirtualNetworkGateway,
};
use crate::cloud::{Part, Placed, Resource as _, ResourceId, Term, Unknown};

/// A resource and its position in what was read.
pub(super) struct At<'a, T> {
    pub(super) position: usize,
    pub(super) it: &'a T,
}

impl<T> Clone for At<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for At<'_, T> {}

/// What was read, and what of it turns out not to be understood.
pub(super) struct Survey<'a> {
    resources: &'a [Placed<Resource>],
    by_id: BTreeMap<&'a ResourceId, usize>,
    networks_by_name: BTreeMap<&'a str, usize>,
    unknown: RefCell<Vec<Unknown>>,
}

/// Methods for all resources of a type.
macro_rules! all {
    ($($name:ident $kind:ident)+) => {
        $(
            pub(super) fn $name(&self) -> impl Iterator<Item = At<'a, $kind>> + use<'a> {
                let all = self.resources.iter().enumerate();
                all.filter_map(|(position, placed)| match &placed.resource {
                    Resource::$kind(it) => Some(At { position, it }),
                    _ => None,
                })
            }
        )+
    };
}

/// Methods for the resource of a type that a term names.
macro_rules! one {
    ($($name:ident $kind:ident)+) => {
        $(
            pub(super) fn $name(&self, term: &Term) -> Option<At<'a, $kind>> {
                let position = self.position(term)?;
                match &self.resources.get(position)?.resource {
                    Resource::$kind(it) => Some(At { position, it }),
                    _ => None,
                }
            }
        )+
    };
}

impl<'a> Survey<'a> {
    pub(super) fn new(resources: &'a [Placed<Resource>], unknown: &[Unknown]) -> Self {
        let mut by_id = BTreeMap::new();
        let mut networks_by_name = BTreeMap::new();
        for (position, placed) in resources.iter().enumerate() {
            by_id.entry(placed.resource.id()).or_insert(position);
            if let Resource::VirtualNetwork(network) = &placed.resource {
                networks_by_name
                    .entry(network.id.name())
                    .or_insert(position);
            }
        }
        Self {
            resources,
            by_id,
            networks_by_name,
            unknown: RefCell::new(unknown.to_vec()),
        }
    }

    all! {
        networks VirtualNetwork
        subnets Subnet
        gateways VirtualNetworkGateway
        connections Connection
        filters NetworkSecurityGroup
        peerings Peering
    }

    one! {
        network VirtualNetwork
        subnet Subnet
        table RouteTable
        nat_gateway NatGateway
        public_ip PublicIp
        gateway VirtualNetworkGateway
        site LocalNetworkGateway
        filter NetworkSecurityGroup
    }

    pub(super) fn resources(&self) -> &'a [Placed<Resource>] {
        self.resources
    }

    fn position(&self, term: &Term) -> Option<usize> {
        match term {
            Term::Attribute(id, _) => self.by_id.get(id).copied(),
            _ => None,
        }
    }

    /// Whether a term names a resource of the template.
    pub(super) fn knows(&self, term: &Term) -> bool {
        self.position(term).is_some()
    }

    /// The position of the virtual network that a subnet is in, which it names or whose name stands first in its own.
    pub(super) fn network_of(&self, subnet: &Subnet) -> Option<usize> {
        if let Some(network) = self.network(&subnet.network) {
            return Some(network.position);
        }
        let name = match &subnet.network {
            Term::Text(name) => name,
            Term::Attribute(..) => subnet.id.path.first()?,
            _ => return None,
        };
        self.network_named(name)
    }

    /// The position of a virtual network by its name.
    pub(super) fn network_named(&self, name: &str) -> Option<usize> {
        self.networks_by_name.get(name).copied()
    }

    /// Notes what is not understood about a resource, once.
    pub(super) fn note(&self, position: usize, part: Option<Part>, why: String) {
        let Some(placed) = self.resources.get(position) else {
            return;
        };
        let note = Unknown {
            name: placed.resource.id().name().to_owned(),
            what: what(&placed.resource).to_owned(),
            why,
            place: placed.place_of(part).clone(),
        };
        let mut unknown = self.unknown.borrow_mut();
        if !unknown.contains(&note) {
            unknown.push(note);
        }
    }

    pub(super) fn into_unknown(self) -> Vec<Unknown> {
        self.unknown.into_inner()
    }
}

/// What people call a term that leads to nothing in the template.
pub(super) fn called(term: &Term) -> String {
    match term {
        Term::Text(text) => text.as_str().to_owned(),
        Term::Parameter(name) => format!("the parameter `{name}`"),
        Term::Attribute(id, _) => format!("`{}`", id.path.join("/")),
        Term::Environment(_) | Term::Join(_) => "what only a deploy tells".to_owned(),
    }
}

fn what(resource: &Resource) -> &'static str {
    match resource {
        Resource::VirtualNetwork(_) => "virtual network",
        Resource::Subnet(_) => "subnet",
        Resource::RouteTable(_) => "route table",
        Resource::NatGateway(_) => "NAT gateway",
        Resource::PublicIp(_) => "public address",
        Resource::PublicIpPrefix(_) => "block of public addresses",
        Resource::VirtualNetworkGateway(_) => "VPN gateway",
        Resource::LocalNetworkGateway(_) => "local network gateway",
        Resource::Connection(_) => "connection",
        Resource::ApplicationSecurityGroup(_) => "application security group",
        Resource::NetworkSecurityGroup(_) => "network security group",
        Resource::LoadBalancer(_) => "load balancer",
        Resource::Peering(_) => "peering",
        Resource::Interface(_) => "network interface",
        Resource::ScaleSet(_) => "scale set",
        Resource::AutoscaleSetting(_) => "autoscale setting",
    }
}
