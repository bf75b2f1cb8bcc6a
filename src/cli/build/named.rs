//! What `--format` names: a format of templates, or a form in which a check tells what it found.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::super::report::Failure;
use super::super::told::{Form, Pipeline};
use crate::diag::{Code, Diagnostic};
use crate::render::Format;

/// One of the names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Named {
    /// Templates are written in it.
    Template(Format),
    /// A check tells in it what it found.
    Form(Form),
}

impl ValueEnum for Named {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Template(Format::CloudFormation),
            Self::Template(Format::Arm),
            Self::Template(Format::Terraform),
            Self::Form(Form::Text),
            Self::Form(Form::Json),
            Self::Form(Form::Pipeline(Pipeline::Github)),
            Self::Form(Form::Pipeline(Pipeline::Sarif)),
            Self::Form(Form::Pipeline(Pipeline::Junit)),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Template(format) => {
                let help = match format {
                    Format::CloudFormation => "CloudFormation, for AWS",
                    Format::Arm => "ARM, for Azure",
                    Format::Terraform => "Terraform, for both",
                };
                Some(PossibleValue::new(format.as_str()).help(help))
            }
            Self::Form(form) => form.to_possible_value(),
        }
    }
}

/// The formats of templates among them.
pub(super) fn templates(named: &[Named]) -> impl Iterator<Item = Format> {
    named.iter().filter_map(|it| match it {
        Named::Template(format) => Some(*format),
        Named::Form(_) => None,
    })
}

/// The forms among them.
pub(super) fn forms(named: &[Named]) -> impl Iterator<Item = Form> {
    named.iter().filter_map(|it| match it {
        Named::Template(_) => None,
        Named::Form(form) => Some(*form),
    })
}

/// Refuses a form where nothing is checked, and two forms at once.
pub(super) fn agree(named: &[Named], is_check: bool) -> Result<(), Failure> {
    let name = |form: Form| -> String {
        let value = form.to_possible_value();
        value.map_or_else(String::new, |it| it.get_name().to_owned())
    };
    let mut forms = forms(named);
    let first = forms.next();
    let second = forms.find(|it| Some(*it) != first);
    let refused = match (first, second) {
        (Some(first), _) if !is_check => Diagnostic::new(
            Code::Usage,
            format!("`--format {}` is for `--check`", name(first)),
        )
        .help("it tells what a check found: add `--check`, or name a format of templates"),
        (Some(first), Some(second)) => Diagnostic::new(
            Code::Usage,
            format!(
                "`--format {}` and `--format {}` cannot both be printed",
                name(first),
                name(second)
            ),
        )
        .help("name one of them, and run the check once for each that you need"),
        _ => return Ok(()),
    };
    Err(refused.into())
}
