//! What a text of HCL says: bodies of attributes and blocks, and expressions, each with its place where anybody asks for it.
//!
//! It borrows from the text what stands there as it is. Two readers make it, [`super::quick`] and [`super::full`]; nobody who
//! looks at it knows which one did.

use std::borrow::Cow;
use std::ops::Range;

pub(super) use hcl_edit::Number;
pub(super) use hcl_edit::expr::{BinaryOperator, UnaryOperator};
pub(super) use hcl_edit::template::Strip;

/// A text that stands in the file, or what its escapes stand for.
pub(super) type Text<'t> = Cow<'t, str>;

/// A whole file, or what stands between the braces of a block.
#[derive(Debug, PartialEq)]
pub(super) struct Body<'t> {
    pub(super) structures: Vec<Structure<'t>>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Structure<'t> {
    Attribute(Attribute<'t>),
    Block(Block<'t>),
}

/// `key = value`.
#[derive(Debug, PartialEq)]
pub(super) struct Attribute<'t> {
    pub(super) key: Name<'t>,
    pub(super) value: Expression<'t>,
}

/// `kind "label" "label" { … }`.
#[derive(Debug, PartialEq)]
pub(super) struct Block<'t> {
    pub(super) kind: Name<'t>,
    pub(super) labels: Vec<Name<'t>>,
    pub(super) body: Body<'t>,
    pub(super) span: Range<usize>,
}

/// A name and its place, with its quotes where it has some.
#[derive(Debug, PartialEq)]
pub(super) struct Name<'t> {
    pub(super) text: Text<'t>,
    pub(super) span: Range<usize>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Expression<'t> {
    pub(super) form: Form<'t>,
    pub(super) span: Range<usize>,
}

/// The forms that an expression can have.
#[derive(Debug, PartialEq)]
pub(super) enum Form<'t> {
    Null,
    Bool(bool),
    Number(Number),
    /// A text in quotes without any expression in it.
    Text(Text<'t>),
    /// A text with expressions in it, in quotes or as a heredoc.
    Template(Vec<Part<'t>>),
    /// `[…]`
    List(Vec<Expression<'t>>),
    /// `{…}`
    Object(Vec<(Key<'t>, Expression<'t>)>),
    /// `(…)`
    Parenthesis(Box<Expression<'t>>),
    /// A name alone.
    Variable(Text<'t>),
    Choice(Box<Choice<'t>>),
    Call(Box<Call<'t>>),
    /// What is looked up in a name, as in `var.x["a"].b[*].c`: the name, and what leads on from there.
    Reference(Vec<Operator<'t>>),
    Traversal(Box<Traversal<'t>>),
    Unary(UnaryOperator, Box<Expression<'t>>),
    Binary(Box<Binary<'t>>),
    For(Box<For<'t>>),
}

/// The key of an entry of an object.
#[derive(Debug, PartialEq)]
pub(super) enum Key<'t> {
    /// A name, or a text in quotes.
    Text(Text<'t>),
    Expression(Expression<'t>),
}

/// `condition ? yes : no`
#[derive(Debug, PartialEq)]
pub(super) struct Choice<'t> {
    pub(super) condition: Expression<'t>,
    pub(super) yes: Expression<'t>,
    pub(super) no: Expression<'t>,
}

/// `name(arguments)`
#[derive(Debug, PartialEq)]
pub(super) struct Call<'t> {
    pub(super) name: Text<'t>,
    /// Whether it is a function of a provider, as in `provider::aws::name()`.
    pub(super) is_namespaced: bool,
    pub(super) arguments: Vec<Expression<'t>>,
    /// Whether the last argument is a list of arguments, as in `name(list...)`.
    pub(super) expands_last: bool,
}

/// Any other value with operators behind it, as in `split(":", x)[0]`.
#[derive(Debug, PartialEq)]
pub(super) struct Traversal<'t> {
    pub(super) root: Expression<'t>,
    pub(super) operators: Vec<Operator<'t>>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Operator<'t> {
    /// `.name`
    Name(Text<'t>),
    /// `[…]`
    Index(Box<Expression<'t>>),
    /// `.0`
    Position(u64),
    /// `[*]`
    Splat,
    /// `.*`
    NameSplat,
}

/// `one + other` and its like.
#[derive(Debug, PartialEq)]
pub(super) struct Binary<'t> {
    pub(super) one: Expression<'t>,
    pub(super) operator: BinaryOperator,
    pub(super) other: Expression<'t>,
}

/// `[for …]` and `{for …}`
#[derive(Debug, PartialEq)]
pub(super) struct For<'t> {
    pub(super) each: Each<'t>,
    /// Only where it makes a map.
    pub(super) key: Option<Expression<'t>>,
    pub(super) value: Expression<'t>,
    pub(super) condition: Option<Expression<'t>>,
    /// Whether the values of one key are put together, as in `{for … : key => value...}`.
    pub(super) groups: bool,
}

/// `key, value in collection`
#[derive(Debug, PartialEq)]
pub(super) struct Each<'t> {
    pub(super) key: Option<Text<'t>>,
    pub(super) value: Text<'t>,
    pub(super) collection: Expression<'t>,
}

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'t> {
    Text(Text<'t>),
    /// `${…}`
    Value(Expression<'t>, Strip),
    /// `%{if …}`
    If(Box<IfPart<'t>>),
    /// `%{for …}`
    For(Box<ForPart<'t>>),
}

/// `%{if condition}yes%{else}no%{endif}`
#[derive(Debug, PartialEq)]
pub(super) struct IfPart<'t> {
    pub(super) condition: Expression<'t>,
    pub(super) strip: Strip,
    pub(super) yes: Vec<Part<'t>>,
    pub(super) no: Option<(Strip, Vec<Part<'t>>)>,
    pub(super) end: Strip,
}

/// `%{for each}parts%{endfor}`
#[derive(Debug, PartialEq)]
pub(super) struct ForPart<'t> {
    pub(super) each: Each<'t>,
    pub(super) strip: Strip,
    pub(super) parts: Vec<Part<'t>>,
    pub(super) end: Strip,
}

impl<'t> Body<'t> {
    pub(super) fn attributes(&self) -> impl Iterator<Item = &Attribute<'t>> + Clone {
        let attributes = self.structures.iter();
        attributes.filter_map(|structure| match structure {
            Structure::Attribute(attribute) => Some(attribute),
            Structure::Block(_) => None,
        })
    }

    /// The value of an attribute.
    pub(super) fn get(&self, key: &str) -> Option<&Expression<'t>> {
        let attribute = self.attributes().find(|it| it.key.text == key)?;
        Some(&attribute.value)
    }

    /// The blocks of a kind.
    pub(super) fn blocks(&self, kind: &str) -> impl Iterator<Item = &Block<'t>> {
        let structures = self.structures.iter();
        structures.filter_map(move |structure| match structure {
            Structure::Block(block) if block.kind.text == kind => Some(block),
            _ => None,
        })
    }
}

impl Expression<'_> {
    /// A text that stands there as it is.
    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.form {
            Form::Text(text) => Some(text),
            _ => None,
        }
    }
}
