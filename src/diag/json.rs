//! A diagnostic for machines.

use serde_json::{Value, json};

use super::Diagnostic;

/// The diagnostic as `{code, message, file, line, column, help}`, with null for what it does not have.
#[must_use]
pub fn to_json(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.primary.as_ref();
    json!({
        "code": diagnostic.code.as_str(),
        "message": diagnostic.message,
        "file": place.map(|place| &*place.source.name),
        "line": place.map(super::Place::line),
        "column": place.map(super::Place::column),
        "help": diagnostic.help,
    })
}

#[cfg(test)]
mod tests {
    use crate::diag::{Code, Diagnostic, Place, Source};

    #[test]
    fn every_field_is_there_and_null_where_absent() {
        let source = Source::new("a.yaml", "x: 1\ny: 2\n");
        let full = Diagnostic::new(Code::UnknownKey, "unknown key `y`")
            .at(Place::new(&source, 5..6))
            .help("remove it");
        let bare = Diagnostic::new(Code::Internal, "broken");
        let json = [&full, &bare].map(|diagnostic| super::to_json(diagnostic).to_string());
        assert_eq!(
            json,
            [
                r#"{"code":"PB201","message":"unknown key `y`","file":"a.yaml","line":2,"column":1,"help":"remove it"}"#,
                r#"{"code":"PB900","message":"broken","file":null,"line":null,"column":null,"help":null}"#,
            ]
        );
    }
}
