//! Functions of lists and objects.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array>

use std::rc::Rc;

use smol_str::SmolStr;

use super::super::context::Context;
use super::super::value::{Data, Key, Value, same};
use super::texts::size;

impl Context<'_> {
    /// Lists one after the other.
    pub(super) fn lists_together(&self, given: &[Data]) -> Data {
        let mut all = Vec::new();
        for data in given {
            match self.concrete(data) {
                Data::List(items) if self.spend(items.len(), 0) => {
                    all.extend(items.iter().cloned());
                }
                Data::Unknown { why, .. } => return self.opaque("concat", given, &why),
                _ => return self.opaque("concat", given, "lists go with lists"),
            }
        }
        Data::List(Rc::new(all))
    }

    /// An object that a function made.
    pub(super) fn object(&self, entries: Vec<(&str, Data)>) -> Data {
        let place = self.template.root.place.clone();
        let entries = entries
            .into_iter()
            .map(|(name, data)| (Key::new(name, &place), Value::new(data, &place)));
        Data::Map(Rc::new(entries.collect()))
    }

    pub(super) fn create_object(&self, given: &[Data]) -> Data {
        let names: Vec<_> = given.iter().step_by(2).map(|it| self.name(it)).collect();
        let values = given.iter().skip(1).step_by(2).cloned();
        if !self.spend(given.len(), 0) || given.len() % 2 == 1 {
            return self.opaque("createObject", given, "a value is missing");
        }
        let entries = names.iter().map(SmolStr::as_str).zip(values);
        self.object(entries.collect())
    }

    /// A function of known lists and objects.
    pub(super) fn list_function(&self, name: &str, given: &[Data]) -> Option<Data> {
        use Data::{Bool, Int, List, Map, Text};
        Some(match (name, given) {
            ("length", [List(items)]) => Int(i64::try_from(items.len()).ok()?),
            ("length", [Map(entries)]) => Int(i64::try_from(entries.len()).ok()?),
            ("empty", [List(items)]) => Bool(items.is_empty()),
            ("empty", [Map(entries)]) => Bool(entries.is_empty()),
            ("empty", [Data::Null]) => Bool(true),
            ("first", [List(items)]) => items.first()?.data.clone(),
            ("last", [List(items)]) => items.last()?.data.clone(),
            ("take", [List(items), Int(most)]) => {
                shared(items.iter().take(size(*most)).cloned().collect())
            }
            ("skip", [List(items), Int(less)]) => {
                shared(items.iter().skip(size(*less)).cloned().collect())
            }
            ("contains", [List(items), one]) => Bool(self.holds(items, one)?),
            ("contains", [Map(entries), Text(name)]) => {
                let mut keys = entries.iter().map(|(key, _)| &key.text);
                Bool(keys.any(|key| key.eq_ignore_ascii_case(name)))
            }
            ("range", [Int(start), Int(count @ 0..=10_000)]) => {
                let end = start.checked_add(*count)?;
                self.list((*start..end).map(Int).collect())
            }
            ("union", [List(_), ..]) => self.union_of_lists(given)?,
            ("union", [Map(_), ..]) => self.union_of_maps(given)?,
            ("intersection", [List(one), List(other)]) => {
                let both = one
                    .iter()
                    .filter_map(|item| match self.holds(other, &item.data) {
                        Some(true) => Some(Some(item.clone())),
                        Some(false) => None,
                        None => Some(None),
                    });
                shared(both.collect::<Option<_>>()?)
            }
            ("flatten", [List(items)]) => {
                let inner: Vec<_> = items.iter().map(|it| it.data.clone()).collect();
                self.lists_together(&inner)
            }
            ("objectkeys", [Map(entries)]) => {
                self.texts(entries.iter().map(|(key, _)| key.text.clone()))
            }
            ("json", [Text(text)]) => json(text)?,
            _ => return None,
        })
    }

    fn holds(&self, items: &[Value], one: &Data) -> Option<bool> {
        if !self.spend(items.len(), 0) {
            return None;
        }
        let mut found = Some(false);
        for item in items {
            match same(&self.concrete(&item.data), one) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => found = None,
            }
        }
        found
    }

    fn union_of_lists(&self, given: &[Data]) -> Option<Data> {
        let mut all: Vec<Value> = Vec::new();
        for data in given {
            let Data::List(items) = data else {
                return None;
            };
            for item in items.iter() {
                if !self.holds(&all, &item.data)? {
                    all.push(item.clone());
                }
            }
        }
        Some(shared(all))
    }

    /// What stands further behind wins; objects inside of objects are put together as well.
    fn union_of_maps(&self, given: &[Data]) -> Option<Data> {
        let mut all: Vec<(Key, Value)> = Vec::new();
        for data in given {
            let Data::Map(entries) = data else {
                return None;
            };
            for (key, value) in entries.iter() {
                if !self.spend(all.len() + 1, 0) {
                    return None;
                }
                let known = all.iter_mut().find(|(known, _)| known.text == key.text);
                match known {
                    None => all.push((key.clone(), value.clone())),
                    Some((_, known)) => {
                        let both = [known.data.clone(), value.data.clone()];
                        known.data = match both {
                            [Data::Map(_), Data::Map(_)] => self.union_of_maps(&both)?,
                            [_, new] => new,
                        };
                    }
                }
            }
        }
        Some(Data::Map(Rc::new(all)))
    }
}

fn shared(items: Vec<Value>) -> Data {
    Data::List(Rc::new(items))
}

/// A scalar, or an empty object or list: what templates write so.
fn json(text: &str) -> Option<Data> {
    Some(match text.trim() {
        "null" => Data::Null,
        "true" => Data::Bool(true),
        "false" => Data::Bool(false),
        "{}" => Data::Map(Rc::default()),
        "[]" => Data::List(Rc::default()),
        text => {
            if let Ok(number) = text.parse() {
                return Some(Data::Int(number));
            }
            let inside = text.strip_prefix('"')?.strip_suffix('"')?;
            let plain = !inside.contains(['"', '\\']);
            plain.then(|| Data::Text(inside.into()))?
        }
    })
}
