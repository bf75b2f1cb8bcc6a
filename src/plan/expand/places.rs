//! Which place each flow of a pattern has among the rules: the one that is recorded, or one that nothing else has.
//!
//! Clouds number their rules, and a rule with another number is another rule. A written flow has a place, which its rules
//! are numbered by, and what it expands to has positions in that place.

use std::collections::{BTreeMap, BTreeSet};

use super::flows::Written;
use crate::plan::{Flow, RecordedFlow};

/// How many rules one flow may expand to. Each flow has a hundred slots, so that a rule added to it renumbers no other.
pub(super) const SLOTS: u32 = 100;

/// Gives every flow its slot.
///
/// A flow is known again by what it lets pass, and else by its two ends, which stay when a port is changed. One that is not
/// known takes the place that it has in the pattern, behind those of older versions; where another flow has that, it takes
/// one that no flow ever had.
pub(super) fn number(written: &mut [Written], recorded: &[RecordedFlow]) {
    // A flow that a later version added takes its place behind those that were there, wherever it is written.
    let mut order: Vec<usize> = (0..written.len()).collect();
    order.sort_by_key(|index| (written[*index].since, *index));
    let mut places = known(&order, written, recorded);
    let mut taken: BTreeSet<u32> = recorded.iter().map(|it| it.slot / SLOTS).collect();
    let beyond = u32::try_from(written.len()).unwrap_or(u32::MAX);
    for (rank, index) in (0_u32..).zip(&order) {
        if written[*index].flows.is_some() && !places.contains_key(index) {
            let mut candidates = std::iter::once(rank).chain(beyond..);
            let place = candidates.find(|place| taken.insert(*place));
            places.insert(*index, place.unwrap_or(u32::MAX));
        }
    }
    for (index, place) in places {
        let flows = written[index].flows.iter_mut().flatten();
        position(flows, place, recorded);
    }
}

/// The places of flows that are recorded.
fn known(order: &[usize], written: &[Written], recorded: &[RecordedFlow]) -> BTreeMap<usize, u32> {
    let mut places = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let ways: [fn(&RecordedFlow, &Flow) -> bool; 2] = [RecordedFlow::is, RecordedFlow::has_ends_of];
    for same in ways {
        for index in order
            .iter()
            .filter(|index| written[**index].flows.is_some())
        {
            if places.contains_key(index) {
                continue;
            }
            let flows = written[*index].flows.iter().flatten();
            let mut found = flows.flat_map(|flow| recorded.iter().filter(|it| same(it, flow)));
            if let Some(it) = found.find(|it| !taken.contains(&(it.slot / SLOTS))) {
                taken.insert(it.slot / SLOTS);
                places.insert(*index, it.slot / SLOTS);
            }
        }
    }
    places
}

