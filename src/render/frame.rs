//! What stands around the resources, as the templates of a frame see it.

use serde::Serialize;

use crate::cloud::{self, Term};

/// More bytes than nearly any stack has around its resources.
pub(super) const AROUND: usize = 16 * 1024;

/// A parameter of a template.
#[derive(Serialize)]
pub(super) struct Parameter<'a> {
    /// Its name in the habit of the format.
    id: String,
    name: &'a str,
    kind: String,
    help: &'a str,
    default: Option<Default<'a>>,
}

/// What stands there when the deployer gives nothing.
#[derive(Serialize)]
#[serde(untagged)]
enum Default<'a> {
    Text(&'a str),
    List(Vec<&'a str>),
}

impl<'a> Parameter<'a> {
    /// A parameter whose default is one text, as CloudFormation and ARM take it.
    pub(super) fn new(parameter: &'a cloud::Parameter, id: fn(&str) -> String) -> Self {
        Self {
            id: id(&parameter.name),
            name: &parameter.name,
            kind: format!("{:?}", parameter.kind),
            help: &parameter.help,
            default: parameter.default.as_deref().map(Default::Text),
        }
    }

    /// A parameter whose default is a list where it holds a list.
    pub(super) fn with_lists(parameter: &'a cloud::Parameter, id: fn(&str) -> String) -> Self {
        let default = parameter.default.as_deref().map(|default| {
            if parameter.kind.is_list() {
                Default::List(default.split(',').collect())
            } else {
                Default::Text(default)
            }
        });
        Self {
            default,
            ..Self::new(parameter, id)
        }
    }
}

/// An output of a template.
#[derive(Serialize)]
pub(super) struct Output<'a> {
    /// Its name in the habit of the format.
    id: String,
    name: &'a str,
    help: &'a str,
    value: &'a Term,
    secret: bool,
}

impl<'a> Output<'a> {
    /// An output with its name in the habit of a format.
    pub(super) fn new(output: &'a cloud::Output, id: fn(&str) -> String) -> Self {
        Self {
            id: id(&output.name),
            name: &output.name,
            help: &output.help,
            value: &output.value,
            secret: output.secret,
        }
    }
}

/// The parameters and the outputs of a template.
#[derive(Serialize)]
pub(super) struct Frame<'a> {
    /// The parameters, in order.
    pub(super) parameters: Vec<Parameter<'a>>,
    /// The outputs, in order.
    pub(super) outputs: Vec<Output<'a>>,
}
