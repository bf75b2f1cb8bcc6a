//! What becomes of a mutant.

use patternbook::plan::Plan;
use patternbook::reach::proof::Verdict;

use super::mutants::Mutant;
use super::{Format, unseen};
use crate::same::{self, Difference};
use crate::stacks::Resources;

/// What became of a mutant.
pub(super) enum Fate {
    /// The text was refused.
    Refused,
    /// Something passes that must not, or does not that must.
    Refuted,
    /// Something is not understood.
    Unknown,
    /// It is proved, and the walkers show that it lets the same pass.
    Equivalent,
    /// It is proved, and no walker sees what is changed, which has nothing to do with what passes.
    Unseen,
    /// It is proved, and what it lets pass that the original does not, or the other way round.
    Survived(String),
}

/// The text that is changed.
pub(super) struct Original<'a> {
    format: Format,
    plan: &'a Plan,
    text: &'a str,
    resources: Resources,
}

impl<'a> Original<'a> {
    pub(super) fn new(format: Format, plan: &'a Plan, text: &'a str, resources: Resources) -> Self {
        Self {
            format,
            plan,
            text,
            resources,
        }
    }

    fn is_unseen(&self, mutant: &Mutant) -> bool {
        let path: Vec<&str> = mutant.path.split('/').collect();
        unseen::is_unseen(self.format, &path, &mutant.name)
    }

    /// What becomes of one mutant.
    pub(super) fn fate(&self, mutant: &Mutant) -> Fate {
        let Ok(judged) = self.format.judge(self.plan, &mutant.apply(self.text)) else {
            return Fate::Refused;
        };
        match judged.proof.verdict() {
            Verdict::Refuted => Fate::Refuted,
            Verdict::Unknown => Fate::Unknown,
            Verdict::Proved => match difference(&self.resources, &judged.resources) {
                None => Fate::Equivalent,
                Some(Difference::Unseen(_)) if self.is_unseen(mutant) => Fate::Unseen,
                Some(difference) => Fate::Survived(format!("{difference:?}")),
            },
        }
    }
}

/// What is different, asked of the walkers.
fn difference(one: &Resources, other: &Resources) -> Option<Difference> {
    match (one, other) {
        (Resources::Aws(one), Resources::Aws(other)) => same::aws(one, other),
        (Resources::Azure(one), Resources::Azure(other)) => same::azure(one, other),
        _ => Some(Difference::Walked("it is of another cloud".into())),
    }
}
