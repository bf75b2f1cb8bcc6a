//! Values for parameters as they are given on the command line: text as it stands, lists with or without brackets.

use crate::diag::{Diagnostics, Place};
use crate::spec::{Parameter, Type, Value};
use crate::yaml::{Kind, Node};

/// The value that a text gives to a parameter.
pub(super) fn value(
    text: &str,
    parameter: &Parameter,
    place: &Place,
) -> Result<Value, Diagnostics> {
    let mut diags = Diagnostics::new();
    match parameter.value(&node(text, parameter, place), &mut diags) {
        Some(value) => diags.into_result(value),
        None => Err(diags),
    }
}

/// What would stand in a stack's file.
pub(super) fn node(text: &str, parameter: &Parameter, place: &Place) -> Node {
    let scalar = |text: &str| bare(scalar_kind(text, parameter.kind), place);
    if !parameter.kind.is_list() {
        return scalar(text);
    }
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let items = inner.split(',').map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    bare(Kind::List(items.map(scalar).collect()), place)
}

fn bare(kind: Kind, place: &Place) -> Node {
    Node {
        kind,
        place: place.clone(),
        quoted: false,
        tag: None,
    }
}

fn scalar_kind(text: &str, kind: Type) -> Kind {
    match (kind, text.parse::<i64>(), text) {
        (Type::Integer, Ok(number), _) => Kind::Int(number),
        (Type::Boolean, _, "true") => Kind::Bool(true),
        (Type::Boolean, _, "false") => Kind::Bool(false),
        _ => Kind::String(text.into()),
    }
}
