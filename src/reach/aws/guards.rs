//! Security groups: what the groups of an interface let pass, taken together.
//!
//! Rules only allow; several groups on one interface are one longer list of rules
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>). Groups have a memory: the answer to what
//! may come in may go out.

use super::rules::{Allowed, Far, Rules};
use super::traffic::of_rule;
use super::world::{World, id_of, is_a};
use crate::cloud::aws::{Direction, Kind, Resource, Rule, RulePeer};
use crate::cloud::{Part, ResourceId, Term, Unknown};
use crate::net::Cidr;
use crate::reach::budget::TOO_MANY;
use crate::reach::set::{Addresses, Set};

/// A security group, by what a template can call it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Group<'r> {
    /// A resource of the template.
    Named(&'r ResourceId),
    /// The one that the VPC of this name makes by itself.
    Default(&'r Term),
    /// One that stands elsewhere.
    Elsewhere(&'r Term),
}

impl<'r> Group<'r> {
    /// The group that a term names.
    pub(super) fn of(world: &World<'r>, term: &'r Term) -> Self {
        match id_of(term) {
            Some(id) if is_a(term, Kind::SecurityGroup) => Self::Named(id),
            Some(id) if is_a(term, Kind::DefaultSecurityGroup) => {
                vpc_of_default(world, id).map_or(Self::Elsewhere(term), Self::Default)
            }
            _ => Self::Elsewhere(term),
        }
    }

    /// What a template calls it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Named(id) => id.path.join("."),
            Self::Default(vpc) => format!("{}.default", id_of(vpc).map_or("", ResourceId::name)),
            Self::Elsewhere(Term::Parameter(name) | Term::Text(name)) => name.as_str().to_owned(),
            Self::Elsewhere(_) => "elsewhere".into(),
        }
    }
}

/// The VPC whose own group has this id: the id of a resource that adopts the group, or one made of the VPC's name.
fn vpc_of_default<'r>(world: &World<'r>, id: &ResourceId) -> Option<&'r Term> {
    if let Some(at) = world.position(id)
        && let Some(Resource::DefaultSecurityGroup(group)) =
            world.items.get(at).map(|it| &it.resource)
    {
        return Some(&group.vpc);
    }
    let vpc = Kind::Vpc.named(id.path.iter().cloned());
    world.vpc_term(&vpc)
}

/// What the groups of an interface let pass.
#[derive(Default)]
pub(super) struct Guard<'r> {
    pub(super) ingress: Rules<'r>,
    pub(super) egress: Rules<'r>,
}

impl Guard<'_> {
    /// One that lets everything pass, because of the resource at a position.
    pub(super) fn open(at: usize) -> Self {
        let everything = || {
            let everything = Far::Blocks(Addresses::everything());
            Rules::from_iter([Allowed::all(everything, at)])
        };
        Self {
            ingress: everything(),
            egress: everything(),
        }
    }
}

/// The guard of groups together, and what is not understood about it.
pub(super) fn guard<'r>(world: &World<'r>, groups: &[Group<'r>]) -> (Guard<'r>, Vec<Unknown>) {
    let (guard, mut unknown) = together(world, groups);
    if !guard.ingress.are_too_many() && !guard.egress.are_too_many() {
        return (guard, unknown);
    }
    let at = groups.iter().find_map(|group| match group {
        Group::Named(id) => world.position(id),
        _ => None,
    });
    let at = at.unwrap_or(0);
    unknown.extend(world.unknown(at, TOO_MANY));
    (Guard::open(at), unknown)
}

fn together<'r>(world: &World<'r>, groups: &[Group<'r>]) -> (Guard<'r>, Vec<Unknown>) {
    let mut guard = Guard::default();
    let mut unknown = Vec::new();
    for group in groups {
        match group {
            Group::Named(id) => named(world, id, &mut guard, &mut unknown),
            Group::Default(vpc) => by_itself(world, vpc, group, &mut guard, &mut unknown),
            Group::Elsewhere(_) => {}
        }
    }
    (guard, unknown)
}

