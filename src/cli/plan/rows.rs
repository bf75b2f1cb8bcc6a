//! The addresses of plans as CSV, as an IPAM reads it: a line for each network, each subnet and each free block.

use super::Failure;
use crate::diag::{Code, Diagnostic};
use crate::net::Cidr;
use crate::plan::{Ipv6, Ipv6Block, Plan};

const HEAD: [&str; 9] = [
    "kind",
    "cidr",
    "stack",
    "environment",
    "network",
    "subnet",
    "zone",
    "usable",
    "description",
];

/// One line.
#[derive(Default)]
struct Row {
    kind: &'static str,
    cidr: String,
    network: String,
    subnet: String,
    zone: String,
    usable: String,
    description: String,
}

/// The lines of plans, under one head.
pub(super) fn text(plans: &[Plan]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(HEAD).and_then(|()| {
        plans.iter().try_for_each(|plan| {
            let environment = plan.environment.as_deref().unwrap_or_default();
            rows(plan).into_iter().try_for_each(|row| {
                writer.write_record([
                    row.kind,
                    &row.cidr,
                    &plan.stack,
                    environment,
                    &row.network,
                    &row.subnet,
                    &row.zone,
                    &row.usable,
                    &row.description,
                ])
            })
        })
    });
    let text = written
        .map_err(|error| error.to_string())
        .and_then(|()| writer.into_inner().map_err(|error| error.to_string()))
        .and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()));
    text.map_err(|error| Diagnostic::new(Code::Internal, error).into())
}

fn rows(plan: &Plan) -> Vec<Row> {
    let mut rows = Vec::new();
    for network in &plan.networks {
        let row = |kind, cidr: Cidr| Row {
            kind,
            cidr: cidr.to_string(),
            network: network.name.clone(),
            ..Row::default()
        };
        let title = &plan.title;
        rows.extend(network.space().map(|cidr| Row {
            description: format!("{}: {title}", plan.name()),
            ..row("network", cidr)
        }));
        for group in &network.subnets {
            for member in &group.members {
                let own = |cidr| Row {
                    subnet: group.name.clone(),
                    zone: member.zone.map(|zone| zone.to_string()).unwrap_or_default(),
                    description: format!("{}: {}", plan.name(), member.name),
                    ..row("subnet", cidr)
                };
                rows.push(Row {
                    usable: member.usable.to_string(),
                    ..own(member.cidr)
                });
                // How many addresses a /64 has is nobody's limit. What the cloud gives, no IPAM can know before.
                rows.extend(member.ipv6.and_then(Ipv6Block::known).map(own));
            }
        }
        let known = |ipv6: &&Ipv6| ipv6.space.known().is_some();
        let ipv6 = network.ipv6.iter().filter(known);
        let ipv6 = ipv6.flat_map(|ipv6| &ipv6.free);
        let free = network.free.iter().chain(ipv6);
        rows.extend(free.map(|cidr| row("free", *cidr)));
    }
    rows
}
