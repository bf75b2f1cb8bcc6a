//! What becomes of resources between two states of a template: by their ids, and by what their cloud cannot change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use super::{Resource, ResourceId};

/// A resource as it is held against another one with the same id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// What others call it.
    pub id: ResourceId,
    /// See [`Resource::fixed`].
    pub fixed: Vec<(&'static str, String)>,
    /// See [`Resource::subnet`].
    pub subnet: Option<Vec<String>>,
    /// All that it says, for comparison only.
    pub says: String,
}

impl<R: Resource + Debug> From<&R> for Standing {
    fn from(resource: &R) -> Self {
        Self {
            id: resource.id().clone(),
            fixed: resource.fixed(),
            subnet: resource.subnet(),
            says: format!("{resource:?}"),
        }
    }
}

/// What resources are called now that were called otherwise before: former ids, and those of today.
pub type Renamed = BTreeMap<ResourceId, ResourceId>;

impl Standing {
    /// The same with every id as it is today, its own among them.
    #[must_use]
    pub fn renamed(mut self, renamed: &Renamed) -> Self {
        let texts = self.fixed.iter_mut().map(|(_, value)| value);
        for text in texts.chain([&mut self.says]) {
            for (before, now) in renamed {
                let before = format!("{before:?}");
                if text.contains(&before) {
                    *text = text.replace(&before, &format!("{now:?}"));
                }
            }
        }
        if let Some(now) = renamed.get(&self.id) {
            self.id = now.clone();
        }
        self
    }

    /// The same where a resource with another name is another resource. `what` says which name that is.
    #[must_use]
    pub fn with_fixed_name(mut self, what: &'static str) -> Self {
        self.fixed.push((what, self.id.path.join("/")));
        self
    }
}

impl std::fmt::Display for Standing {
    /// Its type and its name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.id.kind.name(), self.id.path.join("/"))
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
    /// Resources that stay and say something else.
    pub changed: Vec<String>,
    /// Resources that stay as they are.
    pub kept: Vec<String>,
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
        } else if then.says == now.says {
            changes.kept.push(now.to_string());
        } else {
            changes.changed.push(now.to_string());
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
