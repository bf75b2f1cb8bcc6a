//! The ways on which all parts of a launch are allowed together: it is one request, which comes from one place.

use std::sync::Arc;

use crate::reach::aws::access;
use crate::reach::aws::access::origin::Origin;
use crate::reach::aws::access::region::Cell;
use crate::reach::grant::Demand;
use crate::reach::matrix::Reason;

/// What allows one part of a launch.
pub(super) struct Allowed {
    pub(super) cell: Cell,
    /// Whether it is certain that the part is about that.
    pub(super) certain: bool,
}

impl Allowed {
    /// Whether it depends on nothing that neither the policies nor the launch template say.
    fn is_certain(&self) -> bool {
        self.certain && self.cell.verdict.certain && self.cell.demands.is_empty()
    }

    fn comes_from(&self, origin: &Origin) -> bool {
        self.cell.origins.is_empty() || self.cell.origins.contains(origin)
    }
}

/// A way on which all of it is allowed.
pub(super) struct Way {
    /// From where: nothing for everywhere.
    pub(super) origins: Vec<Origin>,
    /// What the launch template leaves open.
    pub(super) demands: Vec<Arc<Demand>>,
    pub(super) certain: bool,
    pub(super) reasons: Vec<Reason>,
}

/// The ways from some origins, by what is allowed of each part. Where a part is allowed in several manners, one that depends
/// on nothing else is taken.
pub(super) fn ways(parts: &[Vec<Allowed>], origins: &[Origin]) -> Vec<Way> {
    let mut found: Vec<(Vec<&Allowed>, Vec<Origin>)> = Vec::new();
    for origin in origins {
        let best = |part: &'_ [Allowed]| {
            let here = part
                .iter()
                .enumerate()
                .filter(|(_, it)| it.comes_from(origin));
            here.min_by_key(|(at, it)| (!it.is_certain(), *at))
                .map(|(at, _)| at)
        };
        let chosen = parts.iter().map(|part| part.get(best(part)?));
        let Some(chosen) = chosen.collect::<Option<Vec<&Allowed>>>() else {
            continue;
        };
        let same = |(known, _): &&mut (Vec<&Allowed>, _)| {
            known
                .iter()
                .zip(&chosen)
                .all(|(one, other)| std::ptr::eq(*one, *other))
        };
        match found.iter_mut().find(same) {
            Some((_, from)) => from.push(origin.clone()),
            None => found.push((chosen, vec![origin.clone()])),
        }
    }
    let ways = found.into_iter().map(|(chosen, from)| {
        let everywhere = from.len() == origins.len();
        Way {
            origins: if everywhere { Vec::new() } else { from },
            demands: demands(&chosen),
            certain: chosen.iter().all(|it| it.is_certain()),
            reasons: reasons(&chosen),
        }
    });
    ways.collect()
}

fn demands(chosen: &[&Allowed]) -> Vec<Arc<Demand>> {
    let mut all = Vec::new();
    for demand in chosen.iter().flat_map(|it| &it.cell.demands) {
        if !all.contains(demand) {
            all.push(Arc::clone(demand));
        }
    }
    all
}

fn reasons(chosen: &[&Allowed]) -> Vec<Reason> {
    let mut all: Vec<Reason> = Vec::new();
    for reason in chosen
        .iter()
        .flat_map(|it| access::reasons(&it.cell.reasons))
    {
        let known = |other: &Reason| (other.resource, other.part) == (reason.resource, reason.part);
        if !all.iter().any(known) {
            all.push(reason);
        }
    }
    all
}
