//! Test results as `JUnit` writes them, which most pipelines read: a suite for each template or stack, a case for each thing that
//! was looked at.
//!
//! There is no one standard. What is written is what GitLab and Jenkins read:
//! <https://docs.gitlab.com/ci/testing/unit_test_reports/>, <https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources>.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Came, Case, Finding, Outcome, Suite};
use crate::diag::Place;

type Xml = Writer<Vec<u8>>;

/// The outcome as a document of XML.
///
/// # Errors
/// When it cannot be written to memory.
pub fn document(outcome: &Outcome) -> io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let cases: Vec<_> = outcome.suites.iter().flat_map(|it| &it.cases).collect();
    let name = format!("patternbook {}", outcome.command);
    xml.create_element("testsuites")
        .with_attribute(("name", name.as_str()))
        .with_attributes(counts(&cases, outcome.came).each())
        .write_inner_content(|xml| {
            let mut suites = outcome.suites.iter();
            suites.try_for_each(|it| suite(xml, it, outcome))
        })?;
    let text = String::from_utf8(xml.into_inner()).map_err(io::Error::other)?;
    Ok(text + "\n")
}

fn suite(xml: &mut Xml, suite: &Suite, outcome: &Outcome) -> io::Result<()> {
    let cases: Vec<_> = suite.cases.iter().collect();
    xml.create_element("testsuite")
        .with_attribute(("name", allowed_in_line(&suite.name).as_str()))
        .with_attributes(counts(&cases, outcome.came).each())
        .write_inner_content(|xml| {
            let mut cases = suite.cases.iter();
            cases.try_for_each(|it| case(xml, it, suite, outcome))
        })?;
    Ok(())
}

fn case(xml: &mut Xml, case: &Case, suite: &Suite, outcome: &Outcome) -> io::Result<()> {
    let place = |finding: &Finding| {
        let place = finding.what.primary.as_ref()?;
        Some((outcome.file(place)?, place.line().to_string()))
    };
    let place = case.findings.first().and_then(place);
    let name = allowed_in_line(&case.name);
    let suite = allowed_in_line(&suite.name);
    let mut element = xml
        .create_element("testcase")
        .with_attribute(("classname", suite.as_str()))
        .with_attribute(("name", name.as_str()));
    if let Some((file, line)) = &place {
        let file = allowed_in_line(file);
        element = element.with_attributes([("file", file.as_str()), ("line", line.as_str())]);
    }
    let Some(first) = case.findings.first() else {
        element.write_empty()?;
        return Ok(());
    };
    element.write_inner_content(|xml| {
        let texts: Vec<_> = case.findings.iter().map(|it| text(it, outcome)).collect();
        let texts = allowed(&texts.join("\n"));
        let texts = BytesText::new(&texts);
        match kind(case, outcome.came) {
            None => xml.create_element("system-out").write_text_content(texts)?,
            Some(kind) => xml
                .create_element(kind)
                .with_attribute(("type", first.what.code.as_str()))
                .with_attribute(("message", allowed_in_line(&first.what.message).as_str()))
                .write_text_content(texts)?,
        };
        Ok(())
    })?;
    Ok(())
}

/// How a case that is not as it should be is told: nothing for one that does not fail.
fn kind(tried: &Case, came: Came) -> Option<&'static str> {
    let fails = tried.findings.iter().any(|finding| finding.fails);
    fails.then_some(match came {
        Came::Through => "failure",
        Came::Nowhere => "error",
    })
}

/// The attributes that count the cases.
struct Counts([(&'static str, String); 4]);

impl Counts {
    fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, number)| (*name, number.as_str()))
    }
}

fn counts(cases: &[&Case], came: Came) -> Counts {
    let of = |wanted: &str| {
        let kinds = cases.iter().filter_map(|case| kind(case, came));
        kinds.filter(|kind| *kind == wanted).count().to_string()
    };
    Counts([
        ("tests", cases.len().to_string()),
        ("failures", of("failure")),
        ("errors", of("error")),
        ("skipped", "0".to_owned()),
    ])
}

