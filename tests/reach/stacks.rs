//! Stacks as the program plans, writes and reads them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use patternbook::cloud::{Placed, Unknown, aws, azure};
use patternbook::diag::{Diagnostics, Source};
use patternbook::plan::{Cloud, Plan, expand};
use patternbook::reach::proof::{Finding, Proof, prove};
use patternbook::read::{arm, cloudformation, terraform};
use patternbook::render::{self, File, Library};
use patternbook::spec::{Pattern, Stack};
use patternbook::{reach, yaml};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::new(BTreeMap::new()));

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The plans of a stack's text, one for each of its environments.
fn plans(text: &str) -> Vec<Plan> {
    let stack = Stack::read(&yaml::read(&Source::new("stack", text)).unwrap()).unwrap();
    let path = project().join(format!("patterns/{}.yaml", stack.pattern));
    let text = std::fs::read_to_string(path).unwrap();
    let pattern = Pattern::read(&yaml::read(&Source::new("pattern", &text)).unwrap()).unwrap();
    let stacks = stack.in_environments().into_iter();
    stacks
        .map(|stack| expand(&pattern, &stack).unwrap())
        .collect()
}

/// The plan of every example, by its name.
pub(crate) fn examples() -> Vec<(String, Plan)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(project().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        // The ledger lies beside the stacks.
        if path.extension().is_none_or(|it| it != "yaml") {
            continue;
        }
        let plans = plans(&std::fs::read_to_string(path).unwrap()).into_iter();
        found.extend(plans.map(|plan| (plan.name(), plan)));
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(found.len() >= 8);
    found
}

/// The CloudFormation template of a plan.
pub(crate) fn cloudformation_of(plan: &Plan) -> String {
    let files = render::cloudformation(&aws::lower(plan).unwrap(), &LIBRARY).unwrap();
    String::from_utf8(files[0].contents.clone()).unwrap()
}

/// The HCL of a plan for AWS: its files one behind the other.
pub(crate) fn terraform_aws_of(plan: &Plan) -> String {
    joined(render::terraform_aws(&aws::lower(plan).unwrap(), &LIBRARY).unwrap())
}

/// The HCL of a plan for Azure.
pub(crate) fn terraform_azurerm_of(plan: &Plan) -> String {
    joined(render::terraform_azurerm(&azure::lower(plan).unwrap(), &LIBRARY).unwrap())
}

fn joined(files: Vec<File>) -> String {
    let files = files.into_iter();
    let files = files.filter(|file| {
        Path::new(&file.path)
            .extension()
            .is_some_and(|it| it == "tf")
    });
    let texts = files.map(|file| String::from_utf8(file.contents).unwrap());
    texts.collect::<Vec<_>>().join("\n")
}

/// The ARM template of a plan.
pub(crate) fn arm_of(plan: &Plan) -> String {
    let files = render::arm(&azure::lower(plan).unwrap(), &LIBRARY).unwrap();
    let mut files = files.into_iter();
    let template = files.find(|file| file.path == "azuredeploy.json").unwrap();
    String::from_utf8(template.contents).unwrap()
}

/// What a text says, and the proof of it.
pub(crate) struct Judged {
    pub(crate) resources: Resources,
    pub(crate) proof: Proof,
}

/// The resources of one cloud.
pub(crate) enum Resources {
    Aws(Vec<aws::Resource>),
    Azure(Vec<azure::Resource>),
}

/// The proof of a CloudFormation template.
///
/// # Errors
/// When the template is refused.
pub(crate) fn read_cloudformation(plan: &Plan, text: &str) -> Result<Judged, Diagnostics> {
    let reading = cloudformation::read(&Source::new("template.yaml", text))?;
    Ok(judged_aws(plan, &reading.resources, &reading.unknown))
}

/// The proof of HCL for AWS.
///
/// # Errors
/// When the text is refused.
pub(crate) fn read_terraform_aws(plan: &Plan, text: &str) -> Result<Judged, Diagnostics> {
    let reading = terraform::read_aws(&[Source::new("main.tf", text)])?;
    Ok(judged_aws(plan, &reading.resources, &reading.unknown))
}

