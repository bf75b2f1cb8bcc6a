//! What AWS takes of networks: which blocks, how many routes and subnets, which address of a device.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::{Findings, VPC_QUOTAS};
use crate::cloud::aws::{CustomerGateway, Resource};
use crate::cloud::{Resources, Term};
use crate::net::Cidr;
use crate::plan::{Cloud, Keeps, own_ranges};

/// Blocks of which no VPC can be.
fn no_vpc() -> impl Iterator<Item = Cidr> {
    let own = own_ranges(Cloud::Aws).iter();
    own.filter(|own| own.keeps == Keeps::Refused)
        .map(|own| own.range)
}

impl Findings {
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
    pub(super) fn block(&mut self, kind: &str, name: &str, cidr: Cidr) {
        let help = if !cidr.is_v4() || !(16..=28).contains(&cidr.prefix_len()) {
            "an IPv4 block of /16 to /28"
        } else if no_vpc().any(|block| block.overlaps(cidr)) {
            "a block of private addresses, as in 10.0.0.0/16"
        } else {
            return;
        };
        self.text(
            format!("the {kind} `{name}`"),
            format!("the block {cidr}"),
            help,
        );
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

/// Whether the Internet may know the address. Those for documentation pass: they stand in examples.
fn is_outside(address: Ipv4Addr) -> bool {
    let shared =
        Cidr::holding(address.into(), 10).is_ok_and(|block| block.to_string() == "100.64.0.0/10");
    let none = no_vpc().any(|block| {
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
