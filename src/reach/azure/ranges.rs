//! The addresses that Azure itself speaks of.

use std::net::{IpAddr, Ipv4Addr};

use crate::net::Cidr;
use crate::reach::set::{Addresses, Set};

/// Whence load balancers ask whether a machine is well, and the whole of the tag `AzureLoadBalancer`
/// (<https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16>).
const PLATFORM: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// The private ranges, for which a subnet has no way unless something gives it one
/// (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#default>).
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
];

pub(super) fn platform() -> Addresses {
    Addresses::one(IpAddr::V4(PLATFORM))
}

pub(super) fn private_blocks() -> impl Iterator<Item = Cidr> {
    let blocks = PRIVATE.iter();
    blocks.filter_map(|&(first, length)| Cidr::holding(IpAddr::V4(first), length).ok())
}

/// The addresses of the Internet. Public addresses and gateways of the typed resources are of IPv4 only.
pub(super) fn internet() -> Addresses {
    Addresses::public().only_v4()
}

/// The addresses that anybody beyond a gateway can have.
pub(super) fn beyond() -> Addresses {
    internet().union(&private_blocks().collect())
}
