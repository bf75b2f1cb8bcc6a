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
        let services: Vec<_> = lists.iter().map(|actions| services(actions)).collect();
        let verbs = verbs(&lists, &services);
        let arns = arns(model, |rule| {
            let row = row_of.get(rule.number);
            row.and_then(|row| services.get(*row))
        });
        let rows = table::actions(&lists, &verbs);
        let alike = table::alike(&verbs, &rows);
        let actions = Table::new(rows, row_of);
        let (row_of, scopes) = different(model.rules().map(|rule| &rule.resources));
        let rows = scopes
            .iter()
            .map(|scope| table::resources(scope.as_ref(), arns.keys()));
        let resources = Table::new(rows.collect(), row_of);
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
        self.actions.says(rule, verb).and(self.has(rule, spot))
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
fn verbs(lists: &[&Actions], services: &[Services]) -> Vec<Cow<'static, Verb>> {
    let named = lists.iter().flat_map(|list| list.written.named());
    let named = named.filter_map(Verb::named);
    let own = named.filter_map(|verb| match verb {
        Cow::Borrowed(_) => None,
        Cow::Owned(verb) => Some(verb),
    });
    let others = services.iter().flatten().map(|it| Verb::any_of(it));
    let own: BTreeSet<Verb> = own.chain(others).collect();
    let mut all: Vec<_> = Verb::table().iter().map(Cow::Borrowed).collect();
    all.extend(own.into_iter().map(Cow::Owned));
    all.sort();
    all
}

/// Every resource of which it is asked, with the services whose actions statements name together with it.
fn arns<'s>(
    model: &Model<'_>,
    services: impl Fn(&Rule) -> Option<&'s Services>,
) -> BTreeMap<Value, Services> {
    let mut found: BTreeMap<Value, Services> = BTreeMap::new();
    for guarded in &model.guarded {
        found.entry(guarded.arn.clone()).or_default();
        if guarded.thing.kind == crate::reach::matrix::PeerKind::Bucket {
            let objects = guarded.arn.clone().then("/*").specimen();
            found.entry(objects).or_default();
        }
    }
    for rule in model.rules() {
        let Some(services) = services(rule) else {
            continue;
        };
        let mut add = |pattern: &Value| {
            for arn in specimens(pattern, services) {
                let known = found.entry(arn).or_default();
                known.extend(services.iter().cloned());
            }
        };
        rule.resources
            .iter()
            .flat_map(Scope::named)
            .for_each(&mut add);
        // What is about everything but something is about what nobody names.
        if matches!(rule.resources, Some(Scope::AllBut(_))) {
            add(&"*".into());
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

/// The services of a statement's actions.
fn services(actions: &Actions) -> Services {
    let named = actions.written.named();
    let mut services: Services = named
        .iter()
        .filter_map(Verb::named)
        .map(|verb| verb.service.clone())
        .collect();
    let all = matches!(actions.written, Scope::AllBut(_))
        || named.iter().any(|it| it.as_text() == Some("*"));
    if all {
        services.extend(Verb::table().iter().map(|verb| verb.service.clone()));
    }
    services
}

/// One resource for which a pattern stands, or one of each service where it stands for everything.
fn specimens(pattern: &Value, services: &Services) -> Vec<Value> {
    let service = pattern.behind_colons(2).and_then(Section::as_text);
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
