//! Security groups and network ACLs: the whole resource, and the rules and entries that are written beside it.

use super::assembly::Read;
use std::num::TryFromIntError;

use crate::cloud::aws::{
    AclEntry, DefaultSecurityGroup, Direction, Effect, Kind, NetworkAcl, Rule, RulePeer,
    RuleTraffic, SecurityGroup, SecurityGroupRule,
};
use crate::cloud::{ResourceId, Term};
use crate::diag::Place;
use crate::net::{Port, Ports, Traffic};
use crate::read::Part;
use crate::read::terraform::context::{Context, Fault, Result, fault};
use crate::read::terraform::properties::{Properties, word};
use crate::read::terraform::tree::Value;

/// The part of its resource at a position.
pub(super) fn part(direction: Direction, at: usize) -> Part {
    match direction {
        Direction::Ingress => Part::Ingress(at),
        Direction::Egress => Part::Egress(at),
    }
}

const BOTH: [(Direction, &str); 2] = [
    (Direction::Ingress, "ingress"),
    (Direction::Egress, "egress"),
];

fn made(direction: Direction, peer: RulePeer, traffic: RuleTraffic, description: &str) -> Rule {
    let word = match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    };
    let other = match &peer {
        RulePeer::Cidr(cidr) => cidr.to_string(),
        RulePeer::Group(Term::Attribute(id, _)) => id.name().to_owned(),
        RulePeer::Group(_) => "group".into(),
        RulePeer::PrefixList { .. } => "prefix-list".into(),
    };
    Rule {
        name: format!("{word}-{other}-{traffic}").replace(['.', '/', ':'], "-"),
        peer,
        traffic,
        description: description.to_owned(),
    }
}

/// The group that a VPC makes by itself. The provider removes its rules; new ones stand beside it.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group>
pub(super) fn default_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["revoke_rules_on_delete"]);
    let group = DefaultSecurityGroup {
        vpc: of.need("vpc_id", Context::term)?,
        name: of.name(),
        id,
    };
    let mut beside = Vec::new();
    for (direction, key) in BOTH {
        for (rule, place) in inline(direction, key, &group.id, of) {
            let kind = crate::cloud::Kind::Aws(Kind::SecurityGroupRule);
            let rule = SecurityGroupRule {
                id: group.id.child(kind, beside.len().to_string()),
                group: group.id.id(),
                direction,
                rule,
            };
            beside.push((rule.into(), place));
        }
    }
    let mut read = Read::from(group);
    read.beside = beside;
    Ok(read)
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group>
pub(super) fn security_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name_prefix", "revoke_rules_on_delete"]);
    let vpc = of.need("vpc_id", Context::term)?;
    let mut parts = Vec::new();
    let [ingress, egress] = BOTH.map(|(direction, key)| {
        let found = inline(direction, key, &id, of).into_iter();
        let numbered = found.enumerate().map(|(at, (rule, place))| {
            parts.push((part(direction, at), place));
            rule
        });
        numbered.collect::<Vec<_>>()
    });
    let own = of.label("name");
    let tag = of.name();
    let is_tagged = of.owner.body.value("tags").is_some() || own.is_empty();
    let group = SecurityGroup {
        description: of.label("description"),
        vpc,
        ingress,
        egress,
        name: if is_tagged { tag } else { own },
        id,
    };
    Ok(Read {
        parts,
        ..Read::from(group)
    })
}

/// The rules that stand inside a group, with their places.
fn inline(
    direction: Direction,
    key: &'static str,
    group: &ResourceId,
    of: &mut Properties<'_, '_>,
) -> Vec<(Rule, Place)> {
    let mut all = Vec::new();
    for mut entries in of.blocks(key) {
        match inline_rules(direction, group, &mut entries) {
            Ok(rules) => {
                let place = entries.place();
                all.extend(rules.into_iter().map(|rule| (rule, place.clone())));
            }
            Err(error) => {
                entries.give_up();
                entries.fault(&error);
            }
        }
    }
    all
}

/// The rules of one block: one for each peer that it names.
fn inline_rules(
    direction: Direction,
    group: &ResourceId,
    of: &mut Properties<'_, '_>,
) -> Result<Vec<Rule>> {
    let mut peers = cidrs(of)?;
    for group in of
        .maybe("security_groups", Context::terms)?
        .unwrap_or_default()
    {
        peers.push(RulePeer::Group(group));
    }
    if of.maybe("self", Context::boolean)?.unwrap_or(false) {
        peers.push(RulePeer::Group(group.id()));
    }
    rules(direction, peers, of)
}

