//! What one principal may do with each resource, in as few cases as there are differences.
//!
//! Most resources are about nobody's business but that of a few, and most actions are those of a few statements: where no
//! statement can let something happen nothing is asked, and what is alike is asked once.

use std::rc::Rc;

use super::case::{Asker, Case};
use super::model::Model;
use super::region::{self, Cell};
use super::rule::Rule;
use super::spot::{Spot, Spots};
use super::verb::Verb;
use super::who::Meant;
use crate::cloud::aws::Decision;

/// One principal who asks for everything.
pub(super) struct Asking<'m> {
    model: &'m Model<'m>,
    spots: &'m Spots,
    asker: Asker<'m>,
    /// Whether it is meant by each rule.
    meant: Vec<Meant>,
}

impl<'m> Asking<'m> {
    pub(super) fn new(model: &'m Model<'m>, spots: &'m Spots, asker: Asker<'m>) -> Self {
        let meant = model.rules().map(|rule| asker.who.is_meant_by(&rule.whom));
        Self {
            model,
            spots,
            asker,
            meant: meant.collect(),
        }
    }

    fn meant(&self, rule: &Rule) -> Meant {
        self.meant
            .get(rule.number)
            .copied()
            .unwrap_or(Meant::UNKNOWN)
    }

    /// Tells `found` everything that is allowed on the resource at a position, action by action.
    pub(super) fn about(&self, at: usize, mut found: impl FnMut(&Spot, &Verb, &Cell)) {
        let Some(spot) = self.spots.all.get(at) else {
            return;
        };
        let guarded = spot.guarded.and_then(|at| self.model.guarded.get(at));
        let endpoints = &self.model.endpoints;
        let allows = |rule: &Rule| {
            let about = || self.spots.has(rule, at).and(self.meant(rule).at_all);
            rule.effect == Decision::Allow && about().possible()
        };
        let allows = |rules: &[Rule]| rules.iter().any(allows);
        if !self.asker.may_do_something(guarded, endpoints, allows) {
            return;
        }
        // Most actions are those of a few statements: what is allowed is worked out once for those that are alike.
        let mut judged = Judged::default();
        for (of, number, verb) in self.spots.verbs_of(spot) {
            let cells = judged.of_action(number, || {
                let guarded = guarded.filter(|guarded| guarded.guards(verb));
                let about = |rule: &Rule| (self.spots.is_about(rule, at, of), self.meant(rule));
                Case::new(self.asker, verb, guarded, endpoints, about)
            });
            for cell in cells {
                found(spot, verb, cell);
            }
        }
    }
}

/// What one principal may do with one resource, as far as it is worked out.
#[derive(Default)]
struct Judged<'m> {
    /// What is allowed of actions, by the number of those that are alike.
    of_actions: Vec<Option<Rc<[Cell]>>>,
    /// The latest cases.
    cases: Vec<(Case<'m>, Rc<[Cell]>)>,
}

/// How many cases are kept to be compared: most actions are those of a few statements.
const KEPT: usize = 16;

impl<'m> Judged<'m> {
    /// What is allowed of the actions with a number, of which `case` is one; nothing where there is no case.
    fn of_action(&mut self, number: usize, case: impl FnOnce() -> Option<Case<'m>>) -> &[Cell] {
        if self.of_actions.len() <= number {
            self.of_actions.resize(number + 1, None);
        }
        if self.of_actions.get(number).is_none_or(Option::is_none) {
            let cells = case().map_or_else(|| Rc::from([]), |case| self.of_case(case));
            if let Some(slot) = self.of_actions.get_mut(number) {
                *slot = Some(cells);
            }
        }
        let cells = self.of_actions.get(number).and_then(Option::as_deref);
        cells.unwrap_or_default()
    }

    /// What is allowed in a case. Cases that are alike have one answer.
    fn of_case(&mut self, case: Case<'m>) -> Rc<[Cell]> {
        let mut known = self.cases.iter();
        if let Some((_, cells)) = known.find(|(known, _)| known.is_alike(&case)) {
            return Rc::clone(cells);
        }
        if self.cases.len() == KEPT {
            self.cases.remove(0);
        }
        let cells: Rc<[Cell]> = region::allowed(&case).into();
        self.cases.push((case, Rc::clone(&cells)));
        cells
    }
}
