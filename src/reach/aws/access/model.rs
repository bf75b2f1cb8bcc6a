//! What of the resources matters for permissions: roles and who holds them, what has a policy of its own, endpoints.

use super::condition::{How, Missing, Operator, Test};
use super::naming::Naming;
use super::rule::{Named, Rule, Scope, Whom};
use super::value::Value;
use super::verb::Verb;
use crate::cloud::aws::{Decision, Kind, LaunchTemplate, Permission, Policy, Resource, Role};
use crate::cloud::{Part, Placed, Resource as _, ResourceId};
use crate::reach::grant::Thing;
use crate::reach::matrix::PeerKind;

/// The parts of a template that permissions are made of.
pub(super) struct Model<'a> {
    pub(super) naming: Naming<'a>,
    pub(super) roles: Vec<Identity>,
    pub(super) guarded: Vec<Guarded>,
    pub(super) endpoints: Vec<Endpoint>,
}

/// A role.
pub(super) struct Identity {
    /// Its position among the resources.
    pub(super) at: usize,
    pub(super) id: ResourceId,
    pub(super) arn: Value,
    /// What it may do.
    pub(super) rules: Vec<Rule>,
    /// What takes it on, and the service that must be trusted for that.
    pub(super) holders: Vec<(Thing, &'static str)>,
}

/// Something that a policy of its own may guard.
pub(super) struct Guarded {
    pub(super) thing: Thing,
    pub(super) arn: Value,
    pub(super) rules: Vec<Rule>,
    pub(super) standing: Standing,
    /// Whether a policy that opens it to the public counts for the account and for services only:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
    pub(super) closed_to_the_public: bool,
}

impl Guarded {
    /// Whether its policy is asked about an action. The trust of a role says who may become it, and not who may hand it on
    /// or change it.
    pub(super) fn guards(&self, verb: &Verb) -> bool {
        self.thing.kind != PeerKind::Role || verb.service == "sts"
    }
}

/// What the account's own policies can do where a resource has one too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// They suffice, unless the resource's own policy refuses.
    Suffice,
    /// They suffice, and the resource's own policy can refuse nothing.
    SufficeAlways,
    /// The resource's own policy must let the account or the principal in:
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html>.
    NeedThePolicy,
}

/// A way to a service that has a policy.
pub(super) struct Endpoint {
    pub(super) id: ResourceId,
    /// The service, as in `s3`.
    pub(super) service: String,
    pub(super) value: Value,
    pub(super) vpc: Value,
    pub(super) rules: Vec<Rule>,
}

impl<'a> Model<'a> {
    pub(super) fn of(resources: &'a [Placed<Resource>]) -> Self {
        let naming = Naming::of(resources);
        let mut model = Self {
            naming,
            roles: Vec::new(),
            guarded: Vec::new(),
            endpoints: Vec::new(),
        };
        for (at, placed) in resources.iter().enumerate() {
            model.make(at, &placed.resource);
        }
        for (at, placed) in resources.iter().enumerate() {
            model.attach(at, &placed.resource);
        }
        for placed in resources {
            model.hold(&placed.resource, resources);
        }
        for guarded in &mut model.guarded {
            let is_bucket = guarded.thing.kind == PeerKind::Bucket;
            guarded.closed_to_the_public = is_bucket && guarded.rules.iter().any(is_public);
        }
        model
    }

