//! Ports, port ranges and the traffic that a flow on a network allows.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

/// A TCP or UDP port, 1 to 65535.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Port(NonZeroU16);

impl Port {
    /// The lowest port, 1.
    pub const MIN: Self = Self(NonZeroU16::MIN);
    /// The highest port, 65535.
    pub const MAX: Self = Self(NonZeroU16::MAX);

    /// The port of HTTPS, 443.
    // The compiler evaluates it: 0 would not compile.
    pub const HTTPS: Self = Self(NonZeroU16::new(443).unwrap());

    /// A port from a number, or nothing when it is 0 or over 65535.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        u16::try_from(number)
            .ok()
            .and_then(NonZeroU16::new)
            .map(Self)
    }

    /// The port's number, 1 to 65535.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A range of ports, both ends included.
///
/// INVARIANT: `from <= to`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ports {
    from: Port,
    to: Port,
}

impl Ports {
    /// Every port.
    pub const ALL: Self = Self {
        from: Port::MIN,
        to: Port::MAX,
    };

    /// The ports from `from` to `to`, or nothing when they stand the wrong way round.
    #[must_use]
    pub fn new(from: Port, to: Port) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// The range of one port.
    #[must_use]
    pub fn one(port: Port) -> Self {
        Self {
            from: port,
            to: port,
        }
    }

    /// The lowest port of the range.
    #[must_use]
    pub fn from(self) -> Port {
        self.from
    }

    /// The highest port of the range.
    #[must_use]
    pub fn to(self) -> Port {
        self.to
    }

    /// Whether the two ranges share a port.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Whether every port of `other` is in this range.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            self.from.fmt(f)
        } else {
            write!(f, "{}-{}", self.from, self.to)
        }
    }
}

/// What passes on a network: a protocol and, where it has them, its ports.
///
/// ICMP has a type and no port; it is a kind of its own, so that a type can never be compared with a port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Traffic {
    /// Every protocol.
    All,
    /// TCP to these ports.
    Tcp(Ports),
    /// UDP to these ports.
    Udp(Ports),
    /// ICMP of one type, 0 to 255, or of every type.
    Icmp(Option<u8>),
}

/// Why a text is no [`Traffic`].
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TrafficError {
    /// The protocol has no name that is known here.
    #[error("`{0}` is not a protocol")]
    Protocol(String),
    /// The part behind the slash is no port or range of ports.
    #[error("`{0}` is not a port from 1 to 65535, nor a range of them")]
    Ports(String),
    /// TCP and UDP need a port.
    #[error("`{0}` names no port")]
    NoPort(String),
    /// The part behind `icmp/` is no type.
    #[error("`{0}` is not an ICMP type from 0 to 255")]
    IcmpType(String),
}

impl Traffic {
    /// Whether something passes by both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => true,
            (Self::Tcp(a), Self::Tcp(b)) | (Self::Udp(a), Self::Udp(b)) => a.overlaps(b),
            (Self::Icmp(a), Self::Icmp(b)) => a.is_none() || b.is_none() || a == b,
            _ => false,
        }
    }

    /// Whether everything that `other` lets pass, this lets pass as well.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Tcp(wide), Self::Tcp(narrow)) | (Self::Udp(wide), Self::Udp(narrow)) => {
                wide.contains(narrow)
            }
            (Self::Icmp(wide), Self::Icmp(narrow)) => wide.is_none() || wide == narrow,
            _ => false,
        }
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Tcp(ports) => write!(f, "tcp/{ports}"),
            Self::Udp(ports) => write!(f, "udp/{ports}"),
            Self::Icmp(None) => f.write_str("icmp"),
            Self::Icmp(Some(kind)) => write!(f, "icmp/{kind}"),
        }
    }
}

impl FromStr for Ports {
    type Err = TrafficError;

    fn from_str(text: &str) -> Result<Self, TrafficError> {
        // `parse` alone would take `+80`, which no cloud's console writes and no reader expects.
        let port = |digits: &str| {
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            plain
                .then(|| digits.parse().ok().and_then(Port::new))
                .flatten()
        };
        let range = match text.split_once('-') {
            Some((from, to)) => port(from).zip(port(to)).and_then(|(a, b)| Self::new(a, b)),
            None => port(text).map(Self::one),
        };
        range.ok_or_else(|| TrafficError::Ports(text.into()))
    }
}

impl FromStr for Traffic {
    type Err = TrafficError;

    fn from_str(text: &str) -> Result<Self, TrafficError> {
        let (protocol, rest) = match text.split_once('/') {
            Some((protocol, rest)) => (protocol, Some(rest)),
            None => (text, None),
        };
        match (protocol, rest) {
            ("all", None) => Ok(Self::All),
            ("tcp", Some(ports)) => ports.parse().map(Self::Tcp),
            ("udp", Some(ports)) => ports.parse().map(Self::Udp),
            ("tcp" | "udp", None) => Err(TrafficError::NoPort(text.into())),
            ("icmp", None) => Ok(Self::Icmp(None)),
            ("icmp", Some(kind)) => kind
                .parse()
                .map(|kind| Self::Icmp(Some(kind)))
                .map_err(|_| TrafficError::IcmpType(kind.into())),
            _ => Err(TrafficError::Protocol(protocol.into())),
        }
    }
}

impl serde::Serialize for Ports {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl serde::Serialize for Traffic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_what_is_read() {
        for text in [
            "all",
            "tcp/443",
            "udp/53",
            "tcp/1024-65535",
            "icmp",
            "icmp/8",
        ] {
            assert_eq!(text.parse::<Traffic>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn ports_out_of_range_or_turned_round_are_refused() {
        for text in [
            "tcp/0",
            "tcp/70000",
            "tcp/90-80",
            "tcp/",
            "udp/-1",
            "tcp/+80",
        ] {
            assert!(
                matches!(text.parse::<Traffic>(), Err(TrafficError::Ports(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn an_icmp_type_is_no_port() {
        let icmp: Traffic = "icmp/8".parse().unwrap();
        let tcp: Traffic = "tcp/1-65535".parse().unwrap();
        assert!(!tcp.covers(icmp) && !icmp.covers(tcp));
        assert!("icmp".parse::<Traffic>().unwrap().covers(icmp));
    }
}
