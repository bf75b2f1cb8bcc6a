//! What AWS takes of networks: which blocks, how many routes and subnets, which address of a device.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::{Findings, VPC_QUOTAS};
use crate::cloud::aws::{CustomerGateway, Resource};
use crate::cloud::{Resources, Term};
use crate::net::Cidr;

/// Blocks of which no VPC can be: the source host, loopback, link-local, multicast and what is kept for later.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html>,
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
const NO_VPC: [&str; 5] = [
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

impl Findings {
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
    pub(super) fn block(&mut self, kind: &str, name: &str, cidr: Cidr) {
        let what = format!("the {kind} `{name}`");
        if !cidr.is_v4() || !(16..=28).contains(&cidr.prefix_len()) {
            self.size(what, cidr, "an IPv4 block of /16 to /28");
        } else if blocks(&NO_VPC).any(|block| block.overlaps(cidr)) {
            let help = "a block of private addresses, as in 10.0.0.0/16";
            self.text(what, format!("the block {cidr}"), help);
        }
    }

    /// How many subnets a VPC has, and how many routes a table.
    pub(super) fn counts(&mut self, resources: &Resources<Resource>) {
        let mut subnets: BTreeMap<String, usize> = BTreeMap::new();
        let mut routes: BTreeMap<String, usize> = BTreeMap::new();
        for item in &resources.items {
            match item {
                Resource::Subnet(subnet) => *subnets.entry(name(&subnet.vpc)).or_default() += 1,
                Resource::Route(route) => *routes.entry(name(&route.table)).or_default() += 1,
                _ => {}
            }
        }
        for (vpc, count) in subnets {
            let what = format!("the VPC `{vpc}` in subnets");
            self.limit(what, count, 200, VPC_QUOTAS);
        }
        for (table, count) in routes {
            let what = format!("the route table `{table}` in routes");
            self.limit(what, count, 50, VPC_QUOTAS);
        }
    }

    /// A device that AWS has to reach over the Internet.
    /// <https://docs.aws.amazon.com/vpn/latest/s2svpn/cgw-options.html>
    pub(super) fn device(&mut self, gateway: &CustomerGateway) {
        let Term::Text(address) = &gateway.address else {
            return;
        };
        if address.parse().is_ok_and(is_outside) {
            return;
        }
        self.text(
            format!("the VPN device of `{}`", gateway.id.name()),
            format!("the address {address}"),
            "the address at which the Internet reaches the device",
        );
    }
}

fn blocks(texts: &[&'static str]) -> impl Iterator<Item = Cidr> {
    texts.iter().filter_map(|text| text.parse().ok())
}

/// Whether the Internet may know the address. Those for documentation pass: they stand in examples.
fn is_outside(address: Ipv4Addr) -> bool {
    let shared =
        Cidr::holding(address.into(), 10).is_ok_and(|block| block.to_string() == "100.64.0.0/10");
    let none = blocks(&NO_VPC).any(|block| {
        Cidr::holding(address.into(), 32).is_ok_and(|address| block.contains(address))
    });
    !address.is_private() && !shared && !none
}

/// What the id of a resource is called.
fn name(term: &Term) -> String {
    match term {
        Term::Attribute(id, _) => id.path.join("-"),
        _ => String::new(),
    }
}
