//! A resource as a tree of plain values, in which terms and ids are still terms and ids.
//!
//! Whoever goes through resources of every type, to write them or to see what they use, goes through this tree. It comes
//! from the resources' own `Serialize`, so that a field is never named twice.

mod serializer;

use std::borrow::Cow;

pub use serde::de::value::Error;
use serde::ser::{Error as _, Serialize};

use super::{ResourceId, Term};
use serializer::ToNode;

/// The name of a field, or the key of a map.
pub type Key = Cow<'static, str>;

/// A value of a resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    /// Nothing.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A number. Resources have whole ones only.
    Number(i64),
    /// Known text.
    Text(Cow<'static, str>),
    /// A value that is no plain text.
    Term(Term),
    /// The name of a resource.
    Id(ResourceId),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name, in order.
    Map(Vec<(Key, Node)>),
}

impl Node {
    /// The tree of a value.
    ///
    /// # Errors
    /// When the value holds what no resource has, as bytes or a broken number.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        value.serialize(ToNode)
    }

    /// The value of a field, when this is a map that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Calls `visit` with every term in the tree that is no plain text, and with every part of such a term.
    pub fn each_term<'a>(&'a self, visit: &mut impl FnMut(&'a Term)) {
        match self {
            Self::Term(term) => each_part(term, visit),
            Self::List(items) => items.iter().for_each(|item| item.each_term(visit)),
            Self::Map(entries) => entries.iter().for_each(|(_, item)| item.each_term(visit)),
            Self::Nothing | Self::Flag(_) | Self::Number(_) | Self::Text(_) | Self::Id(_) => {}
        }
    }

    fn text(self) -> Result<Cow<'static, str>, Error> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(Error::custom("a text is expected")),
        }
    }
}

fn each_part<'a>(term: &'a Term, visit: &mut impl FnMut(&'a Term)) {
    visit(term);
    if let Term::Join(parts) = term {
        for part in parts {
            each_part(part, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cloud::{Attribute, Environment, Kind, TERM_KEY, aws};

    fn id() -> ResourceId {
        ResourceId::new(Kind::Aws(aws::Kind::Vpc), "main")
    }

    #[test]
    fn a_term_is_the_same_term_in_the_tree() {
        let every = Term::Join(vec![
            "${text}".into(),
            Term::Parameter("zone".into()),
            id().attribute(Attribute::PrefixList),
            Term::Environment(Environment::Partition),
            Term::Join(vec!["inner".into()]),
        ]);
        assert_eq!(Node::of(&every), Ok(Node::Term(every.clone())));
        assert_eq!(Node::of(&id()), Ok(Node::Id(id())));
        let text = Node::Text("${text}".into());
        assert_eq!(Node::of(&Term::from("${text}")), Ok(text));
        let mut count = 0;
        Node::List(vec![Node::Term(every)]).each_term(&mut |_| count += 1);
        assert_eq!(count, 7, "the term and each of its parts");
    }

    #[test]
    fn no_map_of_a_user_is_taken_for_a_term() {
        let map = BTreeMap::from([(TERM_KEY, BTreeMap::from([("Parameter", "secret")]))]);
        let node = Node::of(&map).unwrap();
        assert!(matches!(node, Node::Map(_)), "{node:?}");
    }
}
