//! Every example lets through what its plan says, in every format: no more and no less.

use std::path::Path;

use patternbook::cloud::aws;
use patternbook::diag::Source;
use patternbook::plan::{Cloud, Plan, expand};
use patternbook::reach::proof::{Proof, prove};
use patternbook::read::cloudformation;
use patternbook::render::{self, Library};
use patternbook::spec::{Pattern, Stack};
use patternbook::{reach, yaml};

fn plans() -> Vec<(String, Plan)> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut plans = Vec::new();
    for entry in std::fs::read_dir(project.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let stack = Stack::read(&yaml::read(&Source::new("stack", &text)).unwrap()).unwrap();
        let pattern = project.join(format!("patterns/{}.yaml", stack.pattern));
        let text = std::fs::read_to_string(pattern).unwrap();
        let pattern = Pattern::read(&yaml::read(&Source::new("pattern", &text)).unwrap()).unwrap();
        plans.push((name, expand(&pattern, &stack).unwrap()));
    }
    plans.sort_by(|one, other| one.0.cmp(&other.0));
    plans
}

fn proved_as_cloudformation(plan: &Plan) -> Proof {
    let resources = aws::lower(plan).unwrap();
    let library = Library::new(std::collections::BTreeMap::new());
    let files = render::cloudformation(&resources, &library).unwrap();
    let text = String::from_utf8(files[0].contents.clone()).unwrap();
    let reading = cloudformation::read(&Source::new("template.yaml", &text)).unwrap();
    let matrix = reach::aws::matrix(&reading.resources, &reading.unknown);
    prove(plan, &aws::names(plan), &matrix)
}

#[test]
fn cloudformation_is_proved() {
    for (name, plan) in plans() {
        if plan.cloud == Cloud::Aws {
            let proof = proved_as_cloudformation(&plan);
            println!("{name}: {:?}", proof.verdict());
            for it in &proof.missing { println!("  missing {} -> {} {} {:?}: {} {:?}", it.from, it.to, it.allow, it.through, it.why, it.packet); }
            for it in &proof.extra { println!("  extra {} -> {} {} {:?}: {} {:?}", it.from, it.to, it.allow, it.through, it.why, it.packet); }
            for it in &proof.guarantees { println!("  {} {:?}", it.text, it.counterexample.is_none()); }
            println!("  unknown {:?}", proof.unknown);
        }
    }
    panic!();
}
