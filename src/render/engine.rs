//! One Tera instance for a format, and the way of a resource into it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use tera::{Context, Kwargs, State, Tera, Value};

use super::{Library, names};
use crate::cloud::Term;

/// Why a template could not be written. The templates are part of the program, so that this is a mistake in a
/// template under `templates/` or in one that the user put in its place.
#[derive(Debug, thiserror::Error)]
#[error("the template `{name}` does not render")]
pub struct RenderError {
    /// Name of the template.
    pub name: String,
    /// What is wrong in it.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl RenderError {
    /// An error in the template `name`.
    pub(super) fn new(
        name: &str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            name: name.into(),
            source: source.into(),
        }
    }
}

/// How a format writes scalars and nested values. All of it goes to the end of `out`.
pub(super) trait Syntax: Send + Sync + 'static {
    /// Writes a known text as a scalar of the format, with quotes where it needs them.
    fn text(text: &str, out: &mut String);
    /// Writes a value that is no plain text as an expression of the format.
    fn term(term: &Term, out: &mut String);
    /// Writes a nested value. Its first line stands at `indent`, the others below it.
    fn tree(value: &Value, indent: usize, out: &mut String);
    /// Writes a text of several lines at `indent` in the format's most readable way.
    fn block(text: &str, indent: usize, out: &mut String);
    /// An expression for the Base64 of what `expression` gives, and for nothing when that is empty.
    fn encoded(expression: &str) -> String {
        expression.to_owned()
    }
    /// An expression for the part at `index` of what `expression` gives, whose parts stand between colons.
    fn part(expression: &str, _index: usize) -> String {
        expression.to_owned()
    }
}

/// A nested value as a format's [`Syntax::tree`] sees it.
pub(super) enum Tree<'a> {
    /// A text, a number, or yes or no.
    Scalar(&'a Value),
    /// A list.
    List(&'a [Value]),
    /// A map with its keys as plain text, in order, without what is nothing.
    Map(Vec<(Cow<'a, str>, &'a Value)>),
}

impl<'a> Tree<'a> {
    /// What stands in `value`.
    pub(super) fn of(value: &'a Value) -> Self {
        if let Some(map) = value.as_map() {
            let entries = map.iter().filter(|(_, value)| !value.is_none());
            return Self::Map(entries.map(|(key, value)| (key_of(key), value)).collect());
        }
        value.as_array().map_or(Self::Scalar(value), Self::List)
    }
}

fn key_of<'a>(key: &'a tera::value::Key<'_>) -> Cow<'a, str> {
    match key.as_str() {
        Some(text) => text.into(),
        None => key.to_string().into(),
    }
}

/// Writes a value that is neither list nor map. What is an expression already stays as it is.
pub(super) fn scalar<S: Syntax>(value: &Value, out: &mut String) {
    match value.as_str() {
        Some(text) if value.is_safe() => out.push_str(text),
        Some(text) => S::text(text, out),
        None => out.push_str(&value.to_string()),
    }
}

thread_local! {
    /// Texts that were drafted, to be written over: there are tens of thousands, and most are short.
    static DRAFTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What `then` makes of the text that `how` writes.
pub(super) fn drafted<T>(how: impl FnOnce(&mut String), then: impl FnOnce(&str) -> T) -> T {
    let draft = DRAFTS.with_borrow_mut(Vec::pop);
    let mut draft = draft.unwrap_or_default();
    how(&mut draft);
    let made = then(&draft);
    draft.clear();
    DRAFTS.with_borrow_mut(|drafts| drafts.push(draft));
    made
}

/// The text that `how` writes.
pub(super) fn written(how: impl FnOnce(&mut String)) -> String {
    drafted(how, str::to_owned)
}

/// The templates of one format.
pub(super) struct Engine {
    /// The texts of all templates, by name.
    texts: BTreeMap<String, Cow<'static, str>>,
    /// The templates that were read so far.
    tera: RwLock<Tera>,
}

impl Engine {
    /// The templates of `folder`, not read yet.
    pub(super) fn new<S: Syntax>(library: &Library, folder: &str) -> Self {
        let mut tera = Tera::new();
        // Every suffix is escaped: the format's escape writes whole scalars, and a template that is not escaped would
        // let a value become structure.
        tera.autoescape_on([""]);
        tera.set_escape_fn(|text, output| {
            let write = |scalar: &str| output.write_all(scalar.as_bytes());
            drafted(|out| S::text(text, out), write)
        });
        tera.register_filter("tree", tree::<S>);
        tera.register_filter("block", block::<S>);
        tera.register_filter("comment", comment);
        tera.register_filter("part", part::<S>);
        tera.register_filter("encoded", encoded::<S>);
        tera.register_filter("pascal", |name: &str, _: Kwargs, _: &State| {
            identifier(&names::pascal(name))
        });
        tera.register_filter("snake", |name: &str, _: Kwargs, _: &State| {
            identifier(&names::snake(name))
        });
        tera.register_filter("path", |path: &str, _: Kwargs, _: &State| {
            plain(path, b"./_-")
        });
        let assets = library.folder("functions");
        tera.register_filter("asset", move |path: &str, _: Kwargs, _: &State| {
            assets
                .get(path)
                .map(|text| Value::normal_string(text))
                .ok_or_else(|| tera::Error::message(format!("no file `functions/{path}`")))
        });
        Self {
            texts: library.folder(folder),
            tera: RwLock::new(tera),
        }
    }

    /// Reads the templates `names`, and those that any template may call: their names begin with `_`. To read every
    /// template would take as long as everything else that is done for a stack, and no stack needs them all.
    pub(super) fn read<'a>(&self, names: impl Iterator<Item = &'a str>) -> tera::TeraResult<()> {
        let tera = self.tera.read().unwrap_or_else(PoisonError::into_inner);
        let missing = names.filter(|name| !tera.contains_template(name));
        let missing = missing.filter_map(|name| self.texts.get_key_value(name));
        let mut missing: BTreeMap<_, _> = missing.collect();
        drop(tera);
        if missing.is_empty() {
            return Ok(());
        }
        let all = self.texts.iter().filter(|(name, _)| name.starts_with('_'));
        missing.extend(all);
        let mut tera = self.tera.write().unwrap_or_else(PoisonError::into_inner);
        // Some were read with others, and some by others since.
        missing.retain(|name, _| !tera.contains_template(name));
        tera.add_raw_templates(missing)
    }

    /// Renders the template `name`, which was read before, with the fields of `context`.
    pub(super) fn render(&self, name: &str, context: &Context) -> Result<String, RenderError> {
        self.tera
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .render(name, context)
            .map_err(|error| RenderError::new(name, error))
    }

    /// The same where about so many bytes are expected: what outgrows its room again and again is copied each time.
    pub(super) fn render_long(
        &self,
        name: &str,
        context: &Context,
        expected: usize,
    ) -> Result<String, RenderError> {
        let mut text = Vec::with_capacity(expected);
        let tera = self.tera.read().unwrap_or_else(PoisonError::into_inner);
        let rendered = tera.render_to(name, context, &mut text);
        rendered.map_err(|error| RenderError::new(name, error))?;
        String::from_utf8(text).map_err(|error| RenderError::new(name, error))
    }
}

/// `{{ value | tree(indent=4) }}`: a nested value in the format's own syntax.
#[expect(
    clippy::needless_pass_by_value,
    reason = "Tera gives a filter its arguments by value"
)]
fn tree<S: Syntax>(value: &Value, kwargs: Kwargs, _: &State) -> tera::TeraResult<Value> {
    let indent = kwargs.get::<usize>("indent")?.unwrap_or(0);
    let tree = |out: &mut String| S::tree(value, indent, out);
    Ok(drafted(tree, Value::safe_string))
}

