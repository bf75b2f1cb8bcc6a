//! Security groups and network ACLs: the whole resource, and the rules and entries that are written beside it.

use super::assembly::Read;
use crate::cloud::aws::{
    AclEntry, AclTraffic, DefaultSecurityGroup, Effect, NetworkAcl, Rule, RulePeer, SecurityGroup,
};
use crate::cloud::{ResourceId, Term};
use crate::net::{Port, Ports, Traffic};
use crate::read::Part;
use crate::read::terraform::context::{Context, Fault, Result, fault};
use crate::read::terraform::properties::{Properties, word};
use crate::read::terraform::tree::Value;

/// The direction of a rule or an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    /// The part of its resource at a position.
    pub(super) fn part(self, at: usize) -> Part {
        match self {
            Self::Ingress => Part::Ingress(at),
            Self::Egress => Part::Egress(at),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// A rule of this direction.
    fn rule(self, peer: RulePeer, traffic: Traffic, description: &str) -> Rule {
        let word = match self {
            Self::Ingress => "from",
            Self::Egress => "to",
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
}

/// The group that a VPC makes by itself. The provider removes its rules; there is no place for new ones.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group>
pub(super) fn default_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["revoke_rules_on_delete"]);
    let group = DefaultSecurityGroup {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        name: of.name(),
    };
    for direction in [Direction::Ingress, Direction::Egress] {
        for mut rule in of.blocks(direction.key()) {
            rule.give_up();
            let why = "there is no place for rules of the group that a VPC makes by itself";
            rule.unknown(why, rule.place());
        }
    }
    Ok(group.into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group>
pub(super) fn security_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name_prefix", "revoke_rules_on_delete"]);
    let vpc = of.need("vpc_id", Context::term)?;
    let mut parts = Vec::new();
    let mut rules = |direction: Direction, of: &mut Properties<'_, '_>| {
        let mut all: Vec<Rule> = Vec::new();
        for mut entries in of.blocks(direction.key()) {
            match inline_rules(direction, &id, &mut entries) {
                Ok(rules) => {
                    for rule in rules {
                        parts.push((direction.part(all.len()), entries.place().clone()));
                        all.push(rule);
                    }
                }
                Err(error) => {
                    entries.give_up();
                    entries.fault(&error);
                }
            }
        }
        all
    };
    let ingress = rules(Direction::Ingress, of);
    let egress = rules(Direction::Egress, of);
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

/// The rules of one block: one for each peer that it names.
fn inline_rules(
    direction: Direction,
    group: &ResourceId,
    of: &mut Properties<'_, '_>,
) -> Result<Vec<Rule>> {
    let mut peers = cidrs(of)?;
    for group in of.maybe("security_groups", Context::terms)?.unwrap_or_default() {
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
    for list in of.maybe("prefix_list_ids", Context::terms)?.unwrap_or_default() {
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
        .map(|peer| direction.rule(peer, traffic, &description))
        .collect())
}

fn rule_traffic(of: &mut Properties<'_, '_>, key: &str) -> Result<Traffic> {
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
        let words = [("ingress", Direction::Ingress), ("egress", Direction::Egress)];
        word(context, value, &words)
    })?;
    let mut peers = cidrs(of)?;
    peers.extend(of.maybe("source_security_group_id", Context::term)?.map(RulePeer::Group));
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
    Ok((group, direction.rule(peer, traffic, &description)))
}

/// A rule names the list only. Until somebody knows better, it leads where it says, and counts for one rule.
fn prefix_list(given: Term) -> RulePeer {
    RulePeer::PrefixList {
        of_endpoint: given.clone(),
        given,
        weight: 1,
    }
}

/// What passes. Ports of ICMP are its type and its code; there is no place for codes.
fn traffic(protocol: &str, from: Option<i64>, to: Option<i64>) -> Option<Traffic> {
    match (protocol, from, to) {
        ("-1" | "all", _, _) => Some(Traffic::All),
        ("tcp" | "6", Some(from), Some(to)) => ports(from, to).map(Traffic::Tcp),
        ("udp" | "17", Some(from), Some(to)) => ports(from, to).map(Traffic::Udp),
        ("icmp" | "1", Some(-1), Some(-1) | None) => Some(Traffic::Icmp(None)),
        ("icmp" | "1", Some(kind), Some(-1)) => {
            u8::try_from(kind).ok().map(|it| Traffic::Icmp(Some(it)))
        }
        _ => None,
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
    for direction in [Direction::Ingress, Direction::Egress] {
        for mut inline in of.blocks(direction.key()) {
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

fn entry_traffic(of: &mut Properties<'_, '_>) -> Result<AclTraffic> {
    let protocol = of.need("protocol", Context::text)?.to_lowercase();
    let ports = (
        of.maybe("from_port", Context::int)?,
        of.maybe("to_port", Context::int)?,
    );
    let icmp = (
        of.maybe("icmp_type", Context::int)?,
        of.maybe("icmp_code", Context::int)?,
    );
    let (from, to) = if matches!(&*protocol, "icmp" | "1") {
        icmp
    } else {
        ports
    };
    if matches!(&*protocol, "icmp" | "1") && (from, to) == (Some(3), Some(4)) {
        return Ok(AclTraffic::FragmentationNeeded);
    }
    let found = traffic(&protocol, from, to).map(AclTraffic::Of);
    found.ok_or_else(|| not_read(of))
}
