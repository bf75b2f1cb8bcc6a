//! Where a rule stands among the rules of its group.
//!
//! A priority comes from the flow's place in the pattern, the kind of its other end and its protocol, and from nothing
//! else: neither a flow that is added later nor another item of a list renumbers a rule. There are three bands:
//!
//! | priorities | what |
//! |---|---|
//! | 100 to 2999 | flows with tiers, load balancers, the datacenter and blocks of addresses |
//! | 3000 | denies addresses that are not the Internet's, where there is a VPN and something is let through below |
//! | 3010 to 4024 | flows with the Internet, and with blocks of addresses that come by way of a public load balancer |
//! | 4096 | denies the rest |

use crate::cloud::LoweringError;
use crate::cloud::azure::Protocol;

/// Before the flows with the Internet, for addresses that are not the Internet's.
pub(super) const DENY_KNOWN: u16 = 3000;
/// The last priority that a rule can have
/// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).
pub(super) const DENY_REST: u16 = 4096;

/// What one flow of the pattern may expand to.
const SLOTS: u32 = 100;
/// What one flow of the pattern has for peers that are not on the Internet.
const PLACES: u32 = 100;
/// What one flow of the pattern has for the Internet.
const INTERNET_PLACES: u32 = 35;
/// How many flows a pattern may have.
const FLOWS: u32 = 29;
const FIRST: u32 = 100;
const FIRST_INTERNET: u32 = 3010;
const PAGE: &str = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules";

/// What the other end of a flow is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Far {
    /// Tiers.
    Tiers,
    /// A load balancer, or another part of the pattern that is no tier.
    Part,
    /// The datacenter.
    Datacenter,
    /// Blocks of addresses.
    Blocks,
    /// The Internet.
    Internet,
    /// Blocks of addresses that come by way of a public load balancer, and so from the Internet.
    Guests,
    /// Blocks of IPv6: no rule has blocks of both versions of IP
    /// (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations>).
    Ipv6Blocks,
    /// Blocks of IPv6 that come by way of a public load balancer.
    Ipv6Guests,
}

/// What a rule is made from: everything of one protocol that one flow of the pattern lets pass between a tier and ends of
/// one kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    /// The place of the flow in the pattern.
    pub(super) flow: u32,
    /// What the other end is.
    pub(super) far: Far,
    /// What passes.
    pub(super) protocol: Protocol,
}

impl Place {
    /// The priority of the rule.
    pub(super) fn priority(self) -> Result<u16, LoweringError> {
        if self.flow >= FLOWS {
            return Err(LoweringError::Limit {
                what: "the list of flows, each with priorities of its own,".into(),
                count: self.flow as usize + 1,
                limit: FLOWS as usize,
                cloud: super::CLOUD,
                source_page: PAGE,
            });
        }
        let (first, places, far) = match self.far {
            Far::Tiers => (FIRST, PLACES, 0),
            Far::Part => (FIRST, PLACES, 1),
            Far::Datacenter => (FIRST, PLACES, 2),
            Far::Blocks => (FIRST, PLACES, 3),
            Far::Internet => (FIRST_INTERNET, INTERNET_PLACES, 0),
            Far::Guests => (FIRST_INTERNET, INTERNET_PLACES, 1),
            Far::Ipv6Blocks => (FIRST, PLACES, 4),
            Far::Ipv6Guests => (FIRST_INTERNET, INTERNET_PLACES, 2),
        };
        let protocol = match self.protocol {
            Protocol::Tcp => 0,
            Protocol::Udp => 1,
            Protocol::Icmp => 2,
            // No flow names the parts of IPsec.
            Protocol::Any | Protocol::Esp | Protocol::Ah => 3,
        };
        // The number of flows keeps it at 4024 or less.
        let priority = first + self.flow * places + far * 4 + protocol;
        Ok(u16::try_from(priority).unwrap_or(DENY_REST))
    }
}

/// The place in the pattern of the flow that a slot belongs to.
pub(super) fn flow(slot: u32) -> u32 {
    slot / SLOTS
}
