//! Functions that write values as text, and that read files.

use std::sync::Arc;

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
    Ok(Value::new(Kind::File(path.into()), of.place))
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
            let entries = entries.map(|(key, item)| (Arc::from(&**key), from_json(item, place)));
            return Value::map(entries.collect(), place);
        }
    };
    Value::new(kind, place)
}

/// <https://www.rfc-editor.org/rfc/rfc4648#section-4>
fn base64(of: &Arguments<'_, '_>) -> Result<Value> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if let Kind::File(_) = of.at(0)?.kind {
        return of.at(0).cloned();
    }
    let text = of.text(0)?;
    if !of.evaluator.spend(text.len(), of.place) {
        return Err(of.why("the configuration is too large"));
    }
    let mut out = String::with_capacity(text.len() * 4 / 3 + 4);
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            if at > chunk.len() {
                out.push('=');
            } else {
                let letter = (bits >> (18 - 6 * at)) & 63;
                out.push(char::from(LETTERS[letter as usize]));
            }
        }
    }
    Ok(of.made(&out))
}
