//! Some of the mutants, always the same ones, among them every kind of change of every type of resource.

use std::collections::BTreeSet;

use super::change::Change;
use super::mutants::Mutant;

/// How many mutants of an example are tried at least when not all are.
pub(super) const LEAST: usize = 60;

/// One of each kind of change of each type of resource, and others evenly from the whole text.
pub(super) fn of(mutants: &[Mutant]) -> Vec<&Mutant> {
    let mut seen: BTreeSet<(Change, &str)> = BTreeSet::new();
    let step = mutants.len().div_ceil(LEAST).max(1);
    let chosen = mutants.iter().enumerate().filter(|(at, mutant)| {
        let new = seen.insert((mutant.change, mutant.of_type()));
        new || at % step == 0
    });
    chosen.map(|(_, mutant)| mutant).collect()
}
