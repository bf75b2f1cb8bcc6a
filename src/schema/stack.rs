//! The schema of stacks: of one pattern, or of any that is known.

use serde_json::{Value as Json, json};

use super::shape::{object, table};
use super::{Schema, document, value};
use crate::spec::{Bind, FORMATS, Pattern, STACK, Shape, VERSION};

/// The schema of the stacks of one pattern.
#[must_use]
pub fn stack_of(pattern: &Pattern) -> Json {
    let version = pattern.version.to_string();
    let special = |shape: Shape| match shape {
        Shape::PatternId => object([("enum", json!([pattern.id]))]),
        Shape::PatternVersion => object([("enum", json!([version]))]),
        _ => reference("parameters"),
    };
    let mut schema = table(&STACK, &special);
    go_together(&mut schema);
    let mut rules = rules();
    rules.extend(must_be_given(pattern));
    schema.insert("allOf".into(), json!(rules));
    let parameters = json!({ "parameters": parameters(pattern) });
    schema.insert("definitions".into(), parameters);
    let title = format!("A stack of {}: {}", pattern.id, pattern.title);
    document(&title, schema)
}

/// The schema of the stacks of any of these patterns.
#[must_use]
pub fn stack<'a>(patterns: impl IntoIterator<Item = &'a Pattern>) -> Json {
    let patterns: Vec<_> = patterns.into_iter().collect();
    let ids: Vec<_> = patterns.iter().map(|it| it.id.as_str()).collect();
    let special = |shape: Shape| match shape {
        Shape::PatternId => object([("enum", json!(ids))]),
        Shape::PatternVersion => object([
            ("type", json!("string")),
            ("pattern", json!(VERSION.pattern)),
        ]),
        // The pattern says which parameters there are.
        _ => object([("type", json!(["object", "null"]))]),
    };
    let mut schema = table(&STACK, &special);
    go_together(&mut schema);
    let mut rules = rules();
    rules.extend(patterns.iter().map(|pattern| follows(pattern)));
    schema.insert("allOf".into(), json!(rules));
    let definitions = patterns.iter().map(|it| (it.id.clone(), parameters(it)));
    let definitions = Json::Object(definitions.collect());
    schema.insert("definitions".into(), definitions);
    document("A stack of patternbook", schema)
}

/// What holds of a stack that follows `pattern`.
fn follows(pattern: &Pattern) -> Json {
    let parameters = json!({ "parameters": reference(&pattern.id) });
    let mut then = object([(
        "properties",
        json!({
            "version": { "enum": [pattern.version.to_string()] },
            "parameters": reference(&pattern.id),
            "environments": { "additionalProperties": { "properties": parameters } },
        }),
    )]);
    let given = must_be_given(pattern);
    if !given.is_empty() {
        then.insert("allOf".into(), json!(given));
    }
    json!({
        "if": { "properties": { "pattern": { "enum": [pattern.id] } }, "required": ["pattern"] },
        "then": then,
    })
}

/// The parameters of a pattern; none of them, where every line is commented out.
fn parameters(pattern: &Pattern) -> Json {
    let properties = pattern.parameters.iter();
    let properties = properties.map(|(name, it)| (name.clone(), Json::Object(value::of(it))));
    Json::Object(object([
        ("type", json!(["object", "null"])),
        ("properties", Json::Object(properties.collect())),
        ("additionalProperties", json!(false)),
    ]))
}

fn reference(definition: &str) -> Schema {
    object([("$ref", json!(format!("#/definitions/{definition}")))])
}

/// What the table of stacks leaves to its reader.
fn go_together(schema: &mut Schema) {
    if let Some(environments) = schema
        .get_mut("properties")
        .and_then(|it| it.get_mut("environments"))
    {
        // Nothing is in no environment, and the folders of formats stand where those of environments would.
        environments["minProperties"] = json!(1);
        environments["propertyNames"]["not"] = json!({ "enum": FORMATS });
    }
}

fn rules() -> Vec<Json> {
    vec![json!({
        "if": { "properties": { "addressing": { "enum": ["mirrored"] } }, "required": ["addressing"] },
        "then": { "required": ["environments"] },
    })]
}

/// That every parameter without a default has a value: for all environments, or in each of them.
fn must_be_given(pattern: &Pattern) -> Vec<Json> {
    let parameters = pattern.parameters.values();
    let missing = parameters.filter(|it| it.bind == Bind::Build && it.default.is_none());
    let names: Vec<_> = missing.map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let has = |names: &[&str]| {
        let given = json!({ "type": "object", "required": names });
        json!({ "type": "object", "required": ["parameters"], "properties": { "parameters": given } })
    };
    let somewhere = names.iter().map(|name| {
        let each =
            json!({ "properties": { "environments": { "additionalProperties": has(&[name]) } } });
        json!({ "anyOf": [has(&[name]), each] })
    });
    vec![json!({
        "if": { "required": ["environments"] },
        "then": { "allOf": somewhere.collect::<Vec<_>>() },
        "else": has(&names),
    })]
}
