//! The parameters that a pattern declares, and the checks of the values that a stack gives them.

use std::fmt;

use super::fields::Fields;
use super::name::check_word;
use super::shape::{Key as Known, Shape, Table, words};
use super::value::{Type, Value};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::Cidr;
use crate::yaml::{Key, Kind, Node, nearest, shorten};

/// When a parameter's value is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bind {
    /// When the template is built: addresses and rules depend on it.
    Build,
    /// When the template is deployed: it becomes a parameter of the template.
    Deploy,
}

const BINDS: [(&str, Bind); 2] = [("build", Bind::Build), ("deploy", Bind::Deploy)];

/// The declaration of a parameter.
pub(super) static PARAMETER: Table = Table {
    what: "a parameter",
    keys: &[
        Known::must("type", Shape::Word(&words(&Type::ALL)), "What it holds."),
        Known::may(
            "bind",
            Shape::Word(&words(&BINDS)),
            "When its value is known: when the template is built, or when it is deployed.",
        ),
        Known::must(
            "help",
            Shape::Text,
            "One sentence for the person who fills it in.",
        ),
        Known::may(
            "default",
            Shape::Declared,
            "The value that stands when the stack gives none. For one block, `[]` is none.",
        ),
        Known::may("min", Shape::Integer, "The smallest integer."),
        Known::may("max", Shape::Integer, "The largest integer."),
        Known::may("min_items", Shape::Integer, "The fewest items of a list."),
        Known::may("max_items", Shape::Integer, "The most items of a list."),
        Known::may(
            "min_prefix",
            Shape::Integer,
            "The shortest prefix length of a CIDR block, and so its largest size.",
        ),
        Known::may(
            "max_prefix",
            Shape::Integer,
            "The longest prefix length of a CIDR block, and so its smallest size.",
        ),
        Known::may(
            "max_length",
            Shape::Integer,
            "The most characters of a text.",
        ),
        Known::may(
            "choices",
            Shape::DeclaredList,
            "The values that are allowed.",
        ),
    ],
};

/// A parameter of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Type,
    /// When its value is known.
    pub bind: Bind,
    /// One sentence for the person who fills it in.
    pub help: String,
    /// The value that stands when the stack gives none.
    pub default: Option<Value>,
    /// What a value must keep to.
    pub bounds: Bounds,
    /// Where the pattern declares it.
    pub place: Place,
}

/// What a value must keep to. Nothing set, nothing asked.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Bounds {
    /// The values that are allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Value>,
    /// The smallest integer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The largest integer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The fewest items of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_items: Option<i64>,
    /// The most items of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items: Option<i64>,
    /// The shortest prefix length of a CIDR block, and so its largest size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_prefix: Option<i64>,
    /// The longest prefix length of a CIDR block, and so its smallest size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_prefix: Option<i64>,
    /// The most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<i64>,
}

/// Whether this stands for no block where one block may stand.
fn is_no_block(node: &Node, kind: Type) -> bool {
    kind == Type::Cidr && matches!(&node.kind, Kind::List(items) if items.is_empty())
}

impl Parameter {
    /// Reads the declaration under `key`.
    pub(super) fn read(key: &Key, node: &Node, diags: &mut Diagnostics) -> Option<Self> {
        if let Err(diagnostic) = check_word(&key.text, "a parameter", &key.place) {
            diags.push(diagnostic);
        }
        let mut fields = Fields::open(node, &PARAMETER, diags)?;
        let kind = fields.get("type").and_then(|node| read_type(node, diags));
        let bind = fields.get("bind").map(|node| read_bind(node, diags));
        let help = fields.get("help").and_then(|node| node.text(diags));
        let default = fields.get("default");
        let bounds = Bounds::read(&mut fields, kind, diags);
        fields.finish(diags);
        let (kind, help) = (kind?, help?.to_owned());
        let bind = bind.flatten().unwrap_or(match kind {
            Type::Secret => Bind::Deploy,
            _ => Bind::Build,
        });
        let mut parameter = Self {
            name: key.text.as_str().to_owned(),
            kind,
            bind,
            help,
            default: None,
            bounds,
            place: key.place.clone(),
        };
        if let Some(node) = default {
            parameter.default = if is_no_block(node, kind) {
                Some(Value::NO_BLOCK)
            } else {
                parameter.value(node, diags)
            };
        }
        Some(parameter)
    }

