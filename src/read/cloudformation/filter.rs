//! Security groups and network ACLs: the whole resource, and the rules and entries that are written beside it.

use std::num::TryFromIntError;

use super::assembly::Read;
use super::properties::{Properties, word};
use super::value::{Context, Result, fault};
use crate::cloud::aws::{
    AclEntry, Direction, Effect, NetworkAcl, Rule, RulePeer, RuleTraffic, SecurityGroup,
};
use crate::cloud::{ResourceId, Term};
use crate::net::{Cidr, Port, Ports, Traffic};
use crate::read::Part;
use crate::yaml::Node;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html>
pub(super) fn security_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["GroupName"]);
    let vpc = of.need("VpcId", Context::term)?;
    let says_egress = of.says("SecurityGroupEgress");
    let mut parts = Vec::new();
    let mut rules = |direction, key: &'static str, of: &mut Properties<'_, '_>| {
        let mut rules: Vec<Rule> = Vec::new();
        for mut entries in of.list(key) {
            match rule(direction, &mut entries) {
                Ok(Some(rule)) => {
                    parts.push((part(direction, rules.len()), entries.place().clone()));
                    rules.push(rule);
                }
                Ok(None) => {}
                Err(error) => {
                    entries.give_up();
                    entries.fault(&error);
                }
            }
        }
        rules
    };
    let ingress = rules(Direction::Ingress, "SecurityGroupIngress", of);
    let egress = rules(Direction::Egress, "SecurityGroupEgress", of);
    let group = SecurityGroup {
        id,
        description: of.label("GroupDescription"),
        vpc,
        ingress,
        egress,
        name: of.name(),
    };
    Ok(Read {
        parts,
        says_egress,
        ..Read::from(group)
    })
}

/// The part of its resource at a position.
pub(super) fn part(direction: Direction, at: usize) -> Part {
    match direction {
        Direction::Ingress => Part::Ingress(at),
        Direction::Egress => Part::Egress(at),
    }
}

/// A rule, inside its group or beside it; nothing for the dummies that only keep AWS from adding a rule of its own.
pub(super) fn rule(direction: Direction, of: &mut Properties<'_, '_>) -> Result<Option<Rule>> {
    let (group, list, word) = match direction {
        Direction::Ingress => ("SourceSecurityGroupId", "SourcePrefixListId", "from"),
        Direction::Egress => (
            "DestinationSecurityGroupId",
            "DestinationPrefixListId",
            "to",
        ),
    };
    let mut peers = Vec::new();
    for key in ["CidrIp", "CidrIpv6"] {
        peers.extend(of.maybe(key, Context::cidr)?.map(RulePeer::Cidr));
    }
    peers.extend(of.maybe(group, Context::term)?.map(RulePeer::Group));
    if matches!(peers.as_slice(), [RulePeer::Group(_)]) {
        // The id alone says which group it is.
        of.ignore(&["SourceSecurityGroupOwnerId"]);
    }
    peers.extend(of.maybe(list, Context::term)?.map(prefix_list));
    let Ok([peer]) = <[RulePeer; 1]>::try_from(peers) else {
        return Err(of.missing("the rule does not have exactly one other end that is read here"));
    };
    let from = of.maybe("FromPort", Context::int)?;
    let to = of.maybe("ToPort", Context::int)?;
    let protocol = of.need("IpProtocol", Context::text)?;
    let description = of.label("Description");
    if direction == Direction::Egress && is_dummy(&peer, &protocol, from, to) {
        return Ok(None);
    }
    let Some(traffic) = traffic(&protocol, from, to) else {
        return Err(of.missing("the protocol and the ports are not read here"));
    };
    let other = match &peer {
        RulePeer::Cidr(cidr) => cidr.to_string(),
        RulePeer::Group(Term::Attribute(id, _)) => id.name().to_owned(),
        RulePeer::Group(_) => "group".into(),
        RulePeer::PrefixList { .. } => "prefix-list".into(),
    };
    Ok(Some(Rule {
        name: format!("{word}-{other}-{traffic}").replace(['.', '/', ':'], "-"),
        peer,
        traffic,
        description,
    }))
}

