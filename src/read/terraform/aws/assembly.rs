//! Puts resources together from what a configuration writes apart: rules beside their group, parts beside their bucket.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};
use sha2::{Digest, Sha256};

use super::bucket::BucketPart;
use super::{access, compute, filter, service};
use crate::cloud::aws::{AclEntry, Direction, Kind, Policy, Resource, Rule, SecurityGroupRule};
use crate::cloud::{Asset, Resource as _, ResourceId, Term};
use crate::diag::Place;
use crate::read::terraform::context::{Context, Fault, Result};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::{self, Instance, Value};
use crate::read::{Part, Placed};

/// A resource as one block of the configuration says it.
pub(super) struct Read {
    pub(super) resource: Resource,
    pub(super) parts: Vec<(Part, Place)>,
    /// Entries of an ACL.
    pub(super) entries: Vec<(Direction, AclEntry, Place)>,
    /// Resources of ours that the block says as well.
    pub(super) beside: Vec<(Resource, Place)>,
}

impl<R: Into<Resource>> From<R> for Read {
    fn from(resource: R) -> Self {
        Self {
            resource: resource.into(),
            parts: Vec::new(),
            entries: Vec::new(),
            beside: Vec::new(),
        }
    }
}

impl Read {
    /// With what the same block makes besides.
    pub(super) fn beside<R: Into<Resource>>(
        mut self,
        beside: impl IntoIterator<Item = R>,
        place: &Place,
    ) -> Self {
        let beside = beside.into_iter().map(|it| (it.into(), place.clone()));
        self.beside.extend(beside);
        self
    }

    /// With the places of the statements of its policy.
    pub(super) fn statements(mut self, places: Vec<Place>) -> Self {
        let places = places.into_iter().enumerate();
        self.parts
            .extend(places.map(|(at, place)| (Part::Statement(at), place)));
        self
    }
}

/// A script or an archive: the path of its file, or what identifies its text.
pub(super) fn asset(value: &Value) -> Asset {
    let path = match &value.kind {
        tree::Kind::File(path) => Some(path.as_str().to_owned()),
        tree::Kind::Text(path) if path.starts_with(FILES) => Some(path.as_str().to_owned()),
        _ => None,
    };
    let path = path.map_or_else(
        || {
            let text = value
                .written()
                .unwrap_or_else(|| format!("{:?}", value.kind).into());
            let digest = base16ct::lower::encode_string(&Sha256::digest(text.as_bytes()));
            format!("sha256:{digest}")
        },
        |path| path.strip_prefix(FILES).unwrap_or(&path).to_owned(),
    );
    Asset { path }
}

/// Where files lie that go out beside a configuration.
const FILES: &str = "${path.module}/functions/";

/// A type that adds to another resource.
#[derive(Clone, Copy)]
pub(super) enum Addition {
    Rule(Direction),
    Rules,
    Entry,
    AclAssociation,
    ScalingPolicy,
    Policy,
    Attachment,
    Membership,
    EventTarget,
    EndpointTable,
    InterfaceGroup,
    Bucket(BucketPart),
}

impl Addition {
    pub(super) fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "aws_vpc_security_group_ingress_rule" => Self::Rule(Direction::Ingress),
            "aws_vpc_security_group_egress_rule" => Self::Rule(Direction::Egress),
            "aws_security_group_rule" => Self::Rules,
            "aws_network_acl_rule" => Self::Entry,
            "aws_network_acl_association" => Self::AclAssociation,
            "aws_autoscaling_policy" => Self::ScalingPolicy,
            "aws_iam_role_policy" | "aws_iam_user_policy" | "aws_iam_group_policy" => Self::Policy,
            "aws_iam_role_policy_attachment"
            | "aws_iam_user_policy_attachment"
            | "aws_iam_group_policy_attachment"
            | "aws_iam_policy_attachment" => Self::Attachment,
            "aws_iam_user_group_membership" | "aws_iam_group_membership" => Self::Membership,
            "aws_vpc_endpoint_route_table_association" => Self::EndpointTable,
            "aws_network_interface_sg_attachment" => Self::InterfaceGroup,
            "aws_cloudwatch_event_target" => Self::EventTarget,
            other => Self::Bucket(BucketPart::of(other)?),
        })
    }
}

