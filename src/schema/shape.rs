//! From the tables by which files are read to schemas.

use serde_json::{Value as Json, json};

use super::Schema;
use crate::plan::{Action, BODY, CONDITIONAL};
use crate::spec::{Bounds, Key, Need, Shape, Table, TextForm, Type, Within};

/// The schema of what only the file at hand can say: which patterns there are, and what their parameters take.
pub(super) type Special<'a> = &'a dyn Fn(Shape) -> Schema;

/// What is read as a text: a number or a boolean counts as it is written.
const TEXT: [&str; 3] = ["string", "number", "boolean"];

/// A text in which a parameter is named.
const NAMED: &str = r"\$";

/// The schema of a map whose keys are known words.
pub(super) fn table(table: &Table, special: Special<'_>) -> Schema {
    let properties = table
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key, special)));
    let required = table.keys.iter().filter(|key| key.need != Need::May);
    let required: Vec<_> = required.map(|key| key.name).collect();
    let mut schema = object([
        ("type", json!("object")),
        ("properties", Json::Object(properties.collect())),
    ]);
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema.insert("additionalProperties".into(), json!(false));
    schema
}

fn property(key: &Key, special: Special<'_>) -> Json {
    let body = BODY.iter().find(|(name, _)| *name == key.name);
    let shape = match (key.shape, body) {
        (Shape::Body, Some((_, shape))) => *shape,
        (shape, _) => shape,
    };
    let mut schema = of(shape, special);
    // Beside a reference nothing counts.
    if schema.contains_key("$ref") {
        schema = object([("allOf", json!([schema]))]);
    }
    schema.insert("description".into(), json!(key.help));
    Json::Object(schema)
}

/// The schema of a value.
pub(super) fn of(shape: Shape, special: Special<'_>) -> Schema {
    match shape {
        Shape::Text => object([("type", json!(TEXT))]),
        Shape::Form(form) => {
            let kind = if form.is_free {
                json!(TEXT)
            } else {
                json!("string")
            };
            with_form(object([("type", kind)]), &form)
        }
        Shape::Word(words) => {
            let words = words.iter().flat_map(|word| spellings(word));
            object([("enum", words.collect())])
        }
        Shape::Integer => object([("type", json!("integer"))]),
        Shape::Number(within) => number(within),
        Shape::Boolean => object([
            ("type", json!(["boolean", "string"])),
            ("pattern", json!("^(true|false)$")),
        ]),
        Shape::List(item) => object([
            ("type", json!("array")),
            ("items", Json::Object(of(*item, special))),
        ]),
        Shape::Several(item) => {
            let mut schema = of(*item, special);
            let items = Json::Object(schema.clone());
            also(&mut schema, "array");
            schema.insert("items".into(), items);
            schema
        }
        Shape::Map(map) => table(map, special),
        Shape::OneOf(tables) => {
            let tables = tables.iter().map(|it| Json::Object(table(it, special)));
            object([("anyOf", tables.collect())])
        }
        Shape::Named(form, item) => named(&form, of(*item, special)),
        Shape::OrNothing(inner) => {
            let mut schema = of(*inner, special);
            also(&mut schema, "null");
            schema
        }
        Shape::Filled(inner) => filled(*inner, special),
        Shape::Allow => allow(),
        Shape::Condition => object([("$ref", json!("#/definitions/condition"))]),
        // A value with a condition is written out where it stands; everything else the file at hand knows.
        Shape::PatternId
        | Shape::PatternVersion
        | Shape::Values
        | Shape::Declared
        | Shape::DeclaredList
        | Shape::Body => special(shape),
    }
}

/// A word as an editor reads it: with quotes, and without them where it is then no text.
pub(super) fn spellings(word: &str) -> impl Iterator<Item = Json> {
    let bare = serde_json::from_str::<Json>(word).ok();
    let bare = bare.filter(|bare| bare.is_number() || bare.is_boolean());
    bare.into_iter().chain([json!(word)])
}

/// A map from names that the user gives.
fn named(form: &TextForm, item: Schema) -> Schema {
    object([
        ("type", json!("object")),
        (
            "propertyNames",
            Json::Object(with_form(Schema::new(), form)),
        ),
        ("additionalProperties", Json::Object(item)),
    ])
}

fn with_form(mut schema: Schema, form: &TextForm) -> Schema {
    schema.insert("pattern".into(), json!(form.pattern));
    if let Some(most) = form.most {
        schema.insert("maxLength".into(), json!(most));
    }
    // Not of the draft: editors show it in the place of the expression.
    let message = format!("Right would be {}.", form.what);
    schema.insert("patternErrorMessage".into(), json!(message));
    schema
}

/// Traffic, or an action.
fn allow() -> Schema {
    let traffic = Type::Traffic.form(&Bounds::default());
    let actions = Action::ALL.map(Action::as_str).join("|");
    let pattern = format!("{}|^({actions})$", traffic.unwrap_or_default());
    object([("type", json!("string")), ("pattern", json!(pattern))])
}

fn number(within: Within) -> Schema {
    object([
        ("type", json!(["integer", "string"])),
        ("minimum", json!(within.min)),
        ("maximum", json!(within.max)),
        ("pattern", json!(r"^\+?[0-9]+$")),
    ])
}

/// A value of a pattern's body: as it is, with the name of a parameter in it, or with a condition.
fn filled(shape: Shape, special: Special<'_>) -> Schema {
    let plain = with_names(of(shape, special));
    let mut conditional = table(&CONDITIONAL, &|_| plain.clone());
    if plain.contains_key("anyOf") {
        let mut schema = plain;
        if let Some(Json::Array(kinds)) = schema.get_mut("anyOf") {
            kinds.push(Json::Object(conditional));
        }
        return schema;
    }
    // Everything about maps speaks of maps only: it may stand beside the rest.
    conditional.remove("type");
    let mut schema = plain;
    also(&mut schema, "object");
    schema.extend(conditional);
    schema
}

/// What may be written as it is, or name a parameter.
fn with_names(mut schema: Schema) -> Schema {
    if schema.contains_key("enum") {
        let name = json!({ "type": "string", "pattern": NAMED });
        return object([("anyOf", json!([schema, name]))]);
    }
    if let Some(Json::String(pattern)) = schema.get_mut("pattern") {
        *pattern = format!("{pattern}|{NAMED}");
    }
    if let Some(Json::Object(items)) = schema.remove("items") {
        schema.insert("items".into(), Json::Object(with_names(items)));
    }
    also(&mut schema, "string");
    schema
}

/// What [`Shape::Condition`] refers to: `$name`, or a map of parameters to a value or a list of values.
pub(super) fn condition() -> Schema {
    let mut value = object([("type", json!(TEXT))]);
    let item = Json::Object(value.clone());
    also(&mut value, "array");
    value.insert("items".into(), item);
    object([
        ("type", json!(["string", "object"])),
        ("pattern", json!(r"^\$[a-z0-9_]+$")),
        ("additionalProperties", Json::Object(value)),
    ])
}

/// Lets a value be of one more type.
pub(super) fn also(schema: &mut Schema, kind: &str) {
    let Some(types) = schema.get_mut("type") else {
        return;
    };
    match types {
        Json::Array(all) if !all.contains(&json!(kind)) => all.push(json!(kind)),
        Json::String(one) if one != kind => *types = json!([one, kind]),
        _ => {}
    }
}

/// A part of a schema with these words.
pub(super) fn object<const N: usize>(entries: [(&str, Json); N]) -> Schema {
    let entries = entries.into_iter();
    entries
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