/// Gives what one flow expands to its positions in the flow's place.
fn position<'f>(flows: impl Iterator<Item = &'f mut Flow>, place: u32, recorded: &[RecordedFlow]) {
    let here = recorded.iter().filter(|it| it.slot / SLOTS == place);
    let here: Vec<_> = here.collect();
    let mut used = BTreeSet::new();
    let mut new = Vec::new();
    for flow in flows {
        match here
            .iter()
            .find(|it| it.is(flow) && !used.contains(&it.slot))
        {
            Some(it) => {
                used.insert(it.slot);
                flow.slot = it.slot;
            }
            None => new.push(flow),
        }
    }
    // What others had until now comes last: the cloud may still have their rules when it makes the new ones.
    let first = place.saturating_mul(SLOTS);
    let slots = first..first.saturating_add(SLOTS);
    let had = |slot: &u32| here.iter().any(|it| it.slot == *slot);
    let (late, early): (Vec<u32>, Vec<u32>) =
        slots.filter(|slot| !used.contains(slot)).partition(had);
    for (flow, slot) in new.into_iter().zip(early.into_iter().chain(late)) {
        flow.slot = slot;
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::prelude::*;

    use super::*;
    use crate::plan::Peer;

    type State = Vec<((char, char), BTreeSet<u16>, u32)>;

    /// The written flows of a pattern: two ends, ports, and the version that added them. None of the last is switched off.
    fn state() -> impl Strategy<Value = State> {
        let ends = (prop::char::range('a', 'c'), prop::char::range('a', 'c'));
        let flows = btree_map(ends, (btree_set(1_u16..6, 0..4), 0_u32..3), 0..6);
        let flows = flows.prop_map(|flows| {
            let flows = flows.into_iter();
            flows
                .map(|(ends, (ports, since))| (ends, ports, since))
                .collect::<State>()
        });
        flows.prop_shuffle()
    }

    fn written(state: &State) -> Vec<Written> {
        let written = state.iter().map(|((from, to), ports, since)| {
            let flow = |port: &u16| Flow {
                from: Peer::Named(from.to_string()),
                to: Peer::Named(to.to_string()),
                allow: format!("tcp/{port}").parse().unwrap(),
                why: String::new(),
                through: None,
                per_instance: None,
                slot: 0,
            };
            Written {
                since: *since,
                flows: (!ports.is_empty()).then(|| ports.iter().map(flow).collect()),
            }
        });
        written.collect()
    }

    fn numbered(state: &State, recorded: &[RecordedFlow]) -> Vec<RecordedFlow> {
        let mut written = written(state);
        number(&mut written, recorded);
        let flows = written.iter().flat_map(|it| it.flows.iter().flatten());
        flows.map(RecordedFlow::from).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        /// Whatever is added, removed, switched off or put into another order: a flow that stays keeps its number, and no two
        /// have the same.
        #[test]
        fn no_recorded_number_ever_changes(history in vec(state(), 1..8)) {
            let mut recorded: Vec<RecordedFlow> = Vec::new();
            for state in &history {
                let now = numbered(state, &recorded);
                for flow in &now {
                    let before = recorded.iter().find(|it| {
                        (&it.from, &it.to, it.allow) == (&flow.from, &flow.to, flow.allow)
                    });
                    prop_assert_eq!(before.unwrap_or(flow).slot, flow.slot);
                }
                let slots: BTreeSet<_> = now.iter().map(|it| it.slot).collect();
                prop_assert_eq!(slots.len(), now.len());
                recorded = now;
            }
        }

        /// What is new never takes the number of what goes at the same time.
        #[test]
        fn no_number_is_given_on_at_once(before in state(), after in state()) {
            let recorded = numbered(&before, &[]);
            for flow in numbered(&after, &recorded) {
                let had = recorded.iter().find(|it| it.slot == flow.slot);
                prop_assert!(had.is_none_or(|it| (&it.from, &it.to) == (&flow.from, &flow.to)));
            }
        }

        /// A pattern alone decides the numbers of a stack that was never built.
        #[test]
        fn without_records_flows_are_numbered_in_their_order(state in state()) {
            let mut order: Vec<_> = state.iter().collect();
            order.sort_by_key(|(_, _, since)| *since);
            let ranks = (0_u32..).zip(order);
            let mut expected: Vec<u32> = ranks
                .flat_map(|(rank, (_, ports, _))| (0_u32..).zip(ports).map(move |(at, _)| rank * SLOTS + at))
                .collect();
            let mut slots: Vec<_> = numbered(&state, &[]).iter().map(|it| it.slot).collect();
            slots.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(slots, expected);
        }
    }

    #[test]
    fn a_flow_with_another_port_is_the_same_flow() {
        let before = vec![
            (('a', 'b'), BTreeSet::from([1]), 0),
            (('b', 'c'), BTreeSet::from([1]), 0),
        ];
        let recorded = numbered(&before, &[]);
        let after = vec![
            (('b', 'c'), BTreeSet::from([2]), 0),
            (('a', 'b'), BTreeSet::from([1]), 0),
        ];
        let slots: Vec<_> = numbered(&after, &recorded)
            .iter()
            .map(|it| it.slot)
            .collect();
        assert_eq!(slots, [101, 0]);
    }
}