/// `{{ text | block(indent=4) }}`: a text of several lines.
#[expect(
    clippy::needless_pass_by_value,
    reason = "Tera gives a filter its arguments by value"
)]
fn block<S: Syntax>(text: &str, kwargs: Kwargs, _: &State) -> tera::TeraResult<Value> {
    let indent = kwargs.get::<usize>("indent")?.unwrap_or(0);
    let block = |out: &mut String| S::block(text, indent, out);
    Ok(drafted(block, Value::safe_string))
}

/// `{{ name | pascal }}`, `{{ name | snake }}`: a name that stands in a template without quotes.
fn identifier(name: &str) -> Value {
    plain(name, b"_")
}

/// Letters, digits and `others` alone, which need no quotes in any format.
fn plain(text: &str, others: &[u8]) -> Value {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || others.contains(&byte);
    if text.bytes().all(plain) {
        return Value::safe_string(text);
    }
    let letters = text.chars();
    let kept: String = letters
        .filter(|letter| u8::try_from(*letter).is_ok_and(plain))
        .collect();
    Value::safe_string(&kept)
}

/// `{{ text | comment }}`: a text inside a comment, which ends with its line.
fn comment(text: &str, _: Kwargs, _: &State) -> Value {
    if text.chars().any(char::is_control) {
        Value::safe_string(&text.replace(char::is_control, " "))
    } else {
        Value::safe_string(text)
    }
}

/// `{{ image | part(index=0) }}`: one part of a value whose parts stand between colons.
#[expect(
    clippy::needless_pass_by_value,
    reason = "Tera gives a filter its arguments by value"
)]
fn part<S: Syntax>(value: &Value, kwargs: Kwargs, _: &State) -> tera::TeraResult<Value> {
    let index = kwargs.must_get::<usize>("index")?;
    let text = value.as_str().unwrap_or_default();
    Ok(if value.is_safe() {
        Value::safe_string(&S::part(text, index))
    } else {
        Value::normal_string(text.split(':').nth(index).unwrap_or_default())
    })
}

/// `{{ cloud_init | encoded }}`: a text in Base64, or nothing when it is empty.
fn encoded<S: Syntax>(value: &Value, _: Kwargs, _: &State) -> Value {
    let text = value.as_str().unwrap_or_default();
    Value::safe_string(&if value.is_safe() {
        S::encoded(text)
    } else {
        drafted(|out| S::text(text, out), S::encoded)
    })
}
