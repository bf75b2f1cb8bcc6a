//! Values of a configuration, as far as the text alone says what they are.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use crate::diag::Place;
use crate::read::terraform::base64;

/// A value and its place: where it is written, which for a local value may be elsewhere.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub place: Place,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `null`: as if it were not there.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number. Every number of a network is a whole one that a double holds exactly.
    Number(f64),
    /// A known text.
    Text(SmolStr),
    /// A list, a tuple or a set.
    List(List),
    /// A map or an object.
    Map(Map),
    /// What another resource tells after it was made.
    Reference(Reference),
    /// What the deployer gives: the name of a variable of the root module that nothing has a value for but its default.
    Variable(SmolStr),
    /// Texts one after the other, not all of them known.
    Join(Arc<[Value]>),
    /// The JSON of a value: `jsonencode(…)`.
    Json(Arc<Value>),
    /// A text in base64: `base64encode(…)`.
    Encoded(Arc<Value>),
    /// A piece of a text that only the deployer knows: `split(":", var.image)[0]`.
    Piece(Box<Piece>),
    /// The content of a file beside the configuration, in whatever encoding: its path.
    File(SmolStr),
    /// What is not understood, and why: a fragment without a final period.
    Unknown(SmolStr),
}

/// A piece of a variable's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The name of the variable.
    pub variable: SmolStr,
    /// What stands between pieces.
    pub separator: SmolStr,
    /// Which piece it is; the first is 0.
    pub at: usize,
}

/// An attribute of another instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The instance's address, as [`Instance::address`](super::Instance::address) has it.
    pub address: Arc<str>,
    /// The attribute, as in `id` or `ingress[0].from_port`; empty for the whole resource.
    pub path: SmolStr,
}

/// The items of a list, shared.
#[derive(Debug, Clone)]
pub struct List {
    items: Arc<[Value]>,
    extent: Extent,
}

/// The entries of a map in order, shared.
#[derive(Debug, Clone)]
pub struct Map {
    entries: Arc<[(SmolStr, Value)]>,
    extent: Extent,
}

/// How large a value is when it is written out. Shared values can be small in memory and endless on paper.
#[derive(Debug, Clone, Copy)]
struct Extent {
    depth: u16,
    size: u32,
}

/// How deep values may nest, and how many there may be in one.
const MAX_DEPTH: u16 = 96;
const MAX_SIZE: u32 = 200_000;

impl Piece {
    /// The piece of a known text; nothing when it has too few.
    #[must_use]
    pub fn of<'s>(&self, text: &'s str) -> Option<&'s str> {
        text.split(&*self.separator).nth(self.at)
    }
}

impl Value {
    /// A value at a place.
    #[must_use]
    pub fn new(kind: Kind, place: &Place) -> Self {
        Self {
            kind,
            place: place.clone(),
        }
    }

    /// A known text.
    #[must_use]
    pub fn text(text: &str, place: &Place) -> Self {
        Self::new(Kind::Text(text.into()), place)
    }

    /// What is not understood.
    #[must_use]
    pub fn unknown(why: impl Into<SmolStr>, place: &Place) -> Self {
        Self::new(Kind::Unknown(why.into()), place)
    }

    /// A list. What would be too large is unknown.
    #[must_use]
    pub fn list(items: Vec<Self>, place: &Place) -> Self {
        let Some(extent) = Extent::around(items.iter()) else {
            return Self::unknown(TOO_LARGE, place);
        };
        let items = items.into();
        Self::new(Kind::List(List { items, extent }), place)
    }

    /// A map. What would be too large is unknown.
    #[must_use]
    pub fn map(entries: Vec<(SmolStr, Self)>, place: &Place) -> Self {
        let Some(extent) = Extent::around(entries.iter().map(|(_, value)| value)) else {
            return Self::unknown(TOO_LARGE, place);
        };
        let entries = entries.into();
        Self::new(Kind::Map(Map { entries, extent }), place)
    }

    /// The JSON of a value.
    #[must_use]
    pub fn json(value: Self, place: &Place) -> Self {
        match Extent::around(std::iter::once(&value)) {
            Some(_) => Self::new(Kind::Json(Arc::new(value)), place),
            None => Self::unknown(TOO_LARGE, place),
        }
    }

    /// A text in base64.
    #[must_use]
    pub fn encoded(text: Self, place: &Place) -> Self {
        match Extent::around(std::iter::once(&text)) {
            Some(_) => Self::new(Kind::Encoded(Arc::new(text)), place),
            None => Self::unknown(TOO_LARGE, place),
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether it says nothing: what a plan has for an argument that nobody wrote.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Null | Kind::Bool(false) => true,
            Kind::Number(number) => *number == 0.0,
            Kind::Text(text) => text.is_empty(),
            Kind::List(list) => list.items.is_empty(),
            Kind::Map(map) => map.entries.is_empty(),
            _ => false,
        }
    }

