//! Makes the tree of whatever serializes itself. Terms and ids are known by the names of their structs, which no map of a
//! user has.

use serde::Deserialize;
use serde::de::value::Error;
use serde::de::{Error as _, IntoDeserializer};
use serde::ser::{self, Serialize, Serializer};

use super::{Key, Node};
use crate::cloud::term::{ID_KEY, ResourceId, TERM_KEY, Term};

/// The term that the parts of its `Serialize` tell.
fn term(node: Node) -> Result<Term, Error> {
    let Node::Map(entries) = node else {
        return Err(Error::custom("a term is expected"));
    };
    let Some((variant, inner)) = entries.into_iter().next() else {
        return Err(Error::custom("a term is expected"));
    };
    match (&*variant, inner) {
        ("Text", Node::Text(text)) => Ok(Term::Text(text.into_owned())),
        ("Parameter", Node::Text(name)) => Ok(Term::Parameter(name.into_owned())),
        ("Environment", Node::Text(name)) => Ok(Term::Environment(named(&name)?)),
        ("Join", Node::List(parts)) => {
            let parts: Result<_, _> = parts.into_iter().map(term).collect();
            Ok(Term::Join(parts?))
        }
        ("Attribute", Node::List(parts)) => match <[Node; 2]>::try_from(parts) {
            Ok([Node::Id(id), Node::Text(name)]) => Ok(Term::Attribute(id, named(&name)?)),
            _ => Err(Error::custom("an attribute of a resource is expected")),
        },
        _ => Err(Error::custom("a term is expected")),
    }
}

/// The variant of an enum without fields that has this name.
fn named<'de, T: Deserialize<'de>>(name: &'de str) -> Result<T, Error> {
    T::deserialize(IntoDeserializer::<Error>::into_deserializer(name))
}

/// Makes the tree of what is serialized.
pub(super) struct ToNode;

fn number<T: TryInto<i64>>(number: T) -> Result<Node, Error> {
    match number.try_into() {
        Ok(number) => Ok(Node::Number(number)),
        Err(_) => Err(Error::custom("the number is too large")),
    }
}

fn refused(what: &str) -> Error {
    ser::Error::custom(format_args!("no resource holds {what}"))
}

impl Serializer for ToNode {
    type Ok = Node;
    type Error = Error;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Map;

