//! What expressions come to, as far as the template alone says.

use std::rc::Rc;

use smol_str::{SmolStr, format_smolstr};

use crate::cloud::{ResourceId, Term};
use crate::diag::Place;

/// A value and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) data: Data,
    pub(super) place: Place,
}

/// The key of an entry of an object, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) text: SmolStr,
    pub(super) place: Place,
}

impl Key {
    pub(super) fn new(text: impl Into<SmolStr>, place: &Place) -> Self {
        Self {
            text: text.into(),
            place: place.clone(),
        }
    }
}

/// What a value is. Lists and maps are shared, so that a variable may be used a thousand times.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Int(i64),
    Text(SmolStr),
    List(Rc<Vec<Value>>),
    Map(Rc<Vec<(Key, Value)>>),
    /// A value that is no known text: a parameter, a property of a resource, or texts with such.
    Term(Term),
    /// What `split` makes of a term.
    Pieces(Rc<Pieces>),
    /// One of those pieces.
    Piece(Rc<Pieces>, usize),
    /// What `base64` makes of a term.
    Encoded(Term),
    /// What only the running resource says, by the properties that lead to it.
    Runtime(Rc<Runtime>),
    /// What is not known. The text is the same wherever the same thing is not known, so that names made of it are.
    Unknown {
        text: String,
        why: String,
    },
}

/// The pieces of a text, and what stands between them.
#[derive(Debug)]
pub(super) struct Pieces {
    pub(super) whole: Term,
    pub(super) separator: String,
}

/// A running resource, and the properties that lead into it.
#[derive(Clone, Debug)]
pub(super) struct Runtime {
    pub(super) id: ResourceId,
    pub(super) path: Vec<String>,
}

/// Why a value is not known, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) place: Place,
}

/// A value that is or is not known.
pub(super) type Result<T> = std::result::Result<T, Fault>;

impl Data {
    /// What is not known, named by `text`.
    pub(super) fn unknown(text: &str, why: impl Into<String>) -> Self {
        // A slash divides the names of a resource and its parent.
        let text = text.replace('/', "|");
        Self::Unknown {
            text: format!("{{{text}}}"),
            why: why.into(),
        }
    }

    /// The text of a scalar.
    pub(super) fn scalar(&self) -> Option<SmolStr> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Int(number) => Some(format_smolstr!("{number}")),
            Self::Bool(true) => Some("True".into()),
            Self::Bool(false) => Some("False".into()),
            _ => None,
        }
    }

    /// A name for the value, which is the same wherever the value is.
    pub(super) fn label(&self) -> SmolStr {
        match self {
            Self::Null => "null".into(),
            Self::Text(text) => text.clone(),
            Self::Unknown { text, .. } => text.into(),
            Self::Int(number) => format_smolstr!("{number}"),
            Self::Bool(value) => format_smolstr!("{value}"),
            Self::Term(term) | Self::Encoded(term) => label(term).into(),
            Self::Pieces(pieces) => label(&pieces.whole).into(),
            Self::Piece(pieces, at) => format_smolstr!("{{{}[{at}]}}", label(&pieces.whole)),
            Self::Runtime(of) => {
                let (id, path) = (of.id.path.join("|"), of.path.join("."));
                format_smolstr!("{{reference({id}).{path}}}")
            }
            Self::List(items) => format_smolstr!("[{}]", items.len()),
            Self::Map(entries) => format_smolstr!("{{{}}}", entries.len()),
        }
    }

    /// The kind of value, for a message.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::List(_) | Self::Pieces(..) => "a list",
            Self::Map(_) => "an object",
            _ => "one value",
        }
    }
}

/// A name for a term, which is the same wherever the term is.
pub(super) fn label(term: &Term) -> String {
    match term {
        Term::Text(text) => text.as_str().to_owned(),
        Term::Parameter(name) => format!("{{{name}}}"),
        Term::Attribute(id, crate::cloud::Attribute::Name) => id.name().to_owned(),
        Term::Attribute(id, attribute) => format!("{{{attribute:?} of {}}}", id.path.join("|")),
        Term::Environment(environment) => format!("{{{environment:?}}}"),
        Term::Join(parts) => parts.iter().map(label).collect(),
    }
}

impl Value {
    pub(super) fn new(data: Data, place: &Place) -> Self {
        Self {
            data,
            place: place.clone(),
        }
    }

    pub(super) fn fault<T>(&self, why: impl Into<String>) -> Result<T> {
        Err(Fault {
            why: why.into(),
            place: self.place.clone(),
        })
    }
}

/// Whether two values are the same; nothing when one of them is not known.
pub(super) fn same(one: &Data, other: &Data) -> Option<bool> {
    Some(match (one, other) {
        (Data::Unknown { .. } | Data::Term(_) | Data::Runtime(..), _)
        | (_, Data::Unknown { .. } | Data::Term(_) | Data::Runtime(..)) => return None,
        (Data::Null, Data::Null) => true,
        (Data::Bool(one), Data::Bool(other)) => one == other,
        (Data::Int(one), Data::Int(other)) => one == other,
        (Data::Text(one), Data::Text(other)) => one == other,
        (Data::List(one), Data::List(other)) => {
            let pairs = one.iter().zip(other.iter());
            one.len() == other.len() && all(pairs.map(|(a, b)| same(&a.data, &b.data)))?
        }
        (Data::Map(one), Data::Map(other)) => {
            let pairs = one.iter().map(|(key, value)| {
                let twin = other.iter().find(|(twin, _)| twin.text == key.text);
                match twin {
                    Some((_, twin)) => same(&value.data, &twin.data),
                    None => Some(false),
                }
            });
            one.len() == other.len() && all(pairs)?
        }
        _ => false,
    })
}

/// Whether all hold: one that does not is enough to know.
pub(super) fn all(holds: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for holds in holds {
        match holds {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}
