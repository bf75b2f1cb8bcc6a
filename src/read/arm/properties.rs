//! The properties of a resource, taken out one by one: what nobody takes is unknown, so that nothing is dropped.

use std::rc::Rc;

use smallvec::SmallVec;

use super::context::Context;
use super::names::same;
use super::value::{Data, Fault, Key, Result, Value};
use crate::cloud::Term;
use crate::diag::Place;
use crate::read::Unknown;
use crate::yaml::shorten;

/// A resource by its name and type in the template.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) type_name: String,
    /// The version of the API that makes it, as in `2025-05-01`.
    pub(super) api_version: String,
    pub(super) place: Place,
}

/// What one value is read with.
type Reader<'t, T> = fn(&Context<'t>, &Value) -> Result<T>;

/// A map of properties. What is left in it at the end of its life is noted as unknown.
pub(super) struct Properties<'a, 't> {
    pub(super) context: &'a Context<'t>,
    pub(super) owner: Rc<Owner>,
    /// The keys that lead here.
    path: SmallVec<[&'static str; 4]>,
    place: Place,
    left: Vec<(Key, Value)>,
}

impl<'a, 't> Properties<'a, 't> {
    /// The properties in an object; none in anything else.
    pub(super) fn new(context: &'a Context<'t>, owner: &Rc<Owner>, value: Value) -> Self {
        let left = match value.data {
            Data::Map(entries) => Rc::unwrap_or_clone(entries),
            _ => Vec::new(),
        };
        Self {
            context,
            owner: Rc::clone(owner),
            path: SmallVec::new(),
            place: value.place,
            left,
        }
    }

    /// Notes something that is not understood.
    pub(super) fn unknown(&self, why: impl Into<String>, place: &Place) {
        let why = why.into();
        self.context.note(Unknown {
            name: self.owner.name.clone(),
            what: self.owner.type_name.clone(),
            why: if self.path.is_empty() {
                why
            } else {
                format!("in `{}`: {why}", self.path.join("."))
            },
            place: place.clone(),
        });
    }

    pub(super) fn fault(&self, fault: &Fault) {
        self.unknown(fault.why.clone(), &fault.place);
    }

    /// A property, if it is there; `null` and an empty text are not. Capitals make no difference.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let is_it = |(known, _): &(Key, Value)| same(&known.text, key);
        let at = self.left.iter().position(is_it)?;
        let (_, value) = self.left.remove(at);
        Some(value).filter(says)
    }

    /// Whether a property is there, and not taken yet.
    pub(super) fn has(&self, key: &str) -> bool {
        let is_it = |(known, _): &&(Key, Value)| same(&known.text, key);
        let found = self.left.iter().find(is_it);
        found.is_some_and(|(_, value)| says(value))
    }

    /// The fault that something is missing or wrong in this object.
    pub(super) fn missing(&self, why: impl Into<String>) -> Fault {
        Fault {
            why: why.into(),
            place: self.place.clone(),
        }
    }

    /// Properties that say nothing of what may pass.
    pub(super) fn ignore(&mut self, keys: &[&str]) {
        let ignored = |key: &Key| keys.iter().any(|it| same(it, &key.text));
        self.left.retain(|(key, _)| !ignored(key));
    }

    /// Nothing of the rest needs to be noted: the whole is unknown.
    pub(super) fn give_up(&mut self) {
        self.left.clear();
    }

    /// A property without which the resource cannot be read.
    pub(super) fn need<T>(&mut self, key: &str, read: Reader<'t, T>) -> Result<T> {
        if let Some(value) = self.take(key) {
            return read(self.context, &value);
        }
        let path = self.path.iter().copied().chain([key]);
        let path = path.collect::<Vec<_>>().join(".");
        Err(self.missing(format!("`{path}` is missing")))
    }

    /// A property that may be missing.
    pub(super) fn maybe<T>(&mut self, key: &str, read: Reader<'t, T>) -> Result<Option<T>> {
        let value = self.take(key);
        value.map(|value| read(self.context, &value)).transpose()
    }

    /// A property that counts as `other` when it is missing, and when it is not understood, which is noted.
    pub(super) fn or<T>(&mut self, key: &str, read: Reader<'t, T>, other: T) -> T {
        match self.maybe(key, read) {
            Ok(value) => value.unwrap_or(other),
            Err(error) => {
                self.fault(&error);
                other
            }
        }
    }

    /// A text that is for people only: it is empty when the template alone does not say it.
    pub(super) fn label(&mut self, key: &str) -> String {
        let value = self.take(key);
        let text = value.and_then(|value| self.context.concrete(&value.data).scalar());
        text.unwrap_or_default().into()
    }

    /// The name of this part of a resource, and where it stands.
    pub(super) fn name(&mut self) -> (String, Place) {
        match self.take("name") {
            Some(value) => (self.context.name(&value.data).into(), value.place),
            None => (String::new(), self.place.clone()),
        }
    }

