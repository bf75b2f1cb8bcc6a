//! Puts resources together from what a template writes apart: rules beside their group, entries beside their ACL.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::filter::{self, Direction};
use super::properties::{Owner, Properties};
use super::value::{Context, Fault, Result};
use super::{access, compute};
use crate::cloud::aws::{AclEntry, Kind, Resource};
use crate::cloud::{Asset, Resource as _, ResourceId, Term};
use crate::diag::Place;
use crate::read::{Part, Placed, Unknown};

/// A resource as one entry of the template says it.
pub(super) struct Read {
    pub(super) resource: Resource,
    pub(super) parts: Vec<(Part, Place)>,
    /// Whether a security group says itself what may go out.
    pub(super) says_egress: bool,
}

impl<R: Into<Resource>> From<R> for Read {
    fn from(resource: R) -> Self {
        Self {
            resource: resource.into(),
            parts: Vec::new(),
            says_egress: true,
        }
    }
}

impl Read {
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
        other => format!("{other:?}"),
    };
    let mut path = format!("{what}sha256:");
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a string does not fail.
        let _ = write!(path, "{byte:02x}");
    }
    Asset { path }
}

/// A type that adds to another resource.
#[derive(Clone, Copy)]
pub(super) enum Addition {
    Rule(Direction),
    Entry,
    AclAssociation,
    ScalingPolicy,
    RolePolicy,
}

impl Addition {
    pub(super) fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "AWS::EC2::SecurityGroupIngress" => Self::Rule(Direction::Ingress),
            "AWS::EC2::SecurityGroupEgress" => Self::Rule(Direction::Egress),
            "AWS::EC2::NetworkAclEntry" => Self::Entry,
            "AWS::EC2::SubnetNetworkAclAssociation" => Self::AclAssociation,
            "AWS::AutoScaling::ScalingPolicy" => Self::ScalingPolicy,
            "AWS::IAM::Policy" | "AWS::IAM::RolePolicy" => Self::RolePolicy,
            _ => return None,
        })
    }
}

/// The entries of an ACL in both directions, with their places.
type Entries = [Vec<(AclEntry, Place)>; 2];

/// The resources so far.
#[derive(Default)]
pub(super) struct Assembly<'t> {
    resources: Vec<Placed<Resource>>,
    /// Whose they are, in the same order.
    owners: Vec<Owner<'t>>,
    at: HashMap<ResourceId, usize>,
    /// Security groups that do not say themselves what may go out, in the order of the template.
    silent: Vec<ResourceId>,
    /// Security groups that something beside them says what may go out of.
    told: HashSet<ResourceId>,
    entries: HashMap<ResourceId, Entries>,
}

impl<'t> Assembly<'t> {
    pub(super) fn add(&mut self, read: Read, owner: Owner<'t>) {
        let id = read.resource.id().clone();
        if !read.says_egress {
            self.silent.push(id.clone());
        }
        self.at.insert(id, self.resources.len());
        self.owners.push(owner);
        self.resources.push(Placed {
            resource: read.resource,
            place: owner.place.clone(),
            parts: read.parts,
        });
    }

    /// Adds what stands beside a resource to it.
    pub(super) fn extend(&mut self, addition: Addition, of: &mut Properties<'_, '_>) -> Result<()> {
        match addition {
            Addition::Rule(direction) => self.rule(direction, of),
            Addition::Entry => self.entry(of),
            Addition::AclAssociation => {
                let subnet = of.need("SubnetId", Context::term)?;
                let acl = of.need("NetworkAclId", Context::term)?;
                match &mut self.target(of, &acl, Kind::NetworkAcl)?.resource {
                    Resource::NetworkAcl(acl) => acl.subnets.push(subnet),
                    other => return Err(mismatch(of, other)),
                }
                Ok(())
            }
            Addition::ScalingPolicy => {
                let (group, load) = compute::scaling_policy(of)?;
                match &mut self.target(of, &group, Kind::AutoScalingGroup)?.resource {
                    Resource::AutoScalingGroup(group) if group.target_cpu == 0 => {
                        group.target_cpu = load;
                        Ok(())
                    }
                    _ => Err(of.missing("a group has a place for one policy")),
                }
            }
            Addition::RolePolicy => self.role_policy(of),
        }
    }

    fn rule(&mut self, direction: Direction, of: &mut Properties<'_, '_>) -> Result<()> {
        let group = of.need("GroupId", Context::term)?;
        let rule = filter::rule(direction, of)?;
        let place = of.owner.place.clone();
        let target = self.target(of, &group, Kind::SecurityGroup)?;
        let Resource::SecurityGroup(group) = &mut target.resource else {
            return Err(mismatch(of, &target.resource));
        };
        let rules = match direction {
            Direction::Ingress => &mut group.ingress,
            Direction::Egress => &mut group.egress,
        };
        let id = group.id.clone();
        if let Some(rule) = rule {
            target.parts.push((direction.part(rules.len()), place));
            rules.push(rule);
        }
        if direction == Direction::Egress {
            self.told.insert(id);
        }
        Ok(())
    }

