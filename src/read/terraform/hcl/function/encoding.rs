//! Functions that write values as text, and that read files.

use super::{Arguments, Result};
use crate::diag::Place;
use crate::read::terraform::tree::{Kind, Value};

pub(super) fn apply(of: &Arguments<'_, '_>) -> Option<Result<Value>> {
    Some(match of.name {
        "jsonencode" => of.at(0).map(|value| Value::json(value.clone(), of.place)),
        "jsondecode" => decode(of),
        "base64encode" | "textencodebase64" => base64(of),
        "file" | "filebase64" | "filebase64sha256" | "filebase64sha512" | "filemd5"
        | "filesha1" | "filesha256" | "filesha512" | "templatefile" => file(of),
        _ => return None,
    })
}

/// What stands in other files is not read here; which file it is, is known.
fn file(of: &Arguments<'_, '_>) -> Result<Value> {
    let path = of.text(0)?;
    Ok(Value::new(Kind::File(path), of.place))
}

fn decode(of: &Arguments<'_, '_>) -> Result<Value> {
    let value = of.at(0)?;
    if let Kind::Json(inner) = &value.kind {
        return Ok((**inner).clone());
    }
    let text = of.text(0)?;
    match serde_json::from_str(&text) {
        Ok(json) => Ok(from_json(&json, of.place)),
        Err(_) => Err(of.why("the text is no JSON")),
    }
}

/// A value of JSON; all of it stands at one place.
pub(in crate::read::terraform) fn from_json(json: &serde_json::Value, place: &Place) -> Value {
    use serde_json::Value as Json;
    let kind = match json {
        Json::Null => Kind::Null,
        Json::Bool(truth) => Kind::Bool(*truth),
        Json::Number(number) => Kind::Number(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Kind::Text(text.as_str().into()),
        Json::Array(items) => {
            let items = items.iter().map(|item| from_json(item, place));
            return Value::list(items.collect(), place);
        }
        Json::Object(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, item)| (key.as_str().into(), from_json(item, place)));
            return Value::map(entries.collect(), place);
        }
    };
    Value::new(kind, place)
}

/// A text that only the deployer knows is kept as what it is the code of.
fn base64(of: &Arguments<'_, '_>) -> Result<Value> {
    let value = of.at(0)?;
    match &value.kind {
        Kind::File(_) | Kind::Unknown(_) => return Ok(value.clone()),
        Kind::Variable(_) => {}
        _ => {
            let length = of.text(0)?.len();
            if !of.evaluator.spend(length, of.place) {
                return Err(of.why("the configuration is too large"));
            }
        }
    }
    Ok(Value::encoded(value.clone(), of.place))
}
