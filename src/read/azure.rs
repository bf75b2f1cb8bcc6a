//! What every format for Azure writes alike: the prefixes and the ports of rules, and the order in which rules count.

use crate::cloud::azure::{Direction, SecurityRule, Side};
use crate::cloud::{ResourceId, Term};
use crate::diag::Place;
use crate::net::{Cidr, Port, Ports};

/// A prefix of one side of a rule.
pub(super) enum Prefix {
    Any,
    Tag(String),
    Block(Cidr),
}

impl Prefix {
    /// A block, an address or a service tag; nothing for what is none of them.
    /// <https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "*" || text.eq_ignore_ascii_case("any") {
            return Some(Self::Any);
        }
        let mut letters = text.chars();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_' || c == '-';
        if letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.all(is_word) {
            return Some(Self::Tag(tag(text)));
        }
        block(text).map(Self::Block)
    }
}

/// The service tags that Azure's own rules are made of, in their usual capitals.
fn tag(text: &str) -> String {
    let usual = ["Internet", "VirtualNetwork", "AzureLoadBalancer"];
    let known = usual.iter().find(|tag| tag.eq_ignore_ascii_case(text));
    known.map_or_else(|| text.to_owned(), |tag| (*tag).to_owned())
}

/// A block or one address. Bits behind the prefix length do not count.
fn block(text: &str) -> Option<Cidr> {
    if let Some((address, length)) = text.split_once('/') {
        return Cidr::holding(address.parse().ok()?, length.parse().ok()?).ok();
    }
    let address: std::net::IpAddr = text.parse().ok()?;
    Cidr::holding(address, if address.is_ipv4() { 32 } else { 128 }).ok()
}

/// One side of a rule: groups, or prefixes. The other is why it is neither; `which` is `source` or `destination`.
pub(super) fn side(
    which: &str,
    groups: Vec<Term>,
    prefixes: impl IntoIterator<Item = Prefix>,
) -> Result<Side, String> {
    let (mut blocks, mut tags, mut any) = (Vec::new(), Vec::new(), false);
    for prefix in prefixes {
        match prefix {
            Prefix::Any => any = true,
            Prefix::Tag(tag) => tags.push(tag),
            Prefix::Block(block) => blocks.push(block),
        }
    }
    let is_prefix = any || !blocks.is_empty() || !tags.is_empty();
    if !groups.is_empty() {
        return if is_prefix {
            Err(format!("the {which} has both groups and prefixes"))
        } else {
            Ok(Side::Groups(groups))
        };
    }
    Ok(match (any, tags.as_slice()) {
        (true, _) => Side::Any,
        (false, []) if blocks.is_empty() => {
            return Err(format!("the rule has no {which} that is read here"));
        }
        (false, []) => Side::Blocks(blocks),
        (false, [tag]) if blocks.is_empty() => Side::Tag(tag.clone()),
        (false, _) => Side::Mixed { blocks, tags },
    })
}

/// A text in small letters.
pub(super) fn lower(mut text: String) -> String {
    if !text.is_ascii() {
        return text.to_lowercase();
    }
    text.make_ascii_lowercase();
    text
}

/// Ports of a rule.
pub(super) enum PortRange {
    All,
    Some(Ports),
}

impl PortRange {
    /// A port, a range, or `*`; nothing for what is none of them. No traffic uses port 0, so that a range from there is one
    /// from 1.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if matches!(text, "*" | "0-65535") {
            return Some(Self::All);
        }
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let (from, to): (i64, i64) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        let from = if from == 0 && to > 0 { 1 } else { from };
        Ports::new(Port::new(from)?, Port::new(to)?).map(Self::Some)
    }
}

/// The ports of one side of a rule; none when every one is meant.
pub(super) fn ports(ranges: Vec<PortRange>) -> Vec<Ports> {
    let mut ports = Vec::new();
    for range in ranges {
        match range {
            PortRange::All => return Vec::new(),
            PortRange::Some(range) => ports.push(range),
        }
    }
    ports
}

/// The priority of a rule, if it is one.
pub(super) fn priority(number: u32) -> Option<u16> {
    let number = u16::try_from(number).ok()?;
    (100..=4096).contains(&number).then_some(number)
}

/// A rule and its place.
pub(super) type PlacedRule = (SecurityRule, Place);

/// What the order of a rule follows.
fn counted(rule: &SecurityRule) -> (Direction, u16, &ResourceId) {
    (rule.direction, rule.priority, &rule.id)
}

/// Rules in the order in which they count, each once, and why they cannot be of one group.
pub(super) fn in_order(mut rules: Vec<PlacedRule>) -> (Vec<PlacedRule>, Vec<(String, Place)>) {
    rules.sort_by(|(one, _), (other, _)| counted(one).cmp(&counted(other)));
    rules.dedup_by(|(one, _), (other, _)| one == other);
    let clashes = rules.windows(2).filter_map(|pair| match pair {
        [(one, _), (other, place)]
            if (one.direction, one.priority) == (other.direction, other.priority) =>
        {
            let (one, other) = (one.id.name(), other.id.name());
            let why = format!("the rules `{one}` and `{other}` have one priority");
            Some((why, place.clone()))
        }
        _ => None,
    });
    let clashes = clashes.collect();
    (rules, clashes)
}
