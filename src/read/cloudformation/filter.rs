//! Security groups and network ACLs: the whole resource, and the rules and entries that are written beside it.

use super::assembly::Read;
use super::properties::{Properties, word};
use super::value::{Context, Result, fault};
use crate::cloud::aws::{AclEntry, Effect, NetworkAcl, Rule, RulePeer, RuleTraffic, SecurityGroup};
use crate::cloud::{ResourceId, Term};
use crate::net::{Cidr, Port, Ports, Traffic};
use crate::read::Part;
use crate::yaml::Node;

/// The direction of a rule or an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    Ingress,
    Egress,
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html>
pub(super) fn security_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["GroupName"]);
    let vpc = of.need("VpcId", Context::term)?;
    let says_egress = of.says("SecurityGroupEgress");
    let mut parts = Vec::new();
    let mut rules = |direction, key: &str, of: &mut Properties<'_, '_>| {
        let mut rules: Vec<Rule> = Vec::new();
        for mut entries in of.list(key) {
            match rule(direction, &mut entries) {
                Ok(Some(rule)) => {
                    parts.push((direction.part(rules.len()), entries.place().clone()));
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

impl Direction {
    /// The part of its resource at a position.
    pub(super) fn part(self, at: usize) -> Part {
        match self {
            Self::Ingress => Part::Ingress(at),
            Self::Egress => Part::Egress(at),
        }
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
        traffic: traffic.into(),
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

/// What passes. Ports of ICMP are its type and its code; there is no place for codes.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html>
fn traffic(protocol: &str, from: Option<i64>, to: Option<i64>) -> Option<Traffic> {
    match (protocol, from, to) {
        ("-1", _, _) => Some(Traffic::All),
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
        && protocol == "1"
    {
        from = icmp.maybe("Type", Context::int)?;
        to = icmp.maybe("Code", Context::int)?;
    }
    if protocol == "1" && (from, to) == (Some(3), Some(4)) {
        return Ok(RuleTraffic::FRAGMENTATION_NEEDED);
    }
    let by_number = ["-1", "1", "6", "17"].contains(&protocol.as_str());
    match traffic(&protocol, from, to).filter(|_| by_number) {
        Some(traffic) => Ok(traffic.into()),
        None => Err(of.missing("the protocol and the ports are not read here")),
    }
}
