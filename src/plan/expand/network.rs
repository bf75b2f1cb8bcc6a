//! The network: its subnets with their blocks, and its gateways, load balancers and endpoints.

use litemap::LiteMap;

use super::fence;
use super::gateways::{
    ENDPOINT, LOAD_BALANCER, VPN, read_endpoint, read_load_balancer, read_named, read_vpn,
};
use super::ipv6;
use super::place::{Avoided, Ground};
use super::reader::Reader;
use super::services::DAYS;
use super::subnet::{SUBNET, read_subnets, suppose};
use crate::diag::{Code, Diagnostic, Place};
use crate::net::Cidr;
use crate::plan::{Cloud, Datacenter, Network, Surroundings};
use crate::spec::{Key, RANGE, Shape, Table, WORD, Within};
use crate::yaml::Node;

/// The name of a pattern's only network.
const NAME: &str = "main";

/// More zones than any region of either cloud offers to one account.
const MAX_ZONES: u8 = 6;

const ZONES: Within = Within {
    min: 1,
    max: MAX_ZONES as i64,
};

pub(super) static NETWORK: Table = Table {
    what: "the network",
    keys: &[
        Key::must(
            "cidr",
            Shape::Filled(&Shape::Several(&Shape::Form(RANGE))),
            "Its block, or the blocks that belong to it.",
        ),
        Key::may(
            "ipv6",
            Shape::Filled(&Shape::Text),
            "Its block of IPv6, from a /48 to a /64, or `provided` where the cloud gives one. An empty one is none.",
        ),
        Key::may(
            "ipv6_pool",
            Shape::Filled(&Shape::Text),
            "The pool of addresses that the block was brought to AWS by.",
        ),
        Key::may(
            "avoid",
            Shape::Filled(&Shape::Several(&Shape::Form(RANGE))),
            "Blocks of it in which no subnet may lie.",
        ),
        Key::may(
            "zones",
            Shape::Filled(&Shape::Number(ZONES)),
            "In how many availability zones it has subnets.",
        ),
        Key::may(
            "max_zones",
            Shape::Filled(&Shape::Number(ZONES)),
            "For how many zones room is kept.",
        ),
        Key::may(
            "isolate_zones",
            Shape::Filled(&Shape::Boolean),
            "Whether subnets of different zones are kept from talking to each other.",
        ),
        Key::may(
            "flow_log_days",
            Shape::Filled(&Shape::Number(DAYS)),
            "Days for which flow logs are kept.",
        ),
        Key::must(
            "subnets",
            Shape::Named(WORD, &Shape::Map(&SUBNET)),
            "Its subnets, by name.",
        ),
        Key::may(
            "load_balancers",
            Shape::Named(WORD, &Shape::Map(&LOAD_BALANCER)),
            "Its load balancers, by name.",
        ),
        Key::may(
            "endpoints",
            Shape::Named(WORD, &Shape::Map(&ENDPOINT)),
            "Its private ways to services of the cloud, by name.",
        ),
        Key::may("vpn", Shape::Map(&VPN), "Its VPN to the datacenter."),
    ],
};

