//! What holds for every history of a stack, and what a ledger's text may be.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::{Ledger, digest};
use crate::diag::{Code, Diagnostics, Place, Source};
use crate::net::Cidr;
use crate::plan::{Plan, expand_in};
use crate::spec::{Forbidden, Pattern, Stack};

/// A pattern of one network with these subnets: a name, how many hosts, and whether it is spread over zones.
fn pattern(subnets: &[(String, u16, bool)], zones: u8, version: u16) -> Pattern {
    let mut text = format!(
        "pattern: law\nversion: 1.{version}.0\nstate: approved\ntitle: Law\nsummary: A network.\ncloud: aws\n\
         sources: []\nnetwork:\n  cidr: 10.0.0.0/20\n  avoid: [10.0.2.0/26]\n  zones: {zones}\n  max_zones: 4\n  subnets:\n"
    );
    for (name, hosts, spread) in subnets {
        let spread = if *spread { ", spread: zones" } else { "" };
        let _ = writeln!(text, "    {name}: {{ hosts: {hosts}{spread} }}");
    }
    text.push_str("flows: []\n");
    let node = crate::yaml::read(&Source::new("law.yaml", &text)).unwrap();
    Pattern::read(&node).unwrap()
}

fn stack() -> Stack {
    let source = Source::new("stack.yaml", "stack: law\npattern: law\n");
    Stack::read(&crate::yaml::read(&source).unwrap()).unwrap()
}

/// A ledger after it went through its text, as it does between two runs.
fn reread(ledger: &Ledger) -> Ledger {
    read(&ledger.to_string()).unwrap()
}

fn read(text: &str) -> Result<Ledger, Diagnostics> {
    Ledger::read(&Source::new("patternbook.lock", text))
}

/// Every block that a plan has, by the name of its subnet.
fn blocks(plan: &Plan) -> BTreeMap<String, Cidr> {
    let groups = plan.networks.iter().flat_map(|network| &network.subnets);
    let members = groups.flat_map(|group| &group.members);
    members
        .map(|member| (member.name.clone(), member.cidr))
        .collect()
}

/// One state of a pattern: subnets by name, and zones.
fn state() -> impl Strategy<Value = (Vec<(String, u16, bool)>, u8, bool)> {
    let subnets = btree_map("[a-f]", (1_u16..120, any::<bool>()), 1..5);
    (subnets, 1_u8..=4, any::<bool>()).prop_map(|(subnets, zones, turned)| {
        let mut subnets: Vec<_> = subnets
            .into_iter()
            .map(|(name, (hosts, spread))| (name, hosts, spread))
            .collect();
        if turned {
            subnets.reverse();
        }
        (subnets, zones, turned)
    })
}

