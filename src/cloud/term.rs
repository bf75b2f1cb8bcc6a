//! Values in resources: known text, or what only a deploy or another resource tells.

use std::borrow::Cow;

use serde::de::{IntoDeserializer, value};
use serde::ser::{SerializeStruct, SerializeTupleStruct, SerializeTupleVariant};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr};

use super::{Path, aws, azure};

/// A type of resource of either cloud.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Of AWS.
    Aws(aws::Kind),
    /// Of Azure.
    Azure(azure::Kind),
}

impl Kind {
    /// Its name, as in `Subnet`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws(kind) => kind.name(),
            Self::Azure(kind) => kind.name(),
        }
    }
}

/// The name by which other resources know a resource. Stable: it depends on names in the pattern, never on a position.
///
/// Through serde it travels as a list of texts: the cloud, the type, and the path. Ids are most of what resources hold, and
/// as maps of maps they would take longer than everything else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(try_from = "Vec<Cow<'_, str>>")]
pub struct ResourceId {
    /// Its type.
    pub kind: Kind,
    /// Its name among resources of its type, in kebab case, with its parents' names in front:
    /// `["app"]`, or `["vnet", "app"]` for a subnet inside a virtual network.
    pub path: Path,
}

impl ResourceId {
    /// The id of a resource without parents.
    #[must_use]
    pub fn new(kind: Kind, name: impl Into<SmolStr>) -> Self {
        Self {
            kind,
            path: Path::from(name),
        }
    }

    /// The id of a part of this resource, or of a resource inside it.
    #[must_use]
    pub fn child(&self, kind: Kind, name: impl Into<SmolStr>) -> Self {
        let path = self.path.child(name);
        Self { kind, path }
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.last().map_or("", SmolStr::as_str)
    }

    /// A property of this resource, as a value of another one.
    #[must_use]
    pub fn attribute(&self, attribute: Attribute) -> Term {
        Term::Attribute(self.clone(), attribute)
    }

    /// The resource's id as the cloud gives it.
    #[must_use]
    pub fn id(&self) -> Term {
        self.attribute(Attribute::Id)
    }

    /// The resource's ARN.
    #[must_use]
    pub fn arn(&self) -> Term {
        self.attribute(Attribute::Arn)
    }
}

/// The cloud of a [`Kind`], as it travels through serde.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Cloud {
    /// AWS.
    Aws,
    /// Azure.
    Azure,
}

/// The name under which an id travels through serde.
pub(super) const ID_KEY: &str = "$id";

impl Serialize for ResourceId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_tuple_struct(ID_KEY, self.path.len() + 2)?;
        match self.kind {
            Kind::Aws(kind) => {
                parts.serialize_field(&Cloud::Aws)?;
                parts.serialize_field(&kind)?;
            }
            Kind::Azure(kind) => {
                parts.serialize_field(&Cloud::Azure)?;
                parts.serialize_field(&kind)?;
            }
        }
        for part in &*self.path {
            parts.serialize_field(part.as_str())?;
        }
        parts.end()
    }
}

impl TryFrom<Vec<Cow<'_, str>>> for ResourceId {
    type Error = value::Error;

    /// The id that is serialized as these parts.
    fn try_from(parts: Vec<Cow<'_, str>>) -> Result<Self, Self::Error> {
        fn named<'de, T: Deserialize<'de>>(name: &'de str) -> Result<T, value::Error> {
            T::deserialize(name.into_deserializer())
        }
        let mut parts = parts.into_iter();
        let cloud = parts.next().unwrap_or_default();
        let kind = parts.next().unwrap_or_default();
        let kind = match named(&cloud)? {
            Cloud::Aws => Kind::Aws(named(&kind)?),
            Cloud::Azure => Kind::Azure(named(&kind)?),
        };
        let path = parts.collect();
        Ok(Self { kind, path })
    }
}

