//! Terms and ids, out of the parts in which their `Serialize` tells them.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;
use serde::ser::{self, Error as _, Impossible, Serialize, Serializer};
use smallvec::SmallVec;
use smol_str::{SmolStr, ToSmolStr};

use super::{ID_KEY, ResourceId, Term};
use crate::cloud::term::Cloud;
use crate::cloud::{Attribute, Kind};

/// The id that a value is, if it is one.
pub(super) fn id(value: &(impl Serialize + ?Sized)) -> Option<ResourceId> {
    match value.serialize(Reader) {
        Ok(Part::Id(id)) => Some(id),
        _ => None,
    }
}

/// The term whose inside this is.
pub(super) fn term(value: &(impl Serialize + ?Sized)) -> Result<Term, Error> {
    value.serialize(Reader)?.term()
}

/// The text that a key is.
pub(crate) fn text(value: &(impl Serialize + ?Sized)) -> Result<SmolStr, Error> {
    value.serialize(Reader)?.text()
}

/// What terms and ids are made of.
pub(super) enum Part {
    Text(SmolStr),
    /// The number of a variant without fields.
    Variant(u32),
    Id(ResourceId),
    Term(Term),
    Terms(Vec<Term>),
}

fn expected(what: &str) -> Error {
    Error::custom(format_args!("{what} is expected"))
}

impl Part {
    fn text(self) -> Result<SmolStr, Error> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(expected("a text")),
        }
    }

    fn term(self) -> Result<Term, Error> {
        match self {
            Self::Term(term) => Ok(term),
            _ => Err(expected("a term")),
        }
    }

    /// The variant of an enum without fields.
    fn variant<T: for<'de> Deserialize<'de>>(self) -> Result<T, Error> {
        match self {
            Self::Variant(index) => T::deserialize(index.into_deserializer()),
            _ => Err(expected("a name")),
        }
    }
}

/// Refuses what no resource holds in this place.
macro_rules! refuse {
    ($($method:ident($($type:ty),*))+) => {
        $(fn $method(self, $(_: $type),*) -> Result<Self::Ok, Self::Error> {
            Err(serde::ser::Error::custom("no resource holds such a value here"))
        })+
    };
}
pub(crate) use refuse;

/// The same for what holds others.
macro_rules! refuse_inside {
    ($($method:ident($($type:ty),*) -> $inside:ident),+) => {
        $(fn $method(self, $(_: $type),*) -> Result<Self::$inside, Self::Error> {
            Err(serde::ser::Error::custom("no resource holds such a value here"))
        })+
    };
}
pub(crate) use refuse_inside;

/// Reads one part.
struct Reader;

impl Serializer for Reader {
    type Ok = Part;
    type Error = Error;
    type SerializeSeq = Terms;
    type SerializeTuple = Impossible<Part, Error>;
    type SerializeTupleStruct = IdReader;
    type SerializeTupleVariant = AttributeReader;
    type SerializeMap = Impossible<Part, Error>;
    type SerializeStruct = Impossible<Part, Error>;
    type SerializeStructVariant = Impossible<Part, Error>;

    refuse! {
        serialize_bool(bool) serialize_bytes(&[u8]) serialize_none() serialize_unit() serialize_unit_struct(&'static str)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_f32(f32)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_f64(f64)
    }
    refuse_inside! {
        serialize_tuple(usize) -> SerializeTuple,
        serialize_map(Option<usize>) -> SerializeMap,
        serialize_struct(&'static str, usize) -> SerializeStruct,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant
    }

    fn serialize_char(self, letter: char) -> Result<Part, Error> {
        Ok(Part::Text(letter.to_smolstr()))
    }
    fn serialize_str(self, text: &str) -> Result<Part, Error> {
        Ok(Part::Text(text.into()))
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Part, Error> {
        value.serialize(self)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
    ) -> Result<Part, Error> {
        Ok(Part::Variant(index))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Part, Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Part, Error> {
        let inner = value.serialize(self)?;
        Ok(Part::Term(match (variant, inner) {
            ("Text", Part::Text(text)) => Term::Text(text),
            ("Parameter", Part::Text(name)) => Term::Parameter(name),
            ("Environment", name) => Term::Environment(name.variant()?),
            ("Join", Part::Terms(parts)) => Term::Join(parts),
            _ => return Err(expected("a term")),
        }))
    }
    fn serialize_seq(self, length: Option<usize>) -> Result<Terms, Error> {
        Ok(Terms(Vec::with_capacity(length.unwrap_or_default())))
    }
    fn serialize_tuple_struct(self, name: &'static str, length: usize) -> Result<IdReader, Error> {
        if name == ID_KEY {
            Ok(IdReader::new(length))
        } else {
            Err(expected("an id"))
        }
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<AttributeReader, Error> {
        Ok(AttributeReader::default())
    }
}

/// The parts of a [`Term::Join`].
struct Terms(Vec<Term>);

impl ser::SerializeSeq for Terms {
    type Ok = Part;
    type Error = Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.0.push(term(value)?);
        Ok(())
    }
    fn end(self) -> Result<Part, Error> {
        Ok(Part::Terms(self.0))
    }
}

/// An id of which not every part was told.
pub(super) struct IdReader {
    cloud: Option<Cloud>,
    kind: Option<Kind>,
    /// Hardly any is longer.
    path: SmallVec<[SmolStr; 2]>,
}

impl IdReader {
    pub(super) fn new(length: usize) -> Self {
        Self {
            cloud: None,
            kind: None,
            path: SmallVec::with_capacity(length.saturating_sub(2)),
        }
    }

    pub(super) fn push(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let part = value.serialize(Reader)?;
        match (self.cloud, self.kind) {
            (None, _) => self.cloud = Some(part.variant()?),
            (Some(Cloud::Aws), None) => self.kind = Some(Kind::Aws(part.variant()?)),
            (Some(Cloud::Azure), None) => self.kind = Some(Kind::Azure(part.variant()?)),
            (Some(_), Some(_)) => self.path.push(part.text()?),
        }
        Ok(())
    }

    pub(super) fn whole(self) -> Result<ResourceId, Error> {
        let kind = self
            .kind
            .ok_or_else(|| expected("the type of a resource"))?;
        let path = self.path.into_iter().collect();
        Ok(ResourceId { kind, path })
    }
}

impl ser::SerializeTupleStruct for IdReader {
    type Ok = Part;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }
    fn end(self) -> Result<Part, Error> {
        Ok(Part::Id(self.whole()?))
    }
}

/// A [`Term::Attribute`] of which not every part was told.
#[derive(Default)]
struct AttributeReader {
    id: Option<ResourceId>,
    attribute: Option<Attribute>,
}

impl ser::SerializeTupleVariant for AttributeReader {
    type Ok = Part;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        match value.serialize(Reader)? {
            Part::Id(id) => self.id = Some(id),
            name => self.attribute = Some(name.variant()?),
        }
        Ok(())
    }
    fn end(self) -> Result<Part, Error> {
        match (self.id, self.attribute) {
            (Some(id), Some(attribute)) => Ok(Part::Term(Term::Attribute(id, attribute))),
            _ => Err(expected("an attribute of a resource")),
        }
    }
}
