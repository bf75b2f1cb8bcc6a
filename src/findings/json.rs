//! A finding for programs.

use serde_json::{Value, json};

use super::Finding;
use crate::diag;

/// The finding as `{code, message, file, line, column, help, severity, pattern, object}`, with null for what it does not have.
#[must_use]
pub fn to_json(finding: &Finding) -> Value {
    let mut json = diag::to_json(&finding.what);
    json["severity"] = json!(finding.severity.as_str());
    json["pattern"] = json!(finding.pattern);
    json["object"] = json!(finding.object);
    json
}
