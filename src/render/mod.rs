//! How resources are written: Tera templates, one for each resource type and format, under `templates/`.
//!
//! The room knows resources. It knows no plan and no pattern, and shares nothing with the readers.
//!
//! Every interpolation is escaped by the format's own escape, by default: each format has one Tera instance whose
//! escape function writes a whole scalar of the format, quotes included. A [`Term`](crate::cloud::Term) that is an expression is turned into the
//! format's expression before Tera sees it and marked as such, so that no user's text can ever become one.

mod arm;
#[cfg(test)]
mod aws_tests;
#[cfg(test)]
mod azure_tests;
mod cloudformation;
mod context;
mod engine;
mod frame;
mod hcl;
mod json;
mod library;
mod names;
mod terraform;
mod yaml;

pub use engine::RenderError;
pub use library::Library;

use crate::cloud::{Resources, aws, azure};

/// A file of a template, whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Path under the format's folder, with `/` between its parts.
    pub path: String,
    /// The bytes.
    pub contents: Vec<u8>,
}

/// A text format that a cloud's own engine accepts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// AWS CloudFormation, YAML.
    CloudFormation,
    /// Azure Resource Manager, JSON.
    Arm,
    /// Terraform, HCL, for the provider of the resources' cloud.
    Terraform,
}

impl Format {
    /// Every format, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::CloudFormation, Self::Arm, Self::Terraform];

    /// The name on the command line and of the folder under `out`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CloudFormation => "cloudformation",
            Self::Arm => "arm",
            Self::Terraform => "terraform",
        }
    }
}

/// Writes AWS resources as CloudFormation.
pub fn cloudformation(
    resources: &Resources<aws::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    cloudformation::render(resources, library)
}

/// Writes AWS resources as Terraform.
pub fn terraform_aws(
    resources: &Resources<aws::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    terraform::aws::render(resources, library)
}

/// Writes Azure resources as an ARM template and its parameter file.
pub fn arm(
    resources: &Resources<azure::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    arm::render(resources, library)
}

/// Writes Azure resources as Terraform.
pub fn terraform_azurerm(
    resources: &Resources<azure::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    terraform::azurerm::render(resources, library)
}

/// What tells Terraform that resources had other names before, where any had. `generations` are the files of one folder under their
/// names of today, then under those before, and so on.
///
/// # Errors
/// When the generations do not hold the same resources.
pub fn terraform_moved(generations: &[Vec<File>]) -> Result<Option<File>, RenderError> {
    terraform::moved::render(generations)
}

/// Writes a text as JSON does, and YAML between double quotes too.
fn json_string(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let escaped = memchr::memchr2(b'"', b'\\', bytes).is_some() || has_controls(bytes);
    if escaped {
        // Every text is one in JSON: this does not fail.
        out.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// Whether there is a control character of ASCII. Without an end before the last byte, many are looked at at once.
fn has_controls(text: &[u8]) -> bool {
    text.iter().copied().fold(u8::MAX, u8::min) < b' '
}

/// The lines of a text without the blanks at their ends, from the first one that holds something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_matches('\n');
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line.trim_ascii_end()
    })
}

/// Writes so many blanks.
fn blanks(mut width: usize, out: &mut String) {
    const MANY: &str = "                                ";
    while let Some(more) = width.checked_sub(MANY.len()) {
        out.push_str(MANY);
        width = more;
    }
    out.push_str(&MANY[..width]);
}
