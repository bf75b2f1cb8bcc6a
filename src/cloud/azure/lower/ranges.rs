//! Lists of blocks and ports as Azure takes them: none that overlap in one list.

use crate::net::{Cidr, Ports};
use crate::plan::graph::{End, Rule};

/// The same ports in order, in ranges of which no two overlap.
pub(super) fn apart(mut ports: Vec<Ports>) -> Vec<Ports> {
    ports.sort_unstable();
    ports.dedup_by(|next, kept| {
        let joined = Ports::new(kept.from(), kept.to().max(next.to()));
        match joined.filter(|_| next.from() <= kept.to()) {
            Some(joined) => {
                *kept = joined;
                true
            }
            None => false,
        }
    });
    ports
}

/// The blocks without those that another one holds.
pub(super) fn widest(blocks: impl Iterator<Item = Cidr>) -> Vec<Cidr> {
    let mut blocks: Vec<_> = blocks.collect();
    // The biggest of those that begin with one address stands first, and holds what follows it up to its end.
    blocks.sort_unstable();
    blocks.dedup_by(|next, kept| kept.contains(*next));
    blocks
}

/// The blocks that edges of the graph name.
pub(super) fn blocks(edges: &[&Rule]) -> Vec<Cidr> {
    let blocks = edges.iter().filter_map(|edge| match edge.end {
        End::Block(block) => Some(block),
        _ => None,
    });
    widest(blocks)
}
