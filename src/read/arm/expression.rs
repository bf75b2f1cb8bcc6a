//! The language of expressions: what stands between square brackets in a text of a template.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions>

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use foldhash::HashMap;
use memchr::memchr_iter;
use smol_str::{SmolStr, StrExt};

/// An expression. Nothing in it is evaluated yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Expression {
    /// `'text'`
    Text(SmolStr),
    /// `42`
    Int(i64),
    /// `name(…)`; the name in small letters, because capitals make no difference.
    Call(SmolStr, Vec<Expression>),
    /// What is taken out of a value, step by step.
    Access(Box<Expression>, Vec<Step>),
}

/// A step into a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// `.name`
    Property(SmolStr),
    /// `[…]`
    Index(Expression),
}

/// What a text of a template is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Text<'t, E = Expression> {
    /// Text as it is, without the bracket that kept it from being an expression.
    Literal(Cow<'t, str>),
    /// An expression.
    Expression(E),
    /// Brackets around what is no expression, and why.
    Malformed(&'static str),
}

/// The expressions of a file. Each is looked at to find what it leads to, and again to find what it comes to, and many stand
/// there more than once: all are read once.
#[derive(Default)]
pub(super) struct Expressions(RefCell<HashMap<SmolStr, Rc<Expression>>>);

impl Expressions {
    /// What a text of a template is.
    pub(super) fn text<'t>(&self, whole: &'t str) -> Text<'t, Rc<Expression>> {
        if !whole.starts_with('[') {
            return Text::Literal(whole.into());
        }
        if let Some(known) = self.0.borrow().get(whole) {
            return Text::Expression(Rc::clone(known));
        }
        match text(whole) {
            Text::Literal(text) => Text::Literal(text),
            Text::Malformed(why) => Text::Malformed(why),
            Text::Expression(expression) => {
                let expression = Rc::new(expression);
                let known = Rc::clone(&expression);
                self.0.borrow_mut().insert(whole.into(), known);
                Text::Expression(expression)
            }
        }
    }
}

/// How many calls may stand inside each other, and how many steps may lead into a value.
const MAX_DEPTH: usize = 32;

/// What a text of a template is.
fn text(text: &str) -> Text<'_> {
    let Some(inside) = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    else {
        return Text::Literal(text.into());
    };
    if inside.starts_with('[') {
        return Text::Literal(text[1..].into());
    }
    match (Parser { rest: inside }).whole() {
        Ok(expression) => Text::Expression(expression),
        Err(why) => Text::Malformed(why),
    }
}

type Result<T> = std::result::Result<T, &'static str>;

