//! What was proved, for pipelines: a suite for each template, in it a case for each flow and guarantee.

use super::super::judge::{Breach, Judged};
use super::super::reach::line;
use super::Proved;
use crate::diag::Diagnostic;
use crate::findings::{Case, Finding, Severity, Suite};
use crate::plan::Flow;
use crate::reach::proof;

/// The suites of a stack, one for each of its templates. What does not stand on the disk has its places in the stack.
pub(super) fn of(proved: &Proved, stands: bool) -> Vec<Suite> {
    let judged = proved.judged.iter();
    judged
        .map(|judged| {
            Template {
                proved,
                judged,
                stands,
            }
            .suite()
        })
        .collect()
}

/// One template of a stack.
struct Template<'a> {
    proved: &'a Proved,
    judged: &'a Judged,
    stands: bool,
}

impl Template<'_> {
    fn suite(&self) -> Suite {
        let mut cases = self.flows();
        cases.extend(self.extra());
        cases.extend(self.guarantees());
        cases.extend(self.unknown());
        let (stack, template) = (self.proved.plan.name(), &self.judged.template.name);
        Suite {
            name: format!("{stack} {template}"),
            cases,
        }
    }

    /// The flows of the plan, each with what of it is missing.
    fn flows(&self) -> Vec<Case> {
        let flows = &self.proved.plan.flows;
        let names = flows.iter().map(name);
        let mut cases: Vec<_> = names.map(Case::good).collect();
        for missing in &self.judged.proof.missing {
            let finding = self.breach(Breach::Missing, missing);
            // A part of a flow may be missing: then it is called by the traffic of this part.
            let found = line(&missing.found);
            let whole = flows.iter().position(|flow| name(flow) == found.trim_end());
            let found = &missing.found;
            let ends =
                |it: &Flow| it.from.to_string() == found.from && it.to.to_string() == found.to;
            let flow = whole.or_else(|| flows.iter().position(ends));
            match flow.and_then(|at| cases.get_mut(at)) {
                Some(case) => case.findings.push(finding),
                None => cases.push(Case::bad(line(found).trim_end(), finding)),
            }
        }
        cases
    }

    fn extra(&self) -> Vec<Case> {
        let extra = self.judged.proof.extra.iter().map(|extra| {
            let name = format!("nothing else: {}", line(&extra.found).trim_end());
            Case::bad(name, self.breach(Breach::Extra, extra))
        });
        some_or(extra.collect(), "nothing else passes")
    }

    fn guarantees(&self) -> Vec<Case> {
        let checked = self.judged.proof.guarantees.iter();
        checked
            .map(|it| match &it.counterexample {
                None => Case::good(&it.text),
                Some(packet) => {
                    let breach = Breach::Guarantee(&it.text);
                    Case::bad(&it.text, self.breach(breach, packet))
                }
            })
            .collect()
    }

    fn unknown(&self) -> Vec<Case> {
        let unknown = self.judged.proof.unknown.iter().map(|unknown| {
            let what = self.judged.not_understood(&self.proved.plan, unknown);
            let about = format!("{} {} {}", unknown.what, unknown.name, unknown.why);
            let name = format!("understood: {} ({})", unknown.name, unknown.what);
            Case::bad(name, self.finding(what, &about))
        });
        some_or(unknown.collect(), "everything is understood")
    }

    fn breach(&self, breach: Breach<'_>, found: &proof::Finding) -> Finding {
        let what = self.judged.breach(&self.proved.plan, breach, found);
        let flow = line(&found.found);
        let about = match breach {
            Breach::Guarantee(text) => text,
            Breach::Missing | Breach::Extra => flow.trim_end(),
        };
        self.finding(what, about)
    }

    fn finding(&self, mut what: Diagnostic, about: &str) -> Finding {
        let (plan, template) = (&self.proved.plan, &self.judged.template);
        if self.stands {
            what.primary = what.primary.or_else(|| template.start());
        } else {
            what.primary = Some(self.proved.stack.clone());
            what.secondary.clear();
        }
        Finding {
            severity: Severity::Error,
            fails: true,
            what,
            pattern: Some(plan.pattern.clone()),
            object: [&plan.name(), template.format.as_str(), about].join(" "),
        }
    }
}

/// A flow as a proof names what it finds.
fn name(flow: &Flow) -> String {
    let through = flow.through.as_ref();
    let through = through.map(|it| format!(" through {it}"));
    format!(
        "{} -> {}  {}{}",
        flow.from,
        flow.to,
        flow.allow,
        through.unwrap_or_default()
    )
}

/// The cases, or the one that there are none.
fn some_or(cases: Vec<Case>, none: &str) -> Vec<Case> {
    if cases.is_empty() {
        vec![Case::good(none)]
    } else {
        cases
    }
}
