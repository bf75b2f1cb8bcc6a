//! What holds for every network and every list of requests, and the same answer from a slow and plain allocator.
//!
//! All of it happens on 256 addresses: so few are full soon, and can be counted one by one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::oracle::{Span, Table};
use super::*;

/// No files of seeds: a failure is reproduced by a named case in `tests.rs`.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(500)
    }
}

/// Where the 256 addresses lie; the ends of the address space are where arithmetic goes wrong.
const BASES: [IpAddr; 6] = [
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)),
    IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    IpAddr::V4(Ipv4Addr::new(255, 255, 255, 0)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)),
    IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    IpAddr::V6(Ipv6Addr::new(!0, !0, !0, !0, !0, !0, !0, 0xff00)),
];

#[derive(Clone, Debug)]
struct Case {
    base: IpAddr,
    network: Vec<Span>,
    avoid: Vec<Span>,
    held: BTreeMap<String, Span>,
    /// Key, number of addresses, generation.
    wanted: Vec<(String, usize, u32)>,
}

impl Case {
    fn bits(&self) -> u8 {
        if self.base.is_ipv4() { 32 } else { 128 }
    }

    fn prefix_len(&self, len: usize) -> u8 {
        self.bits() - u8::try_from(len.ilog2()).unwrap()
    }

    fn cidr(&self, span: Span) -> Cidr {
        let offset = u8::try_from(span.first).unwrap();
        let address = match self.base {
            IpAddr::V4(base) => IpAddr::V4((u32::from(base) + u32::from(offset)).into()),
            IpAddr::V6(base) => IpAddr::V6((u128::from(base) + u128::from(offset)).into()),
        };
        let block = Cidr::holding(address, self.prefix_len(span.len)).unwrap();
        assert_eq!(block.first(), address, "the generator makes aligned blocks");
        block
    }

    fn cidrs(&self, spans: &[Span]) -> Vec<Cidr> {
        spans.iter().map(|span| self.cidr(*span)).collect()
    }

    fn held(&self) -> BTreeMap<String, Cidr> {
        let block = |(key, span): (&String, &Span)| (key.clone(), self.cidr(*span));
        self.held.iter().map(block).collect()
    }

    fn requests(&self) -> Vec<Request> {
        let request = |(key, len, since): &(String, usize, u32)| Request {
            key: key.clone(),
            prefix_len: self.prefix_len(*len),
            since: *since,
        };
        self.wanted.iter().map(request).collect()
    }

    fn run(&self) -> Result<Allocation, AddressError> {
        self.run_with(self.requests(), &self.held())
    }

    fn run_with(
        &self,
        requests: Vec<Request>,
        held: &BTreeMap<String, Cidr>,
    ) -> Result<Allocation, AddressError> {
        let space = Space {
            blocks: &self.cidrs(&self.network),
            avoid: &self.cidrs(&self.avoid),
        };
        allocate(space, requests, held)
    }
}

/// An aligned block of 2^bits addresses.
fn span(bits: impl Strategy<Value = u8>) -> impl Strategy<Value = Span> {
    (bits, 0_usize..256).prop_map(|(bits, address)| {
        let len = 1 << bits;
        let first = address / len * len;
        Span { first, len }
    })
}

fn overlap(a: Span, b: Span) -> bool {
    a.first < b.first + b.len && b.first < a.first + a.len
}

fn within(inner: Span, outer: Span) -> bool {
    outer.first <= inner.first && inner.first + inner.len <= outer.first + outer.len
}

/// The spans that overlap none before them.
fn apart(spans: Vec<Span>) -> Vec<Span> {
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        if !kept.iter().any(|other| overlap(*other, span)) {
            kept.push(span);
        }
    }
    kept
}