struct Parser<'t> {
    /// What comes next.
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn whole(&mut self) -> Result<Expression> {
        let expression = self.expression(0)?;
        match self.next() {
            None => Ok(expression),
            Some(_) => Err("something stands behind the expression"),
        }
    }

    /// The next character that is no space, without taking it.
    fn next(&mut self) -> Option<char> {
        if !self.rest.starts_with(|c: char| c.is_ascii_graphic()) {
            self.rest = self.rest.trim_start();
        }
        self.rest.chars().next()
    }

    /// Takes a character if it comes next.
    fn take(&mut self, wanted: char) -> bool {
        self.next();
        let behind = self.rest.strip_prefix(wanted);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    fn expression(&mut self, depth: usize) -> Result<Expression> {
        if depth == MAX_DEPTH {
            return Err("calls stand too deep inside each other");
        }
        let head = match self.next() {
            Some('\'') => Expression::Text(self.quoted()?),
            Some(c) if c.is_ascii_digit() || c == '-' || c == '+' => Expression::Int(self.int()?),
            Some(c) if is_name(c) => self.call(depth)?,
            _ => return Err("a call, a text or a number is missing"),
        };
        let steps = self.steps(depth)?;
        Ok(if steps.is_empty() {
            head
        } else {
            Expression::Access(Box::new(head), steps)
        })
    }

    fn steps(&mut self, depth: usize) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            if steps.len() > MAX_DEPTH {
                return Err("too many steps lead into a value");
            }
            if self.take('.') {
                self.next();
                steps.push(Step::Property(self.name()?.into()));
            } else if self.take('[') {
                steps.push(Step::Index(self.expression(depth + 1)?));
                if !self.take(']') {
                    return Err("a closing bracket is missing");
                }
            } else {
                return Ok(steps);
            }
        }
    }

    /// A call; the functions of a template itself have names with dots.
    fn call(&mut self, depth: usize) -> Result<Expression> {
        let mut name = Cow::Borrowed(self.name()?);
        while self.take('.') {
            let whole = name.to_mut();
            whole.push('.');
            whole.push_str(self.name()?);
        }
        let name = name.to_ascii_lowercase_smolstr();
        if !self.take('(') {
            return Err("a name that is no call");
        }
        let mut arguments = Vec::new();
        if self.take(')') {
            return Ok(Expression::Call(name, arguments));
        }
        loop {
            arguments.push(self.expression(depth + 1)?);
            if self.take(')') {
                return Ok(Expression::Call(name, arguments));
            }
            if !self.take(',') {
                return Err("a closing parenthesis is missing");
            }
        }
    }

    fn name(&mut self) -> Result<&'t str> {
        let name = self.while_all(is_name);
        if name.is_empty() {
            return Err("a name is missing");
        }
        Ok(name)
    }

    /// Takes characters as long as all are such.
    fn while_all(&mut self, are: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !are(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// A text in quotes; two of them are one inside.
    fn quoted(&mut self) -> Result<SmolStr> {
        let inside = &self.rest[1..];
        let mut is_doubled = false;
        let mut quotes = memchr_iter(b'\'', inside.as_bytes()).peekable();
        while let Some(at) = quotes.next() {
            if quotes.next_if_eq(&(at + 1)).is_some() {
                is_doubled = true;
                continue;
            }
            let (text, rest) = inside.split_at(at);
            self.rest = &rest[1..];
            return Ok(if is_doubled {
                text.replace_smolstr("''", "'")
            } else {
                text.into()
            });
        }
        Err("a text without its closing quote")
    }

    fn int(&mut self) -> Result<i64> {
        let text = self.rest;
        // A digit or a sign.
        self.rest = &text[1..];
        let digits = self.while_all(|c| c.is_ascii_digit());
        let number = text[..=digits.len()].parse();
        number.map_err(|_| "a number that is too large")
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: &[Expression]) -> Expression {
        Expression::Call(name.into(), arguments.to_vec())
    }

    fn literal(text: &str) -> Expression {
        Expression::Text(text.into())
    }

    #[test]
    fn brackets_make_an_expression_unless_they_are_doubled_or_open() {
        for (given, right) in [
            ("plain", "plain"),
            ("[[it's text]", "[it's text]"),
            ("[open", "[open"),
            ("[1] and [2", "[1] and [2"),
            ("", ""),
        ] {
            assert_eq!(text(given), Text::Literal(right.into()), "{given}");
        }
    }

    #[test]
    fn an_expression_that_stands_there_twice_is_read_once() {
        let known = Expressions::default();
        let both = ["[a('b')]"; 2].map(|given| known.text(given));
        let [Text::Expression(one), Text::Expression(other)] = &both else {
            panic!("no expressions: {both:?}");
        };
        assert!(Rc::ptr_eq(one, other));
        assert_eq!(known.text("[[a]"), Text::Literal("[a]".into()));
        assert!(matches!(known.text("[a]"), Text::Malformed(_)));
    }

    #[test]
    fn calls_nest_and_are_accessed() {
        let right = Expression::Access(
            Box::new(call("variables", &[literal("it's")])),
            vec![
                Step::Property("a".into()),
                Step::Index(literal("b")),
                Step::Index(call("add", &[Expression::Int(1), Expression::Int(-2)])),
            ],
        );
        let given = "[ Variables('it''s').a[ 'b' ][add(1, -2)] ]";
        assert_eq!(text(given), Text::Expression(right));
    }

    #[test]
    fn what_is_no_expression_is_malformed() {
        for given in [
            "[]",
            "[a]",
            "[a(]",
            "[a(,)]",
            "['a]",
            "[a()b]",
            "[a().]",
            "[99999999999999999999]",
        ] {
            assert!(matches!(text(given), Text::Malformed(_)), "{given}");
        }
        let deep = format!("[{}1{}]", "a(".repeat(1000), ")".repeat(1000));
        assert!(matches!(text(&deep), Text::Malformed(_)));
    }
}
