//! Subnets: their addresses, their routes, and what service tags mean as seen from them.

use std::rc::Rc;

use super::bounds::Bounds;
use super::gateway::Gateway;
use super::ranges;
use super::routes::{Around, Hop, Routes};
use super::survey::{At, Survey, called};
use crate::cloud::Term;
use crate::cloud::azure::{NextHop, RouteTable, Subnet, VirtualNetwork};
use crate::net::Cidr;
use crate::reach::set::{Addresses, Set, TrafficSet};

/// A virtual network.
pub(super) struct Network {
    /// Its position in what was read.
    pub(super) position: usize,
    /// Its addresses.
    pub(super) space: Addresses,
    /// Its gateway, or that of a peered network which lets it use that.
    pub(super) gateway: Option<Rc<Gateway>>,
    /// The networks that it is peered with, by their places in the list of networks.
    pub(super) peers: Vec<usize>,
    /// Whether it is peered with a network that the template does not show.
    pub(super) strange_peers: bool,
    blocks: Vec<Cidr>,
    peered: Vec<Cidr>,
    /// The addresses of the peered networks that the tag `VirtualNetwork` holds.
    tagged: Addresses,
}

/// A subnet, or what stands for one that the template does not show.
pub(super) struct Ground<'a> {
    /// The subnet, where the template has it.
    pub(super) subnet: Option<At<'a, Subnet>>,
    /// Its virtual network, by its place in the list of networks.
    pub(super) network: Option<usize>,
    /// Its addresses.
    pub(super) addresses: Addresses,
    /// Where its packets go.
    pub(super) routes: Routes,
    /// What the service tags mean.
    pub(super) tags: Tags,
    /// To whom its packets go by the gateway, and from whom the gateway brings some that are answered.
    pub(super) beyond: Bounds<Addresses>,
    /// Whether the gateway's own subnet leads to it.
    pub(super) from_gateway: Bounds<Addresses>,
    /// The public addresses outside of the network to which packets go by the Internet. Who comes from the Internet is
    /// answered only by the same way: under a default route to a gateway nobody is, the clients of a load balancer neither
    /// (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#default-route>).
    pub(super) internet: Bounds<Addresses>,
    /// What its NAT gateway carries: TCP and UDP, because the addresses that it shares are told apart by ports; and nothing
    /// for sure without an address of its own
    /// (<https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource>).
    pub(super) nat: Option<Bounds<TrafficSet>>,
    /// Who may be reached by a virtual appliance, or in a peered network that the template does not show.
    pub(super) strange: Bounds<Addresses>,
}

/// What the service tags that are modelled mean
/// (<https://learn.microsoft.com/azure/virtual-network/service-tags-overview>).
pub(super) struct Tags {
    /// The network, what its gateway is told of, and the prefixes of user-defined routes. With a default route to a gateway
    /// or an appliance it may be every address there is, so that Azure's own rules let everything pass.
    network: Bounds<Addresses>,
    /// The public addresses outside of the network. Which of them are left when `VirtualNetwork` holds them too, Azure does
    /// not say.
    internet: Bounds<Addresses>,
    balancer: Bounds<Addresses>,
    /// What any other tag may mean.
    other: Bounds<Addresses>,
}

impl Tags {
    /// The addresses of a tag. In the names of tags, case does not count.
    pub(super) fn addresses(&self, tag: &str) -> &Bounds<Addresses> {
        if tag.eq_ignore_ascii_case("VirtualNetwork") {
            &self.network
        } else if tag.eq_ignore_ascii_case("Internet") {
            &self.internet
        } else if Self::is_for_probes(tag) {
            &self.balancer
        } else {
            &self.other
        }
    }

    /// Whether the addresses of a tag can be told.
    pub(super) fn knows(tag: &str) -> bool {
        let known = ["VirtualNetwork", "Internet"];
        Self::is_for_probes(tag) || known.iter().any(|known| tag.eq_ignore_ascii_case(known))
    }

    /// Whether a tag names the address that probes come from. Nothing else comes from there, not even what a load balancer
    /// hands on, which has the client's address; and the other tags do not hold it, which no router knows.
    pub(super) fn is_for_probes(tag: &str) -> bool {
        tag.eq_ignore_ascii_case("AzureLoadBalancer")
    }