/// A finding at length.
fn text(finding: &Finding, outcome: &Outcome) -> String {
    let what = &finding.what;
    let at = |place: &Place| {
        let file = outcome.file(place)?;
        Some(format!("{file}:{}:{}", place.line(), place.column()))
    };
    let mut lines = vec![format!("{}: {}", what.code, what.message)];
    lines.extend(
        what.primary
            .as_ref()
            .and_then(at)
            .map(|it| format!("at {it}")),
    );
    let others = what.secondary.iter();
    lines.extend(others.filter_map(|(place, label)| Some(format!("{}: {label}", at(place)?))));
    lines.extend(what.help.clone());
    lines.join("\n") + "\n"
}

/// The text with a mark in place of each character that XML 1.0 cannot hold: <https://www.w3.org/TR/xml/#charsets>.
fn allowed(text: &str) -> String {
    text.replace(
        |char| {
            let is_space = matches!(char, '\t' | '\n');
            let is_none = matches!(char, '\u{FFFE}' | '\u{FFFF}');
            is_none || (char.is_control() && !is_space)
        },
        "\u{FFFD}",
    )
}

/// The same for a value in one line.
fn allowed_in_line(text: &str) -> String {
    allowed(&text.replace(['\n', '\t'], " "))
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;

    use super::super::samples::{finding, outcome};
    use super::super::{Severity, refused};
    use super::*;
    use crate::diag::{Code, Diagnostic};

    #[test]
    fn a_case_that_is_not_as_it_should_be_says_what_and_where() {
        let text = document(&outcome(vec![finding(
            Severity::Error,
            "/repo/a.yaml",
            "too open",
        )]));
        assert_eq!(
            text.unwrap(),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="patternbook prove" tests="2" failures="1" errors="0" skipped="0">
  <testsuite name="vpc" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="vpc" name="too open" file="a.yaml" line="2">
      <failure type="PB601" message="too open">PB601: too open
at a.yaml:2:5
a.yaml:1:1: the other one
close it
</failure>
    </testcase>
    <testcase classname="vpc" name="as it should be"/>
  </testsuite>
</testsuites>
"#
        );
    }

    #[test]
    fn what_does_not_fail_is_said_and_fails_nothing() {
        let mut note = finding(Severity::Note, "a.yaml", "new");
        note.fails = false;
        let text = document(&outcome(vec![note])).unwrap();
        assert!(
            text.contains("failures=\"0\"") && text.contains("<system-out>PB601: new\n"),
            "{text}"
        );
    }

    #[test]
    fn a_command_that_came_nowhere_has_errors() {
        let error = Diagnostic::new(Code::YamlSyntax, "no YAML");
        let mut outcome = outcome(Vec::new());
        outcome.came = Came::Nowhere;
        outcome.suites = vec![refused("prove", &error.into())];
        let text = document(&outcome).unwrap();
        assert!(
            text.contains("failures=\"0\" errors=\"1\"")
                && text.contains("<error type=\"PB103\" message=\"no YAML\">"),
            "{text}"
        );
    }

    #[test]
    fn no_text_breaks_the_document() {
        let odd = "]]> <a b='c' d=\"e\"> & \u{0}\u{8}\u{1b}[31m\u{FFFF}\u{85}\r\n\ttab é😀";
        let text = document(&outcome(vec![finding(Severity::Error, odd, odd)])).unwrap();
        assert!(!text.contains(|char: char| char.is_control() && char != '\n' && char != '\t'));
        let mut reader = Reader::from_str(&text);
        let mut said = String::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(start) if start.name().as_ref() == "failure" => {
                    let message = start.try_get_attribute("message").unwrap().unwrap();
                    said = message.value.into_owned();
                }
                _ => {}
            }
        }
        let said = quick_xml::escape::unescape(&said).unwrap();
        assert_eq!(
            said,
            "]]> <a b='c' d=\"e\"> & \u{FFFD}\u{FFFD}\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}  tab é😀"
        );
    }
}
