//! Whatever is changed in what is written, the proof fails, unless the packet walker shows that the change lets the same pass.

mod change;
mod fate;
mod hcl;
mod mutants;
mod references;
mod report;
mod sample;
mod tree;
mod unseen;
mod yaml;

use patternbook::diag::Diagnostics;
use patternbook::plan::{Cloud, Plan};
use patternbook::reach::proof::Verdict;

use self::fate::Original;
use self::mutants::mutants;
use self::report::Report;
use self::tree::Tree;
use crate::stacks::{self, Judged, examples};

/// A format that is written and read back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    CloudFormation,
    TerraformAws,
    Arm,
    TerraformAzurerm,
}

impl Format {
    fn cloud(self) -> Cloud {
        match self {
            Self::CloudFormation | Self::TerraformAws => Cloud::Aws,
            Self::Arm | Self::TerraformAzurerm => Cloud::Azure,
        }
    }

    /// How many steps lead to a resource.
    fn depth(self) -> usize {
        match self {
            Self::CloudFormation | Self::Arm => 2,
            Self::TerraformAws | Self::TerraformAzurerm => 1,
        }
    }

    fn text(self, plan: &Plan) -> String {
        match self {
            Self::CloudFormation => stacks::cloudformation_of(plan),
            Self::TerraformAws => stacks::terraform_aws_of(plan),
            Self::Arm => stacks::arm_of(plan),
            Self::TerraformAzurerm => stacks::terraform_azurerm_of(plan),
        }
    }

    fn tree(self, text: &str) -> Tree {
        match self {
            Self::CloudFormation | Self::Arm => yaml::tree(text),
            Self::TerraformAws | Self::TerraformAzurerm => hcl::tree(text),
        }
    }

    /// What a text says and proves.
    ///
    /// # Errors
    /// When the text is refused.
    fn judge(self, plan: &Plan, text: &str) -> Result<Judged, Diagnostics> {
        match self {
            Self::CloudFormation => stacks::read_cloudformation(plan, text),
            Self::TerraformAws => stacks::read_terraform_aws(plan, text),
            Self::Arm => stacks::read_arm(plan, text),
            Self::TerraformAzurerm => stacks::read_terraform_azurerm(plan, text),
        }
    }
}

/// A sample of the changes is tried, and with `PATTERNBOOK_ALL_MUTANTS` set every one: then the test is best run optimized.
fn assert_none_survives(format: Format) {
    let all = std::env::var_os("PATTERNBOOK_ALL_MUTANTS").is_some();
    let mut survivors = Vec::new();
    for (name, plan) in examples() {
        if plan.cloud != format.cloud() {
            continue;
        }
        let text = format.text(&plan);
        let judged = format.judge(&plan, &text).unwrap();
        assert_eq!(judged.proof.verdict(), Verdict::Proved, "{name}");
        let original = Original::new(format, &plan, &text, judged.resources);
        let mutants = mutants(format, &text, &format.tree(&text));
        let chosen = if all {
            mutants.all.iter().collect()
        } else {
            sample::of(&mutants.all)
        };
        assert!(
            chosen.len() >= sample::LEAST.min(mutants.all.len()),
            "{name}"
        );
        let mut report = Report::new(mutants.all.len(), mutants.untried);
        let fates = in_threads(&chosen, |mutant| original.fate(mutant));
        for (mutant, fate) in chosen.iter().zip(fates) {
            report.add(mutant, &fate);
        }
        println!("{name} {format:?}: {report}");
        survivors.extend(report.survivors().map(|it| format!("{name}: {it}")));
    }
    assert!(
        survivors.is_empty(),
        "{} survive:\n{}",
        survivors.len(),
        survivors.join("\n")
    );
}

/// Does the same with every item, on as many threads as there are.
fn in_threads<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = items.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(size)
            .map(|part| scope.spawn(|| part.iter().map(&each).collect::<Vec<_>>()))
            .collect();
        let parts = parts.into_iter();
        parts.flat_map(|part| part.join().unwrap()).collect()
    })
}

#[test]
fn no_change_of_cloudformation_stays_proved() {
    assert_none_survives(Format::CloudFormation);
}

#[test]
fn no_change_of_terraform_for_aws_stays_proved() {
    assert_none_survives(Format::TerraformAws);
}

#[test]
fn no_change_of_arm_stays_proved() {
    assert_none_survives(Format::Arm);
}

#[test]
fn no_change_of_terraform_for_azure_stays_proved() {
    assert_none_survives(Format::TerraformAzurerm);
}
