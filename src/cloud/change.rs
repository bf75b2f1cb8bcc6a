//! What becomes of resources between two states of a template: by their ids, and by what their cloud cannot change.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Resource, ResourceId};

/// A resource as it is held against another one with the same id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// What others call it.
    pub id: ResourceId,
    /// See [`Resource::fixed`].
    pub fixed: Vec<(&'static str, String)>,
    /// See [`Resource::subnet`].
    pub subnet: Option<Vec<String>>,
}

impl<R: Resource> From<&R> for Standing {
    fn from(resource: &R) -> Self {
        Self {
            id: resource.id().clone(),
            fixed: resource.fixed(),
            subnet: resource.subnet(),
        }
    }
}

impl std::fmt::Display for Standing {
    /// Its type and its name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.id.kind {
            Kind::Aws(kind) => write!(f, "{kind:?}")?,
            Kind::Azure(kind) => write!(f, "{kind:?}")?,
        }
        write!(f, " {}", self.id.path.join("/"))
    }
}

/// What becomes of resources.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Subnets with other blocks than before: their names, and the blocks.
    pub moved: Vec<(String, Vec<String>, Vec<String>)>,
    /// Resources that the cloud makes anew, each with the property for which it does.
    pub replaced: Vec<(String, &'static str)>,
    /// Resources that come.
    pub added: Vec<String>,
    /// Resources that go.
    pub removed: Vec<String>,
}

/// Compares two states, in the order of the new one; what goes is in the order of the old one.
#[must_use]
pub fn changes(old: &[Standing], new: &[Standing]) -> Changes {
    let by_id = |all: &'_ [Standing]| -> BTreeMap<ResourceId, Standing> {
        let pairs = all.iter().map(|it| (it.id.clone(), it.clone()));
        pairs.collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let mut changes = Changes::default();
    let gone = old.iter().filter(|it| !after.contains_key(&it.id));
    changes.removed = gone.map(ToString::to_string).collect();
    let replaced = replaced(&before, new);
    for now in new {
        let Some(then) = before.get(&now.id) else {
            changes.added.push(now.to_string());
            continue;
        };
        if let (Some(from), Some(to)) = (&then.subnet, &now.subnet)
            // What only gets addresses more, as those of another version of IP, stays where it is.
            && !from.iter().all(|block| to.contains(block))
        {
            let name = now.id.path.join("/");
            changes.moved.push((name, from.clone(), to.clone()));
        }
        if let Some(property) = replaced.get(&now.id) {
            changes.replaced.push((now.to_string(), property));
        }
    }
    changes
}

/// The resources with another value in what cannot change, and those that hang on one that is made anew.
fn replaced(
    before: &BTreeMap<ResourceId, Standing>,
    new: &[Standing],
) -> BTreeMap<ResourceId, &'static str> {
    let mut replaced: BTreeMap<ResourceId, &'static str> = BTreeMap::new();
    loop {
        let anew: BTreeSet<String> = replaced.keys().map(|id| format!("{id:?}")).collect();
        let known = replaced.len();
        for now in new.iter().filter(|it| before.contains_key(&it.id)) {
            let then = before.get(&now.id).map(|it| it.fixed.as_slice());
            let then = then.unwrap_or_default();
            let mut other = now.fixed.iter().filter(|(name, value)| {
                let same = then
                    .iter()
                    .any(|(known, old)| known == name && old == value);
                !same || anew.iter().any(|id| value.contains(id.as_str()))
            });
            if !replaced.contains_key(&now.id)
                && let Some((name, _)) = other.next()
            {
                replaced.insert(now.id.clone(), name);
            }
        }
        if replaced.len() == known {
            return replaced;
        }
    }
}