/// A small range in the network of [`pattern`], or one that is none of its business.
fn forbidden() -> impl Strategy<Value = Forbidden> {
    (0_u32..1 << 12, 24_u8..=32, any::<bool>()).prop_map(|(at, prefix_len, inside)| {
        let first = if inside { 0x0a00_0000 } else { 0x0b00_0000 } + at;
        Forbidden {
            range: Cidr::holding(std::net::Ipv4Addr::from(first).into(), prefix_len).unwrap(),
            why: "A law.".into(),
            stack: None,
            place: Place::start_of(&Source::new("law.csv", "")),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Whatever is added, removed, resized, put into another order, upgraded or forbidden: what was given stays, or nothing is
    /// built; and nothing is given of what is forbidden.
    #[test]
    fn no_recorded_block_ever_moves(history in vec((state(), vec(forbidden(), 0..3)), 1..8)) {
        let mut ledger = Ledger::default();
        let mut given: BTreeMap<String, Cidr> = BTreeMap::new();
        for (version, ((subnets, zones, _), forbidden)) in (0..).zip(&history) {
            let pattern = pattern(subnets, *zones, version);
            let mut surroundings = reread(&ledger).surroundings("law", None);
            surroundings.forbidden.push(forbidden.clone().into());
            let Ok(plan) = expand_in(&pattern, &stack(), &surroundings) else {
                continue;
            };
            let now = blocks(&plan);
            for (name, block) in &now {
                prop_assert_eq!(given.get(name).unwrap_or(block), block, "{} moved", name);
            }
            given.extend(now);
            let rooms = plan.networks.iter().flat_map(|it| &it.subnets).map(|group| group.room);
            for block in rooms.chain(plan.networks.iter().flat_map(|it| it.free.clone())) {
                for it in forbidden {
                    prop_assert!(!block.overlaps(it.range), "{} meets {}", block, it.range);
                }
            }
            let all: Vec<_> = given.iter().collect();
            for (at, (name, block)) in all.iter().enumerate() {
                prop_assert!(!block.overlaps("10.0.2.0/26".parse().unwrap()), "{} is forbidden", name);
                for (other, another) in &all[at + 1..] {
                    prop_assert!(!block.overlaps(**another), "{} and {} overlap", name, other);
                }
            }
            let mut recorded = reread(&ledger);
            recorded.record(&plan, &digest(&pattern.place.source.text));
            ledger = recorded;
        }
        prop_assert_eq!(reread(&ledger).to_string(), ledger.to_string());
    }

    /// The lines of a ledger may stand in any order, as a merge can leave them.
    #[test]
    fn the_order_of_lines_says_nothing(states in vec(state(), 1..3), seed in any::<u64>()) {
        let mut ledger = Ledger::default();
        for (version, (subnets, zones, _)) in (0..).zip(&states) {
            let pattern = pattern(subnets, *zones, version);
            let surroundings = reread(&ledger).surroundings("law", None);
            if let Ok(plan) = expand_in(&pattern, &stack(), &surroundings) {
                ledger = reread(&ledger);
                ledger.record(&plan, &digest(&pattern.place.source.text));
            }
        }
        let text = ledger.to_string();
        let (head, rest) = text.split_once('\n').unwrap();
        let mut lines: Vec<_> = rest.lines().collect();
        lines.sort_by_key(|line| digest(&format!("{seed}{line}")));
        let turned = format!("{head}\n{}\n", lines.join("\n"));
        prop_assert_eq!(read(&turned).unwrap().to_string(), text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "(patternbook ledger 1\n)?(.{0,40}\n){0,6}") {
        let _ = read(&text);
    }
}

#[test]
fn the_laws_are_about_patterns_that_are_built() {
    let subnets = [("a".to_owned(), 100, true), ("b".to_owned(), 50, false)];
    let pattern = pattern(&subnets, 2, 0);
    let plan = expand_in(
        &pattern,
        &stack(),
        &Ledger::default().surroundings("law", None),
    )
    .unwrap();
    assert_eq!(blocks(&plan).len(), 3);
}

const LEDGER: &str = "patternbook ledger 1\n\
    subnet shop - main app 10.0.0.0/24\n\
    zone shop - main app 1 10.0.0.0/26\n";

#[track_caller]
fn assert_refused(text: &str, code: Code, underlined: &str) {
    let found: Vec<_> = read(text).unwrap_err().into_iter().collect();
    let shown: Vec<_> = found
        .iter()
        .map(|it| (it.code, it.primary.as_ref().unwrap().text()))
        .collect();
    assert_eq!(shown, [(code, underlined)], "{found:?}");
}

#[test]
fn what_is_no_ledger_is_refused_at_its_place() {
    assert!(read(LEDGER).is_ok());
    assert_refused("", Code::LedgerLine, "");
    assert_refused("stack: shop\n", Code::LedgerLine, "stack: shop");
    assert_refused(
        "patternbook ledger 2\nanything\n",
        Code::LedgerVersion,
        "patternbook ledger 2",
    );
    for line in [
        "subnet shop - main app",
        "subnet shop - main app 10.0.0.9/24",
        "room shop - main app 10.0.0.0/24",
        "zone shop - main app one 10.0.0.0/26",
        "network shop - main perhaps 10.0.0.0/16",
        "flow shop - first web app tcp/443 -",
        "flow shop - 100 web app tcp -",
        "<<<<<<< HEAD",
    ] {
        let text = format!("patternbook ledger 1\n{line}\n");
        assert_refused(&text, Code::LedgerLine, line);
    }
}

#[test]
fn two_blocks_for_one_subnet_are_refused() {
    let twice = "subnet shop - main app 10.0.1.0/24";
    assert_refused(&format!("{LEDGER}{twice}\n"), Code::LedgerLine, twice);
    let same = "subnet shop - main app 10.0.0.0/24";
    assert!(read(&format!("{LEDGER}{same}\n")).is_ok());
    let zone = "zone shop - main app 1 10.0.0.64/26";
    assert_refused(&format!("{LEDGER}{zone}\n"), Code::LedgerLine, zone);
}

#[test]
fn two_flows_with_one_number_are_refused() {
    let flow = "flow shop - 100 web app tcp/443 -\n";
    assert!(read(&format!("{LEDGER}{flow}{flow}")).is_ok());
    let other = "flow shop - 100 app web tcp/443 -";
    assert_refused(&format!("{LEDGER}{flow}{other}\n"), Code::LedgerLine, other);
}

#[test]
fn a_zone_outside_of_its_subnet_is_refused() {
    let text = format!("{LEDGER}zone shop - main app 2 10.0.1.0/26\n");
    assert_refused(
        &text,
        Code::LedgerLine,
        "subnet shop - main app 10.0.0.0/24",
    );
}

#[test]
fn a_digest_does_not_depend_on_what_ends_lines() {
    assert_eq!(digest("a\nb\n"), digest("a\r\nb"));
    assert_ne!(digest("a\nb\n"), digest("a\nc\n"));
    let source: Arc<Source> = Source::new("patternbook.lock", &LEDGER.replace('\n', "\r\n"));
    assert_eq!(
        Ledger::read(&source).unwrap().to_string(),
        read(LEDGER).unwrap().to_string()
    );
}

#[test]
fn networks_that_are_tied_to_a_datacenter_do_not_overlap() {
    let tied =
        |stack: &str, how: &str, cidr: &str| format!("network {stack} - main {how} {cidr}\n");
    let check = |lines: &[String]| {
        let text = format!("patternbook ledger 1\n{}", lines.concat());
        let clashes = read(&text).unwrap().check_tied(|_, _| None);
        clashes.err().map_or(0, |found| found.len())
    };
    let big = tied("big", "tied", "10.0.0.0/8");
    assert_eq!(
        check(&[big.clone(), tied("small", "tied", "10.9.0.0/16")]),
        1
    );
    assert_eq!(
        check(&[big.clone(), tied("small", "alone", "10.9.0.0/16")]),
        0
    );
    assert_eq!(
        check(&[big.clone(), tied("other", "tied", "11.0.0.0/16")]),
        0
    );
    let both = [
        big,
        tied("b", "tied", "10.1.0.0/16"),
        tied("c", "tied", "10.1.0.0/17"),
    ];
    assert_eq!(check(&both), 2);
}
