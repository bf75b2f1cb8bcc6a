//! Findings to try the forms on.

use super::{Came, Case, Finding, Outcome, Severity, Suite};
use crate::diag::{Code, Diagnostic, Place, Source};

/// A finding of some severity in the second line of a file.
pub(super) fn finding(severity: Severity, file: &str, message: &str) -> Finding {
    let source = Source::new(file, "one\ntwo three\n");
    Finding {
        severity,
        fails: true,
        what: Diagnostic::new(Code::NotProved, message)
            .at(Place::new(&source, 8..13))
            .also(Place::new(&source, 0..3), "the other one")
            .help("close it"),
        pattern: Some("aws-private-vpn".into()),
        object: format!("vpc {message}"),
    }
}

/// An outcome with these findings, each in a case of its own.
pub(super) fn outcome(findings: Vec<Finding>) -> Outcome {
    let case = |finding: Finding| Case::bad(finding.what.message.clone(), finding);
    let mut cases: Vec<_> = findings.into_iter().map(case).collect();
    cases.push(Case::good("as it should be"));
    Outcome {
        command: "prove".into(),
        came: Came::Through,
        exit: 1,
        suites: vec![Suite {
            name: "vpc".into(),
            cases,
        }],
        text: "all of it\n".into(),
        root: "/repo".into(),
    }
}
