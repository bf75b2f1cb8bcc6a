//! The end of the reading: what is known only when every block was met.

use foldhash::HashMap;

use super::assembly::Assembly;
use super::filter;
use crate::cloud::aws::{Direction, Resource};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::read::{Placed, Unknown};

impl Assembly<'_> {
    /// Puts everything into its place, and tells what is found wrong only now.
    pub(super) fn finish(mut self) -> (Vec<Placed<Resource>>, Vec<Unknown>) {
        let mut wrong = self.put_entries();
        self.spell_out_networks();
        self.name_log_groups();
        wrong.sort_unstable();
        wrong.dedup();
        let unknown = wrong.into_iter().filter_map(|(at, why)| {
            let owner = self.owners.get(at).copied().flatten()?;
            Some(Unknown {
                name: owner.address.to_string(),
                what: owner.kind.to_string(),
                why: why.into(),
                place: owner.place.clone(),
            })
        });
        let unknown = unknown.collect();
        (self.resources, unknown)
    }

    /// The entries of ACLs by their numbers; which have two of one number.
    fn put_entries(&mut self) -> Vec<(usize, &'static str)> {
        let mut wrong = Vec::new();
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(|(at, _, entry, _)| (*at, entry.number));
        for (at, direction, entry, place) in entries {
            let Some(target) = self.resources.get_mut(at) else {
                continue;
            };
            let Resource::NetworkAcl(acl) = &mut target.resource else {
                continue;
            };
            let list = match direction {
                Direction::Ingress => &mut acl.ingress,
                Direction::Egress => &mut acl.egress,
            };
            if list.last().is_some_and(|last| last.number == entry.number) {
                wrong.push((at, "two entries of one direction have the same number"));
            }
            let part = filter::part(direction, list.len());
            target.parts.push((part, place));
            list.push(entry);
        }
        wrong
    }

    /// Puts subnets in the places of their groups.
    fn spell_out_networks(&mut self) {
        let groups = self.resources.iter();
        let groups = groups.filter_map(|placed| match &placed.resource {
            Resource::SubnetGroup(group) => Some((group.id.clone(), group.subnets.clone())),
            _ => None,
        });
        let groups: HashMap<ResourceId, Vec<Term>> = groups.collect();
        for placed in &mut self.resources {
            let Resource::Interface(interface) = &mut placed.resource else {
                continue;
            };
            let subnets = std::mem::take(&mut interface.subnets).into_iter();
            interface.subnets = subnets
                .flat_map(|subnet| match &subnet {
                    Term::Attribute(id, _) => groups.get(id).cloned().unwrap_or(vec![subnet]),
                    _ => vec![subnet],
                })
                .collect();
        }
    }

    /// A log group that stands in the configuration is named by it, and not by its path.
    fn name_log_groups(&mut self) {
        let groups = self.resources.iter();
        let groups = groups.filter_map(|placed| match &placed.resource {
            Resource::LogGroup(group) => Some((group.path.clone()?, group.id.clone())),
            _ => None,
        });
        let groups: HashMap<String, ResourceId> = groups.collect();
        for placed in &mut self.resources {
            if let Resource::Function(function) = &mut placed.resource
                && let Term::Text(path) = &function.log_group
                && let Some(id) = groups.get(path.as_str())
            {
                function.log_group = id.attribute(Attribute::Name);
            }
        }
    }
}
