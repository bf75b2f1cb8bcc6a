//! From a plan to the files of a format.

use crate::cloud::{LoweringError, Resources, aws, azure};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::plan::{Cloud, Plan};
use crate::render::{self, File, Format, Library, RenderError};
use crate::spec::Stack;
use crate::yaml::{self, Dialect};

/// The formats of a cloud, in the order in which they are written.
pub(super) fn formats(cloud: Cloud) -> [Format; 2] {
    match cloud {
        Cloud::Aws => [Format::CloudFormation, Format::Terraform],
        Cloud::Azure => [Format::Arm, Format::Terraform],
    }
}

/// The files of a plan, format by format.
pub(super) type Files = Vec<(Format, Vec<File>)>;

/// A plan in the words of its cloud.
pub(super) enum Lowered {
    Aws(Resources<aws::Resource>),
    Azure(Resources<azure::Resource>),
}

/// Lowers a plan to its cloud, whose limits and rules it must keep.
pub(super) fn lower(plan: &Plan, stack: &Stack) -> Result<Lowered, Diagnostics> {
    let failed = |errors: Vec<LoweringError>| lowering(stack, &errors);
    match plan.cloud {
        Cloud::Aws => aws::lower(plan).map(Lowered::Aws).map_err(failed),
        Cloud::Azure => azure::lower(plan).map(Lowered::Azure).map_err(failed),
    }
}

/// The files of a plan in some formats of its cloud.
pub(super) fn emit(
    plan: &Plan,
    stack: &Stack,
    formats: &[Format],
    library: &Library,
) -> Result<Files, Diagnostics> {
    let lowered = lower(plan, stack)?;
    formats
        .iter()
        .map(|format| Ok((*format, emit_one(&lowered, plan, stack, *format, library)?)))
        .collect()
}

/// The files of a plan, which was lowered to `lowered`, in one format of its cloud.
pub(super) fn emit_one(
    lowered: &Lowered,
    plan: &Plan,
    stack: &Stack,
    format: Format,
    library: &Library,
) -> Result<Vec<File>, Diagnostics> {
    let mut files = written(lowered, format, library)?;
    if format == Format::Terraform {
        files.extend(moved(plan, stack, &files, library)?);
    }
    if format == Format::CloudFormation && library.is_overridden() {
        check_yaml(&files)?;
    }
    Ok(files)
}

/// What tells Terraform of the names that resources had before, where the plan's pattern gave them others.
fn moved(
    plan: &Plan,
    stack: &Stack,
    folder: &[File],
    library: &Library,
) -> Result<Option<File>, Diagnostics> {
    let former = under_former_names(plan, stack, &[Format::Terraform], library)?;
    if former.is_empty() {
        return Ok(None);
    }
    let former = former.into_iter().flatten().map(|(_, files)| files);
    let generations: Vec<_> = std::iter::once(folder.to_vec()).chain(former).collect();
    render::terraform_moved(&generations).map_err(|error| broken(&error).into())
}

/// The files of a plan as they would be if everything had the name that it had before, then those with the names before that, and
/// so on; nothing when nothing was renamed.
pub(super) fn under_former_names(
    plan: &Plan,
    stack: &Stack,
    formats: &[Format],
    library: &Library,
) -> Result<Vec<Files>, Diagnostics> {
    let mut generations = Vec::new();
    let mut former = plan.under_former_names();
    while let Some(plan) = former {
        let lowered = lower(&plan, stack)?;
        let files = formats.iter();
        let files = files.map(|format| Ok((*format, written(&lowered, *format, library)?)));
        generations.push(files.collect::<Result<_, Diagnostics>>()?);
        former = plan.under_former_names();
    }
    Ok(generations)
}

/// The files of resources in one format of their cloud.
fn written(
    resources: &Lowered,
    format: Format,
    library: &Library,
) -> Result<Vec<File>, Diagnostics> {
    let files = match (resources, format) {
        (Lowered::Aws(resources), Format::Terraform) => render::terraform_aws(resources, library),
        (Lowered::Aws(resources), _) => render::cloudformation(resources, library),
        (Lowered::Azure(resources), Format::Terraform) => {
            render::terraform_azurerm(resources, library)
        }
        (Lowered::Azure(resources), _) => render::arm(resources, library),
    };
    files.map_err(|error| broken(&error).into())
}

