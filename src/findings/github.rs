//! Annotations, a group of the log and a summary, as the workflows of GitHub Actions read them.
//!
//! The commands and what must be escaped in them:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Finding, Outcome, Severity, counted};

/// How many annotations are shown of each kind and step, as GitHub says under
/// <https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations>. What is more is told in one.
const MOST_ANNOTATIONS: usize = 10;

/// How many rows the table of the summary has. A page of a summary holds one mebibyte, and nobody reads that.
const MOST_ROWS: usize = 20;

/// Annotations for the worst findings, and the whole text in a group.
#[must_use]
pub fn annotations(outcome: &Outcome) -> String {
    let findings = outcome.worst_first();
    let shown: Vec<_> = findings.iter().take(MOST_ANNOTATIONS).collect();
    let mut text = String::new();
    for finding in &shown {
        text.push_str(&annotation(outcome, finding));
    }
    let more = findings.len().saturating_sub(MOST_ANNOTATIONS);
    if more > 0 {
        // It must not be of a kind of which there are as many as are shown already.
        let notes = shown.iter().filter(|it| it.severity == Severity::Note);
        let kind = if notes.count() == MOST_ANNOTATIONS {
            Severity::Warning
        } else {
            Severity::Note
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "::{} title=patternbook {}::{more} more: the log has all of them",
            kind_of(kind),
            property(&outcome.command)
        );
    }
    text + &group(outcome, findings.len())
}

/// A heading and a table of the worst findings, in Markdown.
#[must_use]
pub fn summary(outcome: &Outcome) -> String {
    let findings = outcome.worst_first();
    let mut text = format!(
        "### patternbook {}: {}\n",
        outcome.command,
        counted(findings.len())
    );
    if !findings.is_empty() {
        text.push_str("\n| | what | where |\n| --- | --- | --- |\n");
    }
    for finding in findings.iter().take(MOST_ROWS) {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "| {} {} | {} | {} |",
            finding.severity.as_str(),
            finding.what.code,
            markdown(&finding.what.message),
            markdown(&position(outcome, finding)),
        );
    }
    let more = findings.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        let _ = writeln!(text, "\nand {more} more, which the log has");
    }
    text + "\n"
}

/// One finding as a command.
fn annotation(outcome: &Outcome, finding: &Finding) -> String {
    let what = &finding.what;
    let mut text = format!("::{} ", kind_of(finding.severity));
    let place = what.primary.as_ref();
    if let Some((place, file)) = place.and_then(|it| Some((it, outcome.file(it)?))) {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "file={},line={},col={},",
            property(&file),
            place.line(),
            place.column()
        );
    }
    let title = format!("{}: {}", what.code, what.code.title());
    let mut message = what.message.clone();
    if let Some(help) = &what.help {
        let _ = write!(message, "\n{help}");
    }
    let _ = writeln!(text, "title={}::{}", property(&title), data(&message));
    text
}

/// The text for people. Nothing in it is taken as a command: the word that ends it is made of the text, which therefore
/// cannot have it.
fn group(outcome: &Outcome, number: usize) -> String {
    let text = outcome.text.trim_end();
    let word = base16ct::lower::encode_string(&Sha256::digest(&outcome.text));
    let title = format!("patternbook {}: {}", outcome.command, counted(number));
    format!(
        "::group::{}\n::stop-commands::{word}\n{text}\n::{word}::\n::endgroup::\n",
        data(&title)
    )
}

fn kind_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Where a finding is, for people.
fn position(outcome: &Outcome, finding: &Finding) -> String {
    let place = finding.what.primary.as_ref();
    let place = place.and_then(|it| Some(format!("{}:{}", outcome.file(it)?, it.line())));
    place.unwrap_or_default()
}

/// A message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A text as it stands, in a cell of a table.
fn markdown(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() {
            cell.push(' ');
            continue;
        }
        if "\\`*_{}[]<>|#!&~$@".contains(char) {
            cell.push('\\');
        }
        cell.push(char);
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::super::samples::{finding, outcome};
    use super::*;

    #[test]
    fn a_finding_is_a_command_with_its_place_and_nothing_of_it_ends_the_command() {
        let odd = finding(
            Severity::Error,
            "a,b:50%.yaml",
            "100% of\r\n::warning::this",
        );
        let text = annotations(&outcome(vec![odd]));
        assert_eq!(
            text.lines().next().unwrap(),
            "::error file=a%2Cb%3A50%25.yaml,line=2,col=5,title=PB601%3A a template that lets something else pass than its design\
             ::100%25 of%0D%0A::warning::this%0Aclose it"
        );
    }

    #[test]
    fn the_worst_ten_are_shown_and_the_rest_is_counted() {
        let of = |severity, number| {
            (0..number).map(move |it| finding(severity, "a", &format!("{severity:?} {it}")))
        };
        let mixed: Vec<_> = of(Severity::Note, 3)
            .chain(of(Severity::Warning, 4))
            .chain(of(Severity::Error, 8))
            .collect();
        let text = annotations(&outcome(mixed));
        let commands: Vec<_> = text
            .lines()
            .take_while(|it| !it.starts_with("::group"))
            .collect();
        let starts = |word: &str| commands.iter().filter(|it| it.starts_with(word)).count();
        assert_eq!(
            [starts("::error"), starts("::warning"), starts("::notice")],
            [8, 2, 1]
        );
        assert!(commands[0].contains("Error 0") && commands[8].contains("Warning 0"));
        assert_eq!(
            commands[10],
            "::notice title=patternbook prove::5 more: the log has all of them"
        );
        // Ten of one kind are all that is shown of it.
        let notes = annotations(&outcome(of(Severity::Note, 11).collect()));
        assert_eq!(notes.matches("\n::notice ").count() + 1, 10);
        assert!(notes.contains("::warning title=patternbook prove::1 more"));
    }

    #[test]
    fn the_text_stands_in_a_group_in_which_no_command_works() {
        let mut outcome = outcome(Vec::new());
        outcome.text = "::add-mask::a\n".into();
        let text = annotations(&outcome);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "::group::patternbook prove: nothing found");
        let word = lines[1].strip_prefix("::stop-commands::").unwrap();
        assert_eq!(
            &lines[2..],
            ["::add-mask::a", &format!("::{word}::"), "::endgroup::"]
        );
        assert_eq!(word.len(), 64);
    }

    #[test]
    fn the_summary_is_a_small_table_in_which_texts_are_texts() {
        let many = (0..25).map(|_| finding(Severity::Error, "a|b", "`x` [y](z)\n<img>"));
        let text = summary(&outcome(many.collect()));
        assert!(
            text.starts_with("### patternbook prove: 25 findings\n\n| | what | where |\n"),
            "{text}"
        );
        assert!(
            text.contains("\n| error PB601 | \\`x\\` \\[y\\](z) \\<img\\> | a\\|b:2 |\n"),
            "{text}"
        );
        assert_eq!(text.matches("| error").count(), MOST_ROWS);
        assert!(
            text.ends_with("\nand 5 more, which the log has\n\n"),
            "{text}"
        );
        let none = summary(&outcome(Vec::new()));
        assert_eq!(none, "### patternbook prove: nothing found\n\n");
    }
}