    /// The text that a known value of one piece is where a text belongs.
    #[must_use]
    pub fn written(&self) -> Option<SmolStr> {
        match &self.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Bool(true) => Some("true".into()),
            Kind::Bool(false) => Some("false".into()),
            Kind::Number(number) => {
                let whole = whole(*number).map(|whole| whole.to_string().into());
                Some(whole.unwrap_or_else(|| format_smolstr!("{number}")))
            }
            Kind::Join(parts) => {
                let parts = parts.iter().map(Self::written);
                Some(parts.collect::<Option<Vec<_>>>()?.concat().into())
            }
            Kind::Json(value) => Some(value.to_json()?.to_string().into()),
            Kind::Encoded(text) => Some(base64::encode(&text.written()?).into()),
            _ => None,
        }
    }

    /// The number that it is, if it is a whole one that a double holds exactly.
    #[must_use]
    pub fn whole(&self) -> Option<i64> {
        match self.kind {
            Kind::Number(number) => whole(number),
            _ => None,
        }
    }

    /// The value as JSON, if all of it is known.
    #[must_use]
    pub fn to_json(&self) -> Option<serde_json::Value> {
        use serde_json::Value as Json;
        Some(match &self.kind {
            Kind::Null => Json::Null,
            Kind::Bool(value) => Json::Bool(*value),
            // Whole numbers are written without a fraction.
            Kind::Number(number) => {
                let whole = whole(*number).or_else(|| number.to_string().parse().ok());
                whole.map_or_else(|| Json::from(*number), Json::from)
            }
            Kind::List(list) => list
                .items
                .iter()
                .map(Self::to_json)
                .collect::<Option<_>>()?,
            Kind::Map(map) => {
                let entries = map.entries.iter();
                let entries =
                    entries.map(|(key, value)| Some((key.as_str().to_owned(), value.to_json()?)));
                Json::Object(entries.collect::<Option<_>>()?)
            }
            Kind::Text(_) | Kind::Join(_) | Kind::Json(_) | Kind::Encoded(_) => {
                Json::String(self.written()?.into())
            }
            Kind::Reference(_)
            | Kind::Variable(_)
            | Kind::Piece(_)
            | Kind::File(_)
            | Kind::Unknown(_) => return None,
        })
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(list) => Some(&list.items),
            _ => None,
        }
    }

    /// The entries of a map.
    #[must_use]
    pub fn entries(&self) -> Option<&[(SmolStr, Self)]> {
        match &self.kind {
            Kind::Map(map) => Some(&map.entries),
            _ => None,
        }
    }

    /// The value of a key of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let mut entries = self.entries()?.iter();
        entries
            .find(|(known, _)| &**known == key)
            .map(|(_, value)| value)
    }

    /// How many values there are in it, itself included.
    #[must_use]
    pub fn size(&self) -> usize {
        self.extent().size as usize
    }

    fn extent(&self) -> Extent {
        match &self.kind {
            Kind::List(list) => list.extent,
            Kind::Map(map) => map.extent,
            // Checked when they were made.
            Kind::Json(value) | Kind::Encoded(value) => {
                Extent::around(std::iter::once(&**value)).unwrap_or(Extent::ONE)
            }
            Kind::Join(parts) => Extent {
                depth: 1,
                size: u32::try_from(parts.len()).unwrap_or(u32::MAX),
            },
            _ => Extent::ONE,
        }
    }
}

/// The whole number that a double is, if it is one below which a double holds every other: it is written as it is counted.
fn whole(number: f64) -> Option<i64> {
    const EXACT: i64 = 1 << f64::MANTISSA_DIGITS;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is cut off is seen below"
    )]
    let whole = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "larger ones are none")]
    let is_same = (whole as f64).to_bits() == number.to_bits();
    (is_same && (-EXACT..EXACT).contains(&whole)).then_some(whole)
}

/// Why a value that is too large is unknown.
const TOO_LARGE: &str = "the value is too large to be read";

impl Extent {
    const ONE: Self = Self { depth: 1, size: 1 };

    /// The extent of a value that holds others, unless it is too large.
    fn around<'v>(inside: impl Iterator<Item = &'v Value>) -> Option<Self> {
        let mut around = Self::ONE;
        for value in inside {
            let extent = value.extent();
            around.depth = around.depth.max(extent.depth.checked_add(1)?);
            around.size = around.size.checked_add(extent.size)?;
        }
        (around.depth <= MAX_DEPTH && around.size <= MAX_SIZE).then_some(around)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    #[test]
    fn numbers_are_written_as_doubles_are() {
        let place = Place::start_of(&Source::new("a.tf", ""));
        let large = 9_007_199_254_740_991.0;
        for number in [
            0.0,
            -0.0,
            1.0,
            -7.0,
            0.5,
            large,
            -large,
            large + 1.0,
            1e18,
            1e300,
        ] {
            let value = Value::new(Kind::Number(number), &place);
            assert_eq!(value.written().unwrap(), number.to_string());
            assert_eq!(
                value.to_json().unwrap().as_i64(),
                number.to_string().parse().ok()
            );
        }
    }

    #[test]
    fn what_is_endless_on_paper_is_unknown() {
        let place = Place::start_of(&Source::new("a.tf", ""));
        let mut value = Value::text("ha", &place);
        for _ in 0..40 {
            value = Value::list(vec![value.clone(), value], &place);
        }
        assert!(value.size() < 1_000_000);
        for _ in 0..200 {
            value = Value::list(vec![value], &place);
        }
        assert!(value.extent().depth <= MAX_DEPTH);
    }
}
