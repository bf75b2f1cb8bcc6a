//! Ids of resources by their addresses.

use foldhash::{HashMap, HashMapExt};
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
    let mut times: HashMap<&ResourceId, usize> = HashMap::with_capacity(known.len());
    for (_, id) in &known {
        *times.entry(id).or_default() += 1;
    }
    let is_repeated = |id| times.get(id).is_some_and(|times| *times > 1);
    let repeated: Vec<_> = known.iter().map(|(_, id)| is_repeated(id)).collect();
    let ids = known.into_iter().zip(repeated);
    ids.map(|((instance, mut id), is_repeated)| {
        if is_repeated {
            id.path = path(instance, false);
        }
        (&*instance.address, id)
    })
    .collect()
}

fn path(instance: &Instance, short: bool) -> Path {
    let modules = instance.modules.iter();
    let modules = modules.map(|module| format_smolstr!("module.{module}"));
    // Keys are data: only the label in front of them is a name.
    let label = &*instance.label;
    let (name, key) = label.split_at(label.find('[').unwrap_or(label.len()));
    let own = if short {
        SmolStr::from(name.replace('_', "-") + key)
    } else {
        format_smolstr!("{}.{label}", instance.kind)
    };
    modules.chain([own]).collect()
}
