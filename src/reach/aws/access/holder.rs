//! Who takes on a role: what the template gives it to, where the role's trust lets the service of that thing do so.

use super::case::{Asker, Case};
use super::model::{self, Identity, Model};
use super::region;
use super::rule::Rule;
use super::verb::Verb;
use super::who;
use crate::reach::grant::Who;
use crate::reach::matrix::PeerKind;

/// Somebody in whose name a role asks.
pub(super) struct Holder {
    pub(super) who: Who,
    /// Whether it is certain that he takes on the role.
    pub(super) certain: bool,
}

/// Who takes on a role. A role that nothing takes on is itself.
pub(super) fn holders(model: &Model<'_>, role: &Identity) -> Vec<Holder> {
    let trusted = { role.holders.iter() }.filter(|(_, service)| may_become(model, role, service));
    let holder = |who| Holder { who, certain: true };
    let mut holders: Vec<_> = trusted
        .map(|(thing, _)| holder(Who::Thing(thing.clone())))
        .collect();
    if holders.is_empty() {
        holders.push(holder(Who::Thing(model::thing(PeerKind::Role, &role.id))));
    }
    holders
}

/// Whether a role trusts a service, under whatever conditions.
fn may_become(model: &Model<'_>, role: &Identity, service: &str) -> bool {
    let who = who::Who::Service(service.into());
    let guarded = model.guarded.iter().find(|known| known.arn == role.arn);
    let case = Verb::named(&"sts:AssumeRole".into()).and_then(|verb| {
        let about = |rule: &Rule| (rule.actions.has(&verb.lower), who.is_meant_by(&rule.whom));
        let case = Case::new(Asker::new(&who, None), &verb, guarded, &[], about)?;
        Some(!region::allowed(&case).is_empty())
    });
    case.unwrap_or_default()
}
