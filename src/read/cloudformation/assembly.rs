//! Puts resources together from what a template writes apart: rules beside their group, entries beside their ACL.

use foldhash::{HashMap, HashMapExt, HashSet};
use sha2::{Digest, Sha256};
use smol_str::format_smolstr;

use super::filter;
use super::properties::{Owner, Properties};
use super::value::{Context, Fault, Result};
use super::{access, compute};
use crate::cloud::aws::{AclEntry, Direction, Kind, Policy, Resource, SecurityGroupRule};
use crate::cloud::{Asset, Resource as _, ResourceId, Term};
use crate::diag::Place;
use crate::read::{Part, Placed, Unknown};

/// A resource as one entry of the template says it.
pub(super) struct Read {
    pub(super) resource: Resource,
    pub(super) parts: Vec<(Part, Place)>,
    /// Whether a security group says itself what may go out.
    pub(super) says_egress: bool,
    /// What the same entry makes besides.
    pub(super) beside: Vec<Resource>,
    /// Whom a policy is given to.
    pub(super) given_to: Vec<Term>,
}

impl<R: Into<Resource>> From<R> for Read {
    fn from(resource: R) -> Self {
        Self {
            resource: resource.into(),
            parts: Vec::new(),
            says_egress: true,
            beside: Vec::new(),
            given_to: Vec::new(),
        }
    }
}

impl Read {
    /// With what the same entry makes besides.
    pub(super) fn beside<R: Into<Resource>>(mut self, beside: impl IntoIterator<Item = R>) -> Self {
        self.beside.extend(beside.into_iter().map(Into::into));
        self
    }

    /// With those whom its policy is given to.
    pub(super) fn given_to(self, given_to: Vec<Term>) -> Self {
        Self { given_to, ..self }
    }

    /// With the places of the statements of its policy.
    pub(super) fn statements(mut self, places: Vec<Place>) -> Self {
        let places = places.into_iter().enumerate();
        self.parts
            .extend(places.map(|(at, place)| (Part::Statement(at), place)));
        self
    }
}

/// The code that stands in a template, by what identifies it: its path is in no template.
pub(super) fn asset(what: &str, text: &Term) -> Asset {
    let text = match text {
        Term::Text(text) => text.clone(),
        other => format_smolstr!("{other:?}"),
    };
    let digest = base16ct::lower::encode_string(&Sha256::digest(text.as_bytes()));
    Asset {
        path: format!("{what}sha256:{digest}"),
    }
}

/// A type that adds to another resource.
#[derive(Clone, Copy)]
pub(super) enum Addition {
    Rule(Direction),
    Entry,
    AclAssociation,
    ScalingPolicy,
    Policy,
    Member,
}

impl Addition {
    pub(super) fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "AWS::EC2::SecurityGroupIngress" => Self::Rule(Direction::Ingress),
            "AWS::EC2::SecurityGroupEgress" => Self::Rule(Direction::Egress),
            "AWS::EC2::NetworkAclEntry" => Self::Entry,
            "AWS::EC2::SubnetNetworkAclAssociation" => Self::AclAssociation,
            "AWS::AutoScaling::ScalingPolicy" => Self::ScalingPolicy,
            "AWS::IAM::Policy"
            | "AWS::IAM::RolePolicy"
            | "AWS::IAM::UserPolicy"
            | "AWS::IAM::GroupPolicy" => Self::Policy,
            "AWS::IAM::UserToGroupAddition" => Self::Member,
            _ => return None,
        })
    }
}

/// The entries of an ACL in both directions, with their places.
pub(super) type Entries = [Vec<(AclEntry, Place)>; 2];

