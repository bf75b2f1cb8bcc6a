//! Values as the command line gives them, and the command line that gives values.

use std::path::Path;

use indexmap::IndexMap;

use super::Args;
use crate::cli::Global;
use crate::cli::set;
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::spec::{Bind, Parameter, Pattern, Value};
use crate::yaml;

/// The values that were given, by the names of their parameters.
pub(super) type Values = IndexMap<String, Given>;

/// A value, and where it was given.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// The values of `--set`. What is wrong is pushed.
pub(super) fn read(sets: &[String], pattern: &Pattern, diags: &mut Diagnostics) -> Values {
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
            diags.push(pattern.unknown_parameter(key, &place));
            continue;
        };
        let place = Place::new(&source, key.len() + 1..set.len());
        match set::value(value, parameter, &place) {
            Ok(value) => {
                values.insert(key.to_owned(), Given { value, place });
            }
            Err(wrong) => diags.extend(wrong),
        }
    }
    values
}

/// Refuses to go on without a value that nothing but the user can know. All that are missing are told at once.
pub(super) fn demand_all(pattern: &Pattern, values: &Values) -> Result<(), Diagnostics> {
    let parameters = pattern.parameters.values();
    let missing: Vec<_> = parameters
        .filter(|it| it.bind == Bind::Build && it.default.is_none())
        .filter(|it| !values.contains_key(&it.name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|it| format!("`{}`", it.name)).collect();
    let have = if names.len() == 1 { "has" } else { "have" };
    let message = format!("{} {have} no value", names.join(", "));
    let help: Vec<_> = missing.iter().map(|it| would_give(it)).collect();
    let help = format!("give each with `--set`: {}", help.join("; "));
    Err(Diagnostic::new(Code::MissingValue, message)
        .help(help)
        .into())
}

fn would_give(parameter: &Parameter) -> String {
    let help = parameter.help.trim_end_matches('.');
    format!(
        "`--set {}={}` ({help})",
        parameter.name,
        parameter.kind.sample().trim_matches(['[', ']', '"'])
    )
}

/// The command that does the same without a question.
pub(super) fn command(
    args: &Args,
    global: &Global,
    path: &Path,
    name: &str,
    values: &Values,
) -> String {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut words = vec!["patternbook".to_owned(), "new".to_owned()];
    words.push(args.pattern.clone());
    words.extend([
        "-o".to_owned(),
        text(path),
        "--name".to_owned(),
        name.to_owned(),
    ]);
    for (key, given) in values {
        words.extend([
            "--set".to_owned(),
            format!("{key}={}", given.value.items().join(",")),
        ]);
    }
    for file in args.forbid.files() {
        words.extend(["--forbidden".to_owned(), text(file)]);
    }
    if let Some(folder) = &global.patterns {
        words.extend(["--patterns".to_owned(), text(folder)]);
    }
    words.push("--no-input".to_owned());
    let words = words.iter().map(String::as_str);
    // Only a NUL cannot be quoted, and no argument of a command has one.
    shlex::try_join(words).unwrap_or_default()
}
