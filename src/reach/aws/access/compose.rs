//! What several permissions come to together: an event that starts a function, an instance that is launched, an object that
//! is archived, a message that is delivered.

use super::judge::Case;
use super::model::{self, Identity, Model};
use super::region;
use super::spot;
use super::value::Value;
use super::verb::Verb;
use super::who::Who as Asker;
use crate::cloud::aws::{EventRule, LaunchTemplate, Resource};
use crate::cloud::{Placed, ResourceId, Term};
use crate::plan::Action;
use crate::reach::grant::{Basis, Deed, Given, Grant, Target, Who};
use crate::reach::matrix::{PeerKind, Reason};

/// Adds to the grants what they come to together.
pub(super) fn compose(grants: &mut Vec<Grant>, model: &Model<'_>, all: &[Placed<Resource>]) {
    archive(grants, all);
    events(grants, model, all);
    let mut more = Vec::new();
    for (at, placed) in all.iter().enumerate() {
        match &placed.resource {
            Resource::LaunchTemplate(template) => {
                more.extend(launches(grants, model, template, all))
            }
            Resource::Subscription(it) => {
                let topic = model.naming.value(&it.topic);
                let topic = model.guarded.iter().find(|known| known.arn == topic);
                let from = topic.map(|topic| Who::Thing(topic.thing.clone()));
                more.extend(from.map(|from| Grant {
                    from,
                    origins: Vec::new(),
                    to: Target::Outside(it.email.clone()),
                    action: Some(Action::SnsDeliver),
                    verb: "sns:Subscribe".to_owned(),
                    deed: Deed::Deliver,
                    demands: Vec::new(),
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

/// Whether a role trusts somebody, under whatever conditions.
pub(super) fn may_become(model: &Model<'_>, role: &Identity, who: &Asker) -> bool {
    let verb = Verb::named(&"sts:AssumeRole".into());
    let guarded = model.guarded.iter().find(|known| known.arn == role.arn);
    let case = verb.as_ref().and_then(|verb| {
        let case = Case::new(who, None, verb, &role.arn, guarded, &[])?;
        Some(!region::allowed(&case, who).is_empty())
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
        let only = |demand: &crate::reach::grant::Demand| {
            demand.key == key && demand.values == std::slice::from_ref(&value)
        };
        if grant.demands.iter().any(only) {
            grant.action = Some(Action::S3Archive);
        }
    }
}

/// Puts the bucket in the place of the service that tells of it, where the rule leads from a bucket of the template that
/// tells of its objects to the function that may be started by it.
fn events(grants: &mut Vec<Grant>, model: &Model<'_>, all: &[Placed<Resource>]) {
    const SOURCE: &str = "aws:sourcearn";
    let mut found = Vec::new();
    for grant in grants.iter_mut() {
        let is_bridge =
            matches!(&grant.from, Who::Service(Term::Text(name)) if name == "events.amazonaws.com");
        if !is_bridge || grant.deed != Deed::Invoke {
            continue;
        }
        let position = grant.demands.iter().position(|demand| demand.key == SOURCE);
        let Some(mut sources) = position.map(|at| grant.demands.remove(at)) else {
            continue;
        };
        let mut rest = Vec::new();
        for source in sources.values {
            let known = all.iter().enumerate().find_map(|(at, placed)| {
                let Resource::EventRule(rule) = &placed.resource else {
                    return None;
                };
                let arn = model.naming.value(&rule.id.arn()).to_term();
                let same = source == Given::Value(arn);
                let from = same
                    .then(|| bucket_of(model, rule, &grant.to, all))
                    .flatten();
                from.map(|from| (at, from))
            });
            match known {
                Some(known) => found.push((grant.clone(), known)),
                None => rest.push(source),
            }
        }
        sources.values = rest;
        grant.demands.push(sources);
    }
    grants.retain(|grant| grant.demands.iter().all(|demand| !demand.values.is_empty()));
    grants.extend(found.into_iter().map(|(mut grant, (at, from))| {
        grant.from = from;
        grant.demands.clear();
        grant.reasons.push(whole(at));
        grant
    }));
}

/// The bucket whose events a rule gives to a function.
fn bucket_of(
    model: &Model<'_>,
    rule: &EventRule,
    to: &Target,
    all: &[Placed<Resource>],
) -> Option<Who> {
    let leads = model.naming.value(&rule.target).to_term() == *to.name();
    let of_objects = rule.source == "aws.s3" && rule.detail_type == "Object Created";
    let named = model.naming.value(&rule.bucket);
    let bucket = all.iter().find_map(|placed| match &placed.resource {
        Resource::Bucket(it) if it.events && model.naming.value(&it.id.id()) == named => Some(it),
        _ => None,
    });
    bucket
        .filter(|_| leads && of_objects)
        .map(|bucket| Who::Thing(model::thing(PeerKind::Bucket, &bucket.id)))
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
        Resource::InstanceProfile(profile) if model::uses(template, &profile.id) => Some(profile),
        _ => None,
    })?;
    let named = model.naming.value(&profile.role);
    let mut roles = model.roles.iter();
    let role = roles.find(|role| role.arn == named || model.naming.value(&role.id.id()) == named);
    role.map(|role| role.id.clone())
}

fn whole(resource: usize) -> Reason {
    Reason {
        resource,
        part: None,
        packets: None,
    }
}
