//! What one principal may do with each resource, in as few cases as there are differences.
//!
//! Most resources are about nobody's business but that of a few, and most actions are those of a few statements: where no
//! statement can let something happen nothing is asked, and what is alike is asked once.

use std::collections::VecDeque;

use super::case::{Asker, Case};
use super::model::Model;
use super::region::{self, Cell};
use super::rule::Rule;
use super::spot::{Spot, Spots};
use super::tri::Tri;
use super::verb::Verb;
use super::who::Meant;
use crate::cloud::aws::Decision;

/// One principal who asks for everything.
pub(super) struct Asking<'m> {
    model: &'m Model<'m>,
    spots: &'m Spots<'m>,
    asker: Asker<'m>,
    /// Whether it is meant by each rule.
    meant: Vec<Meant>,
    known: Known<'m>,
    /// The answers for the actions on one resource, kind by kind: nothing where there is no case.
    answers: Vec<Option<usize>>,
}

impl<'m> Asking<'m> {
    pub(super) fn new(model: &'m Model<'m>, spots: &'m Spots<'m>, asker: Asker<'m>) -> Self {
        let meant = model.rules().map(|rule| asker.who.is_meant_by(&rule.whom));
        Self {
            model,
            spots,
            asker,
            meant: meant.collect(),
            known: Known::default(),
            answers: Vec::new(),
        }
    }

    /// Tells `found` everything that is allowed on the resource at a position, action by action.
    pub(super) fn about(&mut self, at: usize, mut found: impl FnMut(&Spot<'_>, &Verb, &Cell)) {
        let (spots, asker) = (self.spots, self.asker);
        let Some(spot) = spots.all.get(at) else {
            return;
        };
        let meant = |rule: &Rule| {
            let meant = self.meant.get(rule.number).copied();
            meant.unwrap_or(Meant::UNKNOWN)
        };
        let guarded = spot.guarded.and_then(|at| self.model.guarded.get(at));
        let endpoints = &self.model.endpoints;
        let allows = |rule: &Rule| {
            let about = || spots.has(rule, at).and(meant(rule).at_all);
            rule.effect == Decision::Allow && about().possible()
        };
        let allows = |rules: &[Rule]| rules.iter().any(allows);
        if !asker.may_do_something(guarded, endpoints, allows) {
            return;
        }
        // Most actions are those of a few statements: what is allowed is worked out once for those that are alike.
        self.answers.clear();
        for (of, verb) in spots.kinds_of(spot) {
            let guarded = guarded.filter(|guarded| guarded.guards(verb));
            let about = |rule: &Rule| {
                let meant = meant(rule);
                match meant.at_all {
                    Tri::No => (Tri::No, meant),
                    _ => (spots.is_about(rule, at, of), meant),
                }
            };
            let case = Case::new(asker, verb, guarded, endpoints, about);
            self.answers.push(case.map(|case| self.known.of_case(case)));
        }
        let answers = self.answers.iter().flatten();
        if { answers }.all(|answer| self.known.cells(*answer).is_empty()) {
            return;
        }
        for (kind, verb) in spots.verbs_of(spot) {
            let answer = self.answers.get(kind).copied().flatten();
            for cell in answer.map_or(&[][..], |answer| self.known.cells(answer)) {
                found(spot, verb, cell);
            }
        }
    }
}

/// What is worked out of what one principal may do.
#[derive(Default)]
struct Known<'m> {
    /// What is allowed in each case that was none of the latest.
    answers: Vec<Vec<Cell>>,
    /// The latest cases, each with the position of its answer.
    cases: VecDeque<(Case<'m>, usize)>,
}

/// How many cases are kept to be compared: most actions are those of a few statements, and on most resources these are the
/// same ones.
const KEPT: usize = 32;

impl<'m> Known<'m> {
    /// The answer at a position.
    fn cells(&self, answer: usize) -> &[Cell] {
        self.answers.get(answer).map_or(&[], Vec::as_slice)
    }

    /// The position of what is allowed in a case. Cases that are alike have one answer.
    fn of_case(&mut self, case: Case<'m>) -> usize {
        let mut known = self.cases.iter();
        if let Some((_, answer)) = known.find(|(known, _)| known.is_alike(&case)) {
            return *answer;
        }
        if self.cases.len() == KEPT {
            self.cases.pop_front();
        }
        self.answers.push(region::allowed(&case));
        let answer = self.answers.len() - 1;
        self.cases.push_back((case, answer));
        answer
    }
}
