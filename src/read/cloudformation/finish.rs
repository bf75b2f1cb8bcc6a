//! The end of the reading: what is known only when every entry of a template was met.

use foldhash::{HashMap, HashMapExt};

use super::assembly::{Assembly, Entries};
use super::filter;
use crate::cloud::aws::{Direction, Resource};
use crate::cloud::{ResourceId, Term};
use crate::read::{Part, Placed, Unknown};

/// The subnets of an interface, and the groups that guard it.
type Network = (Vec<Term>, Option<Vec<Term>>);

/// How many subnets and groups are written out where a template names them together. AWS takes twenty subnets in a group
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html>) and five hundred resources in a template.
const MAX_SPELT_OUT: usize = 500_000;
const TOO_MANY: &str = "the template names more subnets at once than are read";

/// Takes what is needed, if there is so much left.
fn take(room: &mut usize, needed: usize) -> bool {
    let left = room.checked_sub(needed);
    *room = left.unwrap_or(*room);
    left.is_some()
}

impl Assembly<'_> {
    /// Puts everything into its place, and tells what is found wrong only now.
    pub(super) fn finish(mut self) -> (Vec<Placed<Resource>>, Vec<Unknown>) {
        // https://github.com/aws/aws-cdk/issues/3355: the documentation has said both.
        const AMBIGUOUS: &str = "rules for what goes out stand beside it only, and it is not documented whether AWS \
                                 then adds its own";
        let mut wrong = Vec::new();
        for id in std::mem::take(&mut self.silent) {
            if let Some(&at) = self.at.get(&id) {
                self.open_egress(at);
                if self.told.contains(&id) {
                    wrong.push((at, AMBIGUOUS));
                }
            }
        }
        wrong.extend(self.give_policies());
        wrong.extend(self.spell_out_networks());
        for (id, entries) in std::mem::take(&mut self.entries) {
            if let Some(&at) = self.at.get(&id)
                && self.put_entries(at, entries)
            {
                wrong.push((at, "two entries of one direction have the same number"));
            }
        }
        wrong.sort_unstable();
        let unknown = wrong.into_iter().filter_map(|(at, why)| {
            let owner = self.owners.get(at)?;
            Some(Unknown {
                name: owner.name.into(),
                what: owner.type_name.into(),
                why: why.into(),
                place: owner.place.clone(),
            })
        });
        (self.resources, unknown.collect())
    }

    /// Gives policies to those whom they name. Those who are elsewhere are told.
    fn give_policies(&mut self) -> Vec<(usize, &'static str)> {
        let mut wrong = Vec::new();
        for (policy, names) in std::mem::take(&mut self.given) {
            for name in names {
                let at = match &name {
                    Term::Attribute(id, _) => self.at.get(id),
                    _ => None,
                };
                let target = at.and_then(|at| self.resources.get_mut(*at));
                let managed = match target.map(|target| &mut target.resource) {
                    Some(Resource::Role(role)) => &mut role.managed,
                    Some(Resource::User(user)) => &mut user.managed,
                    Some(Resource::UserGroup(group)) => &mut group.managed,
                    _ => {
                        let at = self.at.get(&policy).copied();
                        wrong.extend(at.map(|at| (at, "it is given to somebody else as well")));
                        continue;
                    }
                };
                managed.push(policy.arn());
            }
        }
        wrong
    }

    /// Puts subnets in the places of their groups, and the network of a whole in those of its parts. Those for which there
    /// is no room are told.
    fn spell_out_networks(&mut self) -> Vec<(usize, &'static str)> {
        let mut room = MAX_SPELT_OUT;
        let mut groups: HashMap<ResourceId, Vec<Term>> = HashMap::new();
        for placed in &self.resources {
            if let Resource::SubnetGroup(group) = &placed.resource {
                groups.insert(group.id.clone(), group.subnets.clone());
            }
        }
        let mut wrong = Vec::new();
        let mut wholes: HashMap<ResourceId, Network> = HashMap::new();
        for (at, placed) in self.resources.iter_mut().enumerate() {
            let Resource::Interface(interface) = &mut placed.resource else {
                continue;
            };
            // What stands in a subnet group stands in one.
            if let [Term::Attribute(id, _)] = interface.subnets.as_slice()
                && let Some(subnets) = groups.get(id)
            {
                if take(&mut room, subnets.len()) {
                    interface.subnets.clone_from(subnets);
                } else {
                    wrong.push((at, TOO_MANY));
                }
            }
            let network = (interface.subnets.clone(), interface.groups.clone());
            wholes.insert(interface.id.clone(), network);
        }
        for (at, placed) in self.resources.iter_mut().enumerate() {
            if let Resource::Interface(interface) = &mut placed.resource
                && let Some(Term::Attribute(whole, _)) = &interface.owner
                && let Some((subnets, groups)) = wholes.get(whole)
            {
                let size = subnets.len() + groups.as_ref().map_or(0, Vec::len);
                if take(&mut room, size) {
                    (interface.subnets, interface.groups) = (subnets.clone(), groups.clone());
                } else {
                    wrong.push((at, TOO_MANY));
                }
            }
        }
        wrong
    }

    fn open_egress(&mut self, at: usize) {
        if let Some(target) = self.resources.get_mut(at)
            && let Resource::SecurityGroup(group) = &mut target.resource
        {
            for rule in filter::added_by_aws() {
                target
                    .parts
                    .push((Part::Egress(group.egress.len()), target.place.clone()));
                group.egress.push(rule);
            }
        }
    }

    /// The entries by their numbers; whether two are the same.
    fn put_entries(&mut self, at: usize, entries: Entries) -> bool {
        let mut twice = false;
        let Some(target) = self.resources.get_mut(at) else {
            return twice;
        };
        let Resource::NetworkAcl(acl) = &mut target.resource else {
            return twice;
        };
        for (direction, mut entries) in [Direction::Ingress, Direction::Egress]
            .into_iter()
            .zip(entries)
        {
            entries.sort_by_key(|(entry, _)| entry.number);
            twice |= entries
                .windows(2)
                .any(|pair| matches!(pair, [(one, _), (other, _)] if one.number == other.number));
            let list = match direction {
                Direction::Ingress => &mut acl.ingress,
                Direction::Egress => &mut acl.egress,
            };
            for (entry, place) in entries {
                target
                    .parts
                    .push((filter::part(direction, list.len()), place));
                list.push(entry);
            }
        }
        twice
    }
}
