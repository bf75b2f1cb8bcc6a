//! Network security groups, their rules, and application security groups.

use super::assembly::{Assembly, Read};
use super::context::Context;
use super::names;
use super::properties::{Properties, word};
use super::value::{Data, Result, Value};
use crate::cloud::azure::{
    Access, ApplicationSecurityGroup, Direction, Kind, NetworkSecurityGroup, Protocol,
    SecurityRule, Side,
};
use crate::cloud::{ResourceId, Term};
use crate::net::{Cidr, Port, Ports};
use crate::yaml::shorten;

pub(super) fn application_group(id: ResourceId) -> Read {
    ApplicationSecurityGroup { id }.into()
}

/// <https://learn.microsoft.com/azure/templates/microsoft.network/networksecuritygroups>
pub(super) fn group(
    id: ResourceId,
    body: &mut Properties<'_, '_>,
    assembly: &mut Assembly,
) -> Read {
    let mut of = body.inside_or_empty("properties");
    // Only what happens to connections that there are already.
    of.ignore(&["flushConnection"]);
    for mut entry in of.list("securityRules") {
        let (name, place) = entry.name();
        let path = [id.path.clone(), vec![name]].concat();
        let rule = rule(names::id(Kind::SecurityRule, path), &mut entry);
        match rule {
            Ok(rule) => assembly.rule(rule, place, &entry),
            Err(error) => {
                entry.give_up();
                entry.fault(&error);
            }
        }
    }
    NetworkSecurityGroup {
        id,
        rules: Vec::new(),
    }
    .into()
}

/// A rule, inside its group or beside it.
/// <https://learn.microsoft.com/azure/templates/microsoft.network/networksecuritygroups/securityrules>
pub(super) fn rule(id: ResourceId, body: &mut Properties<'_, '_>) -> Result<SecurityRule> {
    body.ignore(&["id", "etag", "type"]);
    let mut of = body.inside_or_empty("properties");
    of.ignore(&["provisioningState"]);
    let rule = read_rule(id, &mut of);
    if rule.is_err() {
        of.give_up();
    }
    rule
}

fn read_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<SecurityRule> {
    Ok(SecurityRule {
        id,
        description: of.label("description"),
        priority: of.need("priority", priority)?,
        direction: of.need("direction", |context, value| {
            let words = [
                ("Inbound", Direction::Inbound),
                ("Outbound", Direction::Outbound),
            ];
            word(context, value, &words)
        })?,
        access: of.need("access", |context, value| {
            word(
                context,
                value,
                &[("Allow", Access::Allow), ("Deny", Access::Deny)],
            )
        })?,
        protocol: of.need("protocol", |context, value| {
            let words = [
                ("*", Protocol::Any),
                ("Tcp", Protocol::Tcp),
                ("Udp", Protocol::Udp),
                ("Icmp", Protocol::Icmp),
                ("Esp", Protocol::Esp),
                ("Ah", Protocol::Ah),
            ];
            word(context, value, &words)
        })?,
        source: side(of, "source")?,
        destination: side(of, "destination")?,
        source_ports: ports(of, "source")?,
        ports: ports(of, "destination")?,
    })
}

fn priority(context: &Context<'_>, value: &Value) -> Result<u16> {
    match u16::try_from(context.number(value)?) {
        Ok(number @ 100..=4096) => Ok(number),
        _ => value.fault("the priority of a rule is 100 to 4096"),
    }
}

/// One side of a rule: prefixes, each a block, an address or a service tag, or groups.
/// <https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>
fn side(of: &mut Properties<'_, '_>, which: &str) -> Result<Side> {
    let groups = of.ids(&format!("{which}ApplicationSecurityGroups"));
    let mut prefixes: Vec<Value> = of
        .take(&format!("{which}AddressPrefix"))
        .into_iter()
        .collect();
    if let Some(list) = of.take(&format!("{which}AddressPrefixes")) {
        prefixes.extend(of.context.list_of(&list)?.iter().cloned());
    }
    let (mut blocks, mut tags, mut any) = (Vec::new(), Vec::new(), false);
    for value in &prefixes {
        match prefix(of.context, value)? {
            Prefix::Any => any = true,
            Prefix::Tag(tag) => tags.push(tag),
            Prefix::Block(block) => blocks.push(block),
        }
    }
    Ok(match (any, groups, blocks, tags) {
        (true, groups, _, _) if groups.is_empty() => Side::Any,
        (false, groups, blocks, tags) if blocks.is_empty() && tags.is_empty() => {
            one_of(of, which, groups)?
        }
        (false, groups, blocks, tags) if groups.is_empty() => {
            match (blocks, <[_; 1]>::try_from(tags)) {
                (blocks, Err(tags)) if tags.is_empty() => Side::Blocks(blocks),
                (blocks, Ok([tag])) if blocks.is_empty() => Side::Tag(tag),
                (blocks, Ok([tag])) => Side::Mixed {
                    blocks,
                    tags: vec![tag],
                },
                (blocks, Err(tags)) => Side::Mixed { blocks, tags },
            }
        }
        _ => return Err(of.missing(format!("the {which} has both groups and prefixes"))),
    })
}

fn one_of(of: &Properties<'_, '_>, which: &str, groups: Vec<Term>) -> Result<Side> {
    if groups.is_empty() {
        return Err(of.missing(format!("the rule has no {which} that is read here")));
    }
    Ok(Side::Groups(groups))
}

enum Prefix {
    Any,
    Tag(String),
    Block(Cidr),
}

fn prefix(context: &Context<'_>, value: &Value) -> Result<Prefix> {
    let text = context.text(value)?;
    let text = text.trim();
    if text == "*" || text.eq_ignore_ascii_case("any") {
        return Ok(Prefix::Any);
    }
    let mut letters = text.chars();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_' || c == '-';
    if letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.all(is_word) {
        return Ok(Prefix::Tag(tag(text)));
    }
    if let Some(block) = block(text) {
        return Ok(Prefix::Block(block));
    }
    if matches!(value.data, Data::Text(_)) {
        context.refuse_block(value, text, "nor is it an address or a service tag");
    }
    value.fault(format!("`{}` is no prefix", shorten(text)))
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

/// The ports of one side; none when every one is meant.
fn ports(of: &mut Properties<'_, '_>, which: &str) -> Result<Vec<Ports>> {
    let mut ranges: Vec<Value> = of.take(&format!("{which}PortRange")).into_iter().collect();
    if let Some(list) = of.take(&format!("{which}PortRanges")) {
        ranges.extend(of.context.list_of(&list)?.iter().cloned());
    }
    if ranges.is_empty() {
        return Err(of.missing(format!("the rule has no `{which}PortRange`")));
    }
    let mut ports = Vec::new();
    let mut all = false;
    for value in &ranges {
        let text = of.context.text(value)?;
        match text.trim() {
            "*" | "0-65535" => all = true,
            text => match range(text) {
                Some(range) => ports.push(range),
                None => return value.fault(format!("`{}` is no range of ports", shorten(text))),
            },
        }
    }
    Ok(if all { Vec::new() } else { ports })
}

/// A port or a range. No traffic uses port 0, so that a range from there is one from 1.
fn range(text: &str) -> Option<Ports> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to): (i64, i64) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    let from = if from == 0 && to > 0 { 1 } else { from };
    Ports::new(Port::new(from)?, Port::new(to)?)
}