/// The proof of an ARM template.
///
/// # Errors
/// When the template is refused.
pub(crate) fn read_arm(plan: &Plan, text: &str) -> Result<Judged, Diagnostics> {
    let reading = arm::read(&Source::new("azuredeploy.json", text))?;
    Ok(judged_azure(plan, &reading.resources, &reading.unknown))
}

/// The proof of HCL for Azure.
///
/// # Errors
/// When the text is refused.
pub(crate) fn read_terraform_azurerm(plan: &Plan, text: &str) -> Result<Judged, Diagnostics> {
    let reading = terraform::read_azurerm(&[Source::new("main.tf", text)])?;
    Ok(judged_azure(plan, &reading.resources, &reading.unknown))
}

fn judged_aws(plan: &Plan, placed: &[Placed<aws::Resource>], unknown: &[Unknown]) -> Judged {
    let matrix = reach::aws::matrix(placed, unknown);
    Judged {
        resources: Resources::Aws(placed.iter().map(|it| it.resource.clone()).collect()),
        proof: prove(plan, &aws::names(plan), &matrix),
    }
}

fn judged_azure(plan: &Plan, placed: &[Placed<azure::Resource>], unknown: &[Unknown]) -> Judged {
    let matrix = reach::azure::matrix(placed, unknown);
    Judged {
        resources: Resources::Azure(placed.iter().map(|it| it.resource.clone()).collect()),
        proof: prove(plan, &azure::names(plan), &matrix),
    }
}

/// The proof of a CloudFormation template that is read.
pub(crate) fn prove_cloudformation(plan: &Plan, text: &str) -> Proof {
    read_cloudformation(plan, text).unwrap().proof
}

/// The proof of what is written of a plan, by format.
pub(crate) fn proofs(plan: &Plan) -> Vec<(&'static str, Proof)> {
    match plan.cloud {
        Cloud::Aws => {
            let resources = aws::lower(plan).unwrap();
            let template = sources(render::cloudformation(&resources, &LIBRARY).unwrap());
            let folder = sources(render::terraform_aws(&resources, &LIBRARY).unwrap());
            let readings = [
                ("cloudformation", cloudformation::read(&template[0])),
                ("terraform", terraform::read_aws(&folder)),
            ];
            let proofs = readings.map(|(format, reading)| {
                let reading = reading.unwrap();
                let matrix = reach::aws::matrix(&reading.resources, &reading.unknown);
                (format, prove(plan, &aws::names(plan), &matrix))
            });
            proofs.into()
        }
        Cloud::Azure => {
            let resources = azure::lower(plan).unwrap();
            let template = sources(render::arm(&resources, &LIBRARY).unwrap());
            let folder = sources(render::terraform_azurerm(&resources, &LIBRARY).unwrap());
            let readings = [
                ("arm", arm::read(&template[0])),
                ("terraform", terraform::read_azurerm(&folder)),
            ];
            let proofs = readings.map(|(format, reading)| {
                let reading = reading.unwrap();
                let matrix = reach::azure::matrix(&reading.resources, &reading.unknown);
                (format, prove(plan, &azure::names(plan), &matrix))
            });
            proofs.into()
        }
    }
}

/// The files that hold text.
fn sources(files: Vec<File>) -> Vec<Arc<Source>> {
    let texts = files.into_iter().filter_map(|file| {
        let text = String::from_utf8(file.contents).ok()?;
        Some(Source::new(&file.path, &text))
    });
    texts.collect()
}

/// A proof in a few lines, for messages.
pub(crate) fn told(proof: &Proof) -> String {
    let one = |kind: &str, it: &Finding| {
        let found = &it.found;
        format!(
            "{kind} {} -> {} {} {:?}: {}\n",
            found.from, found.to, found.allow, found.through, it.why
        )
    };
    let missing = proof.missing.iter().map(|it| one("missing", it));
    let extra = proof.extra.iter().map(|it| one("extra", it));
    let broken = proof.guarantees.iter().filter_map(|it| {
        let counterexample = it.counterexample.as_ref()?;
        Some(one(&it.text, counterexample))
    });
    let unknown = proof.unknown.iter().map(|it| format!("{it:?}\n"));
    missing.chain(extra).chain(broken).chain(unknown).collect()
}
