//! Roles and users: what they may do, and what takes a role on.

use std::sync::Arc;

use super::model::{self, Guarded, Identity, Model, Standing};
use super::rule::{Actions, Rule, Whom};
use super::value::Value;
use crate::cloud::aws::{Decision, LaunchTemplate, Resource, Role, User};
use crate::cloud::{ResourceId, Term, Unknown};
use crate::reach::grant::Thing;
use crate::reach::matrix::PeerKind;

/// The one policy of AWS whose meaning cannot change:
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html>.
const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Adds a role, and what its trust guards.
pub(super) fn role(model: &mut Model<'_>, at: usize, role: &Role) {
    let mut rules = model.policy(&role.policy, at);
    rules.extend(managed(model, at, &role.managed));
    let arn = model.naming.arn(&role.id);
    let trust = role.trust.statements.iter();
    let trust = trust.map(|statement| Rule::of(statement, &model.naming, (at, None)));
    let trust = trust.collect();
    model.guarded.push(Guarded {
        thing: model::thing(PeerKind::Role, &role.id),
        arn: arn.clone(),
        rules: trust,
        standing: Standing::NeedThePolicy,
        closed_to_the_public: false,
    });
    add(model, at, (&role.id, arn), rules, role.boundary.as_ref());
}

/// Adds a user with what its groups give it.
pub(super) fn user(model: &mut Model<'_>, at: usize, user: &User) {
    let mut rules = model.policy(&user.policy, at);
    rules.extend(managed(model, at, &user.managed));
    let groups: Vec<_> = user
        .groups
        .iter()
        .map(|name| model.naming.value(name))
        .collect();
    for (at, placed) in model.resources.iter().enumerate() {
        let Resource::UserGroup(group) = &placed.resource else {
            continue;
        };
        if groups.contains(&model.naming.id(&group.id)) {
            rules.extend(model.policy(&group.policy, at));
            rules.extend(managed(model, at, &group.managed));
        }
    }
    let arn = model.naming.arn(&user.id);
    add(model, at, (&user.id, arn), rules, user.boundary.as_ref());
}

fn add(
    model: &mut Model<'_>,
    at: usize,
    (id, arn): (&ResourceId, Value),
    rules: Vec<Rule>,
    boundary: Option<&Term>,
) {
    let boundary = boundary.and_then(|arn| {
        let arn = model.naming.value(arn);
        policy_of(model, &arn)
    });
    model.identities.push(Identity {
        at,
        id: id.clone(),
        arn,
        rules,
        boundary,
        holders: Vec::new(),
    });
}

/// The rules of policies that have ARNs. What one says that stands elsewhere is not known.
fn managed(model: &mut Model<'_>, at: usize, arns: &[Term]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for arn in arns {
        let arn = model.naming.value(arn);
        if arn.as_text() == Some(EVERYTHING) {
            rules.push(everything(at));
        } else if let Some(found) = policy_of(model, &arn) {
            rules.extend(found);
        } else if let Some(placed) = model.resources.get(at) {
            let name = arn.to_plain();
            model.unknown.push(Unknown {
                name: placed.place.text().to_owned(),
                what: "a managed policy".to_owned(),
                why: format!("the policy `{name}` stands elsewhere"),
                place: placed.place.clone(),
            });
        }
    }
    rules
}

fn policy_of(model: &Model<'_>, arn: &Value) -> Option<Vec<Rule>> {
    let mut all = model.resources.iter().enumerate();
    all.find_map(|(at, placed)| match &placed.resource {
        Resource::ManagedPolicy(it) if model.naming.arn(&it.id) == *arn => {
            Some(model.policy(&it.policy, at))
        }
        _ => None,
    })
}

fn everything(at: usize) -> Rule {
    Rule {
        effect: Decision::Allow,
        whom: Whom::Holder,
        actions: Actions::these(&["*"]),
        resources: None,
        tests: Vec::new(),
        number: 0,
        resource: at,
        part: None,
    }
}

/// Who takes on a role: functions and flow logs by themselves, instances by the profile of their launch template.
pub(super) fn hold(model: &mut Model<'_>, resource: &Resource) {
    match resource {
        Resource::Function(function) => {
            let holder = model::thing(PeerKind::Function, &function.id);
            give(model, &function.role, holder, "lambda.amazonaws.com");
        }
        Resource::InstanceProfile(profile) => {
            let templates = model
                .resources
                .iter()
                .filter_map(|placed| match &placed.resource {
                    Resource::LaunchTemplate(it) if uses(it, &profile.id) => Some(&it.id),
                    _ => None,
                });
            let tier = |id| model::thing(PeerKind::Tier, id);
            let mut users: Vec<_> = templates.map(tier).collect();
            if users.is_empty() {
                // Whose instances will have it, the template does not say.
                users.push(model::thing(PeerKind::Role, &profile.id));
            }
            for holder in users {
                give(model, &profile.role, holder, "ec2.amazonaws.com");
            }
        }
        Resource::FlowLog(log) => {
            let holder = model::thing(PeerKind::Log, &log.id);
            give(model, &log.role, holder, "vpc-flow-logs.amazonaws.com");
        }
        _ => {}
    }
}

fn give(model: &mut Model<'_>, role: &Term, holder: Arc<Thing>, service: &'static str) {
    let at = model.identity(&model.naming.value(role));
    if let Some(role) = at.and_then(|at| model.identities.get_mut(at)) {
        role.holders.push((holder, service));
    }
}

/// Whether a launch template names an instance profile, by its ARN or by its name.
pub(super) fn uses(template: &LaunchTemplate, profile: &ResourceId) -> bool {
    matches!(&template.profile, Some(Term::Attribute(id, _)) if id == profile)
}