    /// Every rule.
    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        let roles = self.roles.iter().flat_map(|role| &role.rules);
        let guarded = self.guarded.iter().flat_map(|guarded| &guarded.rules);
        let endpoints = self.endpoints.iter().flat_map(|endpoint| &endpoint.rules);
        roles.chain(guarded).chain(endpoints)
    }

    fn make(&mut self, at: usize, resource: &Resource) {
        match resource {
            Resource::Role(role) => self.role(at, role),
            Resource::Bucket(it) => self.guard(PeerKind::Bucket, &it.id, Standing::Suffice),
            Resource::Topic(it) => self.guard(PeerKind::Topic, &it.id, Standing::Suffice),
            Resource::Function(it) => {
                self.guard(PeerKind::Function, &it.id, Standing::SufficeAlways);
            }
            Resource::VpcEndpoint(endpoint) => {
                let service = self.naming.value(&endpoint.service).to_term();
                self.endpoints.push(Endpoint {
                    id: endpoint.id.clone(),
                    service: service_of(&service),
                    value: self.naming.value(&endpoint.id.id()),
                    vpc: self.naming.value(&endpoint.vpc),
                    rules: self.policy(&endpoint.policy, at),
                });
            }
            _ => {}
        }
    }

    fn policy(&self, policy: &Policy, at: usize) -> Vec<Rule> {
        let statements = policy.statements.iter().enumerate();
        statements
            .map(|(part, statement)| {
                Rule::of(statement, &self.naming, (at, Some(Part::Statement(part))))
            })
            .collect()
    }

    fn role(&mut self, at: usize, role: &Role) {
        let arn = self.naming.value(&role.id.arn());
        self.roles.push(Identity {
            at,
            id: role.id.clone(),
            arn: arn.clone(),
            rules: self.policy(&role.policy, at),
            holders: Vec::new(),
        });
        let trust = role.trust.statements.iter();
        let rules = trust
            .map(|statement| Rule::of(statement, &self.naming, (at, None)))
            .collect();
        self.guarded.push(Guarded {
            thing: thing(PeerKind::Role, &role.id),
            arn,
            rules,
            standing: Standing::NeedThePolicy,
            closed_to_the_public: false,
        });
    }

    fn guard(&mut self, kind: PeerKind, id: &ResourceId, standing: Standing) {
        self.guarded.push(Guarded {
            thing: thing(kind, id),
            arn: self.naming.value(&id.arn()),
            rules: Vec::new(),
            standing,
            closed_to_the_public: false,
        });
    }

    /// Puts the policies that stand beside resources where they belong. One that belongs to nothing in the template guards
    /// nothing in it.
    fn attach(&mut self, at: usize, resource: &Resource) {
        let (of, rules) = match resource {
            Resource::BucketPolicy(it) => {
                let arn = Value::from("arn:aws:s3:::").join(self.naming.value(&it.bucket));
                (arn, self.policy(&it.policy, at))
            }
            Resource::TopicPolicy(it) => {
                (self.naming.value(&it.topic), self.policy(&it.policy, at))
            }
            Resource::Permission(it) => {
                let arn = self.function(&self.naming.value(&it.function));
                let rule = self.permission(it, &arn, at);
                (arn, vec![rule])
            }
            _ => return,
        };
        if let Some(guarded) = self.guarded.iter_mut().find(|known| known.arn == of) {
            guarded.rules.extend(rules);
        }
    }

    /// A function's ARN. A permission may name a function by its name alone.
    fn function(&self, named: &Value) -> Value {
        let functions = self.guarded.iter();
        let by_name = functions
            .filter(|known| known.thing.kind == PeerKind::Function)
            .find(|known| self.naming.value(&known.thing.id.id()) == *named);
        by_name.map_or_else(|| named.clone(), |known| known.arn.clone())
    }

    /// A permission of a function is a statement of its policy:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.
    fn permission(&self, permission: &Permission, arn: &Value, at: usize) -> Rule {
        Rule {
            effect: Decision::Allow,
            whom: Whom::These(vec![Named::Service(permission.service.as_str().into())]),
            actions: Scope::These(vec!["lambda:InvokeFunction".into()]),
            resources: Some(Scope::These(vec![arn.clone()])),
            tests: vec![Test {
                operator: Some(Operator {
                    how: How::Arn,
                    negated: false,
                    missing: Missing::Decides,
                }),
                key: "aws:sourcearn".into(),
                values: vec![self.naming.value(&permission.source)],
            }],
            resource: at,
            part: None,
        }
    }

    /// Who takes on a role: functions by themselves, instances by the profile of their launch template.
    fn hold(&mut self, resource: &Resource, all: &[Placed<Resource>]) {
        match resource {
            Resource::Function(function) => {
                let role = self.naming.value(&function.role);
                let function = thing(PeerKind::Function, &function.id);
                self.give(&role, function, "lambda.amazonaws.com");
            }
            Resource::InstanceProfile(profile) => {
                let role = self.naming.value(&profile.role);
                let templates: Vec<_> = all.iter().filter_map(as_template).collect();
                let users = templates
                    .into_iter()
                    .filter(|template| uses(template, &profile.id));
                let users: Vec<_> = users
                    .map(|template| thing(PeerKind::Tier, &template.id))
                    .collect();
                if users.is_empty() {
                    let profile = thing(PeerKind::Tier, &profile.id);
                    self.give(&role, profile, "ec2.amazonaws.com");
                }
                for user in users {
                    self.give(&role, user, "ec2.amazonaws.com");
                }
            }
            Resource::FlowLog(log) => {
                let role = self.naming.value(&log.role);
                let log = thing(PeerKind::Log, &log.id);
                self.give(&role, log, "vpc-flow-logs.amazonaws.com");
            }
            _ => {}
        }
    }

    /// Gives a role, named by its ARN or by its name, to a holder whose service it trusts.
    fn give(&mut self, named: &Value, holder: Thing, service: &'static str) {
        let name = |role: &Identity| self.naming.value(&role.id.id());
        let is_named = |role: &Identity| role.arn == *named || name(role) == *named;
        let Some(at) = self.roles.iter().position(is_named) else {
            return;
        };
        if let Some(role) = self.roles.get_mut(at) {
            role.holders.push((holder, service));
        }
    }
}

