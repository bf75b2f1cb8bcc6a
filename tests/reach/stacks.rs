//! Stacks as the program plans, writes and reads them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use patternbook::cloud::{aws, azure};
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

/// The plan of a stack's text.
pub(crate) fn plan(text: &str) -> Plan {
    let stack = Stack::read(&yaml::read(&Source::new("stack", text)).unwrap()).unwrap();
    let path = project().join(format!("patterns/{}.yaml", stack.pattern));
    let text = std::fs::read_to_string(path).unwrap();
    let pattern = Pattern::read(&yaml::read(&Source::new("pattern", &text)).unwrap()).unwrap();
    expand(&pattern, &stack).unwrap()
}

/// The plan of every example, by its name.
pub(crate) fn examples() -> Vec<(String, Plan)> {
    let mut plans = Vec::new();
    for entry in std::fs::read_dir(project().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        plans.push((name, plan(&std::fs::read_to_string(path).unwrap())));
    }
    plans.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(plans.len() >= 8);
    plans
}

/// The CloudFormation template of a plan.
pub(crate) fn cloudformation_of(plan: &Plan) -> String {
    let files = render::cloudformation(&aws::lower(plan).unwrap(), &LIBRARY).unwrap();
    String::from_utf8(files[0].contents.clone()).unwrap()
}

/// The HCL of a plan: its files one behind the other.
pub(crate) fn terraform_of(plan: &Plan) -> String {
    let files = render::terraform_aws(&aws::lower(plan).unwrap(), &LIBRARY).unwrap();
    let texts = files
        .into_iter()
        .map(|file| String::from_utf8(file.contents));
    texts.filter_map(Result::ok).collect::<Vec<_>>().join("\n")
}

/// The ARM template of a plan.
pub(crate) fn arm_of(plan: &Plan) -> String {
    let files = render::arm(&azure::lower(plan).unwrap(), &LIBRARY).unwrap();
    let mut files = files.into_iter();
    let template = files.find(|file| file.path == "azuredeploy.json").unwrap();
    String::from_utf8(template.contents).unwrap()
}

/// The proof of a CloudFormation template.
///
/// # Errors
/// When the template is refused.
pub(crate) fn read_cloudformation(plan: &Plan, text: &str) -> Result<Proof, Diagnostics> {
    let reading = cloudformation::read(&Source::new("template.yaml", text))?;
    let matrix = reach::aws::matrix(&reading.resources, &reading.unknown);
    Ok(prove(plan, &aws::names(plan), &matrix))
}

/// The proof of HCL.
///
/// # Errors
/// When the text is refused.
pub(crate) fn read_terraform(plan: &Plan, text: &str) -> Result<Proof, Diagnostics> {
    let reading = terraform::read_aws(&[Source::new("main.tf", text)])?;
    let matrix = reach::aws::matrix(&reading.resources, &reading.unknown);
    Ok(prove(plan, &aws::names(plan), &matrix))
}

/// The proof of an ARM template.
///
/// # Errors
/// When the template is refused.
pub(crate) fn read_arm(plan: &Plan, text: &str) -> Result<Proof, Diagnostics> {
    let reading = arm::read(&Source::new("azuredeploy.json", text))?;
    let matrix = reach::azure::matrix(&reading.resources, &reading.unknown);
    Ok(prove(plan, &azure::names(plan), &matrix))
}

/// The proof of a CloudFormation template that is read.
pub(crate) fn prove_cloudformation(plan: &Plan, text: &str) -> Proof {
    read_cloudformation(plan, text).unwrap()
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
