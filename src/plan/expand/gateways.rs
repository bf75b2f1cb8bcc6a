//! Parts of a pattern that have names: how a map of them is read, and the gateways of a network among them.

use indexmap::IndexMap;

use super::reader::Reader;
use crate::diag::Code;
use crate::plan::{Endpoint, EndpointService, LoadBalancer, Vpn, VpnRouting};
use crate::spec::{Key as Known, Shape, Table, UNLESS, WHEN, Within, check_word, words};
use crate::yaml::{Key, Node};

pub(super) static LOAD_BALANCER: Table = Table {
    what: "a load balancer",
    keys: &[
        Known::must(
            "probe",
            Shape::Filled(&Shape::Text),
            "The port that its probes ask, as in `tcp/443`.",
        ),
        Known::may(
            "probe_path",
            Shape::Filled(&Shape::Text),
            "The path that its probes ask for.",
        ),
        WHEN,
        UNLESS,
    ],
};

pub(super) static ENDPOINT: Table = Table {
    what: "an endpoint",
    keys: &[
        Known::must(
            "service",
            Shape::Filled(&Shape::Word(&words(&SERVICES))),
            "The service that it leads to.",
        ),
        Known::may(
            "prefix_list",
            Shape::Filled(&Shape::Text),
            "The deploy-time parameter with the service's prefix list.",
        ),
        WHEN,
        UNLESS,
    ],
};

pub(super) static VPN: Table = Table {
    what: "the VPN",
    keys: &[
        Known::must(
            "device",
            Shape::Filled(&Shape::Text),
            "The public address of the device on the other side.",
        ),
        Known::may(
            "key",
            Shape::Filled(&Shape::Text),
            "The deploy-time parameter with the shared key.",
        ),
        Known::must(
            "routing",
            Shape::Filled(&Shape::Word(&words(&ROUTINGS))),
            "How both sides learn routes.",
        ),
        Known::may(
            "asn",
            Shape::Filled(&Shape::Number(ASN)),
            "The autonomous system number of the other side. BGP needs it.",
        ),
        Known::may(
            "bgp_peer",
            Shape::Filled(&Shape::Text),
            "The address of the other side for BGP.",
        ),
        WHEN,
        UNLESS,
    ],
};

const SERVICES: [(&str, EndpointService); 1] = [("s3", EndpointService::S3)];
const ROUTINGS: [(&str, bool); 2] = [("static", false), ("bgp", true)];
/// The last number is kept: <https://www.rfc-editor.org/rfc/rfc7300>.
const ASN: Within = Within {
    min: 1,
    max: 4_294_967_294,
};

/// Reads a map of named parts, leaving out those whose condition does not hold.
pub(super) fn read_named<T>(
    node: Option<&Node>,
    what: &str,
    reader: &mut Reader<'_>,
    read: fn(&Key, &Node, &mut Reader<'_>) -> Option<T>,
) -> IndexMap<String, T> {
    let Some(entries) = node.and_then(|node| node.entries(&mut reader.diags)) else {
        return IndexMap::new();
    };
    let mut parts = IndexMap::new();
    for (key, node) in entries {
        check_name(key, what, reader);
        if let Some(part) = read(key, node, reader) {
            parts.insert(key.text.as_str().to_owned(), part);
        }
    }
    parts
}

pub(super) fn check_name(key: &Key, what: &str, reader: &mut Reader<'_>) {
    if let Err(diagnostic) = check_word(&key.text, what, &key.place) {
        reader.diags.push(diagnostic);
    }
}

pub(super) fn read_load_balancer(
    key: &Key,
    node: &Node,
    reader: &mut Reader<'_>,
) -> Option<LoadBalancer> {
    let mut fields = reader.open(node, &LOAD_BALANCER)?;
    let active = reader.active(&mut fields);
    let probe = fields.get("probe");
    let probe_path = fields.get("probe_path");
    reader.finish(fields);
    if !active {
        return None;
    }
    Some(LoadBalancer {
        name: key.text.as_str().to_owned(),
        probe: probe.and_then(|node| reader.probe(node))?,
        probe_path: probe_path.and_then(|node| reader.text(node)),
    })
}

pub(super) fn read_endpoint(key: &Key, node: &Node, reader: &mut Reader<'_>) -> Option<Endpoint> {
    let mut fields = reader.open(node, &ENDPOINT)?;
    let active = reader.active(&mut fields);
    let service = fields.get("service");
    let prefix_list = fields.get("prefix_list");
    reader.finish(fields);
    if !active {
        return None;
    }
    let prefix_list = prefix_list.and_then(|node| reader.deploy_name(node));
    Some(Endpoint {
        name: key.text.as_str().to_owned(),
        service: service
            .and_then(|node| reader.word(node, &SERVICES, "a service with a gateway endpoint"))?,
        prefix_list,
    })
}

pub(super) fn read_vpn(node: &Node, reader: &mut Reader<'_>) -> Option<Vpn> {
    let mut fields = reader.open(node, &VPN)?;
    let active = reader.active(&mut fields);
    let device = fields.get("device");
    let key = fields.get("key");
    let routing = fields.get("routing");
    let asn = fields.get("asn");
    let bgp_peer = fields.get("bgp_peer");
    reader.finish(fields);
    if !active {
        return None;
    }
    let bgp = routing.and_then(|node| reader.word(node, &ROUTINGS, "a way to learn routes"))?;
    let asn = asn.and_then(|node| reader.number(node, ASN));
    let routing = match (bgp, asn) {
        (false, _) => VpnRouting::Static,
        (true, Some(asn)) => VpnRouting::Bgp { asn },
        (true, None) => {
            reader.push(
                Code::MissingKey,
                "BGP needs the autonomous system number `asn`",
                &node.place,
                "write `asn: 65000`",
            );
            return None;
        }
    };
    Some(Vpn {
        name: "vpn".into(),
        device: device.and_then(|node| reader.bound_address(node))?,
        key: key.and_then(|node| reader.deploy_name(node)),
        routing,
        bgp_peer: bgp_peer.and_then(|node| reader.bound_address(node)),
    })
}
