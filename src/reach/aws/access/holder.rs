//! Who takes on a role: what the template gives it to, where the role's trust lets the service of that thing do so.

use std::borrow::Cow;
use std::sync::Arc;

use super::case::{Asker, Case};
use super::condition::Fact;
use super::model::{self, Identity, Model};
use super::naming;
use super::region;
use super::rule::Rule;
use super::tri::Tri;
use super::value::Value;
use super::verb::Verb;
use super::who;
use crate::reach::grant::{Thing, Who};
use crate::reach::matrix::PeerKind;

/// Somebody in whose name a role asks.
pub(super) struct Holder {
    pub(super) who: Who,
    /// Whether it is certain that he takes on the role.
    pub(super) certain: bool,
}

/// Who takes on a role. A role that nothing takes on is itself.
pub(super) fn holders(model: &Model<'_>, role: &Identity) -> Vec<Holder> {
    let holders = role.holders.iter().filter_map(|(thing, service)| {
        let so = may_become(model, role, thing, service);
        so.possible().then(|| Holder {
            who: Who::Thing(Arc::clone(thing)),
            certain: so == Tri::Yes,
        })
    });
    let mut holders: Vec<_> = holders.collect();
    if holders.is_empty() {
        holders.push(Holder {
            who: Who::Thing(model::thing(PeerKind::Role, &role.id)),
            certain: true,
        });
    }
    holders
}

/// Whether a role trusts a service that asks for a thing of the template.
fn may_become(model: &Model<'_>, role: &Identity, thing: &Thing, service: &str) -> Tri {
    let who = who::Who::Service(service.into());
    let guarded = model.guarded.iter().find(|known| known.arn == role.arn);
    let Some((_, verb)) = Verb::known("sts:AssumeRole") else {
        return Tri::No;
    };
    let about = |rule: &Rule| (rule.actions.has(&verb.lower), who.is_meant_by(&rule.whom));
    let Some(case) = Case::new(Asker::new(&who, None), verb, guarded, &[], about) else {
        return Tri::No;
    };
    let cells = region::allowed_of(&case, &|key| told(model, thing, key));
    let mut cells = cells.iter();
    let surely = cells
        .clone()
        .any(|it| it.verdict.certain && it.demands.is_empty());
    match cells.next() {
        None => Tri::No,
        Some(_) if surely => Tri::Yes,
        Some(_) => Tri::Maybe,
    }
}

/// What a service may say of a key when it takes on a role for a thing.
fn told(model: &Model<'_>, thing: &Thing, key: &str) -> Option<Vec<Fact<'static>>> {
    let says = |fact: Fact<'static>| {
        // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html says that flow logs tell of both. Whether
        // another service tells, is nowhere said of all; if it does, it tells the truth.
        match thing.kind {
            PeerKind::Log => vec![fact],
            _ => vec![Fact::Missing, fact],
        }
    };
    match key {
        // What a parameter holds may be the account's number.
        "aws:sourceaccount" => Some(says(Fact::MayBe(naming::account()))),
        "aws:sourcearn" => Some(says(Fact::Is(Cow::Owned(arn(model, thing))))),
        "aws:securetransport" => Some(vec![Fact::truth(true)]),
        // The rest is what people tell who ask for something.
        _ => region::is_free(key).then(|| vec![Fact::Missing]),
    }
}

/// In the name of what a service takes on a role for a thing.
fn arn(model: &Model<'_>, thing: &Thing) -> Value {
    let naming = &model.naming;
    match thing.kind {
        PeerKind::Log => naming.ec2_of("vpc-flow-log", &thing.id),
        PeerKind::Function => naming.arn(&thing.id),
        _ => naming::any_of_ec2("instance"),
    }
}
