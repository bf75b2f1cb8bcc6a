//! What of the resources matters for permissions: roles and who holds them, what has a policy of its own, endpoints.

use std::rc::Rc;
use std::sync::Arc;

use super::naming::Naming;
use super::origin::Gate;
use super::rule::{Actions, Rule, Whom};
use super::value::Value;
use super::verb::Verb;
use super::{identity, public};
use crate::cloud::aws::{Decision, Kind, Policy, Resource};
use crate::cloud::{Part, Placed, Resource as _, ResourceId, Term, Unknown};
use crate::reach::grant::Thing;
use crate::reach::matrix::PeerKind;

/// The parts of a template that permissions are made of.
pub(super) struct Model<'a> {
    pub(super) resources: &'a [Placed<Resource>],
    pub(super) naming: Naming<'a>,
    pub(super) identities: Vec<Identity>,
    pub(super) guarded: Vec<Guarded>,
    pub(super) endpoints: Vec<Endpoint>,
    /// Policies that stand elsewhere.
    pub(super) unknown: Vec<Unknown>,
}

/// A role or a user.
pub(super) struct Identity {
    /// Its position among the resources.
    pub(super) at: usize,
    pub(super) id: ResourceId,
    pub(super) arn: Value,
    /// What it may do.
    pub(super) rules: Vec<Rule>,
    /// The most that it may do, where the template says so.
    pub(super) boundary: Option<Vec<Rule>>,
    /// What takes it on, and the service that must be trusted for that.
    pub(super) holders: Vec<(Arc<Thing>, &'static str)>,
}

/// Something that a policy of its own may guard.
pub(super) struct Guarded {
    pub(super) thing: Arc<Thing>,
    pub(super) arn: Value,
    pub(super) rules: Vec<Rule>,
    pub(super) standing: Standing,
    /// Whether a policy that opens it to the public counts for the account and for services only, and it is such a policy:
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
    pub(super) gate: Rc<Gate>,
    /// The service, as in `s3`.
    pub(super) service: String,
    pub(super) rules: Vec<Rule>,
}

impl<'a> Model<'a> {
    pub(super) fn of(resources: &'a [Placed<Resource>]) -> Self {
        let mut model = Self {
            resources,
            naming: Naming::of(resources),
            identities: Vec::new(),
            guarded: Vec::new(),
            endpoints: Vec::new(),
            unknown: Vec::new(),
        };
        for (at, placed) in resources.iter().enumerate() {
            model.make(at, &placed.resource);
        }
        for (at, placed) in resources.iter().enumerate() {
            model.attach(at, &placed.resource);
        }
        for placed in resources {
            identity::hold(&mut model, &placed.resource);
        }
        public::close(&mut model);
        for (number, rule) in model.rules_mut().enumerate() {
            rule.number = number;
        }
        model
    }

    /// Every rule.
    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        let identities = self
            .identities
            .iter()
            .flat_map(|it| it.rules.iter().chain(it.boundary.iter().flatten()));
        let guarded = self.guarded.iter().flat_map(|guarded| &guarded.rules);
        let endpoints = self.endpoints.iter().flat_map(|endpoint| &endpoint.rules);
        identities.chain(guarded).chain(endpoints)
    }

    fn rules_mut(&mut self) -> impl Iterator<Item = &mut Rule> {
        let identities = self.identities.iter_mut();
        let identities =
            identities.flat_map(|it| it.rules.iter_mut().chain(it.boundary.iter_mut().flatten()));
        let guarded = self.guarded.iter_mut();
        let guarded = guarded.flat_map(|guarded| &mut guarded.rules);
        let endpoints = self.endpoints.iter_mut();
        let endpoints = endpoints.flat_map(|endpoint| &mut endpoint.rules);
        identities.chain(guarded).chain(endpoints)
    }

    fn make(&mut self, at: usize, resource: &Resource) {
        match resource {
            Resource::Role(it) => identity::role(self, at, it),
            Resource::User(it) => identity::user(self, at, it),
            Resource::Bucket(it) => self.guard(PeerKind::Bucket, &it.id, Standing::Suffice),
            Resource::Topic(it) => self.guard(PeerKind::Topic, &it.id, Standing::Suffice),
            Resource::Queue(it) => self.guard(PeerKind::Queue, &it.id, Standing::Suffice),
            Resource::Function(it) => {
                self.guard(PeerKind::Function, &it.id, Standing::SufficeAlways);
            }
            Resource::Key(it) => {
                self.guard(PeerKind::Key, &it.id, Standing::NeedThePolicy);
                let rules = self.policy(&it.policy, at);
                self.add(&self.naming.arn(&it.id), rules);
            }
            Resource::VpcEndpoint(endpoint) => self.endpoints.push(Endpoint {
                gate: Rc::new(Gate {
                    id: endpoint.id.clone(),
                    value: self.naming.id(&endpoint.id),
                    vpc: self.naming.value(&endpoint.vpc),
                }),
                service: service_of(&endpoint.service),
                rules: self.policy(&endpoint.policy, at),
            }),
            _ => {}
        }
    }

