//! Resources on their way through serde, with every term and every id told as whoever wants them needs it.
//!
//! Whoever goes through resources of every type, to write them or to see what they use, comes this way. It leads through the
//! resources' own `Serialize`, so that a field is never named twice.

mod fields;
mod reader;

use serde::ser::{Error as _, Serialize, Serializer};

use super::term::{ID_KEY, ResourceId, TERM_KEY, Term};
use fields::{Fields, Id, Items, Struct};
pub(crate) use reader::{refuse, refuse_inside, text};

/// How terms and ids are told.
pub(crate) trait Teller {
    /// What stands in the place of a term.
    type Told: Serialize;

    /// Tells a term that is no plain text.
    fn term(&self, term: Term) -> Self::Told;

    /// The field that stands in the place of the id of a resource or of a part of one.
    fn id(&self, id: &ResourceId) -> (&'static str, String) {
        ("id", id.path.join("/"))
    }

    /// The name of what has an id and no field `name`, where it gets one.
    fn name<'a>(&self, _: &'a ResourceId) -> Option<&'a str> {
        None
    }
}

/// A value that serializes itself as it is told by a teller.
pub(crate) struct Told<'a, T: ?Sized, C: ?Sized> {
    value: &'a T,
    teller: &'a C,
}

impl<'a, T: ?Sized, C: ?Sized> Told<'a, T, C> {
    /// The value, told by `teller`.
    pub(crate) fn new(value: &'a T, teller: &'a C) -> Self {
        Self { value, teller }
    }
}

impl<T: Serialize + ?Sized, C: Teller + ?Sized> Serialize for Told<'_, T, C> {
    fn serialize<Z: Serializer>(&self, out: Z) -> Result<Z::Ok, Z::Error> {
        let teller = self.teller;
        self.value.serialize(Telling { out, teller })
    }
}

/// Hands on what is serialized, and has terms and ids told. They are known by the names of their structs, which no map of a
/// user has.
struct Telling<'a, Z, C: ?Sized> {
    out: Z,
    teller: &'a C,
}

impl<Z: Serializer, C: ?Sized> Telling<'_, Z, C> {
    /// Resources have whole numbers only, and templates know them as one type.
    fn number<T: TryInto<i64>>(self, number: T) -> Result<Z::Ok, Z::Error> {
        match number.try_into() {
            Ok(number) => self.out.serialize_i64(number),
            Err(_) => Err(Z::Error::custom("the number is too large")),
        }
    }
}

/// Hands numbers on.
macro_rules! numbers {
    ($($method:ident($type:ty))+) => {
        $(fn $method(self, value: $type) -> Result<Z::Ok, Z::Error> {
            self.number(value)
        })+
    };
}

impl<'a, Z: Serializer, C: Teller + ?Sized> Serializer for Telling<'a, Z, C> {
    type Ok = Z::Ok;
    type Error = Z::Error;
    type SerializeSeq = Items<'a, Z::SerializeSeq, C>;
    type SerializeTuple = Items<'a, Z::SerializeTuple, C>;
    type SerializeTupleStruct = Id<Z>;
    type SerializeTupleVariant = Items<'a, Z::SerializeTupleVariant, C>;
    type SerializeMap = Fields<'a, Z::SerializeMap, C>;
    type SerializeStruct = Struct<'a, Z, C>;
    type SerializeStructVariant = Fields<'a, Z::SerializeStructVariant, C>;

