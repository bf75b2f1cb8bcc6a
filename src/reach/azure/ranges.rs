//! The addresses that Azure itself speaks of.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::Cidr;
use crate::reach::set::{Addresses, Set};

/// Whence load balancers ask whether a machine is well, and the whole of the tag `AzureLoadBalancer`
/// (<https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16>). By IPv6 they ask from an address
/// of the link
/// (<https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview#probe-source-ip-address>).
const PLATFORM: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0x1234, 0x5678, 0x9abc)),
];

/// The private ranges, for which a subnet has no way unless something gives it one
/// (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#default>).
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
];

pub(super) fn platform() -> Addresses {
    PLATFORM.map(Addresses::one).into_iter().collect()
}

pub(super) fn private_blocks() -> impl Iterator<Item = Cidr> {
    let blocks = PRIVATE.iter();
    blocks.filter_map(|&(first, length)| Cidr::holding(IpAddr::V4(first), length).ok())
}

/// The unique local addresses of IPv6 (<https://www.rfc-editor.org/rfc/rfc4193>).
fn unique_local() -> Addresses {
    let first = Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0);
    let block = Cidr::holding(IpAddr::V6(first), 7);
    block.into_iter().collect()
}

/// The addresses of the Internet.
pub(super) fn internet() -> Addresses {
    Addresses::public()
}

/// The addresses that anybody beyond a VPN gateway can have: it carries IPv4 only
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations>).
pub(super) fn beyond() -> Addresses {
    internet().only_v4().union(&private_blocks().collect())
}

/// The addresses that anybody can have who is reached by ways that the template does not show.
pub(super) fn elsewhere() -> Addresses {
    beyond().union(&internet()).union(&unique_local())
}
