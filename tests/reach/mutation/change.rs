//! What another value in the place of one is.

use patternbook::net::Cidr;

use super::tree::{Scalar, Sort};

/// A kind of change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Change {
    /// A block of addresses that holds the old one.
    Wider,
    /// A half of a block.
    Half,
    /// A block of others' addresses.
    OtherBlock,
    /// One more or one less.
    Number,
    /// A port and the next one.
    Range,
    /// Another word of those that may stand there.
    Word,
    /// The opposite.
    Truth,
    /// Another resource.
    Reference,
    /// Another text.
    Text,
    /// Another key, as another operator of a condition.
    Key,
    /// Something is not there.
    LeftOut,
    /// A list or a map without anything in it.
    Emptied,
    /// Two numbers that say in which order something is tried.
    Swapped,
    /// Something is there twice, the second time with something in it changed.
    Copied,
}

/// Words that may stand in each other's place.
const WORDS: [&[&str]; 17] = [
    &["Allow", "Deny"],
    &["allow", "deny"],
    &["tcp", "udp", "icmp", "-1"],
    &["Tcp", "Udp", "Icmp"],
    &["Inbound", "Outbound"],
    &["Internet", "VirtualNetwork", "AzureLoadBalancer"],
    &["VirtualNetworkGateway", "Internet", "None", "VnetLocal"],
    &["enabled", "disabled"],
    &["Enabled", "Disabled", "Suspended"],
    &["required", "optional"],
    &["Retain", "Delete"],
    &["stop", "terminate"],
    &["Standard", "Basic"],
    &["Static", "Dynamic"],
    &["Vpn", "ExpressRoute"],
    &["RouteBased", "PolicyBased"],
    &["Gateway", "Interface"],
];

/// Keys that may stand in each other's place.
const KEYS: [&[&str]; 7] = [
    &["StringEquals", "StringNotEquals", "StringLike"],
    &["ArnLike", "ArnNotLike"],
    &["ArnEquals", "ArnNotEquals"],
    &["IpAddress", "NotIpAddress"],
    &["Principal", "NotPrincipal"],
    &["Action", "NotAction"],
    &["Resource", "NotResource"],
];

/// Other keys in the place of one.
pub(super) fn other_keys(key: &str) -> impl Iterator<Item = &'static str> {
    let sets = KEYS.into_iter().filter(move |keys| keys.contains(&key));
    let beside = sets.flatten().copied().filter(move |other| *other != key);
    // A condition about something else that there is as well.
    let asked = key.starts_with("aws:") && key != "aws:SourceVpc";
    beside.chain(asked.then_some("aws:SourceVpc"))
}

/// Other values in the place of a scalar, and what kind of change each is. `key` is the last word of the path.
pub(super) fn changed(key: &str, scalar: &Scalar) -> Vec<(Change, String)> {
    let text = scalar.text.as_str();
    if let Ok(block) = text.parse::<Cidr>() {
        return blocks(block);
    }
    let key = key.to_ascii_lowercase();
    if text == "*" {
        return everything(&key);
    }
    if let Some(truth) = truth(scalar) {
        return vec![(Change::Truth, (!truth).to_string())];
    }
    let protocol = key.ends_with("protocol");
    if let Ok(number) = text.parse::<i64>()
        && !protocol
    {
        let mut all: Vec<_> = [number + 1, number - 1]
            .map(|it| (Change::Number, it.to_string()))
            .into();
        if key.replace('_', "").contains("portrange") && scalar.sort == Sort::Text {
            all.push((Change::Range, format!("{number}-{}", number + 1)));
        }
        return all;
    }
    if let Some((first, last)) = range(text) {
        let all = [
            (first - 1, last),
            (first + 1, last),
            (first, last - 1),
            (first, last + 1),
        ];
        return all
            .map(|(first, last)| (Change::Range, format!("{first}-{last}")))
            .into();
    }
    if protocol && text.parse::<i64>().is_ok() {
        let others = ["6", "17", "1", "-1"].into_iter();
        return words(others.filter(|other| *other != text));
    }
    let mut all = words(words_beside(text));
    if text == "Tcp" {
        all.extend(words(["*"].into_iter()));
    }
    if all.is_empty() && scalar.sort != Sort::Plain {
        all.push((Change::Text, format!("{text}x")));
    }
    all
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Vec<(Change, String)> {
    words.map(|word| (Change::Word, word.to_owned())).collect()
}

fn words_beside(text: &str) -> impl Iterator<Item = &'static str> {
    let sets = WORDS.into_iter().filter(move |words| words.contains(&text));
    sets.flatten().copied().filter(move |word| *word != text)
}

/// The ends of a range of ports.
fn range(text: &str) -> Option<(i64, i64)> {
    let (first, last) = text.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn truth(scalar: &Scalar) -> Option<bool> {
    scalar.text.parse().ok()
}

fn blocks(block: Cidr) -> Vec<(Change, String)> {
    let length = block.prefix_len();
    let mut all = Vec::new();
    for wider in [length.saturating_sub(1), 0] {
        if wider < length {
            let wider = Cidr::holding(block.first(), wider).unwrap();
            all.push((Change::Wider, wider.to_string()));
        }
    }
    for end in [block.first(), block.last()] {
        if let Ok(half) = Cidr::holding(end, length + 1) {
            all.push((Change::Half, half.to_string()));
        }
    }
    all.push((Change::OtherBlock, "198.51.100.64/26".into()));
    all.dedup();
    all
}

/// What is less than everything.
fn everything(key: &str) -> Vec<(Change, String)> {
    let less = if key.contains("port") {
        "443"
    } else if key.contains("protocol") {
        "Tcp"
    } else if key.contains("address") {
        "10.9.8.0/24"
    } else {
        "arn:aws:iam::123456789012:root"
    };
    vec![(Change::Word, less.into())]
}
