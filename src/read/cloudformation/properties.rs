//! The properties of a resource, taken out one by one: what nobody takes is unknown, so that nothing is dropped.

use smallvec::SmallVec;

use super::function;
use super::value::{Context, Fault, Result, fault};
use crate::cloud::Term;
use crate::cloud::aws::Policy;
use crate::diag::Place;
use crate::read::Unknown;
use crate::yaml::{Key, Kind, Node};

/// A resource by its name and type in the template.
#[derive(Clone, Copy)]
pub(super) struct Owner<'t> {
    pub(super) name: &'t str,
    pub(super) type_name: &'t str,
    pub(super) place: &'t Place,
}

/// What one value is read with.
type Reader<'t, T> = fn(&Context<'t>, &'t Node) -> Result<T>;

/// A map of properties. What is left in it at the end of its life is noted as unknown.
pub(super) struct Properties<'a, 't> {
    pub(super) context: &'a Context<'t>,
    pub(super) owner: Owner<'t>,
    /// The keys that lead here.
    path: SmallVec<[&'static str; 3]>,
    place: &'t Place,
    left: SmallVec<[(&'t Key, &'t Node); 8]>,
    /// Maps inside of which some properties are taken.
    nested: Vec<Properties<'a, 't>>,
}

impl<'a, 't> Properties<'a, 't> {
    /// The properties in a map; none where there is no map.
    pub(super) fn new(context: &'a Context<'t>, owner: Owner<'t>, node: Option<&'t Node>) -> Self {
        let left = match node.map(|node| &node.kind) {
            Some(Kind::Map(entries)) => entries.iter().map(|(key, node)| (key, node)).collect(),
            _ => SmallVec::new(),
        };
        Self {
            context,
            owner,
            path: SmallVec::new(),
            place: node.map_or(owner.place, |node| &node.place),
            left,
            nested: Vec::new(),
        }
    }

