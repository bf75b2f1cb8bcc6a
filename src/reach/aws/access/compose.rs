//! What several permissions come to together: an event that starts a function, an instance that is launched, an object that
//! is archived, a message that is delivered.

use super::case::{Asker, Case};
use super::identity;
use super::model::{self, Identity, Model};
use super::rule::Rule;
use super::value::Value;
use super::verb::Verb;
use super::who;
use super::{region, spot, trigger};
use crate::cloud::aws::{LaunchTemplate, Resource, Subscriber};
use crate::cloud::{Placed, ResourceId, Term};
use crate::plan::Action;
use crate::reach::grant::{Basis, Deed, Demand, Given, Grant, Target, Who};
use crate::reach::matrix::{PeerKind, Reason};

/// Adds to the grants what they come to together.
pub(super) fn compose(grants: &mut Vec<Grant>, model: &Model<'_>) {
    let all = model.resources;
    archive(grants, all);
    trigger::triggered(grants, model);
    let mut more = Vec::new();
    for (at, placed) in all.iter().enumerate() {
        match &placed.resource {
            Resource::LaunchTemplate(template) => {
                more.extend(launches(grants, model, template, all));
            }
            Resource::Subscription(it) => {
                let topic = model.naming.value(&it.topic);
                let topic = model.guarded.iter().find(|known| known.arn == topic);
                let from = topic.map(|topic| Who::Thing(topic.thing.clone()));
                more.extend(from.map(|from| Grant {
                    from,
                    origins: Vec::new(),
                    to: Target::Outside(address(&it.subscriber)),
                    action: Some(Action::SnsDeliver),
                    verb: "sns:Subscribe".to_owned(),
                    deed: Deed::Deliver,
                    demands: protocol(&it.subscriber).into_iter().collect(),
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

/// Whether a role trusts somebody, under whatever conditions.
pub(super) fn may_become(model: &Model<'_>, role: &Identity, who: &who::Who) -> bool {
    let guarded = model.guarded.iter().find(|known| known.arn == role.arn);
    let case = Verb::named(&"sts:AssumeRole".into()).and_then(|verb| {
        let about = |rule: &Rule| (rule.actions.has(&verb.lower), who.is_meant_by(&rule.whom));
        let case = Case::new(Asker::new(who, None), &verb, guarded, &[], about)?;
        Some(!region::allowed(&case).is_empty())
    });
    case.unwrap_or_default()
}

/// Tagging is archiving where it can do nothing but set the tag that the bucket's lifecycle looks for.
fn archive(grants: &mut [Grant], all: &[Placed<Resource>]) {
    for grant in grants {
        let bucket = grant.to.thing().map(|thing| &thing.id);
        let archive = all.iter().find_map(|placed| match &placed.resource {
            Resource::Bucket(it) if Some(&it.id) == bucket => it.archive.as_ref(),
            _ => None,
        });
        let puts = matches!(
            grant.verb.as_str(),
            "s3:PutObjectTagging" | "s3:PutObjectVersionTagging"
        );
        let Some(archive) = archive.filter(|_| puts) else {
            continue;
        };
        let key = format!("s3:requestobjecttag/{}", archive.key).to_lowercase();
        let value = Given::Value(Term::Text(archive.value.clone()));
        let only =
            |demand: &Demand| demand.key == key && demand.values == std::slice::from_ref(&value);
        if grant.demands.iter().any(only) {
            grant.action = Some(Action::S3Archive);
        }
    }
}

/// Who may launch an instance from a template: whoever may use everything that it takes.
fn launches(
    grants: &[Grant],
    model: &Model<'_>,
    template: &LaunchTemplate,
    all: &[Placed<Resource>],
) -> Vec<Grant> {
    let own = model.naming.launch_template(template).to_term();
    let needed: Vec<_> = spot::launched(&model.naming, template)
        .iter()
        .map(Value::to_term)
        .collect();
    let with_template = |grant: &&Grant| {
        grant.verb == "ec2:RunInstances"
            && grant.demands.iter().all(|demand| {
                demand.key != "ec2:launchtemplate"
                    || demand.values.contains(&Given::Value(own.clone()))
            })
    };
    let role = role_of(model, template, all);
    let of_template = grants.iter().filter(with_template);
    let users = of_template.filter(|grant| *grant.to.name() == own);
    users
        .filter_map(|user| {
            let mine = |grant: &&Grant| grant.from == user.from && grant.basis == Basis::Granted;
            let mut parts: Vec<&Grant> = Vec::new();
            for name in &needed {
                let runs = grants.iter().filter(with_template).filter(mine);
                parts.push(runs.into_iter().find(|grant| grant.to.name() == name)?);
            }
            if let Some(role) = &role {
                let passes = grants.iter().filter(mine);
                let mut passes = passes.filter(|grant| grant.verb == "iam:PassRole");
                parts.push(
                    passes.find(|grant| grant.to.thing().is_some_and(|thing| thing.id == *role))?,
                );
            }
            let is_subnet = |grant: &&Grant| super::plain(grant.to.name()).contains(":subnet/");
            let mut subnets = grants.iter().filter(with_template).filter(mine);
            parts.push(subnets.find(is_subnet)?);
            Some(launch(user, template, &parts))
        })
        .collect()
}

fn launch(user: &Grant, template: &LaunchTemplate, parts: &[&Grant]) -> Grant {
    let mut reasons: Vec<Reason> = Vec::new();
    for reason in parts.iter().flat_map(|part| &part.reasons) {
        let known = |other: &Reason| (other.resource, other.part) == (reason.resource, reason.part);
        if !reasons.iter().any(known) {
            reasons.push(reason.clone());
        }
    }
    let thing = model::thing(PeerKind::Tier, &template.id);
    Grant {
        from: user.from.clone(),
        origins: Vec::new(),
        to: Target::Thing(thing, user.to.name().clone()),
        action: Some(Action::Ec2Launch),
        verb: "ec2:RunInstances".to_owned(),
        deed: Deed::Launch,
        demands: Vec::new(),
        basis: Basis::Granted,
        certain: parts.iter().all(|part| part.certain),
        reasons,
    }
}

/// The role that instances of a template take on.
fn role_of(
    model: &Model<'_>,
    template: &LaunchTemplate,
    all: &[Placed<Resource>],
) -> Option<ResourceId> {
    let profile = all.iter().find_map(|placed| match &placed.resource {
        Resource::InstanceProfile(profile) if identity::uses(template, &profile.id) => {
            Some(profile)
        }
        _ => None,
    })?;
    let named = model.naming.value(&profile.role);
    let role = model
        .identity(&named)
        .and_then(|at| model.identities.get(at));
    role.map(|role| role.id.clone())
}

fn whole(resource: usize) -> Reason {
    Reason {
        resource,
        part: None,
        packets: None,
    }
}
