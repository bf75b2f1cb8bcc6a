//! The resources and the actions of which it is asked who may do what: one of each that a statement tells apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::model::{self, Model};
use super::naming;
use super::rule::{Actions, Rule, Scope};
use super::tri::Tri;
use super::value::Value;
use super::verb::{Field, Verb};
use crate::cloud::aws::Resource;
use crate::reach::grant::Thing;

/// A resource of which it is asked who may do what to it.
pub(super) struct Spot {
    /// Its ARN. What nobody names in it stands for anything.
    pub(super) arn: Value,
    /// The position of what guards it with a policy of its own.
    pub(super) guarded: Option<usize>,
    /// What it belongs to in the template.
    pub(super) thing: Option<Thing>,
    /// The services whose actions statements name together with it.
    services: BTreeSet<String>,
}

/// Everything of which it is asked.
pub(super) struct Spots {
    pub(super) all: Vec<Spot>,
    verbs: Vec<Verb>,
    /// The positions of the actions that make sense on each resource.
    sensible: Vec<Vec<usize>>,
    /// Whether a rule, by its number, is about an action, by its position.
    actions: Vec<Vec<Tri>>,
    /// Whether a rule, by its number, is about a resource, by its position.
    resources: Vec<Vec<Tri>>,
}

impl Spots {
    pub(super) fn of(model: &Model<'_>) -> Self {
        let mut found: BTreeMap<Value, BTreeSet<String>> = BTreeMap::new();
        for guarded in &model.guarded {
            found.entry(guarded.arn.clone()).or_default();
            if guarded.thing.kind == crate::reach::matrix::PeerKind::Bucket {
                let objects = guarded.arn.clone().then("/*").specimen();
                found.entry(objects).or_default();
            }
        }
        let mut verbs: BTreeSet<Verb> = Verb::table().collect();
        for rule in model.rules() {
            let services = services(rule);
            verbs.extend(rule.actions.written.named().iter().filter_map(Verb::named));
            verbs.extend(services.iter().map(|service| Verb::any_of(service)));
            let named = rule.resources.iter().flat_map(Scope::named).cloned();
            // What is about everything but something is about what nobody names.
            let others = matches!(rule.resources, Some(Scope::AllBut(_))).then(|| "*".into());
            for pattern in named.chain(others) {
                for arn in specimens(&pattern, &services) {
                    found.entry(arn).or_default().extend(services.clone());
                }
            }
        }
        for placed in model.resources {
            if let Resource::LaunchTemplate(template) = &placed.resource {
                for arn in launched(&model.naming, template) {
                    found.entry(arn).or_default();
                }
            }
        }
        let all = found.into_iter().map(|(arn, services)| {
            let guarded = model.guarded.iter().position(|it| it.arn.holds_arn(&arn));
            let by_policy = guarded.and_then(|at| model.guarded.get(at));
            let by_name = || {
                let id = model::id_in(&arn, model.resources)?;
                Some(model::thing(model::kind_of(id), id))
            };
            Spot {
                guarded,
                thing: by_policy.map(|it| it.thing.clone()).or_else(by_name),
                arn,
                services,
            }
        });
        let all: Vec<_> = all.collect();
        let verbs: Vec<_> = verbs.into_iter().collect();
        let kinds: Vec<_> = verbs.iter().map(Verb::kind).collect();
        let sensible = all.iter().map(|spot| {
            let of = Field::of(&spot.arn);
            let fits = kinds.iter().enumerate().filter(|(_, kind)| match &of {
                Some(field) => kind.is_for(field),
                None => spot.services.contains(kind.service),
            });
            fits.map(|(at, _)| at).collect()
        });
        let lower: Vec<_> = verbs.iter().map(|verb| verb.name.lower()).collect();
        // Many statements name the same actions.
        let mut known: HashMap<&Actions, Vec<Tri>> = HashMap::new();
        let actions = model.rules().map(|rule| {
            let about = || {
                lower
                    .iter()
                    .map(|verb| rule.is_about_action(verb))
                    .collect()
            };
            known.entry(&rule.actions).or_insert_with(about).clone()
        });
        let resources = model.rules().map(|rule| {
            let about = all.iter().map(|spot| rule.is_about_resource(&spot.arn));
            about.collect()
        });
        Self {
            actions: actions.collect(),
            resources: resources.collect(),
            sensible: sensible.collect(),
            all,
            verbs,
        }
    }

    /// Whether a rule is about the action and the resource at these positions.
    pub(super) fn is_about(&self, rule: &Rule, spot: usize, verb: usize) -> Tri {
        let at = |table: &[Vec<Tri>], position: usize| {
            let row = table.get(rule.number);
            row.and_then(|row| row.get(position).copied())
                .unwrap_or(Tri::Maybe)
        };
        at(&self.actions, verb).and(at(&self.resources, spot))
    }

    /// The actions that make sense on the resource at a position, with their positions.
    pub(super) fn verbs_of(&self, spot: usize) -> impl Iterator<Item = (usize, &Verb)> {
        let of_spot = self.sensible.get(spot).into_iter().flatten();
        of_spot.filter_map(|&at| Some((at, self.verbs.get(at)?)))
    }
}

/// The services of a statement's actions.
fn services(rule: &Rule) -> BTreeSet<String> {
    let named = rule.actions.written.named().iter().filter_map(Verb::named);
    let mut services: BTreeSet<_> = named.map(|verb| verb.service).collect();
    let all = matches!(rule.actions.written, Scope::AllBut(_))
        || rule
            .actions
            .written
            .named()
            .iter()
            .any(|it| it.as_text() == Some("*"));
    if all {
        services.extend(Verb::table().map(|verb| verb.service));
    }
    services
}

/// One resource for which a pattern stands, or one of each service where it stands for everything.
fn specimens(pattern: &Value, services: &BTreeSet<String>) -> Vec<Value> {
    let parts = pattern.split_colons(6);
    let service = parts.get(2).and_then(Value::as_text);
    let named = service.is_some_and(|service| !service.contains(['*', '?']));
    if named || pattern.as_symbol().is_some() {
        return vec![pattern.specimen()];
    }
    let mut all = Vec::new();
    for service in services {
        let head = Value::from("arn:aws:").then(service);
        if service == "s3" {
            all.push(head.clone().then(":::*").specimen());
            all.push(head.then(":::*/*").specimen());
        } else {
            all.push(head.then(":*").specimen());
        }
    }
    all
}

/// What is made or used when an instance is launched from a template:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-actions-as-permissions>.
pub(super) fn launched(
    naming: &naming::Naming<'_>,
    template: &crate::cloud::aws::LaunchTemplate,
) -> Vec<Value> {
    let made = ["instance", "network-interface", "volume"];
    let made = made.map(|kind| naming.ec2(kind, &"*".into()).specimen());
    let groups = template
        .groups
        .iter()
        .map(|group| naming.ec2("security-group", group));
    let image = super::naming::of_region("ec2").then(":image/*").specimen();
    let mut all = vec![naming.launch_template(template), image];
    all.extend(made);
    all.extend(groups);
    all
}
