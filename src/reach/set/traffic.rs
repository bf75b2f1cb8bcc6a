//! Sets of traffic: protocols, and what each protocol has below it.

use std::fmt;

use super::{Intervals, Set};
use crate::net::{Port, Ports, Traffic};

/// A protocol, as far as filters tell protocols apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Protocol {
    /// TCP, to a port.
    Tcp(u16),
    /// UDP, to a port.
    Udp(u16),
    /// ICMP, of a type and a code.
    Icmp(u8, u8),
    /// ICMP for IPv6, of a type and a code.
    Icmp6(u8, u8),
    /// Any other, by its number: <https://www.iana.org/assignments/protocol-numbers>.
    Other(u8),
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(port) => write!(f, "tcp/{port}"),
            Self::Udp(port) => write!(f, "udp/{port}"),
            Self::Icmp(kind, _) => write!(f, "icmp/{kind}"),
            Self::Icmp6(kind, _) => write!(f, "icmp6/{kind}"),
            Self::Other(number) => write!(f, "protocol/{number}"),
        }
    }
}

/// A set of traffic.
///
/// ICMP is a kind of its own: a type with its code is one number here, and never a port.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TrafficSet {
    /// TCP by destination port.
    pub tcp: Intervals<u16>,
    /// UDP by destination port.
    pub udp: Intervals<u16>,
    /// ICMP by type and code: the type in the upper eight bits.
    pub icmp: Intervals<u16>,
    /// ICMP for IPv6, as [`Self::icmp`].
    pub icmp6: Intervals<u16>,
    /// Every other protocol by its number.
    pub other: Intervals<u8>,
}

/// The protocols that have no field of their own, in order: all but 1, 6, 17 and 58.
const OTHER: [(u8, u8); 5] = [(0, 0), (2, 5), (7, 16), (18, 57), (59, u8::MAX)];

impl TrafficSet {
    /// TCP to some ports.
    #[must_use]
    pub fn tcp(ports: Intervals<u16>) -> Self {
        Self {
            tcp: ports,
            ..Self::nothing()
        }
    }

    /// UDP to some ports.
    #[must_use]
    pub fn udp(ports: Intervals<u16>) -> Self {
        Self {
            udp: ports,
            ..Self::nothing()
        }
    }

    /// ICMP of one type, with one code or any.
    #[must_use]
    pub fn icmp(kind: u8, code: Option<u8>) -> Self {
        Self {
            icmp: messages(kind, code),
            ..Self::nothing()
        }
    }

    /// ICMP for IPv6 of one type, with one code or any.
    #[must_use]
    pub fn icmp6(kind: u8, code: Option<u8>) -> Self {
        Self {
            icmp6: messages(kind, code),
            ..Self::nothing()
        }
    }

    /// Everything of one protocol, by its number.
    #[must_use]
    pub fn protocol(number: u8) -> Self {
        let nothing = Self::nothing();
        match number {
            1 => Self {
                icmp: Intervals::everything(),
                ..nothing
            },
            6 => Self::tcp(Intervals::everything()),
            17 => Self::udp(Intervals::everything()),
            58 => Self {
                icmp6: Intervals::everything(),
                ..nothing
            },
            other => Self {
                other: Intervals::one(other),
                ..nothing
            },
        }
    }

    /// Whether something is in it.
    #[must_use]
    pub fn contains(&self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Tcp(port) => self.tcp.contains(port),
            Protocol::Udp(port) => self.udp.contains(port),
            Protocol::Icmp(kind, code) => self.icmp.contains(u16::from_be_bytes([kind, code])),
            Protocol::Icmp6(kind, code) => self.icmp6.contains(u16::from_be_bytes([kind, code])),
            Protocol::Other(number) => self.other.contains(number),
        }
    }

    /// One thing that is in it.
    #[must_use]
    pub fn example(&self) -> Option<Protocol> {
        let message = |bits: u16| bits.to_be_bytes();
        let tcp = self.tcp.lowest().map(Protocol::Tcp);
        tcp.or_else(|| self.udp.lowest().map(Protocol::Udp))
            .or_else(|| {
                let [kind, code] = message(self.icmp.lowest()?);
                Some(Protocol::Icmp(kind, code))
            })
            .or_else(|| {
                let [kind, code] = message(self.icmp6.lowest()?);
                Some(Protocol::Icmp6(kind, code))
            })
            .or_else(|| self.other.lowest().map(Protocol::Other))
    }

    /// What it is made of, in the words of flows: `all`, or the ranges of each protocol.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        if *self == Self::everything() {
            return vec!["all".into()];
        }
        let mut words = Vec::new();
        let mut range = |name: &str, first: u16, last: u16| {
            words.push(if first == last {
                format!("{name}/{first}")
            } else {
                format!("{name}/{first}-{last}")
            });
        };
        for (name, ports) in [("tcp", &self.tcp), ("udp", &self.udp)] {
            for &(first, last) in ports.ranges() {
                range(name, first.max(1), last);
            }
        }
        for (name, all) in [("icmp", &self.icmp), ("icmp6", &self.icmp6)] {
            if *all == Intervals::everything() {
                words.push(name.into());
                continue;
            }
            for &(first, last) in all.ranges() {
                let ([first, code], [last, end]) = (first.to_be_bytes(), last.to_be_bytes());
                words.push(match (first == last, code, end) {
                    (true, 0, u8::MAX) => format!("{name}/{first}"),
                    (true, _, _) if code == end => format!("{name}/{first} code {code}"),
                    (true, _, _) => format!("{name}/{first} codes {code}-{end}"),
                    (false, _, _) => format!("{name}/{first}-{last}"),
                });
            }
        }
        for &(first, last) in self.other.ranges() {
            words.push(if first == last {
                format!("protocol/{first}")
            } else {
                format!("protocol/{first}-{last}")
            });
        }
        words
    }
}

