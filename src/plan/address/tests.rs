//! Named cases: what a user meets, and the corners of the address space.

use super::*;

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

fn cidrs(texts: &[&str]) -> Vec<Cidr> {
    texts.iter().map(|text| cidr(text)).collect()
}

fn request(key: &str, prefix_len: u8, since: u32) -> Request {
    Request {
        key: key.into(),
        prefix_len,
        since,
    }
}

/// Requests of the first generation.
fn requests(wanted: &[(&str, u8)]) -> Vec<Request> {
    wanted
        .iter()
        .map(|&(key, prefix_len)| request(key, prefix_len, 0))
        .collect()
}

fn held(blocks: &[(&str, &str)]) -> BTreeMap<String, Cidr> {
    blocks
        .iter()
        .map(|&(key, block)| (key.into(), cidr(block)))
        .collect()
}

fn run(
    network: &[&str],
    avoid: &[&str],
    requests: &[Request],
    held: &BTreeMap<String, Cidr>,
) -> Result<Allocation, AddressError> {
    let space = Space {
        blocks: &cidrs(network),
        avoid: &cidrs(avoid),
    };
    allocate(space, requests.to_vec(), held)
}

/// The blocks of an allocation as text, by key.
fn shown(allocation: &Allocation) -> Vec<String> {
    allocation
        .blocks
        .iter()
        .map(|(key, block)| format!("{key} {block}"))
        .collect()
}

#[test]
fn the_biggest_comes_first_and_then_the_alphabet() {
    let wanted = requests(&[("c", 26), ("b", 26), ("a", 27), ("d", 25)]);
    let allocation = run(&["10.0.0.0/23"], &[], &wanted, &held(&[])).unwrap();
    assert_eq!(
        shown(&allocation),
        [
            "a 10.0.1.0/27",
            "b 10.0.0.128/26",
            "c 10.0.0.192/26",
            "d 10.0.0.0/25"
        ]
    );
}

#[test]
fn a_later_generation_comes_after_however_big_it_is() {
    let wanted = [request("new", 25, 2), request("old", 27, 1)];
    let allocation = run(&["10.0.0.0/24"], &[], &wanted, &held(&[])).unwrap();
    assert_eq!(shown(&allocation), ["new 10.0.0.128/25", "old 10.0.0.0/27"]);
    assert_eq!(allocation.free, cidrs(&["10.0.0.32/27", "10.0.0.64/26"]));
}

#[test]
fn the_smallest_hole_that_fits_is_used_first() {
    let wanted = requests(&[("x", 26), ("y", 26)]);
    let network = ["10.0.0.0/24", "10.9.0.0/25"];
    let allocation = run(&network, &["10.9.0.0/26"], &wanted, &held(&[])).unwrap();
    assert_eq!(shown(&allocation), ["x 10.9.0.64/26", "y 10.0.0.0/26"]);
}

#[test]
fn blocks_of_a_network_that_touch_are_not_joined() {
    let network = ["10.0.0.0/25", "10.0.0.128/25"];
    let allocation = run(&network, &[], &[], &held(&[])).unwrap();
    assert_eq!(allocation.free, cidrs(&network));
    assert!(run(&network, &[], &requests(&[("web", 24)]), &held(&[])).is_err());
}

#[test]
fn avoided_ranges_may_overlap_each_other_and_cover_the_network() {
    let avoid = ["10.0.0.64/27", "10.0.0.0/25", "10.0.0.0/25", "fd00::/8"];
    let wanted = requests(&[("web", 25)]);
    let allocation = run(&["10.0.0.0/24"], &avoid, &wanted, &held(&[])).unwrap();
    assert_eq!(shown(&allocation), ["web 10.0.0.128/25"]);
    assert_eq!(allocation.free, []);
    assert_eq!(allocation.largest_free(), None);

    let nothing = run(&["10.0.0.0/24"], &["10.0.0.0/8"], &[], &held(&[])).unwrap();
    assert_eq!(nothing.free, []);
}

#[test]
fn a_held_block_stays_and_what_nobody_asks_for_stays_taken() {
    let kept = held(&[("web", "10.0.0.64/26"), ("gone", "10.0.0.0/28")]);
    let wanted = requests(&[("app", 26), ("web", 26)]);
    let allocation = run(&["10.0.0.0/24"], &[], &wanted, &kept).unwrap();
    assert_eq!(
        shown(&allocation),
        ["app 10.0.0.128/26", "gone 10.0.0.0/28", "web 10.0.0.64/26"]
    );
    assert_eq!(allocation.largest_free(), Some(cidr("10.0.0.192/26")));
}

#[test]
#[expect(
    clippy::float_cmp,
    reason = "sums and ratios of powers of two are exact"
)]
fn utilisation_leaves_out_what_is_avoided() {
    let wanted = requests(&[("web", 26)]);
    let allocation = run(&["10.0.0.0/24"], &["10.0.0.0/25"], &wanted, &held(&[])).unwrap();
    assert_eq!(allocation.utilisation(), 0.5);
}

#[test]
fn ipv6_is_allocated_like_ipv4() {
    let wanted = requests(&[("app", 64), ("web", 64), ("wide", 60)]);
    let allocation = run(&["2001:db8::/56"], &[], &wanted, &held(&[])).unwrap();
    assert_eq!(
        shown(&allocation),
        [
            "app 2001:db8:0:10::/64",
            "web 2001:db8:0:11::/64",
            "wide 2001:db8::/60"
        ]
    );
}

