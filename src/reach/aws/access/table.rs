//! What every rule says of everything, worked out once: whether it is about an action, and whether it is about a resource.
//!
//! Most rules name what others name too, and most actions are named by their whole names, which are looked up.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt};

use super::rule::{Actions, Rule, Scope};
use super::tri::Tri;
use super::value::{Value, Wild};
use super::verb::Verb;

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
    let (mut known, mut found) = (HashMap::new(), Vec::new());
    let positions = all.map(|it| {
        *known.entry(it).or_insert_with(|| {
            found.push(it);
            found.len() - 1
        })
    });
    (positions.collect(), found)
}

/// Whether the resources that a statement names are among `arns`, one by one.
pub(super) fn resources<'a>(
    scope: Option<&Scope>,
    arns: impl Iterator<Item = &'a Value>,
) -> Vec<Tri> {
    let row = arns.map(|arn| match scope {
        Some(scope) => scope.has(|pattern| pattern.fits(arn, Wild::Glob)),
        None => Tri::Yes,
    });
    row.collect()
}

/// Whether actions that statements name are about each of `verbs`.
pub(super) fn actions(lists: &[&Actions], verbs: &[Cow<'static, Verb>]) -> Vec<Vec<Tri>> {
    let mut by_name = HashMap::with_capacity(verbs.len());
    let mut others = Vec::new();
    for (at, verb) in verbs.iter().enumerate() {
        match verb.lower.as_text() {
            Some(name) => _ = by_name.insert(name, at),
            None => others.push(at),
        }
    }
    let row = |actions: &&Actions| {
        let mut row = vec![Tri::No; verbs.len()];
        for pattern in actions.lower().named() {
            let mut ask = |at: usize| {
                if let Some((says, verb)) = row.get_mut(at).zip(verbs.get(at)) {
                    *says = says.or(pattern.fits(&verb.lower, Wild::Glob));
                }
            };
            match pattern.as_text() {
                // A whole name is that of one action.
                Some(name) if !name.contains(['*', '?']) => {
                    by_name
                        .get(name)
                        .into_iter()
                        .chain(&others)
                        .copied()
                        .for_each(ask);
                }
                _ => (0..verbs.len()).for_each(&mut ask),
            }
        }
        if matches!(actions.lower(), Scope::AllBut(_)) {
            for says in &mut row {
                *says = says.not();
            }
        }
        row
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
    let sorts: Vec<usize> = sorts.collect();
    rows.iter().fold(sorts, |numbers, row| {
        // Row by row, what had one number gets as many as the row says different things of it.
        let mut known: Vec<[Option<usize>; 3]> = vec![[None; 3]; verbs.len()];
        let mut next = 0;
        let told = numbers.iter().zip(row).map(|(&number, &says)| {
            let slot = known.get_mut(number)?.get_mut(says as usize)?;
            Some(*slot.get_or_insert_with(|| {
                next += 1;
                next - 1
            }))
        });
        told.map(Option::unwrap_or_default).collect()
    })
}
