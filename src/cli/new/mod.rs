//! `patternbook new`

mod editor;

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::cli::Global;
use crate::cli::catalog::Catalog;
use crate::cli::report::{Exit, Failure, Report};
use crate::cli::set;
use crate::cli::write::{already_there, write_new};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::spec::{Bind, Pattern, Type, Value, check_stack_name, unknown_parameter};
use crate::yaml;

/// Writes a stack file for a pattern, with a comment for each of its parameters
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Example:\n  patternbook new aws-private-vpn -o vpc.yaml --name vpc --set zones=3"
)]
pub(super) struct Args {
    /// Id of the pattern, as `list` prints it
    #[arg(value_name = "PATTERN")]
    pattern: String,
    /// The file to write, `-` for standard output; the stack's name with `.yaml` when nothing is said
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The stack's name; the pattern's id when nothing is said
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A value for a parameter; lists as `a,b` or `[a, b]`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Asks nothing, on a terminal either
    #[arg(long)]
    no_input: bool,
}

pub(super) fn run(args: &Args, global: &Global, report: &Report) -> Result<Exit, Failure> {
    let pattern = Catalog::open(global)?.pattern(&args.pattern, None)?;
    let mut diags = Diagnostics::new();
    let mut values = read_sets(&args.set, &pattern, &mut diags);
    let mut name = args.name.clone().unwrap_or_else(|| pattern.id.clone());
    let source = Source::new("--name", &name);
    if let Err(diagnostic) = check_stack_name(&name, "a stack", &Place::new(&source, 0..name.len()))
    {
        diags.push(diagnostic);
    }
    diags.into_result(())?;
    let given = args.output.as_deref();
    if let Some(path) = given.filter(|path| *path != Path::new("-") && path.exists()) {
        // Before the questions: nobody wants to answer them in vain.
        return Err(already_there(path).into());
    }
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if terminal && !args.no_input {
        if args.name.is_none() {
            name = ask_name(&name)?;
        }
        ask_values(&pattern, &mut values)?;
    }
    let text = stack_file(&pattern, &name, &values);
    let path = args
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{name}.yaml")));
    if path == Path::new("-") {
        Report::result(&text)?;
    } else {
        editor::write_schema(&path, &pattern, report)?;
        let text = editor::first_line(&pattern) + &text;
        write_new(&path, text.as_bytes())?;
        let shown = path.display();
        report.note(&format!(
            "wrote {shown}; see it with `patternbook plan {shown}`, write its templates with `patternbook build {shown}`"
        ));
    }
    Ok(Exit::Done)
}

type Values = IndexMap<String, Value>;

fn read_sets(sets: &[String], pattern: &Pattern, diags: &mut Diagnostics) -> Values {
    let mut values = Values::new();
    for set in sets {
        let source = Source::new("--set", set);
        let whole = Place::new(&source, 0..set.len());
        let Some((key, value)) = set.split_once('=') else {
            let message = format!("`{}` gives no value", yaml::shorten(set));
            let help = "write `--set KEY=VALUE`";
            diags.push(
                Diagnostic::new(Code::MissingValue, message)
                    .at(whole)
                    .help(help),
            );
            continue;
        };
        let Some(parameter) = pattern.parameters.get(key) else {
            let place = Place::new(&source, 0..key.len());
            diags.push(unknown_parameter(key, &place, &pattern.parameters));
            continue;
        };
        let place = Place::new(&source, key.len() + 1..set.len());
        match set::value(value, parameter, &place) {
            Ok(value) => {
                values.insert(key.to_owned(), value);
            }
            Err(wrong) => diags.extend(wrong),
        }
    }
    values
}

fn ask(question: &str) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        Diagnostic::new(
            Code::FileUnreadable,
            format!("the terminal cannot be read: {error}"),
        )
    };
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "{question}: ")
        .and_then(|()| stderr.flush())
        .map_err(failed)?;
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if read.map_err(failed)? == 0 {
        return Err(
            Diagnostic::new(Code::MissingValue, "the questions were not answered")
                .help("answer them, or give the values with `--set KEY=VALUE` and `--no-input`")
                .into(),
        );
    }
    Ok(line.trim().to_owned())
}

