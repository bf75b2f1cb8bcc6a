//! Who may have to do with whom, at first sight: so that not every pair of crowds is looked at.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};
use indexmap::IndexMap;

use super::guards::Group;
use super::rules::Rules;
use super::seats::Crowd;
use crate::reach::set::{Addresses, Set};

/// The crowds of a template by their groups and by their addresses.
pub(super) struct Candidates<'r> {
    members: HashMap<Group<'r>, Vec<usize>>,
    /// Crowds by the addresses of a seat: most share the subnets of one VPC.
    standing: IndexMap<Addresses, Vec<usize>>,
    /// The crowds that were found for some addresses: the same blocks stand in many rules.
    found: RefCell<HashMap<Addresses, Rc<BTreeSet<usize>>>>,
}

impl<'r> Candidates<'r> {
    pub(super) fn new(crowds: &[Crowd<'r>]) -> Self {
        let mut candidates = Self {
            members: HashMap::new(),
            standing: IndexMap::new(),
            found: RefCell::default(),
        };
        for (at, crowd) in crowds.iter().enumerate() {
            for group in crowd.groups.iter().flatten() {
                candidates.members.entry(*group).or_default().push(at);
            }
            for seat in &crowd.seats {
                let standing = candidates.standing.entry(seat.addresses.clone());
                standing.or_default().push(at);
            }
        }
        candidates
    }

    /// The crowds that rules for what comes in may be about.
    pub(super) fn of(&self, rules: &Rules<'r>) -> BTreeSet<usize> {
        let members = rules.groups().filter_map(|group| self.members.get(group));
        let mut candidates: BTreeSet<usize> = members.flatten().copied().collect();
        for blocks in rules.blocks() {
            candidates.extend(self.at(blocks).iter());
        }
        candidates
    }

    /// The crowds that stand at some of these addresses.
    fn at(&self, blocks: &Addresses) -> Rc<BTreeSet<usize>> {
        if let Some(found) = self.found.borrow().get(blocks) {
            return Rc::clone(found);
        }
        let there = self.standing.iter();
        let there = there.filter(|(addresses, _)| addresses.overlaps(blocks));
        let there: Rc<BTreeSet<_>> = Rc::new(there.flat_map(|(_, at)| at).copied().collect());
        let mut found = self.found.borrow_mut();
        found.insert(blocks.clone(), Rc::clone(&there));
        there
    }
}
