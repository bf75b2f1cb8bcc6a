//! The rules of a guard in one direction, and which of them are about whom.
//!
//! A group that thousands may reach has thousands of rules, and all but a few are about somebody else.

use std::iter::once;

use indexmap::IndexMap;

use super::guards::Group;
use super::seats::Groups;
use crate::cloud::Part;
use crate::reach::Reason;
use crate::reach::set::{Addresses, Set, TrafficSet};

/// The most rules about addresses that are compared with each other. AWS takes no more on one interface
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups>).
const MOST_ABOUT_ADDRESSES: usize = 1000;

/// One rule, ready to be compared.
pub(super) struct Allowed<'r> {
    pub(super) far: Far<'r>,
    pub(super) traffic: TrafficSet,
    pub(super) resource: usize,
    pub(super) part: Option<Part>,
}

/// The other end of a rule.
pub(super) enum Far<'r> {
    /// Addresses.
    Blocks(Addresses),
    /// The members of a group, by their private addresses.
    Group(Group<'r>),
    /// The addresses of a service, by a list that is not in the template.
    Service,
}

impl<'r> Allowed<'r> {
    /// A rule for everything, which the resource at a position has.
    pub(super) fn all(far: Far<'r>, resource: usize) -> Self {
        Self {
            far,
            traffic: TrafficSet::everything(),
            resource,
            part: None,
        }
    }

    pub(super) fn reason(&self) -> Reason {
        Reason {
            resource: self.resource,
            part: self.part,
            packets: None,
        }
    }
}

/// Rules in the order of the template.
#[derive(Default)]
pub(super) struct Rules<'r> {
    all: Vec<Allowed<'r>>,
    /// The positions of the rules about a group.
    of_group: IndexMap<Group<'r>, Vec<usize>>,
    /// The positions of the rules about addresses.
    of_addresses: Vec<usize>,
}

impl<'r> Rules<'r> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Allowed<'r>> {
        self.all.iter()
    }

    /// The groups that rules are about.
    pub(super) fn groups(&self) -> impl Iterator<Item = &Group<'r>> {
        self.of_group.keys()
    }

    /// The addresses that rules are about.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Addresses> {
        let rules = self.of_addresses.iter().filter_map(|&at| self.all.get(at));
        rules.filter_map(|rule| match &rule.far {
            Far::Blocks(blocks) => Some(blocks),
            _ => None,
        })
    }

    /// Those that are about members of some groups, or about addresses.
    pub(super) fn about(&self, groups: &Groups<'r>) -> impl Iterator<Item = &Allowed<'r>> {
        let groups = groups.iter().flatten();
        let named = groups.filter_map(|group| self.of_group.get(group));
        let mut positions: Vec<_> = named.chain(once(&self.of_addresses)).flatten().collect();
        positions.sort_unstable();
        positions.into_iter().filter_map(|&at| self.all.get(at))
    }

    /// How many rules have to be compared with each other.
    pub(super) fn compared(&self) -> usize {
        self.of_addresses.len()
    }

    /// Whether they are more than are compared.
    pub(super) fn are_too_many(&self) -> bool {
        self.compared() > MOST_ABOUT_ADDRESSES
    }
}

impl<'r> Extend<Allowed<'r>> for Rules<'r> {
    fn extend<I: IntoIterator<Item = Allowed<'r>>>(&mut self, rules: I) {
        for rule in rules {
            let at = self.all.len();
            match rule.far {
                Far::Blocks(_) => self.of_addresses.push(at),
                Far::Group(group) => self.of_group.entry(group).or_default().push(at),
                Far::Service => {}
            }
            self.all.push(rule);
        }
    }
}

impl<'r> FromIterator<Allowed<'r>> for Rules<'r> {
    fn from_iter<I: IntoIterator<Item = Allowed<'r>>>(rules: I) -> Self {
        let mut all = Self::default();
        all.extend(rules);
        all
    }
}
