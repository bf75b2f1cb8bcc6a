//! `patternbook show`

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::catalog::Catalog;
use super::output::{as_written, formats, in_words};
use super::report::{Exit, Failure, Report};
use super::{Answer, Global};
use crate::spec::{Bind, Parameter, Pattern};
use crate::yaml::{Kind, Node};

/// Shows one pattern: parameters, network, tiers, flows and their reasons, guarantees, controls, sources
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  patternbook show aws-private-vpn\n  patternbook show aws-private-vpn --format json"
)]
pub(super) struct Args {
    /// Id of the pattern, as `list` prints it
    #[arg(value_name = "PATTERN")]
    pattern: String,
    /// How to print the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Answer,
}

pub(super) fn run(args: &Args, global: &Global, _: &Report) -> Result<Exit, Failure> {
    let pattern = Catalog::open(global)?.pattern(&args.pattern, None)?;
    match args.format {
        Answer::Json => Report::json(&as_json(&pattern))?,
        Answer::Text => Report::result(&as_text(&pattern))?,
    }
    Ok(Exit::Done)
}

fn as_json(pattern: &Pattern) -> Json {
    let body = &pattern.body;
    let part = |node: &Option<Node>, empty: Json| node.as_ref().map_or(empty, as_written);
    json!({
        "schema_version": 1,
        "id": pattern.id,
        "version": pattern.version.to_string(),
        "state": pattern.state,
        "title": pattern.title,
        "summary": pattern.summary,
        "cloud": pattern.cloud,
        "formats": formats(&pattern.cloud),
        "parameters": pattern.parameters.values().map(parameter_json).collect::<Vec<_>>(),
        "network": as_written(&body.network),
        "datacenter": part(&body.datacenter, Json::Null),
        "tiers": part(&body.tiers, json!({})),
        "services": part(&body.services, json!({})),
        "flows": as_written(&body.flows),
        "guarantees": part(&body.guarantees, json!([])),
        "controls": pattern.controls,
        "sources": pattern.sources,
    })
}

fn parameter_json(parameter: &Parameter) -> Json {
    json!({
        "name": parameter.name,
        "type": parameter.kind.as_str(),
        "bind": parameter.bind,
        "default": parameter.default,
        "allowed": parameter.bounds,
        "help": parameter.help,
    })
}

fn as_text(pattern: &Pattern) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{} {} ({}, {})\n{}\n\n{}\n",
        pattern.id,
        pattern.version,
        pattern.cloud,
        pattern.state.as_str(),
        pattern.title,
        wrap(&pattern.summary)
    );
    out.push_str("Parameters\n");
    for parameter in pattern.parameters.values() {
        let _ = writeln!(out, "{}", about(parameter));
    }
    out.push('\n');
    section(&mut out, "Network", Some(&pattern.body.network));
    section(&mut out, "Datacenter", pattern.body.datacenter.as_ref());
    section(&mut out, "Tiers", pattern.body.tiers.as_ref());
    section(&mut out, "Services", pattern.body.services.as_ref());
    flows(&mut out, &pattern.body.flows);
    section(&mut out, "Guarantees", pattern.body.guarantees.as_ref());
    out.push_str("Controls\n");
    for control in &pattern.controls {
        let line = format!(
            "{} {}: {}",
            control.framework, control.id, control.statement
        );
        let _ = writeln!(out, "{}", wrapped(&line, "  ", "    "));
    }
    out.push_str("\nSources\n");
    for source in &pattern.sources {
        let line = format!("{}, {}: {}", source.author, source.year, source.title);
        let _ = writeln!(out, "{}", wrapped(&line, "  ", "    "));
        if let Some(url) = &source.url {
            let _ = writeln!(out, "  {url}");
        }
        if let Some(practice) = &source.practice {
            let _ = writeln!(out, "{}", wrap(practice));
        }
    }
    out
}

/// A parameter: what it takes, and below that what it is for.
fn about(parameter: &Parameter) -> String {
    let mut facts = format!("{}: {}, ", parameter.name, parameter.kind.as_str());
    facts.push_str(&default(parameter));
    let allowed = parameter.bounds.to_string();
    if !allowed.is_empty() {
        facts.push_str(", ");
        facts.push_str(&allowed);
    }
    let facts = wrapped(&facts, "  ", "    ");
    format!("{facts}\n{}", wrapped(&parameter.help, "    ", "    "))
}

fn default(parameter: &Parameter) -> String {
    match (&parameter.default, parameter.bind) {
        (Some(value), _) => format!("{value} by default"),
        (None, Bind::Deploy) => "given on deploy".to_owned(),
        (None, Bind::Build) => "required".to_owned(),
    }
}

/// A part of the pattern: its lines as they are written, one for each entry.
fn section(out: &mut String, title: &str, node: Option<&Node>) {
    let Some(node) = node else { return };
    let _ = writeln!(out, "{title}");
    match &node.kind {
        Kind::Map(entries) => {
            for (key, node) in entries {
                match &node.kind {
                    Kind::Map(inner)
                        if inner
                            .iter()
                            .any(|(_, node)| matches!(node.kind, Kind::Map(_))) =>
                    {
                        let _ = writeln!(out, "  {}", key.text);
                        for (key, node) in inner {
                            let line = format!("{}: {}", key.text, in_words(node));
                            let _ = writeln!(out, "{}", wrapped(&line, "    ", "      "));
                        }
                    }
                    _ => {
                        let line = format!("{}: {}", key.text, in_words(node));
                        let _ = writeln!(out, "{}", wrapped(&line, "  ", "    "));
                    }
                }
            }
        }
        Kind::List(items) => {
            for item in items {
                let _ = writeln!(out, "{}", wrapped(&in_words(item), "  ", "    "));
            }
        }
        _ => {}
    }
    out.push('\n');
}

fn flows(out: &mut String, node: &Node) {
    out.push_str("Flows\n");
    if let Kind::List(flows) = &node.kind {
        for flow in flows {
            let cell = |key| flow.get(key).map(in_words).unwrap_or_default();
            let mut line = format!("{} to {}: {}", cell("from"), cell("to"), cell("allow"));
            for key in ["through", "when"] {
                if flow.get(key).is_some() {
                    let _ = write!(line, ", {key} {}", cell(key));
                }
            }
            let _ = writeln!(out, "{}", wrapped(&line, "  ", "    "));
            let _ = writeln!(out, "{}", wrapped(&cell("why"), "    ", "    "));
        }
    }
    out.push('\n');
}

/// The widest line that is printed, where a word is not wider by itself.
const WIDTH: usize = 100;

/// A paragraph of lines of 100 characters at most, indented.
fn wrap(text: &str) -> String {
    wrapped(text, "  ", "  ")
}

/// Lines of 100 characters at most. The first begins with `first`, the others with `rest`.
fn wrapped(text: &str, first: &str, rest: &str) -> String {
    let width = |text: &str| text.chars().count();
    let mut out = String::from(first);
    let mut used = width(first);
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && used + 1 + width(word) > WIDTH {
            out.push('\n');
            out.push_str(rest);
            used = width(rest);
            is_empty = true;
        }
        if !is_empty {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += width(word);
        is_empty = false;
    }
    out
}
