//! Ids of resources by their addresses.

use foldhash::{HashMap, HashSet, HashSetExt};
use memchr::memchr;
use smol_str::{SmolStr, format_smolstr};

use super::tree::{Configuration, Instance};
use crate::cloud::{Kind, Path, ResourceId};

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

fn path(instance: &Instance, short: bool) -> Path {
    let modules = instance.modules.iter();
    let modules = modules.map(|module| format_smolstr!("module.{module}"));
    // Keys are data: only the label in front of them is a name.
    let label = &*instance.label;
    let end = memchr(b'[', label.as_bytes()).unwrap_or(label.len());
    let own = if short {
        let (name, key) = label.split_at(end);
        let letters = name.chars();
        let letters = letters.map(|letter| if letter == '_' { '-' } else { letter });
        letters.chain(key.chars()).collect::<SmolStr>()
    } else {
        format_smolstr!("{}.{label}", instance.kind)
    };
    modules.chain([own]).collect()
}
