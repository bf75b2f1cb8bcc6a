//! Every example lets through what its plan says, in every format: no more and no less.

use patternbook::plan::Cloud;
use patternbook::reach::proof::Verdict;

use crate::stacks::{cloudformation_of, examples, prove_cloudformation, told};

#[test]
fn cloudformation_is_proved() {
    for (name, plan) in examples() {
        if plan.cloud == Cloud::Aws {
            let proof = prove_cloudformation(&plan, &cloudformation_of(&plan));
            assert_eq!(proof.verdict(), Verdict::Proved, "{name}\n{}", told(&proof));
            assert_eq!(proof.guarantees.len(), plan.guarantees.len());
        }
    }
}