    numbers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
    }
    refuse! { serialize_f32(f32) serialize_f64(f64) serialize_bytes(&[u8]) }

    fn serialize_bool(self, flag: bool) -> Result<Z::Ok, Z::Error> {
        self.out.serialize_bool(flag)
    }
    fn serialize_char(self, letter: char) -> Result<Z::Ok, Z::Error> {
        self.out.serialize_char(letter)
    }
    fn serialize_str(self, text: &str) -> Result<Z::Ok, Z::Error> {
        self.out.serialize_str(text)
    }
    fn serialize_none(self) -> Result<Z::Ok, Z::Error> {
        self.out.serialize_none()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Z::Ok, Z::Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Z::Ok, Z::Error> {
        self.out.serialize_none()
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Z::Ok, Z::Error> {
        self.out.serialize_none()
    }
    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<Z::Ok, Z::Error> {
        self.out.serialize_unit_variant(name, index, variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Z::Ok, Z::Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Z::Ok, Z::Error> {
        let value = Told::new(value, self.teller);
        self.out
            .serialize_newtype_variant(name, index, variant, &value)
    }
    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, Z::Error> {
        Ok(Items::new(self.out.serialize_seq(length)?, self.teller))
    }
    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, Z::Error> {
        Ok(Items::new(self.out.serialize_tuple(length)?, self.teller))
    }
    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, Z::Error> {
        if name == ID_KEY {
            Ok(Id::new(self.out, length))
        } else {
            Err(Z::Error::custom("no resource holds a tuple but its id"))
        }
    }
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, Z::Error> {
        let out = self
            .out
            .serialize_tuple_variant(name, index, variant, length)?;
        Ok(Items::new(out, self.teller))
    }
    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, Z::Error> {
        Ok(Fields::new(self.out.serialize_map(length)?, self.teller))
    }
    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, Z::Error> {
        if name == TERM_KEY {
            return Ok(Struct::term(self.out, self.teller));
        }
        let out = self.out.serialize_struct(name, length)?;
        Ok(Struct::Plain(Fields::new(out, self.teller)))
    }
    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, Z::Error> {
        let out = self
            .out
            .serialize_struct_variant(name, index, variant, length)?;
        Ok(Fields::new(out, self.teller))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use smol_str::SmolStr;

    use super::*;
    use crate::cloud::{Attribute, Environment, Kind, aws, azure};

    /// Tells a term as Rust shows it, and an id by its last name.
    struct Shown;

    impl Teller for Shown {
        type Told = String;

        fn term(&self, term: Term) -> String {
            format!("{term:?}")
        }

        fn id(&self, id: &ResourceId) -> (&'static str, String) {
            ("own", id.name().to_owned())
        }

        fn name<'a>(&self, id: &'a ResourceId) -> Option<&'a str> {
            id.path.first().map(SmolStr::as_str)
        }
    }

    fn told(value: &impl Serialize) -> serde_json::Value {
        serde_json::to_value(Told::new(value, &Shown)).unwrap()
    }

    fn id() -> ResourceId {
        azure::Kind::Subnet.named(["outer", "inner"])
    }

    #[test]
    fn a_term_is_the_same_term_on_its_way() {
        let every = Term::Join(vec![
            "${text}".into(),
            Term::Parameter("zone".into()),
            id().attribute(Attribute::PrefixList),
            ResourceId::new(Kind::Aws(aws::Kind::Vpc), "main").attribute(Attribute::AddressTie),
            Term::Environment(Environment::Partition),
            Term::Join(vec!["inner".into()]),
        ]);
        assert_eq!(told(&every), json!(format!("{every:?}")));
        assert_eq!(told(&id()), json!("outer/inner"));
        assert_eq!(told(&Term::from("${text}")), json!("${text}"));
        let mut count = 0;
        every.each_part(&mut |_| count += 1);
        assert_eq!(count, 8, "the term and each of its parts");
    }

    #[test]
    fn what_has_an_id_has_it_told_and_gets_a_name_if_it_has_none() {
        #[derive(serde::Serialize)]
        struct Part {
            id: ResourceId,
            others: Vec<ResourceId>,
        }
        #[derive(serde::Serialize)]
        struct Whole {
            id: ResourceId,
            name: &'static str,
            #[serde(flatten)]
            rest: BTreeMap<&'static str, Part>,
        }
        let part = Part {
            id: id(),
            others: vec![id()],
        };
        let whole = Whole {
            id: id(),
            name: "own",
            rest: [("part", part)].into(),
        };
        let part = json!({ "own": "inner", "others": ["outer/inner"], "name": "outer" });
        let whole_told = json!({ "own": "inner", "name": "own", "part": part });
        assert_eq!(told(&whole), whole_told);
    }

    #[test]
    fn no_map_of_a_user_is_taken_for_a_term() {
        let map = BTreeMap::from([(TERM_KEY, BTreeMap::from([("Parameter", "secret")]))]);
        assert_eq!(told(&map), serde_json::to_value(&map).unwrap());
    }
}
