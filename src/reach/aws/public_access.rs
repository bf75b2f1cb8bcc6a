//! VPC Block Public Access: what an account lets pass its Internet gateways.

use super::passages::Engine;
use super::seats::Stand;
use crate::cloud::aws::{BlockedAccess, Kind, Resource, Subnet};

impl Engine<'_> {
    /// Whether the account lets packets of Internet gateways in, and out.
    pub(super) fn unblocked(&self, stand: &Stand) -> (bool, bool) {
        let mut subnets = stand.subnets.iter();
        let subnet = subnets.find_map(|at| self.world.subnet(*at));
        match subnet.map(|subnet| self.blocked(subnet)) {
            None | Some(BlockedAccess::Nothing) => (true, true),
            Some(BlockedAccess::Ingress) => (false, true),
            Some(BlockedAccess::Bidirectional) => (false, false),
        }
    }

    /// What VPC Block Public Access refuses in a subnet, when the template sets it
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>).
    pub(super) fn blocked(&self, subnet: &Subnet) -> BlockedAccess {
        let mut blocked = BlockedAccess::Nothing;
        for (_, resource) in self.world.of(Kind::VpcPublicAccess) {
            if let Resource::VpcPublicAccess(it) = resource {
                blocked = it.blocked;
            }
        }
        for (_, resource) in self.world.of(Kind::VpcPublicAccessExclusion) {
            let Resource::VpcPublicAccessExclusion(it) = resource else {
                continue;
            };
            let here = it.of == subnet.vpc || super::world::id_of(&it.of) == Some(&subnet.id);
            if here && blocked != BlockedAccess::Nothing {
                blocked = if it.ingress {
                    BlockedAccess::Nothing
                } else {
                    BlockedAccess::Ingress
                };
            }
        }
        blocked
    }
}
