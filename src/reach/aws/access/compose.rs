//! What several permissions come to together: an event that starts a function, an instance that is launched, an object that
//! is archived, a message that is delivered.

use std::sync::Arc;

use super::model::Model;
use super::spot::Spots;
use super::{launch, trigger};
use crate::cloud::aws::{Resource, Subscriber};
use crate::cloud::{Placed, Term};
use crate::plan::Action;
use crate::reach::grant::{Basis, Deed, Demand, Given, Grant, Target, Who};
use crate::reach::matrix::Reason;

/// Adds to the grants what they come to together.
pub(super) fn compose(grants: &mut Vec<Grant>, model: &Model<'_>, spots: &Spots<'_>) {
    let all = model.resources;
    archive(grants, all);
    trigger::triggered(grants, model);
    let mut more = Vec::new();
    for (at, placed) in all.iter().enumerate() {
        match &placed.resource {
            Resource::LaunchTemplate(template) => {
                more.extend(launch::launches(model, spots, template));
            }
            Resource::Subscription(it) => {
                let topic = model.naming.value(&it.topic);
                let topic = model.guarded.iter().find(|known| known.arn == topic);
                let from = topic.map(|topic| Who::Thing(Arc::clone(&topic.thing)));
                more.extend(from.map(|from| Grant {
                    from,
                    origins: Vec::new(),
                    to: Arc::new(Target::Outside(address(&it.subscriber))),
                    action: Some(Action::SnsDeliver),
                    verb: "sns:Subscribe".to_owned(),
                    deed: Deed::Deliver,
                    demands: protocol(&it.subscriber).map(Arc::new).into_iter().collect(),
                    basis: Basis::Granted,
                    certain: true,
                    reasons: vec![whole(at)],
                }));
            }
            _ => {}
        }
    }
    grants.extend(more);
}

/// Where messages go.
fn address(subscriber: &Subscriber) -> Term {
    match subscriber {
        Subscriber::Email(term)
        | Subscriber::Function(term)
        | Subscriber::Queue(term)
        | Subscriber::Other { endpoint: term, .. } => term.clone(),
    }
}

/// How messages go, where it is by no protocol that says by itself whom the address belongs to
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html#sns-policy-keys>).
fn protocol(subscriber: &Subscriber) -> Option<Demand> {
    match subscriber {
        Subscriber::Other { protocol, .. } => Some(Demand {
            key: "sns:protocol".to_owned(),
            values: vec![Given::Value(protocol.as_str().into())],
        }),
        _ => None,
    }
}

/// Tagging is archiving where it can do nothing but set the tag that the bucket's lifecycle looks for.
fn archive(grants: &mut [Grant], all: &[Placed<Resource>]) {
    let puts = |grant: &&mut Grant| {
        let verb = grant.verb.as_str();
        matches!(verb, "s3:PutObjectTagging" | "s3:PutObjectVersionTagging")
    };
    for grant in grants.iter_mut().filter(puts) {
        let bucket = grant.to.thing().map(|thing| &thing.id);
        let archive = all.iter().find_map(|placed| match &placed.resource {
            Resource::Bucket(it) if Some(&it.id) == bucket => it.archive.as_ref(),
            _ => None,
        });
        let Some(archive) = archive else {
            continue;
        };
        let key = format!("s3:requestobjecttag/{}", archive.key).to_lowercase();
        let value = Given::Value(Term::Text(archive.value.clone().into()));
        let only = |demand: &Arc<Demand>| {
            demand.key == key && demand.values == std::slice::from_ref(&value)
        };
        if grant.demands.iter().any(only) {
            grant.action = Some(Action::S3Archive);
        }
    }
}

fn whole(resource: usize) -> Reason {
    Reason {
        resource,
        part: None,
        packets: None,
    }
}
