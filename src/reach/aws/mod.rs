//! AWS: what its resources let through.
//!
//! Everything is computed from the resources. A default of AWS (the main table, the default network ACL, the default
//! group) stands where the template says nothing.

pub mod access;
mod acl;
mod candidates;
mod endpoints;
mod guards;
mod openings;
mod outside;
mod passages;
mod public_access;
mod refused;
mod refused_policies;
mod routes;
mod rules;
mod seats;
#[cfg(test)]
mod tests;
mod traffic;
mod world;

use self::passages::Engine;
use self::seats::Crowd;
use self::world::World;
use super::{Assumption, Matrix, Peer, PeerKind, Seat};
use crate::cloud::aws::Resource;
use crate::cloud::{Placed, Unknown};

/// What no template shows, and every answer rests on.
const ASSUMPTIONS: [Assumption; 4] = [
    Assumption(
        "VPC Block Public Access, Network Firewall and resource control policies of the account refuse nothing and add nothing.",
    ),
    Assumption("Host firewalls and the programs on the machines are not looked at."),
    Assumption(
        "Nothing is launched into a VPC's default security group unless the template does it.",
    ),
    Assumption(
        "Amazon's DNS, time and metadata services at link-local addresses answer every instance: no filter stops them.",
    ),
];

/// What resources of AWS let through. `unknown` is what was not understood when they were read.
#[must_use]
pub fn matrix(resources: &[Placed<Resource>], unknown: &[Unknown]) -> Matrix {
    let mut engine = Engine::new(World::new(resources));
    engine.between();
    engine.beyond();
    let peers = engine.crowds.iter().map(|crowd| peer(&engine, crowd));
    let peers = peers.collect();
    let access = access::access(resources);
    let mut unknown = unknown.to_vec();
    unknown.append(&mut engine.unknown);
    unknown.append(&mut refused::refused(&engine.world));
    unknown.append(&mut refused_policies::refused(&engine.world));
    unknown.extend(access.unknown);
    let mut assumptions = ASSUMPTIONS.to_vec();
    assumptions.extend(engine.assumptions);
    if !access.grants.is_empty() {
        assumptions.extend(access.assumptions);
    }
    Matrix {
        peers,
        passages: engine.passages,
        grants: access.grants,
        unknown,
        assumptions,
    }
}

fn peer(engine: &Engine<'_>, crowd: &Crowd<'_>) -> Peer {
    let groups = crowd.groups.iter().flatten();
    let mut names: Vec<_> = groups.map(guards::Group::name).collect();
    if names.is_empty() {
        let machines = crowd.resources.iter();
        names.extend(machines.map(|id| id.path.join(".")).take(1));
    }
    let seats = crowd.seats.iter().map(|stand| Seat {
        subnet: (!stand.subnets.is_empty()).then(|| {
            let subnets = stand.subnets.iter();
            let subnets = subnets.filter_map(|at| engine.world.subnet(*at));
            let names: Vec<_> = subnets.map(|subnet| subnet.id.path.join(".")).collect();
            names.join(", ")
        }),
        addresses: stand.addresses.clone(),
        addressed: stand.addressed,
    });
    Peer {
        name: names.join("+"),
        kind: PeerKind::Tier,
        resources: crowd.resources.clone(),
        seats: seats.collect(),
    }
}
