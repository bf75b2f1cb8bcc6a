//! Parts of a pattern that have names: how a map of them is read, and the gateways of a network among them.

use indexmap::IndexMap;

use super::reader::Reader;
use crate::diag::Code;
use crate::plan::{Endpoint, EndpointService, LoadBalancer, Vpn, VpnRouting};
use crate::spec::check_word;
use crate::yaml::{Key, Node};

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
            parts.insert(key.text.clone(), part);
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
    let mut fields = reader.open(node, "a load balancer")?;
    let active = reader.active(&mut fields);
    let probe = fields.required("probe");
    let probe_path = fields.optional("probe_path");
    reader.finish(fields);
    if !active {
        return None;
    }
    Some(LoadBalancer {
        name: key.text.clone(),
        probe: probe.and_then(|node| reader.probe(node))?,
        probe_path: probe_path.and_then(|node| reader.text(node)),
    })
}

pub(super) fn read_endpoint(key: &Key, node: &Node, reader: &mut Reader<'_>) -> Option<Endpoint> {
    let mut fields = reader.open(node, "an endpoint")?;
    let active = reader.active(&mut fields);
    let service = fields.required("service");
    let prefix_list = fields.optional("prefix_list");
    reader.finish(fields);
    if !active {
        return None;
    }
    let prefix_list = prefix_list.and_then(|node| reader.deploy_name(node));
    Some(Endpoint {
        name: key.text.clone(),
        service: service.and_then(|node| {
            reader.word(
                node,
                &[("s3", EndpointService::S3)],
                "a service with a gateway endpoint",
            )
        })?,
        prefix_list,
    })
}

pub(super) fn read_vpn(node: &Node, reader: &mut Reader<'_>) -> Option<Vpn> {
    let mut fields = reader.open(node, "the VPN")?;
    let active = reader.active(&mut fields);
    let device = fields.required("device");
    let key = fields.optional("key");
    let routing = fields.required("routing");
    let asn = fields.optional("asn");
    let bgp_peer = fields.optional("bgp_peer");
    reader.finish(fields);
    if !active {
        return None;
    }
    let bgp = routing.and_then(|node| {
        reader.word(
            node,
            &[("static", false), ("bgp", true)],
            "a way to learn routes",
        )
    })?;
    let asn = asn.and_then(|node| reader.number(node, 1, u32::MAX - 1));
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
