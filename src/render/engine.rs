//! One Tera instance for a format, and the way of a resource into it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::{PoisonError, RwLock};

use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use tera::{Context, Kwargs, State, Tera, Value};

use super::{Library, names};
use crate::cloud::{Key, Node, NodeError, Term};

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

/// How a format writes scalars and nested values.
pub(super) trait Syntax: Send + Sync + 'static {
    /// Writes a known text as a scalar of the format, with quotes where it needs them.
    fn text(text: &str) -> String;
    /// Writes a value that is no plain text as an expression of the format.
    fn term(term: &Term) -> String;
    /// Writes a nested value to `out`. Its first line stands at `indent`, the others below it. Strings in it are already
    /// scalars of the format.
    fn tree(value: &Tree<'_>, indent: usize, out: &mut String);
    /// Writes a text of several lines at `indent` in the format's most readable way.
    fn block(text: &str, indent: usize) -> String;
    /// An expression for the Base64 of what `expression` gives, and for nothing when that is empty.
    fn encoded(expression: &str) -> String {
        expression.to_owned()
    }
    /// An expression for the part at `index` of what `expression` gives, whose parts stand between colons.
    fn part(expression: &str, _index: usize) -> String {
        expression.to_owned()
    }
}

/// A nested value whose scalars are written in the format already.
pub(super) enum Tree<'a> {
    /// A scalar, as it stands in the file.
    Scalar(Cow<'a, str>),
    /// A list.
    List(Vec<Tree<'a>>),
    /// A map with its keys as plain text, in order.
    Map(Vec<(Cow<'a, str>, Tree<'a>)>),
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
            output.write_all(S::text(text).as_bytes())?;
            Ok(())
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
            plain(path, "./_-")
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
    pub(super) fn read(&self, names: &BTreeSet<String>) -> tera::TeraResult<()> {
        let needed = |name: &str| name.starts_with('_') || names.contains(name);
        let missing = |tera: &Tera| -> Vec<(&str, &str)> {
            let texts = self.texts.iter().map(|(name, text)| (&**name, &**text));
            texts
                .filter(|(name, _)| needed(name) && !tera.contains_template(name))
                .collect()
        };
        if missing(&self.tera.read().unwrap_or_else(PoisonError::into_inner)).is_empty() {
            return Ok(());
        }
        let mut tera = self.tera.write().unwrap_or_else(PoisonError::into_inner);
        let texts = missing(&tera);
        tera.add_raw_templates(texts)
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

/// The fields of `node` as a context, with every term written in the format.
pub(super) fn context<S: Syntax>(node: Node) -> Context {
    let mut context = Context::new();
    if let Node::Map(fields) = node {
        for (key, field) in fields {
            context.insert(key, &Written::<S>::new(&field));
        }
    }
    context
}

/// A value for Tera, with every term in it written in the format.
pub(super) fn value<S: Syntax>(value: &impl Serialize) -> Result<Value, NodeError> {
    let node = Node::of(value)?;
    Ok(Value::from_serializable(&Written::<S>::new(&node)))
}

/// A tree that serializes itself with every term written in the format. Tera takes a map that comes this way as it is; one
/// that is given to it whole, it makes anew.
struct Written<'a, S> {
    node: &'a Node,
    syntax: PhantomData<fn() -> S>,
}

impl<'a, S> Written<'a, S> {
    fn new(node: &'a Node) -> Self {
        Self {
            node,
            syntax: PhantomData,
        }
    }
}

impl<S: Syntax> Serialize for Written<'_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        match self.node {
            Node::Nothing => serializer.serialize_none(),
            Node::Flag(flag) => serializer.serialize_bool(*flag),
            Node::Number(number) => serializer.serialize_i64(*number),
            Node::Text(text) => serializer.serialize_str(text),
            Node::Term(term) => Value::safe_string(&S::term(term)).serialize(serializer),
            Node::Id(id) => serializer.serialize_str(&id.path.join("/")),
            Node::List(items) => serializer.collect_seq(items.iter().map(Written::<S>::new)),
            Node::Map(fields) => written_map::<S, Z>(fields, serializer),
        }
    }
}

/// Names of fields are known to the program and are not copied, as the keys of a user's map are.
fn written_map<S: Syntax, Z: Serializer>(
    fields: &[(Key, Node)],
    serializer: Z,
) -> Result<Z::Ok, Z::Error> {
    let names = fields.iter().map(|(key, _)| match key {
        Key::Borrowed(name) => Some(*name),
        Key::Owned(_) => None,
    });
    let Some(names) = names.collect::<Option<Vec<&'static str>>>() else {
        let fields = fields.iter();
        let fields = fields.map(|(key, field)| (key, Written::<S>::new(field)));
        return serializer.collect_map(fields);
    };
    let mut written = serializer.serialize_struct("", fields.len())?;
    for (name, (_, field)) in names.into_iter().zip(fields) {
        written.serialize_field(name, &Written::<S>::new(field))?;
    }
    written.end()
}

fn tree_of<S: Syntax>(value: &Value) -> Tree<'_> {
    if let Some(map) = value.as_map() {
        let entries = map
            .iter()
            .filter(|(_, value)| !value.is_none())
            .map(|(key, value)| (key_of(key), tree_of::<S>(value)));
        return Tree::Map(entries.collect());
    }
    if let Some(items) = value.as_array() {
        return Tree::List(items.iter().map(tree_of::<S>).collect());
    }
    Tree::Scalar(match value.as_str() {
        Some(text) if value.is_safe() => text.into(),
        Some(text) => S::text(text).into(),
        None => value.to_string().into(),
    })
}

fn key_of<'a>(key: &'a tera::value::Key<'_>) -> Cow<'a, str> {
    match key.as_str() {
        Some(text) => text.into(),
        None => key.to_string().into(),
    }
}

/// `{{ value | tree(indent=4) }}`: a nested value in the format's own syntax.
#[expect(
    clippy::needless_pass_by_value,
    reason = "Tera gives a filter its arguments by value"
)]
fn tree<S: Syntax>(value: &Value, kwargs: Kwargs, _: &State) -> tera::TeraResult<Value> {
    let indent = kwargs.get::<usize>("indent")?.unwrap_or(0);
    let mut out = String::new();
    S::tree(&tree_of::<S>(value), indent, &mut out);
    Ok(Value::safe_string(&out))
}

/// `{{ text | block(indent=4) }}`: a text of several lines.
#[expect(
    clippy::needless_pass_by_value,
    reason = "Tera gives a filter its arguments by value"
)]
fn block<S: Syntax>(text: &str, kwargs: Kwargs, _: &State) -> tera::TeraResult<Value> {
    let indent = kwargs.get::<usize>("indent")?.unwrap_or(0);
    Ok(Value::safe_string(&S::block(text, indent)))
}

/// `{{ name | pascal }}`, `{{ name | snake }}`: a name that stands in a template without quotes.
fn identifier(name: &str) -> Value {
    plain(name, "_")
}

/// Letters, digits and `others` alone, which need no quotes in any format.
fn plain(text: &str, others: &str) -> Value {
    let kept: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || others.contains(*c))
        .collect();
    Value::safe_string(&kept)
}

/// `{{ text | comment }}`: a text inside a comment, which ends with its line.
fn comment(text: &str, _: Kwargs, _: &State) -> Value {
    Value::safe_string(&text.replace(|c: char| c.is_control(), " "))
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
        S::encoded(&S::text(text))
    })
}