/// Refuses YAML that is none. The built-in templates are tested; a user's own may write anything.
fn check_yaml(files: &[File]) -> Result<(), Diagnostics> {
    for file in files {
        let source = yaml::decode(&file.path, &file.contents, Dialect::TEMPLATE)?;
        if let Err(wrong) = yaml::read_as(&source, Dialect::TEMPLATE) {
            let broken = |mut diagnostic: Diagnostic| {
                diagnostic.code = Code::TemplateBroken;
                diagnostic
            };
            return Err(wrong.into_iter().map(broken).collect());
        }
    }
    Ok(())
}

fn broken(error: &RenderError) -> Diagnostic {
    use std::error::Error;
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        // Tera shows the line of the template below its message; here one line is enough.
        message.push_str(error.to_string().trim().lines().next().unwrap_or_default());
        cause = error.source();
    }
    Diagnostic::new(Code::TemplateBroken, message)
}

fn lowering(stack: &Stack, errors: &[LoweringError]) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for error in errors {
        let message = format!("stack `{}`: {error}", stack.name);
        let (code, help) = match error {
            LoweringError::Limit { source_page, .. } => (
                Code::LimitExceeded,
                format!("the limit is described at {source_page}"),
            ),
            LoweringError::Text { help, .. } => (Code::TextNotAllowed, help.clone()),
            LoweringError::Size { help, .. } => (Code::NetworkSize, help.clone()),
            LoweringError::Unsupported { help, .. } => (Code::Unsupported, help.clone()),
        };
        let place = stack.pattern_place.clone();
        diags.push(Diagnostic::new(code, message).at(place).help(help));
    }
    diags
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::diag::Source;
    use crate::plan::expand;
    use crate::spec::Pattern;

    /// What Terraform is told when everything in an example had another name before, which begins with `word`.
    fn moves(example: &str, pattern: &str, word: &str) -> Vec<(String, String)> {
        let read = |path: String| std::fs::read_to_string(path).unwrap();
        let node = |text: &str| yaml::read(&Source::new("a.yaml", text)).unwrap();
        let text = read(format!("patterns/{pattern}.yaml"));
        let stack = Stack::read(&node(&read(format!("examples/{example}.yaml")))).unwrap();
        let plan = expand(&Pattern::read(&node(&text)).unwrap(), &stack).unwrap();
        let was = |names: Vec<&str>| -> BTreeMap<String, String> {
            let pairs = names
                .into_iter()
                .map(|name| (format!("{word}_{name}"), name.to_owned()));
            pairs.collect()
        };
        let subnets = plan.networks.iter().flat_map(|network| &network.subnets);
        let renamed = serde_json::json!({
            "subnets": was(subnets.map(|group| &*group.name).collect()),
            "tiers": was(plan.tiers.keys().map(|name| &**name).collect()),
            "services": was(plan.services.keys().map(|name| &**name).collect()),
        });
        let pattern = Pattern::read(&node(&format!("{text}\nrenamed: {renamed}\n"))).unwrap();
        let plan = expand(&pattern, &stack).unwrap();
        let library = Library::new(BTreeMap::new());
        let files = emit(&plan, &stack, &[Format::Terraform], &library).unwrap();
        let files = files.into_iter().flat_map(|(_, files)| files);
        let mut moved = files.filter(|file| file.path == "moved.tf");
        let text = String::from_utf8(moved.next().unwrap().contents).unwrap();
        let froms = text.lines().filter_map(|it| it.strip_prefix("  from = "));
        let tos = text.lines().filter_map(|it| it.strip_prefix("  to   = "));
        froms
            .map(str::to_owned)
            .zip(tos.map(str::to_owned))
            .collect()
    }

    #[test]
    fn whatever_was_renamed_is_the_same_resource_under_both_names() {
        for (example, pattern) in [
            ("vpc", "aws-private-vpn"),
            ("vpc-full", "aws-private-vpn"),
            ("loop", "aws-analytics-loop"),
            ("loop-full", "aws-analytics-loop"),
            ("shop", "azure-hybrid-web-app"),
            ("shop-full", "azure-hybrid-web-app"),
            ("web", "azure-public-web"),
            ("web-full", "azure-public-web"),
            ("web-dual", "azure-public-web"),
        ] {
            // Before and behind every other name: nothing may be in the order of names.
            for word in ["aa", "zz"] {
                let moves = moves(example, pattern, word);
                assert!(!moves.is_empty(), "{example}");
                for (from, to) in moves {
                    let without = from.replace(&format!("{word}_"), "");
                    assert_eq!(without, to, "{example}: {from}");
                    assert_ne!(from, to, "{example}");
                }
            }
        }
    }
}