pub(super) fn read(
    node: &Node,
    datacenter: Option<&Datacenter>,
    cloud: Cloud,
    surroundings: &Surroundings,
    reader: &mut Reader<'_>,
) -> Option<Network> {
    let mut fields = reader.open(node, &NETWORK)?;
    let cidr = fields.get("cidr");
    let ipv6 = fields.get("ipv6");
    let ipv6_pool = fields.get("ipv6_pool");
    let avoid = fields.get("avoid");
    let zones = fields.get("zones");
    let max_zones = fields.get("max_zones");
    let isolate_zones = fields.get("isolate_zones");
    let flow_log_days = fields.get("flow_log_days");
    let subnets = fields.get("subnets");
    let load_balancers = fields.get("load_balancers");
    let endpoints = fields.get("endpoints");
    let vpn = fields.get("vpn");
    reader.finish(fields);

    let zones = match zones {
        Some(node) => reader.number(node, ZONES)?,
        None => 1,
    };
    let max_zones = match max_zones {
        Some(node) => {
            let min = i64::from(zones);
            reader.number(node, Within { min, ..ZONES })?
        }
        None => zones,
    };
    let cidr_node = cidr?;
    let cidrs = reader.cidrs(cidr_node);
    let cidr_place = reader.scope.origin(cidr_node);
    let ipv6 = ipv6.and_then(|node| ipv6::read(node, ipv6_pool, cloud, reader));
    let mut avoided = Vec::new();
    if let Some(node) = avoid {
        let place = reader.scope.origin(node);
        avoided.extend(reader.cidrs(node).into_iter().map(|range| Avoided {
            range,
            place: place.clone(),
        }));
    }
    let behind = datacenter.map_or(&[][..], |datacenter| &datacenter.ranges);
    refuse_overlap(&cidrs, &cidr_place, behind, reader);
    avoided.extend(behind.iter().map(|&range| Avoided {
        range,
        place: place_of(range, &cidr_place, reader),
    }));
    let mut fences = fence::around(surroundings, cloud, &reader.scope.stack().name);
    fence::refuse(&cidrs, &cidr_place, &fences, behind, &mut reader.diags);
    let fences_ipv6 = ipv6::fences(ipv6.as_ref(), &fences, behind, reader);
    fences.retain(|fence| cidrs.iter().any(|cidr| cidr.overlaps(fence.range)));
    let mut wanted = read_subnets(subnets?, max_zones, cloud, reader);
    suppose(&mut wanted, &surroundings.supposed);
    let load_balancers = read_named(
        load_balancers,
        "a load balancer",
        reader,
        read_load_balancer,
    );
    let endpoints = read_named(endpoints, "an endpoint", reader, read_endpoint);
    let vpn = vpn.and_then(|node| read_vpn(node, reader));
    let isolate_zones = isolate_zones
        .and_then(|node| reader.boolean(node))
        .unwrap_or(false);
    let flow_log_days = flow_log_days.and_then(|node| reader.number(node, DAYS));
    // Blocks for wrong requests would only bring more errors.
    if !reader.diags.is_empty() {
        return None;
    }
    let (nothing, no_wishes) = (LiteMap::new(), LiteMap::new());
    let ground = Ground {
        cidrs: &cidrs,
        avoid: &avoided,
        fences: &fences,
        zones,
        max_zones,
        place: &cidr_place,
        recorded: surroundings.recorded.get(NAME).unwrap_or(&nothing),
        wishes: surroundings.wishes.get(NAME).unwrap_or(&no_wishes),
        may_move: surroundings.may_move,
    };
    let (mut subnets, free) = ground.place(&wanted, &mut reader.diags)?;
    let ipv6 = match ipv6 {
        None => None,
        Some(given) => {
            let recorded = surroundings.recorded_ipv6.get(NAME).unwrap_or(&nothing);
            let diags = &mut reader.diags;
            Some(given.place(&ground, &fences_ipv6, recorded, &mut subnets, diags)?)
        }
    };
    Some(Network {
        name: NAME.into(),
        cidrs,
        zones,
        subnets,
        free,
        ipv6,
        vpn,
        load_balancers,
        endpoints,
        isolate_zones,
        flow_log_days,
    })
}

pub(super) fn refuse_overlap(
    cidrs: &[Cidr],
    place: &Place,
    ranges: &[Cidr],
    reader: &mut Reader<'_>,
) {
    let stack = reader.scope.stack();
    for range in ranges {
        for cidr in cidrs.iter().filter(|cidr| cidr.overlaps(*range)) {
            // The stack's own line is shown first: it is the one that can be put right.
            let given = stack.given(&range.to_string());
            let (place, other) = match (stack.given(&cidr.to_string()), given) {
                (Some(network), range) => (
                    network,
                    range.map(|range| (range, "the datacenter's range")),
                ),
                (None, Some(range)) => (range, Some((place.clone(), "the network"))),
                (None, None) => (place.clone(), None),
            };
            let message = format!("the network `{cidr}` overlaps `{range}` of the datacenter");
            let mut diagnostic = Diagnostic::new(Code::Overlap, message).at(place).help(
                "choose a network that the datacenter does not use: what is in both could never be reached",
            );
            if let Some((place, label)) = other {
                diagnostic = diagnostic.also(place, label);
            }
            reader.diags.push(diagnostic);
        }
    }
}

/// Where the stack gives a block, or else `place`.
fn place_of(cidr: Cidr, place: &Place, reader: &Reader<'_>) -> Place {
    let given = reader.scope.stack().given(&cidr.to_string());
    given.unwrap_or_else(|| place.clone())
}
