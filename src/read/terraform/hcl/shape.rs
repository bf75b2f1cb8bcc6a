//! Types of variables, as far as they change values: <https://developer.hashicorp.com/terraform/language/expressions/type-constraints>.

use std::sync::Arc;

use smol_str::SmolStr;

use super::eval::{Context, Evaluator};
use super::syntax::{Call, Expression, Form, Key};
use crate::diag::Source;
use crate::read::terraform::tree::{Kind, Value};

impl<'t> Evaluator<'t> {
    /// A value in the shape that a type wants: what an object leaves out is null or its default.
    pub(super) fn converted(
        &self,
        value: Value,
        shape: &'t Expression<'t>,
        source: &'t Arc<Source>,
    ) -> Value {
        let Form::Call(call) = &shape.form else {
            return value;
        };
        if !self.spend(1, &value.place) {
            return value;
        }
        let inner = call.arguments.first();
        match (&*call.name, inner) {
            ("list" | "set", Some(inner)) => match value.items() {
                Some(items) => {
                    let items = items.iter().cloned();
                    let items = items.map(|item| self.converted(item, inner, source));
                    Value::list(items.collect(), &value.place)
                }
                None => value,
            },
            ("map", Some(inner)) => match value.entries() {
                Some(entries) => {
                    let entries = entries.iter().cloned();
                    let entries =
                        entries.map(|(key, item)| (key, self.converted(item, inner, source)));
                    Value::map(entries.collect(), &value.place)
                }
                None => value,
            },
            ("object", Some(inner)) => self.object_of(value, inner, source),
            ("optional", Some(_)) => self.optional(value, call, source),
            _ => value,
        }
    }

    fn object_of(&self, value: Value, shape: &'t Expression<'t>, source: &'t Arc<Source>) -> Value {
        let (Some(_), Form::Object(shape)) = (value.entries(), &shape.form) else {
            return value;
        };
        let mut entries: Vec<(SmolStr, Value)> = Vec::with_capacity(shape.len());
        for (key, shape) in shape {
            let key = match key {
                Key::Text(text) => &**text,
                Key::Expression(_) => return value,
            };
            let given = value.get(key).cloned();
            let given = given.unwrap_or_else(|| Value::new(Kind::Null, &value.place));
            entries.push((key.into(), self.converted(given, shape, source)));
        }
        Value::map(entries, &value.place)
    }

    /// `optional(TYPE, DEFAULT)`.
    fn optional(&self, value: Value, call: &'t Call<'t>, source: &'t Arc<Source>) -> Value {
        let mut arguments = call.arguments.iter();
        let (shape, default) = (arguments.next(), arguments.next());
        let value = match default {
            Some(default) if value.is_null() => self.eval(&Context::new(0, source), default),
            _ => value,
        };
        match shape {
            Some(shape) if !value.is_null() => self.converted(value, shape, source),
            _ => value,
        }
    }
}
