//! Who may launch an instance from a launch template.
//!
//! One call of `RunInstances` is asked about everything that is made or used, about the tags that are put on it, and about the
//! role that the instance gets. Each is asked of the policies by itself, with what the launch template says of it, and not looked
//! up among what is granted otherwise: a statement about everything is about this launch too.
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances>
//!
//! What neither the policies nor the launch template say makes a launch uncertain.

mod facts;
mod parts;
mod way;

use std::sync::Arc;

use memchr::memmem;

use super::case::{Asker, Case};
use super::holder::{self, Holder};
use super::model::{Identity, Model};
use super::origin::{self, Origin};
use super::region;
use super::rule::{Rule, Scope};
use super::spot::Spots;
use super::value::{Value, Wild};
use super::verb::Verb;
use super::who;
use crate::cloud::aws::{Decision, LaunchTemplate};
use crate::plan::Action;
use crate::reach::grant::{Basis, Deed, Grant, Target, Thing};
use crate::reach::matrix::PeerKind;

use facts::Facts;
use parts::{Open, Part, parts};
use way::{Allowed, Way, ways};

/// The launches from one template.
struct Launch<'m> {
    model: &'m Model<'m>,
    spots: &'m Spots<'m>,
    facts: Facts<'m>,
    parts: Vec<Part<'m>>,
}

/// Who may launch from a template, each with the ways on which he may.
pub(super) fn launches<'m>(
    model: &'m Model<'m>,
    spots: &'m Spots<'m>,
    template: &'m LaunchTemplate,
) -> Vec<Grant> {
    let mut all = Vec::new();
    // Of most templates nobody launches anything, and they need not be looked at.
    let identities = model.identities.iter();
    let mut identities = identities.filter(|it| may_run(it, spots)).peekable();
    if identities.peek().is_none() {
        return all;
    }
    let Some(launch) = Launch::of(model, spots, template) else {
        return all;
    };
    for identity in identities {
        for way in launch.ways_of(identity) {
            let holders = holder::holders(model, identity).into_iter();
            all.extend(holders.map(|holder| launch.grant(holder, &way)));
        }
    }
    all
}

/// Whether an identity may run instances of some sort, which whoever launches must be let do.
fn may_run(identity: &Identity, spots: &Spots<'_>) -> bool {
    let Some((run, _)) = Verb::known(parts::RUN) else {
        return false;
    };
    let mut allowing = { identity.rules.iter() }.filter(|rule| rule.effect == Decision::Allow);
    allowing.any(|rule| spots.is_about_known(rule, run).possible())
}

impl<'m> Launch<'m> {
    fn of(
        model: &'m Model<'m>,
        spots: &'m Spots<'m>,
        template: &'m LaunchTemplate,
    ) -> Option<Self> {
        let facts = Facts {
            naming: &model.naming,
            template,
            own: model.naming.launch_template(template),
        };
        let parts = parts(model, &facts)?;
        Some(Self {
            model,
            spots,
            facts,
            parts,
        })
    }

    /// The ways on which an identity may launch.
    fn ways_of(&self, identity: &Identity) -> Vec<Way> {
        let who = who::Who::Role(identity.at, identity.arn.clone());
        let asker = Asker::new(&who, Some(identity));
        let named = { identity.rules.iter() }.filter_map(|rule| rule.resources.as_ref());
        let named = named.flat_map(Scope::named);
        let named: Vec<_> = named.map(|it| (it.to_plain(), it)).collect();
        let mut cases = Vec::new();
        for part in &self.parts {
            let of_part = self.cases(part, asker, &named);
            if of_part.is_empty() {
                return Vec::new();
            }
            cases.push(of_part);
        }
        let all = || cases.iter().flatten().map(|(case, _)| case);
        let rules = all().flat_map(Case::rules);
        let origins = origin::origins(rules, all().flat_map(Case::endpoints));
        let parts = self.parts.iter().zip(&cases);
        let allowed: Vec<_> = parts
            .map(|(part, cases)| self.allowed(part, cases, &origins))
            .collect();
        ways(&allowed, &origins)
    }

    /// The cases of one part, each with whether it is certain that the part is about that. Resources that statements of whoever
    /// asks name are `named`, each with its text.
    fn cases<'c>(
        &'c self,
        part: &Part<'_>,
        asker: Asker<'c>,
        named: &[(String, &Value)],
    ) -> Vec<(Case<'c>, bool)> {
        let own = part.one_of.iter();
        let own = own.filter_map(|arn| Some((self.case(part, asker, arn)?, true)));
        let mut all: Vec<_> = own.collect();
        if part.open != Open::No {
            let word = format!(":{}/", part.kind);
            let word = memmem::Finder::new(&word);
            let named = named
                .iter()
                .filter(|(plain, _)| word.find(plain.as_bytes()).is_some());
            let certain = part.open == Open::Chosen;
            all.extend(named.filter_map(|(_, it)| {
                let case = self.case(part, asker, &it.specimen())?;
                Some((case, certain))
            }));
        }
        all
    }

    fn case<'c>(&'c self, part: &Part<'_>, asker: Asker<'c>, arn: &Value) -> Option<Case<'c>> {
        // Whether the role may be given on is no request by itself, and so it passes no endpoint.
        let endpoints = if part.is_role() {
            &[]
        } else {
            self.model.endpoints.as_slice()
        };
        let about = |rule: &Rule| {
            let of_action = self.spots.is_about_known(rule, part.action);
            let about = match &rule.resources {
                Some(scope) if of_action.possible() => {
                    of_action.and(scope.has(|pattern| pattern.fits(arn, Wild::Glob)))
                }
                _ => of_action,
            };
            (about, asker.who.is_meant_by(&rule.whom))
        };
        Case::new(asker, part.verb, None, endpoints, about)
    }

    fn allowed(
        &self,
        part: &Part<'_>,
        cases: &[(Case<'_>, bool)],
        origins: &[Origin],
    ) -> Vec<Allowed> {
        let told = |key: &str| self.facts.of(part, key);
        let cells = cases.iter().flat_map(|(case, certain)| {
            let cells = region::allowed_from(case, origins, &told).into_iter();
            let certain = *certain;
            cells.map(move |cell| Allowed { cell, certain })
        });
        cells
            .filter(|it| it.cell.verdict.basis == Basis::Granted)
            .collect()
    }

    fn grant(&self, holder: Holder, way: &Way) -> Grant {
        let thing = Thing {
            kind: PeerKind::Tier,
            id: self.facts.template.id.clone(),
        };
        Grant {
            from: holder.who,
            origins: way.origins.iter().map(super::origin_of).collect(),
            to: Arc::new(Target::Thing(thing, self.facts.own.to_term())),
            action: Some(Action::Ec2Launch),
            verb: "ec2:RunInstances".to_owned(),
            deed: Deed::Launch,
            demands: way.demands.clone(),
            basis: Basis::Granted,
            certain: way.certain && holder.certain,
            reasons: way.reasons.clone(),
        }
    }
}
