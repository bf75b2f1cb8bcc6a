//! What Azure calls the resources of a configuration, and what references to them give.
//!
//! Azure knows a resource by the names that are written, and not by its label: a subnet is `["vnet-shop", "snet-web"]`
//! in every format.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use smol_str::SmolStr;

use super::types;
use crate::cloud::azure::Kind;
use crate::cloud::{self, Attribute, Environment, Path, ResourceId, Term};
use crate::read::azure::lower;
use crate::read::terraform::context::Provider;
use crate::read::terraform::tree::{
    self, Body, Configuration, Content, Instance, Reference, Value,
};

/// How many resources and variables a name may lead through.
const MAX_STEPS: usize = 16;

/// The id of a resource of a kind.
pub(super) fn id(kind: Kind, path: impl IntoIterator<Item = impl Into<SmolStr>>) -> ResourceId {
    kind.named(path)
}

/// The id of the resource that a part or a child belongs to.
pub(super) fn whole(id: &ResourceId, kind: Kind) -> ResourceId {
    let path = id.path.split_last().map_or(&[][..], |(_, path)| path);
    self::id(kind, path.iter().cloned())
}

/// The kind of the resource that others of a kind are inside of, and the argument that names it.
fn parent(kind: Kind) -> Option<(Kind, &'static str)> {
    Some(match kind {
        Kind::Subnet | Kind::Peering => (Kind::VirtualNetwork, "virtual_network_name"),
        Kind::SecurityRule => (Kind::NetworkSecurityGroup, "network_security_group_name"),
        Kind::BackendPool
        | Kind::Probe
        | Kind::BalancingRule
        | Kind::NatRule
        | Kind::OutboundRule => (Kind::LoadBalancer, "loadbalancer_id"),
        _ => return None,
    })
}

/// The ids of the instances and data sources whose type is read, by address. One whose parent is not known has none.
///
/// No two instances get one id: where resource groups have resources of one name, each keeps its address.
pub(super) fn ids(tree: &Configuration) -> HashMap<&str, ResourceId> {
    let mut ids = Ids {
        tree,
        by_address: HashMap::new(),
        by_name: HashMap::new(),
    };
    let is_child = |kind| parent(kind).is_some();
    ids.add(|kind| !is_child(kind));
    ids.add(is_child);
    ids.by_address
}

struct Ids<'t> {
    tree: &'t Configuration,
    by_address: HashMap<&'t str, ResourceId>,
    /// Resources without parents, by their names in small letters: capitals make no difference.
    by_name: HashMap<(Kind, String), ResourceId>,
}

impl Ids<'_> {
    /// Gives ids to the instances of some kinds.
    fn add(&mut self, wanted: impl Fn(Kind) -> bool) {
        let tree = self.tree;
        let all = tree.instances.iter().map(|it| (false, it));
        let all = all.chain(tree.data.iter().map(|it| (true, it)));
        let found = all.filter_map(|(is_data, instance)| {
            let kind = types::kind(&instance.kind).filter(|kind| wanted(*kind))?;
            Some((is_data, instance, self.id(instance, kind)?))
        });
        let found: Vec<_> = found.collect();
        let (mut met, mut repeated) = (HashSet::new(), HashSet::new());
        for (_, _, id) in found.iter().filter(|(is_data, ..)| !is_data) {
            if let Some(again) = met.replace(folded(id)) {
                repeated.insert(again);
            }
        }
        for (is_data, instance, mut id) in found {
            if !is_data && !repeated.is_empty() && repeated.contains(&folded(&id)) {
                let outer = id.path.split_last().map_or(&[][..], |(_, outer)| outer);
                let address = SmolStr::from(&*instance.address);
                id.path = outer.iter().cloned().chain([address]).collect();
            }
            if let (cloud::Kind::Azure(kind), [name]) = (id.kind, &*id.path) {
                let key = (kind, lower(name.as_str().to_owned()));
                self.by_name.entry(key).or_insert_with(|| id.clone());
            }
            self.by_address.insert(&instance.address, id);
        }
    }

    fn id(&self, instance: &Instance, kind: Kind) -> Option<ResourceId> {
        let name = self.name(instance);
        let path = match parent(kind) {
            Some((of, key)) => self.parent(of, instance.body.value(key)?)?.child(name),
            None => name.into(),
        };
        Some(ResourceId {
            kind: cloud::Kind::Azure(kind),
            path,
        })
    }

    /// The path of the resource that a name or an id names.
    fn parent(&self, kind: Kind, value: &Value) -> Option<Path> {
        if let tree::Kind::Reference(reference) = &value.kind
            && let Some(id) = self.by_address.get(&*reference.address)
            && id.kind == cloud::Kind::Azure(kind)
        {
            return Some(id.path.clone());
        }
        let name = self.text(value, MAX_STEPS)?;
        // An id ends with the name.
        let name = name.rsplit('/').next()?.to_owned();
        let known = self.by_name.get(&(kind, lower(name.clone())));
        Some(known.map_or_else(|| name.into(), |id| id.path.clone()))
    }

    /// The name of an instance, or its label where the configuration does not say it.
    fn name(&self, instance: &Instance) -> String {
        let name = instance.body.value("name");
        let name = name.and_then(|name| self.text(name, MAX_STEPS));
        name.unwrap_or_else(|| instance.label.to_string())
    }

    /// The text of a name. Variables are their defaults: nothing is assumed for it, because what has one name has it
    /// everywhere. What only a deploy tells stands as it is written.
    fn text(&self, value: &Value, steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        match &value.kind {
            tree::Kind::Join(parts) => parts.iter().map(|part| self.text(part, steps)).collect(),
            tree::Kind::Variable(name) => {
                let default = self.tree.variable(name).and_then(|it| it.default.as_ref());
                let default = default.and_then(|default| self.text(default, steps));
                Some(default.unwrap_or_else(|| format!("${{var.{name}}}")))
            }
            tree::Kind::Reference(reference) => {
                let argument = self.tree.argument(reference);
                let argument = argument.and_then(|argument| self.text(argument, steps));
                let Reference { address, path } = reference;
                Some(argument.unwrap_or_else(|| format!("${{{address}.{path}}}")))
            }
            _ => value.written().map(String::from),
        }
    }
}

