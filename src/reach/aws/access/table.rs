//! What every rule says of everything, worked out once: whether it is about an action, and whether it is about a resource.
//!
//! Most rules name what others name too, and most actions are named by their whole names, which are looked up.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt};

use super::rule::{Actions, Rule, Scope};
use super::tri::Tri;
use super::value::{Value, Wild};
use super::verb::Verb;
use super::verbs::Verbs;

/// What rules are about. Many of them name the same, and share a row.
pub(super) struct Table {
    rows: Vec<Vec<Tri>>,
    /// The row of a rule, by its number.
    row_of: Vec<usize>,
}

impl Table {
    pub(super) fn new(rows: Vec<Vec<Tri>>, row_of: Vec<usize>) -> Self {
        Self { rows, row_of }
    }

    /// What a rule says of what stands at a position.
    pub(super) fn says(&self, rule: &Rule, position: usize) -> Tri {
        let row = self.row_of.get(rule.number);
        let row = row.and_then(|row| self.rows.get(*row));
        row.and_then(|row| row.get(position).copied())
            .unwrap_or(Tri::Maybe)
    }
}

/// What is different among all, and the position of each in it.
pub(super) fn different<'a, T: Eq + std::hash::Hash>(
    all: impl Iterator<Item = &'a T>,
) -> (Vec<usize>, Vec<&'a T>) {
    let all: Vec<_> = all.collect();
    // What is looked up is long, and is not to be hashed again when there is no more room.
    let mut known = HashMap::with_capacity(all.len());
    let mut found = Vec::new();
    let positions = all.into_iter().map(|it| {
        *known.entry(it).or_insert_with(|| {
            found.push(it);
            found.len() - 1
        })
    });
    (positions.collect(), found)
}

/// A pattern that is compared with many values.
struct Pattern<'a> {
    pattern: &'a Value,
    /// The known text at its beginning, which shows of most values that it does not fit.
    beginning: &'a str,
}

impl<'a> Pattern<'a> {
    fn new(pattern: &'a Value) -> Self {
        Self {
            beginning: pattern.beginning(),
            pattern,
        }
    }

    fn fits(&self, value: &Value) -> Tri {
        if value.begins_unlike(self.beginning) {
            Tri::No
        } else {
            self.pattern.fits(value, Wild::Glob)
        }
    }
}

/// What a statement says of all whose patterns say this, one by one. Whether these are left out, `all_but` says.
fn meant(all_but: bool, mut row: Vec<Tri>) -> Vec<Tri> {
    if all_but {
        for says in &mut row {
            *says = says.not();
        }
    }
    row
}

/// Whether the resources that a statement names are among `arns`, one by one.
pub(super) fn resources(scope: Option<&Scope>, arns: &[&Value]) -> Vec<Tri> {
    let Some(scope) = scope else {
        return vec![Tri::Yes; arns.len()];
    };
    let mut row = vec![Tri::No; arns.len()];
    for pattern in scope.named().iter().map(Pattern::new) {
        for (says, arn) in row.iter_mut().zip(arns) {
            *says = says.or(pattern.fits(arn));
        }
    }
    meant(matches!(scope, Scope::AllBut(_)), row)
}

/// Whether actions that statements name are about each of `verbs`.
pub(super) fn actions(lists: &[&Actions], verbs: &Verbs) -> Vec<Vec<Tri>> {
    let row = |actions: &&Actions| {
        let mut row = vec![Tri::No; verbs.all.len()];
        for action in &actions.named {
            let pattern = Pattern::new(action.lower());
            verbs.like(action, |at| {
                if let Some((says, verb)) = row.get_mut(at).zip(verbs.all.get(at)) {
                    *says = says.or(pattern.fits(&verb.lower));
                }
            });
        }
        meant(actions.all_but, row)
    };
    lists.iter().map(row).collect()
}

/// A number for each action, the same for those of one service between which no row tells a difference.
pub(super) fn alike(verbs: &[Cow<'static, Verb>], rows: &[Vec<Tri>]) -> Vec<usize> {
    let mut known = HashMap::new();
    let sorts = verbs.iter().map(|verb| {
        let next = known.len();
        let sort = (&*verb.service, verb.touches_data());
        *known.entry(sort).or_insert(next)
    });
    let mut numbers: Vec<usize> = sorts.collect();
    let mut count = known.len();
    let mut told: Vec<[Option<usize>; 3]> = Vec::new();
    for row in rows {
        // Row by row, what had one number gets as many as the row says different things of it.
        told.clear();
        told.resize(count, [None; 3]);
        count = 0;
        for (number, &says) in numbers.iter_mut().zip(row) {
            let slot = told.get_mut(*number);
            if let Some(slot) = slot.and_then(|slot| slot.get_mut(says as usize)) {
                *number = *slot.get_or_insert_with(|| {
                    count += 1;
                    count - 1
                });
            }
        }
    }
    numbers
}