#[test]
fn the_whole_address_space_is_a_network() {
    let all = requests(&[("all", 0)]);
    for (network, halves) in [("0.0.0.0/0", "128.0.0.0/1"), ("::/0", "8000::/1")] {
        let allocation = run(&[network], &[], &all, &held(&[])).unwrap();
        assert_eq!(allocation.blocks.get("all"), Some(cidr(network)));
        let wanted = requests(&[("a", 1), ("b", 1)]);
        let allocation = run(&[network], &[], &wanted, &held(&[])).unwrap();
        assert_eq!(allocation.blocks.get("b"), Some(cidr(halves)));
        assert_eq!(allocation.free, []);
    }
}

#[test]
fn a_single_address_can_be_given_away() {
    let wanted = requests(&[("one", 32)]);
    let allocation = run(&["255.255.255.255/32"], &[], &wanted, &held(&[])).unwrap();
    assert_eq!(shown(&allocation), ["one 255.255.255.255/32"]);
}

/// Runs what cannot work and gives the message.
fn message(
    network: &[&str],
    avoid: &[&str],
    requests: &[Request],
    held: &BTreeMap<String, Cidr>,
) -> String {
    run(network, avoid, requests, held).unwrap_err().to_string()
}

#[test]
fn what_is_no_network_is_refused() {
    assert_eq!(
        message(&[], &[], &[], &held(&[])),
        "the network has no address block"
    );
    assert_eq!(
        message(&["fd00::/64", "10.0.0.0/8"], &[], &[], &held(&[])),
        "the network mixes IPv4 and IPv6 blocks: `10.0.0.0/8` and `fd00::/64`"
    );
    assert_eq!(
        message(&["10.1.0.0/16", "10.0.0.0/8"], &[], &[], &held(&[])),
        "two blocks of the network overlap: `10.0.0.0/8` and `10.1.0.0/16`"
    );
}

#[test]
fn every_key_that_is_there_twice_is_named_once() {
    let wanted = requests(&[("b", 28), ("a", 28), ("b", 27), ("b", 28), ("a", 28)]);
    assert_eq!(
        message(&["10.0.0.0/24"], &[], &wanted, &held(&[])),
        "several blocks have the same name: `a` and `b`"
    );
}

#[test]
fn a_prefix_is_not_longer_than_an_address() {
    assert_eq!(
        message(&["10.0.0.0/24"], &[], &requests(&[("web", 64)]), &held(&[])),
        "`web` asks for a /64, but the longest prefix in this network is /32"
    );
}

#[test]
fn all_that_is_wrong_with_held_blocks_is_told() {
    let kept = held(&[
        ("app", "10.0.0.0/25"),
        ("db", "10.0.0.64/26"),
        ("mail", "10.9.0.0/26"),
        ("web", "10.0.0.192/26"),
    ]);
    let avoid = ["10.0.0.224/28", "10.0.0.208/28"];
    let error = run(&["10.0.0.0/24"], &avoid, &requests(&[("web", 27)]), &kept).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`mail` holds `10.9.0.0/26`, which is outside the network; \
         `web` holds `10.0.0.192/26`, which overlaps `10.0.0.208/28`, a range to avoid; \
         `web` holds `10.0.0.192/26`, but a /27 is asked for; \
         `db` holds `10.0.0.64/26`, which overlaps `10.0.0.0/25`, held by `app`"
    );
}

#[test]
fn what_does_not_fit_is_told_with_what_is_free_and_what_would_do() {
    let wanted = requests(&[("app", 25), ("db", 25), ("web", 26), ("z", 25)]);
    let AddressError::DoesNotFit(error) =
        run(&["10.0.0.0/24"], &["10.0.0.0/28"], &wanted, &held(&[])).unwrap_err()
    else {
        panic!("another error");
    };
    assert_eq!(
        error.missing,
        [
            Missing {
                key: "db".into(),
                prefix_len: 25,
                addresses: 128,
                largest_free: Some(cidr("10.0.0.64/26")),
                free_addresses: 112,
            },
            Missing {
                key: "z".into(),
                prefix_len: 25,
                addresses: 128,
                largest_free: Some(cidr("10.0.0.64/26")),
                free_addresses: 112,
            },
        ]
    );
    assert_eq!(error.would_do, Some(23));
    assert_eq!(
        error.to_string(),
        "`db` does not fit: it needs a /25 of 128 addresses, but the largest free block, `10.0.0.64/26`, has 64, \
         and 112 are free in all; nor is there room for `z`; \
         a single /23 with nothing to avoid would hold every block"
    );
}

#[test]
fn the_network_that_would_do_counts_held_blocks_once() {
    let kept = held(&[("web", "10.0.0.0/25"), ("gone", "10.0.0.128/25")]);
    let wanted = requests(&[("web", 25), ("app", 24)]);
    assert_eq!(
        message(&["10.0.0.0/24"], &[], &wanted, &kept),
        "`app` does not fit: it needs a /24 of 256 addresses, but no address is free; \
         a single /23 with nothing to avoid would hold every block"
    );
}

#[test]
fn a_long_list_of_names_is_cut() {
    let wanted: Vec<Request> = (10..30).map(|n| request(&format!("n{n}"), 32, 0)).collect();
    assert_eq!(
        message(&["10.0.0.0/32"], &[], &wanted, &held(&[])),
        "`n11` does not fit: it needs a /32 of 1 address, but no address is free; \
         nor is there room for `n12`, `n13`, `n14`, `n15`, `n16`, `n17`, `n18`, `n19`, `n20`, `n21` and 8 more; \
         a single /27 with nothing to avoid would hold every block"
    );
}

#[test]
fn more_than_all_addresses_fit_no_network() {
    let wanted = requests(&[("a", 1), ("b", 1), ("c", 32)]);
    assert_eq!(
        message(&["0.0.0.0/0"], &[], &wanted, &held(&[])),
        "`c` does not fit: it needs a /32 of 1 address, but no address is free; \
         no network is big enough to hold every block"
    );
}
