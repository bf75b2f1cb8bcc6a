//! The network: its subnets with their blocks, and its gateways, load balancers and endpoints.

use std::collections::BTreeMap;

use super::fence;
use super::gateways::{check_name, read_endpoint, read_load_balancer, read_named, read_vpn};
use super::ipv6;
use super::place::{Avoided, Ground, Pinned, RESERVED, Wanted, slots};
use super::reader::Reader;
use crate::diag::{Code, Diagnostic, Place};
use crate::net::Cidr;
use crate::plan::address;
use crate::plan::growth::{Extent, Supposed};
use crate::plan::{Cloud, Datacenter, DefaultRoute, Network, Purpose, Surroundings};
use crate::yaml::{Key, Node};

/// The name of a pattern's only network.
const NAME: &str = "main";

/// The longest prefix of a subnet of instances: AWS refuses smaller ones, and Azure's /29 is no gain
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
const SMALLEST: u8 = 28;

/// More zones than any region of either cloud offers to one account.
const MAX_ZONES: u8 = 6;

const ROUTES: [(&str, DefaultRoute); 3] = [
    ("none", DefaultRoute::None),
    ("nat", DefaultRoute::Nat),
    ("datacenter", DefaultRoute::Datacenter),
];

pub(super) fn read(
    node: &Node,
    datacenter: Option<&Datacenter>,
    cloud: Cloud,
    surroundings: &Surroundings,
    reader: &mut Reader<'_>,
) -> Option<Network> {
    let mut fields = reader.open(node, "the network")?;
    let cidr = fields.required("cidr");
    let ipv6 = fields.optional("ipv6");
    let ipv6_pool = fields.optional("ipv6_pool");
    let avoid = fields.optional("avoid");
    let zones = fields.optional("zones");
    let max_zones = fields.optional("max_zones");
    let isolate_zones = fields.optional("isolate_zones");
    let flow_log_days = fields.optional("flow_log_days");
    let subnets = fields.required("subnets");
    let load_balancers = fields.optional("load_balancers");
    let endpoints = fields.optional("endpoints");
    let vpn = fields.optional("vpn");
    reader.finish(fields);

    let zones = match zones {
        Some(node) => reader.number(node, 1, MAX_ZONES)?,
        None => 1,
    };
    let max_zones = match max_zones {
        Some(node) => reader.number(node, zones, MAX_ZONES)?,
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
    let flow_log_days = flow_log_days.and_then(|node| reader.number(node, 1, 36_500));
    // Blocks for wrong requests would only bring more errors.
    if !reader.diags.is_empty() {
        return None;
    }
    let (nothing, no_wishes) = (BTreeMap::new(), BTreeMap::new());
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

/// Puts what is supposed of subnets in the place of what is written.
fn suppose(wanted: &mut Vec<Wanted>, supposed: &[Supposed]) {
    for supposed in supposed {
        let prefix_len = match supposed.extent {
            Extent::Hosts(hosts) => prefix_len_for(hosts.into()).unwrap_or(0),
            Extent::PrefixLen(length) => length,
        };
        if supposed.is_new {
            wanted.push(Wanted {
                name: supposed.subnet.clone(),
                purpose: Purpose::Instances,
                default_route: DefaultRoute::None,
                prefix_len,
                spread: false,
                // Later than everything that the pattern has.
                since: u32::MAX,
                pinned: None,
            });
        } else {
            let named = wanted.iter_mut().filter(|it| it.name == supposed.subnet);
            named.for_each(|wanted| wanted.prefix_len = prefix_len);
        }
    }
}

/// The prefix length of a subnet with room for so many hosts.
fn prefix_len_for(hosts: u64) -> Option<u8> {
    address::prefix_len_for_hosts(hosts, RESERVED, 32).map(|length| length.min(SMALLEST))
}

fn read_subnets(node: &Node, max_zones: u8, cloud: Cloud, reader: &mut Reader<'_>) -> Vec<Wanted> {
    let Some(entries) = node.entries(&mut reader.diags) else {
        return Vec::new();
    };
    let mut all: Vec<Wanted> = Vec::new();
    for (key, node) in entries {
        let Some(wanted) = read_subnet(key, node, max_zones, reader) else {
            continue;
        };
        if wanted.purpose.is_reserved() {
            check_reserved(&wanted, &all, node, cloud, reader);
        }
        all.push(wanted);
    }
    all
}

/// A subnet that a service of the cloud has for itself is where the cloud has such services, and there once.
fn check_reserved(
    wanted: &Wanted,
    others: &[Wanted],
    node: &Node,
    cloud: Cloud,
    reader: &mut Reader<'_>,
) {
    let purpose = wanted.purpose.as_str();
    let place = |key| node.get(key).map_or(&node.place, |node: &Node| &node.place);
    if let Some(own) = wanted.purpose.cloud().filter(|own| *own != cloud) {
        let own = own.as_str();
        reader.push(
            Code::Unsupported,
            format!(
                "`{}` is for `{purpose}`, and only {own} has subnets for that",
                wanted.name
            ),
            place("purpose"),
            format!("take `purpose` out, or make the pattern one for {own}"),
        );
    }
    if let Some(other) = others.iter().find(|other| other.purpose == wanted.purpose) {
        reader.push(
            Code::Unsupported,
            format!(
                "both `{}` and `{}` are for `{purpose}`",
                other.name, wanted.name
            ),
            place("purpose"),
            "a network has one such subnet: take one out",
        );
    }
    let placed = |key| key == "spread" && wanted.purpose.cloud() == Some(Cloud::Aws);
    for key in ["spread", "default_route"] {
        if node.get(key).is_some() && !placed(key) {
            reader.push(
                Code::NoEffect,
                format!(
                    "`{key}` has no effect on `{}`, which is for `{purpose}`",
                    wanted.name
                ),
                place(key),
                "take it out: what a service of the cloud has for itself has routes of its own, and on Azure is in no zone",
            );
        }
    }
}

fn read_subnet(key: &Key, node: &Node, max_zones: u8, reader: &mut Reader<'_>) -> Option<Wanted> {
    check_name(key, "a subnet", reader);
    let mut fields = reader.open(node, "a subnet")?;
    let active = reader.active(&mut fields);
    let hosts = fields.optional("hosts");
    let size = fields.optional("size");
    let cidr = fields.optional("cidr");
    let purpose = fields.optional("purpose");
    let default_route = fields.optional("default_route");
    let spread = fields.optional("spread");
    let since = fields.optional("since");
    reader.finish(fields);
    if !active {
        return None;
    }
    let purpose = purpose.map_or(Some(Purpose::Instances), |node| {
        reader.word(node, &Purpose::ALL, "a purpose")
    });
    let default_route = default_route.map_or(Some(DefaultRoute::None), |node| {
        reader.word(node, &ROUTES, "a default route")
    });
    let spread =
        spread.and_then(|node| reader.word(node, &[("zones", true)], "a way to spread a subnet"));
    let pinned = cidr.and_then(|node| read_pinned(node, reader));
    let spread = spread.unwrap_or(false);
    let prefix_len = match (hosts, size, &pinned) {
        (Some(node), None, _) => {
            let hosts = reader.number(node, 1, u64::from(u32::MAX))?;
            prefix_len_for(hosts)
        }
        (None, Some(node), _) => read_size(node, reader),
        (None, None, Some(pinned)) => {
            Some(pinned.cidr.prefix_len() + slots(spread, max_zones)).filter(|length| *length <= 32)
        }
        _ => None,
    };
    if prefix_len.is_none() && (hosts.is_some() == size.is_some()) {
        reader.push(
            Code::MissingKey,
            format!("the subnet `{}` needs either `hosts` or `size`", key.text),
            &node.place,
            "write `hosts: 200`, or `size: /24`",
        );
    }
    let since = since.and_then(|node| crate::spec::read_version(node, &mut reader.diags));
    Some(Wanted {
        name: key.text.clone(),
        purpose: purpose?,
        default_route: default_route?,
        prefix_len: prefix_len?,
        spread,
        since: since.map_or(0, crate::spec::Version::generation),
        pinned,
    })
}

/// A prefix length as it is written, with its slash.
fn read_size(node: &Node, reader: &mut Reader<'_>) -> Option<u8> {
    let text = reader.text(node)?;
    let length = text.strip_prefix('/').and_then(|it| it.parse().ok());
    if length.is_none_or(|length: u8| length > 32) {
        let wrong = node.wrong_type("a prefix length such as `/24`");
        reader.diags.push(wrong);
    }
    length
}

/// The block that is wanted for a subnet; none when the parameter for it is left empty.
fn read_pinned(node: &Node, reader: &mut Reader<'_>) -> Option<Pinned> {
    let place = reader.scope.origin(node);
    match *reader.cidrs(node) {
        [] => None,
        [cidr] => Some(Pinned { cidr, place }),
        _ => {
            reader.diags.push(node.wrong_type("one CIDR block"));
            None
        }
    }
}

/// Where the stack gives a block, or else `place`.
fn place_of(cidr: Cidr, place: &Place, reader: &Reader<'_>) -> Place {
    let given = reader.scope.stack().given(&cidr.to_string());
    given.unwrap_or_else(|| place.clone())
}
