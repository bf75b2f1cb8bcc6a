//! Functions that make texts.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string>

use smol_str::SmolStr;

use super::super::context::Context;
use super::super::names;
use super::super::value::Data;
use crate::cloud::{Attribute, Joined, Term};

impl Context<'_> {
    /// Texts one after the other, or lists.
    pub(super) fn concat(&self, given: &[Data]) -> Data {
        if let [Data::List(_) | Data::Pieces(..), ..] = given {
            return self.lists_together(given);
        }
        let mut parts = Vec::with_capacity(given.len());
        for data in given {
            match data {
                Data::Unknown { why, .. } => return self.unknown_text(given, why),
                Data::Term(term) => parts.push(term.clone()),
                Data::Runtime(of) if names::runtime(&of.id, &of.path).is_some() => {
                    parts.extend(names::runtime(&of.id, &of.path));
                }
                data => match self.concrete(data) {
                    Data::Unknown { why, .. } => return self.unknown_text(given, &why),
                    data => {
                        let Some(text) = data.scalar() else {
                            let why = format!("{} is no text", data.describe());
                            return self.unknown_text(given, &why);
                        };
                        parts.push(Term::Text(text));
                    }
                },
            }
        }
        self.join_terms(parts)
    }

    /// A text of which a part is not known: the known parts stay, because names are made so.
    fn unknown_text(&self, given: &[Data], why: &str) -> Data {
        let names: Vec<_> = given.iter().map(|data| self.name(data)).collect();
        let text = names.concat();
        if !self.spend(1, text.len()) {
            return Data::unknown("concat", "the functions of this template make too much");
        }
        Data::Unknown {
            text,
            why: why.to_owned(),
        }
    }

    /// Terms one after the other, in their one normal form: texts side by side are one, and the id of a resource with the
    /// name of one inside of it is that one's id.
    fn join_terms(&self, terms: Vec<Term>) -> Data {
        let parts = Joined::from_iter(terms).into_parts();
        let size = |part: &Term| match part {
            Term::Text(text) => text.len(),
            _ => 64,
        };
        if !self.spend(1, parts.iter().map(size).sum()) {
            return Data::unknown("concat", "the functions of this template make too much");
        }
        if let [Term::Attribute(id, Attribute::Id), rest @ ..] = parts.as_slice()
            && !rest.is_empty()
        {
            let rest = rest.iter();
            let rest = rest.map(|part| self.name(&Data::Term(part.clone())));
            if let Some(id) = names::inside(id, &rest.collect::<Vec<_>>().concat()) {
                return Data::Term(id.id());
            }
        }
        match parts.as_slice() {
            [] => Data::Text(SmolStr::default()),
            [Term::Text(text)] => Data::Text(text.clone()),
            [one] => Data::Term(one.clone()),
            _ => Data::Term(Term::Join(parts)),
        }
    }

    /// `{0}` in a text stands for the first value. Formats behind a colon are not evaluated.
    pub(super) fn format(&self, format: &Data, values: &[Data]) -> Data {
        let Data::Text(format) = self.concrete(format) else {
            return Data::unknown("format", "the first value of `format` is no text");
        };
        let mut parts = Vec::new();
        let mut rest = format.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, behind) = rest.split_at(at);
            parts.push(Data::Text(before.into()));
            let doubled = ["{{", "}}"].iter().any(|twice| behind.starts_with(twice));
            if doubled {
                parts.push(Data::Text(behind[..1].into()));
                rest = &behind[2..];
                continue;
            }
            let inside = behind.strip_prefix('{').and_then(|it| it.split_once('}'));
            let value = inside.and_then(|(index, _)| values.get(index.parse::<usize>().ok()?));
            let (Some((_, behind)), Some(value)) = (inside, value) else {
                return Data::unknown(&format, "the format is not evaluated");
            };
            parts.push(match value {
                // Never a list: that would make a list of the whole.
                Data::List(_) | Data::Map(_) => Data::unknown("format", "a list is no text"),
                value => value.clone(),
            });
            rest = behind;
        }
        parts.push(Data::Text(rest.into()));
        self.concat(&parts)
    }

    /// A function of known texts.
    pub(super) fn text_function(&self, name: &str, given: &[Data]) -> Option<Data> {
        use Data::{Bool, Int, Text};
        Some(match (name, given) {
            ("tolower", [Text(text)]) => Text(text.to_lowercase().into()),
            ("toupper", [Text(text)]) => Text(text.to_uppercase().into()),
            ("trim", [Text(text)]) => Text(text.trim().into()),
            ("string", [data]) => Text(data.scalar()?),
            ("length", [Text(text)]) => Int(count(text)),
            ("empty", [Text(text)]) => Bool(text.is_empty()),
            ("startswith", [Text(text), Text(start)]) => {
                Bool(lower(text).starts_with(&lower(start)))
            }
            ("endswith", [Text(text), Text(end)]) => Bool(lower(text).ends_with(&lower(end))),
            ("contains", [Text(text), Text(part)]) => Bool(text.contains(part.as_str())),
            ("indexof", [Text(text), Text(part)]) => {
                let (text, part) = (lower(text), lower(part));
                Int(text.find(&part).map_or(-1, |at| count(&text[..at])))
            }
            ("lastindexof", [Text(text), Text(part)]) => {
                let (text, part) = (lower(text), lower(part));
                Int(text.rfind(&part).map_or(-1, |at| count(&text[..at])))
            }
            ("first", [Text(text)]) => Text(text.chars().take(1).collect()),
            ("last", [Text(text)]) => Text(text.chars().next_back().into_iter().collect()),
            ("take", [Text(text), Int(most)]) => Text(text.chars().take(size(*most)).collect()),
            ("skip", [Text(text), Int(less)]) => Text(text.chars().skip(size(*less)).collect()),
            ("substring", [Text(text), Int(start)]) => {
                Text(text.chars().skip(usize::try_from(*start).ok()?).collect())
            }
            ("substring", [Text(text), Int(start), Int(most)]) => {
                let rest = text.chars().skip(usize::try_from(*start).ok()?);
                Text(rest.take(usize::try_from(*most).ok()?).collect())
            }
            ("replace", [Text(text), Text(old), Text(new)]) if !old.is_empty() => {
                let hits = text.matches(old.as_str()).count();
                let bytes = hits.saturating_mul(new.len()).saturating_add(text.len());
                self.spend(1, bytes)
                    .then(|| Text(text.replace(old.as_str(), new).into()))?
            }
            ("padleft", [data, Int(width)]) => pad(&data.scalar()?, *width, ' ')?,
            ("padleft", [data, Int(width), Text(fill)]) => {
                pad(&data.scalar()?, *width, fill.chars().next()?)?
            }
            ("split", [Text(text), Text(separator)]) if !separator.is_empty() => {
                self.split(text, separator)
            }
            ("split", [Text(text), Data::List(separators)]) => {
                let separators = separators.iter().map(|value| match &value.data {
                    Text(text) => text.chars().next().filter(|it| it.len_utf8() == text.len()),
                    _ => None,
                });
                let separators: Vec<_> = separators.collect::<Option<_>>()?;
                let pieces = text.split(separators.as_slice()).map(SmolStr::new);
                self.texts(pieces)
            }
            ("join", [Data::List(items), Text(separator)]) => {
                let texts = items.iter().map(|item| self.concrete(&item.data).scalar());
                let texts: Vec<_> = texts.collect::<Option<_>>()?;
                let text = texts.join(separator);
                self.spend(1, text.len()).then_some(Text(text.into()))?
            }
            _ => return None,
        })
    }
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// How many to take: none where it is less than that.
pub(super) fn size(number: i64) -> usize {
    usize::try_from(number.max(0)).unwrap_or(usize::MAX)
}

/// The widest text that is made by filling it up.
const MAX_WIDTH: usize = 4096;

fn pad(text: &str, width: i64, fill: char) -> Option<Data> {
    let width = usize::try_from(width).ok().filter(|it| *it <= MAX_WIDTH)?;
    let missing = width.saturating_sub(text.chars().count());
    let mut out: String = std::iter::repeat_n(fill, missing).collect();
    out.push_str(text);
    Some(Data::Text(out.into()))
}