    fn serialize_bool(self, flag: bool) -> Result<Node, Error> {
        Ok(Node::Flag(flag))
    }
    fn serialize_i8(self, value: i8) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_i16(self, value: i16) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_i32(self, value: i32) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_i64(self, value: i64) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_u8(self, value: u8) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_u16(self, value: u16) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_u32(self, value: u32) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_u64(self, value: u64) -> Result<Node, Error> {
        number(value)
    }
    fn serialize_f32(self, _: f32) -> Result<Node, Error> {
        Err(refused("fractions"))
    }
    fn serialize_f64(self, _: f64) -> Result<Node, Error> {
        Err(refused("fractions"))
    }
    fn serialize_char(self, letter: char) -> Result<Node, Error> {
        Ok(Node::Text(letter.to_string().into()))
    }
    fn serialize_str(self, text: &str) -> Result<Node, Error> {
        Ok(Node::Text(text.to_owned().into()))
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<Node, Error> {
        Err(refused("bytes"))
    }
    fn serialize_none(self) -> Result<Node, Error> {
        Ok(Node::Nothing)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Node, Error> {
        Ok(Node::Nothing)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, Error> {
        Ok(Node::Nothing)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Node, Error> {
        Ok(Node::Text(variant.into()))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Node, Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, Error> {
        Ok(Node::Map(vec![(variant.into(), value.serialize(self)?)]))
    }
    fn serialize_seq(self, length: Option<usize>) -> Result<List, Error> {
        Ok(List::new(Around::Nothing, length.unwrap_or_default()))
    }
    fn serialize_tuple(self, length: usize) -> Result<List, Error> {
        Ok(List::new(Around::Nothing, length))
    }
    fn serialize_tuple_struct(self, name: &'static str, length: usize) -> Result<List, Error> {
        let around = if name == ID_KEY {
            Around::Id
        } else {
            Around::Nothing
        };
        Ok(List::new(around, length))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<List, Error> {
        Ok(List::new(Around::Variant(variant), length))
    }
    fn serialize_map(self, length: Option<usize>) -> Result<Map, Error> {
        Ok(Map::new(Around::Nothing, length.unwrap_or_default()))
    }
    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Map, Error> {
        let around = if name == TERM_KEY {
            Around::Term
        } else {
            Around::Nothing
        };
        Ok(Map::new(around, length))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Map, Error> {
        Ok(Map::new(Around::Variant(variant), length))
    }
}

/// What a list or a map is the inside of.
enum Around {
    /// Of nothing else.
    Nothing,
    /// Of a variant of an enum.
    Variant(&'static str),
    /// Of a term.
    Term,
    /// Of an id.
    Id,
}

impl Around {
    fn put(self, inside: Node) -> Result<Node, Error> {
        match (self, inside) {
            (Self::Variant(variant), inside) => Ok(Node::Map(vec![(variant.into(), inside)])),
            (Self::Term, Node::Map(mut fields)) => {
                let (_, inner) = fields.pop().ok_or_else(|| Error::custom("an empty term"))?;
                Ok(Node::Term(term(inner)?))
            }
            (Self::Id, Node::List(parts)) => {
                let parts: Result<Vec<_>, _> = parts.into_iter().map(Node::text).collect();
                Ok(Node::Id(ResourceId::try_from(parts?)?))
            }
            (Self::Nothing | Self::Term | Self::Id, inside) => Ok(inside),
        }
    }
}

/// A list that is not whole yet.
pub(super) struct List {
    around: Around,
    items: Vec<Node>,
}

impl List {
    fn new(around: Around, length: usize) -> Self {
        let items = Vec::with_capacity(length);
        Self { around, items }
    }
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.items.push(value.serialize(ToNode)?);
        Ok(())
    }
    fn whole(self) -> Result<Node, Error> {
        self.around.put(Node::List(self.items))
    }
}

/// A map that is not whole yet.
pub(super) struct Map {
    around: Around,
    key: Option<Key>,
    entries: Vec<(Key, Node)>,
}

impl Map {
    fn new(around: Around, length: usize) -> Self {
        Self {
            around,
            key: None,
            entries: Vec::with_capacity(length),
        }
    }
    fn push<T: Serialize + ?Sized>(&mut self, key: Key, value: &T) -> Result<(), Error> {
        self.entries.push((key, value.serialize(ToNode)?));
        Ok(())
    }
    fn whole(self) -> Result<Node, Error> {
        self.around.put(Node::Map(self.entries))
    }
}

/// Lists, tuples and the fields of structs differ in the names of the methods alone.
macro_rules! collects {
    ($($trait:ident for $type:ident by $method:ident($($key:ident: $key_type:ty)?);)+) => {
        $(impl ser::$trait for $type {
            type Ok = Node;
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, $($key: $key_type,)? value: &T) -> Result<(), Error> {
                self.push($($key.into(),)? value)
            }
            fn end(self) -> Result<Node, Error> {
                self.whole()
            }
        })+
    };
}

collects! {
    SerializeSeq for List by serialize_element();
    SerializeTuple for List by serialize_element();
    SerializeTupleStruct for List by serialize_field();
    SerializeTupleVariant for List by serialize_field();
    SerializeStruct for Map by serialize_field(key: &'static str);
    SerializeStructVariant for Map by serialize_field(key: &'static str);
}

impl ser::SerializeMap for Map {
    type Ok = Node;
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(key.serialize(ToNode)?.text()?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = self.key.take();
        self.push(key.ok_or_else(|| refused("a value without a key"))?, value)
    }
    fn end(self) -> Result<Node, Error> {
        self.whole()
    }
}
