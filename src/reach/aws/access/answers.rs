//! What the conditions of rules say of everything that a request may say, each worked out once.

use std::ops::Range;

use super::condition::Test;
use super::origin::Origin;
use super::region::Dimension;
use super::tri::Tri;

/// What conditions say of everything that a request may say.
#[derive(Default)]
pub(super) struct Answers {
    /// Of each condition: the axis that it is about, and where its answer to the first value stands.
    of: Vec<(usize, usize)>,
    /// The answers of all conditions, value by value.
    all: Vec<Tri>,
}

impl Answers {
    /// Adds what a condition says of all that a request may say. Whether it does: there is nothing to ask where who asks decides
    /// it.
    pub(super) fn ask(
        &mut self,
        test: &Test,
        origins: &[Origin],
        dimensions: &[Dimension<'_>],
    ) -> bool {
        let first = self.all.len();
        if Origin::has(&test.key) {
            let facts = origins.iter().map(|origin| origin.fact(&test.key));
            self.all.extend(facts.map(|fact| test.holds(&fact)));
            self.of.push((0, first));
            return true;
        }
        let mut all = dimensions.iter().enumerate();
        let Some((at, dimension)) = all.find(|(_, it)| it.key == test.key) else {
            return false;
        };
        let facts = dimension.facts.iter();
        self.all.extend(facts.map(|fact| test.holds(fact)));
        self.of.push((at + 1, first));
        true
    }

    /// Takes away the answers of all conditions from one on.
    pub(super) fn forget(&mut self, from: usize) {
        if let Some((_, first)) = self.of.get(from) {
            self.all.truncate(*first);
        }
        self.of.truncate(from);
    }

    /// Whether every condition about an axis says the same of two values.
    pub(super) fn are_same(&self, axis: usize, one: usize, other: usize) -> bool {
        let mut of_axis = self.of.iter().filter(|(of, _)| *of == axis);
        of_axis.all(|(_, first)| self.all.get(first + one) == self.all.get(first + other))
    }

    /// How many conditions were asked.
    pub(super) fn count(&self) -> usize {
        self.of.len()
    }

    /// How many of the first axes some conditions are about.
    pub(super) fn axes(&self, conditions: Range<usize>) -> usize {
        let conditions = self.of.get(conditions).unwrap_or_default().iter();
        conditions.fold(0, |most, (axis, _)| most.max(axis + 1))
    }

    /// Whether some conditions hold for a request.
    pub(super) fn hold(&self, conditions: Range<usize>, request: &[usize]) -> Tri {
        let mut so = Tri::Yes;
        for (axis, first) in self.of.get(conditions).unwrap_or_default() {
            let value = request.get(*axis);
            let answer = value.and_then(|value| self.all.get(first + value));
            so = so.and(answer.copied().unwrap_or(Tri::Maybe));
            if so == Tri::No {
                break;
            }
        }
        so
    }
}
