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

/// The files of resources in some formats of their cloud.
pub(super) fn emit(
    resources: &Lowered,
    formats: &[Format],
    library: &Library,
) -> Result<Vec<(Format, Vec<File>)>, Diagnostics> {
    let files = match resources {
        Lowered::Aws(resources) => each(formats, |format| match format {
            Format::Terraform => render::terraform_aws(resources, library),
            _ => render::cloudformation(resources, library),
        }),
        Lowered::Azure(resources) => each(formats, |format| match format {
            Format::Terraform => render::terraform_azurerm(resources, library),
            _ => render::arm(resources, library),
        }),
    }?;
    if library.is_overridden() {
        check_yaml(&files)?;
    }
    Ok(files)
}

/// Refuses YAML that is none. The built-in templates are tested; a user's own may write anything.
fn check_yaml(files: &[(Format, Vec<File>)]) -> Result<(), Diagnostics> {
    let templates = files
        .iter()
        .filter(|(format, _)| *format == Format::CloudFormation);
    for file in templates.flat_map(|(_, files)| files) {
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

fn each(
    formats: &[Format],
    render: impl Fn(Format) -> Result<Vec<File>, RenderError>,
) -> Result<Vec<(Format, Vec<File>)>, Diagnostics> {
    formats
        .iter()
        .map(|format| Ok((*format, render(*format).map_err(|error| broken(&error))?)))
        .collect()
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
