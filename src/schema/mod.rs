//! What an editor is told of the files that users write: JSON Schema, draft-07.
//!
//! It is made from the tables by which those files are read, and from the types and bounds of parameters. Knows those and the
//! words of JSON Schema; knows no cloud, no template and no editor.

mod shape;
mod stack;
mod value;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json, json};

use crate::spec::PATTERN;

pub use stack::{stack, stack_of};

/// A part of a schema.
type Schema = Map<String, Json>;

/// The schema of patterns.
#[must_use]
pub fn pattern() -> Json {
    let mut schema = shape::table(&PATTERN, &value::declared);
    let parameters = schema.get_mut("properties");
    let parameters = parameters.and_then(|it| it.get_mut("parameters"));
    if let Some(parameters) = parameters {
        parameters["additionalProperties"]["allOf"] = json!(value::of_types());
    }
    let definitions = json!({ "condition": shape::condition() });
    schema.insert("definitions".into(), definitions);
    document("A pattern of patternbook", schema)
}

/// A whole schema, with its title.
fn document(title: &str, schema: Schema) -> Json {
    let mut whole = Schema::new();
    // Editors read draft-07 whatever else they read.
    let draft = "http://json-schema.org/draft-07/schema#";
    whole.insert("$schema".into(), json!(draft));
    whole.insert("title".into(), json!(title));
    whole.extend(schema);
    Json::Object(whole)
}
