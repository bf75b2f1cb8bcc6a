//! The text of a stack's file: values that were given stand, defaults stand in comments.

use std::fmt::Write as _;

use super::given::Values;
use crate::spec::{Bind, Parameter, Pattern, Type, Value};

/// The text of a stack.
pub(super) fn text(pattern: &Pattern, name: &str, values: &Values) -> String {
    let region = match pattern.cloud.as_str() {
        "aws" => "eu-west-1",
        _ => "westeurope",
    };
    let mut out = format!(
        "# {title}, after the pattern {id}.\n# `patternbook show {id}` explains the pattern.\n\
         stack: {name}\npattern: {id}\nversion: {version}\n\
         # region: {region}\n# tags: {{ owner: your-team }}\n\nparameters:\n",
        title = pattern.title,
        id = pattern.id,
        version = pattern.version,
    );
    let (build, deploy): (Vec<_>, Vec<_>) = pattern
        .parameters
        .values()
        .partition(|parameter| parameter.bind == Bind::Build);
    for parameter in build {
        // Writing to a string does not fail.
        let _ = writeln!(out, "  # {}", help(parameter));
        line(&mut out, parameter, values);
    }
    if !deploy.is_empty() {
        out.push_str("\n  # These are asked for when the template is deployed. A value here becomes their default.\n");
    }
    for parameter in deploy {
        let _ = writeln!(out, "  # {}", parameter.help);
        line(&mut out, parameter, values);
    }
    out
}

/// What a parameter is for, and what is allowed.
pub(super) fn help(parameter: &Parameter) -> String {
    let bounds = parameter.bounds.to_string();
    if bounds.is_empty() {
        parameter.help.clone()
    } else {
        format!("{} ({bounds})", parameter.help)
    }
}

fn line(out: &mut String, parameter: &Parameter, values: &Values) {
    let name = &parameter.name;
    let value = values.get(name).map(|given| in_yaml(&given.value));
    // Writing to a string does not fail.
    let _ = match (value, &parameter.default, parameter.kind) {
        (Some(value), _, _) => writeln!(out, "  {name}: {value}"),
        (None, Some(default), _) => writeln!(out, "  # {name}: {}", in_yaml(default)),
        (None, None, Type::Secret) => writeln!(out, "  # {name}: a secret, never written here"),
        (None, None, kind) => writeln!(out, "  # {name}: {}", kind.sample()),
    };
}

fn in_yaml(value: &Value) -> String {
    match value {
        Value::Text(text) => scalar(text),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| scalar(item)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as a YAML scalar: as it stands where nobody can take it for something else, in quotes elsewhere.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let word = matches!(text, "true" | "false" | "null");
    let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    if starts && text.chars().all(plain) && !word {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}
