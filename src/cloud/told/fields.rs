//! The insides of lists and maps, handed on one by one.

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use smol_str::SmolStr;

use super::reader::{self, IdReader};
use super::{ResourceId, Teller, Term, Told};

/// The items of a list.
pub(super) struct Items<'a, M, C: ?Sized> {
    out: M,
    teller: &'a C,
}

impl<'a, M, C: ?Sized> Items<'a, M, C> {
    pub(super) fn new(out: M, teller: &'a C) -> Self {
        Self { out, teller }
    }
}

/// Lists and tuples differ in the names of the methods alone.
macro_rules! items {
    ($($trait:ident by $method:ident;)+) => {
        $(impl<M: $trait, C: Teller + ?Sized> $trait for Items<'_, M, C> {
            type Ok = M::Ok;
            type Error = M::Error;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), M::Error> {
                self.out.$method(&Told::new(value, self.teller))
            }
            fn end(self) -> Result<M::Ok, M::Error> {
                self.out.end()
            }
        })+
    };
}

items! {
    SerializeSeq by serialize_element;
    SerializeTuple by serialize_element;
    SerializeTupleVariant by serialize_field;
}

/// The parts of an id that stands anywhere but in a field of its own.
pub(super) struct Id<Z> {
    out: Z,
    parts: IdReader,
}

impl<Z> Id<Z> {
    pub(super) fn new(out: Z, length: usize) -> Self {
        let parts = IdReader::new(length);
        Self { out, parts }
    }
}

impl<Z: Serializer> SerializeTupleStruct for Id<Z> {
    type Ok = Z::Ok;
    type Error = Z::Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Z::Error> {
        self.parts.push(value).map_err(Z::Error::custom)
    }
    fn end(self) -> Result<Z::Ok, Z::Error> {
        let id = self.parts.whole().map_err(Z::Error::custom)?;
        self.out.serialize_str(&id.path.join("/"))
    }
}

/// The fields of a struct or the entries of a map.
pub(super) struct Fields<'a, M, C: ?Sized> {
    out: M,
    teller: &'a C,
    /// The id that stood among them.
    id: Option<ResourceId>,
    named: bool,
    /// The key whose value comes next, in a map.
    key: Option<SmolStr>,
}

impl<'a, M, C: ?Sized> Fields<'a, M, C> {
    pub(super) fn new(out: M, teller: &'a C) -> Self {
        Self {
            out,
            teller,
            id: None,
            named: false,
            key: None,
        }
    }
}

impl<M, C: Teller + ?Sized> Fields<'_, M, C> {
    /// What stands in the place of the field, when it is an id.
    fn id<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Option<(&'static str, String)> {
        self.named |= key == "name";
        if key != "id" {
            return None;
        }
        let id = reader::id(value)?;
        let told = self.teller.id(&id);
        self.id = Some(id);
        Some(told)
    }

    /// The name that is still to be told.
    fn name(&self) -> Option<&str> {
        let unnamed = self.id.as_ref().filter(|_| !self.named);
        unnamed.and_then(|id| self.teller.name(id))
    }
}

/// The fields of structs and of variants differ in the name of the trait alone.
macro_rules! fields {
    ($($trait:ident),+) => {
        $(impl<M: $trait, C: Teller + ?Sized> $trait for Fields<'_, M, C> {
            type Ok = M::Ok;
            type Error = M::Error;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), M::Error> {
                match self.id(key, value) {
                    Some((key, id)) => self.out.serialize_field(key, &id),
                    None => self.out.serialize_field(key, &Told::new(value, self.teller)),
                }
            }
            fn end(mut self) -> Result<M::Ok, M::Error> {
                if let Some(name) = self.name().map(str::to_owned) {
                    self.out.serialize_field("name", &name)?;
                }
                self.out.end()
            }
        })+
    };
}

fields! { SerializeStruct, SerializeStructVariant }

impl<M: SerializeMap, C: Teller + ?Sized> SerializeMap for Fields<'_, M, C> {
    type Ok = M::Ok;
    type Error = M::Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), M::Error> {
        self.key = Some(reader::text(key).map_err(M::Error::custom)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), M::Error> {
        let key = self.key.take();
        let key = key.ok_or_else(|| M::Error::custom("a value without a key"))?;
        match self.id(&key, value) {
            Some((key, id)) => self.out.serialize_entry(key, &id),
            None => self
                .out
                .serialize_entry(key.as_str(), &Told::new(value, self.teller)),
        }
    }
    fn end(mut self) -> Result<M::Ok, M::Error> {
        if let Some(name) = self.name().map(str::to_owned) {
            self.out.serialize_entry("name", &name)?;
        }
        self.out.end()
    }
}

/// The fields of a struct, or the one field of a term.
pub(super) enum Struct<'a, Z: Serializer, C: ?Sized> {
    /// Of a struct that is no term.
    Plain(Fields<'a, Z::SerializeStruct, C>),
    /// Of a term.
    Term {
        out: Z,
        teller: &'a C,
        term: Option<Term>,
    },
}

impl<'a, Z: Serializer, C: ?Sized> Struct<'a, Z, C> {
    pub(super) fn term(out: Z, teller: &'a C) -> Self {
        Self::Term {
            out,
            teller,
            term: None,
        }
    }
}

impl<Z: Serializer, C: Teller + ?Sized> SerializeStruct for Struct<'_, Z, C> {
    type Ok = Z::Ok;
    type Error = Z::Error;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Z::Error> {
        match self {
            Self::Plain(fields) => fields.serialize_field(key, value),
            Self::Term { term, .. } => {
                *term = Some(reader::term(value).map_err(Z::Error::custom)?);
                Ok(())
            }
        }
    }
    fn end(self) -> Result<Z::Ok, Z::Error> {
        match self {
            Self::Plain(fields) => fields.end(),
            Self::Term { out, teller, term } => {
                let term = term.ok_or_else(|| Z::Error::custom("an empty term"))?;
                teller.term(term).serialize(out)
            }
        }
    }
}
