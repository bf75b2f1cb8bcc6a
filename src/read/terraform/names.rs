//! Ids of resources by their addresses.

use foldhash::{HashMap, HashSet, HashSetExt};
use memchr::memchr;

use super::tree::{Configuration, Instance};
use crate::cloud::{Kind, ResourceId};

/// The ids of the instances whose type is read, by address.
///
/// `aws_subnet.app_1` is the subnet `app-1`, `module.net.aws_subnet.app["a"]` the subnet `app["a"]` of `module.net`. No two
/// instances get one id: where the short names are the same, each keeps its label as it is written.
pub(super) fn ids(
    tree: &Configuration,
    kind: impl Fn(&str) -> Option<Kind>,
) -> HashMap<&str, ResourceId> {
    let known = tree.instances.iter().filter_map(|instance| {
        let (kind, path) = (kind(&instance.kind)?, path(instance, true));
        Some((instance, ResourceId { kind, path }))
    });
    let known: Vec<_> = known.collect();
    let mut met = HashSet::with_capacity(known.len());
    let again = known.iter().filter(|(_, id)| !met.insert(id));
    let repeated: HashSet<ResourceId> = again.map(|(_, id)| id.clone()).collect();
    let ids = known.into_iter().map(|(instance, mut id)| {
        if !repeated.is_empty() && repeated.contains(&id) {
            id.path = path(instance, false);
        }
        (&*instance.address, id)
    });
    ids.collect()
}

fn path(instance: &Instance, short: bool) -> Vec<String> {
    let modules = instance.modules.iter();
    let mut path: Vec<_> = modules.map(|module| format!("module.{module}")).collect();
    // Keys are data: only the label in front of them is a name.
    let label = &*instance.label;
    let end = memchr(b'[', label.as_bytes()).unwrap_or(label.len());
    if short {
        let (name, key) = label.split_at(end);
        let words = name
            .chars()
            .map(|char| if char == '_' { '-' } else { char });
        let mut name = String::with_capacity(label.len());
        name.extend(words);
        path.push(name + key);
    } else {
        path.push(format!("{}.{label}", instance.kind));
    }
    path
}