    /// The rules of the policy of the resource at a position.
    pub(super) fn policy(&self, policy: &Policy, at: usize) -> Vec<Rule> {
        let statements = policy.statements.iter().enumerate();
        statements
            .map(|(part, statement)| {
                Rule::of(statement, &self.naming, (at, Some(Part::Statement(part))))
            })
            .collect()
    }

    fn guard(&mut self, kind: PeerKind, id: &ResourceId, standing: Standing) {
        self.guarded.push(Guarded {
            thing: thing(kind, id),
            arn: self.naming.arn(id),
            rules: Vec::new(),
            standing,
            closed_to_the_public: false,
        });
    }

    /// Puts the policies that stand beside resources where they belong. One that belongs to nothing in the template guards
    /// nothing in it.
    fn attach(&mut self, at: usize, resource: &Resource) {
        match resource {
            Resource::BucketPolicy(it) => {
                let arn = Value::from("arn:aws:s3:::").join(self.naming.value(&it.bucket));
                self.add(&arn, self.policy(&it.policy, at));
            }
            Resource::TopicPolicy(it) => {
                self.add(&self.naming.value(&it.topic), self.policy(&it.policy, at));
            }
            Resource::QueuePolicy(it) => {
                let arn = self.named(&self.naming.value(&it.queue));
                self.add(&arn, self.policy(&it.policy, at));
            }
            Resource::Permission(it) => {
                let arn = self.named(&self.naming.value(&it.function));
                let rule = Rule::of_permission(it, &arn, &self.naming, at);
                self.add(&arn, vec![rule]);
            }
            Resource::Bucket(it) => {
                let arn = self.naming.arn(&it.id);
                let rules = public::acl(it).map(|actions| Rule {
                    effect: Decision::Allow,
                    whom: Whom::Everyone,
                    actions: Actions::these(actions),
                    resources: None,
                    tests: Vec::new(),
                    number: 0,
                    resource: at,
                    part: None,
                });
                self.add(&arn, rules.into_iter().collect());
            }
            _ => {}
        }
    }

    fn add(&mut self, arn: &Value, rules: Vec<Rule>) {
        if let Some(guarded) = self.guarded.iter_mut().find(|known| known.arn == *arn) {
            guarded.rules.extend(rules);
        }
    }

    /// The ARN of what is named by its ARN, or by what `Ref` gives of it.
    fn named(&self, value: &Value) -> Value {
        let mut guarded = self.guarded.iter();
        let by_name = guarded.find(|known| self.naming.id(&known.thing.id) == *value);
        by_name.map_or_else(|| value.clone(), |known| known.arn.clone())
    }

    /// The identity of this ARN or name.
    pub(super) fn identity(&self, named: &Value) -> Option<usize> {
        self.identities
            .iter()
            .position(|it| it.arn == *named || self.naming.id(&it.id) == *named)
    }
}

/// A part of the template.
pub(super) fn thing(kind: PeerKind, id: &ResourceId) -> Arc<Thing> {
    Arc::new(Thing {
        kind,
        id: id.clone(),
    })
}

/// What a resource is among peers.
pub(super) fn kind_of(id: &ResourceId) -> PeerKind {
    let crate::cloud::Kind::Aws(kind) = id.kind else {
        return PeerKind::Other;
    };
    match kind {
        Kind::Bucket => PeerKind::Bucket,
        Kind::Function => PeerKind::Function,
        Kind::Topic => PeerKind::Topic,
        Kind::Queue => PeerKind::Queue,
        Kind::Key => PeerKind::Key,
        Kind::Role | Kind::User => PeerKind::Role,
        Kind::LogGroup | Kind::FlowLog => PeerKind::Log,
        Kind::LaunchTemplate => PeerKind::Tier,
        _ => PeerKind::Other,
    }
}

/// `com.amazonaws.eu-west-1.s3` leads to `s3`.
fn service_of(name: &Term) -> String {
    let last = match name {
        Term::Join(parts) => parts.last(),
        name => Some(name),
    };
    let Some(Term::Text(text)) = last else {
        return String::new();
    };
    text.rsplit('.').next().unwrap_or_default().to_owned()
}

/// The resource of the template that a value speaks of.
pub(super) fn id_in<'r>(value: &Value, all: &'r [Placed<Resource>]) -> Option<&'r ResourceId> {
    value.symbols().find_map(|symbol| {
        let Term::Attribute(id, _) = symbol else {
            return None;
        };
        let mut ids = all.iter().map(|placed| placed.resource.id());
        ids.find(|known| *known == id)
    })
}
