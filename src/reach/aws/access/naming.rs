//! From the terms of resources to values: what a template says of a name is used, so that the ARN of a bucket and a text
//! that spells it out are one value.

use std::collections::BTreeMap;

use super::value::Value;
use crate::cloud::aws::{self, Kind, Resource};
use crate::cloud::{Attribute, Environment, Placed, ResourceId, Term};

/// How deep names may be made of other names. No template of any use goes beyond two.
const MAX_DEPTH: usize = 8;

/// The names that resources have.
pub(super) struct Naming<'a> {
    /// What names of buckets are made of. A bucket that is given no name has a symbol for one.
    buckets: BTreeMap<&'a ResourceId, &'a Term>,
}

impl<'a> Naming<'a> {
    pub(super) fn of(resources: &'a [Placed<Resource>]) -> Self {
        let buckets = resources
            .iter()
            .filter_map(|placed| match &placed.resource {
                Resource::Bucket(bucket) if bucket.name != Term::Text(String::new()) => {
                    Some((&bucket.id, &bucket.name))
                }
                _ => None,
            });
        Self {
            buckets: buckets.collect(),
        }
    }

    /// The value of a term.
    pub(super) fn value(&self, term: &Term) -> Value {
        self.value_within(term, MAX_DEPTH)
    }

    fn value_within(&self, term: &Term, depth: usize) -> Value {
        match term {
            Term::Text(text) => Value::of_policy(text),
            Term::Join(parts) if depth > 0 => parts.iter().fold(Value::default(), |value, part| {
                value.join(self.value_within(part, depth - 1))
            }),
            Term::Environment(Environment::Partition) => "aws".into(),
            Term::Attribute(id, attribute) if depth > 0 => {
                self.attribute(id, *attribute, depth - 1)
            }
            symbol => Value::symbol(symbol.clone()),
        }
    }

    /// A property of a resource. The forms of ARNs:
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    fn attribute(&self, id: &ResourceId, attribute: Attribute, depth: usize) -> Value {
        let crate::cloud::Kind::Aws(kind) = id.kind else {
            return Value::symbol(id.attribute(attribute));
        };
        let name = || match self.buckets.get(id) {
            Some(name) => self.value_within(name, depth),
            None => Value::symbol(id.attribute(Attribute::Name)),
        };
        match (kind, attribute) {
            (Kind::Bucket, Attribute::Arn) => Value::from("arn:aws:s3:::").join(name()),
            (Kind::Role, Attribute::Arn) => of_account("iam", false).then("role/").join(name()),
            (Kind::InstanceProfile, Attribute::Arn) => of_account("iam", false)
                .then("instance-profile/")
                .join(name()),
            (Kind::Function, Attribute::Arn) => {
                of_account("lambda", true).then("function:").join(name())
            }
            (Kind::Topic, Attribute::Arn | Attribute::Id) => of_account("sns", true).join(name()),
            (Kind::User, Attribute::Arn) => of_account("iam", false).then("user/").join(name()),
            (Kind::Queue, Attribute::Arn) => of_account("sqs", true).join(name()),
            (Kind::Key, Attribute::Arn) => of_account("kms", true)
                .then("key/")
                .join(Value::symbol(id.id())),
            (Kind::ManagedPolicy, Attribute::Arn | Attribute::Id) => {
                of_account("iam", false).then("policy/").join(name())
            }
            (Kind::EventRule, Attribute::Arn) => {
                of_account("events", true).then("rule/").join(name())
            }
            (Kind::LogGroup, Attribute::Arn) => {
                of_account("logs", true).then("log-group:").join(name())
            }
            (
                Kind::Bucket
                | Kind::EventRule
                | Kind::Function
                | Kind::LogGroup
                | Kind::Role
                | Kind::User
                | Kind::UserGroup,
                Attribute::Id | Attribute::Name,
            )
            | (Kind::Topic | Kind::Queue, Attribute::Name) => name(),
            _ => Value::symbol(id.attribute(attribute)),
        }
    }

    /// The ARN of something in EC2 of this account and region.
    pub(super) fn ec2(&self, kind: &str, id: &Term) -> Value {
        of_account("ec2", true)
            .then(kind)
            .then("/")
            .join(self.value(id))
    }

    /// The ARN of a launch template.
    pub(super) fn launch_template(&self, template: &aws::LaunchTemplate) -> Value {
        self.ec2("launch-template", &template.id.id())
    }
}

/// The beginning of an ARN in this account.
pub(super) fn of_account(service: &str, regional: bool) -> Value {
    let head = Value::from("arn:aws:").then(service).then(":");
    let region = if regional {
        Value::symbol(Term::Environment(Environment::Region))
    } else {
        Value::default()
    };
    head.join(region)
        .then(":")
        .join(Value::symbol(Term::Environment(Environment::AccountId)))
        .then(":")
}

/// The account's own number.
pub(super) fn account() -> Value {
    Value::symbol(Term::Environment(Environment::AccountId))
}

/// The beginning of an ARN in this region and in no account.
pub(super) fn of_region(service: &str) -> Value {
    let head = Value::from("arn:aws:").then(service).then(":");
    let region = Value::symbol(Term::Environment(Environment::Region));
    head.join(region).then(":")
}