/// An id in small letters.
fn folded(id: &ResourceId) -> (cloud::Kind, Vec<String>) {
    let path = id.path.iter().map(|part| lower(part.as_str().to_owned()));
    (id.kind, path.collect())
}

/// The words of hashicorp/azurerm.
pub(super) struct Names;

impl Provider for Names {
    fn attribute(&self, instance: &Instance, id: Option<&ResourceId>, path: &str) -> Option<Term> {
        let Some(id) = id else {
            return around(&instance.kind, path).map(Term::Environment);
        };
        let cloud::Kind::Azure(kind) = id.kind else {
            return None;
        };
        let attribute = match (kind, path) {
            (_, "id") => Attribute::Id,
            (_, "name") => Attribute::Name,
            (Kind::PublicIp, "ip_address") => Attribute::Address,
            (Kind::VirtualNetworkGateway, path) if is_bgp_address(path) => Attribute::BgpAddress,
            _ => return inside(instance, id, path),
        };
        Some(id.attribute(attribute))
    }
}

/// What the provider tells of where it works.
fn around(kind: &str, path: &str) -> Option<Environment> {
    match (kind, path) {
        ("azurerm_resource_group", "location") => Some(Environment::Region),
        ("azurerm_client_config" | "azurerm_subscription", "subscription_id") => {
            Some(Environment::AccountId)
        }
        _ => None,
    }
}

/// The address at which a gateway speaks BGP, of which there is one where the gateway is.
fn is_bgp_address(path: &str) -> bool {
    let path = path.replace("[0]", "");
    let paths = [
        "bgp_settings.peering_addresses.default_addresses",
        "bgp_settings.peering_address",
    ];
    paths.contains(&path.as_str())
}

/// The id of a part that is a block of a resource, as in `frontend_ip_configuration[0].id`.
fn inside(instance: &Instance, id: &ResourceId, path: &str) -> Option<Term> {
    let (block, rest) = path.split_once('[')?;
    let (at, attribute) = rest.split_once("].")?;
    let kind = match block {
        "frontend_ip_configuration" => Kind::FrontendIp,
        "subnet" => Kind::Subnet,
        _ => return None,
    };
    let attribute = match attribute {
        "id" => Attribute::Id,
        "name" => Attribute::Name,
        _ => return None,
    };
    let mut blocks = blocks(&instance.body, block);
    let body = blocks.nth(at.parse().ok()?)?;
    let name = body.value("name")?.written()?;
    let part = id.child(cloud::Kind::Azure(kind), name);
    Some(part.attribute(attribute))
}

fn blocks<'t>(body: &'t Body, key: &str) -> impl Iterator<Item = &'t Body> {
    let entries = body.entries.iter().filter(move |entry| &*entry.key == key);
    entries.filter_map(|entry| match &entry.content {
        Content::Block(body) => Some(body),
        Content::Value(_) => None,
    })
}
