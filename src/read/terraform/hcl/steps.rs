//! What stands behind a value, step by step: `.b[0]`, `["a"]`, `[*].c`.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/references>

use std::sync::Arc;

use super::eval::{Context, Evaluator, undecided};
use super::syntax::Operator;
use crate::diag::Place;
use crate::read::terraform::tree::{Kind, Reference, Value};

impl<'t> Evaluator<'t> {
    /// A value with operators behind it.
    pub(super) fn follow(
        &self,
        context: &Context<'_, 't>,
        mut value: Value,
        operators: &'t [Operator<'t>],
        place: &Place,
    ) -> Value {
        for (at, operator) in operators.iter().enumerate() {
            let rest = operators.get(at + 1..).unwrap_or_default();
            value = match operator {
                Operator::Name(name) => self.attribute(value, name, place),
                Operator::Position(at) => {
                    let at = Value::text(&at.to_string(), place);
                    self.index(value, &at, place)
                }
                Operator::Index(expr) => {
                    let key = self.eval(context, expr);
                    self.index(value, &key, place)
                }
                Operator::Splat => {
                    return self.splat(context, value, rest, place);
                }
                // Only what follows by names belongs to it:
                // https://developer.hashicorp.com/terraform/language/expressions/splat#legacy-attribute-only-splat-expressions
                Operator::NameSplat => {
                    let is_name = |it: &&Operator<'_>| matches!(it, Operator::Name(_));
                    let names = rest.iter().take_while(is_name).count();
                    let (names, rest) = rest.split_at(names);
                    let all = self.splat(context, value, names, place);
                    return self.follow(context, all, rest, place);
                }
            };
        }
        value
    }

    fn splat(
        &self,
        context: &Context<'_, 't>,
        value: Value,
        rest: &'t [Operator<'t>],
        place: &Place,
    ) -> Value {
        let value = match &value.kind {
            Kind::Variable(_) => self.known(value),
            _ => value,
        };
        match &value.kind {
            Kind::Unknown(_) => value,
            Kind::Null => Value::list(Vec::new(), place),
            Kind::List(_) => {
                let items = value.items().unwrap_or_default();
                if !self.spend(items.len(), place) {
                    return Value::unknown("the configuration is too large", place);
                }
                let items = items.iter().cloned();
                let all = items.map(|item| self.follow(context, item, rest, place));
                Value::list(all.collect(), place)
            }
            _ => Value::list(vec![self.follow(context, value, rest, place)], place),
        }
    }

    fn attribute(&self, value: Value, name: &str, place: &Place) -> Value {
        match &value.kind {
            Kind::Reference(reference) => further(reference, name, place),
            Kind::Variable(_) => self.attribute(self.known(value), name, place),
            Kind::Map(_) => match value.get(name) {
                Some(inner) => inner.clone(),
                None => Value::unknown(format!("there is no `{name}` in it"), place),
            },
            Kind::Unknown(_) => value,
            _ => Value::unknown(format!("it has no `{name}`"), place),
        }
    }

    pub(super) fn index(&self, value: Value, key: &Value, place: &Place) -> Value {
        let value = match &value.kind {
            Kind::Variable(_) => self.known(value),
            _ => value,
        };
        if let Kind::Unknown(_) = value.kind {
            return value;
        }
        let Some(text) = self.text(key) else {
            return undecided(key.clone(), "which of them it is", place);
        };
        match &value.kind {
            // A resource that is there once only because nobody knows how often.
            Kind::Reference(reference) if reference.path.is_empty() => value,
            Kind::Reference(reference) => {
                let path = format!("{}[{text}]", reference.path).into();
                let address = Arc::clone(&reference.address);
                Value::new(Kind::Reference(Reference { address, path }), place)
            }
            Kind::List(_) => {
                let at: Option<usize> = text.parse().ok();
                let items = value.items().unwrap_or_default();
                match at.and_then(|at| items.get(at)) {
                    Some(item) => item.clone(),
                    None => Value::unknown(format!("the list has no item {text}"), place),
                }
            }
            _ => self.attribute(value, &text, place),
        }
    }
}

fn further(reference: &Reference, name: &str, place: &Place) -> Value {
    let path = if reference.path.is_empty() {
        name.into()
    } else {
        format!("{}.{name}", reference.path).into()
    };
    let address = Arc::clone(&reference.address);
    Value::new(Kind::Reference(Reference { address, path }), place)
}