    /// Whether a stack may leave out the one block that it takes, by an empty list.
    #[must_use]
    pub fn takes_no_block(&self) -> bool {
        self.kind == Type::Cidr && self.default == Some(Value::NO_BLOCK)
    }

    /// Reads a value for this parameter and holds it against the bounds. Everything that is wrong is pushed.
    pub fn value(&self, node: &Node, diags: &mut Diagnostics) -> Option<Value> {
        if self.kind == Type::Secret {
            diags.push(
                Diagnostic::new(
                    Code::SecretInFile,
                    format!("`{}` is a secret, and no file may hold one", self.name),
                )
                .at(node.place.clone())
                .help("take the line out; the secret is asked for when the template is deployed"),
            );
            return None;
        }
        // Where the pattern asks for no block, neither does a stack have to.
        if is_no_block(node, self.kind) && self.takes_no_block() {
            return Some(Value::NO_BLOCK);
        }
        let value = Value::read(node, self.kind, diags)?;
        match self.bounds.check(&value) {
            Ok(()) => Some(value),
            Err(wrong) => {
                let message = format!("`{}` {}", self.name, wrong.message);
                let mut diagnostic =
                    Diagnostic::new(Code::OutOfRange, message).at(node.place.clone());
                if let Some(help) = wrong.help {
                    diagnostic = diagnostic.help(help);
                }
                diags.push(diagnostic);
                None
            }
        }
    }
}

/// What is wrong with a value, behind the parameter's name.
struct Wrong {
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn new(message: String) -> Self {
        Self {
            message,
            help: None,
        }
    }
}

impl Bounds {
    fn read(fields: &mut Fields<'_>, kind: Option<Type>, diags: &mut Diagnostics) -> Self {
        let mut int = |key| fields.get(key).and_then(|node| node.int(diags));
        let mut bounds = Self {
            choices: Vec::new(),
            min: int("min"),
            max: int("max"),
            min_items: int("min_items"),
            max_items: int("max_items"),
            min_prefix: int("min_prefix"),
            max_prefix: int("max_prefix"),
            max_length: int("max_length"),
        };
        if let (Some(node), Some(kind)) = (fields.get("choices"), kind) {
            let nodes = node.list(diags).unwrap_or_default();
            let choices = nodes
                .iter()
                .filter_map(|node| Value::read(node, kind, diags));
            bounds.choices = choices.collect();
        }
        bounds
    }

    fn check(&self, value: &Value) -> Result<(), Wrong> {
        if !self.choices.is_empty() && !self.choices.contains(value) {
            return Err(self.wrong_choice(value));
        }
        match value {
            Value::Integer(number) => {
                within("is", *number, self.min, self.max, "").map_err(Wrong::new)
            }
            Value::List(items) => {
                // A list of more items than an i64 holds does not fit into a file of 1 MiB.
                let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
                within("has", count, self.min_items, self.max_items, " items")
                    .map_err(Wrong::new)?;
                items.iter().try_for_each(|item| self.check_prefix(item))
            }
            Value::Text(text) => {
                self.check_prefix(text)?;
                let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
                within("has", length, None, self.max_length, " characters").map_err(Wrong::new)
            }
            Value::Boolean(_) => Ok(()),
        }
    }

