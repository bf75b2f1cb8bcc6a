//! Who may do what to a service, under which conditions.

use std::sync::Arc;

use crate::cloud::{ResourceId, Term};
use crate::plan::Action;

use super::matrix::{PeerKind, Reason};

/// What somebody may do to a service.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Who.
    pub from: Who,
    /// From where: nothing for everywhere.
    pub origins: Vec<Origin>,
    /// On what. Grants on one thing share it.
    pub to: Arc<Target>,
    /// What, where flows have a word for it.
    pub action: Option<Action>,
    /// What, in the cloud's own words, as in `s3:PutObject`. A `*` stands for whatever else the cloud has.
    pub verb: String,
    /// What sort of thing that is.
    pub deed: Deed,
    /// What else the request must be.
    pub demands: Vec<Arc<Demand>>,
    /// What it rests on.
    pub basis: Basis,
    /// Whether it depends on nothing that is not understood.
    pub certain: bool,
    /// The statements that let it happen.
    pub reasons: Vec<Reason>,
}

/// Who may do something.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Who {
    /// Something of the template: a function, the instances of a launch template, a bucket that tells of its objects.
    Thing(Arc<Thing>),
    /// A principal that the template names and does not make: an ARN, a pattern of ARNs, or a parameter with such.
    Principal(Term),
    /// A service of the cloud, as in `events.amazonaws.com`.
    Service(Term),
    /// Whoever else is in the account.
    Account,
    /// Whoever is in an organization.
    Organization(Term),
    /// Whoever else has an identity in the cloud.
    Outsider,
    /// Whoever has none.
    Anonymous,
}

/// Something that the template makes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Thing {
    /// What it is.
    pub kind: PeerKind,
    /// Its id.
    pub id: ResourceId,
}

/// Where a request comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Origin {
    /// Through an endpoint of the template.
    Endpoint(ResourceId),
    /// Through an endpoint that the template names and does not make.
    NamedEndpoint(Term),
    /// Through any endpoint of a network that the template names.
    NamedNetwork(Term),
    /// Through any other endpoint.
    OtherEndpoint,
    /// From addresses: a block, without the smaller blocks that are named beside it, or a parameter.
    Addresses(Term),
    /// From any other address.
    Elsewhere,
}

/// On what something may be done.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// On something of the template, by the name that the cloud has for it; a `*` stands for whatever else there is.
    Thing(Thing, Term),
    /// On something that the template does not make.
    Outside(Term),
}

impl Target {
    /// What the template makes of it.
    #[must_use]
    pub fn thing(&self) -> Option<&Thing> {
        match self {
            Self::Thing(thing, _) => Some(thing),
            Self::Outside(_) => None,
        }
    }

    /// Its name in the cloud.
    #[must_use]
    pub fn name(&self) -> &Term {
        match self {
            Self::Thing(_, name) | Self::Outside(name) => name,
        }
    }
}

/// What sort of thing somebody does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Gets data.
    Read,
    /// Puts data.
    Write,
    /// Marks data, which may move it elsewhere.
    Tag,
    /// Deletes data.
    Delete,
    /// Starts a function.
    Invoke,
    /// Sends a message.
    Publish,
    /// Gets messages delivered.
    Deliver,
    /// Makes machines.
    Launch,
    /// Asks for messages.
    Subscribe,
    /// Takes the place of somebody else, or lets a machine take it.
    Become,
    /// Sees what there is, and not what is in it.
    Look,
    /// Changes who may do what.
    Govern,
    /// Anything else.
    Other,
}

/// Something that a request must be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Demand {
    /// The key, in the cloud's words and small letters.
    pub key: String,
    /// What it may be.
    pub values: Vec<Given>,
}

/// What a request says of a key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Given {
    /// Nothing.
    Nothing,
    /// This value; a `*` stands for whatever nobody names.
    Value(Term),
}

/// What a [`Grant`] rests on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The template allows it.
    Granted,
    /// The template does not refuse it, and whether it happens is said by policies that stand elsewhere.
    LeftOpen,
}
