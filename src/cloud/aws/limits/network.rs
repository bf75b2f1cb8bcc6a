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
        let what = format!("the {kind} `{name}`");
        if !cidr.is_v4() || !(16..=28).contains(&cidr.prefix_len()) {
            self.size(what, cidr, "an IPv4 block of /16 to /28");
        } else if no_vpc().any(|block| block.overlaps(cidr)) {
            let help = "a block of private addresses, as in 10.0.0.0/16";
            self.text(what, format!("the block {cidr}"), help);
        }
    }

    /// How many address spaces a VPC has, and which of them go together.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions>
    pub(super) fn spaces(&mut self, resources: &Resources<Resource>) {
        for item in &resources.items {
            let Resource::Vpc(vpc) = item else { continue };
            let others = resources.items.iter().filter_map(|item| match item {
                Resource::VpcCidr(it) if it.vpc == vpc.id.id() => it.block.known(),
                _ => None,
            });
            // Blocks of IPv6 are counted by themselves, and a plan has one.
            let others = others.filter(|block| block.is_v4());
            let mut spaces = vec![vpc.cidr];
            for other in others {
                let clash = spaces.iter().find(|space| apart(**space, other, vpc.cidr));
                if let Some(space) = clash {
                    self.text(
                        format!("the VPC `{}`", vpc.name),
                        format!("the blocks {space} and {other} together"),
                        "blocks of one range of private addresses, and not of 10.0.0.0/16 beside 10.0.0.0/15 or of 172.31.0.0/16",
                    );
                }
                spaces.push(other);
            }
            let what = format!("the VPC `{}` in blocks of addresses", vpc.name);
            self.limit(what, spaces.len(), 5, VPC_QUOTAS);
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

/// Whether AWS takes no block beside another one in a VPC whose first block is `first`.
fn apart(one: Cidr, other: Cidr, first: Cidr) -> bool {
    const TEN: Cidr = Cidr::v4([10, 0, 0, 0], 8);
    const SEVENTEEN: Cidr = Cidr::v4([172, 16, 0, 0], 12);
    const NINETEEN: Cidr = Cidr::v4([192, 168, 0, 0], 16);
    const TESTS: Cidr = Cidr::v4([198, 19, 0, 0], 16);
    // "If any of the CIDR blocks associated with the VPC are from the 10.0.0.0/15 range".
    let low =
        Cidr::v4([10, 0, 0, 0], 15).contains(one) && Cidr::v4([10, 0, 0, 0], 16).contains(other);
    if low || one != first {
        return low;
    }
    let private = [TEN, SEVENTEEN, NINETEEN];
    let home = private.into_iter().find(|range| range.contains(first));
    let away = private.into_iter().find(|range| range.contains(other));
    match home {
        Some(home) => {
            let elsewhere = away.is_some_and(|away| away != home);
            let default = home == SEVENTEEN && Cidr::v4([172, 31, 0, 0], 16).contains(other);
            elsewhere || default || TESTS.contains(other)
        }
        None => away.is_some() || (TESTS.contains(other) && !TESTS.contains(first)),
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
