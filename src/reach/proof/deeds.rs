//! Flows that are actions on services, as findings.

use foldhash::HashSet;

use super::Finding;
use super::actions;
use super::design::Design;
use crate::plan::Guarantee;
use crate::reach::grant::Grant;
use crate::reach::request;
use crate::reach::words::Found;

/// Adds the actions of the plan that nobody may do, and what somebody may do beside them.
pub(super) fn compare(design: &Design<'_>, missing: &mut Vec<Finding>, extra: &mut Vec<Finding>) {
    let plan = design.plan;
    let differences = actions::compare(plan, &design.matrix.grants);
    let flows = differences
        .missing
        .iter()
        .filter_map(|at| plan.flows.get(*at));
    missing.extend(flows.map(|flow| Finding {
        found: Found {
            from: flow.from.to_string(),
            to: flow.to.to_string(),
            allow: flow.allow.to_string(),
            through: flow.through.clone(),
            packet: None,
            reasons: Vec::new(),
        },
        why: "no policy lets it happen, or not as the design says".into(),
    }));
    let mut said: HashSet<_> = extra.iter().map(|known| known.found.words()).collect();
    let grants = &design.matrix.grants;
    let grants = differences.extra.iter().filter_map(|at| grants.get(*at));
    let findings = grants.flat_map(|grant| findings(grant, "the design has no such flow"));
    extra.extend(findings.filter(|finding| said.insert(finding.found.words())));
}

/// What breaks a guarantee about an action.
pub(super) fn counterexample(design: &Design<'_>, guarantee: &Guarantee) -> Option<Finding> {
    let grants = &design.matrix.grants;
    let at = actions::counterexample(design.plan, guarantee, grants)?;
    let why = format!("it breaks the guarantee that {guarantee}");
    findings(grants.get(at)?, &why).next()
}

/// What somebody may do, in the words of flows: way by way.
fn findings(grant: &Grant, why: &str) -> impl Iterator<Item = Finding> {
    let why = format!("{}: {why}", request::request(grant));
    let found = request::found(grant).into_iter();
    found.map(move |found| Finding {
        found,
        why: why.clone(),
    })
}
