//! Where a rule stands among the rules of its group.
//!
//! A priority comes from the flow's slot and from nothing else, so that a flow added later renumbers no rule. There are
//! three bands:
//!
//! | priorities | what |
//! |---|---|
//! | 100 to 2999 | flows with peers that have a name or a block of addresses |
//! | 3000 | denies the network's and the datacenter's own addresses, where the Internet is let through below |
//! | 3010 to 4024 | flows with the Internet |
//! | 4096 | denies the rest |

use crate::cloud::LoweringError;
use crate::plan::graph::{End, Rule};

/// Before the flows with the Internet, for addresses that are not the Internet's.
pub(super) const DENY_KNOWN: u16 = 3000;
/// The last priority that a rule can have
/// (<https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules>).
pub(super) const DENY_REST: u16 = 4096;

/// What one flow of the pattern may expand to towards peers with a name or addresses.
const SLOTS: u32 = 100;
/// What one flow of the pattern may expand to towards the Internet.
const INTERNET_SLOTS: u32 = 35;
/// How many flows a pattern may have.
const FLOWS: u32 = 29;
const FIRST: u32 = 100;
const FIRST_INTERNET: u32 = 3010;
const PAGE: &str = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules";

/// The priority of the rule for an edge of the graph.
pub(super) fn of(edge: &Rule) -> Result<u16, LoweringError> {
    let (index, place) = (edge.slot / SLOTS, edge.slot % SLOTS);
    let internet = edge.end == End::Internet;
    let limit = |what: String, count: u32, limit: u32| LoweringError::Limit {
        what,
        count: count as usize,
        limit: limit as usize,
        cloud: super::CLOUD,
        source_page: PAGE,
    };
    if index >= FLOWS {
        return Err(limit(
            "the list of flows, each with priorities of its own,".into(),
            index + 1,
            FLOWS,
        ));
    }
    if internet && place >= INTERNET_SLOTS {
        return Err(limit(
            format!(
                "the list of what one flow lets pass to or from the Internet (`{}`)",
                edge.why
            ),
            place + 1,
            INTERNET_SLOTS,
        ));
    }
    let priority = if internet {
        FIRST_INTERNET + index * INTERNET_SLOTS + place
    } else {
        FIRST + edge.slot
    };
    // The two checks above keep it at 4024 or less.
    Ok(u16::try_from(priority).unwrap_or(DENY_REST))
}
