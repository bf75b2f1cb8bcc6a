//! What a network is in both versions of IP. Knows addresses, and no cloud.

use super::Network;
use crate::net::{Cidr, IpVersion};

impl Network {
    /// The versions of IP that its instances speak.
    #[must_use]
    pub fn versions(&self) -> &'static [IpVersion] {
        match self.ipv6 {
            Some(_) => &IpVersion::BOTH,
            None => &[IpVersion::V4],
        }
    }

    /// Its address space, of both versions of IP.
    pub fn space(&self) -> impl Iterator<Item = Cidr> {
        let ipv6 = self.ipv6.iter().map(|ipv6| ipv6.block);
        self.cidrs.iter().copied().chain(ipv6)
    }
}

/// The IPv6 addresses of a network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ipv6 {
    /// Its block.
    pub block: Cidr,
    /// What is left of it, as the largest aligned blocks, in order.
    pub free: Vec<Cidr>,
}
