//! Ranges in which no subnet may lie, and why: what the stack is told to leave alone, and what the cloud keeps for itself.
//!
//! Blocks nest or are apart. So a range that touches a network either holds all of it, and the network is refused; or it lies
//! within, and is left free.

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::Cidr;
use crate::plan::address::{self, Request, Space};
use crate::plan::{Cloud, Keeps, Surroundings, own_ranges};

/// The blocks for private networks: <https://www.rfc-editor.org/rfc/rfc1918>.
const PRIVATE: [Cidr; 3] = [
    Cidr::v4([10, 0, 0, 0], 8),
    Cidr::v4([172, 16, 0, 0], 12),
    Cidr::v4([192, 168, 0, 0], 16),
];

/// How many ranges a message lists before it says how many more there are.
const RANGES_IN_A_MESSAGE: usize = 5;

/// A range in which no subnet may lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fence<'a> {
    pub(super) range: Cidr,
    /// Without a final period.
    why: &'a str,
    /// Where it is written; nowhere for what the cloud keeps.
    pub(super) place: Option<&'a Place>,
    /// Whether a network may not even have it unused.
    strict: bool,
}

impl std::fmt::Display for Fence<'_> {
    /// What may not be used and why, for the end of a sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`, which is forbidden: {}", self.range, self.why)
    }
}

/// All ranges that a stack of this name may not use, by address.
pub(super) fn around<'a>(
    surroundings: &'a Surroundings,
    cloud: Cloud,
    stack: &str,
) -> Vec<Fence<'a>> {
    let own = own_ranges(cloud).iter().map(|own| Fence {
        range: own.range,
        why: own.why,
        place: None,
        strict: own.keeps == Keeps::Refused,
    });
    let told = surroundings.forbidden.iter().flat_map(|list| list.iter());
    let told = told.filter(|it| it.stack.as_deref() != Some(stack));
    let told = told.map(|forbidden| Fence {
        range: forbidden.range,
        why: forbidden.why.trim().trim_end_matches('.'),
        place: Some(&forbidden.place),
        strict: false,
    });
    let mut fences: Vec<_> = own.chain(told).collect();
    // What is the same stays in the order in which the lists were named.
    fences.sort_by_key(|fence| fence.range);
    fences
}

/// Refuses each block of a network that lies in a range, or has one that no network may have.
pub(super) fn refuse(
    cidrs: &[Cidr],
    place: &Place,
    fences: &[Fence<'_>],
    datacenter: &[Cidr],
    diags: &mut Diagnostics,
) {
    for &cidr in cidrs {
        let clash = |fence: &&Fence<'_>| {
            fence.range.contains(cidr) || (fence.strict && cidr.contains(fence.range))
        };
        for fence in fences.iter().filter(clash) {
            let how = if fence.range == cidr {
                "is"
            } else if cidr.contains(fence.range) {
                "has"
            } else {
                "is in"
            };
            let message = format!("the network `{cidr}` {how} {fence}");
            let mut diagnostic = Diagnostic::new(Code::Overlap, message).at(place.clone());
            if let Some(place) = fence.place {
                diagnostic = diagnostic.also(place.clone(), "the forbidden range");
            }
            let help = match elsewhere(cidr, cidrs, fences, datacenter) {
                Some(free) => {
                    format!("choose another network: `{free}` is free of all that is forbidden")
                }
                None => "choose another network, or a smaller one".to_owned(),
            };
            diags.push(diagnostic.help(help));
        }
    }
}

/// What a new network of a stack cannot be.
pub struct Fenced<'a> {
    fences: Vec<Fence<'a>>,
    /// What others have that it will be tied to.
    taken: &'a [Cidr],
}

impl<'a> Fenced<'a> {
    /// All that a stack of this name may not use.
    #[must_use]
    pub fn new(
        surroundings: &'a Surroundings,
        cloud: Cloud,
        stack: &str,
        taken: &'a [Cidr],
    ) -> Self {
        Self {
            fences: around(surroundings, cloud, stack),
            taken,
        }
    }

    /// Refuses each block that lies in what is forbidden, or has what no network may have.
    pub fn refuse(&self, blocks: &[Cidr], place: &Place, diags: &mut Diagnostics) {
        refuse(blocks, place, &self.fences, self.taken, diags);
    }

    /// A private block of the size of `block` that is free of all of it.
    #[must_use]
    pub fn elsewhere(&self, block: Cidr) -> Option<Cidr> {
        elsewhere(block, &[block], &self.fences, self.taken)
    }
}

/// A private block of the size of `cidr` that nobody has.
fn elsewhere(
    cidr: Cidr,
    network: &[Cidr],
    fences: &[Fence<'_>],
    datacenter: &[Cidr],
) -> Option<Cidr> {
    let taken = fences.iter().map(|fence| fence.range);
    let taken: Vec<_> = taken
        .chain(network.iter().chain(datacenter).copied())
        .collect();
    let space = Space {
        blocks: &PRIVATE,
        avoid: &taken,
    };
    let request = Request {
        key: String::new(),
        prefix_len: cidr.prefix_len(),
        since: 0,
    };
    let found = address::allocate(space, vec![request], &std::collections::BTreeMap::new());
    found.ok()?.blocks.values().next().copied()
}

/// What is forbidden, each range with its reason; of many the first few.
pub(super) fn list(fences: &[Fence<'_>]) -> String {
    let shown = fences.iter().take(RANGES_IN_A_MESSAGE);
    let mut shown: Vec<_> = shown
        .map(|fence| format!("`{}` ({})", fence.range, fence.why))
        .collect();
    match fences.len().saturating_sub(RANGES_IN_A_MESSAGE) {
        0 => {}
        1 => shown.push("1 more range".into()),
        more => shown.push(format!("{more} more ranges")),
    }
    shown.join(", ")
}
