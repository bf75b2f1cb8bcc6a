//! The values of parameters.

use serde_json::{Value as Json, json};

use super::Schema;
use super::shape::{self, also, object};
use crate::spec::{Bind, Bounds, Parameter, Shape, Type, Value};

/// The schema of a parameter's value, with what its author says of it.
pub(super) fn of(parameter: &Parameter) -> Schema {
    let mut schema = typed(parameter.kind, &parameter.bounds);
    if parameter.takes_no_block() {
        also(&mut schema, "array");
        schema.insert("maxItems".into(), json!(0));
    }
    schema.insert("description".into(), json!(about(parameter)));
    match &parameter.default {
        Some(default) => {
            schema.insert("default".into(), written(default, parameter.kind));
        }
        None if parameter.bounds.choices.is_empty() && parameter.kind != Type::Secret => {
            schema.insert("examples".into(), json!([sample(parameter.kind)]));
        }
        None => {}
    }
    schema
}

fn about(parameter: &Parameter) -> String {
    let mut about = parameter.help.clone();
    let bounds = parameter.bounds.to_string();
    if !bounds.is_empty() && parameter.bounds.choices.is_empty() {
        about = format!("{about} Allowed: {bounds}.");
    }
    if parameter.kind == Type::Secret {
        about = format!("{about} {SECRET}");
    } else if parameter.bind == Bind::Deploy {
        about.push_str(
            " Asked for when the template is deployed; a value here becomes the default.",
        );
    }
    about
}

/// The schema of the values of a type.
fn typed(kind: Type, bounds: &Bounds) -> Schema {
    let mut schema = if kind.is_list() {
        list(kind, bounds)
    } else {
        scalar(kind, bounds)
    };
    if !bounds.choices.is_empty() {
        // The choices say more than the form does.
        schema.remove("pattern");
        let choices = bounds.choices.iter();
        let mut choices: Vec<_> = choices.flat_map(|it| spellings(it, kind)).collect();
        choices.dedup();
        schema.insert("enum".into(), json!(choices));
    }
    schema
}

fn list(kind: Type, bounds: &Bounds) -> Schema {
    let mut schema = object([
        ("type", json!("array")),
        ("items", Json::Object(scalar(kind, bounds))),
    ]);
    let counts = [
        ("minItems", bounds.min_items),
        ("maxItems", bounds.max_items),
    ];
    for (word, count) in counts {
        if let Some(count) = count {
            schema.insert(word.into(), json!(count.max(0)));
        }
    }
    schema
}

fn scalar(kind: Type, bounds: &Bounds) -> Schema {
    let mut schema = match kind {
        Type::Integer => numbers(json!("integer"), bounds.min, bounds.max),
        Type::Boolean => object([("type", json!("boolean"))]),
        Type::Port | Type::Ports => numbers(json!(["integer", "string"]), Some(1), Some(65_535)),
        // What is a number or a boolean to others is the text that was written to us.
        Type::Choice | Type::Text | Type::Image | Type::Script => {
            object([("type", json!(["string", "number", "boolean"]))])
        }
        Type::Secret => secret(),
        _ => object([("type", json!("string"))]),
    };
    if let Some(form) = kind.form(bounds) {
        let message = format!("Right would be {}.", kind.example().replace('`', ""));
        schema.insert("pattern".into(), json!(form));
        schema.insert("patternErrorMessage".into(), json!(message));
    }
    if let (Some(most), false) = (bounds.max_length, kind.is_list()) {
        schema.insert("maxLength".into(), json!(most.max(0)));
    }
    schema
}

const SECRET: &str = "A secret: no file holds one. It is asked for when the template is deployed.";

/// No value at all, as a type that nothing has: of that an editor tells by the message. The last two words are not of the draft.
fn secret() -> Schema {
    object([
        ("type", json!("object")),
        ("minProperties", json!(1)),
        ("maxProperties", json!(0)),
        ("errorMessage", json!(SECRET)),
        ("doNotSuggest", json!(true)),
    ])
}

fn numbers(kind: Json, min: Option<i64>, max: Option<i64>) -> Schema {
    let mut schema = object([("type", kind)]);
    for (word, bound) in [("minimum", min), ("maximum", max)] {
        if let Some(bound) = bound {
            schema.insert(word.into(), json!(bound));
        }
    }
    schema
}

/// A value as an editor writes it.
fn written(value: &Value, kind: Type) -> Json {
    match (value, kind) {
        (Value::List(items), Type::Ports) => items.iter().map(|item| number(item)).collect(),
        (Value::Text(text), Type::Port) => number(text),
        _ => json!(value),
    }
}

fn number(text: &str) -> Json {
    text.parse::<i64>().map_or_else(|_| json!(text), Json::from)
}

/// A choice as an editor reads it: with quotes, and without them where it is then no text.
fn spellings(choice: &Value, kind: Type) -> Vec<Json> {
    match (choice, kind) {
        (Value::Text(text), Type::Choice | Type::Text | Type::Image | Type::Port) => {
            shape::spellings(text).collect()
        }
        _ => vec![written(choice, kind)],
    }
}

/// A value as it would stand in a stack.
fn sample(kind: Type) -> Json {
    let text = kind.sample();
    serde_json::from_str(text).unwrap_or_else(|_| match text.strip_prefix('[') {
        Some(items) => json!([items.trim_end_matches(']')]),
        None => json!(text),
    })
}

/// What a parameter's declaration may hold, as far as it is the same for every type.
pub(super) fn declared(shape: Shape) -> Schema {
    match shape {
        Shape::DeclaredList => object([("type", json!("array"))]),
        _ => Schema::new(),
    }
}

/// What the type of a parameter decides about the rest of its declaration.
pub(super) fn of_types() -> Vec<Json> {
    let rules = Type::ALL.iter().map(|&(name, kind)| {
        let value = typed(kind, &Bounds::default());
        let choices = json!({ "items": value });
        let mut default = value;
        if kind == Type::Cidr {
            also(&mut default, "array");
            default.insert("maxItems".into(), json!(0));
        }
        json!({
            "if": { "properties": { "type": { "enum": [name] } }, "required": ["type"] },
            "then": { "properties": { "default": default, "choices": choices } },
        })
    });
    rules.collect()
}
