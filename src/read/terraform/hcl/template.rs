//! Texts with expressions in them: <https://developer.hashicorp.com/terraform/language/expressions/strings>.

use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};

use super::eval::{Bound, Context, Evaluator, pairs, undecided};
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
        elements: impl Iterator<Item = &'t Element>,
        place: &Place,
    ) -> Value {
        let elements: Vec<&Element> = elements.collect();
        // A template that is one expression is that expression's value, whatever it is.
        if let [Element::Interpolation(only)] = elements.as_slice() {
            return self.eval(context, &only.expr);
        }
        let mut parts = Parts::default();
        match self.elements(context, elements.into_iter(), &mut parts, place) {
            Ok(()) => parts.value(place),
            Err(unknown) => unknown,
        }
    }

    fn elements(
        &self,
        context: &Context<'_, 't>,
        elements: impl Iterator<Item = &'t Element>,
        parts: &mut Parts,
        place: &Place,
    ) -> Result<(), Value> {
        for element in elements {
            match element {
                Element::Literal(text) => parts.literal(text.as_str()),
                Element::Interpolation(inner) => {
                    parts.strip(inner.strip);
                    let value = self.eval(context, &inner.expr);
                    parts.push(value, place)?;
                    parts.strip_after(inner.strip);
                }
                Element::Directive(directive) => match &**directive {
                    Directive::If(choice) => self.choice(context, choice, parts, place)?,
                    Directive::For(each) => self.repetition(context, each, parts, place)?,
                },
            }
            if parts.bytes > MAX_TEXT {
                return Err(Value::unknown("the text is too long to be read", place));
            }
        }
        Ok(())
    }

    fn inside(
        &self,
        context: &Context<'_, 't>,
        template: &'t Template,
        parts: &mut Parts,
        place: &Place,
    ) -> Result<(), Value> {
        self.elements(context, template.iter(), parts, place)
    }

    fn choice(
        &self,
        context: &Context<'_, 't>,
        choice: &'t IfDirective,
        parts: &mut Parts,
        place: &Place,
    ) -> Result<(), Value> {
        let condition = self.eval(context, &choice.if_expr.cond_expr);
        let Some(truth) = self.truth(&condition) else {
            return Err(undecided(condition, "which of two texts it is", place));
        };
        parts.strip(choice.if_expr.strip);
        if truth {
            parts.strip_after(choice.if_expr.strip);
            self.inside(context, &choice.if_expr.template, parts, place)?;
        }
        if let Some(other) = &choice.else_expr {
            if truth {
                parts.strip(other.strip);
            } else {
                parts.strip_after(other.strip);
                self.inside(context, &other.template, parts, place)?;
            }
        }
        parts.strip(choice.endif_expr.strip);
        parts.strip_after(choice.endif_expr.strip);
        Ok(())
    }

    fn repetition(
        &self,
        context: &Context<'_, 't>,
        each: &'t ForDirective,
        parts: &mut Parts,
        place: &Place,
    ) -> Result<(), Value> {
        let intro = &each.for_expr;
        let collection = self.known(self.eval(context, &intro.collection_expr));
        let Some(items) = pairs(&collection) else {
            return Err(undecided(
                collection,
                "what there is one of for each",
                place,
            ));
        };
        parts.strip(intro.strip);
        for (key, value) in items {
            let outer = Bound {
                name: intro.key_var.as_ref().map_or("", |name| name.as_str()),
                value: key,
                around: context.bound,
            };
            let inner = Bound {
                name: intro.value_var.as_str(),
                value,
                around: Some(&outer),
            };
            let context = Context {
                bound: Some(&inner),
                ..*context
            };
            parts.strip_after(intro.strip);
            self.inside(&context, &intro.template, parts, place)?;
            parts.strip(each.endfor_expr.strip);
        }
        parts.strip_after(each.endfor_expr.strip);
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
            Kind::Reference(_) | Kind::Variable(_) => {
                self.flush(place);
                self.whole.push(value);
            }
            Kind::Join(parts) => {
                for part in parts.iter() {
                    self.push(part.clone(), place)?;
                }
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
