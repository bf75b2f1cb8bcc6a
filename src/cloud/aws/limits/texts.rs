//! The texts in whatever serializes itself, looked at where they stand.

use serde::de::value::Error;
use serde::ser::{self, Serialize, Serializer};

/// Whether any text in `value` is what is looked for, be it the key of a map or a value.
pub(super) fn any(value: &impl Serialize, wanted: fn(&str) -> bool) -> bool {
    let mut texts = Texts {
        wanted,
        found: false,
    };
    // Nothing that is looked at fails to be told.
    let _ = value.serialize(&mut texts);
    texts.found
}

/// Looks at every text.
struct Texts {
    wanted: fn(&str) -> bool,
    found: bool,
}

impl Texts {
    fn inside<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
}

/// Passes over what is no text.
macro_rules! no_texts {
    ($($method:ident($($type:ty),*))+) => {
        $(fn $method(self, $(_: $type),*) -> Result<(), Error> {
            Ok(())
        })+
    };
}

/// Goes into what holds others.
macro_rules! holders {
    ($($method:ident($($type:ty),*) is $holder:ident;)+) => {
        $(type $holder = Self;)+
        $(fn $method(self, $(_: $type),*) -> Result<Self, Error> {
            Ok(self)
        })+
    };
}

impl Serializer for &mut Texts {
    type Ok = ();
    type Error = Error;

    no_texts! {
        serialize_bool(bool) serialize_bytes(&[u8]) serialize_none() serialize_unit() serialize_unit_struct(&'static str)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_f32(f32)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_f64(f64)
        serialize_char(char) serialize_unit_variant(&'static str, u32, &'static str)
    }
    holders! {
        serialize_seq(Option<usize>) is SerializeSeq;
        serialize_tuple(usize) is SerializeTuple;
        serialize_tuple_struct(&'static str, usize) is SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) is SerializeTupleVariant;
        serialize_map(Option<usize>) is SerializeMap;
        serialize_struct(&'static str, usize) is SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) is SerializeStructVariant;
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.found |= (self.wanted)(text);
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }
}

/// What holds others differs in the names of the methods alone.
macro_rules! insides {
    ($($trait:ident by $method:ident($($key:ty)?);)+) => {
        $(impl ser::$trait for &mut Texts {
            type Ok = ();
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Result<(), Error> {
                self.inside(value)
            }
            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        })+
    };
}

insides! {
    SerializeSeq by serialize_element();
    SerializeTuple by serialize_element();
    SerializeTupleStruct by serialize_field();
    SerializeTupleVariant by serialize_field();
    SerializeStruct by serialize_field(&'static str);
    SerializeStructVariant by serialize_field(&'static str);
}

impl ser::SerializeMap for &mut Texts {
    type Ok = ();
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.inside(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.inside(value)
    }
    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
