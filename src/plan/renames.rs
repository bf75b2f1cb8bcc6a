//! Names that parts of a pattern had before: what stands around a stack under the names of today, and a plan under those of yesterday.
//!
//! The room knows plans. Which templates become of the two, and what a cloud makes of it, others know.

use std::borrow::Cow;

use litemap::LiteMap;

use super::{Guarantee, Peer, Plan, Service, Subnet, Surroundings};
use crate::spec::{Former, Renames};

impl Surroundings {
    /// The same, with every record under the name that its subnet, tier or service has now.
    #[must_use]
    pub fn renamed(&self, renames: &Renames) -> Cow<'_, Self> {
        if renames.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut now = self.clone();
        for (_, subnets) in now.recorded.iter_mut().chain(&mut now.recorded_ipv6) {
            rename_keys(subnets, &renames.subnets);
        }
        for (_, wishes) in &mut now.wishes {
            rename_keys(wishes, &renames.subnets);
        }
        for flow in &mut now.flows {
            for peer in [&mut flow.from, &mut flow.to] {
                rename_peer(peer, |name| today(renames, name));
            }
        }
        Cow::Owned(now)
    }
}

/// What stands under an old name goes under the one of today, unless something stands there already.
fn rename_keys<T>(map: &mut LiteMap<String, T>, former: &Former) {
    let pairs = map.keys().filter_map(|old| {
        let new = former.today(old).filter(|new| !map.contains_key(*new))?;
        Some((old.clone(), new.to_owned()))
    });
    for (old, new) in pairs.collect::<Vec<_>>() {
        if let Some(it) = map.remove(&old) {
            map.entry(new).or_insert(it);
        }
    }
}

fn today<'r>(renames: &'r Renames, name: &str) -> Option<&'r str> {
    let tier = renames.tiers.today(name);
    tier.or_else(|| renames.services.today(name))
}

fn rename_peer<'r>(peer: &mut Peer, new: impl Fn(&str) -> Option<&'r str>) {
    if let Peer::Named(name) = peer
        && let Some(new) = new(name)
    {
        *peer = Peer::Named(new.to_owned());
    }
}

impl Plan {
    /// The same plan with each name as it was before, where it was another one: one step back for each. Nothing, when every name
    /// is what it was from the beginning.
    #[must_use]
    pub fn under_former_names(&self) -> Option<Self> {
        let renames = &self.renamed;
        if renames.is_empty() {
            return None;
        }
        let mut plan = self.clone();
        let mut changed = false;
        let mut rename = |name: &mut String, former: &Former| {
            if let Some(before) = former.before(name) {
                before.clone_into(name);
                changed = true;
            }
        };
        for group in plan.networks.iter_mut().flat_map(|it| &mut it.subnets) {
            rename(&mut group.name, &renames.subnets);
            for member in &mut group.members {
                member.name = Subnet::name_in(&group.name, member.zone);
            }
        }
        for tier in plan.tiers.values_mut() {
            rename(&mut tier.name, &renames.tiers);
            rename(&mut tier.subnet, &renames.subnets);
        }
        for service in plan.services.values_mut() {
            rename(service.name_mut(), &renames.services);
        }
        if !changed {
            return None;
        }
        let tiers = plan.tiers.into_values();
        plan.tiers = tiers.map(|tier| (tier.name.clone(), tier)).collect();
        let services = plan.services.into_values();
        plan.services = services.map(|it| (it.name().to_owned(), it)).collect();
        plan.rename_peers_back();
        Some(plan)
    }

    fn rename_peers_back(&mut self) {
        let renames = &self.renamed;
        let before = |name: &str| {
            let tier = renames.tiers.before(name);
            tier.or_else(|| renames.services.before(name))
        };
        for flow in &mut self.flows {
            rename_peer(&mut flow.from, before);
            rename_peer(&mut flow.to, before);
        }
        for guarantee in &mut self.guarantees {
            match guarantee {
                Guarantee::Never { from: a, to: b }
                | Guarantee::LeavesThrough { all: a, through: b } => {
                    rename_peer(a, before);
                    rename_peer(b, before);
                }
                Guarantee::Only { only, to, .. } => {
                    for peer in only.iter_mut().chain([to]) {
                        rename_peer(peer, before);
                    }
                }
            }
        }
    }
}

impl Service {
    /// Its name in the pattern.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Bucket(it) => &it.name,
            Self::Function(it) => &it.name,
            Self::Topic(it) => &it.name,
        }
    }

    fn name_mut(&mut self) -> &mut String {
        match self {
            Self::Bucket(it) => &mut it.name,
            Self::Function(it) => &mut it.name,
            Self::Topic(it) => &mut it.name,
        }
    }
}