/// A part of the template.
pub(super) fn thing(kind: PeerKind, id: &ResourceId) -> Thing {
    Thing {
        kind,
        id: id.clone(),
    }
}

/// What a resource is among peers.
pub(super) fn kind_of(id: &ResourceId) -> PeerKind {
    match id.kind {
        crate::cloud::Kind::Aws(Kind::Bucket) => PeerKind::Bucket,
        crate::cloud::Kind::Aws(Kind::Function) => PeerKind::Function,
        crate::cloud::Kind::Aws(Kind::Topic) => PeerKind::Topic,
        crate::cloud::Kind::Aws(Kind::Role) => PeerKind::Role,
        crate::cloud::Kind::Aws(Kind::LogGroup | Kind::FlowLog) => PeerKind::Log,
        crate::cloud::Kind::Aws(Kind::LaunchTemplate) => PeerKind::Tier,
        _ => PeerKind::Other,
    }
}

fn as_template(placed: &Placed<Resource>) -> Option<&LaunchTemplate> {
    match &placed.resource {
        Resource::LaunchTemplate(template) => Some(template),
        _ => None,
    }
}

/// Whether a launch template names an instance profile, by its ARN or by its name.
pub(super) fn uses(template: &LaunchTemplate, profile: &ResourceId) -> bool {
    matches!(&template.profile, Some(crate::cloud::Term::Attribute(id, _)) if id == profile)
}

/// `com.amazonaws.eu-west-1.s3` leads to `s3`.
fn service_of(name: &crate::cloud::Term) -> String {
    let last = match name {
        crate::cloud::Term::Text(text) => text.as_str(),
        crate::cloud::Term::Join(parts) => match parts.last() {
            Some(crate::cloud::Term::Text(text)) => text.as_str(),
            _ => "",
        },
        _ => "",
    };
    let name = last.rsplit('.').next().unwrap_or_default();
    name.to_owned()
}

/// Whether a statement opens something to the public, as S3 sees it: to everyone, and not only to fixed addresses, networks,
/// accounts or principals.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
fn is_public(rule: &Rule) -> bool {
    const FIXED: [&str; 10] = [
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
    ];
    let everyone = match &rule.whom {
        Whom::Everyone | Whom::AllBut(_) => true,
        Whom::These(named) => named
            .iter()
            .any(|named| matches!(named, Named::Aws(arn) if arn.as_text() == Some("*"))),
        Whom::Holder => false,
    };
    let fixes = |test: &Test| {
        let positive = test
            .operator
            .is_some_and(|operator| !operator.negated && operator.how != How::Null);
        let wide = |value: &Value| {
            value.as_text().is_some_and(|text| text.contains('*'))
                || value
                    .block()
                    .is_some_and(|block| block.prefix_len() < if block.is_v4() { 8 } else { 32 })
        };
        positive && FIXED.contains(&test.key.as_str()) && !test.values.iter().any(wide)
    };
    rule.effect == Decision::Allow && everyone && !rule.tests.iter().any(fixes)
}

/// The id of a resource, for symbols that stand for one.
pub(super) fn id_in<'r>(value: &Value, all: &'r [Placed<Resource>]) -> Option<&'r ResourceId> {
    value.symbols().find_map(|symbol| match symbol {
        crate::cloud::Term::Attribute(id, _) => all
            .iter()
            .map(|placed| placed.resource.id())
            .find(|known| *known == id),
        _ => None,
    })
}
