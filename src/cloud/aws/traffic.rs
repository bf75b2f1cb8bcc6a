//! What a rule or an entry lets pass, in the words of EC2.
//!
//! A pattern speaks of [`Traffic`]. Rules that others write know more: protocols by number, types and codes of ICMP.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::net::Traffic;

/// What a rule of a security group or an entry of a network ACL is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RuleTraffic {
    /// What flows speak of.
    Of(Traffic),
    /// ICMP messages of one type and code.
    IcmpCode {
        /// The type.
        kind: u8,
        /// The code.
        code: u8,
    },
    /// `ICMPv6`: of every type, of one type, or of one type and code.
    Icmp6(Option<(u8, Option<u8>)>),
    /// Every packet of a protocol, by its number at
    /// <https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml>. Never one of those above.
    Protocol(u8),
}

impl RuleTraffic {
    /// The one ICMP message by which a sender learns that its packets are too long for the path.
    pub const FRAGMENTATION_NEEDED: Self = Self::IcmpCode { kind: 3, code: 4 };

    /// Whether everything that `other` is about is covered.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Of(Traffic::All), _) => true,
            (Self::Of(own), Self::Of(other)) => own.covers(other),
            (Self::Of(own), Self::IcmpCode { kind, .. }) => own.covers(Traffic::Icmp(Some(kind))),
            (Self::Icmp6(own), Self::Icmp6(other)) => match (own, other) {
                (None, _) => true,
                (Some((kind, None)), Some((other, _))) => kind == other,
                (Some(_), _) => own == other,
            },
            _ => self == other,
        }
    }
}

impl From<Traffic> for RuleTraffic {
    fn from(traffic: Traffic) -> Self {
        Self::Of(traffic)
    }
}

impl fmt::Display for RuleTraffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(traffic) => traffic.fmt(f),
            Self::IcmpCode { kind, code } => write!(f, "icmp/{kind}/{code}"),
            Self::Icmp6(None) => f.write_str("icmpv6"),
            Self::Icmp6(Some((kind, None))) => write!(f, "icmpv6/{kind}"),
            Self::Icmp6(Some((kind, Some(code)))) => write!(f, "icmpv6/{kind}/{code}"),
            Self::Protocol(number) => write!(f, "protocol/{number}"),
        }
    }
}

/// Traffic in the words of EC2: a protocol by name and by number, and its ports, or an ICMP type and code. -1 is any.
#[derive(Serialize)]
struct Written {
    protocol: Cow<'static, str>,
    number: i16,
    from: Option<u16>,
    to: Option<u16>,
    icmp: Option<i16>,
    code: Option<i16>,
}

impl Written {
    fn of(traffic: Traffic) -> Self {
        let (protocol, number, ports, icmp) = match traffic {
            Traffic::All => ("-1", -1, None, None),
            Traffic::Tcp(ports) => ("tcp", 6, Some(ports), None),
            Traffic::Udp(ports) => ("udp", 17, Some(ports), None),
            Traffic::Icmp(kind) => ("icmp", 1, None, Some(kind.map_or(-1, i16::from))),
        };
        Self {
            protocol: protocol.into(),
            number,
            from: ports.map(|ports| ports.from().number()),
            to: ports.map(|ports| ports.to().number()),
            icmp,
            code: icmp.map(|_| -1),
        }
    }

    fn plain(protocol: impl Into<Cow<'static, str>>, number: i16) -> Self {
        Self {
            protocol: protocol.into(),
            number,
            from: None,
            to: None,
            icmp: None,
            code: None,
        }
    }
}

impl Serialize for RuleTraffic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let any = |number: Option<u8>| Some(number.map_or(-1, i16::from));
        match *self {
            Self::Of(traffic) => Written::of(traffic),
            Self::IcmpCode { kind, code } => Written {
                code: Some(code.into()),
                ..Written::of(Traffic::Icmp(Some(kind)))
            },
            Self::Icmp6(message) => Written {
                icmp: any(message.map(|(kind, _)| kind)),
                code: any(message.and_then(|(_, code)| code)),
                ..Written::plain("icmpv6", 58)
            },
            Self::Protocol(number) => Written::plain(number.to_string(), number.into()),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_covers_its_codes_and_no_other_family() {
        let icmp = |text: &str| RuleTraffic::Of(text.parse().unwrap());
        let needed = RuleTraffic::FRAGMENTATION_NEEDED;
        assert!(icmp("icmp/3").covers(needed) && icmp("icmp").covers(needed));
        assert!(!icmp("icmp/8").covers(needed) && !needed.covers(icmp("icmp/3")));
        assert!(icmp("all").covers(RuleTraffic::Protocol(50)));
        assert!(!icmp("icmp").covers(RuleTraffic::Icmp6(None)));
        let echo = RuleTraffic::Icmp6(Some((128, None)));
        assert!(RuleTraffic::Icmp6(None).covers(echo) && !echo.covers(RuleTraffic::Icmp6(None)));
        assert!(echo.covers(RuleTraffic::Icmp6(Some((128, Some(0))))));
    }
}
