//! The resources and the actions of which it is asked who may do what: one of each that a statement tells apart.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::model::{self, Model};
use super::naming;
use super::rule::{Actions, Rule, Scope};
use super::table::{self, Table, different};
use super::tri::Tri;
use super::value::{Section, Value};
use super::verb::{Field, Verb};
use crate::cloud::aws::Resource;
use crate::reach::grant::Thing;

/// Services by their names.
type Services = BTreeSet<Cow<'static, str>>;

/// A resource of which it is asked who may do what to it.
pub(super) struct Spot {
    /// Its ARN. What nobody names in it stands for anything.
    pub(super) arn: Value,
    /// The position of what guards it with a policy of its own.
    pub(super) guarded: Option<usize>,
    /// What it belongs to in the template.
    pub(super) thing: Option<Thing>,
    /// The position of the actions that make sense on it.
    sensible: usize,
}

/// Everything of which it is asked.
pub(super) struct Spots {
    pub(super) all: Vec<Spot>,
    verbs: Vec<Cow<'static, Verb>>,
    /// A number for each action: those with the same number are of one service, and the same rules are about them.
    alike: Vec<usize>,
    /// Actions that make sense together on some resource, by their positions.
    sensible: Vec<Vec<usize>>,
    /// Whether a rule is about an action, by its position.
    actions: Table,
    /// Whether a rule is about a resource, by its position.
    resources: Table,
}

impl Spots {
    pub(super) fn of(model: &Model<'_>) -> Self {
        let (row_of, lists) = different(model.rules().map(|rule| &rule.actions));
        let named: Vec<_> = lists.iter().map(|actions| named(actions)).collect();
        let services: Vec<_> = { lists.iter().zip(&named) }
            .map(|(actions, named)| services(actions, named))
            .collect();
        let verbs = verbs(named, &services);
        let rows = table::actions(&lists, &verbs);
        let alike = table::alike(&verbs, &rows);
        let (scope_of, scopes) = different(model.rules().map(|rule| &rule.resources));
        // Many statements name the same resources together with actions of the same services.
        let mut together: Vec<_> = scope_of.iter().zip(&row_of).collect();
        together.sort_unstable();
        together.dedup();
        let together = together.into_iter().filter_map(|(scope, row)| {
            let scope = scopes.get(*scope)?.as_ref()?;
            Some((scope, services.get(*row)?))
        });
        let arns = arns(model, together);
        let actions = Table::new(rows, row_of);
        let keys: Vec<_> = arns.keys().collect();
        let rows = scopes
            .iter()
            .map(|scope| table::resources(scope.as_ref(), &keys));
        let resources = Table::new(rows.collect(), scope_of);
        let mut sorts = Sorts::default();
        let sensible: Vec<_> = arns
            .iter()
            .map(|(arn, services)| sorts.position(arn, services, &verbs))
            .collect();
        let sensible_of_sort = sorts.verbs;
        let all = arns.into_keys().zip(sensible).map(|(arn, sensible)| {
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
                sensible,
            }
        });
        Self {
            all: all.collect(),
            alike,
            verbs,
            sensible: sensible_of_sort,
            actions,
            resources,
        }
    }

    /// Whether a rule is about the action and the resource at these positions.
    pub(super) fn is_about(&self, rule: &Rule, spot: usize, verb: usize) -> Tri {
        match self.actions.says(rule, verb) {
            Tri::No => Tri::No,
            so => so.and(self.has(rule, spot)),
        }
    }

    /// Whether a rule is about the resource at a position.
    pub(super) fn has(&self, rule: &Rule, spot: usize) -> Tri {
        self.resources.says(rule, spot)
    }

    /// The actions that make sense on a resource, each with its position and the number of those that are like it.
    pub(super) fn verbs_of(&self, spot: &Spot) -> impl Iterator<Item = (usize, usize, &Verb)> {
        let of_spot = self.sensible.get(spot.sensible).into_iter().flatten();
        of_spot.filter_map(|&at| Some((at, *self.alike.get(at)?, &**self.verbs.get(at)?)))
    }
}

