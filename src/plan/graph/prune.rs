//! Takes away the rules that others make superfluous.

use std::cmp::{Ordering, Reverse};

use super::rule::{Direction, End, Rule};
use crate::net::Traffic;

/// The rules without those that another one covers, in order.
///
/// Its laws: the result admits exactly what the rules admitted; pruning it again changes nothing; the order of the
/// input decides nothing; and no rule that is left covers another one that is left.
///
/// Of rules that admit the same, the one with the lowest slot stays, as it is. A rule that stays keeps its own reason:
/// the reasons of what it covers stand in the plan's flows, and would soon be longer than a cloud lets a description be.
///
/// Rules that only together cover a third, and rules that are neighbours (`tcp/80-90` and `tcp/91-99`), stay apart.
/// Each was asked for by a flow of its own and carries that flow's reason; one merged rule would carry half a reason,
/// and would be rewritten whenever one of the two flows changes.
#[must_use]
pub fn prune(mut rules: Vec<Rule>) -> Vec<Rule> {
    rules.sort_unstable_by(widest_first);
    let mut open = Open::default();
    rules.retain(|rule| open.keep(rule));
    rules.sort_unstable();
    rules
}

/// An order in which a rule stands behind every rule that covers it; of rules that admit the same, the lowest slot is
/// first. Blocks sort by themselves so that one that holds another comes first.
fn widest_first(a: &Rule, b: &Rule) -> Ordering {
    (a.direction.cmp(&b.direction))
        .then_with(|| a.end.cmp(&b.end))
        .then_with(|| traffic_key(a.traffic).cmp(&traffic_key(b.traffic)))
        // Only rules that admit the same are left, and the rest decides between them.
        .then_with(|| a.cmp(b))
}

/// Protocol, lowest port or type, and highest port turned round: what covers sorts before what is covered.
fn traffic_key(traffic: Traffic) -> (u8, u16, Reverse<u16>) {
    match traffic {
        Traffic::All => (0, 0, Reverse(0)),
        Traffic::Tcp(ports) => (1, ports.from().number(), Reverse(ports.to().number())),
        Traffic::Udp(ports) => (2, ports.from().number(), Reverse(ports.to().number())),
        Traffic::Icmp(None) => (3, 0, Reverse(0)),
        Traffic::Icmp(Some(kind)) => (3, u16::from(kind) + 1, Reverse(0)),
    }
}

/// What has been kept and may still cover what comes: the end of the last rule and all ends that hold it, outermost
/// first. Blocks never overlap halfway, so they close in the reverse order of their opening; and there are never more
/// of them than an address has bits, which is what makes pruning fast.
#[derive(Default)]
struct Open {
    ends: Vec<(Direction, End, Kept)>,
}

impl Open {
    /// Whether nothing before covers `rule`. Rules must come widest first.
    fn keep(&mut self, rule: &Rule) -> bool {
        while self
            .ends
            .pop_if(|(direction, end, _)| *direction != rule.direction || !end.covers(&rule.end))
            .is_some()
        {}
        if self
            .ends
            .iter()
            .any(|(_, _, kept)| kept.covers(rule.traffic))
        {
            return false;
        }
        match self.ends.last_mut() {
            Some((_, end, kept)) if *end == rule.end => kept.0.push(rule.traffic),
            _ => {
                let kept = Kept(vec![rule.traffic]);
                self.ends.push((rule.direction, rule.end.clone(), kept));
            }
        }
        true
    }
}

/// The traffic that is kept for one end.
///
/// INVARIANT: in the order of [`traffic_key`], and none covers another. Of one protocol's ranges, then, both the lowest
/// and the highest ports ascend.
struct Kept(Vec<Traffic>);

impl Kept {
    fn covers(&self, traffic: Traffic) -> bool {
        let key = traffic_key(traffic);
        let behind = self.0.partition_point(|kept| traffic_key(*kept) <= key);
        // Of those that begin no later, the last one reaches furthest.
        let candidate = behind.checked_sub(1).and_then(|index| self.0.get(index));
        candidate.is_some_and(|kept| kept.covers(traffic))
    }
}