    fn new(network: &Network, table: Option<At<'_, RouteTable>>) -> Self {
        let gateway = network.gateway.as_deref();
        let sites: Addresses = gateway
            .iter()
            .flat_map(|it| it.sites.iter().copied())
            .collect();
        let every = network.space.union(&sites).union(&network.tagged);
        let routes = || table.iter().flat_map(|table| &table.it.routes);
        let prefixes: Addresses = routes().map(|route| route.prefix).collect();
        let mut some = every.union(&prefixes);
        if gateway.is_some_and(|it| it.bgp) {
            some = some.union(&ranges::private_blocks().collect());
        }
        let elsewhere: Addresses = routes()
            .filter(|route| !matches!(route.next_hop, NextHop::Internet | NextHop::None))
            .map(|route| route.prefix)
            .collect();
        let internet = ranges::internet().difference(&network.space);
        Self {
            network: Bounds { some, every },
            other: Bounds::maybe(internet.clone()),
            internet: Bounds {
                every: internet.difference(&elsewhere),
                some: internet,
            },
            balancer: Bounds::sure(ranges::platform()),
        }
    }

    fn unknown() -> Self {
        let internet = Bounds::maybe(ranges::internet());
        Self {
            network: Bounds::maybe(Addresses::everything()),
            other: internet.clone(),
            internet,
            balancer: Bounds::sure(ranges::platform()),
        }
    }
}

/// Every virtual network, with its gateway.
pub(super) fn networks(survey: &Survey<'_>) -> Vec<Network> {
    let mut networks: Vec<_> = survey.networks().map(network).collect();
    for gateway in survey.gateways() {
        let subnet = survey.subnet(&gateway.it.subnet);
        let position = subnet.and_then(|subnet| survey.network_of(subnet.it));
        let own = networks
            .iter_mut()
            .find(|network| Some(network.position) == position);
        if let Some(network) = own {
            network.gateway = Some(Rc::new(Gateway::new(survey, gateway)));
        } else {
            let why = "its virtual network is not in the template".to_owned();
            survey.note(gateway.position, None, why);
        }
    }
    peer(survey, &mut networks);
    networks
}

/// Ties networks together. A peering passes packets when both networks have one of the other, and it is not transitive
/// (<https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview>).
fn peer(survey: &Survey<'_>, networks: &mut [Network]) {
    let place = |networks: &[Network], position: Option<usize>| {
        let mut all = networks.iter();
        all.position(|network| Some(network.position) == position)
    };
    let mut links = Vec::new();
    for peering in survey.peerings() {
        let near = peering.it.id.path.first();
        let near = place(networks, near.and_then(|name| survey.network_named(name)));
        let far = survey.network(&peering.it.remote);
        let far = place(networks, far.map(|far| far.position));
        match (near, far) {
            (Some(near), Some(far)) => links.push((near, far, peering.it)),
            (near, _) => {
                let remote = called(&peering.it.remote);
                let why = format!(
                    "one of its networks is not in the template; the other one is {remote}"
                );
                survey.note(peering.position, None, why);
                if let Some(network) = near.and_then(|near| networks.get_mut(near)) {
                    network.strange_peers = true;
                }
            }
        }
    }
    for &(near, far, peering) in &links {
        let mut back = links.iter();
        let Some((.., back)) = back.find(|link| (link.0, link.1) == (far, near)) else {
            continue;
        };
        let Some(other) = networks.get(far) else {
            continue;
        };
        let (blocks, space) = (other.blocks.clone(), other.space.clone());
        let gateway = other.gateway.clone();
        if let Some(network) = networks.get_mut(near) {
            network.peers.push(far);
            network.peered.extend(blocks);
            if peering.access {
                network.tagged = network.tagged.union(&space);
            }
            if peering.remote_gateways && back.gateway_transit && network.gateway.is_none() {
                network.gateway = gateway;
            }
        }
    }
}

fn network(at: At<'_, VirtualNetwork>) -> Network {
    Network {
        position: at.position,
        space: at.it.address_space.iter().copied().collect(),
        gateway: None,
        peers: Vec::new(),
        strange_peers: false,
        blocks: at.it.address_space.clone(),
        peered: Vec::new(),
        tagged: Addresses::nothing(),
    }
}

/// Every subnet.
pub(super) fn grounds<'a>(survey: &Survey<'a>, networks: &[Network]) -> Vec<Ground<'a>> {
    let mut grounds: Vec<_> = survey
        .subnets()
        .map(|subnet| ground(survey, networks, subnet))
        .collect();
    let paths: Vec<_> = grounds
        .iter()
        .map(|ground| from_gateway(networks, &grounds, ground))
        .collect();
    for (ground, path) in grounds.iter_mut().zip(paths) {
        ground.from_gateway = path;
    }
    grounds
}

