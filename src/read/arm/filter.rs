//! Network security groups, their rules, and application security groups.

use super::assembly::{Assembly, Read};
use super::context::Context;
use super::names;
use super::properties::{Properties, word};
use super::value::{Data, Result, Value};
use crate::cloud::ResourceId;
use crate::cloud::azure::{
    Access, ApplicationSecurityGroup, Direction, Kind, NetworkSecurityGroup, Protocol,
    SecurityRule, Side,
};
use crate::net::Ports;
use crate::read::azure::{self, PortRange, Prefix};
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
        let rule = rule(names::child(&id, Kind::SecurityRule, name), &mut entry);
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
        source: side(of, &SOURCE)?,
        destination: side(of, &DESTINATION)?,
        source_ports: ports(of, &SOURCE)?,
        ports: ports(of, &DESTINATION)?,
    })
}

fn priority(context: &Context<'_>, value: &Value) -> Result<u16> {
    match azure::priority(context.number(value)?) {
        Some(number) => Ok(number),
        None => value.fault("the priority of a rule is 100 to 4096"),
    }
}

/// The keys of one side of a rule.
struct Keys {
    which: &'static str,
    groups: &'static str,
    prefix: &'static str,
    prefixes: &'static str,
    range: &'static str,
    ranges: &'static str,
}

const SOURCE: Keys = Keys {
    which: "source",
    groups: "sourceApplicationSecurityGroups",
    prefix: "sourceAddressPrefix",
    prefixes: "sourceAddressPrefixes",
    range: "sourcePortRange",
    ranges: "sourcePortRanges",
};

const DESTINATION: Keys = Keys {
    which: "destination",
    groups: "destinationApplicationSecurityGroups",
    prefix: "destinationAddressPrefix",
    prefixes: "destinationAddressPrefixes",
    range: "destinationPortRange",
    ranges: "destinationPortRanges",
};

/// One side of a rule: prefixes, each a block, an address or a service tag, or groups.
/// <https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>
fn side(of: &mut Properties<'_, '_>, keys: &Keys) -> Result<Side> {
    let groups = of.ids(keys.groups);
    let mut prefixes: Vec<Value> = of.take(keys.prefix).into_iter().collect();
    if let Some(list) = of.take(keys.prefixes) {
        prefixes.extend(of.context.list_of(&list)?.iter().cloned());
    }
    let prefixes = prefixes.iter().map(|value| prefix(of.context, value));
    let prefixes = prefixes.collect::<Result<Vec<_>>>()?;
    azure::side(keys.which, groups, prefixes).map_err(|why| of.missing(why))
}

fn prefix(context: &Context<'_>, value: &Value) -> Result<Prefix> {
    let text = context.text(value)?;
    if let Some(prefix) = Prefix::read(&text) {
        return Ok(prefix);
    }
    let text = text.trim();
    if matches!(value.data, Data::Text(_)) {
        context.refuse_block(value, text, "nor is it an address or a service tag");
    }
    value.fault(format!("`{}` is no prefix", shorten(text)))
}

/// The ports of one side; none when every one is meant.
fn ports(of: &mut Properties<'_, '_>, keys: &Keys) -> Result<Vec<Ports>> {
    let mut ranges: Vec<Value> = of.take(keys.range).into_iter().collect();
    if let Some(list) = of.take(keys.ranges) {
        ranges.extend(of.context.list_of(&list)?.iter().cloned());
    }
    if ranges.is_empty() {
        return Err(of.missing(format!("the rule has no `{}`", keys.range)));
    }
    let ranges = ranges.iter().map(|value| {
        let text = of.context.text(value)?;
        match PortRange::read(&text) {
            Some(range) => Ok(range),
            None => value.fault(format!("`{}` is no range of ports", shorten(text.trim()))),
        }
    });
    Ok(azure::ports(ranges.collect::<Result<_>>()?))
}
