//! The subnets of a network, as they are wanted: how big, for whom, and where their traffic goes.

use super::gateways::check_name;
use super::place::{Pinned, RESERVED, Wanted, slots};
use super::reader::Reader;
use crate::diag::Code;
use crate::plan::address;
use crate::plan::growth::{Extent, Supposed};
use crate::plan::{Cloud, DefaultRoute, Purpose};
use crate::spec::{
    Key as Known, RANGE, Shape, Table, TextForm, UNLESS, VERSION, WHEN, Within, words,
};
use crate::yaml::{Key, Node};

/// The longest prefix of a subnet of instances: AWS refuses smaller ones, and Azure's /29 is no gain
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
const SMALLEST: u8 = 28;

const ROUTES: [(&str, DefaultRoute); 3] = [
    ("none", DefaultRoute::None),
    ("nat", DefaultRoute::Nat),
    ("datacenter", DefaultRoute::Datacenter),
];

const SPREADS: [(&str, bool); 1] = [("zones", true)];

const HOSTS: Within = Within {
    min: 1,
    max: u32::MAX as i64,
};

const SIZE: TextForm = TextForm::new(
    "a prefix length such as /24",
    r"^/\+?0*(3[0-2]|[12]?[0-9])$",
);

pub(super) static SUBNET: Table = Table {
    what: "a subnet",
    keys: &[
        Known::may(
            "hosts",
            Shape::Filled(&Shape::Number(HOSTS)),
            "The instances that it has room for. Either this or `size`.",
        ),
        Known::may(
            "size",
            Shape::Filled(&Shape::Form(SIZE)),
            "Its prefix length, as in `/24`.",
        ),
        Known::may(
            "cidr",
            Shape::Filled(&Shape::Several(&Shape::Form(RANGE))),
            "Its block, with the room for zones, when it must be that one.",
        ),
        Known::may(
            "purpose",
            Shape::Filled(&Shape::Word(&words(&Purpose::ALL))),
            "Whom it is for: instances, or one service of the cloud alone.",
        ),
        Known::may(
            "default_route",
            Shape::Filled(&Shape::Word(&words(&ROUTES))),
            "Where its traffic to the rest of the world goes.",
        ),
        Known::may(
            "spread",
            Shape::Filled(&Shape::Word(&words(&SPREADS))),
            "Over what it is spread: one subnet in each zone.",
        ),
        Known::may(
            "since",
            Shape::Form(VERSION),
            "The version of the pattern that added it, so that no subnet moves.",
        ),
        WHEN,
        UNLESS,
    ],
};

/// Puts what is supposed of subnets in the place of what is written.
pub(super) fn suppose(wanted: &mut Vec<Wanted>, supposed: &[Supposed]) {
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

pub(super) fn read_subnets(
    node: &Node,
    max_zones: u8,
    cloud: Cloud,
    reader: &mut Reader<'_>,
) -> Vec<Wanted> {
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
    let mut fields = reader.open(node, &SUBNET)?;
    let active = reader.active(&mut fields);
    let hosts = fields.get("hosts");
    let size = fields.get("size");
    let cidr = fields.get("cidr");
    let purpose = fields.get("purpose");
    let default_route = fields.get("default_route");
    let spread = fields.get("spread");
    let since = fields.get("since");
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
    let spread = spread.and_then(|node| reader.word(node, &SPREADS, "a way to spread a subnet"));
    let pinned = cidr.and_then(|node| read_pinned(node, reader));
    let spread = spread.unwrap_or(false);
    let prefix_len = match (hosts, size, &pinned) {
        (Some(node), None, _) => {
            let hosts = reader.number(node, HOSTS)?;
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
        name: key.text.as_str().to_owned(),
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
