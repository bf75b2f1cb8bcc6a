//! The addresses of a network as people read them: a map of its blocks, and its subnets as a tree.

use std::fmt::Write as _;

use super::Table;
use crate::net::Cidr;
use crate::plan::{Ipv6, Network, Subnet, SubnetGroup};

/// How many cells the map of a block has. A power of two, so that each cell is a block of its own.
const CELLS: u128 = 32;

/// The addresses of one network.
pub(super) fn text(network: &Network) -> String {
    let head = format!("Network {}", network.name);
    let mut out = String::new();
    for (at, block) in network.cidrs.iter().enumerate() {
        let head = if at == 0 { head.as_str() } else { "" };
        let map = map(network, *block);
        // Writing to a string does not fail.
        let _ = writeln!(out, "{head:width$}  {block}  {map}", width = head.len());
    }
    let _ = writeln!(out, "  {}", Usage::of(network));
    let mut table = Table::bare();
    for group in &network.subnets {
        branch(group, &mut table);
    }
    let free: Vec<_> = network.free.iter().map(ToString::to_string).collect();
    let free = if free.is_empty() {
        "nothing".to_owned()
    } else {
        free.join(", ")
    };
    let _ = writeln!(out, "{table}  └─ free  {free}");
    if let Some(ipv6) = &network.ipv6 {
        out.push_str(&ipv6_text(network, ipv6));
    }
    out
}

/// The addresses of IPv6 of a network: nobody counts them, and so subnets are counted.
fn ipv6_text(network: &Network, ipv6: &Ipv6) -> String {
    let mut table = Table::bare();
    let blocks = |member: &Subnet| Some((member.name.clone(), member.ipv6?));
    for (name, block) in members(network).filter_map(blocks) {
        table.row([format!("  ├─ {name}"), block.to_string()]);
    }
    let (free, all) = (subnets(&ipv6.free), subnets(&[ipv6.space.ground()]));
    let (block, largest) = match ipv6.space.known() {
        Some(block) => {
            let largest = ipv6.free.iter().min_by_key(|block| block.prefix_len());
            let largest = largest.map(|block| format!(", the largest block is {block}"));
            (block.to_string(), largest.unwrap_or_default())
        }
        None => (
            "IPv6: a /56 that the deploy is given".to_owned(),
            String::new(),
        ),
    };
    format!("  {block}\n{table}  └─ free  {free} of {all} subnets{largest}\n")
}

/// How many subnets of IPv6 blocks have room for.
pub(super) fn subnets(blocks: &[Cidr]) -> u64 {
    let each = blocks.iter();
    each.map(|block| 1_u64 << 64_u8.saturating_sub(block.prefix_len()).min(63))
        .sum()
}

/// What is done with the addresses of a network.
pub(super) struct Usage {
    /// How many there are.
    pub(super) total: u128,
    /// How many lie in subnets.
    pub(super) given: u128,
    /// How many are free.
    pub(super) free: u128,
    /// The biggest block that is free, and of equal ones the lowest.
    pub(super) largest_free: Option<Cidr>,
}

impl Usage {
    pub(super) fn of(network: &Network) -> Self {
        let members = members(network).map(|member| member.cidr.size());
        Self {
            total: network.cidrs.iter().map(|block| block.size()).sum(),
            given: members.sum(),
            free: network.free.iter().map(|block| block.size()).sum(),
            largest_free: (network.free.iter().copied())
                .min_by_key(|block| (block.prefix_len(), *block)),
        }
    }

    /// How many belong to no subnet, and are not free either: room for zones that may come, what a subnet that is gone
    /// had, what is forbidden.
    pub(super) fn kept(&self) -> u128 {
        self.total.saturating_sub(self.given + self.free)
    }

    /// How many of a hundred, rounded up, so that only nothing is 0 %.
    fn percent(&self, part: u128) -> u128 {
        (part * 100).div_ceil(self.total.max(1))
    }
}

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "█ {} % in subnets", self.percent(self.given))?;
        if self.kept() > 0 {
            write!(f, ", ▒ {} % kept", self.percent(self.kept()))?;
        }
        match self.largest_free {
            Some(largest) => write!(
                f,
                ", · {} addresses free, the largest block is {largest}",
                self.free
            ),
            None => f.write_str(", nothing free"),
        }
    }
}

fn members(network: &Network) -> impl Iterator<Item = &Subnet> {
    network.subnets.iter().flat_map(|group| &group.members)
}

/// A block from its first address to its last, a letter for each part.
fn map(network: &Network, block: Cidr) -> String {
    let cells = CELLS.min(block.size());
    let size = block.size() / cells;
    let start = number(block);
    let cell = |at: u128| {
        let from = start + at * size;
        let given = overlap(members(network).map(|member| member.cidr), from, size);
        let free = overlap(network.free.iter().copied(), from, size);
        if given > 0 {
            '█'
        } else if free < size {
            '▒'
        } else {
            '·'
        }
    };
    (0..cells).map(cell).collect()
}

/// How many addresses of some blocks lie in the range that begins here.
fn overlap(blocks: impl Iterator<Item = Cidr>, from: u128, size: u128) -> u128 {
    let within = blocks.map(|block| {
        let first = number(block).max(from);
        let end = number(block).saturating_add(block.size()).min(from + size);
        end.saturating_sub(first)
    });
    within.sum()
}

/// The first address as a number.
fn number(block: Cidr) -> u128 {
    match block.first() {
        std::net::IpAddr::V4(address) => u128::from(u32::from(address)),
        std::net::IpAddr::V6(address) => u128::from(address),
    }
}

/// The lines of a subnet and its blocks.
fn branch(group: &SubnetGroup, table: &mut Table<3>) {
    let usable = |member: &Subnet| format!("{} usable", member.usable);
    let spread = group.members.iter().any(|member| member.zone.is_some());
    if !spread {
        for member in &group.members {
            let name = format!("  ├─ {}", group.name);
            table.row([name, member.cidr.to_string(), usable(member)]);
        }
        return;
    }
    let bits = group.members.first().map_or(0, |member| {
        let length = member.cidr.prefix_len();
        length.saturating_sub(group.room.prefix_len())
    });
    table.row([
        format!("  ├─ {}", group.name),
        group.room.to_string(),
        format!("room for {} zones", 1_u64 << bits.min(63)),
    ]);
    let last = group.members.len().saturating_sub(1);
    for (at, member) in group.members.iter().enumerate() {
        let joint = if at == last { "└─" } else { "├─" };
        let name = format!("  │  {joint} {}", member.name);
        table.row([name, member.cidr.to_string(), usable(member)]);
    }
}
