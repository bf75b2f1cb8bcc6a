//! Flows and guarantees: who may reach whom, by what, and why.

use std::fmt;
use std::str::FromStr;

use crate::net::{Cidr, Traffic};

/// An end of a flow.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Peer {
    /// Every address that is neither in the network nor in the datacenter.
    Internet,
    /// The customer's own side: its address ranges, or what it signs its requests with.
    Datacenter,
    /// A CIDR block, as in a list of administrators' addresses.
    Block(Cidr),
    /// A tier, load balancer, bucket, function or topic, by its name in the pattern.
    Named(String),
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internet => f.write_str("internet"),
            Self::Datacenter => f.write_str("datacenter"),
            Self::Block(cidr) => cidr.fmt(f),
            Self::Named(name) => f.write_str(name),
        }
    }
}

impl From<&str> for Peer {
    /// The peer that is written like this in a pattern.
    fn from(text: &str) -> Self {
        match text {
            "internet" => Self::Internet,
            "datacenter" => Self::Datacenter,
            name => name
                .parse()
                .map_or_else(|_| Self::Named(name.to_owned()), Self::Block),
        }
    }
}

/// What a peer may do to a service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Read an object of a bucket.
    S3Read,
    /// Put an object into a bucket.
    S3Write,
    /// Mark an object of a bucket, so that the bucket's lifecycle archives it.
    S3Archive,
    /// Start a function.
    LambdaInvoke,
    /// Launch one instance of a tier from its template.
    Ec2Launch,
    /// Publish a message to a topic.
    SnsPublish,
    /// Deliver a topic's messages.
    SnsDeliver,
}

impl Action {
    /// Every action, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::S3Read,
        Self::S3Write,
        Self::S3Archive,
        Self::LambdaInvoke,
        Self::Ec2Launch,
        Self::SnsPublish,
        Self::SnsDeliver,
    ];

    /// The action as it is written in a pattern.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S3Read => "s3:read",
            Self::S3Write => "s3:write",
            Self::S3Archive => "s3:archive",
            Self::LambdaInvoke => "lambda:invoke",
            Self::Ec2Launch => "ec2:launch",
            Self::SnsPublish => "sns:publish",
            Self::SnsDeliver => "sns:deliver",
        }
    }
}

/// What a flow lets pass: traffic on a network, or an action on a service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Allow {
    /// A protocol and its ports.
    Traffic(Traffic),
    /// An action on a service.
    Action(Action),
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Traffic(traffic) => traffic.fmt(f),
            Self::Action(action) => f.write_str(action.as_str()),
        }
    }
}

impl FromStr for Allow {
    type Err = crate::net::TrafficError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Action::ALL
            .into_iter()
            .find(|action| action.as_str() == text)
        {
            Some(action) => Ok(Self::Action(action)),
            None => text.parse().map(Self::Traffic),
        }
    }
}

/// What may pass from one peer to another, and the reason why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flow {
    /// Who starts it.
    pub from: Peer,
    /// Who is reached.
    pub to: Peer,
    /// What passes.
    pub allow: Allow,
    /// The reason, which travels into the rule's description.
    pub why: String,
    /// The load balancer, gateway or endpoint that it must pass, by name, when there is one.
    pub through: Option<String>,
    /// The first front-end port when each instance behind `through` has a port of its own.
    pub per_instance: Option<u16>,
    /// The place of this flow among the rules: hundreds count the pattern's flows, the rest counts what one flow
    /// expands to. It depends on no parameter of another flow, so that a rule added later renumbers none.
    pub slot: u32,
}

impl serde::Serialize for Flow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", &self.from.to_string())?;
        map.serialize_entry("to", &self.to.to_string())?;
        map.serialize_entry("allow", &self.allow.to_string())?;
        map.serialize_entry("why", &self.why)?;
        if let Some(through) = &self.through {
            map.serialize_entry("through", through)?;
        }
        map.end()
    }
}

/// What can never pass, or must always pass through something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Guarantee {
    /// `from` never reaches `to`, by anything.
    Never {
        /// Who must not.
        from: Peer,
        /// Whom it must not reach.
        to: Peer,
    },
    /// Nothing but `only` may do `allow` to `to`.
    Only {
        /// Who alone may.
        only: Vec<Peer>,
        /// On whom.
        to: Peer,
        /// What, or nothing for anything at all.
        allow: Option<Allow>,
    },
    /// Whatever leaves `all` for the Internet passes `through`.
    LeavesThrough {
        /// Whose traffic.
        all: Peer,
        /// What it must pass.
        through: Peer,
    },
}

impl Guarantee {
    /// Every peer that it speaks of.
    pub fn peers(&self) -> impl Iterator<Item = &Peer> {
        let (some, others) = match self {
            Self::Never { from: a, to: b } | Self::LeavesThrough { all: a, through: b } => {
                ([Some(a), Some(b)], [].as_slice())
            }
            Self::Only { only, to, .. } => ([Some(to), None], only.as_slice()),
        };
        some.into_iter().flatten().chain(others)
    }
}

impl fmt::Display for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never { from, to } => write!(f, "{from} never reaches {to}"),
            Self::Only { only, to, allow } => {
                let peers: Vec<_> = only.iter().map(ToString::to_string).collect();
                let who = if peers.is_empty() {
                    "nothing".to_owned()
                } else {
                    format!("nothing but {}", peers.join(" and "))
                };
                match allow {
                    Some(allow) => write!(f, "{who} reaches {to} by {allow}"),
                    None => write!(f, "{who} reaches {to}"),
                }
            }
            Self::LeavesThrough { all, through } => {
                write!(
                    f,
                    "whatever leaves {all} for the internet passes the {through}"
                )
            }
        }
    }
}