/// Every action of which it is asked, in order: those of the table, those that statements name, and for each service of these
/// whatever else it has.
fn verbs(named: Vec<Vec<Cow<'static, Verb>>>, services: &[Services]) -> Vec<Cow<'static, Verb>> {
    let own = named.into_iter().flatten().filter_map(|verb| match verb {
        Cow::Borrowed(_) => None,
        Cow::Owned(verb) => Some(verb),
    });
    let services: BTreeSet<_> = services.iter().flatten().collect();
    let others = services.into_iter().map(|it| Verb::any_of(it));
    let own: BTreeSet<Verb> = own.chain(others).collect();
    let mut all: Vec<_> = Verb::table().iter().map(Cow::Borrowed).collect();
    all.extend(own.into_iter().map(Cow::Owned));
    all.sort();
    all
}

/// Every resource of which it is asked. One whose ARN says nothing of its service has the services whose actions statements
/// name together with it: `named` has what they name.
fn arns<'s>(
    model: &Model<'_>,
    named: impl Iterator<Item = (&'s Scope, &'s Services)>,
) -> BTreeMap<Value, Services> {
    let mut found: BTreeMap<Value, Services> = BTreeMap::new();
    for guarded in &model.guarded {
        found.entry(guarded.arn.clone()).or_default();
        if guarded.thing.kind == crate::reach::matrix::PeerKind::Bucket {
            let objects = guarded.arn.clone().then("/*").specimen();
            found.entry(objects).or_default();
        }
    }
    let mut add = |pattern: &Value, services: &Services| {
        for arn in specimens(pattern, services) {
            if arn.behind_colons(2).is_none() {
                let known = found.entry(arn.into_owned()).or_default();
                known.extend(services.iter().cloned());
            } else if !found.contains_key(&*arn) {
                found.insert(arn.into_owned(), Services::new());
            }
        }
    };
    for (scope, services) in named {
        scope.named().iter().for_each(|it| add(it, services));
        // What is about everything but something is about what nobody names.
        if matches!(scope, Scope::AllBut(_)) {
            add(&"*".into(), services);
        }
    }
    for placed in model.resources {
        if let Resource::LaunchTemplate(template) = &placed.resource {
            for arn in launched(&model.naming, template) {
                found.entry(arn).or_default();
            }
        }
    }
    found
}

/// The actions that make sense on resources of each sort.
#[derive(Default)]
struct Sorts<'a> {
    known: Vec<(Option<Field<'a>>, Option<&'a Services>)>,
    verbs: Vec<Vec<usize>>,
}

impl<'a> Sorts<'a> {
    /// The position of the actions that make sense on a resource: where its ARN does not say its service, those of the
    /// services with which statements name it.
    fn position(
        &mut self,
        arn: &'a Value,
        services: &'a Services,
        verbs: &[Cow<'static, Verb>],
    ) -> usize {
        let field = Field::of(arn);
        let services = field.is_none().then_some(services);
        let known = self.known.iter().position(|it| *it == (field, services));
        known.unwrap_or_else(|| {
            let fits = verbs.iter().enumerate().filter(|(_, verb)| match &field {
                Some(field) => verb.is_for(field),
                None => services.is_some_and(|services| services.contains(&verb.service)),
            });
            self.verbs.push(fits.map(|(at, _)| at).collect());
            self.known.push((field, services));
            self.known.len() - 1
        })
    }
}

/// The actions that a statement names, each for itself.
fn named(actions: &Actions) -> Vec<Cow<'static, Verb>> {
    let named = actions.written.named().iter();
    named.filter_map(Verb::named).collect()
}

/// The services of a statement's actions, of which it names these.
fn services(actions: &Actions, named: &[Cow<'static, Verb>]) -> Services {
    let mut services: Services = named.iter().map(|verb| verb.service.clone()).collect();
    let mut written = actions.written.named().iter();
    let all =
        matches!(actions.written, Scope::AllBut(_)) || written.any(|it| it.as_text() == Some("*"));
    if all {
        services.extend(Verb::table().iter().map(|verb| verb.service.clone()));
    }
    services
}

/// One resource for which a pattern stands, or one of each service where it stands for everything.
fn specimens<'v>(pattern: &'v Value, services: &Services) -> Vec<Cow<'v, Value>> {
    let service = pattern.behind_colons(2).and_then(Section::as_text);
    let named = service.is_some_and(|service| !service.contains(['*', '?']));
    if named || pattern.as_symbol().is_some() {
        return vec![pattern.as_specimen()];
    }
    let mut all = Vec::new();
    for service in services {
        let ends: &[_] = match &**service {
            "s3" => &[":::*", ":::*/*"],
            _ => &[":*"],
        };
        all.extend(ends.iter().map(|end| {
            let pattern = Value::from("arn:aws:").then(service).then(end);
            Cow::Owned(pattern.specimen())
        }));
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
