//! The arguments of a resource, taken out one by one: what nobody takes is unknown, so that nothing is dropped.
//!
//! Shared by the mappings of all providers.

use smallvec::SmallVec;

use super::context::{Context, Fault, Result, fault};
use super::tree::{Body, Content, Instance, Kind, Value};
use crate::cloud::Term;
use crate::diag::Place;
use crate::read::Unknown;

/// What one value is read with, as in `Context::cidr`.
type Reader<'t, T> = fn(&Context<'t>, &Value) -> Result<T>;

/// What stands under a key.
#[derive(Clone, Copy)]
enum Given<'t> {
    Value(&'t Value),
    Block(&'t Body),
}

/// An argument or a block that nobody has taken yet.
struct Left<'t> {
    key: &'t str,
    place: &'t Place,
    given: Given<'t>,
}

/// A map of arguments. What is left in it at the end of its life is noted as unknown.
pub(super) struct Properties<'a, 't> {
    pub(super) context: &'a Context<'t>,
    pub(super) owner: &'t Instance,
    /// The keys that lead here.
    path: SmallVec<[&'static str; 4]>,
    place: &'t Place,
    left: Vec<Left<'t>>,
}

impl<'a, 't> Properties<'a, 't> {
    /// The arguments of an instance.
    pub(super) fn new(context: &'a Context<'t>, owner: &'t Instance) -> Self {
        let mut all = Self::none(context, owner, &owner.place);
        all.fill(&owner.body);
        all
    }

    fn none(context: &'a Context<'t>, owner: &'t Instance, place: &'t Place) -> Self {
        Self {
            context,
            owner,
            path: SmallVec::new(),
            place,
            left: Vec::new(),
        }
    }

    fn fill(&mut self, body: &'t Body) {
        self.left = body
            .entries
            .iter()
            .map(|entry| Left {
                key: &entry.key,
                place: &entry.place,
                given: match &entry.content {
                    Content::Value(value) => Given::Value(value),
                    Content::Block(body) => Given::Block(body),
                },
            })
            .collect();
    }