fn ask_name(default: &str) -> Result<String, Failure> {
    loop {
        let answer = ask(&format!("name of the stack [{default}]"))?;
        let name = if answer.is_empty() {
            default.to_owned()
        } else {
            answer
        };
        let source = Source::new("name", &name);
        match check_stack_name(&name, "a stack", &Place::new(&source, 0..name.len())) {
            Ok(()) => return Ok(name),
            Err(diagnostic) => say(&diagnostic),
        }
    }
}

/// Asks for every value that is known when the template is built and was not given. An empty line takes the default.
fn ask_values(pattern: &Pattern, values: &mut Values) -> Result<(), Failure> {
    for parameter in pattern.parameters.values() {
        if parameter.bind == Bind::Deploy || values.contains_key(&parameter.name) {
            continue;
        }
        let default = parameter
            .default
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        loop {
            let bounds = parameter.bounds.to_string();
            let bounds = if bounds.is_empty() {
                bounds
            } else {
                format!(" ({bounds})")
            };
            let answer = ask(&format!(
                "{}{bounds}\n{} [{default}]",
                parameter.help, parameter.name
            ))?;
            if answer.is_empty() && parameter.default.is_some() {
                break;
            }
            let source = Source::new(&parameter.name, &answer);
            match set::value(&answer, parameter, &Place::new(&source, 0..answer.len())) {
                Ok(value) => {
                    values.insert(parameter.name.clone(), value);
                    break;
                }
                Err(diags) => diags.iter().for_each(say),
            }
        }
    }
    Ok(())
}

fn say(diagnostic: &Diagnostic) {
    let help = diagnostic.help.as_deref().unwrap_or_default();
    // Who cannot see the terminal cannot be asked either.
    let _ = writeln!(std::io::stderr().lock(), "{}; {help}", diagnostic.message);
}

/// The stack's file: values that were given stand, defaults stand in comments.
fn stack_file(pattern: &Pattern, name: &str, values: &Values) -> String {
    let mut out = format!(
        "# {title}, after the pattern {id}.\n# `patternbook show {id}` explains the pattern.\n\
         stack: {name}\npattern: {id}\nversion: {version}\n\
         # region: {region}\n# tags: {{ owner: your-team }}\n\nparameters:\n",
        title = pattern.title,
        id = pattern.id,
        version = pattern.version,
        region = if pattern.cloud == "aws" {
            "eu-west-1"
        } else {
            "westeurope"
        },
    );
    let (build, deploy): (Vec<_>, Vec<_>) = pattern
        .parameters
        .values()
        .partition(|parameter| parameter.bind == Bind::Build);
    for parameter in build {
        let value = values.get(&parameter.name);
        let bounds = parameter.bounds.to_string();
        let bounds = if bounds.is_empty() {
            bounds
        } else {
            format!(" ({bounds})")
        };
        let _ = writeln!(out, "  # {}{bounds}", parameter.help);
        let _ = match (value, &parameter.default) {
            (Some(value), _) => writeln!(out, "  {}: {}", parameter.name, in_yaml(value)),
            (None, Some(default)) => writeln!(out, "  # {}: {}", parameter.name, in_yaml(default)),
            (None, None) => writeln!(out, "  {}:", parameter.name),
        };
    }
    if !deploy.is_empty() {
        out.push_str("\n  # These are asked for when the template is deployed. A value here becomes their default.\n");
    }
    for parameter in deploy {
        let _ = writeln!(out, "  # {}", parameter.help);
        let _ = match (
            values.get(&parameter.name),
            &parameter.default,
            parameter.kind,
        ) {
            (Some(value), _, _) => writeln!(out, "  {}: {}", parameter.name, in_yaml(value)),
            (None, Some(default), _) => {
                writeln!(out, "  # {}: {}", parameter.name, in_yaml(default))
            }
            (None, None, Type::Secret) => {
                writeln!(out, "  # {}: a secret, never written here", parameter.name)
            }
            (None, None, kind) => writeln!(out, "  # {}: {}", parameter.name, kind.sample()),
        };
    }
    out
}

fn in_yaml(value: &Value) -> String {
    match value {
        Value::Text(text) => scalar(text),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| scalar(item)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as a YAML scalar: as it stands where nobody can take it for something else, in quotes elsewhere.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let word = matches!(text, "true" | "false" | "null");
    let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    if starts && text.chars().all(plain) && !word {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}