/// The resources so far.
#[derive(Default)]
pub(super) struct Assembly<'t> {
    pub(super) resources: Vec<Placed<Resource>>,
    /// Whose they are, in the same order.
    pub(super) owners: Vec<Option<&'t Instance>>,
    at: HashMap<ResourceId, usize>,
    /// Entries of ACLs, which stand in the order of their numbers in the end.
    pub(super) entries: Vec<(usize, Direction, AclEntry, Place)>,
    /// The parts of buckets that were met.
    met: BTreeSet<(usize, BucketPart)>,
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

    pub(super) fn add(&mut self, read: Read, owner: &'t Instance) {
        let at = self.resources.len();
        let entries = read.entries.into_iter();
        self.entries
            .extend(entries.map(|(direction, entry, place)| (at, direction, entry, place)));
        self.put(read.resource, owner.place.clone(), read.parts, Some(owner));
        for (resource, place) in read.beside {
            self.put(resource, place, Vec::new(), None);
        }
    }

    fn put(
        &mut self,
        resource: Resource,
        place: Place,
        parts: Vec<(Part, Place)>,
        owner: Option<&'t Instance>,
    ) {
        self.at.insert(resource.id().clone(), self.resources.len());
        self.owners.push(owner);
        self.resources.push(Placed {
            resource,
            place,
            parts,
        });
    }

    /// Adds what stands beside a resource to it.
    pub(super) fn extend(&mut self, addition: Addition, of: &mut Properties<'_, '_>) -> Result<()> {
        match addition {
            Addition::Rule(direction) => {
                let (group, rule) = filter::rule_beside(direction, of)?;
                self.rules(of, &group, direction, vec![rule])
            }
            Addition::Rules => {
                let (group, direction, rules) = filter::rules_beside(of)?;
                self.rules(of, &group, direction, rules)
            }
            Addition::Entry => {
                let (acl, direction, entry) = filter::entry_beside(of)?;
                let at = self.position(of, &acl, Kind::NetworkAcl)?;
                let place = of.owner.place.clone();
                self.entries.push((at, direction, entry, place));
                Ok(())
            }
            Addition::AclAssociation => {
                let subnet = of.need("subnet_id", Context::term)?;
                let acl = of.need("network_acl_id", Context::term)?;
                match &mut self.target(of, &acl, Kind::NetworkAcl)?.resource {
                    Resource::NetworkAcl(acl) => acl.subnets.push(subnet),
                    other => return Err(mismatch(of, other)),
                }
                Ok(())
            }
            Addition::ScalingPolicy => {
                if let Some((group, load)) = compute::scaling_policy(of)
                    && let Ok(target) = self.target(of, &group, Kind::AutoScalingGroup)
                    && let Resource::AutoScalingGroup(group) = &mut target.resource
                {
                    group.target_cpu = load;
                }
                Ok(())
            }
            Addition::Policy => self.policy(of),
            Addition::Attachment => {
                let (arn, names) = access::attachment(of)?;
                for name in names {
                    self.who(of, &name)?.managed.push(arn.clone());
                }
                Ok(())
            }
            Addition::Membership => self.membership(of),
            Addition::EndpointTable => {
                let table = of.need("route_table_id", Context::term)?;
                let endpoint = of.need("vpc_endpoint_id", Context::term)?;
                match &mut self.target(of, &endpoint, Kind::VpcEndpoint)?.resource {
                    Resource::VpcEndpoint(endpoint) => endpoint.tables.push(table),
                    other => return Err(mismatch(of, other)),
                }
                Ok(())
            }
            Addition::InterfaceGroup => {
                let group = of.need("security_group_id", Context::term)?;
                let interface = of.need("network_interface_id", Context::term)?;
                match &mut self.target(of, &interface, Kind::Interface)?.resource {
                    Resource::Interface(interface) => {
                        interface.groups.get_or_insert_default().push(group);
                    }
                    other => return Err(mismatch(of, other)),
                }
                Ok(())
            }
            Addition::EventTarget => self.event_target(of),
            Addition::Bucket(part) => {
                let bucket = of.need("bucket", Context::term)?;
                let at = self.position(of, &bucket, Kind::Bucket)?;
                if !self.met.insert((at, part)) {
                    return Err(of.missing("a bucket has a place for one of these"));
                }
                match &mut self.target(of, &bucket, Kind::Bucket)?.resource {
                    Resource::Bucket(bucket) => part.read(of, bucket),
                    other => Err(mismatch(of, other)),
                }
            }
        }
    }

    fn rules(
        &mut self,
        of: &Properties<'_, '_>,
        group: &Term,
        direction: Direction,
        rules: Vec<Rule>,
    ) -> Result<()> {
        let Ok(target) = self.target(of, group, Kind::SecurityGroup) else {
            self.elsewhere(of, group, direction, rules);
            return Ok(());
        };
        let Resource::SecurityGroup(group) = &mut target.resource else {
            return Err(mismatch(of, &target.resource));
        };
        let all = match direction {
            Direction::Ingress => &mut group.ingress,
            Direction::Egress => &mut group.egress,
        };
        for rule in rules {
            let place = of.owner.place.clone();
            target
                .parts
                .push((filter::part(direction, all.len()), place));
            all.push(rule);
        }
        Ok(())
    }

    /// Rules of a group that is not in this configuration, or that a VPC makes by itself.
    fn elsewhere(
        &mut self,
        of: &Properties<'_, '_>,
        group: &Term,
        direction: Direction,
        rules: Vec<Rule>,
    ) {
        let Some(own) = of.context.id(of.owner).cloned() else {
            return;
        };
        for (at, rule) in rules.into_iter().enumerate() {
            let id = if at == 0 {
                own.clone()
            } else {
                own.child(own.kind, at.to_string())
            };
            let rule = SecurityGroupRule {
                id,
                group: group.clone(),
                direction,
                rule,
            };
            self.put(rule.into(), of.owner.place.clone(), Vec::new(), None);
        }
    }

    /// Whom a name means: a role, a user or a group of users.
    fn who(&mut self, of: &Properties<'_, '_>, name: &Term) -> Result<Who<'_>> {
        let at = match name {
            Term::Attribute(id, _) => self.at.get(id).copied(),
            _ => None,
        };
        let found = at.and_then(|at| self.resources.get_mut(at));
        let elsewhere = || of.missing("whom it is given to is not in this configuration");
        let Placed {
            resource, parts, ..
        } = found.ok_or_else(elsewhere)?;
        let (policy, managed, groups) = match resource {
            Resource::Role(role) => (&mut role.policy, &mut role.managed, None),
            Resource::User(user) => (&mut user.policy, &mut user.managed, Some(&mut user.groups)),
            Resource::UserGroup(group) => (&mut group.policy, &mut group.managed, None),
            other => return Err(mismatch(of, other)),
        };
        Ok(Who {
            policy,
            managed,
            groups,
            parts,
        })
    }

    fn policy(&mut self, of: &mut Properties<'_, '_>) -> Result<()> {
        let (whom, (policy, places)) = access::policy_beside(of)?;
        let who = self.who(of, &whom)?;
        for (statement, place) in policy.statements.into_iter().zip(places) {
            let part = Part::Statement(who.policy.statements.len());
            who.parts.push((part, place));
            who.policy.statements.push(statement);
        }
        Ok(())
    }

    fn membership(&mut self, of: &mut Properties<'_, '_>) -> Result<()> {
        let (users, groups) = access::membership(of)?;
        for user in users {
            match self.who(of, &user)?.groups {
                Some(own) => own.extend(groups.iter().cloned()),
                None => return Err(of.missing("only users are in groups")),
            }
        }
        Ok(())
    }

    fn event_target(&mut self, of: &mut Properties<'_, '_>) -> Result<()> {
        let (rule, target, name) = service::event_target(of)?;
        let nothing = Term::EMPTY;
        match &mut self.target(of, &rule, Kind::EventRule)?.resource {
            Resource::EventRule(rule) if rule.target == nothing => {
                rule.target = target;
                rule.target_name = name;
                Ok(())
            }
            Resource::EventRule(rule) => {
                rule.more_targets.push(target);
                Ok(())
            }
            other => Err(mismatch(of, other)),
        }
    }

    /// The position of the resource that a term names.
    fn position(&self, of: &Properties<'_, '_>, term: &Term, kind: Kind) -> Result<usize> {
        let id = match term {
            Term::Attribute(id, _) if id.kind == crate::cloud::Kind::Aws(kind) => id,
            _ => return Err(of.missing("what it belongs to is not in this configuration")),
        };
        let found = self.at.get(id).copied();
        found.ok_or_else(|| of.missing("what it belongs to is not read"))
    }

    fn target(
        &mut self,
        of: &Properties<'_, '_>,
        term: &Term,
        kind: Kind,
    ) -> Result<&mut Placed<Resource>> {
        let at = self.position(of, term, kind)?;
        let found = self.resources.get_mut(at);
        found.ok_or_else(|| of.missing("what it belongs to is not read"))
    }
}

/// One whom policies are given to, by the parts that they change.
struct Who<'r> {
    policy: &'r mut Policy,
    managed: &'r mut Vec<Term>,
    groups: Option<&'r mut Vec<Term>>,
    parts: &'r mut Vec<(Part, Place)>,
}

fn mismatch(of: &Properties<'_, '_>, found: &Resource) -> Fault {
    of.missing(&format!("it does not belong to `{}`", found.id().name()))
}