prop_compose! {
    /// A network of some blocks, some of it avoided, some of it held, and requests, not all of which need fit.
    fn case()(
        base in select(BASES.to_vec()),
        network in vec(span(4_u8..=8), 1..6),
        avoid in vec(span(0_u8..=6), 0..3),
        held in vec((span(2_u8..=6), any::<bool>()), 0..4),
        // Some keys are alike for longer than the head by which they are sorted, or end in what a head is padded with.
        wanted in btree_map("(production-)?[a-c\\x00]{1,3}", (2_u8..=6, 0_u32..3), 0..14),
    )(
        wanted in Just(wanted.into_iter().map(|(key, (bits, since))| (key, 1 << bits, since)).collect::<Vec<_>>())
            .prop_shuffle(),
        base in Just(base), network in Just(network), avoid in Just(avoid), held in Just(held),
    ) -> Case {
        let network = apart(network);
        let free = |span: &Span| {
            network.iter().any(|block| within(*span, *block)) && !avoid.iter().any(|range| overlap(*span, *range))
        };
        let blocks = apart(held.iter().map(|(span, _)| *span).filter(free).collect());
        let held: BTreeMap<String, Span> =
            blocks.into_iter().enumerate().map(|(n, span)| (format!("b{n}"), span)).collect();
        // Every other held block is still wanted.
        let again = held.iter().step_by(2).map(|(key, span)| (key.clone(), span.len, 0));
        let wanted = wanted.into_iter().chain(again).collect();
        Case { base, network, avoid, held, wanted }
    }
}