/// The peers that both inline rules and `aws_security_group_rule` name by lists.
fn cidrs(of: &mut Properties<'_, '_>) -> Result<Vec<RulePeer>> {
    let mut peers = Vec::new();
    for key in ["cidr_blocks", "ipv6_cidr_blocks"] {
        let Some(value) = of.take(key) else { continue };
        for item in of.context.list(value) {
            peers.push(RulePeer::Cidr(of.context.cidr(item)?));
        }
    }
    for list in of
        .maybe("prefix_list_ids", Context::terms)?
        .unwrap_or_default()
    {
        peers.push(prefix_list(list));
    }
    Ok(peers)
}

fn rules(
    direction: Direction,
    peers: Vec<RulePeer>,
    of: &mut Properties<'_, '_>,
) -> Result<Vec<Rule>> {
    let traffic = rule_traffic(of, "protocol")?;
    let description = of.label("description");
    let rules = peers.into_iter();
    Ok(rules
        .map(|peer| made(direction, peer, traffic, &description))
        .collect())
}

fn rule_traffic(of: &mut Properties<'_, '_>, key: &str) -> Result<RuleTraffic> {
    let from = of.maybe("from_port", Context::int)?;
    let to = of.maybe("to_port", Context::int)?;
    let protocol = of.need(key, Context::text)?;
    let found = traffic(&protocol.to_lowercase(), from, to);
    found.ok_or_else(|| not_read(of))
}

fn not_read(of: &Properties<'_, '_>) -> Fault {
    of.missing("the protocol and the ports are not read here")
}

/// A rule of the older kind, beside its group: the group, the direction and the rules.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group_rule>
pub(super) fn rules_beside(of: &mut Properties<'_, '_>) -> Result<(Term, Direction, Vec<Rule>)> {
    let group = of.need("security_group_id", Context::term)?;
    let direction = of.need("type", |context, value| {
        let words = [
            ("ingress", Direction::Ingress),
            ("egress", Direction::Egress),
        ];
        word(context, value, &words)
    })?;
    let mut peers = cidrs(of)?;
    peers.extend(
        of.maybe("source_security_group_id", Context::term)?
            .map(RulePeer::Group),
    );
    if of.maybe("self", Context::boolean)?.unwrap_or(false) {
        peers.push(RulePeer::Group(group.clone()));
    }
    let rules = rules(direction, peers, of)?;
    Ok((group, direction, rules))
}

/// A rule beside its group, with one peer: the group and the rule.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule>
pub(super) fn rule_beside(
    direction: Direction,
    of: &mut Properties<'_, '_>,
) -> Result<(Term, Rule)> {
    of.ignore(&["tags", "tags_all"]);
    let group = of.need("security_group_id", Context::term)?;
    let mut peers = Vec::new();
    for key in ["cidr_ipv4", "cidr_ipv6"] {
        peers.extend(of.maybe(key, Context::cidr)?.map(RulePeer::Cidr));
    }
    let other = of.maybe("referenced_security_group_id", Context::term)?;
    peers.extend(other.map(RulePeer::Group));
    peers.extend(of.maybe("prefix_list_id", Context::term)?.map(prefix_list));
    let Ok([peer]) = <[RulePeer; 1]>::try_from(peers) else {
        return Err(of.missing("the rule does not have exactly one other end that is read here"));
    };
    let traffic = rule_traffic(of, "ip_protocol")?;
    let description = of.label("description");
    Ok((group, made(direction, peer, traffic, &description)))
}

/// A rule names the list only. Until somebody knows better, it leads where it says, and counts for one rule.
fn prefix_list(given: Term) -> RulePeer {
    RulePeer::PrefixList {
        of_endpoint: given.clone(),
        given,
        weight: 1,
    }
}

/// What passes. Ports of ICMP are its type and its code; with a protocol that has no ports, any that are said are not
/// meant.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
fn traffic(protocol: &str, from: Option<i64>, to: Option<i64>) -> Option<RuleTraffic> {
    match protocol {
        "-1" | "all" => Some(Traffic::All.into()),
        "tcp" | "6" => ports(from?, to?).map(|ports| Traffic::Tcp(ports).into()),
        "udp" | "17" => ports(from?, to?).map(|ports| Traffic::Udp(ports).into()),
        "icmp" | "1" => match message(from?, to).ok()? {
            None => Some(Traffic::Icmp(None).into()),
            Some((kind, None)) => Some(Traffic::Icmp(Some(kind)).into()),
            Some((kind, Some(code))) => Some(RuleTraffic::IcmpCode { kind, code }),
        },
        "icmpv6" | "58" => message(from.unwrap_or(-1), to).ok().map(RuleTraffic::Icmp6),
        // Of no other protocol, a name is known: `ah` is as good as a mistake.
        number => number.parse().ok().map(RuleTraffic::Protocol),
    }
}

