//! How many changes were made, and what became of them.

use std::collections::BTreeMap;
use std::fmt;

use super::change::Change;
use super::fate::Fate;
use super::mutants::Mutant;

/// How many had which fate.
#[derive(Default, Clone, Copy)]
struct Count {
    refused: usize,
    refuted: usize,
    unknown: usize,
    equivalent: usize,
    unseen: usize,
    survived: usize,
}

impl Count {
    fn add(&mut self, fate: &Fate) {
        *match fate {
            Fate::Refused => &mut self.refused,
            Fate::Refuted => &mut self.refuted,
            Fate::Unknown => &mut self.unknown,
            Fate::Equivalent => &mut self.equivalent,
            Fate::Unseen => &mut self.unseen,
            Fate::Survived(_) => &mut self.survived,
        } += 1;
    }

    fn killed(&self) -> usize {
        self.refused + self.refuted + self.unknown
    }

    fn all(&self) -> usize {
        self.killed() + self.equivalent + self.unseen + self.survived
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
            "{} killed ({} refuted, {} unknown, {} refused), {} shown equivalent by walks, {} about nothing that passes, {} survive: \
             {rate:.1} % of the others killed",
            self.killed(),
            self.refuted,
            self.unknown,
            self.refused,
            self.equivalent,
            self.unseen,
            self.survived,
        )
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    let number = |it: usize| f64::from(u32::try_from(it).unwrap());
    100.0 * number(part) / number(whole)
}

/// What became of the mutants of a text.
pub(super) struct Report {
    /// How many mutants there are.
    all: usize,
    /// How many more there are at places that are not tried.
    untried: usize,
    whole: Count,
    changes: BTreeMap<Change, Count>,
    survivors: Vec<String>,
}

impl Report {
    pub(super) fn new(all: usize, untried: usize) -> Self {
        Self {
            all,
            untried,
            whole: Count::default(),
            changes: BTreeMap::new(),
            survivors: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, mutant: &Mutant, fate: &Fate) {
        self.whole.add(fate);
        self.changes.entry(mutant.change).or_default().add(fate);
        if let Fate::Survived(why) = fate {
            self.survivors.push(format!("{} [{why}]", mutant.tell()));
        }
    }

    pub(super) fn survivors(&self) -> impl Iterator<Item = &String> {
        self.survivors.iter()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} mutants ({} more of names, tags and descriptions are not tried): {}",
            self.whole.all(),
            self.all,
            self.untried,
            self.whole
        )?;
        let kinds = self.changes.iter();
        let kinds = kinds.map(|(change, count)| format!("{change:?} {}", count.all()));
        write!(f, "\n  {}", kinds.collect::<Vec<_>>().join(", "))
    }
}