    /// Notes something that is not understood.
    pub(super) fn unknown(&self, why: impl Into<String>, place: &Place) {
        let why = why.into();
        self.context.unknown.borrow_mut().push(Unknown {
            name: self.owner.name.into(),
            what: self.owner.type_name.into(),
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

    /// A property, if it is there. `AWS::NoValue` is not.
    pub(super) fn take(&mut self, key: &str) -> Option<&'t Node> {
        let at = self.left.iter().position(|(known, _)| known.text == key)?;
        let (_, node) = self.left.remove(at);
        (!self.context.is_nothing(node)).then_some(node)
    }

    /// A property at the end of a path, as in `Network.Subnets`. What else stands on the way stays to be read.
    pub(super) fn take_at(&mut self, path: &'static str) -> Option<&'t Node> {
        let Some((outer, inner)) = path.split_once('.') else {
            return self.take(path);
        };
        if let Some(at) = self.left.iter().position(|(known, _)| known.text == outer) {
            // The map gives way to its own entries, under their whole paths.
            let (_, node) = self.left.remove(at);
            match self.context.map(node) {
                Ok(Some(map)) => self.nested.push(self.of(map, outer)),
                Ok(None) => {}
                Err(error) => self.fault(&error),
            }
        }
        // Those inside of this map have its own path before the key that leads to them.
        let is_it = |it: &&mut Self| it.path.last() == Some(&outer);
        let nested = self.nested.iter_mut().find(is_it)?;
        nested.take_at(inner)
    }

    /// Whether a property is written, and not taken yet.
    pub(super) fn has(&self, key: &str) -> bool {
        self.left.iter().any(|(known, _)| known.text == key)
    }

    /// The text of a property that is written out, and stays to be taken.
    pub(super) fn peek(&self, key: &str) -> Option<&'t str> {
        let found = self.left.iter().find(|(known, _)| known.text == key);
        found.and_then(|(_, node)| node.as_text())
    }

    /// Whether a property mentions a word anywhere inside.
    pub(super) fn mentions(&self, key: &str, word: &str) -> bool {
        let found = self.left.iter().find(|(known, _)| known.text == key);
        found.is_some_and(|(_, node)| function::written(node).contains(word))
    }

    /// Whether everything is taken.
    pub(super) fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    /// Whether a property is there and is no empty list.
    pub(super) fn says(&self, key: &str) -> bool {
        let found = self.left.iter().find(|(known, _)| known.text == key);
        found.is_some_and(|(_, node)| !self.context.maps(node).is_empty())
    }

    /// The fault that something is missing or wrong in this map.
    pub(super) fn missing(&self, why: &str) -> Fault {
        Fault {
            why: why.into(),
            place: self.place.clone(),
        }
    }

    /// Counts a policy that is copied, so that no template makes more than it can hold.
    pub(super) fn charge(&self, policy: &Policy, copies: usize) -> Result<()> {
        if copies == 0 {
            return Ok(());
        }
        // Of what cannot be written, nothing is copied.
        let size = serde_json::to_string(policy).map_or(usize::MAX, |text| text.len());
        if self.context.has_room(size.saturating_mul(copies)) {
            return Ok(());
        }
        Err(self.missing("the policy is given to too many"))
    }

    /// Properties that say nothing of what may pass.
    pub(super) fn ignore(&mut self, keys: &[&str]) {
        self.left
            .retain(|(key, _)| !keys.contains(&key.text.as_str()));
    }

    /// Nothing of the rest needs to be noted: the whole is unknown.
    pub(super) fn give_up(&mut self) {
        self.left.clear();
        self.nested.iter_mut().for_each(Self::give_up);
    }

    /// A property without which the resource cannot be read.
    pub(super) fn need<T>(&mut self, key: &str, read: Reader<'t, T>) -> Result<T> {
        if let Some(node) = self.take(key) {
            return read(self.context, node);
        }
        let path = self.path.iter().copied().chain([key]);
        let path = path.collect::<Vec<_>>().join(".");
        Err(self.missing(&format!("`{path}` is missing")))
    }

    /// A property that may be missing.
    pub(super) fn maybe<T>(&mut self, key: &str, read: Reader<'t, T>) -> Result<Option<T>> {
        let node = self.take(key);
        node.map(|node| read(self.context, node)).transpose()
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

    /// A value that opens nothing: it is an empty text where the template alone does not say it.
    pub(super) fn told(&mut self, key: &str) -> Term {
        let term = self.maybe(key, Context::term).ok().flatten();
        term.unwrap_or(Term::EMPTY)
    }

    /// A number that opens nothing: it is 0 where the template alone does not say it.
    pub(super) fn count(&mut self, key: &str) -> u32 {
        let number = self.maybe(key, Context::number);
        number.ok().flatten().unwrap_or_default()
    }

    /// A text that is for people only: it is empty when the template alone does not say it.
    pub(super) fn label(&mut self, key: &str) -> String {
        let text = self.maybe(key, Context::text);
        text.ok().flatten().unwrap_or_default()
    }

    /// A property that has one meaning in our resources: any other value is noted. `missing` says whether leaving it out
    /// means the same.
    pub(super) fn fixed(&mut self, key: &str, right: &str, missing: bool) {
        let Some(node) = self.take(key) else {
            if !missing {
                let why =
                    format!("`{key}` is not `{right}`, and there is no place for anything else");
                self.unknown(why, self.place);
            }
            return;
        };
        match self.context.word(node) {
            Ok(text) if text.eq_ignore_ascii_case(right) => {}
            Ok(_) => {
                let why =
                    format!("`{key}` is not `{right}`, and there is no place for anything else");
                self.unknown(why, &node.place);
            }
            Err(error) => self.fault(&error),
        }
    }

    /// The properties inside a property.
    pub(super) fn inside(&mut self, key: &'static str) -> Option<Properties<'a, 't>> {
        let node = self.take(key)?;
        match self.context.map(node) {
            Ok(map) => self.of(map?, key).into(),
            Err(error) => {
                self.fault(&error);
                None
            }
        }
    }

    /// The properties inside a property, where there must be such.
    pub(super) fn inside_needed(&mut self, key: &'static str) -> Properties<'a, 't> {
        if let Some(inside) = self.inside(key) {
            return inside;
        }
        self.unknown(format!("`{key}` is missing"), self.place);
        Properties::new(self.context, self.owner, None)
    }

    /// The maps in a list of maps.
    pub(super) fn list(&mut self, key: &'static str) -> Vec<Properties<'a, 't>> {
        let Some(node) = self.take(key) else {
            return Vec::new();
        };
        let maps = self.context.maps(node).into_iter();
        maps.filter_map(|map| match map {
            Ok(map) => Some(self.of(map, key)),
            Err(error) => {
                self.fault(&error);
                None
            }
        })
        .collect()
    }

    /// The one map in a list of maps; more than one, or none, is noted.
    pub(super) fn only(&mut self, key: &'static str) -> Properties<'a, 't> {
        let mut all = self.list(key);
        if all.len() != 1 {
            let why = format!(
                "there is a place for one of `{key}`, and there are {}",
                all.len()
            );
            self.unknown(why, self.place);
        }
        if all.is_empty() {
            return Properties::new(self.context, self.owner, None);
        }
        all.swap_remove(0)
    }

    fn of(&self, map: &'t Node, key: &'static str) -> Properties<'a, 't> {
        let mut inside = Properties::new(self.context, self.owner, Some(map));
        inside.path.extend(self.path.iter().copied().chain([key]));
        inside
    }

    /// Where the map stands.
    pub(super) fn place(&self) -> &'t Place {
        self.place
    }

    /// The `Name` tag. Other tags are for people.
    pub(super) fn name_tag(&mut self, list: &str) -> Option<Term> {
        let node = self.take(list)?;
        let maps = self.context.maps(node);
        let mut maps = maps.into_iter().flatten();
        let tag = maps.find(|tag| {
            let key = tag.get("Key").map(|key| self.context.word(key));
            key.is_some_and(|key| key.is_ok_and(|key| key == "Name"))
        })?;
        self.context.term(tag.get("Value")?).ok()
    }

    /// The `Name` tag as text, or the resource's own name.
    pub(super) fn name(&mut self) -> String {
        let tag = self.name_tag("Tags");
        let known = tag.and_then(|tag| self.context.known(&tag));
        known.unwrap_or_else(|| self.owner.name.to_owned())
    }
}

impl Drop for Properties<'_, '_> {
    fn drop(&mut self) {
        for (key, node) in std::mem::take(&mut self.left) {
            if self.context.is_nothing(node) {
                continue;
            }
            self.unknown(format!("`{}` is not read", key.text), &key.place);
        }
    }
}

/// One of a few words.
pub(super) fn word<'t, T: Copy>(
    context: &Context<'t>,
    node: &'t Node,
    words: &[(&str, T)],
) -> Result<T> {
    let text = context.word(node)?;
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, meaning)) => Ok(*meaning),
        None => fault(
            node,
            format!("`{}` is not read here", crate::yaml::shorten(&text)),
        ),
    }
}
