//! Environments of a stack that are to have the same addresses, so that one is the mirror of the other.
//!
//! Each is planned by itself first. What they want together is then given to each of them as a wish, and the allocator, which
//! gives the same blocks for the same wishes, does the rest. The room knows plans and neither files nor clouds.

use std::collections::BTreeMap;

use litemap::LiteMap;

use super::{Network, Plan, SubnetGroup, Wish};
use crate::net::Cidr;

/// What all plans of a stack want of each network together, by the names of networks and then of subnets.
pub type Wishes = LiteMap<String, LiteMap<String, Wish>>;

/// Two environments that cannot have the same addresses, because their networks differ.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the network is `{}` in `{}` and `{}` in `{}`", listed(&.one.1), .one.0, listed(&.other.1), .other.0)]
pub struct OtherNetwork {
    /// An environment, and the blocks of its network.
    pub one: (String, Vec<Cidr>),
    /// Another one, and the blocks of the same network there.
    pub other: (String, Vec<Cidr>),
}

/// A subnet that has another block in one environment than in another one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{subnet}` has `{}` in `{}` and `{}` in `{}`", .one.1, .one.0, .other.1, .other.0)]
pub struct OtherBlock {
    /// The subnet.
    pub subnet: String,
    /// An environment, and the block that the subnet has there.
    pub one: (String, Cidr),
    /// Another one, and what it has there.
    pub other: (String, Cidr),
}

fn listed(cidrs: &[Cidr]) -> String {
    let cidrs: Vec<_> = cidrs.iter().map(ToString::to_string).collect();
    cidrs.join(", ")
}

/// What plans of the environments of one stack want together.
///
/// # Errors
/// When a network has other blocks in one of them than in another one.
pub fn wishes(plans: &[Plan]) -> Result<Wishes, OtherNetwork> {
    let mut wishes = Wishes::new();
    let mut blocks: BTreeMap<&str, (&Plan, Vec<Cidr>)> = BTreeMap::new();
    for (plan, network) in each_network(plans) {
        let own: Vec<_> = network.recorded_space().collect();
        let (first, cidrs) = blocks
            .entry(&network.name)
            .or_insert_with(|| (plan, own.clone()));
        if *cidrs != own {
            let environment = |plan: &Plan| plan.environment.clone().unwrap_or_default();
            return Err(OtherNetwork {
                one: (environment(first), cidrs.clone()),
                other: (environment(plan), own),
            });
        }
        let wanted = wishes.entry(network.name.clone()).or_default();
        for group in &network.subnets {
            let wish = wish(group);
            let known = wanted.entry(group.name.clone()).or_insert(wish);
            *known = known.and(wish);
        }
    }
    Ok(wishes)
}

/// Checks that the subnets of all environments have the same blocks. Those that a pattern pins may not.
///
/// # Errors
/// With the first subnet that has another block in one of them than in another one.
pub fn agree(plans: &[Plan]) -> Result<(), OtherBlock> {
    let mut known: BTreeMap<(&str, &str), (String, Cidr)> = BTreeMap::new();
    for (plan, network) in each_network(plans) {
        for group in &network.subnets {
            let own = (plan.environment.clone().unwrap_or_default(), group.room);
            let first = known.entry((&network.name, &group.name));
            let first = first.or_insert_with(|| own.clone());
            if first.1 != own.1 {
                return Err(OtherBlock {
                    subnet: group.name.clone(),
                    one: first.clone(),
                    other: own,
                });
            }
        }
    }
    Ok(())
}

fn each_network(plans: &[Plan]) -> impl Iterator<Item = (&Plan, &Network)> {
    plans
        .iter()
        .flat_map(|plan| plan.networks.iter().map(move |network| (plan, network)))
}

fn wish(group: &SubnetGroup) -> Wish {
    let room = group.room.prefix_len();
    let first = group.members.first();
    let prefix_len = first.map_or(room, |member| member.cidr.prefix_len());
    Wish {
        prefix_len,
        zone_bits: prefix_len.saturating_sub(room),
        since: group.since,
    }
}
