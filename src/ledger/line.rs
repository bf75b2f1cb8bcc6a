//! One line of a ledger. Each says one thing by itself, so that lines can be merged in any order.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::diag::{Code, Diagnostic, Place};
use crate::net::Cidr;
use crate::plan::{Peer, RecordedFlow};

/// What stands in place of an environment for a stack without any, and of a zone for what has none.
const NONE: &str = "-";

/// The words of the longest line.
const MOST_WORDS: usize = 8;

/// A line, with the words of the ledger's text or of what is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line<'t> {
    pub(super) stack: &'t str,
    pub(super) environment: Option<&'t str>,
    pub(super) says: Says<'t>,
}

/// What a line says of a stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Says<'t> {
    /// Which pattern it was built from.
    Pattern {
        id: &'t str,
        version: &'t str,
        digest: &'t str,
    },
    /// A block of a network's address space.
    Network {
        network: &'t str,
        tied: bool,
        cidr: Cidr,
    },
    /// The block of a subnet, or of one that is gone.
    Subnet {
        network: &'t str,
        subnet: &'t str,
        live: bool,
        cidr: Cidr,
    },
    /// The block of a subnet in one zone.
    Zone {
        network: &'t str,
        subnet: &'t str,
        zone: u8,
        cidr: Cidr,
    },
    /// The number that a flow has among the rules.
    Flow(Cow<'t, RecordedFlow>),
}

impl<'t> Line<'t> {
    /// Reads a line that is not empty and no comment.
    pub(super) fn read(text: &'t str, place: &Place) -> Result<Self, Diagnostic> {
        let words: SmallVec<[&str; MOST_WORDS]> = text.split_ascii_whitespace().collect();
        let [kind, stack, environment, rest @ ..] = words.as_slice() else {
            return Err(not_understood(place));
        };
        let says = match (*kind, rest) {
            ("pattern", [id, version, digest]) => Says::Pattern {
                id,
                version,
                digest,
            },
            ("network", [network, how, cidr]) => Says::Network {
                network,
                tied: match *how {
                    "tied" => true,
                    "alone" => false,
                    _ => return Err(not_understood(place)),
                },
                cidr: block(cidr, place)?,
            },
            ("subnet" | "gone", [network, subnet, cidr]) => Says::Subnet {
                network,
                subnet,
                live: *kind == "subnet",
                cidr: block(cidr, place)?,
            },
            ("zone", [network, subnet, zone, cidr]) => Says::Zone {
                network,
                subnet,
                zone: zone.parse().map_err(|_| not_understood(place))?,
                cidr: block(cidr, place)?,
            },
            ("flow", [slot, from, to, allow, through]) => Says::Flow(Cow::Owned(RecordedFlow {
                slot: slot.parse().map_err(|_| not_understood(place))?,
                from: Peer::from(*from),
                to: Peer::from(*to),
                allow: allow.parse().map_err(|_| not_understood(place))?,
                through: (*through != NONE).then(|| (*through).to_owned()),
            })),
            _ => return Err(not_understood(place)),
        };
        Ok(Self {
            stack,
            environment: (*environment != NONE).then_some(*environment),
            says,
        })
    }
}

impl std::fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stack = self.stack;
        let environment = self.environment.unwrap_or(NONE);
        match &self.says {
            Says::Pattern {
                id,
                version,
                digest,
            } => write!(f, "pattern {stack} {environment} {id} {version} {digest}"),
            Says::Network {
                network,
                tied,
                cidr,
            } => {
                let how = if *tied { "tied" } else { "alone" };
                write!(f, "network {stack} {environment} {network} {how} {cidr}")
            }
            Says::Subnet {
                network,
                subnet,
                live,
                cidr,
            } => {
                let kind = if *live { "subnet" } else { "gone" };
                write!(f, "{kind} {stack} {environment} {network} {subnet} {cidr}")
            }
            Says::Zone {
                network,
                subnet,
                zone,
                cidr,
            } => write!(
                f,
                "zone {stack} {environment} {network} {subnet} {zone} {cidr}"
            ),
            Says::Flow(flow) => {
                let (slot, from, to, allow) = (flow.slot, &flow.from, &flow.to, flow.allow);
                let through = flow.through.as_deref().unwrap_or(NONE);
                write!(
                    f,
                    "flow {stack} {environment} {slot} {from} {to} {allow} {through}"
                )
            }
        }
    }
}

fn block(text: &str, place: &Place) -> Result<Cidr, Diagnostic> {
    text.parse().map_err(|error: crate::net::CidrError| {
        Diagnostic::new(Code::LedgerLine, error.to_string())
            .at(place.clone())
            .help(MEND)
    })
}

fn not_understood(place: &Place) -> Diagnostic {
    Diagnostic::new(
        Code::LedgerLine,
        "this line of the ledger is not understood",
    )
    .at(place.clone())
    .help(MEND)
}

const MEND: &str = "take the ledger back from your version control; the file was left as it is";
