//! How many changes were made, and what became of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Format;
use super::change::Change;
use super::equivalent::{self, Equivalent};
use super::mutants::Mutant;

/// What became of a mutant.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    /// The text was refused.
    Refused,
    /// Something passes that must not, or does not that must.
    Refuted,
    /// Something is not understood.
    Unknown,
    /// It lets the same pass.
    Equivalent(&'static Equivalent),
    /// It is proved, and nothing says why.
    Survived,
}

/// How many had which fate.
#[derive(Default, Clone, Copy)]
struct Count {
    refused: usize,
    refuted: usize,
    unknown: usize,
    equivalent: usize,
    survived: usize,
}

impl Count {
    fn add(&mut self, fate: Fate) {
        *match fate {
            Fate::Refused => &mut self.refused,
            Fate::Refuted => &mut self.refuted,
            Fate::Unknown => &mut self.unknown,
            Fate::Equivalent(_) => &mut self.equivalent,
            Fate::Survived => &mut self.survived,
        } += 1;
    }

    fn killed(&self) -> usize {
        self.refused + self.refuted + self.unknown
    }

    fn all(&self) -> usize {
        self.killed() + self.equivalent + self.survived
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rated = self.killed() + self.survived;
        let rate = if rated == 0 {
            100.0
        } else {
            percent(self.killed(), rated)
        };
        write!(
            f,
            "{} mutants, {} equivalent, {rate:.1} % of the others killed: {} refuted, {} unknown, {} refused",
            self.all(),
            self.equivalent,
            self.refuted,
            self.unknown,
            self.refused
        )
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    let number = |it: usize| f64::from(u32::try_from(it).unwrap());
    100.0 * number(part) / number(whole)
}

/// What became of the mutants of a format.
#[derive(Default)]
pub(super) struct Report {
    whole: Count,
    changes: BTreeMap<Change, Count>,
    reasons: BTreeSet<&'static str>,
    survivors: Vec<String>,
}

impl Report {
    pub(super) fn add(&mut self, example: &str, mutant: &Mutant, fate: Fate) {
        self.whole.add(fate);
        self.changes.entry(mutant.change).or_default().add(fate);
        match fate {
            Fate::Equivalent(it) => {
                self.reasons.insert(it.place);
            }
            Fate::Survived => self.survivors.push(format!("{example}: {}", mutant.tell())),
            _ => {}
        }
    }

    pub(super) fn tried(&self) -> usize {
        self.whole.all()
    }

    #[track_caller]
    pub(super) fn assert_none_survived(&self) {
        let survivors = &self.survivors;
        assert!(
            survivors.is_empty(),
            "{} survive:\n{}",
            survivors.len(),
            survivors.join("\n")
        );
    }

    /// What is on the list and lets no mutant live is not needed there.
    #[track_caller]
    pub(super) fn assert_each_reason_is_needed(&self, format: Format) {
        let mut idle = equivalent::of(format).iter();
        let idle = idle.find(|it| it.is_for_survivors() && !self.reasons.contains(it.place));
        assert!(
            idle.is_none(),
            "{:?} is not needed",
            idle.map(|it| it.place)
        );
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.whole)?;
        for (change, count) in &self.changes {
            write!(f, "\n  {change:?}: {count}")?;
        }
        Ok(())
    }
}
