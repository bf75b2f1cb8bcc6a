//! Statements that AWS refuses: of a policy that is never made, nobody can say what it lets anybody do.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::world::World;
use crate::cloud::aws::{Policy, Resource, Statement};
use crate::cloud::{Part, Unknown};

/// What a policy belongs to, which decides on what its statements must say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A role or a user: who asks is known, and a statement says on what.
    Identity,
    /// A bucket, an endpoint and the like: a statement says who and on what.
    Thing,
    /// A role, as far as it says who may take it on: a statement says who, and nothing else is meant.
    Trust,
}

/// Every statement that AWS refuses, in the order of the template.
pub(super) fn refused(world: &World<'_>) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    for (at, resource) in world.resources() {
        for (policy, owner) in policies(resource) {
            for (number, statement) in policy.statements.iter().enumerate() {
                let Some(mut found) =
                    fault(statement, owner).and_then(|why| world.unknown(at, why))
                else {
                    continue;
                };
                if let (Some(placed), true) = (world.items.get(at), owner != Owner::Trust) {
                    found.place = placed.place_of(Some(Part::Statement(number))).clone();
                }
                unknown.push(found);
            }
        }
    }
    unknown
}

fn policies(resource: &Resource) -> Vec<(&Policy, Owner)> {
    match resource {
        Resource::Role(it) => vec![(&it.trust, Owner::Trust), (&it.policy, Owner::Identity)],
        Resource::User(it) => vec![(&it.policy, Owner::Identity)],
        Resource::UserGroup(it) => vec![(&it.policy, Owner::Identity)],
        Resource::ManagedPolicy(it) => vec![(&it.policy, Owner::Identity)],
        Resource::BucketPolicy(it) => vec![(&it.policy, Owner::Thing)],
        Resource::TopicPolicy(it) => vec![(&it.policy, Owner::Thing)],
        Resource::QueuePolicy(it) => vec![(&it.policy, Owner::Thing)],
        Resource::VpcEndpoint(it) => vec![(&it.policy, Owner::Thing)],
        Resource::Key(it) => vec![(&it.policy, Owner::Thing)],
        _ => Vec::new(),
    }
}

/// What is wrong with a statement.
fn fault(statement: &Statement, owner: Owner) -> Option<&'static str> {
    let says_on_what = !statement.resources.named().is_empty();
    match (owner, statement.principal.is_some()) {
        (Owner::Identity, true) => {
            Some("a statement of it says who, which AWS takes only from what has a policy")
        }
        (Owner::Thing | Owner::Trust, false) => {
            Some("a statement of it does not say who, and AWS takes none without")
        }
        (Owner::Identity | Owner::Thing, _) if !says_on_what => {
            Some("a statement of it does not say on what, and AWS takes none without")
        }
        (Owner::Trust, _) if says_on_what => {
            Some("a statement of it says on what, which AWS takes only from other policies")
        }
        _ => None,
    }
}