proptest! {
    #![proptest_config(config())]

    /// Every address of the network is in just one block, or free, or avoided.
    #[test]
    fn blocks_and_free_space_and_avoided_ranges_make_up_the_network(case in case()) {
        let Ok(allocation) = case.run() else { return Ok(()) };
        for request in case.requests() {
            prop_assert_eq!(allocation.blocks.get(&request.key).unwrap().prefix_len(), request.prefix_len);
        }
        let network = case.cidrs(&case.network);
        let avoid = case.cidrs(&case.avoid);
        let given: Vec<Cidr> = allocation.blocks.values().chain(&allocation.free).copied().collect();
        for block in &given {
            prop_assert!(network.iter().any(|whole| whole.contains(*block)), "{} is outside", block);
        }
        for first in 0..256 {
            let address = case.cidr(Span { first, len: 1 });
            let holding = |blocks: &[Cidr]| blocks.iter().filter(|block| block.contains(address)).count();
            let usable = holding(&network) == 1 && holding(&avoid) == 0;
            prop_assert_eq!(holding(&given), usize::from(usable), "at {}", address);
        }
    }

    /// No two free blocks could be one, and they are in order.
    #[test]
    fn free_blocks_are_as_few_as_can_be(case in case()) {
        let Ok(allocation) = case.run() else { return Ok(()) };
        prop_assert!(allocation.free.is_sorted());
        let network = case.cidrs(&case.network);
        for pair in allocation.free.windows(2) {
            let parent = Cidr::holding(pair[0].first(), pair[0].prefix_len() - 1).unwrap();
            let joined = parent.halves() == Some((pair[0], pair[1]));
            prop_assert!(!joined || !network.iter().any(|whole| whole.contains(parent)));
        }
        let largest = allocation.free.iter().map(|block| block.size()).max();
        prop_assert_eq!(allocation.largest_free().map(Cidr::size), largest);
    }

    #[test]
    fn the_order_of_the_input_decides_nothing(case in case(), seed in any::<u64>()) {
        let turned = |len: usize| usize::try_from(seed % (len.max(1) as u64)).unwrap();
        let mut other = case.clone();
        other.wanted.reverse();
        let by = turned(other.wanted.len());
        other.wanted.rotate_left(by);
        other.network.reverse();
        other.avoid.reverse();
        prop_assert_eq!(case.run(), other.run());
    }

    #[test]
    fn what_is_added_in_a_later_generation_moves_nothing(
        case in case(),
        later in btree_map("[d-e]{1,2}", 0_u8..=6, 1..6),
    ) {
        let Ok(before) = case.run() else { return Ok(()) };
        let mut more = case.clone();
        more.wanted.extend(later.into_iter().map(|(key, bits)| (key, 1 << bits, 3)));
        match more.run() {
            Ok(after) => for (key, block) in before.blocks.iter() {
                prop_assert_eq!(after.blocks.get(key), Some(block));
            },
            Err(AddressError::DoesNotFit(error)) => for missing in error.missing {
                prop_assert!(before.blocks.get(&missing.key).is_none());
            },
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn held_blocks_never_move(case in case()) {
        let Ok(allocation) = case.run() else { return Ok(()) };
        for (key, block) in case.held() {
            prop_assert_eq!(allocation.blocks.get(&key), Some(block));
        }
        // What was allocated once is held from then on, and gives the same again, whatever is taken away.
        let fewer: Vec<Request> = case.requests().into_iter().step_by(2).collect();
        prop_assert_eq!(case.run_with(fewer, &allocation.blocks.clone().into()), Ok(allocation));
    }

    /// The network that an error names does hold all blocks, in whatever generations, and half of it does not.
    #[test]
    fn the_network_that_would_do_is_the_smallest(mut case in case()) {
        case.held.clear();
        let Err(AddressError::DoesNotFit(error)) = case.run() else { return Ok(()) };
        let fits = |prefix_len: u8| {
            let network = Cidr::holding(case.base, prefix_len).unwrap();
            let space = Space { blocks: &[network], avoid: &[] };
            allocate(space, case.requests(), &BTreeMap::new()).is_ok()
        };
        let would_do = error.would_do.unwrap();
        prop_assert!(fits(would_do));
        prop_assert!(!fits(would_do + 1));
    }

    #[test]
    fn a_slow_allocator_gives_the_same(case in case()) {
        let taken: Vec<Span> = case.avoid.iter().chain(case.held.values()).copied().collect();
        let mut table = Table::new(&case.network, &taken);
        let wanted: Vec<_> =
            case.wanted.iter().filter(|(key, ..)| !case.held.contains_key(key)).cloned().collect();
        let placed = table.place(&wanted);
        let missing: Vec<&String> =
            placed.iter().filter(|(_, place)| place.is_none()).map(|(key, _)| key).collect();
        match case.run() {
            Ok(allocation) => {
                prop_assert!(missing.is_empty(), "{:?}", missing);
                for (key, place) in &placed {
                    prop_assert_eq!(allocation.blocks.get(key), Some(case.cidr(place.unwrap())));
                }
            }
            Err(AddressError::DoesNotFit(error)) => {
                prop_assert_eq!(error.missing.iter().map(|gone| &gone.key).collect::<Vec<_>>(), missing);
                // The last one to fail saw what is free in the end, unless something smaller was placed after it.
                let last = error.missing.last().unwrap();
                if placed.last().is_some_and(|(key, _)| *key == last.key) {
                    let free = (0..256).filter(|address| table.free(*address)).count();
                    prop_assert_eq!(last.free_addresses, free as u128);
                }
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn zones_are_apart_and_within_their_group(max_zones in 1_u8..=64, member in 6_u8..=32) {
        let base = Cidr::holding(BASES[0], member - zone_slots(max_zones)).unwrap();
        let zones: Vec<Cidr> = (1..=max_zones).map(|zone| zone_block(base, member, zone).unwrap()).collect();
        prop_assert!(zones.windows(2).all(|pair| pair[0] < pair[1] && !pair[0].overlaps(pair[1])));
        prop_assert!(zones.iter().all(|zone| base.contains(*zone) && zone.prefix_len() == member));
        // More zones than planned never fit by accident: the group is full at the next power of two.
        let room = max_zones.next_power_of_two();
        prop_assert_eq!(zone_block(base, member, room + 1), None);
    }
}
