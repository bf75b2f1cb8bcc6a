//! Texts with expressions in them: <https://developer.hashicorp.com/terraform/language/expressions/strings>.

use super::eval::{Bound, Context, Evaluator, pairs, undecided};
use super::syntax::{ForPart, IfPart, Part, Strip};
use crate::diag::Place;
use crate::read::terraform::tree::{Kind, Value};

/// The parts of a text so far, and whether white space is taken away from what comes next.
#[derive(Default)]
pub(super) struct Parts {
    whole: Vec<Value>,
    /// The known text behind the last part.
    text: String,
    strip_next: bool,
    bytes: usize,
}

/// How long a text may become.
const MAX_TEXT: usize = 4 << 20;

impl<'t> Evaluator<'t> {
    /// What a template comes to.
    pub(super) fn template(
        &self,
        context: &Context<'_, 't>,
        parts: &'t [Part<'t>],
        place: &Place,
    ) -> Value {
        // A template that is one expression is that expression's value, whatever it is.
        if let [Part::Value(only, _)] = parts {
            return self.eval(context, only);
        }
        let mut whole = Parts::default();
        match self.parts(context, parts, &mut whole, place) {
            Ok(()) => whole.value(place),
            Err(unknown) => unknown,
        }
    }

    fn parts(
        &self,
        context: &Context<'_, 't>,
        inside: &'t [Part<'t>],
        parts: &mut Parts,
        place: &Place,
    ) -> Result<(), Value> {
        for part in inside {
            match part {
                Part::Text(text) => parts.literal(text),
                Part::Value(inner, strip) => {
                    parts.strip(*strip);
                    let value = self.eval(context, inner);
                    parts.push(value, place)?;
                    parts.strip_after(*strip);
                }
                Part::If(choice) => self.choice(context, choice, parts, place)?,
                Part::For(each) => self.repetition(context, each, parts, place)?,
            }
            if parts.bytes > MAX_TEXT {
                return Err(Value::unknown("the text is too long to be read", place));
            }
        }
        Ok(())
    }

    fn choice(
        &self,
        context: &Context<'_, 't>,
        choice: &'t IfPart<'t>,
        parts: &mut Parts,
        place: &Place,
    ) -> Result<(), Value> {
        let condition = self.eval(context, &choice.condition);
        let Some(truth) = self.truth(&condition) else {
            return Err(undecided(condition, "which of two texts it is", place));
        };
        parts.strip(choice.strip);
        if truth {
            parts.strip_after(choice.strip);
            self.parts(context, &choice.yes, parts, place)?;
        }
        if let Some((strip, other)) = &choice.no {
            if truth {
                parts.strip(*strip);
            } else {
                parts.strip_after(*strip);
                self.parts(context, other, parts, place)?;
            }
        }
        parts.strip(choice.end);
        parts.strip_after(choice.end);
        Ok(())
    }

    fn repetition(
        &self,
        context: &Context<'_, 't>,
        repetition: &'t ForPart<'t>,
        parts: &mut Parts,
        place: &Place,
    ) -> Result<(), Value> {
        let each = &repetition.each;
        let collection = self.known(self.eval(context, &each.collection));
        let Some(items) = pairs(&collection) else {
            return Err(undecided(
                collection,
                "what there is one of for each",
                place,
            ));
        };
        parts.strip(repetition.strip);
        for (key, value) in items {
            let outer = Bound {
                name: each.key.as_deref().unwrap_or_default(),
                value: key,
                around: context.bound,
            };
            let inner = Bound {
                name: &each.value,
                value,
                around: Some(&outer),
            };
            let context = Context {
                bound: Some(&inner),
                ..*context
            };
            parts.strip_after(repetition.strip);
            self.parts(&context, &repetition.parts, parts, place)?;
            parts.strip(repetition.end);
        }
        parts.strip_after(repetition.end);
        Ok(())
    }
}

impl Parts {
    fn literal(&mut self, text: &str) {
        let text = if std::mem::take(&mut self.strip_next) {
            text.trim_start()
        } else {
            text
        };
        self.text(text);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes = self.bytes.saturating_add(text.len());
        self.text.push_str(text);
    }

    fn flush(&mut self, place: &Place) {
        if !self.text.is_empty() {
            self.whole.push(Value::text(&self.text, place));
            self.text.clear();
        }
    }

    /// Adds what one value is as text; what has no text is given back as the reason.
    pub(super) fn push(&mut self, value: Value, place: &Place) -> Result<(), Value> {
        self.strip_next = false;
        self.bytes = self.bytes.saturating_add(16);
        match &value.kind {
            Kind::Unknown(_) => return Err(value),
            Kind::Reference(_) | Kind::Variable(_) | Kind::Piece(_) => {
                self.flush(place);
                self.whole.push(value);
            }
            Kind::Join(parts) => {
                for part in parts.iter() {
                    self.push(part.clone(), place)?;
                }
            }
            Kind::Encoded(_) if value.written().is_none() => {
                self.flush(place);
                self.whole.push(value);
            }
            _ => {
                let Some(text) = value.written() else {
                    let why = "a text has a place for one value only";
                    return Err(Value::unknown(why, &value.place));
                };
                self.text(&text);
            }
        }
        Ok(())
    }

    /// Takes the white space away from the end.
    fn strip(&mut self, strip: Strip) {
        if matches!(strip, Strip::Start | Strip::Both) {
            let end = self.text.trim_end().len();
            self.text.truncate(end);
        }
    }

    fn strip_after(&mut self, strip: Strip) {
        self.strip_next = matches!(strip, Strip::End | Strip::Both);
    }

    pub(super) fn value(mut self, place: &Place) -> Value {
        if self.bytes > MAX_TEXT {
            return Value::unknown("the text is too long to be read", place);
        }
        if self.whole.is_empty() {
            return Value::text(&self.text, place);
        }
        self.flush(place);
        Value::new(Kind::Join(self.whole.into()), place)
    }
}
