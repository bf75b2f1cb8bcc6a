//! SARIF 2.1.0, which code scanning reads: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
//!
//! What GitHub wants of it: <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support>.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Came, Finding, Outcome, Severity, file};
use crate::diag::{Code, Place};

/// The outcome as a log of one run.
#[must_use]
pub fn log(outcome: &Outcome) -> Value {
    let findings = outcome.worst_first();
    let (placed, bare): (Vec<_>, Vec<_>) = findings.into_iter().partition(|it| {
        it.what
            .primary
            .as_ref()
            .is_some_and(|at| outcome.file(at).is_some())
    });
    // Errors that are in no file are of the call. Code scanning refuses a log with a result that is nowhere.
    let (called, results) = match outcome.came {
        Came::Nowhere => (bare, placed),
        Came::Through => (Vec::new(), [placed, bare].concat()),
    };
    let all = || results.iter().chain(&called);
    let mut rules: Vec<(Code, Severity)> = Vec::new();
    for finding in all() {
        if !rules.iter().any(|(code, _)| *code == finding.what.code) {
            rules.push((finding.what.code, finding.severity));
        }
    }
    rules.sort();
    let index = |code: Code| rules.iter().position(|(it, _)| *it == code);
    let results = results
        .iter()
        .map(|it| result(it, index(it.what.code), outcome));
    let notifications = called.iter().map(|it| {
        json!({
            "descriptor": { "id": it.what.code.as_str() },
            "level": it.severity.as_str(),
            "message": { "text": message(it) },
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "patternbook",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().copied().map(rule).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": outcome.came == Came::Through,
                "exitCode": outcome.exit,
                "toolConfigurationNotifications": notifications.collect::<Vec<_>>(),
            }],
            "automationDetails": { "id": format!("patternbook/{}/", outcome.command) },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

/// A code as a rule, with what `explain` says of it.
fn rule((code, severity): (Code, Severity)) -> Value {
    let explanation = code.explanation();
    let first = explanation.split("\n\n").next().unwrap_or_default();
    let full = first.replace('\n', " ");
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "fullDescription": { "text": full },
        "help": { "text": explanation, "markdown": explanation },
        "defaultConfiguration": { "level": severity.as_str() },
    })
}

fn result(finding: &Finding, rule: Option<usize>, outcome: &Outcome) -> Value {
    let what = &finding.what;
    let location = |place: &Place| {
        let physical = physical(place, outcome)?;
        Some(json!({ "physicalLocation": physical }))
    };
    let locations = what.primary.iter().filter_map(location);
    let related = what.secondary.iter().enumerate();
    let related = related.filter_map(|(at, (place, label))| {
        let physical = physical(place, outcome)?;
        let message = json!({ "text": plain(label) });
        Some(json!({ "id": at + 1, "physicalLocation": physical, "message": message }))
    });
    json!({
        "ruleId": what.code.as_str(),
        "ruleIndex": rule,
        "level": finding.severity.as_str(),
        "message": { "text": message(finding) },
        "locations": locations.collect::<Vec<_>>(),
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": { "patternbook/v1": fingerprint(finding) },
        "properties": { "pattern": finding.pattern, "object": finding.object },
    })
}

fn physical(place: &Place, outcome: &Outcome) -> Option<Value> {
    let uri = file::uri(&outcome.file(place)?);
    let artifact = if uri.starts_with("file:") {
        json!({ "uri": uri })
    } else {
        json!({ "uri": uri, "uriBaseId": "%SRCROOT%" })
    };
    let end = Place::new(&place.source, place.span.end..place.span.end);
    let mut region = json!({ "startLine": place.line(), "startColumn": place.column() });
    if end.clamped().start > place.clamped().start {
        region["endLine"] = json!(end.line());
        region["endColumn"] = json!(end.column());
    }
    Some(json!({ "artifactLocation": artifact, "region": region }))
}

/// What stays the same when lines move: the pattern, the rule, and what the finding is about.
fn fingerprint(finding: &Finding) -> String {
    let pattern = finding.pattern.as_deref().unwrap_or_default();
    let parts = [pattern, finding.what.code.as_str(), &finding.object];
    let digest = Sha256::digest(parts.join("\n"));
    let mut text = base16ct::lower::encode_string(&digest);
    text.truncate(32);
    text
}

/// What is wrong, and what would be right.
fn message(finding: &Finding) -> String {
    let what = &finding.what;
    let parts = [Some(&what.message), what.help.as_ref()];
    let parts: Vec<_> = parts.into_iter().flatten().map(|it| plain(it)).collect();
    parts.join("\n")
}

/// A text in which nothing is a placeholder or a link: sections 3.11.5 and 3.11.6 of the standard.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '{' | '}' => plain.extend([char, char]),
            '[' | ']' | '\\' => plain.extend(['\\', char]),
            char => plain.push(char),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::refused;
    use super::super::samples::{finding, outcome};
    use super::*;
    use crate::diag::{Diagnostic, Source};

    #[test]
    fn a_finding_is_a_result_with_its_rule_and_its_place() {
        let log = log(&outcome(vec![finding(
            Severity::Warning,
            "/repo/a b.yaml",
            "see [this](1) {0}",
        )]));
        let run = &log["runs"][0];
        let result = &run["results"][0];
        assert_eq!(
            result["message"]["text"],
            "see \\[this\\](1) {{0}}\nclose it"
        );
        assert_eq!(result["level"], "warning");
        assert_eq!(
            result["locations"],
            json!([{ "physicalLocation": {
                "artifactLocation": { "uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 10 },
            } }])
        );
        assert_eq!(
            result["relatedLocations"][0]["message"]["text"],
            "the other one"
        );
        let rule = &run["tool"]["driver"]["rules"][0];
        assert_eq!(
            (&rule["id"], &result["ruleIndex"]),
            (&json!("PB601"), &json!(0))
        );
        assert_eq!(rule["shortDescription"]["text"], Code::NotProved.title());
        assert_eq!(rule["help"]["markdown"], Code::NotProved.explanation());
        assert!(
            !rule["fullDescription"]["text"]
                .as_str()
                .unwrap()
                .contains('\n')
        );
    }

    #[test]
    fn a_fingerprint_knows_pattern_rule_and_object_and_no_line() {
        let one = finding(Severity::Error, "a.yaml", "too open");
        let mut other = one.clone();
        other.what.primary = Some(Place::new(&Source::new("b.yaml", "\n\n\na"), 3..4));
        other.what.message = "said otherwise".into();
        assert_eq!(fingerprint(&one), fingerprint(&other));
        for change in [
            |it: &mut Finding| it.pattern = None,
            |it: &mut Finding| it.object = "else".into(),
            |it: &mut Finding| it.what.code = Code::NotUnderstood,
        ] {
            let mut other = one.clone();
            change(&mut other);
            assert_ne!(fingerprint(&one), fingerprint(&other));
        }
    }

    #[test]
    fn an_error_of_the_call_is_no_result() {
        let place = Place::start_of(&Source::new("a.yaml", "a"));
        let errors = [
            Diagnostic::new(Code::Usage, "not understood"),
            Diagnostic::new(Code::YamlSyntax, "no YAML").at(place),
        ];
        let mut outcome = outcome(Vec::new());
        outcome.came = Came::Nowhere;
        outcome.suites = vec![refused("prove", &errors.into_iter().collect())];
        let log = log(&outcome);
        let run = &log["runs"][0];
        let called = &run["invocations"][0];
        assert_eq!(called["executionSuccessful"], false);
        let notes = called["toolConfigurationNotifications"].as_array().unwrap();
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0]["descriptor"]["id"], "PB001");
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 1);
        assert_eq!(results[0]["ruleId"], "PB103");
    }
}
