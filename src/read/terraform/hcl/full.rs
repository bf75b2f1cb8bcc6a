//! All of HCL, as the library reads it, with the library's errors.

use std::borrow::Cow;
use std::ops::Range;

use hcl_edit::expr::{ForIntro, FuncCall, ObjectKey, TraversalOperator};
use hcl_edit::structure::BlockLabel;
use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Template};
use hcl_edit::{Decorated, Ident, Span};

use super::syntax::{
    Attribute, Binary, Block, Body, Call, Choice, Each, Expression, For, ForPart, Form, IfPart,
    Key, Name, Operator, Part, Structure, Text, Traversal,
};

/// Reads a text.
///
/// # Errors
/// When it is no HCL, or nests too deep.
pub(super) fn read(text: &str) -> Result<Body<'static>, hcl_edit::parser::Error> {
    Ok(body(hcl_edit::parser::parse_body(text)?))
}

fn body(body: hcl_edit::structure::Body) -> Body<'static> {
    let structures = body.into_iter().map(|structure| match structure {
        hcl_edit::structure::Structure::Attribute(attribute) => Structure::Attribute(Attribute {
            key: name(attribute.key),
            value: expression(attribute.value),
        }),
        hcl_edit::structure::Structure::Block(it) => Structure::Block(block(it)),
    });
    Body {
        structures: structures.collect(),
    }
}

fn block(block: hcl_edit::structure::Block) -> Block<'static> {
    let span = span(&block);
    let labels = block.labels.into_iter().map(|label| match label {
        BlockLabel::Ident(label) => name(label),
        BlockLabel::String(label) => Name {
            span: self::span(&label),
            text: Cow::Owned(label.into_value()),
        },
    });
    Block {
        kind: name(block.ident),
        labels: labels.collect(),
        body: body(block.body),
        span,
    }
}

fn span(part: &impl Span) -> Range<usize> {
    part.span().unwrap_or_default()
}

fn name(name: Decorated<Ident>) -> Name<'static> {
    Name {
        span: span(&name),
        text: text(name),
    }
}

fn text(name: Decorated<Ident>) -> Text<'static> {
    Cow::Owned(name.into_value().into_string())
}

fn expression(expression: hcl_edit::expr::Expression) -> Expression<'static> {
    let span = span(&expression);
    let form = form(expression);
    Expression { form, span }
}

fn boxed(inner: hcl_edit::expr::Expression) -> Box<Expression<'static>> {
    Box::new(expression(inner))
}

fn form(of: hcl_edit::expr::Expression) -> Form<'static> {
    use hcl_edit::expr::Expression as Of;
    match of {
        Of::Null(_) => Form::Null,
        Of::Bool(value) => Form::Bool(value.into_value()),
        Of::Number(number) => Form::Number(number.into_value()),
        Of::String(text) => Form::Text(Cow::Owned(text.into_value())),
        Of::Array(items) => Form::List(items.into_iter().map(expression).collect()),
        Of::Object(object) => {
            let entries = object.into_iter();
            let entries = entries.map(|(of, value)| (key(of), expression(value.into_expr())));
            Form::Object(entries.collect())
        }
        Of::StringTemplate(template) => Form::Template(template.into_iter().map(part).collect()),
        Of::HeredocTemplate(heredoc) => Form::Template(parts(heredoc.template)),
        Of::Parenthesis(inner) => Form::Parenthesis(boxed(inner.into_inner())),
        Of::Variable(name) => Form::Variable(text(name)),
        Of::Conditional(choice) => Form::Choice(Box::new(Choice {
            condition: expression(choice.cond_expr),
            yes: expression(choice.true_expr),
            no: expression(choice.false_expr),
        })),
        Of::FuncCall(of) => Form::Call(Box::new(call(*of))),
        Of::Traversal(of) => traversal(*of),
        Of::UnaryOp(operation) => {
            Form::Unary(operation.operator.into_value(), boxed(operation.expr))
        }
        Of::BinaryOp(operation) => Form::Binary(Box::new(Binary {
            one: expression(operation.lhs_expr),
            operator: operation.operator.into_value(),
            other: expression(operation.rhs_expr),
        })),
        Of::ForExpr(of) => Form::For(Box::new(For {
            each: each(of.intro),
            key: of.key_expr.map(expression),
            value: expression(of.value_expr),
            condition: of.cond.map(|condition| expression(condition.expr)),
            groups: of.grouping,
        })),
    }
}

fn key(key: ObjectKey) -> Key<'static> {
    match key {
        ObjectKey::Ident(name) => Key::Text(text(name)),
        ObjectKey::Expression(of) => match expression(of) {
            Expression {
                form: Form::Text(text),
                ..
            } => Key::Text(text),
            other => Key::Expression(other),
        },
    }
}

fn call(call: FuncCall) -> Call<'static> {
    Call {
        is_namespaced: call.name.is_namespaced(),
        name: text(call.name.name),
        expands_last: call.args.expand_final(),
        arguments: call.args.into_iter().map(expression).collect(),
    }
}

fn traversal(traversal: hcl_edit::expr::Traversal) -> Form<'static> {
    let operators = traversal.operators.into_iter().map(operator);
    match expression(traversal.expr) {
        Expression {
            form: Form::Variable(name),
            ..
        } => Form::Reference(
            std::iter::once(Operator::Name(name))
                .chain(operators)
                .collect(),
        ),
        root => Form::Traversal(Box::new(Traversal {
            root,
            operators: operators.collect(),
        })),
    }
}

fn operator(operator: Decorated<TraversalOperator>) -> Operator<'static> {
    match operator.into_value() {
        TraversalOperator::GetAttr(name) => Operator::Name(text(name)),
        TraversalOperator::Index(index) => Operator::Index(boxed(index)),
        TraversalOperator::LegacyIndex(at) => Operator::Position(at.into_value()),
        TraversalOperator::FullSplat(_) => Operator::Splat,
        TraversalOperator::AttrSplat(_) => Operator::NameSplat,
    }
}

fn each(intro: ForIntro) -> Each<'static> {
    Each {
        key: intro.key_var.map(text),
        value: text(intro.value_var),
        collection: expression(intro.collection_expr),
    }
}

fn parts(template: Template) -> Vec<Part<'static>> {
    template.into_iter().map(part).collect()
}

fn part(element: Element) -> Part<'static> {
    match element {
        Element::Literal(text) => Part::Text(Cow::Owned(text.into_value())),
        Element::Interpolation(inner) => Part::Value(expression(inner.expr), inner.strip),
        Element::Directive(directive) => match *directive {
            Directive::If(choice) => Part::If(Box::new(if_part(choice))),
            Directive::For(each) => Part::For(Box::new(for_part(each))),
        },
    }
}

fn if_part(directive: IfDirective) -> IfPart<'static> {
    let choice = directive.if_expr;
    IfPart {
        condition: expression(choice.cond_expr),
        strip: choice.strip,
        yes: parts(choice.template),
        no: directive.else_expr.map(|no| (no.strip, parts(no.template))),
        end: directive.endif_expr.strip,
    }
}

fn for_part(directive: ForDirective) -> ForPart<'static> {
    let repetition = directive.for_expr;
    ForPart {
        each: Each {
            key: repetition.key_var.map(text),
            value: text(repetition.value_var),
            collection: expression(repetition.collection_expr),
        },
        strip: repetition.strip,
        parts: parts(repetition.template),
        end: directive.endfor_expr.strip,
    }
}
