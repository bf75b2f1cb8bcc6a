//! The resources and the actions of which it is asked who may do what: one of each that a statement tells apart.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{self, Model};
use super::naming;
use super::rule::{Rule, Scope};
use super::table::{self, Table, different};
use super::tri::Tri;
use super::value::{Section, Value};
use super::verb::{Field, Verb};
use super::verbs::{self, Services, Verbs};
use crate::cloud::ResourceId;
use crate::cloud::aws::Resource;
use crate::reach::grant::{Target, Thing};
use crate::reach::matrix::PeerKind;

/// The resources of which it is asked, each with the services whose actions statements name together with it, where its ARN
/// says nothing of its service.
type Arns<'m> = BTreeMap<Cow<'m, Value>, Services>;

/// A resource of which it is asked who may do what to it.
pub(super) struct Spot<'m> {
    /// Its ARN. What nobody names in it stands for anything.
    pub(super) arn: Cow<'m, Value>,
    /// The position of what guards it with a policy of its own.
    pub(super) guarded: Option<usize>,
    /// What it belongs to in the template.
    pub(super) thing: Option<(PeerKind, &'m ResourceId)>,
    /// The position of the actions that make sense on it.
    sensible: usize,
    /// What grants on it are about, once there is one.
    target: OnceCell<Arc<Target>>,
}

/// Everything of which it is asked.
pub(super) struct Spots<'m> {
    pub(super) all: Vec<Spot<'m>>,
    verbs: Vec<Cow<'static, Verb>>,
    /// The position of each action of the table.
    known: Vec<usize>,
    /// Actions that make sense together on some resource.
    sensible: Vec<Sensible>,
    /// Whether a rule is about an action, by its position.
    actions: Table,
    /// Whether a rule is about a resource, by its position.
    resources: Table,
}

impl Spot<'_> {
    /// What grants on it are about.
    pub(super) fn target(&self) -> Arc<Target> {
        let target = self.target.get_or_init(|| {
            let name = self.arn.to_term();
            Arc::new(match self.thing {
                Some((kind, id)) => {
                    let id = id.clone();
                    Target::Thing(Thing { kind, id }, name)
                }
                None => Target::Outside(name),
            })
        });
        Arc::clone(target)
    }
}

/// Actions that make sense together.
#[derive(Default)]
pub(super) struct Sensible {
    /// Their positions, each with the position of its kind.
    verbs: Vec<(usize, usize)>,
    /// The first action of each kind: those of one kind are of one service, and the same rules are about them.
    kinds: Vec<usize>,
}

impl<'m> Spots<'m> {
    pub(super) fn of(model: &'m Model<'_>) -> Self {
        let (row_of, lists) = different(model.rules().map(|rule| &rule.actions));
        let named: Vec<_> = lists.iter().map(|actions| verbs::named(actions)).collect();
        let services: Vec<_> = { lists.iter().zip(&named) }
            .map(|(actions, named)| verbs::services(actions, named))
            .collect();
        let verbs = Verbs::of(named, &services);
        let rows = table::actions(&lists, &verbs);
        let alike = table::alike(&verbs.all, &rows);
        let (scope_of, scopes) = different(model.rules().map(|rule| &rule.resources));
        // Many statements name the same resources together with actions of the same services.
        let mut together: Vec<_> = scope_of.iter().zip(&row_of).collect();
        together.sort_unstable();
        together.dedup();
        let together = together.into_iter().filter_map(|(scope, row)| {
            let scope = scopes.get(*scope)?.as_ref()?;
            Some((scope, services.get(*row)?))
        });
        let named = scopes.iter().filter_map(|scope| scope.as_ref());
        let arns = arns(model, named, together);
        let actions = Table::new(rows, row_of);
        let keys: Vec<_> = arns.keys().map(|arn| &**arn).collect();
        let rows = scopes
            .iter()
            .map(|scope| table::resources(scope.as_ref(), &keys));
        let resources = Table::new(rows.collect(), scope_of);
        let mut sorts = Sorts::default();
        let sensible: Vec<_> = arns
            .iter()
            .map(|(arn, services)| sorts.position(arn, services, &verbs.all, &alike))
            .collect();
        let sensible_of_sort = sorts.verbs;
        let all = arns.into_keys().zip(sensible);
        Self {
            all: all
                .map(|(arn, sensible)| spot(model, arn, sensible))
                .collect(),
            verbs: verbs.all,
            known: verbs.known,
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

    /// Whether a rule is about an action of the table, by its position there.
    pub(super) fn is_about_known(&self, rule: &Rule, action: usize) -> Tri {
        let verb = self.known.get(action);
        verb.map_or(Tri::Maybe, |verb| self.actions.says(rule, *verb))
    }

    /// Whether a rule is about the resource at a position.
    pub(super) fn has(&self, rule: &Rule, spot: usize) -> Tri {
        self.resources.says(rule, spot)
    }

    /// The first action of each kind that makes sense on a resource, with its position.
    pub(super) fn kinds_of(&self, spot: &Spot<'_>) -> impl Iterator<Item = (usize, &Verb)> {
        let sensible = self.sensible.get(spot.sensible);
        let kinds = sensible.into_iter().flat_map(|it| &it.kinds);
        kinds.filter_map(|&at| Some((at, &**self.verbs.get(at)?)))
    }

    /// The actions that make sense on a resource, each with the position of its kind.
    pub(super) fn verbs_of(&self, spot: &Spot<'_>) -> impl Iterator<Item = (usize, &Verb)> {
        let sensible = self.sensible.get(spot.sensible);
        let verbs = sensible.into_iter().flat_map(|it| &it.verbs);
        verbs.filter_map(|&(at, kind)| Some((kind, &**self.verbs.get(at)?)))
    }
}

/// A resource with what the template makes of it.
fn spot<'m>(model: &'m Model<'_>, arn: Cow<'m, Value>, sensible: usize) -> Spot<'m> {
    let guarded = model.guarded.iter().position(|it| it.arn.holds_arn(&arn));
    let by_policy = guarded.and_then(|at| model.guarded.get(at));
    let by_name = || {
        let id = model::id_in(&arn, model.resources)?;
        Some((model::kind_of(id), id))
    };
    Spot {
        guarded,
        thing: by_policy
            .map(|it| (it.thing.kind, &it.thing.id))
            .or_else(by_name),
        arn,
        sensible,
        target: OnceCell::new(),
    }
}

