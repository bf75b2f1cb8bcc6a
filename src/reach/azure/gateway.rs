//! VPN gateways: what is on the other side.

use super::bounds::Bounds;
use super::survey::{At, Survey, called};
use crate::cloud::azure::{Connection, VirtualNetworkGateway};
use crate::net::{Cidr, IpVersion};
use crate::reach::set::{Addresses, Set};

/// A virtual network's VPN gateway.
pub(super) struct Gateway {
    /// The blocks that it is told of, which its network learns as routes.
    pub(super) sites: Vec<Cidr>,
    /// Whether it learns more by BGP.
    pub(super) bgp: bool,
    /// The addresses to which it has a way on.
    pub(super) beyond: Bounds<Addresses>,
    /// Its subnet.
    pub(super) subnet: Option<usize>,
}

impl Gateway {
    /// A gateway has a way to the blocks of the local network gateways that it is connected to; to everything else only by
    /// a default site or by what BGP tells it. A subnet's route to the gateway alone is not enough
    /// (<https://learn.microsoft.com/azure/vpn-gateway/about-site-to-site-tunneling>).
    pub(super) fn new(survey: &Survey<'_>, at: At<'_, VirtualNetworkGateway>) -> Self {
        let mut gateway = Self {
            sites: Vec::new(),
            bgp: false,
            beyond: Bounds::nothing(),
            subnet: survey.subnet(&at.it.subnet).map(|subnet| subnet.position),
        };
        let connections = survey.connections();
        let own = connections.filter(|connection| {
            survey
                .gateway(&connection.it.gateway)
                .is_some_and(|other| other.position == at.position)
        });
        let mut connected = false;
        for connection in own {
            connected = true;
            gateway.connect(survey, connection);
        }
        if connected && let Some(site) = &at.it.default_site {
            if !survey.knows(site) {
                let why = format!("its default site, {}, is not in the template", called(site));
                survey.note(at.position, None, why);
            }
            gateway.beyond = Bounds::sure(Addresses::everything());
        }
        gateway
    }

    fn connect(&mut self, survey: &Survey<'_>, connection: At<'_, Connection>) {
        let Some(site) = survey.site(&connection.it.remote) else {
            let remote = called(&connection.it.remote);
            let why = format!("its other side, {remote}, is not in the template");
            survey.note(connection.position, None, why);
            self.bgp = true;
            self.beyond.some = Addresses::everything();
            return;
        };
        let blocks = &site.it.address_space;
        if blocks.iter().any(|block| block.version() == IpVersion::V6) {
            let why = "a VPN gateway is taken to carry IPv4 only";
            survey.note(site.position, None, why.to_owned());
        }
        self.sites.extend(blocks);
        let told: Addresses = site.it.address_space.iter().copied().collect();
        self.beyond = self.beyond.union(&Bounds::sure(told));
        if connection.it.bgp {
            // What it tells is taken to hold what route tables send to the gateway: see the assumptions.
            self.bgp = true;
            self.beyond = Bounds::sure(Addresses::everything());
        }
    }
}