/// A type of ICMP and its code, where -1 is any.
fn message(
    kind: i64,
    code: Option<i64>,
) -> std::result::Result<Option<(u8, Option<u8>)>, TryFromIntError> {
    match (kind, code.unwrap_or(-1)) {
        (-1, -1) => Ok(None),
        (kind, -1) => Ok(Some((kind.try_into()?, None))),
        (kind, code) => Ok(Some((kind.try_into()?, Some(code.try_into()?)))),
    }
}

/// A range of ports. Port 0 is reserved, and nothing can be reached there: <https://www.rfc-editor.org/rfc/rfc6335#section-6>.
/// -1 on both sides is every port.
fn ports(from: i64, to: i64) -> Option<Ports> {
    match (from, to) {
        (-1, -1) => Some(Ports::ALL),
        (0, to) => Ports::new(Port::MIN, Port::new(to)?),
        _ => Ports::new(Port::new(from)?, Port::new(to)?),
    }
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl>
pub(super) fn network_acl(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let vpc = of.need("vpc_id", Context::term)?;
    let subnets = of.maybe("subnet_ids", Context::terms)?;
    let mut entries = Vec::new();
    for (direction, key) in BOTH {
        for mut inline in of.blocks(key) {
            match entry(&mut inline, "rule_no", "action") {
                Ok(entry) => entries.push((direction, entry, inline.place().clone())),
                Err(error) => {
                    inline.give_up();
                    inline.fault(&error);
                }
            }
        }
    }
    let acl = NetworkAcl {
        id,
        vpc,
        subnets: subnets.unwrap_or_default(),
        ingress: Vec::new(),
        egress: Vec::new(),
        name: of.name(),
    };
    Ok(Read {
        entries,
        ..Read::from(acl)
    })
}

/// An entry beside its ACL: the ACL, the direction and the entry.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl_rule>
pub(super) fn entry_beside(of: &mut Properties<'_, '_>) -> Result<(Term, Direction, AclEntry)> {
    let acl = of.need("network_acl_id", Context::term)?;
    let direction = if of.maybe("egress", Context::boolean)?.unwrap_or(false) {
        Direction::Egress
    } else {
        Direction::Ingress
    };
    Ok((acl, direction, entry(of, "rule_number", "rule_action")?))
}

fn entry(of: &mut Properties<'_, '_>, number: &str, action: &str) -> Result<AclEntry> {
    let given = |key: &str, of: &mut Properties<'_, '_>| {
        // An attribute that stands for a block has an empty text for what nobody wrote.
        let value = of.take(key).filter(|value| !value.is_empty());
        value.map(|value| of.context.cidr(value)).transpose()
    };
    let cidr = match given("cidr_block", of)? {
        Some(cidr) => Some(cidr),
        None => given("ipv6_cidr_block", of)?,
    };
    Ok(AclEntry {
        number: of.need(number, rule_number)?,
        effect: of.need(action, |context, value| {
            let words = [
                ("allow", Effect::Allow),
                ("deny", Effect::Deny),
                ("ALLOW", Effect::Allow),
                ("DENY", Effect::Deny),
            ];
            word(context, value, &words)
        })?,
        cidr: cidr.ok_or_else(|| of.missing("the entry has no block"))?,
        traffic: entry_traffic(of)?,
        why: String::new(),
    })
}

fn rule_number(context: &Context<'_>, value: &Value) -> Result<u16> {
    match u16::try_from(context.int(value)?) {
        Ok(number @ 1..=32766) => Ok(number),
        _ => fault(value, "the number of an entry is 1 to 32766"),
    }
}

fn entry_traffic(of: &mut Properties<'_, '_>) -> Result<RuleTraffic> {
    let protocol = of.need("protocol", Context::text)?.to_lowercase();
    let ports = (
        of.maybe("from_port", Context::int)?,
        of.maybe("to_port", Context::int)?,
    );
    let icmp = (
        of.maybe("icmp_type", Context::int)?,
        of.maybe("icmp_code", Context::int)?,
    );
    let (from, to) = match protocol.as_str() {
        "icmp" | "1" | "icmpv6" | "58" => icmp,
        _ => ports,
    };
    traffic(&protocol, from, to).ok_or_else(|| not_read(of))
}
