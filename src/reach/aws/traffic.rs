//! The traffic of rules as sets.

use crate::cloud::aws::RuleTraffic;
use crate::reach::set::TrafficSet;

/// What a rule of a group or an entry of a network ACL is about.
pub(super) fn of_rule(traffic: RuleTraffic) -> TrafficSet {
    match traffic {
        RuleTraffic::Of(traffic) => traffic.into(),
        RuleTraffic::IcmpCode { kind, code } => TrafficSet::icmp(kind, Some(code)),
        RuleTraffic::Icmp6(None) => TrafficSet::protocol(58),
        RuleTraffic::Icmp6(Some((kind, code))) => TrafficSet::icmp6(kind, code),
        RuleTraffic::Protocol(number) => TrafficSet::protocol(number),
    }
}