    fn check_prefix(&self, text: &str) -> Result<(), Wrong> {
        if self.min_prefix.is_none() && self.max_prefix.is_none() {
            return Ok(());
        }
        let Ok(cidr) = text.parse::<Cidr>() else {
            return Ok(());
        };
        let length = i64::from(cidr.prefix_len());
        let longest = i64::from(cidr.address_bits());
        let (min, max) = (
            self.min_prefix.unwrap_or(0),
            self.max_prefix.unwrap_or(longest),
        );
        if (min..=max).contains(&length) {
            return Ok(());
        }
        let size = if length > max {
            "too small"
        } else {
            "too large"
        };
        Err(Wrong::new(format!(
            "is {size} with `/{length}`; it must be from `/{min}` to `/{max}`"
        )))
    }

    fn wrong_choice(&self, value: &Value) -> Wrong {
        let choices: Vec<String> = self.choices.iter().map(ToString::to_string).collect();
        let given = value.to_string();
        let meant = nearest(&given, choices.iter().map(String::as_str));
        Wrong {
            message: format!("cannot be `{}`", shorten(&given)),
            help: Some(match meant {
                Some(meant) => format!(
                    "did you mean `{meant}`? The choices are `{}`",
                    choices.join("`, `")
                ),
                None => format!("the choices are `{}`", choices.join("`, `")),
            }),
        }
    }
}

impl fmt::Display for Bounds {
    /// What is allowed, in a few words; nothing when everything is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.choices.is_empty() {
            let choices: Vec<_> = self.choices.iter().map(ToString::to_string).collect();
            return f.write_str(&choices.join(" | "));
        }
        let parts = [
            range(self.min, self.max, "", ""),
            range(self.min_prefix, self.max_prefix, "/", ""),
            range(self.min_items, self.max_items, "", " items"),
            range(None, self.max_length, "", " characters"),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

fn range(min: Option<i64>, max: Option<i64>, before: &str, after: &str) -> Option<String> {
    match (min, max) {
        (None, None) => None,
        (Some(min), Some(max)) => Some(format!("{before}{min} to {before}{max}{after}")),
        (Some(min), None) => Some(format!("at least {before}{min}{after}")),
        (None, Some(max)) => Some(format!("at most {before}{max}{after}")),
    }
}

/// Checks a number against bounds; the error stands behind the parameter's name.
fn within(
    verb: &str,
    number: i64,
    min: Option<i64>,
    max: Option<i64>,
    unit: &str,
) -> Result<(), String> {
    let low = min.is_some_and(|min| number < min);
    let high = max.is_some_and(|max| number > max);
    if !low && !high {
        return Ok(());
    }
    Err(match (min, max) {
        (Some(min), Some(max)) => format!("{verb} {number}{unit}; it must be from {min} to {max}"),
        (Some(min), None) => format!("{verb} {number}{unit}; it must be at least {min}"),
        (_, max) => format!(
            "{verb} {number}{unit}; it must be at most {}",
            max.unwrap_or(i64::MAX)
        ),
    })
}

fn read_type(node: &Node, diags: &mut Diagnostics) -> Option<Type> {
    let text = node.text(diags)?;
    let found = Type::ALL.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let names = Type::ALL.map(|(name, _)| name);
        let help = nearest(text, names).map_or_else(
            || format!("the types are `{}`", names.join("`, `")),
            |meant| format!("did you mean `{meant}`?"),
        );
        diags.push(
            Diagnostic::new(Code::OutOfRange, format!("`{}` is no type", shorten(text)))
                .at(node.place.clone())
                .help(help),
        );
    }
    found.map(|(_, kind)| *kind)
}

fn read_bind(node: &Node, diags: &mut Diagnostics) -> Option<Bind> {
    let given = node.as_text();
    let found = BINDS.iter().find(|(word, _)| given == Some(*word));
    if found.is_none() {
        let right = format!("`{}`", words(&BINDS).join("` or `"));
        diags.push(node.wrong_type(&right));
    }
    found.map(|(_, bind)| *bind)
}