/// A property of a resource that other resources or outputs use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Attribute {
    /// The id that the cloud gives.
    Id,
    /// The Amazon resource name.
    Arn,
    /// The name.
    Name,
    /// An IP address.
    Address,
    /// The block of IPv6 that AWS gives to a VPC.
    Ipv6Block,
    /// Address of the first VPN tunnel on the cloud's side.
    Tunnel1Address,
    /// Address of the second VPN tunnel on the cloud's side.
    Tunnel2Address,
    /// Number of the newest version.
    LatestVersion,
    /// The id of a prefix list.
    PrefixList,
    /// The address at which a gateway speaks BGP.
    BgpAddress,
    /// The resource itself, in a list of what must stand before another one is made.
    Itself,
    /// What ties a subnet to its route table, in a list of what must stand before another one is made (Azure).
    RouteTableTie,
    /// What ties a subnet to its NAT gateway, in such a list (Azure).
    NatGatewayTie,
    /// What ties a NAT gateway to its public address, in such a list (Azure).
    AddressTie,
}

/// A value that the cloud knows while it deploys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Environment {
    /// The account's number (AWS).
    AccountId,
    /// The region's name (AWS), or the location of the resource group (Azure).
    Region,
    /// The partition, `aws` in most of the world (AWS).
    Partition,
}

/// A value of a resource.
///
/// A user's text is always [`Term::Text`]: it can become no expression of any format.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
pub enum Term {
    /// Known text.
    Text(SmolStr),
    /// The value of the template's parameter of this name.
    Parameter(SmolStr),
    /// A property of another resource.
    Attribute(ResourceId, Attribute),
    /// What the cloud knows.
    Environment(Environment),
    /// Texts one after the other.
    Join(Vec<Term>),
}

/// The key under which a term that is no plain text travels through serde. No field of a resource has this name.
pub const TERM_KEY: &str = "$term";

impl Serialize for Term {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self::Text(text) = self {
            return serializer.serialize_str(text);
        }
        let mut term = serializer.serialize_struct(TERM_KEY, 1)?;
        term.serialize_field(TERM_KEY, &Tagged(self))?;
        term.end()
    }
}

/// The inside of a [`Term`] that is no plain text. A part of a [`Term::Join`] is tagged even when it is.
struct Tagged<'a>(&'a Term);

impl Serialize for Tagged<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const NAME: &str = "Term";
        match self.0 {
            Term::Text(text) => {
                serializer.serialize_newtype_variant(NAME, 0, "Text", text.as_str())
            }
            Term::Parameter(name) => {
                serializer.serialize_newtype_variant(NAME, 1, "Parameter", name.as_str())
            }
            Term::Attribute(id, attribute) => {
                let mut parts = serializer.serialize_tuple_variant(NAME, 2, "Attribute", 2)?;
                parts.serialize_field(id)?;
                parts.serialize_field(attribute)?;
                parts.end()
            }
            Term::Environment(environment) => {
                serializer.serialize_newtype_variant(NAME, 3, "Environment", environment)
            }
            Term::Join(parts) => {
                serializer.serialize_newtype_variant(NAME, 4, "Join", &Parts(parts))
            }
        }
    }
}

/// The parts of a [`Term::Join`].
struct Parts<'a>(&'a [Term]);

impl Serialize for Parts<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Tagged))
    }
}

impl Term {
    /// The text without letters.
    pub const EMPTY: Self = Self::Text(SmolStr::new_static(""));

    /// Calls `visit` with the term and with every part of it.
    pub fn each_part<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        if let Self::Join(parts) = self {
            for part in parts {
                part.each_part(visit);
            }
        }
    }
}

impl From<&str> for Term {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Term {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<SmolStr> for Term {
    fn from(text: SmolStr) -> Self {
        Self::Text(text)
    }
}

impl From<crate::net::Cidr> for Term {
    fn from(cidr: crate::net::Cidr) -> Self {
        Self::Text(cidr.to_smolstr())
    }
}

impl<T: Into<Term>> From<crate::plan::Bound<T>> for Term {
    fn from(bound: crate::plan::Bound<T>) -> Self {
        match bound {
            crate::plan::Bound::Known(value) => value.into(),
            crate::plan::Bound::Deploy(name) => Self::Parameter(name.into()),
        }
    }
}
