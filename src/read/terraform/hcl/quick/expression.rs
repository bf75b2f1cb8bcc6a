//! Expressions, from their operators down to names and numbers.
//!
//! `lines` says whether an expression may go on in the next line: it may between brackets, and, as the library reads it,
//! behind a list or a call as well.

use std::borrow::Cow;

use super::super::syntax::{
    Binary, BinaryOperator, Call, Choice, Expression, Form, Key, Number, Operator, Traversal,
    UnaryOperator,
};
use super::{MAX_OPERATORS, Reader, begins_name, differ};

impl<'t> Reader<'t> {
    pub(super) fn expression(&mut self, mut lines: bool) -> Option<Expression<'t>> {
        let start = self.at;
        let first = self.term(&mut lines)?;
        if self.ends(lines) {
            return Some(first);
        }
        let first = self.operations(first, 0, lines)?;
        let end = self.at;
        self.gap(lines)?;
        if self.peek() != Some(b'?') {
            self.at = end;
            return Some(first);
        }
        let choice = self.choice(first, lines)?;
        Some(Expression {
            form: Form::Choice(Box::new(choice)),
            span: start..self.at,
        })
    }

    /// Whether nothing goes on with an expression here, which is so behind most.
    fn ends(&self, lines: bool) -> bool {
        match self.peek() {
            Some(b',' | b']' | b'}' | b')') => true,
            Some(b'\n') => !lines,
            _ => false,
        }
    }

    fn gap(&mut self, lines: bool) -> Option<()> {
        if lines { self.lines() } else { self.spaces() }
    }

    /// What stands behind the condition of a choice.
    fn choice(&mut self, condition: Expression<'t>, lines: bool) -> Option<Choice<'t>> {
        self.take(b'?')?;
        self.gap(lines)?;
        let yes = self.nested(|reader| reader.expression(lines))?;
        self.gap(lines)?;
        self.take(b':')?;
        self.gap(lines)?;
        let no = self.nested(|reader| reader.expression(lines))?;
        Some(Choice { condition, yes, no })
    }

    /// A term with the operators behind it that bind at least so strongly, and their other terms.
    fn operations(
        &mut self,
        mut one: Expression<'t>,
        least: u8,
        lines: bool,
    ) -> Option<Expression<'t>> {
        loop {
            let end = self.at;
            self.gap(lines)?;
            let operator = self.operator();
            let Some((operator, length)) = operator.filter(|it| it.0.precedence() >= least) else {
                self.at = end;
                return Some(one);
            };
            self.operators += 1;
            if self.operators > MAX_OPERATORS {
                return None;
            }
            self.at += length;
            self.gap(lines)?;
            let mut inside = lines;
            let other = self.term(&mut inside)?;
            let other = self.operations(other, operator.precedence() + 1, lines)?;
            let span = one.span.start..other.span.end;
            let operation = Binary {
                one,
                operator,
                other,
            };
            one = Expression {
                form: Form::Binary(Box::new(operation)),
                span,
            };
        }
    }

    /// The operator that comes next, and how long it is.
    fn operator(&self) -> Option<(BinaryOperator, usize)> {
        use BinaryOperator as Op;
        Some(match (self.peek()?, self.ahead(1)) {
            (b'=', Some(b'=')) => (Op::Eq, 2),
            (b'!', Some(b'=')) => (Op::NotEq, 2),
            (b'<', Some(b'=')) => (Op::LessEq, 2),
            (b'>', Some(b'=')) => (Op::GreaterEq, 2),
            (b'&', Some(b'&')) => (Op::And, 2),
            (b'|', Some(b'|')) => (Op::Or, 2),
            (b'<', _) => (Op::Less, 1),
            (b'>', _) => (Op::Greater, 1),
            (b'+', _) => (Op::Plus, 1),
            (b'-', _) => (Op::Minus, 1),
            (b'*', _) => (Op::Mul, 1),
            (b'%', _) => (Op::Mod, 1),
            // Two of them begin a comment.
            (b'/', next) if next != Some(b'/') => (Op::Div, 1),
            _ => return None,
        })
    }

    /// A value with what is looked up in it.
    fn term(&mut self, lines: &mut bool) -> Option<Expression<'t>> {
        let start = self.at;
        let form = match self.peek()? {
            b'"' => self.quoted()?,
            b'[' => {
                *lines = true;
                self.list()?
            }
            b'{' => self.object(lines)?,
            b'(' => self.parenthesis()?,
            b'0'..=b'9' => Form::Number(self.number()?),
            b'-' | b'!' => self.unary(*lines)?,
            byte if begins_name(byte) => self.named(lines)?,
            _ => return None,
        };
        let root = Expression {
            form,
            span: start..self.at,
        };
        if self.ends(*lines) {
            return Some(root);
        }
        let mut operators = Vec::new();
        if let Form::Variable(name) = &root.form {
            operators.push(Operator::Name(name.clone()));
        }
        let is_reference = !operators.is_empty();
        let form = match self.traversal(operators, *lines)? {
            operators if operators.len() == usize::from(is_reference) => return Some(root),
            operators if is_reference => Form::Reference(operators),
            operators => Form::Traversal(Box::new(Traversal { root, operators })),
        };
        Some(Expression {
            form,
            span: start..self.at,
        })
    }

    /// What leads on from a value, behind what is known to.
    fn traversal(
        &mut self,
        mut operators: Vec<Operator<'t>>,
        lines: bool,
    ) -> Option<Vec<Operator<'t>>> {
        loop {
            let end = self.at;
            self.gap(lines)?;
            match (self.peek(), self.ahead(1)) {
                // Two and more go on with a call.
                (Some(b'.'), next) if next != Some(b'.') => {
                    self.at += 1;
                    operators.push(self.attribute_of()?);
                }
                (Some(b'['), _) => operators.push(self.index()?),
                _ => {
                    self.at = end;
                    return Some(operators);
                }
            }
        }
    }

    fn attribute_of(&mut self) -> Option<Operator<'t>> {
        if self.peek()? == b'*' {
            self.at += 1;
            return Some(Operator::NameSplat);
        }
        self.word().map(Cow::Borrowed).map(Operator::Name)
    }

    fn index(&mut self) -> Option<Operator<'t>> {
        self.take(b'[')?;
        self.lines()?;
        let operator = if self.peek()? == b'*' {
            self.at += 1;
            Operator::Splat
        } else {
            let index = self.nested(|reader| reader.expression(true))?;
            Operator::Index(Box::new(index))
        };
        self.lines()?;
        self.take(b']')?;
        Some(operator)
    }

    fn parenthesis(&mut self) -> Option<Form<'t>> {
        self.take(b'(')?;
        let inner = self.inside(true)?;
        self.take(b')')?;
        Some(Form::Parenthesis(Box::new(inner)))
    }

    fn unary(&mut self, mut lines: bool) -> Option<Form<'t>> {
        let is_minus = self.peek()? == b'-';
        self.at += 1;
        self.spaces()?;
        if is_minus && self.peek()?.is_ascii_digit() {
            return Some(Form::Number(-self.number()?));
        }
        let operator = if is_minus {
            UnaryOperator::Neg
        } else {
            UnaryOperator::Not
        };
        let inner = self.nested(|reader| reader.term(&mut lines))?;
        Some(Form::Unary(operator, Box::new(inner)))
    }

    /// A whole number, or one with a fraction.
    fn number(&mut self) -> Option<Number> {
        let start = self.at;
        self.digits();
        let has_fraction =
            self.peek() == Some(b'.') && self.ahead(1).is_some_and(|byte| byte.is_ascii_digit());
        if has_fraction {
            self.at += 1;
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            return None;
        }
        let text = self.text.get(start..self.at)?;
        if has_fraction {
            Number::from_f64(text.parse().ok()?)
        } else {
            text.parse::<u64>().ok().map(Number::from)
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// What begins with a name: a call, a name alone, or a word of the language.
    fn named(&mut self, lines: &mut bool) -> Option<Form<'t>> {
        let word = self.word()?;
        let end = self.at;
        self.gap(*lines)?;
        match (self.peek(), self.ahead(1)) {
            (Some(b'('), _) => {
                *lines = true;
                return self.call(word).map(Box::new).map(Form::Call);
            }
            (Some(b':'), Some(b':')) => return None,
            _ => self.at = end,
        }
        Some(match word {
            "null" => Form::Null,
            "true" => Form::Bool(true),
            "false" => Form::Bool(false),
            name => Form::Variable(Cow::Borrowed(name)),
        })
    }

    fn call(&mut self, name: &'t str) -> Option<Call<'t>> {
        self.take(b'(')?;
        let arguments = self.items(b')')?;
        let expands_last = !arguments.is_empty() && self.peek()? == b'.';
        if expands_last {
            self.dots()?;
            self.lines()?;
        }
        self.take(b')')?;
        Some(Call {
            name: Cow::Borrowed(name),
            is_namespaced: false,
            arguments,
            expands_last,
        })
    }

    fn list(&mut self) -> Option<Form<'t>> {
        self.take(b'[')?;
        self.lines()?;
        let list = if self.is_for() {
            Form::For(Box::new(self.list_for()?))
        } else {
            Form::List(self.items(b']')?)
        };
        self.take(b']')?;
        Some(list)
    }

    /// Expressions with commas between them, up to an end or to what no comma follows.
    fn items(&mut self, end: u8) -> Option<Vec<Expression<'t>>> {
        let mut items = Vec::new();
        loop {
            self.lines()?;
            if self.peek()? == end {
                return Some(items);
            }
            items.push(self.nested(|reader| reader.expression(true))?);
            self.lines()?;
            if self.peek()? != b',' {
                return Some(items);
            }
            self.at += 1;
        }
    }

    fn object(&mut self, lines: &mut bool) -> Option<Form<'t>> {
        self.take(b'{')?;
        self.lines()?;
        let object = if self.is_for() {
            *lines = true;
            Form::For(Box::new(self.object_for()?))
        } else {
            Form::Object(self.entries()?)
        };
        self.take(b'}')?;
        Some(object)
    }

    /// Keys with their values, one in a line or with commas between them, up to the end.
    fn entries(&mut self) -> Option<Vec<(Key<'t>, Expression<'t>)>> {
        let mut entries = Vec::new();
        loop {
            self.lines()?;
            if self.peek()? == b'}' {
                break;
            }
            let key = self.key()?;
            self.spaces()?;
            let value = self.nested(|reader| reader.expression(false))?;
            entries.push((Key::Text(key), value));
            self.spaces()?;
            match self.peek()? {
                b'}' => break,
                b',' => self.at += 1,
                _ => self.end_of_line()?,
            }
        }
        let keys = entries.iter().filter_map(|(key, _)| match key {
            Key::Text(text) => Some(&**text),
            Key::Expression(_) => None,
        });
        differ(&keys).then_some(entries)
    }

    /// The key of an entry, a name or a text, with what stands before its value.
    fn key(&mut self) -> Option<Cow<'t, str>> {
        let key = if self.peek()? == b'"' {
            match self.quoted()? {
                Form::Text(text) => text,
                _ => return None,
            }
        } else {
            let word = self.word()?;
            let is_other = matches!(word, "null" | "true" | "false");
            (!is_other).then_some(Cow::Borrowed(word))?
        };
        self.spaces()?;
        let ends = match self.peek()? {
            b'=' => self.ahead(1) != Some(b'='),
            b':' => self.ahead(1) != Some(b':'),
            _ => false,
        };
        self.at += 1;
        ends.then_some(key)
    }
}
