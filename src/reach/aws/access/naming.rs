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
                Resource::Bucket(bucket) if bucket.name != Term::EMPTY => {
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
        let mut value = Value::with_room(match term {
            Term::Join(parts) => parts.len(),
            // Most are ARNs, which make room for themselves.
            Term::Attribute(..) => 0,
            _ => 1,
        });
        self.push(&mut value, term, MAX_DEPTH);
        value
    }

    /// The value of a resource's ARN.
    pub(super) fn arn(&self, id: &ResourceId) -> Value {
        self.attribute(id, Attribute::Arn)
    }

    /// The value of a resource's id.
    pub(super) fn id(&self, id: &ResourceId) -> Value {
        self.attribute(id, Attribute::Id)
    }

    fn attribute(&self, id: &ResourceId, attribute: Attribute) -> Value {
        let mut value = Value::default();
        self.push_attribute(&mut value, id, attribute, MAX_DEPTH - 1);
        value
    }

    fn push(&self, value: &mut Value, term: &Term, depth: usize) {
        match term {
            Term::Text(text) => value.push_policy(text),
            Term::Join(parts) if depth > 0 => {
                for part in parts {
                    self.push(value, part, depth - 1);
                }
            }
            Term::Environment(Environment::Partition) => value.push_text("aws"),
            Term::Attribute(id, attribute) if depth > 0 => {
                self.push_attribute(value, id, *attribute, depth - 1);
            }
            symbol => value.push_symbol(symbol.clone()),
        }
    }

    /// A property of a resource. The forms of ARNs:
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    fn push_attribute(
        &self,
        value: &mut Value,
        id: &ResourceId,
        attribute: Attribute,
        depth: usize,
    ) {
        let crate::cloud::Kind::Aws(kind) = id.kind else {
            return value.push_symbol(id.attribute(attribute));
        };
        let global = |value, service, before| push_account(value, service, false, before);
        let regional = |value, service, before| push_account(value, service, true, before);
        match (kind, attribute) {
            (Kind::Bucket, Attribute::Arn) => value.push_text("arn:aws:s3:::"),
            (Kind::Role, Attribute::Arn) => global(value, "iam", "role/"),
            (Kind::InstanceProfile, Attribute::Arn) => global(value, "iam", "instance-profile/"),
            (Kind::User, Attribute::Arn) => global(value, "iam", "user/"),
            (Kind::ManagedPolicy, Attribute::Arn | Attribute::Id) => {
                global(value, "iam", "policy/");
            }
            (Kind::Function, Attribute::Arn) => regional(value, "lambda", "function:"),
            (Kind::Topic, Attribute::Arn | Attribute::Id) => regional(value, "sns", ""),
            (Kind::Queue, Attribute::Arn) => regional(value, "sqs", ""),
            (Kind::EventRule, Attribute::Arn) => regional(value, "events", "rule/"),
            (Kind::LogGroup, Attribute::Arn) => regional(value, "logs", "log-group:"),
            (Kind::Key, Attribute::Arn) => {
                regional(value, "kms", "key/");
                return value.push_symbol(id.id());
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
            | (Kind::Topic | Kind::Queue, Attribute::Name) => {}
            _ => return value.push_symbol(id.attribute(attribute)),
        }
        // What all the others end with.
        match self.buckets.get(id) {
            Some(name) => self.push(value, name, depth),
            None => value.push_symbol(id.attribute(Attribute::Name)),
        }
    }

    /// The ARN of something in EC2 of this account and region.
    pub(super) fn ec2(&self, kind: &str, id: &Term) -> Value {
        let mut arn = Value::default();
        push_account(&mut arn, "ec2", true, kind);
        arn.push_text("/");
        self.push(&mut arn, id, MAX_DEPTH);
        arn
    }

    /// The same of a resource of the template.
    pub(super) fn ec2_of(&self, kind: &str, id: &ResourceId) -> Value {
        let mut arn = Value::default();
        push_account(&mut arn, "ec2", true, kind);
        arn.push_text("/");
        self.push_attribute(&mut arn, id, Attribute::Id, MAX_DEPTH - 1);
        arn
    }

    /// The ARN of a launch template.
    pub(super) fn launch_template(&self, template: &aws::LaunchTemplate) -> Value {
        self.ec2_of("launch-template", &template.id)
    }
}

/// The ARN of something of a kind in EC2 of this account and region that nobody names.
pub(super) fn any_of_ec2(kind: &str) -> Value {
    let mut arn = Value::default();
    push_account(&mut arn, "ec2", true, kind);
    arn.push_text("/");
    arn.into_specimen().join(Value::other())
}

/// The beginning of an ARN in this account.
pub(super) fn of_account(service: &str, regional: bool) -> Value {
    let mut head = Value::default();
    push_account(&mut head, service, regional, "");
    head
}

/// Puts the beginning of an ARN in this account behind a value, up to `before` what it names.
fn push_account(value: &mut Value, service: &str, regional: bool, before: &str) {
    // Two symbols, the text around them, and mostly a name behind that.
    value.reserve(6);
    if regional {
        value.push_texts(&["arn:aws:", service, ":"]);
        value.push_symbol(Term::Environment(Environment::Region));
        value.push_text(":");
    } else {
        value.push_texts(&["arn:aws:", service, "::"]);
    }
    value.push_symbol(Term::Environment(Environment::AccountId));
    value.push_texts(&[":", before]);
}

/// The account's own number.
pub(super) fn account() -> Value {
    Value::symbol(Term::Environment(Environment::AccountId))
}

/// Whether a value is the account's own number.
pub(super) fn is_account(value: &Value) -> bool {
    value.as_symbol() == Some(&Term::Environment(Environment::AccountId))
}

/// The beginning of an ARN in this region and in no account.
pub(super) fn of_region(service: &str) -> Value {
    let head = Value::from("arn:aws:").then(service).then(":");
    let region = Value::symbol(Term::Environment(Environment::Region));
    head.join(region).then(":")
}