fn messages(kind: u8, code: Option<u8>) -> Intervals<u16> {
    let message = |code| u16::from_be_bytes([kind, code]);
    Intervals::range(
        message(code.unwrap_or(u8::MIN)),
        message(code.unwrap_or(u8::MAX)),
    )
}

fn ports(ports: Ports) -> Intervals<u16> {
    // Port 0 is never used, and a rule for all ports covers it: without it, `1-65535` and "all" would differ by nothing.
    let first = match ports.from() {
        Port::MIN => 0,
        port => port.number(),
    };
    Intervals::range(first, ports.to().number())
}

impl From<Ports> for Intervals<u16> {
    fn from(range: Ports) -> Self {
        ports(range)
    }
}

impl From<Traffic> for TrafficSet {
    fn from(traffic: Traffic) -> Self {
        match traffic {
            Traffic::All => Self::everything(),
            Traffic::Tcp(range) => Self::tcp(ports(range)),
            Traffic::Udp(range) => Self::udp(ports(range)),
            Traffic::Icmp(None) => Self::protocol(1),
            Traffic::Icmp(Some(kind)) => Self::icmp(kind, None),
        }
    }
}

impl Set for TrafficSet {
    fn nothing() -> Self {
        Self {
            tcp: Intervals::nothing(),
            udp: Intervals::nothing(),
            icmp: Intervals::nothing(),
            icmp6: Intervals::nothing(),
            other: Intervals::nothing(),
        }
    }

    fn everything() -> Self {
        Self {
            tcp: Intervals::everything(),
            udp: Intervals::everything(),
            icmp: Intervals::everything(),
            icmp6: Intervals::everything(),
            other: Intervals::in_order(&OTHER),
        }
    }

    fn is_nothing(&self) -> bool {
        self.tcp.is_nothing()
            && self.udp.is_nothing()
            && self.icmp.is_nothing()
            && self.icmp6.is_nothing()
            && self.other.is_nothing()
    }

    fn union(&self, other: &Self) -> Self {
        Self {
            tcp: self.tcp.union(&other.tcp),
            udp: self.udp.union(&other.udp),
            icmp: self.icmp.union(&other.icmp),
            icmp6: self.icmp6.union(&other.icmp6),
            other: self.other.union(&other.other),
        }
    }

    fn intersection(&self, other: &Self) -> Self {
        Self {
            tcp: self.tcp.intersection(&other.tcp),
            udp: self.udp.intersection(&other.udp),
            icmp: self.icmp.intersection(&other.icmp),
            icmp6: self.icmp6.intersection(&other.icmp6),
            other: self.other.intersection(&other.other),
        }
    }

    fn difference(&self, other: &Self) -> Self {
        Self {
            tcp: self.tcp.difference(&other.tcp),
            udp: self.udp.difference(&other.udp),
            icmp: self.icmp.difference(&other.icmp),
            icmp6: self.icmp6.difference(&other.icmp6),
            other: self.other.difference(&other.other),
        }
    }

    fn covers(&self, other: &Self) -> bool {
        self.tcp.covers(&other.tcp)
            && self.udp.covers(&other.udp)
            && self.icmp.covers(&other.icmp)
            && self.icmp6.covers(&other.icmp6)
            && self.other.covers(&other.other)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.tcp.overlaps(&other.tcp)
            || self.udp.overlaps(&other.udp)
            || self.icmp.overlaps(&other.icmp)
            || self.icmp6.overlaps(&other.icmp6)
            || self.other.overlaps(&other.other)
    }
}