fn named<'r>(
    world: &World<'r>,
    id: &ResourceId,
    guard: &mut Guard<'r>,
    unknown: &mut Vec<Unknown>,
) {
    let Some(at) = world.position(id) else {
        return;
    };
    let Some(Resource::SecurityGroup(group)) = world.items.get(at).map(|it| &it.resource) else {
        return;
    };
    for (index, rule) in group.ingress.iter().enumerate() {
        let rule = allowed(world, rule, at, Some(Part::Ingress(index)), unknown);
        guard.ingress.extend(rule);
    }
    for (index, rule) in group.egress.iter().enumerate() {
        let rule = allowed(world, rule, at, Some(Part::Egress(index)), unknown);
        guard.egress.extend(rule);
    }
}

/// The group that a VPC makes by itself: everything from its members, everything to everywhere, unless it was emptied
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>).
fn by_itself<'r>(
    world: &World<'r>,
    vpc: &Term,
    group: &Group<'r>,
    guard: &mut Guard<'r>,
    unknown: &mut Vec<Unknown>,
) {
    let mut emptied = false;
    let mut at = world.named(vpc).map_or(0, |(at, _)| at);
    for (position, resource) in world.of(Kind::DefaultSecurityGroup) {
        if matches!(resource, Resource::DefaultSecurityGroup(it) if it.vpc == *vpc) {
            emptied = true;
            at = position;
        }
    }
    for (position, resource) in world.of(Kind::SecurityGroupRule) {
        if let Resource::SecurityGroupRule(it) = resource
            && Group::of(world, &it.group) == *group
        {
            let rule = allowed(world, &it.rule, position, None, unknown);
            match it.direction {
                Direction::Ingress => guard.ingress.extend(rule),
                Direction::Egress => guard.egress.extend(rule),
            }
        }
    }
    if emptied {
        return;
    }
    let members = Allowed::all(Far::Group(*group), at);
    let everywhere = Allowed::all(Far::Blocks(Addresses::everything()), at);
    guard.ingress.extend([members]);
    guard.egress.extend([everywhere]);
}

fn allowed<'r>(
    world: &World<'r>,
    rule: &'r Rule,
    at: usize,
    part: Option<Part>,
    unknown: &mut Vec<Unknown>,
) -> Option<Allowed<'r>> {
    let far = match &rule.peer {
        RulePeer::Cidr(block) if is_dummy(*block) => return None,
        RulePeer::Cidr(block) => Far::Blocks((*block).into()),
        RulePeer::Group(term) => {
            let group = Group::of(world, term);
            if let Group::Elsewhere(_) = group {
                unknown.extend(at_part(
                    world,
                    at,
                    part,
                    "it names a group that is not in the template",
                ));
            }
            Far::Group(group)
        }
        RulePeer::PrefixList { given, .. } => match world.named(given) {
            Some((_, Resource::PrefixList(list))) => {
                Far::Blocks(list.entries.iter().copied().collect())
            }
            _ => Far::Service,
        },
    };
    Some(Allowed {
        far,
        traffic: of_rule(rule.traffic),
        resource: at,
        part,
    })
}

fn at_part(world: &World<'_>, at: usize, part: Option<Part>, why: &str) -> Option<Unknown> {
    let mut unknown = world.unknown(at, why)?;
    unknown.place = world.items.get(at)?.place_of(part).clone();
    Some(unknown)
}

/// Whether nothing is ever at a block: a rule for it is how templates say "no rule", because AWS adds its own to a group
/// without any (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html>).
fn is_dummy(block: Cidr) -> bool {
    let text = |cidr: &str| cidr.parse::<Cidr>().ok();
    ["127.0.0.0/8", "::1/128", "255.255.255.255/32"]
        .into_iter()
        .filter_map(text)
        .any(|dummy| dummy.contains(block))
}
