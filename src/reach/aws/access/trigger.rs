//! What starts what by itself: events of buckets, and subscriptions to topics. A service does it in their name, when the
//! policy of what is started lets that service do it for them.

use std::sync::Arc;

use super::model::{self, Model};
use super::value::Value;
use crate::cloud::aws::{Event, EventRule, Resource, Subscriber};
use crate::cloud::{ResourceId, Term};
use crate::reach::grant::{Given, Grant, Thing, Who};
use crate::reach::matrix::{PeerKind, Reason};

/// Something that starts something else.
struct Trigger {
    /// The service that asks.
    service: &'static str,
    /// In whose name.
    source: Given,
    /// What it is in the end that starts it.
    from: Arc<Thing>,
    /// What is started.
    target: Term,
    /// The position of the resource that says so.
    at: usize,
}

impl Trigger {
    /// Whether a grant lets the service start what is started.
    fn is_let(&self, grant: &Grant) -> bool {
        let is_service = |name: &Term| matches!(name, Term::Text(name) if name == self.service);
        matches!(&grant.from, Who::Service(name) if is_service(name))
            && *grant.to.name() == self.target
    }
}

/// Puts buckets and topics in the place of the services that ask in their names.
pub(super) fn triggered(grants: &mut Vec<Grant>, model: &Model<'_>) {
    let triggers = triggers(model);
    let mut found = Vec::new();
    for grant in grants.iter() {
        for trigger in triggers.iter().filter(|trigger| trigger.is_let(grant)) {
            if by_source(grant, &trigger.source) {
                let mut started = grant.clone();
                started.from = Who::Thing(Arc::clone(&trigger.from));
                started.demands.clear();
                started.reasons.push(Reason {
                    resource: trigger.at,
                    part: None,
                    packets: None,
                });
                found.push(started);
            }
        }
    }
    // What a trigger accounts for is no grant to the service; what is left is.
    for trigger in &triggers {
        let of_service = grants.iter_mut().filter(|grant| trigger.is_let(grant));
        for demand in of_service.flat_map(|grant| &mut grant.demands) {
            if demand.key == SOURCE {
                let values = &mut Arc::make_mut(demand).values;
                values.retain(|value| *value != trigger.source);
            }
        }
    }
    grants.retain(|grant| grant.demands.iter().all(|demand| !demand.values.is_empty()));
    grants.extend(found);
}

const SOURCE: &str = "aws:sourcearn";

fn given(source: &Value) -> Given {
    Given::Value(source.to_term())
}

/// Whether a request in the name of `source` is among those that a grant lets happen.
fn by_source(grant: &Grant, source: &Given) -> bool {
    let mut demands = grant.demands.iter();
    demands.all(|demand| demand.key != SOURCE || demand.values.contains(source))
}

fn triggers(model: &Model<'_>) -> Vec<Trigger> {
    let mut all = Vec::new();
    for (at, placed) in model.resources.iter().enumerate() {
        match &placed.resource {
            Resource::EventRule(rule) => all.extend(of_rule(model, rule, at)),
            Resource::Bucket(bucket) => {
                let created = bucket.notifications.iter();
                let created = created.filter(|it| it.event.starts_with("s3:ObjectCreated:"));
                all.extend(created.map(|it| Trigger {
                    service: "s3.amazonaws.com",
                    source: given(&model.naming.arn(&bucket.id)),
                    from: model::thing(PeerKind::Bucket, &bucket.id),
                    target: model.naming.value(&it.target).to_term(),
                    at,
                }));
            }
            Resource::Subscription(it) => {
                let topic = model.naming.value(&it.topic);
                let from = model.guarded.iter().find(|known| known.arn == topic);
                let (Subscriber::Function(target) | Subscriber::Queue(target), Some(from)) =
                    (&it.subscriber, from)
                else {
                    continue;
                };
                all.push(Trigger {
                    service: "sns.amazonaws.com",
                    source: given(&topic),
                    from: Arc::clone(&from.thing),
                    target: model.naming.value(target).to_term(),
                    at,
                });
            }
            _ => {}
        }
    }
    all
}

/// A rule leads from the buckets of the template that it is about and that tell `EventBridge` of their objects.
fn of_rule(model: &Model<'_>, rule: &EventRule, at: usize) -> Vec<Trigger> {
    let Event::Bucket {
        source,
        detail_type,
        bucket,
    } = &rule.event
    else {
        return Vec::new();
    };
    if source != "aws.s3" || detail_type != "Object Created" {
        return Vec::new();
    }
    let targets: Vec<_> = std::iter::once(&rule.target)
        .chain(&rule.more_targets)
        .map(|target| model.naming.value(target).to_term())
        .collect();
    let from = telling(model, bucket.as_ref());
    from.flat_map(|from| {
        targets.iter().map(move |target| Trigger {
            service: "events.amazonaws.com",
            source: given(&model.naming.arn(&rule.id)),
            from: model::thing(PeerKind::Bucket, from),
            target: target.clone(),
            at,
        })
    })
    .collect()
}

/// The buckets that tell `EventBridge`: the one of a name, or all of them.
fn telling<'a>(
    model: &'a Model<'_>,
    name: Option<&Term>,
) -> impl Iterator<Item = &'a ResourceId> + use<'a> {
    let name = name.map(|name| model.naming.value(name));
    let buckets = model.resources.iter();
    buckets.filter_map(move |placed| match &placed.resource {
        Resource::Bucket(it) if it.events => {
            let own = || model.naming.id(&it.id);
            name.as_ref()
                .is_none_or(|name| *name == own())
                .then_some(&it.id)
        }
        _ => None,
    })
}
