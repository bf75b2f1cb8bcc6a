//! Calls of functions: <https://developer.hashicorp.com/terraform/language/functions>.
//!
//! A function that is not here gives an unknown value that names it.

mod collection;
mod encoding;
mod network;
mod number;
mod text;

pub(in crate::read::terraform) use self::encoding::from_json;
use smol_str::SmolStr;

use super::eval::{Context, Evaluator, is_absent};
use super::syntax::Call;
use crate::diag::Place;
use crate::read::terraform::tree::{Kind, Value};

/// What a function gives, or the unknown value that says why it gives nothing.
type Result<T> = std::result::Result<T, Value>;

/// What a function is called with.
struct Arguments<'a, 't> {
    evaluator: &'a Evaluator<'t>,
    values: Vec<Value>,
    name: &'a str,
    place: &'a Place,
}

impl<'t> Evaluator<'t> {
    /// What a call gives.
    pub(super) fn function(
        &self,
        context: &Context<'_, 't>,
        call: &'t Call<'t>,
        place: &Place,
    ) -> Value {
        let name = &*call.name;
        if call.is_namespaced {
            let why = format!("what `{name}` of a provider gives is not known");
            return Value::unknown(why, place);
        }
        let mut values: Vec<_> = call
            .arguments
            .iter()
            .map(|arg| self.eval(context, arg))
            .collect();
        if call.expands_last
            && let Some(last) = values.pop()
        {
            let last = self.known(last);
            match last.items() {
                Some(items) => values.extend(items.iter().cloned()),
                None => return super::eval::undecided(last, "what is called with", place),
            }
        }
        let work = values.iter().map(Value::size).sum();
        if !self.spend(work, place) {
            return Value::unknown("the configuration is too large", place);
        }
        let arguments = Arguments {
            evaluator: self,
            values,
            name,
            place,
        };
        arguments.apply().unwrap_or_else(|unknown| unknown)
    }
}

impl Arguments<'_, '_> {
    fn apply(&self) -> Result<Value> {
        match self.name {
            "try" => return Ok(self.first_known()),
            "can" => {
                let value = self.at(0)?;
                let is_open = matches!(value.kind, Kind::Unknown(_)) && !is_absent(value);
                return if is_open {
                    Err(value.clone())
                } else {
                    Ok(self.bool(!is_absent(value)))
                };
            }
            "sensitive" | "nonsensitive" | "ephemeralasnull" => return self.at(0).cloned(),
            _ => {}
        }
        let found = text::apply(self)
            .or_else(|| collection::apply(self))
            .or_else(|| network::apply(self))
            .or_else(|| number::apply(self))
            .or_else(|| encoding::apply(self));
        found.unwrap_or_else(|| {
            Err(self.why(format!("what `{}` gives is not known here", self.name)))
        })
    }

    /// `try`: the first that is there. What is not understood may be there or not.
    fn first_known(&self) -> Value {
        let mut values = self.values.iter();
        let known = values.find(|value| !is_absent(value));
        match known.or(self.values.last()) {
            Some(value) => value.clone(),
            None => self.why("`try` needs something to try"),
        }
    }

    fn why(&self, why: impl Into<SmolStr>) -> Value {
        Value::unknown(why, self.place)
    }

    fn at(&self, at: usize) -> Result<&Value> {
        let missing = || self.why(format!("`{}` is called with too little", self.name));
        self.values.get(at).ok_or_else(missing)
    }

    /// An argument that can be looked into.
    fn known(&self, at: usize) -> Result<Value> {
        let value = self.evaluator.known(self.at(at)?.clone());
        match value.kind {
            Kind::Unknown(_) => Err(value),
            _ => Ok(value),
        }
    }

    fn not_known(&self, value: &Value) -> Value {
        match &value.kind {
            Kind::Unknown(_) => value.clone(),
            Kind::Reference(_) | Kind::Join(_) => self.why(format!(
                "what `{}` gives is known after the deploy only",
                self.name
            )),
            Kind::Variable(name) => self.why(format!("the variable `{name}` has no value yet")),
            _ => self.why(format!("`{}` is not called with what it needs", self.name)),
        }
    }

    fn text(&self, at: usize) -> Result<SmolStr> {
        let value = self.at(at)?;
        let text = self.evaluator.text(value);
        text.ok_or_else(|| self.not_known(value))
    }

    fn number(&self, at: usize) -> Result<f64> {
        let value = self.known(at)?;
        super::operator::number(&value).ok_or_else(|| self.not_known(&value))
    }

    fn int(&self, at: usize) -> Result<i64> {
        let text = self.text(at)?;
        let parsed = text.parse();
        parsed.map_err(|_| self.why(format!("`{}` needs a whole number", self.name)))
    }

    fn list(&self, at: usize) -> Result<Vec<Value>> {
        let value = self.known(at)?;
        match value.items() {
            Some(items) => Ok(items.to_vec()),
            None => Err(self.not_known(&value)),
        }
    }

    fn texts(&self, values: &[Value]) -> Result<Vec<SmolStr>> {
        let texts = values.iter().map(|value| {
            let text = self.evaluator.text(value);
            text.ok_or_else(|| self.not_known(value))
        });
        texts.collect()
    }

    fn entries(&self, at: usize) -> Result<Vec<(SmolStr, Value)>> {
        let value = self.known(at)?;
        match value.entries() {
            Some(entries) => Ok(entries.to_vec()),
            None => Err(self.not_known(&value)),
        }
    }

    fn made(&self, text: &str) -> Value {
        Value::text(text, self.place)
    }

    fn bool(&self, truth: bool) -> Value {
        Value::new(Kind::Bool(truth), self.place)
    }

    fn make_list(&self, items: Vec<Value>) -> Value {
        Value::list(items, self.place)
    }

    fn make_number(&self, number: f64) -> Result<Value> {
        if number.is_finite() {
            Ok(Value::new(Kind::Number(number), self.place))
        } else {
            Err(self.why(format!("`{}` gives no number", self.name)))
        }
    }
}