/// A template names the list only. Until somebody knows better, it leads where it says, and counts for one rule.
fn prefix_list(given: Term) -> RulePeer {
    RulePeer::PrefixList {
        of_endpoint: given.clone(),
        given,
        weight: 1,
    }
}

/// Rules to nowhere: with a rule of its own, a group does not get the one that lets everything out. The first is AWS's own
/// advice (see the page at [`security_group`]), the second its twin for IPv6, the third is what the CDK writes
/// (<https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/security-group.ts>).
fn is_dummy(peer: &RulePeer, protocol: &str, from: Option<i64>, to: Option<i64>) -> bool {
    let RulePeer::Cidr(cidr) = peer else {
        return false;
    };
    match cidr.to_string().as_str() {
        "127.0.0.1/32" | "::1/128" => protocol == "-1",
        "255.255.255.255/32" => protocol == "icmp" && from == Some(252) && to == Some(86),
        _ => false,
    }
}

/// What passes. Ports of ICMP are its type and its code; with a protocol that has no ports, any that are said are not
/// meant.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html>
fn traffic(protocol: &str, from: Option<i64>, to: Option<i64>) -> Option<RuleTraffic> {
    match protocol {
        "-1" => Some(Traffic::All.into()),
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

/// What AWS adds to a group whose template says nothing of what may go out (see the page at [`security_group`]).
pub(super) fn added_by_aws() -> [Rule; 2] {
    let anything = |name: &str, cidr: Cidr| Rule {
        name: name.into(),
        peer: RulePeer::Cidr(cidr),
        traffic: Traffic::All.into(),
        description: "Added by AWS to a group without rules for what goes out.".into(),
    };
    [
        anything("to-anywhere", Cidr::ANY_V4),
        anything("to-anywhere-v6", Cidr::ANY_V6),
    ]
}

pub(super) fn network_acl(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(NetworkAcl {
        id,
        vpc: of.need("VpcId", Context::term)?,
        subnets: Vec::new(),
        ingress: Vec::new(),
        egress: Vec::new(),
        name: of.name(),
    }
    .into())
}

/// An entry of an ACL.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkaclentry.html>
pub(super) fn entry(of: &mut Properties<'_, '_>) -> Result<(Direction, AclEntry)> {
    let direction = if of.maybe("Egress", Context::boolean)?.unwrap_or(false) {
        Direction::Egress
    } else {
        Direction::Ingress
    };
    let key = if of.has("Ipv6CidrBlock") {
        "Ipv6CidrBlock"
    } else {
        "CidrBlock"
    };
    let entry = AclEntry {
        number: of.need("RuleNumber", rule_number)?,
        effect: of.need("RuleAction", |context, node| {
            word(
                context,
                node,
                &[("allow", Effect::Allow), ("deny", Effect::Deny)],
            )
        })?,
        cidr: of.need(key, Context::cidr)?,
        traffic: entry_traffic(of)?,
        why: String::new(),
    };
    Ok((direction, entry))
}

fn rule_number<'t>(context: &Context<'t>, node: &'t Node) -> Result<u16> {
    match u16::try_from(context.int(node)?) {
        Ok(number @ 1..=32766) => Ok(number),
        _ => fault(node, "the number of an entry is 1 to 32766"),
    }
}

fn entry_traffic(of: &mut Properties<'_, '_>) -> Result<RuleTraffic> {
    let protocol = of.need("Protocol", Context::text)?;
    let (mut from, mut to) = (None, None);
    // With the protocol -1, all ports and types are meant whatever is said.
    if let Some(mut range) = of.inside("PortRange") {
        from = range.maybe("From", Context::int)?;
        to = range.maybe("To", Context::int)?;
    }
    if let Some(mut icmp) = of.inside("Icmp")
        && ["1", "58"].contains(&protocol.as_str())
    {
        from = icmp.maybe("Type", Context::int)?;
        to = icmp.maybe("Code", Context::int)?;
    }
    let by_number = protocol.parse::<i16>().is_ok();
    match traffic(&protocol, from, to).filter(|_| by_number) {
        Some(traffic) => Ok(traffic),
        None => Err(of.missing("the protocol and the ports are not read here")),
    }
}
