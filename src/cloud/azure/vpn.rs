//! The site-to-site VPN: Azure's gateway, the customer's, and the connection between them.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};
use crate::net::Cidr;

/// A route-based VPN gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VirtualNetworkGateway {
    /// What others call it.
    pub id: ResourceId,
    /// Its make, as in `VpnGw1AZ`.
    pub sku: String,
    /// The subnet named `GatewaySubnet`.
    pub subnet: Term,
    /// Its public address.
    pub public_ip: Term,
    /// Its autonomous system number, when it speaks BGP.
    pub asn: Option<u32>,
    /// The local network gateway to which it sends what has no other route, and so the way to the Internet.
    pub default_site: Option<Term>,
}

/// The customer's side of a VPN.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LocalNetworkGateway {
    /// What others call it.
    pub id: ResourceId,
    /// Public address of the customer's device.
    pub address: Term,
    /// Blocks of addresses behind it that Azure is told; with BGP the device tells them itself.
    pub address_space: Vec<Cidr>,
    /// The device as a speaker of BGP.
    pub bgp: Option<BgpPeer>,
}

/// The other side of a BGP session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BgpPeer {
    /// Its autonomous system number.
    pub asn: u32,
    /// Its address, which is not the public one.
    pub address: Term,
}

/// A connection by `IPsec` between two gateways, with IKE version 2.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Connection {
    /// What others call it.
    pub id: ResourceId,
    /// Azure's gateway.
    pub gateway: Term,
    /// The customer's gateway.
    pub remote: Term,
    /// The pre-shared key.
    pub shared_key: Term,
    /// Whether routes are learned by BGP.
    pub bgp: bool,
    /// What both sides must agree on, instead of Azure's list of what it would take.
    pub policy: IpsecPolicy,
}

/// The algorithms of a connection, in Azure's words
/// (<https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct IpsecPolicy {
    /// Encryption of the key exchange.
    pub ike_encryption: String,
    /// Integrity of the key exchange.
    pub ike_integrity: String,
    /// Diffie-Hellman group of the key exchange.
    pub dh_group: String,
    /// Encryption of the traffic.
    pub ipsec_encryption: String,
    /// Integrity of the traffic.
    pub ipsec_integrity: String,
    /// Group of perfect forward secrecy.
    pub pfs_group: String,
    /// Seconds that a key lives.
    pub sa_lifetime_seconds: u32,
    /// Kilobytes that a key lives.
    pub sa_data_size_kilobytes: u32,
}
