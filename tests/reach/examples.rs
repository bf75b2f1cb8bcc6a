//! Every example lets through what its plan says, in every format: no more and no less.

use patternbook::reach::proof::{Proof, Verdict};

use crate::stacks::{examples, proofs, told};

#[test]
fn every_example_is_proved_in_every_format() {
    for (name, plan) in examples() {
        for (format, proof) in proofs(&plan) {
            let told = told(&proof);
            assert_eq!(proof.verdict(), Verdict::Proved, "{name} {format}\n{told}");
            assert_eq!(proof.guarantees.len(), plan.guarantees.len());
        }
    }
}

#[test]
fn the_proofs_of_all_formats_agree() {
    for (name, plan) in examples() {
        let said: Vec<_> = proofs(&plan).iter().map(|(_, proof)| said(proof)).collect();
        assert!(said.len() >= 2);
        for pair in said.windows(2) {
            assert_eq!(pair[0], pair[1], "{name}");
        }
    }
}

/// What a proof says, wherever the template says it.
fn said(proof: &Proof) -> (Verdict, String, Vec<String>, Vec<&'static str>) {
    let guarantees = proof.guarantees.iter().map(|it| it.text.clone());
    let assumptions = proof.assumptions.iter().map(|it| it.0);
    (
        proof.verdict(),
        told(proof),
        guarantees.collect(),
        assumptions.collect(),
    )
}