    fn entry(&mut self, of: &mut Properties<'_, '_>) -> Result<()> {
        let acl = of.need("NetworkAclId", Context::term)?;
        let (direction, entry) = filter::entry(of)?;
        let id = self
            .target(of, &acl, Kind::NetworkAcl)?
            .resource
            .id()
            .clone();
        let [ingress, egress] = self.entries.entry(id).or_default();
        let entries = match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        entries.push((entry, of.owner.place.clone()));
        Ok(())
    }

    fn role_policy(&mut self, of: &mut Properties<'_, '_>) -> Result<()> {
        let (roles, (policy, places)) = access::policy_of_roles(of)?;
        for role in roles {
            let target = self.target(of, &role, Kind::Role)?;
            let Resource::Role(role) = &mut target.resource else {
                return Err(mismatch(of, &target.resource));
            };
            for (statement, place) in policy.statements.iter().zip(&places) {
                let part = Part::Statement(role.policy.statements.len());
                target.parts.push((part, place.clone()));
                role.policy.statements.push(statement.clone());
            }
        }
        Ok(())
    }

    /// The resource that a term names.
    fn target(
        &mut self,
        of: &Properties<'_, '_>,
        term: &Term,
        kind: Kind,
    ) -> Result<&mut Placed<Resource>> {
        let id = match term {
            Term::Attribute(id, _) if id.kind == crate::cloud::Kind::Aws(kind) => id,
            _ => return Err(of.missing("what it belongs to is not in this template")),
        };
        let found = self.at.get(id).and_then(|at| self.resources.get_mut(*at));
        found.ok_or_else(|| of.missing("what it belongs to is not read"))
    }

    /// Puts everything into its place, and tells what is found wrong only now.
    pub(super) fn finish(mut self) -> (Vec<Placed<Resource>>, Vec<Unknown>) {
        // https://github.com/aws/aws-cdk/issues/3355: the documentation has said both.
        const AMBIGUOUS: &str = "rules for what goes out stand beside it only, and it is not documented whether AWS \
                                 then adds its own";
        let mut wrong = Vec::new();
        for id in std::mem::take(&mut self.silent) {
            if let Some(&at) = self.at.get(&id) {
                self.open_egress(at);
                if self.told.contains(&id) {
                    wrong.push((at, AMBIGUOUS));
                }
            }
        }
        for (id, entries) in std::mem::take(&mut self.entries) {
            if let Some(&at) = self.at.get(&id)
                && self.put_entries(at, entries)
            {
                wrong.push((at, "two entries of one direction have the same number"));
            }
        }
        wrong.sort_unstable();
        let unknown = wrong.into_iter().filter_map(|(at, why)| {
            let owner = self.owners.get(at)?;
            Some(Unknown {
                name: owner.name.into(),
                what: owner.type_name.into(),
                why: why.into(),
                place: owner.place.clone(),
            })
        });
        (self.resources, unknown.collect())
    }

    fn open_egress(&mut self, at: usize) {
        if let Some(target) = self.resources.get_mut(at)
            && let Resource::SecurityGroup(group) = &mut target.resource
        {
            for rule in filter::added_by_aws() {
                target
                    .parts
                    .push((Part::Egress(group.egress.len()), target.place.clone()));
                group.egress.push(rule);
            }
        }
    }

    /// The entries by their numbers; whether two are the same.
    fn put_entries(&mut self, at: usize, entries: Entries) -> bool {
        let mut twice = false;
        let Some(target) = self.resources.get_mut(at) else {
            return twice;
        };
        let Resource::NetworkAcl(acl) = &mut target.resource else {
            return twice;
        };
        for (direction, mut entries) in [Direction::Ingress, Direction::Egress]
            .into_iter()
            .zip(entries)
        {
            entries.sort_by_key(|(entry, _)| entry.number);
            twice |= entries
                .windows(2)
                .any(|pair| matches!(pair, [(one, _), (other, _)] if one.number == other.number));
            let list = match direction {
                Direction::Ingress => &mut acl.ingress,
                Direction::Egress => &mut acl.egress,
            };
            for (entry, place) in entries {
                target.parts.push((direction.part(list.len()), place));
                list.push(entry);
            }
        }
        twice
    }
}

fn mismatch(of: &Properties<'_, '_>, found: &Resource) -> Fault {
    of.missing(&format!("it does not belong to `{}`", found.id().name()))
}
