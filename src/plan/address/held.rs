//! Whether blocks that were given away earlier can stay where they are.

use std::collections::BTreeMap;

use crate::net::Cidr;

use super::Request;
use super::error::{AddressError, HeldProblem};

/// Checks every held block and names all that is wrong, block by block in the order of their keys.
pub(super) fn check(
    network: &[Cidr],
    avoid: &[Cidr],
    sorted: &[Request],
    held: &BTreeMap<String, Cidr>,
) -> Result<(), AddressError> {
    let mut problems = Vec::new();
    for (key, &block) in held {
        problems.extend(misplaced(network, avoid, key, block));
        problems.extend(resized(sorted, key, block));
    }
    problems.extend(overlaps(held));
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AddressError::Held(problems))
    }
}

/// What is wrong with the place of a block.
fn misplaced(network: &[Cidr], avoid: &[Cidr], key: &str, block: Cidr) -> Option<HeldProblem> {
    if !network.iter().any(|whole| whole.contains(block)) {
        return Some(HeldProblem::Outside {
            key: key.into(),
            block,
        });
    }
    // The lowest of them, so that the order in which ranges are listed does not show.
    let avoided = avoid.iter().filter(|range| range.overlaps(block)).min()?;
    Some(HeldProblem::Avoided {
        key: key.into(),
        block,
        avoided: *avoided,
    })
}

/// Whether a block has another size than the one that is asked for now.
fn resized(sorted: &[Request], key: &str, block: Cidr) -> Option<HeldProblem> {
    let rank = sorted
        .binary_search_by(|request| request.key.as_str().cmp(key))
        .ok()?;
    let asked = sorted.get(rank)?.prefix_len;
    (asked != block.prefix_len()).then(|| HeldProblem::Size {
        key: key.into(),
        block,
        asked,
    })
}

/// Every held block that lies in another one.
fn overlaps(held: &BTreeMap<String, Cidr>) -> Vec<HeldProblem> {
    let mut by_address: Vec<(Cidr, &String)> = held.iter().map(|(key, &b)| (b, key)).collect();
    by_address.sort_unstable();
    let mut problems = Vec::new();
    let mut outer: Option<(Cidr, &String)> = None;
    for (block, key) in by_address {
        match outer {
            Some((other, other_key)) if other.contains(block) => {
                problems.push(HeldProblem::Overlap {
                    key: key.clone(),
                    block,
                    other_key: other_key.clone(),
                    other,
                });
            }
            _ => outer = Some((block, key)),
        }
    }
    problems
}
