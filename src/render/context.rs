//! The way of a resource into what a template sees of it.

use std::marker::PhantomData;

use serde::de::value::Error;
use serde::ser::{Error as _, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};
use smol_str::SmolStr;
use tera::{Context, Value};

use super::engine::{Syntax, drafted};
use crate::cloud::Term;
use crate::cloud::told::{self, Teller, Told, refuse, refuse_inside};

/// How the terms and the ids of a resource are written in a format.
pub(super) type Scribe<'a> = dyn Teller<Told = Value> + 'a;

/// The fields of `value` as a context, with every term and every id as `scribe` writes it.
pub(super) fn context(value: &impl Serialize, scribe: &Scribe<'_>) -> Result<Context, Error> {
    Told::new(value, scribe).serialize(ToContext)
}

/// A value for Tera, with every term and every id in it as `scribe` writes it.
pub(super) fn value(value: &impl Serialize, scribe: &Scribe<'_>) -> Result<Value, Error> {
    Value::try_from_serializable(&Told::new(value, scribe)).map_err(Error::custom)
}

/// Tera's value for a term in a format.
pub(super) fn expression<S: Syntax>(term: &Term) -> Value {
    drafted(|out| S::term(term, out), Value::safe_string)
}

/// Writes terms as a format does, and ids as they are.
pub(super) struct Plain<S>(PhantomData<fn() -> S>);

impl<S> Plain<S> {
    /// For the format.
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<S: Syntax> Teller for Plain<S> {
    type Told = Value;

    fn term(&self, term: Term) -> Value {
        expression::<S>(&term)
    }
}

/// Makes a context of what has fields.
struct ToContext;

impl Serializer for ToContext {
    type Ok = Context;
    type Error = Error;
    type SerializeSeq = Impossible<Context, Error>;
    type SerializeTuple = Impossible<Context, Error>;
    type SerializeTupleStruct = Impossible<Context, Error>;
    type SerializeTupleVariant = Impossible<Context, Error>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Impossible<Context, Error>;

    refuse! {
        serialize_bool(bool) serialize_bytes(&[u8]) serialize_char(char) serialize_str(&str)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_f32(f32)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_f64(f64)
        serialize_none() serialize_unit() serialize_unit_struct(&'static str)
        serialize_unit_variant(&'static str, u32, &'static str)
    }
    refuse_inside! {
        serialize_seq(Option<usize>) -> SerializeSeq,
        serialize_tuple(usize) -> SerializeTuple,
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Context, Error> {
        value.serialize(self)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Context, Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Context, Error> {
        let mut fields = Fields::default();
        fields.serialize_field(variant, value)?;
        SerializeStruct::end(fields)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Error> {
        Ok(Fields::default())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Error> {
        Ok(Fields::default())
    }
}

/// The fields of a context that is not whole yet.
#[derive(Default)]
struct Fields {
    context: Context,
    /// The key whose value comes next, in a map.
    key: Option<SmolStr>,
}

fn tera_value(value: &(impl Serialize + ?Sized)) -> Result<Value, Error> {
    Value::try_from_serializable(value).map_err(Error::custom)
}

impl SerializeStruct for Fields {
    type Ok = Context;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.context.insert_value(key, tera_value(value)?);
        Ok(())
    }
    fn end(self) -> Result<Context, Error> {
        Ok(self.context)
    }
}

impl SerializeMap for Fields {
    type Ok = Context;
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(told::text(key)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = self.key.take();
        let key = key.ok_or_else(|| Error::custom("a value without a key"))?;
        self.context
            .insert_value(String::from(key), tera_value(value)?);
        Ok(())
    }
    fn end(self) -> Result<Context, Error> {
        Ok(self.context)
    }
}