/// The resources so far.
#[derive(Default)]
pub(super) struct Assembly<'t> {
    pub(super) resources: Vec<Placed<Resource>>,
    /// Whose they are, in the same order.
    pub(super) owners: Vec<Owner<'t>>,
    pub(super) at: HashMap<ResourceId, usize>,
    /// Security groups that do not say themselves what may go out, in the order of the template.
    pub(super) silent: Vec<ResourceId>,
    /// Security groups that something beside them says what may go out of.
    pub(super) told: HashSet<ResourceId>,
    pub(super) entries: HashMap<ResourceId, Entries>,
    /// Policies that are given to somebody, in the order of the template.
    pub(super) given: Vec<(ResourceId, Vec<Term>)>,
}

impl<'t> Assembly<'t> {
    /// Room for so many resources.
    pub(super) fn with_capacity(resources: usize) -> Self {
        Self {
            resources: Vec::with_capacity(resources),
            owners: Vec::with_capacity(resources),
            at: HashMap::with_capacity(resources),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, read: Read, owner: Owner<'t>) {
        if !read.says_egress {
            self.silent.push(read.resource.id().clone());
        }
        if !read.given_to.is_empty() {
            let id = read.resource.id().clone();
            self.given.push((id, read.given_to));
        }
        self.put(read.resource, read.parts, owner);
        for resource in read.beside {
            self.put(resource, Vec::new(), owner);
        }
    }

    fn put(&mut self, resource: Resource, parts: Vec<(Part, Place)>, owner: Owner<'t>) {
        self.at.insert(resource.id().clone(), self.resources.len());
        self.owners.push(owner);
        self.resources.push(Placed {
            resource,
            place: owner.place.clone(),
            parts,
        });
    }

    /// Adds what stands beside a resource to it.
    pub(super) fn extend(&mut self, addition: Addition, of: &mut Properties<'_, 't>) -> Result<()> {
        match addition {
            Addition::Rule(direction) => self.rule(direction, of),
            Addition::Entry => self.entry(of),
            Addition::AclAssociation => {
                let subnet = of.need("SubnetId", Context::term)?;
                let acl = of.need("NetworkAclId", Context::term)?;
                match &mut self.target(of, &acl, &[Kind::NetworkAcl])?.resource {
                    Resource::NetworkAcl(acl) => acl.subnets.push(subnet),
                    other => return Err(mismatch(of, other)),
                }
                Ok(())
            }
            Addition::ScalingPolicy => {
                let Some((group, load)) = compute::scaling_policy(of) else {
                    return Ok(());
                };
                match &mut self.target(of, &group, &[Kind::AutoScalingGroup])?.resource {
                    Resource::AutoScalingGroup(group) if group.target_cpu == 0 => {
                        group.target_cpu = load;
                        Ok(())
                    }
                    _ => Err(of.missing("a group has a place for one policy")),
                }
            }
            Addition::Policy => self.policy(of),
            Addition::Member => {
                let group = of.need("GroupName", Context::term)?;
                for user in of.need("Users", Context::terms)? {
                    match &mut self.target(of, &user, &[Kind::User])?.resource {
                        Resource::User(user) => user.groups.push(group.clone()),
                        other => return Err(mismatch(of, other)),
                    }
                }
                Ok(())
            }
        }
    }

    fn rule(&mut self, direction: Direction, of: &mut Properties<'_, 't>) -> Result<()> {
        let key = if of.has("GroupId") {
            "GroupId"
        } else {
            "GroupName"
        };
        let group = of.need(key, Context::term)?;
        let rule = filter::rule(direction, of).inspect_err(|error| {
            self.taint(of, &group, &error.place);
        })?;
        if !is_of(&group, Kind::SecurityGroup) {
            // The group of a VPC, or one of which the deployer knows: the rule stands for itself.
            if let Some(rule) = rule {
                let declared = of.context.template.resources.get(of.owner.name);
                let Some(id) = declared.map(|declared| declared.id.clone()) else {
                    return Ok(());
                };
                let rule = SecurityGroupRule {
                    id,
                    group,
                    direction,
                    rule,
                };
                self.put(rule.into(), Vec::new(), of.owner);
            }
            return Ok(());
        }
        let place = of.owner.place.clone();
        let target = self.target(of, &group, &[Kind::SecurityGroup])?;
        let Resource::SecurityGroup(group) = &mut target.resource else {
            return Err(mismatch(of, &target.resource));
        };
        let rules = match direction {
            Direction::Ingress => &mut group.ingress,
            Direction::Egress => &mut group.egress,
        };
        let id = group.id.clone();
        if let Some(rule) = rule {
            let part = filter::part(direction, rules.len());
            target.parts.push((part, place));
            rules.push(rule);
        }
        if direction == Direction::Egress {
            self.told.insert(id);
        }
        Ok(())
    }

    fn entry(&mut self, of: &mut Properties<'_, 't>) -> Result<()> {
        let acl = of.need("NetworkAclId", Context::term)?;
        let (direction, entry) = filter::entry(of).inspect_err(|error| {
            self.taint(of, &acl, &error.place);
        })?;
        let target = self.target(of, &acl, &[Kind::NetworkAcl])?;
        let id = target.resource.id().clone();
        let [ingress, egress] = self.entries.entry(id).or_default();
        let entries = match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        entries.push((entry, of.owner.place.clone()));
        Ok(())
    }

    /// What stands beside a resource is not understood: then the resource is not either.
    fn taint(&self, of: &Properties<'_, '_>, term: &Term, place: &Place) {
        let owner = match term {
            Term::Attribute(id, _) => self.at.get(id).and_then(|at| self.owners.get(*at)),
            _ => None,
        };
        if let Some(owner) = owner {
            of.context.unknown.borrow_mut().push(Unknown {
                name: owner.name.into(),
                what: owner.type_name.into(),
                why: format!("`{}` beside it is not understood", of.owner.name),
                place: place.clone(),
            });
        }
    }

    fn policy(&mut self, of: &mut Properties<'_, '_>) -> Result<()> {
        let (names, (policy, places)) = access::policy_beside(of)?;
        of.charge(&policy, names.len().saturating_sub(1))?;
        for name in names {
            let target = self.target(of, &name, &GIVEN)?;
            let Some(own) = policy_of(&mut target.resource) else {
                return Err(mismatch(of, &target.resource));
            };
            for (statement, place) in policy.statements.iter().zip(&places) {
                let part = Part::Statement(own.statements.len());
                target.parts.push((part, place.clone()));
                own.statements.push(statement.clone());
            }
        }
        Ok(())
    }

    /// The resource that a term names.
    fn target(
        &mut self,
        of: &Properties<'_, '_>,
        term: &Term,
        kinds: &[Kind],
    ) -> Result<&mut Placed<Resource>> {
        let id = match term {
            Term::Attribute(id, _) if matches!(id.kind, crate::cloud::Kind::Aws(kind) if kinds.contains(&kind)) => {
                id
            }
            _ => return Err(of.missing("what it belongs to is not in this template")),
        };
        let found = self.at.get(id).and_then(|at| self.resources.get_mut(*at));
        found.ok_or_else(|| of.missing("what it belongs to is not read"))
    }
}

/// What a policy can be given to.
const GIVEN: [Kind; 3] = [Kind::Role, Kind::User, Kind::UserGroup];

fn policy_of(resource: &mut Resource) -> Option<&mut Policy> {
    match resource {
        Resource::Role(role) => Some(&mut role.policy),
        Resource::User(user) => Some(&mut user.policy),
        Resource::UserGroup(group) => Some(&mut group.policy),
        _ => None,
    }
}

fn is_of(term: &Term, kind: Kind) -> bool {
    matches!(term, Term::Attribute(id, _) if id.kind == crate::cloud::Kind::Aws(kind))
}

fn mismatch(of: &Properties<'_, '_>, found: &Resource) -> Fault {
    of.missing(&format!("it does not belong to `{}`", found.id().name()))
}
