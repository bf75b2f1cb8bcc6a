//! Peerings: one direction of what ties two virtual networks.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};

/// A peering. Traffic passes when the other network has one in return
/// (<https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Azure has these switches, and none follows from another"
)]
pub struct Peering {
    /// What others call it; the virtual network's name stands first.
    pub id: ResourceId,
    /// The other virtual network, by id.
    pub remote: Term,
    /// Whether the tag `VirtualNetwork` holds the other network's addresses, so that Azure's own rules let them pass.
    pub access: bool,
    /// Whether traffic that did not begin in the other network may come from it.
    pub forwarded: bool,
    /// Whether the other network may use this one's gateway.
    pub gateway_transit: bool,
    /// Whether this network uses the other one's gateway.
    pub remote_gateways: bool,
}
