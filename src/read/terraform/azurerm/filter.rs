//! Network security groups, their rules, and application security groups.

use super::assembly::{Assembly, Piece, Read};
use super::names;
use super::words::word;
use crate::cloud::ResourceId;
use crate::cloud::azure::{
    Access, ApplicationSecurityGroup, Direction, Kind, NetworkSecurityGroup, Protocol,
    SecurityRule, Side,
};
use crate::diag::{Code, Diagnostic};
use crate::net::Ports;
use crate::read::azure::{self, PortRange, Prefix};
use crate::read::terraform::context::{Context, Result, fault};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::{self, Value};
use crate::yaml::shorten;

pub(super) fn application_group(id: ResourceId) -> Read {
    ApplicationSecurityGroup { id }.into()
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_security_group>
pub(super) fn group<'t>(
    id: ResourceId,
    of: &mut Properties<'_, 't>,
    assembly: &mut Assembly<'t>,
) -> Read {
    if of.has("security_rule") {
        assembly.says_all(&id, Kind::SecurityRule);
    }
    for mut entry in of.blocks("security_rule") {
        let name = entry.label("name");
        let rule = id.child(crate::cloud::Kind::Azure(Kind::SecurityRule), name);
        match self::rule(rule, &mut entry) {
            Ok(rule) => assembly.piece(id.clone(), Piece::Rule(rule), entry.place(), of),
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
/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_security_rule>
pub(super) fn rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<SecurityRule> {
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
            let words = [("Allow", Access::Allow), ("Deny", Access::Deny)];
            word(context, value, &words)
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
        None => fault(value, "the priority of a rule is 100 to 4096"),
    }
}

/// The values of an argument for one and of another for several. A list of blocks that is written as an argument has empty
/// texts for what nobody wrote.
fn values<'t>(of: &mut Properties<'_, 't>, keys: [&str; 2]) -> Vec<&'t Value> {
    let mut values = Vec::new();
    for key in keys {
        if let Some(value) = of.take(key).filter(|value| !value.is_empty()) {
            values.extend(of.context.list(value));
        }
    }
    values
}

/// The arguments of one side of a rule.
struct Keys {
    which: &'static str,
    groups: &'static str,
    prefixes: [&'static str; 2],
    ranges: [&'static str; 2],
}

const SOURCE: Keys = Keys {
    which: "source",
    groups: "source_application_security_group_ids",
    prefixes: ["source_address_prefix", "source_address_prefixes"],
    ranges: ["source_port_range", "source_port_ranges"],
};

const DESTINATION: Keys = Keys {
    which: "destination",
    groups: "destination_application_security_group_ids",
    prefixes: ["destination_address_prefix", "destination_address_prefixes"],
    ranges: ["destination_port_range", "destination_port_ranges"],
};

/// One side of a rule: prefixes, each a block, an address or a service tag, or groups.
fn side(of: &mut Properties<'_, '_>, keys: &Keys) -> Result<Side> {
    let groups = of.maybe(keys.groups, Context::terms)?;
    let prefixes = values(of, keys.prefixes);
    let prefixes = prefixes.into_iter().map(|value| prefix(of.context, value));
    let prefixes = prefixes.collect::<Result<Vec<_>>>()?;
    azure::side(keys.which, groups.unwrap_or_default(), prefixes).map_err(|why| of.missing(&why))
}

fn prefix(context: &Context<'_>, value: &Value) -> Result<Prefix> {
    let text = context.word(value)?;
    if let Some(prefix) = Prefix::read(&text) {
        return Ok(prefix);
    }
    let shown = shorten(text.trim());
    if matches!(value.kind, tree::Kind::Text(_)) {
        let message = format!("`{shown}` is no CIDR block, nor is it an address or a service tag");
        context.refuse(Diagnostic::new(Code::InvalidCidr, message).at(value.place.clone()));
    }
    fault(value, format!("`{shown}` is no prefix"))
}

/// The ports of one side; none when every one is meant.
fn ports(of: &mut Properties<'_, '_>, keys: &Keys) -> Result<Vec<Ports>> {
    let ranges = values(of, keys.ranges);
    if ranges.is_empty() {
        let [one, _] = keys.ranges;
        return Err(of.missing(&format!("the rule has no `{one}`")));
    }
    let ranges = ranges.into_iter().map(|value| {
        let text = of.context.word(value)?;
        match PortRange::read(&text) {
            Some(range) => Ok(range),
            None => fault(
                value,
                format!("`{}` is no range of ports", shorten(text.trim())),
            ),
        }
    });
    Ok(azure::ports(ranges.collect::<Result<_>>()?))
}

/// The id of the group that a rule beside it belongs to.
pub(super) fn group_of(rule: &SecurityRule) -> ResourceId {
    names::whole(&rule.id, Kind::NetworkSecurityGroup)
}
