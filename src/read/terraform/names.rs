//! Ids of resources by their addresses.

use foldhash::{HashMap, HashSet, HashSetExt};

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
    let known = || {
        let all = tree.instances.iter();
        all.filter_map(|instance| Some((instance, kind(&instance.kind)?)))
    };
    let short = |instance: &Instance, kind: Kind| (kind, path(instance, true));
    let mut met = HashSet::new();
    let mut repeated = HashSet::new();
    for (instance, kind) in known() {
        let name = short(instance, kind);
        if !met.insert(name.clone()) {
            repeated.insert(name);
        }
    }
    known()
        .map(|(instance, kind)| {
            let name = short(instance, kind);
            let is_repeated = repeated.contains(&name);
            let path = if is_repeated {
                path(instance, false)
            } else {
                name.1
            };
            (&*instance.address, ResourceId { kind, path })
        })
        .collect()
}

fn path(instance: &Instance, short: bool) -> Vec<String> {
    let modules = instance.modules.iter();
    let mut path: Vec<_> = modules.map(|module| format!("module.{module}")).collect();
    // Keys are data: only the label in front of them is a name.
    let label = &*instance.label;
    let (name, key) = label.split_at(label.find('[').unwrap_or(label.len()));
    if short {
        path.push(format!("{}{key}", name.replace('_', "-")));
    } else {
        path.push(format!("{}.{label}", instance.kind));
    }
    path
}
