//! The actions of a plan's flows, compared with what somebody may really do: what is missing, what is extra, and whether the
//! guarantees about actions hold.
//!
//! A flow stands for everything that one must be able to do to follow it, and for no more: an upload may be broken off by
//! whoever may make it, and a key is used through the one service. What that is, and under which conditions, is written here
//! a second time, on purpose: it must not come from the code that wrote the template.

mod expected;
mod values;

use crate::plan::{Action, Allow, Flow, Guarantee, Peer, Plan};
use crate::reach::grant::Grant;

/// What is not as the plan says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Differences {
    /// The positions of the flows that nothing lets happen.
    pub missing: Vec<usize>,
    /// The positions of the grants that no flow explains.
    pub extra: Vec<usize>,
}

/// Compares the action flows of a plan with grants.
#[must_use]
pub fn compare(plan: &Plan, grants: &[Grant]) -> Differences {
    let flows = || plan.flows.iter().enumerate();
    let missing = flows().filter(|(_, flow)| {
        action(flow).is_some_and(|action| {
            let needs = expected::needs(plan, flow, action);
            let delivered = |need| {
                let mut grants = grants.iter();
                grants.any(|grant| expected::delivers(plan, flow, action, need, grant))
            };
            !needs.iter().all(delivered)
        })
    });
    let extra = grants.iter().enumerate().filter(|(_, grant)| {
        let explained = flows().any(|(_, flow)| {
            action(flow).is_some_and(|action| expected::explains(plan, flow, action, grant))
        });
        !explained && !expected::belongs_to_the_stack(plan, grant)
    });
    Differences {
        missing: missing.map(|(at, _)| at).collect(),
        extra: extra.map(|(at, _)| at).collect(),
    }
}

/// A grant that breaks a guarantee about an action: `only these peers reach that one by this action`. Nothing when it holds,
/// and nothing for guarantees about something else.
#[must_use]
pub fn counterexample(plan: &Plan, guarantee: &Guarantee, grants: &[Grant]) -> Option<usize> {
    let Guarantee::Only {
        only,
        to: Peer::Named(to),
        allow: Some(Allow::Action(action)),
    } = guarantee
    else {
        return None;
    };
    grants.iter().position(|grant| {
        let touches = grant.action == Some(*action) && expected::is_on(grant, to);
        touches && !only.iter().any(|peer| expected::is_from(plan, peer, grant))
    })
}

fn action(flow: &Flow) -> Option<Action> {
    match flow.allow {
        Allow::Action(action) => Some(action),
        Allow::Traffic(_) => None,
    }
}
