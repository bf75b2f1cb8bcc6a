//! Proof: what resources let through, compared with the flows of a plan.
//!
//! Knows the matrix and the plan, and no cloud. What the plan wants is compared twice: what *may* pass must hold everything
//! that passes for some address of a machine, and what *must* pass must pass for every one.

pub mod actions;
mod deeds;
mod design;
mod guarantees;
mod network;
#[cfg(test)]
mod tests;

pub use design::{Design, Names};

use super::matrix::{Assumption, Matrix};
use super::words::Found;
use crate::cloud::Unknown;
use crate::plan::Plan;

/// What a proof comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Exactly the flows of the plan pass, and every guarantee holds.
    Proved,
    /// Something passes that must not, or does not pass that must.
    Refuted,
    /// Something is not understood.
    Unknown,
}

/// The answer to the question whether resources are what a plan says.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Flows of the plan that do not pass, or not always.
    pub missing: Vec<Finding>,
    /// What passes and is no flow of the plan.
    pub extra: Vec<Finding>,
    /// The guarantees of the plan, in its order.
    pub guarantees: Vec<Checked>,
    /// What is not understood.
    pub unknown: Vec<Unknown>,
    /// What every answer rests on.
    pub assumptions: Vec<Assumption>,
}

/// A flow that is missing or extra.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What passes, or does not.
    pub found: Found,
    /// Why it is a finding: a fragment without a final period.
    pub why: String,
}

/// A guarantee that was looked at.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The guarantee, as a sentence.
    pub text: String,
    /// What passes although it must not.
    pub counterexample: Option<Finding>,
}

impl Proof {
    /// What it comes to. Something that passes and must not is refuted, whatever else is not understood.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let broken = self.guarantees.iter().any(|it| it.counterexample.is_some());
        if broken || !self.missing.is_empty() || !self.extra.is_empty() {
            Verdict::Refuted
        } else if self.unknown.is_empty() {
            Verdict::Proved
        } else {
            Verdict::Unknown
        }
    }
}

/// Compares a matrix with a plan. `names` says what the plan's peers are called among the resources.
#[must_use]
pub fn prove(plan: &Plan, names: &Names, matrix: &Matrix) -> Proof {
    let design = Design::new(plan, names, matrix);
    let (mut missing, mut extra) = network::compare(&design);
    deeds::compare(&design, &mut missing, &mut extra);
    Proof {
        missing,
        extra,
        guarantees: guarantees::check(&design),
        unknown: matrix.unknown.clone(),
        assumptions: matrix.assumptions.clone(),
    }
}