fn ground<'a>(survey: &Survey<'a>, networks: &[Network], subnet: At<'a, Subnet>) -> Ground<'a> {
    let position = survey.network_of(subnet.it);
    let at = networks
        .iter()
        .position(|network| Some(network.position) == position);
    let addresses: Addresses = subnet.it.prefixes.iter().copied().collect();
    let Some((at, network)) = at.and_then(|at| Some((at, networks.get(at)?))) else {
        let why = "its virtual network is not in the template".to_owned();
        survey.note(subnet.position, None, why);
        return Ground {
            subnet: Some(subnet),
            addresses,
            ..nowhere()
        };
    };
    let term = subnet.it.route_table.as_ref();
    let table = term.and_then(|term| survey.table(term));
    let lost = term.filter(|_| table.is_none());
    let routes = match lost {
        None => Routes::new(table, &network.around()),
        Some(term) => {
            lost_table(survey, subnet, term);
            Routes::unknown()
        }
    };
    let tags = match lost {
        None => Tags::new(network, table),
        Some(_) => Tags::unknown(),
    };
    let to = routes.by(Hop::Gateway);
    let beyond = match &network.gateway {
        Some(gateway) => to.intersection(&gateway.beyond),
        None if to.is_nothing() => Bounds::nothing(),
        None => {
            if lost.is_none() {
                let why = "its routes lead to a gateway that is not in the template".to_owned();
                survey.note(subnet.position, None, why);
            }
            Bounds::maybe(to.some.clone())
        }
    };
    let public = ranges::internet().difference(&network.space);
    let internet = routes.by(Hop::Internet).within(&public);
    let outside = ranges::elsewhere().difference(&network.space);
    let by_appliance = routes.by(Hop::Appliance).some.clone();
    if lost.is_none() && !by_appliance.is_nothing() {
        let why = "its routes lead to a virtual appliance, and what that passes on is not known";
        survey.note(subnet.position, None, why.to_owned());
    }
    let mut strange = by_appliance;
    if network.strange_peers {
        strange = strange.union(&ranges::elsewhere().difference(&ranges::internet()));
    }
    Ground {
        subnet: Some(subnet),
        network: Some(at),
        addresses,
        routes,
        tags,
        beyond: beyond.within(&ranges::beyond().difference(&network.space)),
        from_gateway: Bounds::nothing(),
        internet,
        nat: nat(survey, subnet.it),
        strange: Bounds::maybe(strange.intersection(&outside)),
    }
}

fn nat(survey: &Survey<'_>, subnet: &Subnet) -> Option<Bounds<TrafficSet>> {
    let term = subnet.nat_gateway.as_ref()?;
    let without_address = survey
        .nat_gateway(term)
        .is_some_and(|gateway| gateway.it.public_ips.is_empty());
    Some(if without_address {
        Bounds::maybe(shared())
    } else {
        Bounds::sure(shared())
    })
}

/// What can share an address: what has ports.
pub(super) fn shared() -> TrafficSet {
    TrafficSet::protocol(6).union(&TrafficSet::protocol(17))
}

fn lost_table(survey: &Survey<'_>, subnet: At<'_, Subnet>, term: &Term) {
    let why = format!("its route table, {}, is not in the template", called(term));
    survey.note(subnet.position, None, why);
}

/// The addresses of a subnet that the gateway delivers to, by the routes of the gateway's own subnet.
fn from_gateway(
    networks: &[Network],
    grounds: &[Ground<'_>],
    ground: &Ground<'_>,
) -> Bounds<Addresses> {
    let network = ground.network.and_then(|at| networks.get(at));
    let gateway = network.and_then(|network| network.gateway.as_deref());
    let own = gateway.and_then(|gateway| {
        grounds.iter().find(|other| {
            other.subnet.map(|subnet| subnet.position) == gateway.subnet && gateway.subnet.is_some()
        })
    });
    match own {
        Some(own) => {
            let routes = &own.routes;
            let inside = routes.by(Hop::Local).union(routes.by(Hop::Peered));
            inside.within(&ground.addresses)
        }
        None => Bounds::maybe(ground.addresses.clone()),
    }
}

/// What stands for a subnet that the template does not show: everything may be there and everywhere may be gone from it.
pub(super) fn nowhere<'a>() -> Ground<'a> {
    Ground {
        subnet: None,
        network: None,
        addresses: Addresses::everything(),
        routes: Routes::unknown(),
        tags: Tags::unknown(),
        beyond: Bounds::maybe(ranges::beyond()),
        from_gateway: Bounds::maybe(Addresses::everything()),
        internet: Bounds::maybe(ranges::internet()),
        nat: None,
        strange: Bounds::maybe(ranges::elsewhere()),
    }
}

impl Network {
    fn around(&self) -> Around<'_> {
        let gateway = self.gateway.as_ref();
        Around {
            space: &self.blocks,
            peered: &self.peered,
            sites: gateway.map_or(&[], |gateway| &gateway.sites),
            bgp: gateway.is_some_and(|gateway| gateway.bgp),
        }
    }
}