    /// A property that has one meaning in our resources: any other value is noted. `missing` says whether leaving it out
    /// means the same.
    pub(super) fn fixed(&mut self, key: &str, right: &str, missing: bool) {
        let why = || format!("`{key}` is not `{right}`, and there is no place for anything else");
        let Some(value) = self.take(key) else {
            if !missing {
                self.unknown(why(), &self.place);
            }
            return;
        };
        match self.context.text(&value) {
            Ok(text) if text.eq_ignore_ascii_case(right) => {}
            Ok(_) => self.unknown(why(), &value.place),
            Err(error) => self.fault(&error),
        }
    }

    /// The id in an object such as `{ "id": … }`.
    pub(super) fn id(&mut self, key: &'static str) -> Result<Option<Term>> {
        match self.inside(key) {
            Some(mut inside) => {
                // What stands beside the id is the other resource as it is shown, and changes nothing.
                inside.ignore(&["properties", "location", "tags"]);
                let id = inside.maybe("id", Context::term);
                if id.is_err() {
                    inside.give_up();
                }
                id
            }
            None => Ok(None),
        }
    }

    /// The ids in a list of objects such as `{ "id": … }`. One that is not known is noted and left out.
    pub(super) fn ids(&mut self, key: &'static str) -> Vec<Term> {
        let mut ids = Vec::new();
        for mut of in self.list(key) {
            of.ignore(&["properties", "location", "tags"]);
            match of.need("id", Context::term) {
                Ok(id) => ids.push(id),
                Err(error) => {
                    of.give_up();
                    of.fault(&error);
                }
            }
        }
        ids
    }

    /// The properties inside a property.
    pub(super) fn inside(&mut self, key: &'static str) -> Option<Properties<'a, 't>> {
        let value = self.take(key)?;
        match self.context.object_of(value) {
            Ok(map) => Some(self.of(map, key)),
            Err(error) => {
                self.fault(&error);
                None
            }
        }
    }

    /// The properties inside a property; none where there is no such.
    pub(super) fn inside_or_empty(&mut self, key: &'static str) -> Properties<'a, 't> {
        if let Some(inside) = self.inside(key) {
            return inside;
        }
        self.of(Value::new(Data::Null, &self.place), key)
    }

    /// The objects in a list of objects.
    pub(super) fn list(&mut self, key: &'static str) -> Vec<Properties<'a, 't>> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let items = match self.context.list_of(&value) {
            Ok(items) => items,
            Err(error) => {
                self.fault(&error);
                return Vec::new();
            }
        };
        // Nobody else holds most lists, whose items need not be copied then.
        drop(value);
        let items = Rc::unwrap_or_clone(items).into_iter();
        let maps = items.map(|item| self.context.object_of(item));
        let maps: Vec<_> = maps.collect();
        let maps = maps.into_iter().filter_map(|map| match map {
            Ok(map) => Some(self.of(map, key)),
            Err(error) => {
                self.fault(&error);
                None
            }
        });
        maps.collect()
    }

    /// The one object in a list of objects; more than one, or none, is noted.
    pub(super) fn only(&mut self, key: &'static str) -> Properties<'a, 't> {
        let mut all = self.list(key);
        if all.len() != 1 {
            let why = format!(
                "there is a place for one of `{key}`, and there are {}",
                all.len()
            );
            self.unknown(why, &self.place);
        }
        if all.is_empty() {
            return self.of(Value::new(Data::Null, &self.place), key);
        }
        all.swap_remove(0)
    }

    fn of(&self, map: Value, key: &'static str) -> Properties<'a, 't> {
        let mut inside = Properties::new(self.context, &self.owner, map);
        inside.path.extend(self.path.iter().copied().chain([key]));
        inside
    }

    /// Where the object stands.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

/// Whether a value says anything: a template often has an empty text where it means nothing.
fn says(value: &Value) -> bool {
    match &value.data {
        Data::Null => false,
        Data::Text(text) => !text.is_empty(),
        _ => true,
    }
}

impl Drop for Properties<'_, '_> {
    fn drop(&mut self) {
        for (key, value) in std::mem::take(&mut self.left) {
            let empty = match &value.data {
                Data::List(items) => items.is_empty(),
                Data::Map(entries) => entries.is_empty(),
                _ => !says(&value),
            };
            if !empty {
                self.unknown(format!("`{}` is not read", shorten(&key.text)), &key.place);
            }
        }
    }
}

/// One of a few words. Capitals make no difference.
pub(super) fn word<T: Copy>(
    context: &Context<'_>,
    value: &Value,
    words: &[(&str, T)],
) -> Result<T> {
    let text = context.text(value)?;
    match words.iter().find(|(word, _)| same(word, &text)) {
        Some((_, meaning)) => Ok(*meaning),
        None => value.fault(format!("`{}` is not read here", shorten(&text))),
    }
}
