//! The VPN to the datacenter, and what its other side must be told.

use super::network::vpc_id;
use super::{Lowering, in_network, names};
use crate::cloud::aws::{
    CustomerGateway, Kind, Tunnel, VpnConnection, VpnConnectionRoute, VpnGateway,
    VpnGatewayAttachment,
};
use crate::cloud::{Attribute, ResourceId};
use crate::net::Cidr;
use crate::plan::{Network, Vpn, VpnRouting};

/// The number that AWS uses on its own side unless told otherwise, and its neighbour, for whoever has that one already.
/// <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html>
const AWS_ASN: [u32; 2] = [64512, 64513];

/// AWS wants a number of the customer even where no BGP runs; this is the one that its own documents show.
const STATIC_ASN: u32 = 65000;

/// Numbers that AWS keeps for itself: <https://docs.aws.amazon.com/vpn/latest/s2svpn/cgw-options.html>
const RESERVED_ASN: [u32; 4] = [7224, 9059, 10124, 17943];

impl Lowering<'_> {
    pub(super) fn vpn(&mut self, network: &Network, vpn: &Vpn) {
        if vpn.key.is_some() {
            self.unsupported(
                format!("a pre-shared key of yours on the VPN `{}`", vpn.name),
                "leave it out: AWS makes one and keeps it out of every file",
            );
        }
        if vpn.bgp_peer.is_some() {
            self.unsupported(
                format!("a BGP address of yours on the VPN `{}`", vpn.name),
                "leave it out: AWS gives both sides addresses inside the tunnels",
            );
        }
        let id = |kind: Kind| in_network(network, kind, &vpn.name);
        let (gateway, customer) = (id(Kind::VpnGateway), id(Kind::CustomerGateway));
        let connection = id(Kind::VpnConnection);
        let name = self.name(&vpn.name);
        let asn = match vpn.routing {
            VpnRouting::Static => STATIC_ASN,
            VpnRouting::Bgp { asn } => asn,
        };
        if RESERVED_ASN.contains(&asn) {
            self.unsupported(
                format!("the autonomous system number {asn} of your side"),
                "use one of your own, or a private one such as 65000",
            );
        }
        let own_asn = AWS_ASN[usize::from(asn == AWS_ASN[0])];
        self.add(VpnGateway {
            id: gateway.clone(),
            name: name.clone(),
            asn: own_asn,
        });
        self.add(VpnGatewayAttachment {
            id: id(Kind::VpnGatewayAttachment),
            vpc: vpc_id(network).id(),
            gateway: gateway.id(),
        });
        self.add(CustomerGateway {
            id: customer.clone(),
            name: name.clone(),
            address: names::value(&vpn.device),
            asn,
        });
        let static_routes = vpn.routing == VpnRouting::Static;
        self.add(VpnConnection {
            id: connection.clone(),
            name,
            gateway: gateway.id(),
            customer_gateway: customer.id(),
            static_routes,
            tunnels: Some(Tunnel::hardened_pair()),
        });
        let ranges = self.datacenter_ranges(network);
        if static_routes {
            for &destination in &ranges {
                self.add(VpnConnectionRoute {
                    id: connection.child(
                        crate::cloud::Kind::Aws(Kind::VpnConnectionRoute),
                        names::cidr(destination),
                    ),
                    connection: connection.id(),
                    destination,
                });
            }
        }
        let own_asn = (!static_routes).then_some(own_asn);
        self.vpn_outputs(network, &connection, &ranges, own_asn);
    }

    /// What lies behind the VPN: the datacenter, and everything else where a default route leads there.
    fn datacenter_ranges(&self, network: &Network) -> Vec<Cidr> {
        let datacenter = self.plan.datacenter.as_ref();
        let mut ranges = datacenter.map_or_else(Vec::new, |datacenter| datacenter.ranges.clone());
        let default = network
            .subnets
            .iter()
            .any(|group| group.default_route == crate::plan::DefaultRoute::Datacenter);
        if default && !ranges.contains(&Cidr::ANY_V4) {
            ranges.push(Cidr::ANY_V4);
        }
        ranges
    }

    fn vpn_outputs(
        &mut self,
        network: &Network,
        connection: &ResourceId,
        ranges: &[Cidr],
        own_asn: Option<u32>,
    ) {
        let list = |cidrs: &[Cidr]| {
            let texts: Vec<_> = cidrs.iter().map(ToString::to_string).collect();
            texts.join(", ")
        };
        let base = names::output(connection.name());
        let base = if base.contains("vpn") {
            base
        } else {
            format!("{base}_vpn")
        };
        self.output(
            format!("{base}_connection_id"),
            "Id of the VPN connection.",
            connection.id(),
        );
        for (number, attribute) in [
            (1, Attribute::Tunnel1Address),
            (2, Attribute::Tunnel2Address),
        ] {
            self.output(
                format!("{base}_tunnel_{number}_address"),
                format!("Outside address of tunnel {number} on the AWS side."),
                connection.attribute(attribute),
            );
        }
        for (what, help, query) in [
            (
                "addresses",
                "Prints the tunnels' outside addresses on the AWS side.",
                "Options.TunnelOptions[].OutsideIpAddress",
            ),
            (
                "configuration",
                "Prints what your device must be set to, the pre-shared keys among it: mind who looks on.",
                "CustomerGatewayConfiguration",
            ),
        ] {
            self.output(
                format!("{base}_{what}_command"),
                help,
                names::join([
                    "aws ec2 describe-vpn-connections --vpn-connection-ids ".into(),
                    connection.id(),
                    format!(" --query 'VpnConnections[0].{query}' --output text").into(),
                ]),
            );
        }
        if let Some(asn) = own_asn {
            self.output(
                format!("{base}_asn_in_cloud"),
                "Autonomous system number of the AWS side, which your device is the neighbour of.",
                asn.to_string(),
            );
        }
        self.output(
            format!("{base}_ranges_in_cloud"),
            "What your device must send into the tunnels.",
            list(&network.cidrs),
        );
        self.output(
            format!("{base}_ranges_in_datacenter"),
            "What AWS sends into the tunnels, and your device must take.",
            list(ranges),
        );
    }
}