/// Every resource of which it is asked. Scopes are `named` by statements, some `together` with actions of services.
fn arns<'m, 's>(
    model: &'m Model<'_>,
    named: impl Iterator<Item = &'m Scope>,
    together: impl Iterator<Item = (&'m Scope, &'s Services)>,
) -> Arns<'m> {
    let mut found = Arns::new();
    for guarded in &model.guarded {
        found.entry(Cow::Borrowed(&guarded.arn)).or_default();
        if guarded.thing.kind == PeerKind::Bucket {
            let objects = guarded.arn.clone().then("/").into_specimen();
            let objects = objects.join(Value::other());
            found.entry(Cow::Owned(objects)).or_default();
        }
    }
    for pattern in named.flat_map(Scope::named) {
        if names_service(pattern) {
            found.entry(pattern.as_specimen()).or_default();
        }
    }
    let mut of_everything = Vec::new();
    for (scope, services) in together {
        for pattern in scope.named().iter().filter(|it| !names_service(it)) {
            if pattern.as_symbol().is_some() {
                let known = found.entry(Cow::Borrowed(pattern)).or_default();
                *known = verbs::each_once(known.drain(..).chain(services.iter().cloned()));
            } else {
                of_everything.extend(services.iter().cloned());
            }
        }
        // What is about everything but something is about what nobody names.
        if matches!(scope, Scope::AllBut(_)) {
            of_everything.extend(services.iter().cloned());
        }
    }
    for service in verbs::each_once(of_everything.into_iter()) {
        for arn in specimens(&service) {
            found.entry(Cow::Owned(arn)).or_default();
        }
    }
    for arn in launched(model) {
        found.entry(Cow::Owned(arn)).or_default();
    }
    found
}

/// The actions that make sense on resources of each sort.
#[derive(Default)]
struct Sorts<'a> {
    known: Vec<(Option<Field<'a>>, Option<&'a Services>)>,
    verbs: Vec<Sensible>,
}

impl<'a> Sorts<'a> {
    /// The position of the actions that make sense on a resource: where its ARN does not say its service, those of the
    /// services with which statements name it.
    fn position(
        &mut self,
        arn: &'a Value,
        services: &'a Services,
        verbs: &[Cow<'static, Verb>],
        alike: &[usize],
    ) -> usize {
        let field = Field::of(arn);
        let services = field.is_none().then_some(services);
        let known = self.known.iter().position(|it| *it == (field, services));
        known.unwrap_or_else(|| {
            let fits = verbs.iter().enumerate().filter(|(_, verb)| match &field {
                Some(field) => verb.is_for(field),
                None => services.is_some_and(|services| services.contains(&verb.service)),
            });
            self.verbs.push(Sensible::of(fits.map(|(at, _)| at), alike));
            self.known.push((field, services));
            self.known.len() - 1
        })
    }
}

impl Sensible {
    /// Actions by their positions. Of those that are like each other, `alike` has the same number.
    fn of(positions: impl Iterator<Item = usize>, alike: &[usize]) -> Self {
        let mut sensible = Self::default();
        for at in positions {
            let like = |first: &usize| alike.get(*first) == alike.get(at);
            let known = sensible.kinds.iter().position(like);
            sensible
                .verbs
                .push((at, known.unwrap_or(sensible.kinds.len())));
            if known.is_none() {
                sensible.kinds.push(at);
            }
        }
        sensible
    }
}

/// Whether a pattern says the service of the resources for which it stands.
fn names_service(pattern: &Value) -> bool {
    let service = pattern.behind_colons(2).and_then(Section::as_text);
    service.is_some_and(|service| !service.contains(['*', '?']))
}

/// The resources of a service for which a pattern stands that stands for everything.
fn specimens(service: &str) -> impl Iterator<Item = Value> {
    let ends: &[_] = match service {
        "s3" => &[":::*", ":::*/*"],
        _ => &[":*"],
    };
    let pattern = move |end: &&str| Value::from("arn:aws:").then(service).then(end);
    ends.iter().map(move |end| pattern(end).into_specimen())
}

/// What is made or used when instances are launched from the templates:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-actions-as-permissions>.
fn launched(model: &Model<'_>) -> Vec<Value> {
    let naming = &model.naming;
    let mut all = Vec::new();
    for placed in model.resources {
        if let Resource::LaunchTemplate(template) = &placed.resource {
            all.push(naming.launch_template(template));
            let groups = template.groups.iter();
            all.extend(groups.map(|group| naming.ec2("security-group", group)));
        }
    }
    if !all.is_empty() {
        let image = naming::of_region("ec2").then(":image/");
        all.push(image.join(Value::other()));
        all.extend(["instance", "network-interface", "volume"].map(naming::any_of_ec2));
    }
    all
}
