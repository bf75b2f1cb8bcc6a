//! From a plan to the files of a format.

use crate::cloud::{self, LoweringError};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::plan::{Cloud, Plan};
use crate::render::{self, File, Format, Library, RenderError};

/// The formats of a cloud, in the order in which they are written.
pub(super) fn formats(cloud: Cloud) -> [Format; 2] {
    match cloud {
        Cloud::Aws => [Format::CloudFormation, Format::Terraform],
        Cloud::Azure => [Format::Arm, Format::Terraform],
    }
}

/// The files of a plan in some formats of its cloud.
pub(super) fn emit(
    plan: &Plan,
    formats: &[Format],
    library: &Library,
) -> Result<Vec<(Format, Vec<File>)>, Diagnostics> {
    match plan.cloud {
        Cloud::Aws => {
            let resources = cloud::aws::lower(plan).map_err(|errors| lowering(plan, &errors))?;
            each(formats, |format| match format {
                Format::Terraform => render::terraform_aws(&resources, library),
                _ => render::cloudformation(&resources, library),
            })
        }
        Cloud::Azure => {
            let resources = cloud::azure::lower(plan).map_err(|errors| lowering(plan, &errors))?;
            each(formats, |format| match format {
                Format::Terraform => render::terraform_azurerm(&resources, library),
                _ => render::arm(&resources, library),
            })
        }
    }
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
        message.push_str(&error.to_string());
        cause = error.source();
    }
    Diagnostic::new(Code::TemplateBroken, message)
}

fn lowering(plan: &Plan, errors: &[LoweringError]) -> Diagnostics {
    let mut diags = Diagnostics::new();
    for error in errors {
        let message = format!("stack `{}`: {error}", plan.stack);
        let (code, help) = match error {
            LoweringError::Limit { source_page, .. } => (
                Code::LimitExceeded,
                format!("the limit is described at {source_page}"),
            ),
            LoweringError::Text { help, .. } => (Code::TextNotAllowed, help.clone()),
            LoweringError::Unsupported { help, .. } => (Code::Unsupported, help.clone()),
        };
        diags.push(Diagnostic::new(code, message).help(help));
    }
    diags
}