    /// Notes something that is not understood.
    pub(super) fn unknown(&self, why: impl Into<String>, place: &Place) {
        let why = why.into();
        self.context.note(Unknown {
            name: self.owner.address.to_string(),
            what: self.owner.kind.to_string(),
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

    /// An argument, if it is there and not null. A block of this name is not taken.
    pub(super) fn take(&mut self, key: &str) -> Option<&'t Value> {
        let is_it = |left: &Left<'_>| left.key == key && matches!(left.given, Given::Value(_));
        let at = self.left.iter().position(is_it)?;
        match self.left.remove(at).given {
            Given::Value(value) if !value.is_null() => Some(value),
            _ => None,
        }
    }

    /// Whether an argument or a block is written, is not null, and is not taken yet.
    pub(super) fn has(&self, key: &str) -> bool {
        let null = |left: &Left<'_>| matches!(left.given, Given::Value(value) if value.is_null());
        let mut left = self.left.iter();
        left.any(|left| left.key == key && !null(left))
    }

    /// Whether something whose name begins so is there, and not taken yet.
    pub(super) fn says_any_of(&self, start: &str) -> bool {
        self.left.iter().any(|left| {
            let null = matches!(left.given, Given::Value(value) if value.is_null());
            left.key.starts_with(start) && !null
        })
    }

    /// The fault that something is missing or wrong in this map.
    pub(super) fn missing(&self, why: &str) -> Fault {
        Fault {
            why: why.into(),
            place: self.place.clone(),
        }
    }

    /// Arguments and blocks that say nothing of what may pass.
    pub(super) fn ignore(&mut self, keys: &[&str]) {
        self.left.retain(|left| !keys.contains(&left.key));
    }

    /// Nothing of the rest needs to be noted: the whole is unknown.
    pub(super) fn give_up(&mut self) {
        self.left.clear();
    }

    /// Whether everything is taken.
    pub(super) fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    /// An argument without which the resource cannot be read.
    pub(super) fn need<T>(&mut self, key: &str, read: Reader<'t, T>) -> Result<T> {
        if let Some(value) = self.take(key) {
            return read(self.context, value);
        }
        let path = self.path.iter().copied().chain([key]);
        let path = path.collect::<Vec<_>>().join(".");
        Err(self.missing(&format!("`{path}` is missing")))
    }

    /// An argument that may be missing.
    pub(super) fn maybe<T>(&mut self, key: &str, read: Reader<'t, T>) -> Result<Option<T>> {
        let value = self.take(key);
        value.map(|value| read(self.context, value)).transpose()
    }

    /// An argument that counts as `other` when it is missing, and when it is not understood, which is noted.
    pub(super) fn or<T>(&mut self, key: &str, read: Reader<'t, T>, other: T) -> T {
        match self.maybe(key, read) {
            Ok(value) => value.unwrap_or(other),
            Err(error) => {
                self.fault(&error);
                other
            }
        }
    }

    /// A text that is for people only: it is empty when the configuration alone does not say it.
    pub(super) fn label(&mut self, key: &str) -> String {
        let text = self.maybe(key, Context::text);
        text.ok().flatten().unwrap_or_default()
    }

    /// An argument that has one meaning in our resources: any other value is noted. `missing` says whether leaving it out
    /// means the same.
    pub(super) fn fixed(&mut self, key: &str, right: &str, missing: bool) {
        let why = || format!("`{key}` is not `{right}`, and there is no place for anything else");
        let Some(value) = self.take(key) else {
            if !missing {
                self.unknown(why(), self.place);
            }
            return;
        };
        match self.context.word(value) {
            Ok(text) if text == right => {}
            Ok(_) => self.unknown(why(), &value.place),
            Err(error) => self.fault(&error),
        }
    }

    /// The blocks of a name, or the maps in the list that may be written instead
    /// (<https://developer.hashicorp.com/terraform/language/attr-as-blocks>).
    pub(super) fn blocks(&mut self, key: &'static str) -> Vec<Properties<'a, 't>> {
        let mut found = Vec::new();
        let taken = self.left.extract_if(.., |left| left.key == key);
        for left in taken.collect::<SmallVec<[_; 4]>>() {
            match left.given {
                Given::Block(body) => {
                    let mut inside = self.inside_of(key, left.place);
                    inside.fill(body);
                    found.push(inside);
                }
                Given::Value(value) => self.maps(key, value, &mut found),
            }
        }
        found
    }

    fn maps(&self, key: &'static str, value: &'t Value, found: &mut Vec<Properties<'a, 't>>) {
        let value = self.context.known(value);
        match &value.kind {
            Kind::Null => {}
            Kind::List(_) => {
                let items = value.items().unwrap_or_default();
                for item in items {
                    self.maps(key, item, found);
                }
            }
            Kind::Map(_) => {
                let mut inside = self.inside_of(key, &value.place);
                let entries = value.entries().unwrap_or_default();
                inside.left = entries
                    .iter()
                    .map(|(key, value)| Left {
                        key,
                        place: &value.place,
                        given: Given::Value(value),
                    })
                    .collect();
                found.push(inside);
            }
            Kind::Unknown(why) => self.unknown(&**why, &value.place),
            _ => self.unknown(format!("what stands in `{key}` is not known"), &value.place),
        }
    }

    fn inside_of(&self, key: &'static str, place: &'t Place) -> Properties<'a, 't> {
        let mut inside = Self::none(self.context, self.owner, place);
        inside.path.extend(self.path.iter().copied().chain([key]));
        inside
    }

    /// The one block of a name, if it is there; more than one is noted.
    pub(super) fn block(&mut self, key: &'static str) -> Option<Properties<'a, 't>> {
        let mut all = self.blocks(key);
        if all.len() > 1 {
            let why = format!(
                "there is a place for one of `{key}`, and there are {}",
                all.len()
            );
            self.unknown(why, self.place);
        }
        (!all.is_empty()).then(|| all.swap_remove(0))
    }

    /// The one block of a name, where there must be one.
    pub(super) fn block_needed(&mut self, key: &'static str) -> Properties<'a, 't> {
        if let Some(inside) = self.block(key) {
            return inside;
        }
        self.unknown(format!("`{key}` is missing"), self.place);
        Self::none(self.context, self.owner, self.place)
    }

    /// The arguments in one map that is a value, as in the JSON of a policy.
    pub(super) fn map<'s>(
        &'s self,
        key: &'static str,
        value: &'s Value,
    ) -> Result<Properties<'s, 's>> {
        // What is read in a part of its life is a shorter one of it.
        let own: &Properties<'s, 's> = self;
        let mut found = Vec::new();
        if value.entries().is_some() {
            own.maps(key, value, &mut found);
        }
        match found.pop() {
            Some(map) => Ok(map),
            None => fault(value, "a map belongs here"),
        }
    }

    /// The blocks of a name as they stand, which stay to be taken.
    pub(super) fn peek_blocks(&self, key: &str) -> Vec<&'t Body> {
        let same = self.left.iter().filter(|left| left.key == key);
        same.filter_map(|left| match left.given {
            Given::Block(body) => Some(body),
            Given::Value(_) => None,
        })
        .collect()
    }

    /// A value that says how something is made and not what passes: an empty text when it is not known.
    pub(super) fn told(&mut self, key: &str) -> Term {
        let term = self.maybe(key, Context::term).ok().flatten();
        term.unwrap_or(Term::EMPTY)
    }

    /// A number that says how something is made and not what passes: 0 when it is not known.
    pub(super) fn count(&mut self, key: &str) -> u32 {
        let number = self.maybe(key, Context::number);
        number.ok().flatten().unwrap_or_default()
    }

    /// Where the map stands.
    pub(super) fn place(&self) -> &'t Place {
        self.place
    }

    /// The `Name` tag. Other tags are for people.
    pub(super) fn name_tag(&mut self) -> Option<Term> {
        self.ignore(&["tags_all"]);
        let tags = self.take("tags")?;
        self.context.term(tags.get("Name")?).ok()
    }

    /// The `Name` tag as text, or the resource's own label.
    pub(super) fn name(&mut self) -> String {
        self.ignore(&["tags_all"]);
        let tags = self.take("tags");
        let tag = tags.and_then(|tags| self.context.known(tags).get("Name"));
        let known = tag.and_then(|tag| self.context.text(tag).ok());
        known.unwrap_or_else(|| self.owner.label.to_string())
    }
}

impl Drop for Properties<'_, '_> {
    fn drop(&mut self) {
        for left in std::mem::take(&mut self.left) {
            if let Given::Value(value) = left.given
                && (value.is_null() || self.context.tree.repeats_all && value.is_empty())
            {
                continue;
            }
            self.unknown(format!("`{}` is not read", left.key), left.place);
        }
    }
}

/// One of a few words.
pub(super) fn word<T: Copy>(
    context: &Context<'_>,
    value: &Value,
    words: &[(&str, T)],
) -> Result<T> {
    let text = context.word(value)?;
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, meaning)) => Ok(*meaning),
        None => fault(
            value,
            format!("`{}` is not read here", crate::yaml::shorten(&text)),
        ),
    }
}
